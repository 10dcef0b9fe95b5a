use std::fmt::Write;
use std::net::IpAddr;

use super::super::address::Net;
use super::super::given::{Given, Refusal};
use super::super::matches::write_value;
use super::Target;
use crate::netfilter::{Manip, NatRange, Skb};

/// `-j NETMAP`: the network of the address changes, its rest stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetmapTarget {
    pub to: Net,
}

pub fn read(given: &Given<'_>) -> Result<Target, Refusal> {
    let (to, _) = given.required(given.net("--to"), "NETMAP", "--to")?;
    Ok(Target::Netmap(Box::new(NetmapTarget { to })))
}

impl NetmapTarget {
    /// `netmap_tg4`, `netmap_tg6`.
    pub fn range(&self, skb: &Skb, manip: Manip) -> NatRange {
        let old = match manip {
            Manip::Source => skb.packet.src,
            Manip::Destination => skb.packet.dst,
        };
        NatRange::to_address(match (&self.to, old) {
            (Net::V4 { address, mask }, IpAddr::V4(old)) => IpAddr::V4((old.to_bits() & !mask | address).into()),
            (Net::V6(net), IpAddr::V6(old)) => IpAddr::V6((old.to_bits() & !net.mask | net.address).into()),
            _ => old,
        })
    }

    pub fn write(&self, out: &mut String) {
        write_value(out, false, "--to", &self.to);
    }

    /// `NETMAP_print`
    pub fn list(&self, out: &mut String) {
        let _ = write!(out, " to:{}", self.to);
    }
}
