use std::sync::Arc;

use super::{Script, Verb, file_exists, not_found};
use crate::message;
use crate::nftables::model::{SetId, Table, TableFamily};
use crate::nftables::parse::{Kind, Parsed};

/// Parts of a block that wait until all chains and sets of the table are there, as in `cmd_expand`.
#[derive(Default)]
pub(super) struct Deferred {
    /// Chain and the place of a rule.
    pub rules: Vec<(u32, usize)>,
    /// Set and the place of its elements.
    pub elements: Vec<(SetId, usize)>,
}

impl Script<'_> {
    pub(super) fn flush_ruleset(&mut self) -> Parsed<()> {
        let only = TableFamily::from_name(self.cursor.peek().text);
        if only.is_some() {
            self.cursor.next();
        }
        for slot in &mut self.draft.tables {
            if slot.as_ref().is_some_and(|table| only.is_none_or(|family| table.family == family)) {
                *slot = None;
            }
        }
        Ok(())
    }

    /// After `add table` and its like.
    pub(super) fn table_command(&mut self, verb: Verb) -> Parsed<()> {
        let family = self.family();
        if verb.removes() && self.cursor.accept_word("handle") {
            return Err(self.cursor.unexpected(message!("expected-table-name")));
        }
        let name = self.cursor.new_name(message!("expected-table-name"))?;
        let found = self.draft.find_table(family, name.text);
        let label = || message!("wrong-the-table", family = family.to_string(), name = name.text);
        match verb {
            Verb::Delete | Verb::Destroy => {
                match found {
                    Some(number) => self.draft.tables[number as usize] = None,
                    None if verb == Verb::Destroy => {}
                    None => return Err(not_found(name.offset, label())),
                }
                return Ok(());
            }
            Verb::Flush => {
                let number = found.ok_or_else(|| not_found(name.offset, label()))?;
                return self.flush_table(number);
            }
            Verb::Create if found.is_some() => return Err(file_exists(name.offset, label())),
            Verb::Add | Verb::Create => {}
            _ => {
                return Err(self.cursor.unexpected(message!("expected-table-verbs")));
            }
        }
        let number = match found {
            Some(number) => number,
            None => {
                self.draft.tables.push(Some(Arc::new(Table::new(family, name.text.into()))));
                u32::try_from(self.draft.tables.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if self.cursor.peek().is("{") {
            self.table_block(number)?;
        }
        Ok(())
    }

    fn flush_table(&mut self, number: u32) -> Parsed<()> {
        let chains: Vec<u32> = self
            .draft
            .table(number)
            .into_iter()
            .flat_map(|table| table.chains.iter())
            .map(|(chain, _)| chain)
            .collect();
        for chain in chains {
            self.flush_rules(number, chain);
        }
        Ok(())
    }

    /// `{ … }` after a table, as `nft list` prints it.
    fn table_block(&mut self, number: u32) -> Parsed<()> {
        self.cursor.expect("{")?;
        let mut deferred = Deferred::default();
        loop {
            self.cursor.skip_separators();
            if self.cursor.accept("}") {
                break;
            }
            if self.cursor.peek().kind == Kind::End || self.failures.len() >= super::MAX_FAILURES {
                return Err(self.cursor.unexpected("`}`"));
            }
            if let Err(failure) = self.table_part(number, &mut deferred) {
                self.fail(failure);
                self.cursor.skip_statement();
            }
        }
        let here = self.cursor.mark();
        for (set, offset) in deferred.elements {
            self.cursor.go_to(offset);
            if let Err(failure) = self.add_elements(number, set, Verb::Add) {
                self.fail(failure);
            }
        }
        for (chain, offset) in deferred.rules {
            self.cursor.go_to(offset);
            if let Err(failure) = self.append_rule(number, chain) {
                self.fail(failure);
            }
        }
        self.cursor.reset(here);
        Ok(())
    }

    fn table_part(&mut self, number: u32, deferred: &mut Deferred) -> Parsed<()> {
        let token = self.cursor.peek();
        match token.text {
            "comment" => {
                self.cursor.next();
                let comment = self.cursor.string(message!("expected-quoted-comment"))?.text.into();
                if let Some(table) = self.draft.table_mut(number) {
                    table.comment = Some(comment);
                }
                Ok(())
            }
            "flags" => {
                self.cursor.next();
                loop {
                    let flag = self.cursor.word("dormant")?;
                    if flag.text == "dormant"
                        && let Some(table) = self.draft.table_mut(number)
                    {
                        table.dormant = true;
                    }
                    if !self.cursor.accept(",") {
                        return Ok(());
                    }
                }
            }
            "chain" => {
                self.cursor.next();
                self.chain_block(number, deferred)
            }
            "set" | "map" => {
                self.cursor.next();
                self.set_block(number, token.text == "map", deferred)
            }
            "counter" | "quota" | "limit" | "flowtable" | "ct" | "secmark" | "synproxy" => self.object_block(number),
            "define" | "redefine" | "undefine" | "include" => self.definition(),
            _ => Err(self.cursor.unexpected(message!("expected-parts-of-table"))),
        }
    }
}
