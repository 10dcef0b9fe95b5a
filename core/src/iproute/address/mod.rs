//! `ip addr` and `ip link`, with `-o`, `-d` and `-s` or without.

mod listed;
mod parse;
mod print;
mod show;

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

pub use parse::parse;
pub use show::{Form, What};

use crate::net::{Family, MacAddress};

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

#[cfg(test)]
mod tests;
