//! Named counters, quotas and limits, and objects that are only kept.

use std::sync::Arc;

use super::{Script, Verb, file_exists, not_found};
use crate::message;
use crate::nftables::model::{Object, ObjectKind, State, Stateful, Statement};
use crate::nftables::parse::{Failure, Kind, Parsed, Reader};

impl Script<'_> {
    /// `counter`, `quota`, … with the verb before it.
    pub(super) fn object_kind_command(&mut self, verb: Verb) -> Parsed<()> {
        let kind = self.object_kind()?;
        match verb {
            Verb::Add | Verb::Create => {
                let table = self.table_name()?;
                self.declare_object(table, &kind, verb)
            }
            Verb::Delete | Verb::Destroy => self.delete_object(verb),
            Verb::Reset => {
                let table = self.table_name()?;
                let name = self.cursor.word_or_string(message!("expected-object-name"))?;
                let Some(table) = self.draft.table_mut(table) else {
                    return Ok(());
                };
                let state = table
                    .objects
                    .find(name.text)
                    .and_then(|number| table.objects.get(number))
                    .map(|object| object.what.clone());
                match state {
                    Some(what) => reset(&mut table.states, &what),
                    None => return Err(not_found(name.offset, format!("{kind} `{}`", name.text))),
                }
                Ok(())
            }
            _ => Err(self.cursor.unexpected(message!("expected-object-verbs"))),
        }
    }

    /// Within the block of a table.
    pub(super) fn object_block(&mut self, table: u32) -> Parsed<()> {
        let kind = self.object_kind()?;
        self.declare_object(table, &kind, Verb::Add)
    }

    fn object_kind(&mut self) -> Parsed<String> {
        let word = self.cursor.next();
        if word.text != "ct" {
            return Ok(word.text.to_owned());
        }
        Ok(format!("ct {}", self.cursor.word(message!("expected-ct-objects"))?.text))
    }

    fn declare_object(&mut self, table: u32, kind: &str, verb: Verb) -> Parsed<()> {
        let name = self.cursor.new_name(message!("expected-name"))?;
        if !matches!(kind, "counter" | "quota" | "limit") {
            return self.keep(table, kind, name.text);
        }
        let now = self.now;
        let Some(owner) = self.draft.table_mut(table) else {
            return Ok(());
        };
        if owner.objects.find(name.text).is_some() {
            self.cursor.skip_statement();
            return if verb == Verb::Create {
                Err(file_exists(name.offset, format!("{kind} `{}`", name.text)))
            } else {
                Ok(())
            };
        }
        let braces = self.cursor.accept("{");
        let mut what = None;
        let mut comment: Option<Arc<str>> = None;
        loop {
            self.cursor.skip_separators_if(braces);
            let token = self.cursor.peek();
            if token.ends_command() || token.kind == Kind::End {
                break;
            }
            let mut reader = Reader::new(&mut self.cursor, owner, now);
            if reader.cursor.accept_word("comment") {
                comment = Some(reader.comment()?);
                continue;
            }
            if what.is_some() {
                return Err(reader.cursor.unexpected(message!("expected-end-of-object")));
            }
            what = Some(match kind {
                "counter" => reader.counting(ObjectKind::Counter)?,
                "quota" => reader.counting(ObjectKind::Quota)?,
                _ => reader.counting(ObjectKind::Limit)?,
            });
        }
        if braces {
            self.cursor.expect("}")?;
        }
        let what = match what {
            Some(what) => what,
            None if kind == "counter" => {
                Statement::Stateful(Stateful::Counter, owner.add_state(Stateful::Counter.fresh(now)))
            }
            None => {
                return Err(Failure::new(
                    name.offset,
                    message!("wrong-without-value", kind = kind),
                    message!("expected-allowance"),
                    "",
                ));
            }
        };
        let handle = owner.next_handle();
        let object = Object { name: name.text.into(), handle, comment, what };
        owner.objects.insert(name.text.into(), object);
        Ok(())
    }

    fn delete_object(&mut self, verb: Verb) -> Parsed<()> {
        let table = self.table_name()?;
        let name = self.cursor.word_or_string(message!("expected-object-name"))?;
        let Some(table) = self.draft.table_mut(table) else {
            return Ok(());
        };
        let Some(number) = table.objects.find(name.text) else {
            let kept = table.unmodelled.len();
            table.unmodelled.retain(|kept| &*kept.name != name.text);
            let gone = table.unmodelled.len() < kept || verb == Verb::Destroy;
            return if gone {
                Ok(())
            } else {
                Err(not_found(name.offset, message!("wrong-object-named", name = name.text)))
            };
        };
        let is_used =
            |statement: &Statement| matches!(statement, Statement::Object { object, .. } if object.0 == number);
        let used =
            table.chains.iter().any(|(_, chain)| chain.rules.iter().any(|rule| rule.statements.iter().any(is_used)));
        if used {
            return Err(super::busy(name.offset, message!("wrong-object-named", name = name.text)));
        }
        table.objects.remove(name.text);
        Ok(())
    }

    /// `reset counters`, `reset quotas`, `reset rules`: of one table or of all.
    pub(super) fn reset_all(&mut self) -> Parsed<()> {
        let what = self.cursor.next().text;
        self.cursor.skip_statement();
        for number in 0..u32::try_from(self.draft.tables.len()).unwrap_or(u32::MAX) {
            let Some(table) = self.draft.table_mut(number) else {
                continue;
            };
            let mut resets = Vec::new();
            if what == "rules" {
                resets.extend(
                    table
                        .chains
                        .iter()
                        .flat_map(|(_, chain)| &chain.rules)
                        .flat_map(|rule| rule.statements.iter().cloned()),
                );
            } else {
                let kind = if what == "quotas" { ObjectKind::Quota } else { ObjectKind::Counter };
                resets.extend(
                    table
                        .objects
                        .iter()
                        .filter(|(_, object)| object.kind() == kind)
                        .map(|(_, object)| object.what.clone()),
                );
            }
            resets.iter().for_each(|statement| reset(&mut table.states, statement));
        }
        Ok(())
    }
}

fn reset(states: &mut [State], what: &Statement) {
    let Statement::Stateful(what @ (Stateful::Counter | Stateful::Quota(_)), id) = what else {
        return;
    };
    if let Some(state) = states.get_mut(id.0 as usize) {
        *state = what.fresh(0);
    }
}
