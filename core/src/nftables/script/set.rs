use super::table::Deferred;
use super::{Script, Verb, busy, file_exists, not_found};
use crate::message;
use crate::nftables::model::{
    DataType, Element, Elements, Key, Set, SetData, SetFlags, SetId, State, Stateful, Unmodelled,
};
use crate::nftables::parse::{Failure, Kind, Parsed, Reader, selector};
use crate::nftables::print;

/// What the braces after a set's name say.
struct Declaration {
    set: Set,
    /// Where its elements are written.
    elements: Option<usize>,
}

/// What sets that rules write to hold at most, if they do not say (`evaluate.c: set_evaluate`).
const DYNAMIC_SIZE: u32 = 65535;

impl Script<'_> {
    /// After `add set`, `add map` and their like.
    pub(super) fn set_command(&mut self, verb: Verb, is_map: bool) -> Parsed<()> {
        let table = if verb == Verb::Destroy {
            let family = self.family();
            let name = self.cursor.word_or_string(message!("expected-table-name"))?;
            match self.draft.find_table(family, name.text) {
                Some(table) => table,
                None => {
                    self.cursor.word_or_string(message!("expected-set-name"))?;
                    return Ok(());
                }
            }
        } else {
            self.table_name()?
        };
        match verb {
            Verb::Delete | Verb::Destroy => self.delete_set(table, verb),
            Verb::Flush => {
                let id = self.named_set(table)?;
                self.flush_set(table, id);
                Ok(())
            }
            Verb::Add | Verb::Create => {
                let mut deferred = Deferred::default();
                self.declare_set(table, is_map, verb, &mut deferred)?;
                let here = self.cursor.mark();
                for (set, offset) in deferred.elements {
                    self.cursor.go_to(offset);
                    self.add_elements(table, set, Verb::Add)?;
                }
                self.cursor.reset(here);
                Ok(())
            }
            _ => Err(self.cursor.unexpected(message!("expected-set-verbs"))),
        }
    }

    fn delete_set(&mut self, table: u32, verb: Verb) -> Parsed<()> {
        let name = self.cursor.word_or_string(message!("expected-set-or-map-name"))?;
        let Some(table) = self.draft.table_mut(table) else {
            return Ok(());
        };
        let Some(number) = table.sets.find(name.text) else {
            let kept = table.unmodelled.len();
            table.unmodelled.retain(|kept| &*kept.name != name.text);
            let gone = table.unmodelled.len() < kept || verb == Verb::Destroy;
            return if gone {
                Ok(())
            } else {
                Err(not_found(name.offset, message!("wrong-set-named", name = name.text)))
            };
        };
        if table.uses.of_set(number) > 0 {
            return Err(busy(name.offset, message!("wrong-set-named", name = name.text)));
        }
        if let Some(set) = table.sets.remove(name.text) {
            set.elements.iter().for_each(|element| table.uses.remove_element(element));
        }
        Ok(())
    }

    fn flush_set(&mut self, table: u32, id: SetId) {
        let Some(table) = self.draft.table_mut(table) else {
            return;
        };
        if table.set(id).is_none_or(|set| set.elements.is_empty()) {
            return;
        }
        if let Some(set) = table.sets.get_mut(id.0) {
            let removed: Vec<Element> = set.elements.iter().cloned().collect();
            set.elements.clear();
            removed.iter().for_each(|element| table.uses.remove_element(element));
        }
    }

    /// A set or map within the block of its table.
    pub(super) fn set_block(&mut self, table: u32, is_map: bool, deferred: &mut Deferred) -> Parsed<()> {
        self.declare_set(table, is_map, Verb::Add, deferred)
    }

    fn declare_set(&mut self, table: u32, is_map: bool, verb: Verb, deferred: &mut Deferred) -> Parsed<()> {
        let name = self.cursor.new_name(message!("expected-name"))?;
        let body = self.cursor.offset();
        let declaration = match self.declaration(table, is_map, name.text) {
            Ok(declaration) => declaration,
            Err(failure) if failure.unmodelled => {
                self.cursor.go_to(body);
                return self.keep(table, if is_map { "map" } else { "set" }, name.text);
            }
            Err(failure) => return Err(failure),
        };
        let Some(owner) = self.draft.table_mut(table) else {
            return Ok(());
        };
        let id = match owner.sets.find(name.text) {
            Some(number) => {
                let same = owner
                    .sets
                    .get(number)
                    .is_some_and(|old| old.key == declaration.set.key && old.data == declaration.set.data);
                if verb == Verb::Create || !same {
                    return Err(file_exists(name.offset, message!("wrong-set-named", name = name.text)));
                }
                SetId(number)
            }
            None => {
                let handle = owner.next_handle();
                SetId(owner.sets.insert(name.text.into(), Set { handle, ..declaration.set }))
            }
        };
        deferred.elements.extend(declaration.elements.map(|offset| (id, offset)));
        Ok(())
    }

    /// Keeps something between braces as it is written.
    pub(super) fn keep(&mut self, table: u32, kind: &str, name: &str) -> Parsed<()> {
        let mut lines = Vec::new();
        if self.cursor.accept("{") {
            loop {
                self.cursor.skip_separators();
                if self.cursor.accept("}") {
                    break;
                }
                let start = self.cursor.offset();
                let end = self.cursor.skip_statement();
                if end <= start {
                    return Err(self.cursor.unexpected("`}`"));
                }
                let line = self.cursor.text().get(start..end).unwrap_or_default();
                lines.push(line.trim().into());
            }
        }
        if let Some(table) = self.draft.table_mut(table) {
            table.unmodelled.retain(|kept| &*kept.name != name || &*kept.kind != kind);
            table.unmodelled.push(Unmodelled { kind: kind.into(), name: name.into(), lines });
        }
        Ok(())
    }

    fn declaration(&mut self, table: u32, is_map: bool, name: &str) -> Parsed<Declaration> {
        let mut set = Set::anonymous(Vec::new(), SetData::None, false);
        set.name = name.into();
        set.flags = SetFlags::default();
        let mut elements = None;
        self.cursor.expect("{")?;
        loop {
            self.cursor.skip_separators();
            if self.cursor.accept("}") {
                break;
            }
            if let Some((what, _)) = self.stateful(table)? {
                set.stateful.push(what);
                continue;
            }
            let token = self.cursor.word(message!("expected-set-properties"))?;
            match token.text {
                "type" => self.set_types(&mut set, is_map)?,
                "typeof" => self.set_typeof(table, &mut set, is_map)?,
                "flags" => self.set_flags(&mut set.flags)?,
                "timeout" => set.timeout = Some(self.duration(table)?),
                "gc-interval" => set.gc_interval = Some(self.duration(table)?),
                "size" => set.size = Some(self.cursor.number(message!("expected-number-of-elements"))?),
                "auto-merge" => set.auto_merge = true,
                "policy" => {
                    set.memory =
                        self.cursor.word(message!("expected-either", one = "performance", other = "memory"))?.text
                            == "memory"
                }
                "comment" => set.comment = Some(Reader::comment_at(&mut self.cursor)?),
                "elements" => {
                    self.cursor.expect("=")?;
                    elements = Some(self.cursor.offset());
                    self.cursor.skip_statement();
                }
                "last" => return Err(Failure::unmodelled(token)),
                _ => {
                    let message = format!("syntax error, unexpected `{}`", token.text);
                    return Err(Failure::new(token.offset, message, message!("expected-set-properties"), ""));
                }
            }
        }
        if set.key.is_empty() {
            return Err(self.cursor.unexpected(message!("expected-type-before-brace")));
        }
        if set.timeout.is_some() {
            set.flags.timeout = true;
        }
        if set.flags.dynamic && set.size.is_none() {
            set.size = Some(DYNAMIC_SIZE);
        }
        set.elements = Elements::new(&set.key, set.flags.interval);
        Ok(Declaration { set, elements })
    }

    fn duration(&mut self, table: u32) -> Parsed<u64> {
        let now = self.now;
        let Some(owner) = self.draft.table_mut(table) else {
            return Ok(0);
        };
        Reader::new(&mut self.cursor, owner, now).duration()
    }

    fn stateful(&mut self, table: u32) -> Parsed<Option<(Stateful, State)>> {
        let now = self.now;
        let Some(owner) = self.draft.table_mut(table) else {
            return Ok(None);
        };
        Reader::new(&mut self.cursor, owner, now).stateful()
    }

    fn set_types(&mut self, set: &mut Set, is_map: bool) -> Parsed<()> {
        set.key = self.type_list()?;
        if !is_map {
            return Ok(());
        }
        self.cursor.expect(":")?;
        let token = self.cursor.peek();
        match token.text {
            "verdict" => {
                self.cursor.next();
                set.data = SetData::Verdict;
            }
            "counter" | "quota" | "limit" | "interval" | "ct" | "secmark" | "synproxy" => {
                return Err(Failure::unmodelled(token));
            }
            _ => set.data = SetData::Values(self.type_list()?),
        }
        Ok(())
    }

    fn type_list(&mut self) -> Parsed<Vec<DataType>> {
        let mut types = Vec::new();
        let offset = self.cursor.offset();
        loop {
            let token = self.cursor.word(message!("expected-type-such-as"))?;
            match DataType::from_name(token.text) {
                Some(data_type) => types.push(data_type),
                None if matches!(
                    token.text,
                    "ct_label"
                        | "arp_op"
                        | "mh_type"
                        | "igmp_type"
                        | "dccp_pkttype"
                        | "day"
                        | "hour"
                        | "cgroupsv2"
                        | "string"
                ) =>
                {
                    return Err(Failure::unmodelled(token));
                }
                None => {
                    let message = format!("unknown datatype {}", token.text);
                    let known = message!("expected-types");
                    return Err(Failure::new(token.offset, message, known, ""));
                }
            }
            if !self.cursor.accept(".") {
                break;
            }
        }
        if types.iter().map(|data_type| data_type.bytes()).sum::<usize>() > Key::MAX {
            return Err(Failure::new(
                offset,
                message!("wrong-long-key"),
                message!("expected-most-bytes", most = Key::MAX.to_string()),
                "",
            ));
        }
        Ok(types)
    }

    fn set_typeof(&mut self, table: u32, set: &mut Set, is_map: bool) -> Parsed<()> {
        let now = self.now;
        let Some(owner) = self.draft.table_mut(table) else {
            return Ok(());
        };
        let mut reader = Reader::new(&mut self.cursor, owner, now);
        let key = selector(&mut reader)?;
        set.key = key.types(reader.table);
        set.key_of = Some(print::expression(reader.table, &key).into());
        if !is_map {
            return Ok(());
        }
        reader.cursor.expect(":")?;
        if reader.cursor.accept_word("verdict") {
            set.data = SetData::Verdict;
            return Ok(());
        }
        let data = selector(&mut reader)?;
        set.data = SetData::Values(data.types(reader.table));
        set.data_of = Some(print::expression(reader.table, &data).into());
        Ok(())
    }

    fn set_flags(&mut self, flags: &mut SetFlags) -> Parsed<()> {
        loop {
            let token = self.cursor.word(message!("expected-set-flags"))?;
            match token.text {
                "constant" => flags.constant = true,
                "dynamic" => flags.dynamic = true,
                "interval" => flags.interval = true,
                "timeout" => flags.timeout = true,
                _ => {
                    let message = format!("syntax error, unexpected `{}`", token.text);
                    return Err(Failure::new(token.offset, message, message!("expected-set-flags"), ""));
                }
            }
            if self.cursor.peek().kind != Kind::Mark || !self.cursor.accept(",") {
                return Ok(());
            }
        }
    }
}
