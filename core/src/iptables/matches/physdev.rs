use super::super::address::device_matches;
use super::super::given::{Given, Refusal};
use super::{Match, write_option, write_value};
use crate::message;
use crate::netfilter::Bridged;

/// `-m physdev`: each test that is asked for, with its inversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhysdevMatch {
    pub is_in: Option<bool>,
    pub input: Option<(Box<str>, bool)>,
    pub is_out: Option<bool>,
    pub output: Option<(Box<str>, bool)>,
    pub is_bridged: Option<bool>,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    if given.options.is_empty() {
        let message = "PHYSDEV: no physdev option specified";
        return Err(given.wrong(
            "",
            message,
            message!("expected-option-such-as", what = "--physdev-in"),
            message!("advice-add-one"),
        ));
    }
    let flag = |name: &str| given.find(name).map(|option| option.inverted);
    let device = |name: &str| given.text(name).map(|device| (device.into(), given.inverted(name)));
    Ok(Match::Physdev(Box::new(PhysdevMatch {
        is_in: flag("--physdev-is-in"),
        input: device("--physdev-in"),
        is_out: flag("--physdev-is-out"),
        output: device("--physdev-out"),
        is_bridged: flag("--physdev-is-bridged"),
    })))
}

impl PhysdevMatch {
    /// `physdev_mt`
    pub fn matches(&self, bridged: Option<&Bridged>) -> bool {
        match bridged {
            Some(bridged) => self.matches_ports(bridged),
            None => self.asks_for_none(),
        }
    }

    fn matches_ports(&self, Bridged { input, output }: &Bridged) -> bool {
        let is = |test: Option<bool>, fact: bool| test.is_none_or(|inverted| fact != inverted);
        let names = |(pattern, inverted): &(Box<str>, bool), port: &str| device_matches(pattern, port) != *inverted;
        // Without a port to leave by, an inverted test of its name fails as well.
        let leaves_by = |test: &(Box<str>, bool)| output.as_deref().is_some_and(|port| names(test, port));
        is(self.is_bridged, output.is_some())
            && is(self.is_in, true)
            && is(self.is_out, output.is_some())
            && self.input.as_ref().is_none_or(|test| names(test, input))
            && self.output.as_ref().is_none_or(leaves_by)
    }

    /// For a packet that is on no bridge: true if every test that is asked for is inverted.
    fn asks_for_none(&self) -> bool {
        let flags = [self.is_in, self.is_out, self.is_bridged];
        let devices = [&self.input, &self.output];
        flags.into_iter().flatten().all(|inverted| inverted)
            && devices.into_iter().flatten().all(|(_, inverted)| *inverted)
    }

    pub fn write(&self, out: &mut String) {
        let flag = |out: &mut String, name: &str, test: Option<bool>| {
            if let Some(inverted) = test {
                write_option(out, inverted, name);
            }
        };
        let device = |out: &mut String, name: &str, test: &Option<(Box<str>, bool)>| {
            if let Some((device, inverted)) = test {
                write_value(out, *inverted, name, device);
            }
        };
        flag(out, "--physdev-is-in", self.is_in);
        device(out, "--physdev-in", &self.input);
        flag(out, "--physdev-is-out", self.is_out);
        device(out, "--physdev-out", &self.output);
        flag(out, "--physdev-is-bridged", self.is_bridged);
    }

    /// `physdev_print`
    pub fn list(&self, out: &mut String) {
        out.push_str(" PHYSDEV match");
        self.write(out);
    }
}
