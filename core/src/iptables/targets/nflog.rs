use super::super::given::{Given, Refusal};
use super::super::matches::{without_dashes, write_value};
use super::super::translate::Translation;
use super::super::words::write_quoted;
use super::Target;
use crate::message;

/// `-j NFLOG`. It hands a copy to a program of the group, which the model does not have, and the packet goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NflogTarget {
    pub prefix: Box<str>,
    pub group: u16,
    /// Bytes of the packet in the copy; with the option that says so but has no effect.
    pub size: Option<(u32, NflogSize)>,
    pub threshold: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NflogSize {
    Size,
    /// `--nflog-range`, which has no effect.
    Range,
}

/// `XT_NFLOG_DEFAULT_THRESHOLD`.
const DEFAULT_THRESHOLD: u16 = 0;
/// `struct xt_nflog_info`: what is longer is cut.
const LONGEST_PREFIX: usize = 63;

pub fn read(given: &Given<'_>) -> Result<Target, Refusal> {
    let short = |option| given.number(option).and_then(|number| u16::try_from(number).ok());
    if given.has("--nflog-size") && given.has("--nflog-range") {
        let message = "NFLOG: option \"--nflog-range\" cannot be used together with \"--nflog-size\".";
        return Err(given.wrong(
            "--nflog-range",
            message,
            message!("expected-alone", what = "--nflog-size"),
            message!("advice-remove", what = "--nflog-range"),
        ));
    }
    let size = given.number("--nflog-size").map(|size| (size, NflogSize::Size));
    let range = given.number("--nflog-range").filter(|range| *range > 0).map(|range| (range, NflogSize::Range));
    let prefix = given.text("--nflog-prefix").unwrap_or_default();
    let end = (0..=LONGEST_PREFIX.min(prefix.len())).rfind(|end| prefix.is_char_boundary(*end)).unwrap_or(0);
    Ok(Target::Nflog(Box::new(NflogTarget {
        prefix: prefix[..end].into(),
        group: short("--nflog-group").unwrap_or(0),
        size: size.or(range),
        threshold: short("--nflog-threshold").unwrap_or(DEFAULT_THRESHOLD),
    })))
}

impl NflogTarget {
    /// `nflog_print`.
    pub fn write(&self, out: &mut String) {
        if !self.prefix.is_empty() {
            out.push_str(" --nflog-prefix");
            write_quoted(out, &self.prefix);
        }
        if self.group != 0 {
            write_value(out, false, "--nflog-group", self.group);
        }
        match self.size {
            None => {}
            Some((size, NflogSize::Size)) => write_value(out, false, "--nflog-size", size),
            Some((range, NflogSize::Range)) => write_value(out, false, "--nflog-range", range),
        }
        if self.threshold != DEFAULT_THRESHOLD {
            write_value(out, false, "--nflog-threshold", self.threshold);
        }
    }

    /// `NFLOG_print`
    pub fn list(&self, out: &mut String) {
        without_dashes(out, |out| self.write(out));
    }

    /// `nflog_print_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        to.add("log ");
        if !self.prefix.is_empty() {
            to.add(&format!("prefix \"{}\" ", self.prefix));
        }
        if let Some((size, NflogSize::Size)) = self.size {
            to.add(&format!("snaplen {size} "));
        }
        if self.threshold != DEFAULT_THRESHOLD {
            to.add(&format!("queue-threshold {} ", self.threshold));
        }
        to.add(&format!("group {} ", self.group));
    }
}
