use std::sync::Arc;

use super::{DataType, Element, Elements, Key, Stateful};
use crate::netfilter::Seconds;

/// A set, a map or a verdict map, by what its elements lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// Empty for one that is written into a rule.
    pub name: Arc<str>,
    pub handle: u64,
    pub key: Vec<DataType>,
    /// The expressions after `typeof`, as nft prints them.
    pub key_of: Option<Arc<str>>,
    pub data: SetData,
    pub data_of: Option<Arc<str>>,
    pub flags: SetFlags,
    /// What elements get that name no time-out of their own, in milliseconds.
    pub timeout: Option<u64>,
    pub gc_interval: Option<u64>,
    pub size: Option<u32>,
    /// `policy memory`.
    pub memory: bool,
    pub auto_merge: bool,
    /// What elements count with.
    pub stateful: Vec<Stateful>,
    pub comment: Option<Arc<str>>,
    pub elements: Elements,
    /// Places that packets have deleted elements from. The kernel still counts them as taken (`nft_rhash_delete`).
    pub lost: u32,
}

/// What a key leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetData {
    None,
    Verdict,
    /// A value, or a concatenation of values.
    Values(Vec<DataType>),
}

impl SetData {
    pub fn types(&self) -> &[DataType] {
        match self {
            Self::Values(types) => types,
            Self::None | Self::Verdict => &[],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the kernel's independent flags NFT_SET_*")]
pub struct SetFlags {
    pub constant: bool,
    pub dynamic: bool,
    pub interval: bool,
    pub timeout: bool,
}

impl Set {
    /// An empty set for a rule to hold.
    pub fn anonymous(key: Vec<DataType>, data: SetData, interval: bool) -> Self {
        let elements = Elements::new(&key, interval);
        Self {
            name: Arc::from(""),
            handle: 0,
            key,
            key_of: None,
            data,
            data_of: None,
            flags: SetFlags { constant: true, interval, ..SetFlags::default() },
            timeout: None,
            gc_interval: None,
            size: None,
            memory: false,
            auto_merge: false,
            stateful: Vec::new(),
            comment: None,
            elements,
            lost: 0,
        }
    }

    pub fn is_anonymous(&self) -> bool {
        self.name.is_empty()
    }

    /// The element that the key belongs to, unless it has expired. Costs the same however many there are,
    /// except in sets of intervals (a binary search) and of concatenated intervals (one comparison each).
    #[inline]
    pub fn lookup(&self, key: &Key, now: Seconds) -> Option<&Element> {
        let found = self.elements.find(key.bytes()).filter(|element| !element.is_expired(now));
        found.or(self.elements.catch_all.as_deref())
    }

    /// The elements in the order in which `nft list` prints them.
    pub fn listed(&self) -> Vec<&Element> {
        self.elements.listed(&self.key)
    }
}
