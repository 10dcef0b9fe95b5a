use super::{Added, Script, Verb, not_found};
use crate::message;
use crate::nftables::model::SetId;
use crate::nftables::parse::{Parsed, Reader, add_element, delete_element, element_key};

impl Script<'_> {
    /// After `add element` and its like.
    pub(super) fn element_command(&mut self, verb: Verb) -> Parsed<()> {
        let table = self.table_name()?;
        let set = self.named_set(table)?;
        self.add_elements(table, set, verb)
    }

    /// The name of a set or map that exists.
    pub(super) fn named_set(&mut self, table: u32) -> Parsed<SetId> {
        let name = self.cursor.word_or_string(message!("expected-set-or-map-name"))?;
        let found = self.draft.table(table).and_then(|table| table.sets.find(name.text));
        found.map(SetId).ok_or_else(|| not_found(name.offset, message!("wrong-set-named", name = name.text)))
    }

    /// `{ … }`: adds, creates, deletes or destroys what is between the braces.
    pub(super) fn add_elements(&mut self, table: u32, set: SetId, verb: Verb) -> Parsed<()> {
        let offset = self.cursor.offset();
        let now = self.now;
        let Some(owner) = self.draft.table_mut(table) else {
            return Ok(());
        };
        let mut reader = Reader::new(&mut self.cursor, owner, now);
        for written in element_key(&mut reader, set, verb.removes())? {
            match verb {
                Verb::Delete => delete_element(&mut reader, set, written, false)?,
                Verb::Destroy => delete_element(&mut reader, set, written, true)?,
                verb => add_element(&mut reader, set, written, verb == Verb::Create)?,
            }
        }
        self.added.push(Added { table, chain: None, offset });
        Ok(())
    }
}
