use super::{Added, Script, Verb, not_found};
use crate::message;
use crate::nftables::model::{Chain, Rule};
use crate::nftables::parse::{Failure, Parsed, Reader, rule};

/// Where a rule goes.
#[derive(Clone, Copy)]
enum Place {
    End,
    Start,
    Before(usize),
    After(usize),
    InsteadOf(usize),
}

impl Script<'_> {
    /// After `add rule` and its like.
    pub(super) fn rule_command(&mut self, verb: Verb) -> Parsed<()> {
        if verb == Verb::Destroy || verb == Verb::Delete {
            return self.delete_rule(verb);
        }
        if !matches!(verb, Verb::Add | Verb::Create | Verb::Insert | Verb::Replace) {
            return Err(self.cursor.unexpected(message!("expected-rule-verbs")));
        }
        let table = self.table_name()?;
        let chain = self.chain_name(table)?;
        let place = self.place(table, chain, verb)?;
        self.read_rule(table, chain, place)
    }

    /// Adds the rule that comes next at the end of a chain.
    pub(super) fn append_rule(&mut self, table: u32, chain: u32) -> Parsed<()> {
        self.read_rule(table, chain, Place::End)
    }

    fn read_rule(&mut self, table: u32, chain: u32, place: Place) -> Parsed<()> {
        let offset = self.cursor.offset();
        let now = self.now;
        let Some(owner) = self.draft.table_mut(table) else {
            return Ok(());
        };
        let mut reader = Reader::new(&mut self.cursor, owner, now);
        let rule = rule(&mut reader)?;
        owner.uses.add_rule(&rule);
        let replaced = owner.chains.get_mut(chain).and_then(|chain| put(chain, rule, place));
        if let Some(replaced) = replaced {
            owner.uses.remove_rule(&replaced);
        }
        self.added.push(Added { table, chain: Some(chain), offset });
        Ok(())
    }

    /// `handle N`, `position N` or `index N`.
    fn place(&mut self, table: u32, chain: u32, verb: Verb) -> Parsed<Place> {
        let offset = self.cursor.offset();
        let keyword = self.cursor.peek().text;
        if !matches!(keyword, "handle" | "position" | "index") {
            return match verb {
                Verb::Insert => Ok(Place::Start),
                Verb::Replace => Err(self.cursor.unexpected(message!("expected-handle"))),
                _ => Ok(Place::End),
            };
        }
        self.cursor.next();
        let number: u64 = self.cursor.number(message!("expected-number"))?;
        let rules =
            self.draft.table(table).and_then(|table| table.chains.get(chain)).map_or(&[][..], |chain| &chain.rules);
        let at = if keyword == "index" {
            usize::try_from(number).ok().filter(|index| *index < rules.len())
        } else {
            rules.iter().position(|rule| rule.handle == number)
        };
        let Some(at) = at else {
            return Err(not_found(
                offset,
                message!("wrong-rule-by-keyword", keyword = keyword, number = number.to_string()),
            ));
        };
        Ok(match verb {
            Verb::Insert => Place::Before(at),
            Verb::Replace => Place::InsteadOf(at),
            _ => Place::After(at),
        })
    }

    fn delete_rule(&mut self, verb: Verb) -> Parsed<()> {
        let table = self.table_name()?;
        let chain = self.chain_name(table)?;
        let offset = self.cursor.offset();
        let by_index = self.cursor.peek().text == "index";
        if !by_index && self.cursor.peek().text != "handle" {
            return Err(Failure::new(
                offset,
                message!("wrong-deleted-by-handle"),
                message!("expected-handle-number"),
                message!("advice-handles"),
            ));
        }
        self.cursor.next();
        let number_at = self.cursor.offset();
        let number: u64 = self.cursor.number(message!("expected-number"))?;
        let Some(table) = self.draft.table_mut(table) else {
            return Ok(());
        };
        let Some(chain) = table.chains.get_mut(chain) else {
            return Ok(());
        };
        let at = if by_index {
            usize::try_from(number).ok().filter(|index| *index < chain.rules.len())
        } else {
            chain.rules.iter().position(|rule| rule.handle == number)
        };
        match at {
            Some(at) => {
                let rule = chain.rules.remove(at);
                table.uses.remove_rule(&rule);
                Ok(())
            }
            None if verb == Verb::Destroy => Ok(()),
            None => Err(not_found(
                number_at,
                message!("wrong-rule-by-keyword", keyword = "handle", number = number.to_string()),
            )),
        }
    }
}

/// Puts a rule into its place and returns the one that made way.
fn put(chain: &mut Chain, rule: Rule, place: Place) -> Option<Rule> {
    match place {
        Place::End => chain.rules.push(rule),
        Place::Start => chain.rules.insert(0, rule),
        Place::Before(at) => chain.rules.insert(at, rule),
        Place::After(at) => chain.rules.insert(at + 1, rule),
        Place::InsteadOf(at) => return Some(std::mem::replace(&mut chain.rules[at], rule)),
    }
    None
}
