use std::fmt::Write;
use std::sync::Arc;

use super::super::given::{Given, Refusal};
use super::super::matches::{without_dashes, write_option, write_value};
use super::Target;
use crate::ipset::SetDirection;
use crate::netfilter::Context;
use crate::trace::Tracer;

/// `-j SET`: adds the packet's key to a set, or deletes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetTarget {
    pub add: Option<SetKey>,
    /// What is in the set already gets the new time-out.
    pub exist: bool,
    /// In seconds; none for the set's own.
    pub timeout: Option<u32>,
    pub delete: Option<SetKey>,
}

/// A set, and the end of the packet for each of its dimensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetKey {
    pub set: Arc<str>,
    pub directions: Box<[SetDirection]>,
}

pub fn read(given: &Given<'_>) -> Result<Target, Refusal> {
    let key = |option: &str| {
        let (set, directions, _) = given.set(option)?;
        Some(SetKey { set: set.into(), directions: directions.into() })
    };
    let (add, delete) = (key("--add-set"), key("--del-set"));
    if given.has("--map-set") {
        return Err(Refusal::NotModelled);
    }
    if add.is_none() && delete.is_none() {
        let message = "You must specify either `--add-set' or `--del-set' or `--map-set'";
        return Err(given.wrong("", message, "--add-set or --del-set", "add one of them"));
    }
    for option in ["--exist", "--timeout"] {
        if add.is_none() && given.has(option) {
            let kind = if option == "--exist" { "Flag" } else { "Option" };
            let message = format!("{kind} `{option}' can be used with `--add-set' only");
            return Err(given.wrong(option, message, "--add-set", format!("remove {option}")));
        }
    }
    let (exist, timeout) = (given.has("--exist"), given.number("--timeout"));
    Ok(Target::Set(Box::new(SetTarget { add, exist, timeout, delete })))
}

impl SetTarget {
    /// `set_target_v2`.
    pub fn apply<T: Tracer>(&self, ctx: &mut Context<'_, T>) {
        if let Some(SetKey { set, directions }) = &self.add {
            ctx.stack.ipsets.add_packet(set, directions, ctx.skb, self.timeout, self.exist, ctx.now);
        }
        if let Some(SetKey { set, directions }) = &self.delete {
            ctx.stack.ipsets.del_packet(set, directions, ctx.skb);
        }
    }

    /// `set_target_save_v2`.
    pub fn write(&self, out: &mut String) {
        let key = |out: &mut String, option: &str, key: &Option<SetKey>| {
            if let Some(SetKey { set, directions }) = key {
                let directions: Vec<_> = directions.iter().map(ToString::to_string).collect();
                let _ = write!(out, " {option} {set} {}", directions.join(","));
            }
        };
        key(out, "--add-set", &self.add);
        if self.exist {
            write_option(out, false, "--exist");
        }
        if let Some(timeout) = self.timeout {
            write_value(out, false, "--timeout", timeout);
        }
        key(out, "--del-set", &self.delete);
    }

    /// `set_target_print_v2`
    pub fn list(&self, out: &mut String) {
        without_dashes(out, |out| self.write(out));
    }
}
