use std::sync::Arc;

use super::{DataType, Element, Elements, Key, Stateful};
use crate::netfilter::Seconds;
use crate::trace::Index;

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
    /// How the kernel looks a key up (`nft_select_set_ops`): among ranges in a tree or by fields, keys of up to two bytes in a
    /// bitmap if nothing else is kept with them, others in a hash table.
    pub fn index(&self) -> Index {
        let flags = self.flags;
        let keeps_more = self.data != SetData::None || flags.dynamic || flags.timeout || self.timeout.is_some();
        match &*self.key {
            _ if flags.interval => Index::Ranges,
            [short] if short.bytes() <= 2 && !keeps_more && self.stateful.is_empty() => Index::Bitmap,
            _ => Index::Hash,
        }
    }

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

#[cfg(test)]
mod tests {
    use crate::nftables::{Ruleset, apply};
    use crate::trace::Index;

    /// `nft_bitmap_type` has no features, `nft_rbtree_type` and `nft_pipapo_type` have intervals.
    #[test]
    fn a_set_is_kept_as_the_kernel_chooses() {
        let mut ruleset = Ruleset::default();
        let text = "table ip t {
            set ports { type inet_service; }
            set aging { type inet_service; flags timeout; }
            map jumps { type inet_service : verdict; }
            set addresses { type ipv4_addr; }
            set ranges { type ipv4_addr; flags interval; }
            set both { type ipv4_addr . inet_service; }
        }";
        apply(&mut ruleset, text).unwrap_or_else(|faults| panic!("{faults:?}"));
        let (_, table) = ruleset.tables().next().expect("a table");
        let kept = ["ports", "aging", "jumps", "addresses", "ranges", "both"].map(|name| {
            let place = table.sets.find(name).expect(name);
            table.sets.get(place).map(super::Set::index)
        });
        let all = [Index::Bitmap, Index::Hash, Index::Hash, Index::Hash, Index::Ranges, Index::Hash];
        assert_eq!(kept, all.map(Some));
    }
}
