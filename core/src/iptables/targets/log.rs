use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::list::Names;
use super::super::matches::write_value;
use super::super::translate::Translation;
use super::super::words::write_quoted;
use super::Target;
use crate::message;

/// `-j LOG`. It writes to the kernel log, which the model does not have, and the packet goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogTarget {
    pub prefix: Box<str>,
    pub level: u8,
    /// A mask over [`FLAGS`].
    pub flags: u8,
}

const FLAGS: [&str; 5] =
    ["--log-tcp-sequence", "--log-tcp-options", "--log-ip-options", "--log-uid", "--log-macdecode"];
const LEVELS: [(&str, u8); 11] = [
    ("emerg", 0),
    ("panic", 0),
    ("alert", 1),
    ("crit", 2),
    ("err", 3),
    ("error", 3),
    ("warning", 4),
    ("warn", 4),
    ("notice", 5),
    ("info", 6),
    ("debug", 7),
];
/// The name of each level in `prioritynames` that comes first.
const PRIORITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];
const DEFAULT_LEVEL: u8 = 4;

pub fn read(given: &Given<'_>) -> Result<Target, Refusal> {
    let level = match given.text("--log-level") {
        None => DEFAULT_LEVEL,
        Some(text) => {
            let named = LEVELS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, level)| *level);
            match named.or_else(|| text.parse().ok().filter(|level| *level <= 7)) {
                Some(level) => level,
                None => {
                    let message = format!("log level \"{text}\" unknown");
                    return Err(given.wrong(
                        "--log-level",
                        message,
                        message!("expected-log-level"),
                        message!("advice-level"),
                    ));
                }
            }
        }
    };
    let flags =
        FLAGS.iter().enumerate().filter(|(_, name)| given.has(name)).fold(0, |flags, (bit, _)| flags | 1 << bit);
    let prefix = given.text("--log-prefix").unwrap_or_default().into();
    Ok(Target::Log(Box::new(LogTarget { prefix, level, flags })))
}

impl LogTarget {
    pub fn write(&self, out: &mut String) {
        if !self.prefix.is_empty() {
            out.push_str(" --log-prefix");
            write_quoted(out, &self.prefix);
        }
        if self.level != DEFAULT_LEVEL {
            write_value(out, false, "--log-level", self.level);
        }
        for (bit, name) in FLAGS.iter().enumerate() {
            if self.flags >> bit & 1 == 1 {
                out.push(' ');
                out.push_str(name);
            }
        }
    }

    /// `LOG_print`
    pub fn list(&self, out: &mut String, names: Names) {
        out.push_str(" LOG");
        match names {
            Names::Numeric => {
                let _ = write!(out, " flags {} level {}", self.flags, self.level);
            }
            Names::Known => {
                let _ = write!(out, " level {}", PRIORITIES.get(usize::from(self.level)).unwrap_or(&""));
                for (_, name) in FLAGS.iter().enumerate().filter(|(bit, _)| self.flags >> bit & 1 == 1) {
                    out.push_str(&name.replacen("--log-", " ", 1));
                }
            }
        }
        if !self.prefix.is_empty() {
            let _ = write!(out, " prefix \"{}\"", self.prefix);
        }
    }

    /// `LOG_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        to.add("log");
        if !self.prefix.is_empty() {
            to.add(&format!(" prefix \"{}\"", self.prefix));
        }
        if self.level != DEFAULT_LEVEL {
            to.add(&format!(" level {}", PRIORITIES[usize::from(self.level & 7)]));
        }
        if self.flags.count_ones() == 5 {
            return to.add(" flags all");
        }
        to.add(match self.flags & 3 {
            0 => "",
            1 => " flags tcp sequence",
            2 => " flags tcp options",
            _ => " flags tcp sequence,options",
        });
        for (bit, words) in [(2, " flags ip options"), (3, " flags skuid"), (4, " flags ether")] {
            if self.flags >> bit & 1 == 1 {
                to.add(words);
            }
        }
    }
}
