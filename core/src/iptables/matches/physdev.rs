use super::super::given::{Given, Refusal};
use super::{Match, write_option, write_value};

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
        return Err(given.wrong("", message, "an option such as --physdev-in", "add one"));
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
    /// `physdev_mt` for a packet that is on no bridge, as all packets of the model are: true if every
    /// test that is asked for is inverted.
    pub fn matches(&self) -> bool {
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
