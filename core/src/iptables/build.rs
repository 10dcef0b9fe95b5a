use std::ops::Range;

use super::command::Draft;
use super::given::{Given, Reader, Refusal};
use super::matches::{Kept, KnownMatch, Match};
use super::options::{self, Extension};
use super::rule::{Jump, Pending, RuleReader};
use super::targets::Target;
use super::words::Complaint;
use crate::message;
use crate::message::Argument;

impl<'w> RuleReader<'_, 'w, '_> {
    /// Puts the parts together once all words are read.
    pub(super) fn finish(mut self) -> Result<Draft<'w>, Complaint> {
        let pending = std::mem::take(&mut self.matches);
        self.draft.matches.reserve_exact(pending.len());
        for pending in pending {
            let made = self.make_match(pending)?;
            self.draft.matches.push(made);
        }
        self.draft.target = match (self.jump, self.target.take()) {
            (None, _) => None,
            (Some(_), Some(pending)) => Some(self.make_target(pending)?),
            (Some(jump), None) => Some(self.jump_to(jump)?),
        };
        Ok(self.draft)
    }

    fn given(&self, pending: Pending<'w>) -> Given<'w> {
        Given { at: pending.at, family: self.scope.family, protocol: self.draft.ip.protocol, options: pending.options }
    }

    fn make_match(&self, pending: Pending<'w>) -> Result<Match, Complaint> {
        let name = pending.name;
        let Some(extension) = pending.extension else {
            return Ok(match KnownMatch::new(self.kept(name, &pending.kept), self.scope.family) {
                Ok(known) => Match::Known(Box::new(known)),
                Err(kept) => Match::Kept(Box::new(kept)),
            });
        };
        let Reader::Match(read) = extension.reader else {
            return Ok(Match::Kept(Box::new(self.kept(name, &[]))));
        };
        self.check_table(extension, "match", pending.at)?;
        let given = self.given(pending);
        match read(&given) {
            Ok(made) => Ok(made),
            Err(Refusal::Wrong(complaint)) => Err(complaint),
            Err(Refusal::NotModelled) => Ok(Match::Kept(Box::new(self.kept(name, &spans(&given))))),
        }
    }

    fn make_target(&self, pending: Pending<'w>) -> Result<Target, Complaint> {
        let (name, at) = (pending.name, pending.at);
        let Some(extension) = pending.extension else {
            return Ok(Target::Kept(Box::new(self.kept(name, &pending.kept))));
        };
        let Reader::Target(read) = extension.reader else {
            return Ok(Target::Kept(Box::new(self.kept(name, &[]))));
        };
        self.check_table(extension, "target", at)?;
        let given = self.given(pending);
        match read(&given) {
            Ok(made) => Ok(made),
            Err(Refusal::Wrong(complaint)) => Err(complaint),
            Err(Refusal::NotModelled) => Ok(Target::Kept(Box::new(self.kept(name, &spans(&given))))),
        }
    }

    /// `xt_check_match`, `xt_check_target`.
    fn check_table(&self, extension: &Extension, kind: &str, at: usize) -> Result<(), Complaint> {
        let table = self.scope.name;
        if extension.tables.is_empty() || extension.tables.contains(&table) {
            return Ok(());
        }
        let names: Vec<_> = extension.tables.iter().map(|table| table.name()).collect();
        let message = format!("{} {kind}: only valid in {} table, not {table}", extension.name, names.join(" or "));
        let either = |one, other| message!("expected-either", one = one, other = other).into();
        let names = names.into_iter().map(Argument::from).reduce(either).unwrap_or_else(|| "".into());
        let advice = message!("advice-chain-of-table", table = names);
        Err(Complaint::new(at, message, message!("expected-kind-of-table", kind = kind, table = table.name()), advice))
    }

    fn kept(&self, name: &str, spans: &[Range<usize>]) -> Kept {
        let mut options = String::new();
        for span in spans {
            options.push(' ');
            options.push_str(self.text.get(span.clone()).unwrap_or_default());
        }
        Kept { name: name.into(), options: options.into() }
    }

    fn jump_to(&self, jump: Jump<'_>) -> Result<Target, Complaint> {
        let Jump { name, at, goto } = jump;
        match self.scope.table.find(name) {
            Some(chain) if self.scope.table.is_built_in(chain) => {
                let message = format!("Invalid argument: `{name}' is a built-in chain");
                Err(Complaint::new(
                    at,
                    message,
                    message!("expected-own-chain-or-target"),
                    message!("advice-built-in-chain"),
                ))
            }
            Some(chain) => Ok(Target::Jump { chain, goto }),
            None => Err(self.no_such_target(jump)),
        }
    }

    fn no_such_target(&self, jump: Jump<'_>) -> Complaint {
        let Jump { name, at, goto } = jump;
        let message = if goto {
            format!("goto '{name}' is not a chain")
        } else {
            format!("Couldn't load target `{name}':No such file or directory")
        };
        let upper = name.to_ascii_uppercase();
        let advice = match upper.as_str() {
            "IPVS" => message!("advice-ipvs-target"),
            _ if options::find_target(&upper, self.scope.family).is_some() => {
                message!("advice-capitals", name = upper)
            }
            _ if name.contains('-') || name == upper => {
                message!("advice-declare-chain", name = name)
            }
            _ => message!("advice-target"),
        };
        Complaint::new(at, message, message!("expected-target-or-chain", table = self.scope.name.name()), advice)
    }
}

fn spans(given: &Given<'_>) -> Vec<Range<usize>> {
    given.options.iter().map(|option| option.span.clone()).collect()
}
