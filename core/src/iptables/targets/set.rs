use std::fmt::Write;
use std::sync::Arc;

use super::super::given::{Given, Refusal};
use super::super::matches::{without_dashes, write_option, write_value};
use super::Target;
use crate::ipset::{Membership, SetDirection};
use crate::message;
use crate::netfilter::Context;
use crate::trace::{Cost, Event, Origin, Structure, Tracer};

/// `-j SET`: adds the packet's key to a set, deletes it, or gives the packet what the set says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetTarget {
    pub add: Option<SetKey>,
    /// What is in the set already gets the new time-out.
    pub exist: bool,
    /// In seconds; none for the set's own.
    pub timeout: Option<u32>,
    pub delete: Option<SetKey>,
    pub map: Option<SetMap>,
}

/// What a packet gets of the element that has its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetMap {
    pub key: SetKey,
    pub mark: bool,
    /// The class for queueing disciplines, and the queue of the device: neither has a bearing on the packet's way.
    pub priority: bool,
    pub queue: bool,
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
    let map = read_map(given, key("--map-set"))?;
    if add.is_none() && delete.is_none() && map.is_none() {
        let message = "You must specify either `--add-set' or `--del-set' or `--map-set'";
        return Err(given.wrong(
            "",
            message,
            message!("expected-three", one = "--add-set", other = "--del-set", third = "--map-set"),
            message!("advice-add-one-of-them"),
        ));
    }
    for option in ["--exist", "--timeout"] {
        if add.is_none() && given.has(option) {
            let kind = if option == "--exist" { "Flag" } else { "Option" };
            let message = format!("{kind} `{option}' can be used with `--add-set' only");
            return Err(given.wrong(option, message, "--add-set", message!("advice-remove", what = option)));
        }
    }
    let (exist, timeout) = (given.has("--exist"), given.number("--timeout"));
    Ok(Target::Set(Box::new(SetTarget { add, exist, timeout, delete, map })))
}

fn read_map(given: &Given<'_>, key: Option<SetKey>) -> Result<Option<SetMap>, Refusal> {
    let options = ["--map-mark", "--map-prio", "--map-queue"];
    let [mark, priority, queue] = options.map(|option| given.has(option));
    let first = options.into_iter().find(|option| given.has(option));
    match (key, first) {
        (None, None) => Ok(None),
        (None, Some(_)) if !given.has("--add-set") && !given.has("--del-set") => Ok(None),
        (None, Some(option)) => {
            let message = format!("Flag `{option}' can be used with `--map-set' only");
            Err(given.wrong(option, message, "--map-set", message!("advice-remove", what = option)))
        }
        (Some(_), None) => {
            let message = "You must specify flags `--map-mark' or '--map-prio` or `--map-queue'";
            Err(given.wrong("--map-set", message, options.join(", "), message!("advice-mapping")))
        }
        (Some(key), Some(_)) => Ok(Some(SetMap { key, mark, priority, queue })),
    }
}

impl SetTarget {
    /// `set_target_v3`
    pub fn apply<T: Tracer>(&self, ctx: &mut Context<'_, T>, origin: impl Fn() -> Origin) {
        if let Some(SetKey { set, directions }) = &self.add {
            ctx.stack.ipsets.add_packet(set, directions, ctx.skb, self.timeout, self.exist, ctx.now);
        }
        if let Some(SetKey { set, directions }) = &self.delete {
            ctx.stack.ipsets.del_packet(set, directions, ctx.skb);
        }
        if let Some(map) = &self.map {
            map.apply(ctx, origin);
        }
    }

    /// `set_target_save_v3`
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
        if let Some(map) = &self.map {
            key(out, "--map-set", &Some(map.key.clone()));
            for (set, name) in [(map.mark, "--map-mark"), (map.priority, "--map-prio"), (map.queue, "--map-queue")] {
                if set {
                    write_option(out, false, name);
                }
            }
        }
    }

    /// `set_target_print_v3`
    pub fn list(&self, out: &mut String) {
        without_dashes(out, |out| self.write(out));
    }
}

impl SetMap {
    fn apply<T: Tracer>(&self, ctx: &mut Context<'_, T>, origin: impl Fn() -> Origin) {
        let SetKey { set, directions } = &self.key;
        let (membership, map) = ctx.stack.ipsets.map(set, directions, ctx.skb, ctx.now);
        let found = membership == Membership::Present;
        let (sets, skb) = (&ctx.stack.ipsets, &*ctx.skb);
        ctx.tracer.step(skb, Some(ctx.hook), Cost::PROBE, || {
            let key = sets.key(set, directions, skb);
            let found = found.then(|| key.clone());
            let (structure, index) = (Structure::IpSet, sets.index(set));
            (Event::LookedUp { structure, index, name: set.clone(), key, found, drawn: None }, origin())
        });
        if let Some(map) = map.filter(|_| found && self.mark) {
            ctx.set_mark(map.apply(ctx.skb.mark), origin);
        }
    }
}
