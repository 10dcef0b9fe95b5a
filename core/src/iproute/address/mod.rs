//! `ip addr` and `ip link`, with `-o`, `-d` and `-s` or without.

mod parse;
mod print;

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

pub use parse::parse;

use crate::net::{Family, MacAddress};
use crate::netfilter::Routing;

/// The devices in the order in which they are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// As `-o` lists them.
    pub one_line: bool,
    pub interfaces: Vec<Interface>,
}

/// A network device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub index: u32,
    pub name: Arc<str>,
    /// What stands behind an `@`: the device that it is stacked on, or the other end of a veth.
    pub link: Option<Box<str>>,
    /// The flags and the words behind them; none in `ip -o addr`, which does not say them.
    pub facts: Option<Box<str>>,
    /// The lines of `link/…` and of `-d`, as they are written.
    pub details: Vec<Box<str>>,
    pub addresses: Vec<Address>,
    /// The lines of `-s` that stand behind the addresses, as they are written.
    pub statistics: Vec<Box<str>>,
    /// The line of the text that it came from, from 1; 0 if it came from a node.
    pub line: u32,
}

/// An address of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub local: IpAddr,
    /// The other end of a point-to-point address.
    pub peer: Option<IpAddr>,
    /// That of the peer if there is one.
    pub prefix_length: u8,
    /// `brd …`, `scope …`, flags and label, in the order in which they are written.
    pub words: Vec<Box<str>>,
    /// `valid_lft forever preferred_lft forever`
    pub lifetimes: Option<Box<str>>,
}

impl Interface {
    /// The value of a word such as `master` or `mtu` behind the flags.
    pub fn fact(&self, name: &str) -> Option<&str> {
        let mut words = self.facts.as_deref()?.split_whitespace();
        words.find(|word| *word == name)?;
        words.next()
    }

    /// Whether it has a flag such as `UP` or `LOOPBACK`. None if the listing does not say the flags.
    pub fn has_flag(&self, name: &str) -> Option<bool> {
        let flags = self.facts.as_deref()?.split_whitespace().next()?;
        Some(flags.trim_matches(['<', '>']).split(',').any(|flag| flag == name))
    }

    /// `ether`, `loopback`, `none`: what is behind `link/`.
    pub fn link_type(&self) -> Option<&str> {
        self.details.iter().find_map(|line| line.trim_start().strip_prefix("link/")?.split_whitespace().next())
    }

    /// Its hardware address.
    pub fn mac(&self) -> Option<MacAddress> {
        let mut words = self.details.iter().find_map(|line| line.trim_start().strip_prefix("link/ether "))?.split(' ');
        words.next()?.parse().ok()
    }

    /// The kind that `-d` shows, such as `veth`, `bridge`, `dummy` or `vxlan`. A device without a kind is hardware, or the
    /// loopback.
    pub fn kind(&self) -> Option<&str> {
        let mut after = self.details.iter().skip_while(|line| !line.trim_start().starts_with("link/")).skip(1);
        let word = after.next()?.split_whitespace().next()?;
        let is_kind = word.ends_with(|last: char| last.is_ascii_alphanumeric()) && !word.ends_with("_slave");
        // A device without a kind goes on with its queues.
        (is_kind && word != "numtxqueues" && word != "addrgenmode").then_some(word)
    }
}

impl Address {
    /// The address with the prefix length of its subnet.
    pub fn net(&self) -> Option<IpNet> {
        let length = if self.peer.is_some() { Family::of(self.local).host_prefix() } else { self.prefix_length };
        IpNet::new(self.local, length).ok()
    }

    pub fn scope(&self) -> Option<&str> {
        let mut words = self.words.iter().skip_while(|word| &***word != "scope");
        words.nth(1).map(|word| &**word)
    }

    pub fn has_flag(&self, name: &str) -> bool {
        self.words.iter().any(|word| &**word == name)
    }
}

impl Listing {
    /// The addresses of a node, as `ip -o addr` lists those that somebody gave it with `ip addr add`. The model's devices
    /// have no hardware address and no state, which the longer form would show.
    pub fn of(routing: &Routing) -> Self {
        let interface = |(index, device): (u32, &crate::netfilter::routing::Device)| Interface {
            index,
            name: device.name.clone(),
            link: None,
            facts: None,
            details: Vec::new(),
            addresses: listed(&device.addresses, &device.name),
            statistics: Vec::new(),
            line: 0,
        };
        Self { one_line: true, interfaces: (1..).zip(routing.devices()).map(interface).collect() }
    }
}

/// IPv4 first. The kernel puts the newest address of IPv6 in front within a scope, so that the oldest is last
/// (`ipv6_link_dev_addr`); an IPv4 address in the subnet of an earlier one is secondary (`__inet_insert_ifa`).
fn listed(addresses: &[IpNet], device: &str) -> Vec<Address> {
    let mut listed: Vec<Address> = Vec::new();
    let of_v4: Vec<_> = addresses.iter().filter(|net| net.addr().is_ipv4()).collect();
    for (number, net) in of_v4.iter().enumerate() {
        let is_secondary =
            of_v4[..number].iter().any(|other| other.prefix_len() == net.prefix_len() && other.contains(&net.addr()));
        let scope = if net.addr().is_loopback() { "host" } else { "global" };
        let mut words: Vec<Box<str>> = vec!["scope".into(), scope.into()];
        if is_secondary {
            words.push("secondary".into());
        }
        words.push(device.into());
        listed.push(Address::forever(**net, words));
    }
    // Secondary addresses come behind all primary ones.
    listed.sort_by_key(|address| address.has_flag("secondary"));
    let scope = |net: &IpNet| match net.addr() {
        IpAddr::V6(address) if address.is_loopback() => (2, "host"),
        IpAddr::V6(address) if address.is_unicast_link_local() => (1, "link"),
        _ => (0, "global"),
    };
    let mut of_v6: Vec<_> = addresses.iter().filter(|net| net.addr().is_ipv6()).rev().collect();
    of_v6.sort_by_key(|net| scope(net).0);
    listed.extend(of_v6.into_iter().map(|net| Address::forever(*net, vec!["scope".into(), scope(net).1.into()])));
    listed
}

impl Address {
    fn forever(net: IpNet, words: Vec<Box<str>>) -> Self {
        let lifetimes = Some("valid_lft forever preferred_lft forever".into());
        Self { local: net.addr(), peer: None, prefix_length: net.prefix_len(), words, lifetimes }
    }
}

#[cfg(test)]
mod tests;
