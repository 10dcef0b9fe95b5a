use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::element::masked;
use super::key::{cut, is_unspecified, of_packet};
use super::types::Storage;
use super::{Element, Membership, Part, SetDirection, SetError, SetType};
use crate::fixed_hash::HashMap;
use crate::net::Family;
use crate::netfilter::{Seconds, Skb};

/// What `ipset create` may say of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub family: Family,
    pub hash_size: u32,
    pub most_elements: u32,
    pub bucket_size: u8,
    /// The seed of the kernel's hash function, which it chooses at random.
    pub seed: Option<u32>,
    pub netmask: u8,
    pub mark_mask: u32,
    /// First and last number of a bitmap: ports, or IPv4 addresses.
    pub range: Option<(u32, u32)>,
    /// How many sets a list holds.
    pub list_size: u32,
    /// Seconds after which elements go by themselves; 0 for never.
    pub timeout: Option<u32>,
    pub counters: bool,
    pub comment: bool,
    pub skbinfo: bool,
    pub force_add: bool,
}

impl Options {
    pub const fn new(family: Family) -> Self {
        Self {
            family,
            hash_size: 1024,
            most_elements: 65536,
            bucket_size: 12,
            seed: None,
            netmask: family.host_prefix(),
            mark_mask: u32::MAX,
            range: None,
            list_size: 8,
            timeout: None,
            counters: false,
            comment: false,
            skbinfo: false,
            force_add: false,
        }
    }

    pub(super) fn masked(&self, address: IpAddr) -> IpAddr {
        masked(address, self.netmask)
    }
}

/// What `ipset add` may say of an element besides its key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// An exception from the larger networks around it.
    pub nomatch: bool,
    /// The second at which it goes by itself.
    pub expires: Option<Seconds>,
    pub packets: u64,
    pub bytes: u64,
    pub comment: Option<Box<str>>,
    pub mark: Option<(u32, u32)>,
    pub priority: Option<(u16, u16)>,
    pub queue: Option<u16>,
}

impl Facts {
    fn is_alive(&self, now: Seconds) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// How an element with `skbmark` changes the mark of a packet. One without changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MarkMap {
    value: u32,
    mask: u32,
}

impl MarkMap {
    pub(super) fn of(facts: &Facts) -> Self {
        let (value, mask) = facts.mark.unwrap_or_default();
        Self { value, mask }
    }

    /// `set_target_v3`
    pub const fn apply(self, mark: u32) -> u32 {
        mark & !self.mask ^ self.value
    }
}

/// The elements of a set: side by side, found by their key. The hasher has fixed keys and the index is
/// never iterated, so that runs repeat.
#[derive(Clone, Debug, Default)]
struct Elements {
    /// With holes where elements of a list were, fewer than elements.
    rows: Vec<Option<(Element, Facts)>>,
    index: HashMap<Element, usize>,
}

impl Elements {
    fn len(&self) -> usize {
        self.index.len()
    }

    fn iter(&self) -> impl Iterator<Item = (&Element, &Facts)> {
        self.rows.iter().flatten().map(|(element, facts)| (element, facts))
    }

    fn insert(&mut self, element: Element, facts: Facts) {
        self.index.insert(element.clone(), self.rows.len());
        self.rows.push(Some((element, facts)));
    }

    fn get_mut(&mut self, element: &Element) -> Option<&mut Facts> {
        self.rows.get_mut(*self.index.get(element)?)?.as_mut().map(|(_, facts)| facts)
    }

    /// Keeps the order of the others for lists, where it counts.
    fn remove(&mut self, element: &Element, ordered: bool) -> bool {
        let Some(at) = self.index.remove(element) else {
            return false;
        };
        if ordered {
            self.rows[at] = None;
            if self.rows.len() > 2 * self.len() {
                self.rows.retain(Option::is_some);
                for (at, (element, _)) in self.rows.iter().flatten().enumerate() {
                    self.index.insert(element.clone(), at);
                }
            }
        } else {
            self.rows.swap_remove(at);
            if let Some((moved, _)) = self.rows.get(at).and_then(Option::as_ref) {
                self.index.insert(moved.clone(), at);
            }
        }
        true
    }
}

/// One set.
#[derive(Clone, Debug)]
pub struct IpSet {
    name: Arc<str>,
    kind: &'static SetType,
    options: Options,
    elements: Elements,
    /// The prefix lengths of the first and of the second network of its elements, longest first, with how
    /// many elements have each (`struct net_prefixes`).
    prefixes: [BTreeMap<std::cmp::Reverse<u8>, u32>; 2],
    /// No element expires before this second.
    next_expiry: Option<Seconds>,
}

impl IpSet {
    pub(super) fn new(name: Arc<str>, kind: &'static SetType, options: Options) -> Result<Self, SetError> {
        if kind.storage == Storage::Bitmap && options.range.is_none() {
            return Err(SetError::Syntax("Mandatory option `range' is missing".to_owned()));
        }
        Ok(Self {
            name,
            kind,
            options,
            elements: Elements::default(),
            prefixes: [BTreeMap::new(), BTreeMap::new()],
            next_expiry: None,
        })
    }

    pub const fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(super) fn set_name(&mut self, name: Arc<str>) {
        self.name = name;
    }

    pub const fn kind(&self) -> &'static SetType {
        self.kind
    }

    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// The elements in the order in which they were added, as far as none was deleted.
    pub fn elements(&self) -> impl Iterator<Item = (&Element, &Facts)> {
        self.elements.iter()
    }

    /// The elements in the order in which they print: lists as they are, all others sorted.
    pub fn sorted(&self) -> Vec<(&Element, &Facts)> {
        let mut rows: Vec<_> = self.elements().collect();
        if !self.kind.is_list() {
            rows.sort_by_key(|(element, _)| *element);
        }
        rows
    }

    pub fn len(&self) -> usize {
        self.elements.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn add(&mut self, element: Element, facts: Facts) -> Result<(), SetError> {
        self.check(&element)?;
        if self.elements.index.contains_key(&element) {
            return Err(SetError::AlreadyAdded);
        }
        let most = match self.kind.storage {
            Storage::Hash => self.options.most_elements,
            Storage::List => self.options.list_size,
            Storage::Bitmap => u32::MAX,
        };
        if self.len() >= most as usize {
            // With `forceadd` another element makes way; the kernel takes one from the same bucket.
            let evicted = self.elements().next().map(|(element, _)| element.clone());
            let evicted = evicted.filter(|_| self.options.force_add).ok_or(SetError::Full)?;
            self.del(&evicted)?;
        }
        self.count_prefixes(&element, true);
        self.next_expiry = self.next_expiry.into_iter().chain(facts.expires).min();
        self.elements.insert(element, facts);
        Ok(())
    }

    /// What a type asks of its elements.
    fn check(&self, element: &Element) -> Result<(), SetError> {
        let outside = |number: u32| self.options.range.is_some_and(|(first, last)| !(first..=last).contains(&number));
        match &element.parts[0] {
            Some(Part::BarePort(port)) if outside((*port).into()) => Err(SetError::OutOfRange),
            Some(Part::Ip(IpAddr::V4(address))) if outside(address.to_bits()) => Err(SetError::OutOfRange),
            _ if is_unspecified(element) => Err(SetError::Syntax("0.0.0.0 and :: cannot be elements".to_owned())),
            // Only hash:net,iface stores networks of length 0.
            _ if self.kind.name != "hash:net,iface"
                && element.parts().any(|part| matches!(part, Part::Net { prefix: 0, .. })) =>
            {
                Err(SetError::Syntax("The value of the CIDR parameter of the IP address is invalid".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Gives an element that is there new facts; false if it is not.
    pub(super) fn renew(&mut self, element: &Element, facts: &Facts) -> bool {
        let Some(old) = self.elements.get_mut(element) else {
            return false;
        };
        old.clone_from(facts);
        self.next_expiry = self.next_expiry.into_iter().chain(facts.expires).min();
        true
    }

    pub(super) fn del(&mut self, element: &Element) -> Result<(), SetError> {
        if !self.elements.remove(element, self.kind.is_list()) {
            return Err(SetError::NotAdded);
        }
        self.count_prefixes(element, false);
        Ok(())
    }

    pub(super) fn flush(&mut self) {
        self.elements = Elements::default();
        self.prefixes = [BTreeMap::new(), BTreeMap::new()];
    }

    fn count_prefixes(&mut self, element: &Element, added: bool) {
        let lengths = element.parts().filter_map(|part| match part {
            Part::Net { prefix, .. } => Some(*prefix),
            _ => None,
        });
        for (counts, length) in self.prefixes.iter_mut().zip(lengths) {
            let key = std::cmp::Reverse(length);
            let count = counts.entry(key).or_insert(0);
            *count = if added { count.saturating_add(1) } else { count.saturating_sub(1) };
            if *count == 0 {
                counts.remove(&key);
            }
        }
    }

    /// The members of a list, in their order, with what it says of marks if its elements do.
    pub(super) fn members(&self, now: Seconds) -> Vec<(Arc<str>, Option<MarkMap>)> {
        let alive = self.elements().filter(|(_, facts)| facts.is_alive(now));
        let map = |facts| self.options.skbinfo.then(|| MarkMap::of(facts));
        alive.filter_map(|(element, facts)| Some((element.set_name()?.clone(), map(facts)))).collect()
    }

    /// Whether the set has a packet's key, and what its element says of marks if the set's elements do.
    pub(super) fn test(
        &mut self,
        directions: &[SetDirection],
        skb: &Skb,
        now: Seconds,
    ) -> (Membership, Option<MarkMap>) {
        let absent = (Membership::Absent, None);
        let Some(key) = of_packet(self.kind, &self.options, directions, skb) else {
            return absent;
        };
        if is_unspecified(&key) {
            return absent;
        }
        let (counters, skbinfo) = (self.options.counters, self.options.skbinfo);
        let mut ask = |key: &Element| {
            let facts = self.elements.get_mut(key).filter(|facts| facts.is_alive(now))?;
            if counters {
                facts.packets += 1;
                facts.bytes += u64::from(skb.packet.length);
            }
            if facts.nomatch {
                return Some((Membership::Excepted, None));
            }
            Some((Membership::Present, skbinfo.then(|| MarkMap::of(facts))))
        };
        if !self.kind.has_nets() {
            return ask(&key).unwrap_or(absent);
        }
        // `mtype_test_cidrs`: from the longest prefix in use to the shortest.
        let [first, second] = &self.prefixes;
        for std::cmp::Reverse(length) in first.keys() {
            if second.is_empty()
                && let Some(found) = ask(&cut(&key, [*length, 0]))
            {
                return found;
            }
            for std::cmp::Reverse(other) in second.keys() {
                if let Some(found) = ask(&cut(&key, [*length, *other])) {
                    return found;
                }
            }
        }
        absent
    }

    /// The key that a packet is added by: its networks have the longest prefix in use (`INIT_CIDR`).
    fn own_key(&self, directions: &[SetDirection], skb: &Skb) -> Option<Element> {
        let key = of_packet(self.kind, &self.options, directions, skb).filter(|key| !is_unspecified(key))?;
        let host = self.options.family.host_prefix();
        let longest = |counts: &BTreeMap<_, _>| counts.keys().next().map_or(host, |std::cmp::Reverse(length)| *length);
        Some(cut(&key, [longest(&self.prefixes[0]), longest(&self.prefixes[1])]))
    }

    pub(super) fn add_packet(
        &mut self,
        directions: &[SetDirection],
        skb: &Skb,
        timeout: Option<u32>,
        exist: bool,
        now: Seconds,
    ) {
        let Some(key) = self.own_key(directions, skb) else {
            return;
        };
        // Only a set with time-outs keeps one; 0 is none.
        let timeout = self.options.timeout.map(|usual| timeout.unwrap_or(usual)).filter(|timeout| *timeout > 0);
        let mut facts = Facts { expires: timeout.map(|timeout| now + u64::from(timeout)), ..Facts::default() };
        if self.options.counters {
            (facts.packets, facts.bytes) = (1, skb.packet.length.into());
        }
        let is_alive = self.elements.index.contains_key(&key)
            && self.elements.get_mut(&key).is_some_and(|facts| facts.is_alive(now));
        if exist || !is_alive {
            let _ = self.renew(&key, &facts) || self.add(key, facts).is_ok();
        }
    }

    pub(super) fn del_packet(&mut self, directions: &[SetDirection], skb: &Skb) {
        if let Some(key) = self.own_key(directions, skb) {
            // What is not there is gone already.
            let _ = self.del(&key);
        }
    }

    /// Forgets what has expired by `now`.
    pub fn expire(&mut self, now: Seconds) {
        if self.next_expiry.is_none_or(|next| now < next) {
            return;
        }
        let dead = self.elements().filter(|(_, facts)| !facts.is_alive(now));
        let gone: Vec<Element> = dead.map(|(element, _)| element.clone()).collect();
        for element in gone {
            // An element that was just seen is there.
            let _ = self.del(&element);
        }
        self.next_expiry = self.elements().filter_map(|(_, facts)| facts.expires).min();
    }
}
