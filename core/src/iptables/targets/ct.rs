use super::super::given::{Given, Refusal};
use super::super::matches::{join_names, without_dashes, write_option, write_value};
use super::super::translate::Translation;
use super::Target;
use crate::message;
use crate::netfilter::{Skb, Template, ZoneChoice};

/// `-j CT`, and `-j NOTRACK`, which is an old name for one use of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CtTarget {
    pub notrack: bool,
    pub helper: Option<Box<str>>,
    pub timeout: Option<Box<str>>,
    /// A mask over [`EVENTS`].
    pub events: u32,
    pub expectation_events: bool,
    pub zone: ZoneChoice,
}

const EVENTS: [&str; 10] =
    ["new", "related", "destroy", "reply", "assured", "protoinfo", "helper", "mark", "natseqinfo", "secmark"];

pub fn read(given: &Given<'_>) -> Result<Target, Refusal> {
    let mut target = CtTarget {
        notrack: given.has("--notrack"),
        helper: given.text("--helper").map(Into::into),
        timeout: given.text("--timeout").map(Into::into),
        events: read_events(given, "--ctevents", &EVENTS)?,
        expectation_events: read_events(given, "--expevents", &EVENTS[..1])? != 0,
        zone: ZoneChoice::default(),
    };
    for option in &given.options {
        let name = option.option.name;
        let (original, reply) = match name {
            "--zone" => (false, false),
            "--zone-orig" => (true, false),
            "--zone-reply" => (false, true),
            _ => continue,
        };
        target.zone.original_only |= original;
        target.zone.reply_only |= reply;
        let text = given.text(name).unwrap_or_default();
        if text.eq_ignore_ascii_case("mark") {
            (target.zone.id, target.zone.from_mark) = (0, true);
        } else {
            let id = super::super::argument::number(text).and_then(|id| u16::try_from(id).ok());
            target.zone.id = id.ok_or_else(|| {
                let message = format!("Cannot parse {text} as a zone ID");
                given.wrong(name, message, message!("expected-zone-id"), message!("advice-zone"))
            })?;
        }
    }
    Ok(Target::Ct(Box::new(target)))
}

fn read_events(given: &Given<'_>, option: &str, names: &[&str]) -> Result<u32, Refusal> {
    let Some(text) = given.text(option) else {
        return Ok(0);
    };
    text.split(',').try_fold(0, |events, typed| match names.iter().position(|name| *name == typed) {
        Some(bit) => Ok(events | 1 << bit),
        None => {
            let message = format!("Unknown event type \"{typed}\"");
            Err(given.wrong(option, message, names.join(", "), message!("advice-take-some")))
        }
    })
}

impl CtTarget {
    /// `xt_ct_target`: a packet that has a connection, or that an earlier rule decided about, is left as it is.
    pub fn apply(&self, skb: &mut Skb) {
        if skb.connection.is_some() || skb.untracked || skb.template.is_some() {
            return;
        }
        if self.notrack {
            skb.untracked = true;
        } else {
            skb.template = Some(Template { zone: self.zone });
        }
    }

    /// `ct_save_v1`.
    pub fn write(&self, out: &mut String) {
        if self.notrack {
            write_option(out, false, "--notrack");
        }
        for (option, name) in [("--helper", &self.helper), ("--timeout", &self.timeout)] {
            if let Some(name) = name {
                write_value(out, false, option, name);
            }
        }
        if self.events != 0 {
            write_value(out, false, "--ctevents", join_names(self.events, &EVENTS));
        }
        if self.expectation_events {
            write_value(out, false, "--expevents", "new");
        }
        let ZoneChoice { id, from_mark, original_only, reply_only } = self.zone;
        let option = match (original_only, reply_only) {
            (true, false) => "--zone-orig",
            (false, true) => "--zone-reply",
            _ => "--zone",
        };
        if from_mark {
            write_value(out, false, option, "mark");
        } else if id != 0 {
            write_value(out, false, option, id);
        }
    }

    /// `ct_print_v1`
    pub fn list(&self, out: &mut String) {
        out.push_str(" CT");
        without_dashes(out, |out| self.write(out));
    }

    /// `xlate_ct1_tg`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) -> bool {
        if self.notrack {
            to.add("notrack");
        }
        self.notrack
    }
}
