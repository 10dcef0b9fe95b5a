//! What `nft -f` does: a script's commands, carried out as one transaction.
//!
//! In: a script, or what `nft list ruleset` printed. Out: the ruleset after it, or what is wrong with it
//! and the ruleset as it was. Left out on purpose: `include` (a page has no files), `list` and `monitor`.

mod chain;
mod check;
mod element;
mod object;
mod rule;
mod set;
mod table;

pub use chain::standard_priorities;

use std::sync::Arc;

use super::model::{Ruleset, TableFamily};
use super::parse::{Cursor, Failure, Kind, Parsed};
use crate::message;
use crate::netfilter::Seconds;
use crate::source::Diagnostic;
use crate::source::Phrase;
use crate::task::{Turns, block_on};

/// More complaints than this help nobody.
const MAX_FAILURES: usize = 20;

/// Carries out a script at second 0 of the lab's clock.
pub fn apply(ruleset: &mut Ruleset, text: &str) -> Result<(), Vec<Diagnostic>> {
    apply_at(ruleset, text, 0)
}

/// Carries out a script: all of it, or nothing.
pub fn apply_at(ruleset: &mut Ruleset, text: &str, now: Seconds) -> Result<(), Vec<Diagnostic>> {
    block_on(apply_in_turns(ruleset, text, now))
}

/// [`apply_at`], in turns.
pub(crate) async fn apply_in_turns(ruleset: &mut Ruleset, text: &str, now: Seconds) -> Result<(), Vec<Diagnostic>> {
    let mut script =
        Script { cursor: Cursor::new(text), draft: ruleset.clone(), now, failures: Vec::new(), added: Vec::new() };
    script.run().await;
    if script.failures.is_empty() {
        script.failures = check::check(&script.draft, &script.added);
    }
    if script.failures.is_empty() {
        for (number, table) in script.draft.tables.iter_mut().enumerate() {
            // What the script did not touch is still the same table.
            let old = ruleset.tables.get(number).and_then(Option::as_ref);
            if let Some(table) = table
                && old.is_none_or(|old| !Arc::ptr_eq(old, table))
            {
                Arc::make_mut(table).find_bases();
            }
        }
        *ruleset = script.draft;
        return Ok(());
    }
    Err(script.failures.into_iter().map(|failure| failure.diagnostic(text)).collect())
}

/// A few milliseconds' worth in a browser.
const COMMANDS_IN_A_TURN: usize = 1_000;

/// A script on its way.
struct Script<'a> {
    cursor: Cursor<'a>,
    draft: Ruleset,
    now: Seconds,
    failures: Vec<Failure>,
    /// Where rules and elements were added, to be checked once all chains are there.
    added: Vec<Added>,
}

/// What a chain or map got in this transaction.
#[derive(Clone, Copy, Debug)]
struct Added {
    table: u32,
    /// None for an element of a map.
    chain: Option<u32>,
    offset: usize,
}

/// How a command treats what is there or missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Add,
    Create,
    Insert,
    Replace,
    Delete,
    Destroy,
    Flush,
    Reset,
    Rename,
}

impl Verb {
    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "add" => Self::Add,
            "create" => Self::Create,
            "insert" => Self::Insert,
            "replace" => Self::Replace,
            "delete" => Self::Delete,
            "destroy" => Self::Destroy,
            "flush" => Self::Flush,
            "reset" => Self::Reset,
            "rename" => Self::Rename,
            _ => return None,
        })
    }

    const fn removes(self) -> bool {
        matches!(self, Self::Delete | Self::Destroy)
    }
}

impl Script<'_> {
    async fn run(&mut self) {
        let mut turns = Turns::of(COMMANDS_IN_A_TURN);
        loop {
            turns.count().await;
            self.cursor.skip_separators();
            if self.cursor.peek().kind == Kind::End || self.failures.len() >= MAX_FAILURES {
                return;
            }
            let before = self.cursor.offset();
            if let Err(failure) = self.command() {
                self.fail(failure);
                self.cursor.skip_statement();
                if self.cursor.offset() == before || self.cursor.peek().is("}") {
                    self.cursor.next();
                }
            }
        }
    }

    fn fail(&mut self, failure: Failure) {
        if self.failures.len() < MAX_FAILURES {
            self.failures.push(failure);
        }
    }

    fn command(&mut self) -> Parsed<()> {
        let token = self.cursor.peek();
        match token.text {
            "define" | "redefine" | "undefine" | "include" => self.definition(),
            "list" | "monitor" | "export" | "describe" => {
                self.cursor.skip_statement();
                Ok(())
            }
            word => match Verb::from_word(word) {
                Some(verb) => {
                    self.cursor.next();
                    self.object_command(verb)?;
                    self.end_of_command()
                }
                None => {
                    self.object_command(Verb::Add)?;
                    self.end_of_command()
                }
            },
        }
    }

    fn end_of_command(&mut self) -> Parsed<()> {
        let token = self.cursor.peek();
        if token.ends_command() && !token.is("}") {
            Ok(())
        } else {
            Err(self.cursor.unexpected(message!("expected-end-of-command")))
        }
    }

    fn definition(&mut self) -> Parsed<()> {
        let token = self.cursor.next();
        match token.text {
            "define" => self.cursor.define(false),
            "redefine" => self.cursor.define(true),
            "undefine" => self.cursor.undefine(),
            _ => Err(Failure::new(
                token.offset,
                message!("wrong-include"),
                message!("expected-rules-themselves"),
                message!("advice-include"),
            )),
        }
    }

    fn object_command(&mut self, verb: Verb) -> Parsed<()> {
        let token = self.cursor.peek();
        if token.kind != Kind::Word {
            return Err(self.cursor.unexpected(message!("expected-nft-command")));
        }
        match token.text {
            "ruleset" if verb == Verb::Flush => self.after(Self::flush_ruleset),
            "table" => self.after(|script| script.table_command(verb)),
            "chain" => self.after(|script| script.chain_command(verb)),
            "rule" => self.after(|script| script.rule_command(verb)),
            "set" | "map" => self.after(|script| script.set_command(verb, token.text == "map")),
            "element" => self.after(|script| script.element_command(verb)),
            "counter" | "quota" | "limit" | "flowtable" | "ct" | "secmark" | "synproxy" => {
                self.object_kind_command(verb)
            }
            "counters" | "quotas" | "rules" if verb == Verb::Reset => self.reset_all(),
            word if verb == Verb::Add && TableFamily::from_name(word).is_some() => self.rule_command(verb),
            _ => Err(self.cursor.unexpected(message!("expected-nft-objects"))),
        }
    }

    fn after(&mut self, command: impl FnOnce(&mut Self) -> Parsed<()>) -> Parsed<()> {
        self.cursor.next();
        command(self)
    }

    /// A family, or nothing, which means `ip`.
    fn family(&mut self) -> TableFamily {
        match TableFamily::from_name(self.cursor.peek().text) {
            Some(family) => {
                self.cursor.next();
                family
            }
            None => TableFamily::Ip,
        }
    }

    /// The table that a command names.
    fn table_name(&mut self) -> Parsed<u32> {
        let family = self.family();
        let name = self.cursor.word_or_string(message!("expected-table-name"))?;
        self.draft.find_table(family, name.text).ok_or_else(|| {
            Failure::new(
                name.offset,
                message!("wrong-no-nft-table", family = family.to_string(), name = name.text),
                message!("expected-existing-table"),
                message!("advice-add-table", family = family.to_string(), name = name.text),
            )
        })
    }
}

/// nft's answer where something should not be there yet.
fn file_exists(offset: usize, what: impl Into<Phrase>) -> Failure {
    Failure::new(
        offset,
        message!("wrong-file-exists", what = &what.into()),
        message!("expected-new-name"),
        message!("advice-add-or-delete"),
    )
}

/// nft's answer where something is missing.
fn not_found(offset: usize, what: impl Into<Phrase>) -> Failure {
    Failure::new(
        offset,
        message!("wrong-does-not-exist", what = &what.into()),
        message!("expected-existing"),
        message!("advice-mend-or-add"),
    )
}

/// nft's answer where something is in use.
fn busy(offset: usize, what: impl Into<Phrase>) -> Failure {
    Failure::new(
        offset,
        message!("wrong-in-use", what = &what.into()),
        message!("expected-unused"),
        message!("advice-delete-references"),
    )
}
