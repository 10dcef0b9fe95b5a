use std::collections::BTreeMap;
use std::sync::Arc;

use super::{DataType, RuleVerdict, State, Stateful};
use crate::fixed_hash::HashMap;
use crate::netfilter::Seconds;

/// The bytes that are looked up: each field in network byte order, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    bytes: [u8; Self::MAX],
    length: u8,
}

impl Default for Key {
    fn default() -> Self {
        Self { bytes: [0; Self::MAX], length: 0 }
    }
}

impl Key {
    /// `NFT_REG32_COUNT * 4`: the kernel's registers hold no longer key.
    pub const MAX: usize = 64;

    /// Appends a field; what does not fit is left out, so that the key is found nowhere.
    #[inline]
    pub fn push(&mut self, data_type: DataType, value: u128) {
        let width = data_type.bytes();
        let start = usize::from(self.length);
        if let Some(place) = self.bytes.get_mut(start..start + width) {
            place.copy_from_slice(&value.to_be_bytes()[16 - width..]);
            self.length += u8::try_from(width).unwrap_or(0);
        }
    }

    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The fields, by their types.
    pub fn values(&self, types: &[DataType]) -> impl Iterator<Item = u128> {
        let mut offset = 0;
        types.iter().map(move |data_type| {
            let range = offset..offset + data_type.bytes();
            offset = range.end;
            number(self.bytes.get(range))
        })
    }
}

/// One element: a key or an interval of keys, and what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    start: Arc<[u8]>,
    /// The same as `start` for a single key; else the last key of the interval, field by field.
    end: Arc<[u8]>,
    pub data: Data,
    /// Milliseconds; none if it stays, or has the set's.
    pub timeout: Option<u64>,
    /// Milliseconds on the lab's clock.
    pub expires: Option<u64>,
    pub comment: Option<Arc<str>>,
    /// What it counts with, and has counted.
    pub states: Vec<(Stateful, State)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    None,
    Verdict(RuleVerdict),
    Values(Box<[u128]>),
}

impl Element {
    pub fn new(fields: &[(DataType, u128, u128)], data: Data) -> Self {
        let mut low = Key::default();
        let mut high = Key::default();
        for (data_type, first, last) in fields {
            low.push(*data_type, *first);
            high.push(*data_type, *last);
        }
        let start: Arc<[u8]> = low.bytes().into();
        let end = if low.bytes() == high.bytes() { start.clone() } else { high.bytes().into() };
        Self { start, end, data, timeout: None, expires: None, comment: None, states: Vec::new() }
    }

    pub fn of_key(key: &Key, data: Data) -> Self {
        let start: Arc<[u8]> = key.bytes().into();
        Self { end: start.clone(), start, data, timeout: None, expires: None, comment: None, states: Vec::new() }
    }

    pub fn start(&self) -> &[u8] {
        &self.start
    }

    pub fn is_expired(&self, now: Seconds) -> bool {
        self.expires.is_some_and(|expires| expires <= now.saturating_mul(1000))
    }

    /// First and last value of each field.
    pub fn fields<'a>(&'a self, types: &'a [DataType]) -> impl Iterator<Item = (DataType, u128, u128)> + 'a {
        let mut offset = 0;
        types.iter().map(move |data_type| {
            let range = offset..offset + data_type.bytes();
            offset = range.end;
            (*data_type, number(self.start.get(range.clone())), number(self.end.get(range)))
        })
    }

    /// Every field of the key lies in the element's interval for it.
    fn covers(&self, types: &[DataType], key: &[u8]) -> bool {
        let mut offset = 0;
        types.iter().all(|data_type| {
            let range = offset..offset + data_type.bytes();
            offset = range.end;
            match (self.start.get(range.clone()), key.get(range.clone()), self.end.get(range)) {
                (Some(low), Some(field), Some(high)) => low <= field && field <= high,
                _ => false,
            }
        })
    }
}

fn number(bytes: Option<&[u8]>) -> u128 {
    bytes.unwrap_or_default().iter().fold(0, |value, byte| value << 8 | u128::from(*byte))
}

/// The elements of a set, stored as their look-up needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Elements {
    store: Store,
    /// The element `*`, for keys that no other has.
    pub catch_all: Option<Box<Element>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Store {
    /// `nft_set_hash`.
    Hashed { slots: Vec<Element>, index: HashMap<Arc<[u8]>, usize> },
    /// `nft_set_rbtree`: by first key; never overlapping.
    Intervals(BTreeMap<Arc<[u8]>, Element>),
    /// `nft_set_pipapo`: concatenations with intervals, in the order in which they were added.
    Fields { types: Vec<DataType>, slots: Vec<Element> },
}

/// Why an element was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertError {
    /// The key is there already.
    Exists,
    /// The key is there and leads elsewhere.
    Conflicts,
    /// Another interval holds part of it.
    Overlaps,
}

impl Elements {
    pub fn new(key: &[DataType], interval: bool) -> Self {
        let store = match (interval, key.len()) {
            (false, _) => Store::Hashed { slots: Vec::new(), index: HashMap::default() },
            (true, 1) => Store::Intervals(BTreeMap::new()),
            (true, _) => Store::Fields { types: key.to_vec(), slots: Vec::new() },
        };
        Self { store, catch_all: None }
    }

    pub fn len(&self) -> usize {
        let stored = match &self.store {
            Store::Hashed { slots, .. } | Store::Fields { slots, .. } => slots.len(),
            Store::Intervals(tree) => tree.len(),
        };
        stored + usize::from(self.catch_all.is_some())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn clear(&mut self) {
        match &mut self.store {
            Store::Hashed { slots, index } => {
                slots.clear();
                index.clear();
            }
            Store::Intervals(tree) => tree.clear(),
            Store::Fields { slots, .. } => slots.clear(),
        }
        self.catch_all = None;
    }

    pub fn listed(&self, key: &[DataType]) -> Vec<&Element> {
        let mut listed = self.stored();
        if matches!(self.store, Store::Hashed { .. }) {
            listed.sort_by_cached_key(|element| listing_key(key, element.start()));
        }
        listed.extend(self.catch_all.as_deref());
        listed
    }

    /// In an order that repeats, but not in that of a listing.
    fn stored(&self) -> Vec<&Element> {
        match &self.store {
            Store::Hashed { slots, .. } | Store::Fields { slots, .. } => slots.iter().collect(),
            Store::Intervals(tree) => tree.values().collect(),
        }
    }

    /// All of them, in an order that repeats.
    pub fn iter(&self) -> impl Iterator<Item = &Element> {
        self.stored().into_iter().chain(self.catch_all.as_deref())
    }

    #[inline]
    pub(super) fn find(&self, key: &[u8]) -> Option<&Element> {
        match &self.store {
            Store::Hashed { slots, index } => slots.get(*index.get(key)?),
            Store::Intervals(tree) => {
                let (_, element) =
                    tree.range::<[u8], _>((std::ops::Bound::Unbounded, std::ops::Bound::Included(key))).next_back()?;
                (key <= &*element.end).then_some(element)
            }
            Store::Fields { types, slots } => slots.iter().find(|element| element.covers(types, key)),
        }
    }

    /// The element with exactly this key or interval.
    pub fn get(&self, like: &Element) -> Option<&Element> {
        match &self.store {
            Store::Hashed { slots, index } => slots.get(*index.get(&like.start)?),
            Store::Intervals(tree) => tree.get(&like.start).filter(|found| found.end == like.end),
            Store::Fields { slots, .. } => {
                slots.iter().find(|found| found.start == like.start && found.end == like.end)
            }
        }
    }

    /// The element that a key belongs to, to change it.
    pub fn find_mut(&mut self, key: &Key) -> Option<&mut Element> {
        let key = key.bytes();
        let found = match &mut self.store {
            Store::Hashed { slots, index } => index.get(key).and_then(|at| slots.get_mut(*at)),
            Store::Intervals(tree) => {
                let up_to = (std::ops::Bound::Unbounded, std::ops::Bound::Included(key));
                let last = tree.range_mut::<[u8], _>(up_to).next_back();
                last.map(|(_, element)| element).filter(|element| key <= &*element.end)
            }
            Store::Fields { types, slots } => slots.iter_mut().find(|element| element.covers(types, key)),
        };
        found.or(self.catch_all.as_deref_mut())
    }

    pub fn insert(&mut self, element: Element) -> Result<(), InsertError> {
        if let Some(found) = self.get(&element) {
            return Err(if found.data == element.data { InsertError::Exists } else { InsertError::Conflicts });
        }
        match &mut self.store {
            Store::Hashed { slots, index } => {
                index.insert(element.start.clone(), slots.len());
                slots.push(element);
            }
            Store::Intervals(tree) => {
                let before = tree
                    .range::<[u8], _>((std::ops::Bound::Unbounded, std::ops::Bound::Included(&*element.end)))
                    .next_back();
                if before.is_some_and(|(_, other)| other.end >= element.start) {
                    return Err(InsertError::Overlaps);
                }
                tree.insert(element.start.clone(), element);
            }
            Store::Fields { slots, .. } => slots.push(element),
        }
        Ok(())
    }

    /// Adds an interval, joined with those that it touches (`auto-merge`).
    pub fn merge(&mut self, mut element: Element) {
        if let Store::Intervals(tree) = &mut self.store {
            while let Some((start, touching)) = touching(tree, &element) {
                element.end = touching.end.clone().max(element.end);
                element.start = start.clone().min(element.start);
                tree.remove(&start);
            }
            tree.insert(element.start.clone(), element);
        } else if self.get(&element).is_none() {
            // Only a key that is not there can be added, so that this cannot fail.
            let _ = self.insert(element);
        }
    }

    /// Takes out the element with this key or interval.
    pub fn remove(&mut self, like: &Element) -> Option<Element> {
        match &mut self.store {
            Store::Hashed { slots, index } => {
                let at = index.remove(&like.start)?;
                let removed = slots.swap_remove(at);
                if let Some(moved) = slots.get(at) {
                    index.insert(moved.start.clone(), at);
                }
                Some(removed)
            }
            Store::Intervals(tree) => {
                tree.get(&like.start).filter(|found| found.end == like.end)?;
                tree.remove(&like.start)
            }
            Store::Fields { slots, .. } => {
                let at = slots.iter().position(|found| found.start == like.start && found.end == like.end)?;
                Some(slots.remove(at))
            }
        }
    }
}

/// An interval of the tree that overlaps `element` or ends or begins next to it.
fn touching(tree: &BTreeMap<Arc<[u8]>, Element>, element: &Element) -> Option<(Arc<[u8]>, Element)> {
    let reach = number(Some(&element.end)).saturating_add(1);
    let width = element.end.len();
    let mut limit = Key::default();
    let bytes = reach.to_be_bytes();
    limit.bytes[..width.min(16)].copy_from_slice(&bytes[16 - width.min(16)..]);
    limit.length = u8::try_from(width).unwrap_or(0);
    // The last key has none after it: an overflow must not wrap to the first.
    let limit = if limit.bytes() < &*element.end { &*element.end } else { limit.bytes() };
    let (start, before) =
        tree.range::<[u8], _>((std::ops::Bound::Unbounded, std::ops::Bound::Included(limit))).next_back()?;
    let ends = number(Some(&before.end));
    (ends.saturating_add(1) >= number(Some(&element.start))).then(|| (start.clone(), before.clone()))
}

/// By what `list_expr_sort` of `src/mergesort.c` orders elements: numbers by value, strings and
/// concatenations by their bytes in memory read as one little-endian number.
fn listing_key(types: &[DataType], bytes: &[u8]) -> Vec<u8> {
    match types {
        // A set of flags is ordered by its first flag.
        [flags] if flags.is_bitmask() => {
            let value = number(Some(bytes));
            let first = u8::try_from(value.trailing_zeros()).unwrap_or(u8::MAX);
            let rest = (u128::MAX - value).to_be_bytes();
            return std::iter::once(first).chain(rest).collect();
        }
        [single] if !single.is_string() => return bytes.to_vec(),
        _ => {}
    }
    let mut memory = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    for data_type in types {
        let (field, after) = rest.split_at(data_type.bytes().min(rest.len()));
        if data_type.is_host_order() && !data_type.is_string() {
            memory.extend(field.iter().rev());
        } else {
            memory.extend(field);
        }
        rest = after;
    }
    memory.reverse();
    memory
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(first: u128, last: u128) -> Element {
        Element::new(&[(DataType::InetService, first, last)], Data::None)
    }

    #[test]
    fn intervals_merge_and_refuse_overlaps() {
        let types = [DataType::InetService];
        let mut elements = Elements::new(&types, true);
        for (first, last) in [(10, 20), (40, 50), (21, 30), (0, 5), (65530, 65535), (35, 45)] {
            elements.merge(interval(first, last));
        }
        let listed: Vec<_> = elements.stored().iter().flat_map(|element| element.fields(&types)).collect();
        let listed: Vec<_> = listed.into_iter().map(|(_, first, last)| (first, last)).collect();
        assert_eq!(listed, [(0, 5), (10, 30), (35, 50), (65530, 65535)]);
        assert_eq!(elements.insert(interval(4, 4)), Err(InsertError::Overlaps));
        assert_eq!(elements.insert(interval(10, 30)), Err(InsertError::Exists));
        let mut key = Key::default();
        key.push(DataType::InetService, 36);
        assert!(elements.find(key.bytes()).is_some());
    }

    #[test]
    fn removal_keeps_the_index_right() {
        let types = [DataType::InetService];
        let mut elements = Elements::new(&types, false);
        for port in 0..100 {
            elements.insert(interval(port, port)).unwrap();
        }
        for port in (0..100).step_by(3) {
            assert!(elements.remove(&interval(port, port)).is_some());
        }
        for port in 0..100u128 {
            let mut key = Key::default();
            key.push(DataType::InetService, port);
            assert_eq!(elements.find(key.bytes()).is_some(), port % 3 != 0, "{port}");
        }
    }
}
