//! ipsets: named sets that iptables rules ask with `-m set`.
//!
//! In: `ipset restore` text or single calls; packets, with the direction to take for each dimension. Out:
//! whether a set has the packet's key, and what `ipset save` and `ipset list` print. Left out on purpose: the order
//! and the sizes of the kernel's hash buckets (elements print sorted by address), and sets of MAC addresses, since
//! packets of the model carry none.

mod element;
mod error;
mod key;
mod print;
mod restore;
mod set;
mod types;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use element::{Element, Part};
pub use error::SetError;
pub use print::{Detail, list, save, save_one};
pub use restore::{command, restore};
pub use set::{Facts, IpSet, MarkMap, Options};
pub use types::{Dimension, SetType, TYPES};

use crate::netfilter::{Seconds, Skb};
use crate::trace::Index;

/// Which end of the packet a dimension of a set is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetDirection {
    Src,
    Dst,
}

/// `src`, `dst`.
impl fmt::Display for SetDirection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Src => "src",
            Self::Dst => "dst",
        })
    }
}

/// What a set says of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    NoSuchSet,
    Absent,
    Present,
    /// An element with `nomatch` has it.
    Excepted,
}

/// The sets of a node.
#[derive(Clone, Debug, Default)]
pub struct IpSets {
    /// By number, as the kernel numbers them: a new set takes the first number that is free.
    sets: Vec<Option<IpSet>>,
    by_name: BTreeMap<Arc<str>, usize>,
}

/// The longest name (`IPSET_MAXNAMELEN`, with its end).
pub(crate) const LONGEST_NAME: usize = 31;

impl IpSets {
    pub fn get(&self, name: &str) -> Option<&IpSet> {
        self.sets.get(*self.by_name.get(name)?)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut IpSet> {
        self.sets.get_mut(*self.by_name.get(name)?)?.as_mut()
    }

    /// The sets in the order in which the kernel lists them: by number, lists of sets last.
    pub fn iter(&self) -> impl Iterator<Item = &IpSet> {
        let sets = || self.sets.iter().flatten();
        sets().filter(|set| !set.kind().is_list()).chain(sets().filter(|set| set.kind().is_list()))
    }

    /// Makes a set of a type such as `hash:ip,port`.
    pub fn create(&mut self, name: &str, kind: &str, options: Options) -> Result<(), SetError> {
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Err(SetError::LongName(name.into()));
        }
        if self.by_name.contains_key(name) {
            return Err(SetError::Exists(name.into()));
        }
        let kind = SetType::find(kind).ok_or_else(|| SetError::UnknownType(kind.into()))?;
        let set = IpSet::new(name.into(), kind, options)?;
        let number = self.sets.iter().position(Option::is_none).unwrap_or(self.sets.len());
        if number == self.sets.len() {
            self.sets.push(None);
        }
        self.by_name.insert(set.name().clone(), number);
        self.sets[number] = Some(set);
        Ok(())
    }

    /// Adds what is written as `ipset add` takes it, ranges and all.
    pub fn add(&mut self, name: &str, element: &str, facts: Facts) -> Result<(), SetError> {
        let set = self.get(name).ok_or_else(|| SetError::NoSet(name.into()))?;
        let elements = Element::parse(element, set.kind(), set.options())?;
        for member in elements.iter().filter_map(Element::set_name) {
            let member = self.get(member).ok_or_else(|| SetError::NoSet(member.clone()))?;
            if member.kind().is_list() {
                return Err(SetError::ListInList(member.name().clone()));
            }
        }
        let set = self.get_mut(name).ok_or_else(|| SetError::NoSet(name.into()))?;
        elements.into_iter().try_for_each(|element| set.add(element, facts.clone()))
    }

    pub fn del(&mut self, name: &str, element: &str) -> Result<(), SetError> {
        let set = self.get_mut(name).ok_or_else(|| SetError::NoSet(name.into()))?;
        let elements = Element::parse(element, set.kind(), set.options())?;
        elements.iter().try_for_each(|element| set.del(element))
    }

    pub fn flush(&mut self, name: &str) -> Result<(), SetError> {
        self.get_mut(name).ok_or_else(|| SetError::NoSet(name.into()))?.flush();
        Ok(())
    }

    /// Destroys a set that is in no list. Whether rules name it, the caller has to know.
    pub fn destroy(&mut self, name: &str) -> Result<(), SetError> {
        let number = *self.by_name.get(name).ok_or_else(|| SetError::NoSet(name.into()))?;
        if self.references(name) > 0 {
            return Err(SetError::InUse(name.into()));
        }
        self.by_name.remove(name);
        self.sets[number] = None;
        Ok(())
    }

    pub fn rename(&mut self, from: &str, to: &str) -> Result<(), SetError> {
        if to.is_empty() || to.len() > LONGEST_NAME {
            return Err(SetError::LongName(to.into()));
        }
        let number = *self.by_name.get(from).ok_or_else(|| SetError::NoSet(from.into()))?;
        if self.by_name.contains_key(to) {
            return Err(SetError::NameTaken(to.into()));
        }
        if self.references(from) > 0 {
            return Err(SetError::InUse(from.into()));
        }
        let name: Arc<str> = to.into();
        if let Some(set) = self.sets[number].as_mut() {
            set.set_name(name.clone());
        }
        self.by_name.remove(from);
        self.by_name.insert(name, number);
        Ok(())
    }

    /// Exchanges the elements of two sets of one type.
    pub fn swap(&mut self, first: &str, second: &str) -> Result<(), SetError> {
        let number = |name: &str| self.by_name.get(name).copied().ok_or_else(|| SetError::NoSet(name.into()));
        let (first, second) = (number(first)?, number(second).map_err(|_| SetError::NoSecondSet)?);
        let kind = |number: usize| self.sets[number].as_ref().map(|set| (set.kind().name, set.options().family));
        if kind(first) != kind(second) {
            return Err(SetError::OtherType);
        }
        self.sets.swap(first, second);
        for number in [first, second] {
            let name = self.by_name.iter().find(|(_, at)| **at == number).map(|(name, _)| name.clone());
            if let (Some(set), Some(name)) = (self.sets[number].as_mut(), name) {
                set.set_name(name);
            }
        }
        Ok(())
    }

    /// How many lists have the set as a member.
    pub fn references(&self, name: &str) -> usize {
        let lists = self.sets.iter().flatten().filter(|set| set.kind().is_list());
        lists
            .flat_map(IpSet::elements)
            .filter(|(element, _)| element.set_name().is_some_and(|member| &**member == name))
            .count()
    }

    /// Asks a set about a packet, as `-m set --match-set NAME src,dst` does (`ip_set_test`); counts the
    /// packet if the set has counters.
    pub fn test(&mut self, name: &str, directions: &[SetDirection], skb: &Skb, now: Seconds) -> Membership {
        self.map(name, directions, skb, now).0
    }

    /// As [`Self::test`], with what the element that was found says of marks (`skbinfo`), as `-j SET --map-set` asks.
    pub fn map(
        &mut self,
        name: &str,
        directions: &[SetDirection],
        skb: &Skb,
        now: Seconds,
    ) -> (Membership, Option<MarkMap>) {
        let Some(set) = self.get_mut(name) else {
            return (Membership::NoSuchSet, None);
        };
        if !set.kind().is_list() {
            return set.test(directions, skb, now);
        }
        if directions.is_empty() {
            return (Membership::Absent, None);
        }
        // `list_set_ktest`: the first member that has it.
        for (member, own) in set.members(now) {
            let Some(set) = self.get_mut(&member) else {
                continue;
            };
            if let (Membership::Present, of_member) = set.test(directions, skb, now) {
                return (Membership::Present, own.or(of_member));
            }
        }
        (Membership::Absent, None)
    }

    /// Adds a packet's key, as `-j SET --add-set` does (`ip_set_add`). What cannot be added is left out in silence.
    pub fn add_packet(
        &mut self,
        name: &str,
        directions: &[SetDirection],
        skb: &Skb,
        timeout: Option<u32>,
        exist: bool,
        now: Seconds,
    ) {
        if let Some(set) = self.get_mut(name) {
            set.add_packet(directions, skb, timeout, exist, now);
        }
    }

    /// Deletes a packet's key (`ip_set_del`).
    pub fn del_packet(&mut self, name: &str, directions: &[SetDirection], skb: &Skb) {
        if let Some(set) = self.get_mut(name) {
            set.del_packet(directions, skb);
        }
    }

    /// The key that a packet is looked up by, as an element would be written.
    /// How the kernel finds a key in a set.
    pub fn index(&self, name: &str) -> Index {
        self.get(name).map_or(Index::Hash, |set| set.kind().index())
    }

    pub fn key(&self, name: &str, directions: &[SetDirection], skb: &Skb) -> String {
        let key = self.get(name).and_then(|set| key::of_packet(set.kind(), set.options(), directions, skb));
        key.map_or_else(String::new, |element| element.to_string())
    }
}

#[cfg(test)]
mod tests;
