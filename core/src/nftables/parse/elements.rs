//! The elements of sets and maps.

use std::sync::Arc;

use super::constant::Constant;
use super::cursor::{Cursor, Failure, Parsed};
use super::reader::Reader;
use crate::message;
use crate::nftables::model::{Data, DataType, Element, InsertError, Set, SetData, SetId, State, Stateful};

/// An element as it is written.
pub struct Written {
    pub offset: usize,
    /// Empty for `*`.
    pub fields: Vec<(DataType, Constant)>,
    data: Data,
    timeout: Option<u64>,
    expires: Option<u64>,
    comment: Option<Arc<str>>,
    states: Vec<(Stateful, State)>,
}

impl Written {
    fn is_interval(&self) -> bool {
        self.fields.iter().any(|(_, constant)| constant.is_interval())
    }

    /// The only field of a plain key without anything after it.
    pub fn single_key(&self) -> Option<Constant> {
        let plain = self.timeout.is_none() && self.comment.is_none() && self.states.is_empty();
        match (&*self.fields, &self.data) {
            ([(_, constant)], Data::None) if plain => Some(*constant),
            _ => None,
        }
    }

    fn into_element(self) -> Element {
        let bounds = |(data_type, constant): &(DataType, Constant)| {
            let (first, last) = constant.bounds(*data_type);
            (*data_type, first, last)
        };
        let fields: Vec<_> = self.fields.iter().map(bounds).collect();
        let mut element = Element::new(&fields, self.data);
        element.timeout = self.timeout;
        element.expires = self.expires;
        element.comment = self.comment;
        element.states = self.states;
        element
    }
}

/// The longest comment of an element or rule (`NFTNL_UDATA_COMMENT_MAXLEN`).
const MAX_COMMENT: usize = 128;

impl Reader<'_, '_, '_> {
    /// `{ element, … }`
    pub fn braced_elements(&mut self, key: &[DataType], data: &SetData) -> Parsed<Vec<Written>> {
        self.braced(key, data, false)
    }

    /// Elements of maps may be named by their key alone if `key_suffices`.
    fn braced(&mut self, key: &[DataType], data: &SetData, key_suffices: bool) -> Parsed<Vec<Written>> {
        self.cursor.expect("{")?;
        self.cursor.skip_newlines();
        let mut elements = Vec::new();
        while !self.cursor.peek().is("}") {
            // A variable may hold the braces of a set within the set's own.
            if self.cursor.peek().is("{") {
                elements.append(&mut self.nested(|reader| reader.braced(key, data, key_suffices))?);
            } else {
                elements.push(self.element(key, data, key_suffices)?);
            }
            self.cursor.skip_newlines();
            if !self.cursor.accept(",") {
                break;
            }
            self.cursor.skip_newlines();
        }
        self.cursor.expect("}")?;
        Ok(elements)
    }

    fn element(&mut self, key: &[DataType], data: &SetData, key_suffices: bool) -> Parsed<Written> {
        let offset = self.cursor.offset();
        let mut written = Written {
            offset,
            fields: Vec::with_capacity(key.len()),
            data: Data::None,
            timeout: None,
            expires: None,
            comment: None,
            states: Vec::new(),
        };
        if !self.cursor.accept_word("*") {
            for (place, data_type) in key.iter().enumerate() {
                if place > 0 {
                    self.cursor.expect(".")?;
                }
                written.fields.push((*data_type, self.constant(*data_type)?));
            }
        }
        self.element_options(&mut written)?;
        self.cursor.skip_newlines();
        let has_data = self.cursor.accept(":");
        match data {
            SetData::None if has_data => {
                return Err(Failure::new(
                    offset,
                    "Object is not a map",
                    message!("expected-key-alone"),
                    message!("advice-declare-map"),
                ));
            }
            SetData::None => {}
            _ if !has_data && key_suffices => {}
            _ if !has_data => return Err(self.cursor.unexpected(message!("expected-colon-and-value"))),
            SetData::Verdict => written.data = Data::Verdict(self.verdict_data()?),
            SetData::Values(types) => written.data = Data::Values(self.data_values(types)?),
        }
        Ok(written)
    }

    fn verdict_data(&mut self) -> Parsed<crate::nftables::model::RuleVerdict> {
        match self.verdict()? {
            Some(verdict) => Ok(verdict),
            None => Err(self.cursor.unexpected(message!("expected-verdict"))),
        }
    }

    fn data_values(&mut self, types: &[DataType]) -> Parsed<Box<[u128]>> {
        let mut values = Vec::with_capacity(types.len());
        for (place, data_type) in types.iter().enumerate() {
            if place > 0 {
                self.cursor.expect(".")?;
            }
            let offset = self.cursor.offset();
            match self.constant(*data_type)? {
                Constant::Value(value) => values.push(value),
                _ => {
                    return Err(Failure::new(
                        offset,
                        message!("wrong-map-of-intervals"),
                        message!("expected-single-value"),
                        "",
                    ));
                }
            }
        }
        Ok(values.into())
    }

    fn element_options(&mut self, written: &mut Written) -> Parsed<()> {
        loop {
            let token = self.cursor.peek();
            match token.text {
                "timeout" => {
                    self.cursor.next();
                    written.timeout = Some(self.duration()?);
                }
                "expires" => {
                    self.cursor.next();
                    written.expires = Some(self.duration()?.saturating_add(self.now.saturating_mul(1000)));
                }
                "comment" => {
                    self.cursor.next();
                    written.comment = Some(self.comment()?);
                }
                _ => match self.stateful()? {
                    Some(counts) => written.states.push(counts),
                    None => return Ok(()),
                },
            }
        }
    }

    pub fn duration(&mut self) -> Parsed<u64> {
        Ok(u64::try_from(self.single_value(DataType::Time)?).unwrap_or(u64::MAX))
    }

    pub fn comment(&mut self) -> Parsed<Arc<str>> {
        Self::comment_at(self.cursor)
    }

    pub fn comment_at(cursor: &mut Cursor<'_>) -> Parsed<Arc<str>> {
        let token = cursor.word_or_string(message!("expected-quoted-comment"))?;
        if token.text.len() > MAX_COMMENT {
            let message = format!("comment too long, {MAX_COMMENT} characters maximum allowed");
            return Err(Failure::new(token.offset, message, message!("expected-shorter-comment"), ""));
        }
        Ok(token.text.into())
    }

    /// `packets N bytes N`, or nothing, which is none of both.
    pub fn counter_values(&mut self) -> Parsed<(u64, u64)> {
        if !self.cursor.accept_word("packets") {
            return Ok((0, 0));
        }
        let packets = self.cursor.number(message!("expected-number-of-packets"))?;
        self.cursor.expect_word("bytes")?;
        Ok((packets, self.cursor.number(message!("expected-number-of-bytes"))?))
    }

    /// A set or map that is written into a rule.
    pub fn anonymous_set(&mut self, key: Vec<DataType>, data: SetData) -> Parsed<Arc<Set>> {
        let elements = self.braced_elements(&key, &data)?;
        self.set_of_elements(key, data, elements)
    }

    pub fn set_of_elements(&mut self, key: Vec<DataType>, data: SetData, elements: Vec<Written>) -> Parsed<Arc<Set>> {
        if key.is_empty() || (elements.is_empty() && data == SetData::None) {
            return Err(self.cursor.unexpected(message!("expected-one-element")));
        }
        let interval = elements.iter().any(Written::is_interval);
        let merges = data == SetData::None && key.len() == 1;
        let mut set = Set::anonymous(key, data, interval);
        set.handle = self.table.next_handle();
        for written in elements {
            let offset = written.offset;
            if written.fields.is_empty() {
                set.elements.catch_all = Some(Box::new(written.into_element()));
            } else if merges {
                // nft merges the intervals of anonymous sets (`set->automerge`).
                set.elements.merge(written.into_element());
            } else {
                match set.elements.insert(written.into_element()) {
                    Ok(()) | Err(InsertError::Exists) => {}
                    Err(InsertError::Conflicts) => return Err(exists(offset)),
                    Err(InsertError::Overlaps) => return Err(overlaps(offset)),
                }
            }
        }
        Ok(Arc::new(set))
    }
}

fn exists(offset: usize) -> Failure {
    Failure::new(
        offset,
        message!("wrong-element-exists"),
        message!("expected-new-key"),
        message!("advice-delete-element"),
    )
}

fn overlaps(offset: usize) -> Failure {
    Failure::new(
        offset,
        "interval overlaps with an existing one",
        message!("expected-disjoint"),
        message!("advice-merge"),
    )
}

/// Reads `{ … }` and returns the elements for a set that exists. To delete an element its key suffices.
pub fn element_key(reader: &mut Reader<'_, '_, '_>, set: SetId, delete: bool) -> Parsed<Vec<Written>> {
    let (key, data) = match reader.table.set(set) {
        Some(found) => (found.key.clone(), found.data.clone()),
        None => (Vec::new(), SetData::None),
    };
    reader.braced(&key, &data, delete)
}

/// Adds an element to a set of the table; `create` refuses one that is there.
pub fn add_element(reader: &mut Reader<'_, '_, '_>, id: SetId, written: Written, create: bool) -> Parsed<()> {
    let now = reader.now;
    let offset = written.offset;
    let uses = &mut reader.table.uses;
    let Some(set) = reader.table.sets.get_mut(id.0) else {
        return Ok(());
    };
    if written.is_interval() && !set.flags.interval {
        let message = "You must add 'flags interval' to your set declaration if you want to add prefix elements";
        return Err(Failure::new(offset, message, message!("expected-single-keys"), message!("advice-flags-interval")));
    }
    if written.timeout.is_some() && !set.flags.timeout {
        let message = message!("wrong-no-time-outs");
        return Err(Failure::new(offset, message, message!("expected-no-time-out"), message!("advice-flags-timeout")));
    }
    if set.size.is_some_and(|size| set.elements.len() >= size as usize) {
        let message = message!("wrong-set-full", name = &set.name);
        return Err(Failure::new(offset, message, "", message!("advice-set-size")));
    }
    let is_catch_all = written.fields.is_empty();
    let mut element = written.into_element();
    if element.expires.is_none() {
        let lifetime = element.timeout.or(set.timeout);
        element.expires = lifetime.filter(|time| *time > 0).map(|time| now.saturating_mul(1000).saturating_add(time));
    }
    if element.timeout == set.timeout {
        element.timeout = None;
    }
    if element.states.is_empty() {
        element.states = set.stateful.iter().map(|what| (*what, what.fresh(now))).collect();
    }
    if is_catch_all {
        uses.add_element(&element);
        let taken = set.elements.catch_all.replace(Box::new(element));
        if let Some(taken) = &taken {
            uses.remove_element(taken);
        }
        return if create && taken.is_some() { Err(exists(offset)) } else { Ok(()) };
    }
    // One that has expired is as good as gone (`nft_set_elem_expired`).
    if set.elements.get(&element).is_some_and(|old| old.is_expired(now)) {
        uses.remove_element(&element);
        set.elements.remove(&element);
    }
    if set.auto_merge && set.data == SetData::None {
        set.elements.merge(element);
        return Ok(());
    }
    let data = element.data.clone();
    match set.elements.insert(element) {
        Err(InsertError::Exists) if create => Err(exists(offset)),
        Err(InsertError::Exists) => Ok(()),
        Ok(()) => {
            uses.add_data(&data);
            Ok(())
        }
        Err(InsertError::Conflicts) => Err(exists(offset)),
        Err(InsertError::Overlaps) => Err(overlaps(offset)),
    }
}

/// Takes an element out of a set; `destroy` does not mind if it is not there.
pub fn delete_element(reader: &mut Reader<'_, '_, '_>, id: SetId, written: Written, destroy: bool) -> Parsed<()> {
    let now = reader.now;
    let offset = written.offset;
    let Some(set) = reader.table.sets.get_mut(id.0) else {
        return Ok(());
    };
    let removed = if written.fields.is_empty() {
        set.elements.catch_all.take().map(|element| *element)
    } else {
        set.elements.remove(&written.into_element())
    };
    if let Some(removed) = &removed {
        reader.table.uses.remove_element(removed);
    }
    if destroy || removed.is_some_and(|element| !element.is_expired(now)) {
        return Ok(());
    }
    let message = message!("wrong-no-element", name = &set.name);
    Err(Failure::new(offset, message, message!("expected-element-of-set"), message!("advice-destroy")))
}
