use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteEntry {
    pub prefix: IpNet,
    pub to: Destination,
    /// The preferred source (`src` in `ip route`).
    pub source: Option<IpAddr>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    Local {
        device: Arc<str>,
    },
    Via {
        device: Arc<str>,
        gateway: Option<IpAddr>,
    },
    Blackhole,
    Unreachable,
    Prohibit,
    /// Not in this table: the next policy rule decides.
    Throw,
}

impl Destination {
    pub const fn device(&self) -> Option<&Arc<str>> {
        match self {
            Self::Local { device } | Self::Via { device, .. } => Some(device),
            Self::Blackhole | Self::Unreachable | Self::Prohibit | Self::Throw => None,
        }
    }
}

impl RouteEntry {
    pub fn local(address: IpAddr, device: Arc<str>) -> Self {
        Self { prefix: address.into(), to: Destination::Local { device }, source: Some(address) }
    }

    pub const fn local_prefix(prefix: IpNet, device: Arc<str>) -> Self {
        Self { prefix, to: Destination::Local { device }, source: None }
    }

    pub const fn on_link(prefix: IpNet, device: Arc<str>, source: Option<IpAddr>) -> Self {
        Self { prefix, to: Destination::Via { device, gateway: None }, source }
    }

    pub const fn through(prefix: IpNet, gateway: IpAddr, device: Arc<str>) -> Self {
        Self { prefix, to: Destination::Via { device, gateway: Some(gateway) }, source: None }
    }
}

/// A routing table: the longest prefix wins, and of equal ones the first that was added.
#[derive(Clone, Debug, Default)]
pub struct RouteTable {
    entries: Vec<RouteEntry>,
    /// Which entry a prefix has. Keyed by family and descending prefix length, so that a look-up asks
    /// once per length in use.
    by_prefix: BTreeMap<Length, BTreeMap<IpAddr, usize>>,
}

/// Whether it is IPv4, and the prefix length; longer ones come first.
type Length = (bool, std::cmp::Reverse<u8>);

fn length(prefix: IpNet) -> Length {
    (prefix.addr().is_ipv4(), std::cmp::Reverse(prefix.prefix_len()))
}

impl RouteTable {
    pub fn add(&mut self, entry: RouteEntry) {
        self.by_prefix
            .entry(length(entry.prefix))
            .or_default()
            .entry(entry.prefix.network())
            .or_insert(self.entries.len());
        self.entries.push(entry);
    }

    /// Removes all routes that `is_gone` picks.
    pub fn remove(&mut self, is_gone: impl Fn(&RouteEntry) -> bool) {
        if !self.entries.iter().any(&is_gone) {
            return;
        }
        let entries = std::mem::take(self).entries;
        entries.into_iter().filter(|entry| !is_gone(entry)).for_each(|entry| self.add(entry));
    }

    /// Whether there is a route with just this prefix.
    pub fn has(&self, prefix: IpNet) -> bool {
        self.by_prefix.get(&length(prefix)).is_some_and(|networks| networks.contains_key(&prefix.network()))
    }

    pub fn lookup(&self, address: IpAddr) -> Option<&RouteEntry> {
        let lengths = self.by_prefix.iter().filter(|((is_v4, _), _)| *is_v4 == address.is_ipv4());
        for ((_, length), networks) in lengths {
            let network = IpNet::new(address, length.0).ok()?.network();
            if let Some(index) = networks.get(&network) {
                return self.entries.get(*index);
            }
        }
        None
    }

    /// The longest prefix among the routes that count, and of equal ones the first.
    pub fn lookup_among(&self, address: IpAddr, counts: impl Fn(&RouteEntry) -> bool) -> Option<&RouteEntry> {
        let found = self.entries.iter().rev().filter(|entry| entry.prefix.contains(&address) && counts(entry));
        found.max_by_key(|entry| entry.prefix.prefix_len())
    }

    pub fn entries(&self) -> impl Iterator<Item = &RouteEntry> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_prefix_wins() {
        let mut table = RouteTable::default();
        let gateway = "192.168.0.1".parse().unwrap();
        table.add(RouteEntry::through("0.0.0.0/0".parse().unwrap(), gateway, "eth0".into()));
        table.add(RouteEntry::on_link("10.244.1.0/24".parse().unwrap(), "cni0".into(), None));
        table.add(RouteEntry::on_link("10.244.1.7/32".parse().unwrap(), "veth7".into(), None));
        let device = |table: &RouteTable, address: &str| match &table.lookup(address.parse().unwrap()).unwrap().to {
            Destination::Via { device, .. } => device.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(device(&table, "10.244.1.7"), "veth7");
        assert_eq!(device(&table, "10.244.1.8"), "cni0");
        assert_eq!(device(&table, "8.8.8.8"), "eth0");
        assert!(table.lookup("fd00::1".parse().unwrap()).is_none());
        table.remove(|route| route.prefix.prefix_len() == 32);
        assert_eq!(device(&table, "10.244.1.7"), "cni0");
    }
}
