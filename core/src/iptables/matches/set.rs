use std::fmt::Write;
use std::sync::Arc;

use super::super::given::{Given, Refusal};
use super::{Match, Outcome, without_dashes, write_option};
use crate::ipset::{Membership, SetDirection};
use crate::message;
use crate::netfilter::Context;
use crate::trace::{Cost, Event, Origin, Structure, Tracer};

/// `-m set`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetMatch {
    pub name: Arc<str>,
    /// One for each dimension of the set.
    pub directions: Box<[SetDirection]>,
    pub inverted: bool,
    /// Elements with `nomatch` are found, all others are not.
    pub return_nomatch: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let Some((name, directions, inverted)) = given.set("--match-set") else {
        let message = "You must specify `--match-set' with proper arguments";
        return Err(given.wrong(
            "",
            message,
            "--match-set NAME src|dst",
            message!("advice-add-option", what = "--match-set"),
        ));
    };
    let counted = |option: &&str| given.has(option);
    let counters = ["--update-counters", "--update-subcounters", "--packets-eq", "--packets-lt", "--packets-gt"];
    let bytes = ["--bytes-eq", "--bytes-lt", "--bytes-gt"];
    if counters.iter().chain(&bytes).any(counted) {
        return Err(Refusal::NotModelled);
    }
    let directions = directions.into();
    let return_nomatch = given.has("--return-nomatch");
    Ok(Match::Set(Box::new(SetMatch { name: name.into(), directions, inverted, return_nomatch })))
}

impl SetMatch {
    /// `set_match_v4`, `ip_set_test`.
    pub(super) fn test<T: Tracer>(&self, ctx: &mut Context<'_, T>, origin: impl FnOnce() -> Origin) -> Outcome {
        let membership = ctx.stack.ipsets.test(&self.name, &self.directions, ctx.skb, ctx.now);
        let found = match membership {
            Membership::NoSuchSet => return Outcome::NotModelled,
            Membership::Absent => false,
            Membership::Present => !self.return_nomatch,
            Membership::Excepted => self.return_nomatch,
        };
        let (sets, skb) = (&ctx.stack.ipsets, &*ctx.skb);
        ctx.tracer.step(skb, Some(ctx.hook), Cost::PROBE, || {
            let key = sets.key(&self.name, &self.directions, skb);
            let found = found.then(|| key.clone());
            let (structure, index) = (Structure::IpSet, sets.index(&self.name));
            (Event::LookedUp { structure, index, name: self.name.clone(), key, found, drawn: None }, origin())
        });
        (found != self.inverted).into()
    }

    pub fn write(&self, out: &mut String) {
        write_option(out, self.inverted, "--match-set");
        let directions: Vec<_> = self.directions.iter().map(ToString::to_string).collect();
        let _ = write!(out, " {} {}", self.name, directions.join(","));
        if self.return_nomatch {
            out.push_str(" --return-nomatch");
        }
    }

    /// `set_print_v4`
    pub fn list(&self, out: &mut String) {
        without_dashes(out, |out| self.write(out));
    }
}
