use std::fmt::Write;
use std::net::IpAddr;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not};
use super::{Match, bang, join_names, write_value};
use crate::message;
use crate::netfilter::routing::AddressType;
use crate::netfilter::{Routing, Skb};
use crate::trace::Route;

/// In the order of `rtnetlink.h`; the bits of the masks follow it.
pub const TYPES: [&str; 12] = [
    "UNSPEC",
    "UNICAST",
    "LOCAL",
    "BROADCAST",
    "ANYCAST",
    "MULTICAST",
    "BLACKHOLE",
    "UNREACHABLE",
    "PROHIBIT",
    "THROW",
    "NAT",
    "XRESOLVE",
];

/// `-m addrtype`. A mask of 0 asks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddrtypeMatch {
    pub src: u16,
    pub dst: u16,
    pub inverted_src: bool,
    pub inverted_dst: bool,
    pub limit: Option<LimitInterface>,
}

/// The addresses of one device of the packet only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitInterface {
    In,
    Out,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let (src, inverted_src) = given.names("--src-type").unwrap_or_default();
    let (dst, inverted_dst) = given.names("--dst-type").unwrap_or_default();
    if src == 0 && dst == 0 {
        let message = "addrtype: you must specify --src-type or --dst-type";
        return Err(given.wrong(
            "",
            message,
            message!("expected-either", one = "--src-type", other = "--dst-type"),
            message!("advice-add-one-for-example", what = "--dst-type LOCAL"),
        ));
    }
    let limit = match (given.has("--limit-iface-in"), given.has("--limit-iface-out")) {
        (true, true) => {
            let message = "addrtype: option \"--limit-iface-in\" cannot be used together with \"--limit-iface-out\".";
            return Err(given.wrong(
                "--limit-iface-out",
                message,
                message!("expected-one-of-two"),
                message!("advice-remove-one-of-them"),
            ));
        }
        (true, false) => Some(LimitInterface::In),
        (false, true) => Some(LimitInterface::Out),
        (false, false) => None,
    };
    let mask = |bits: u32| u16::try_from(bits).unwrap_or(0);
    Ok(Match::Addrtype(AddrtypeMatch { src: mask(src), dst: mask(dst), inverted_src, inverted_dst, limit }))
}

impl AddrtypeMatch {
    pub(in crate::iptables) fn type_of(of: AddressType) -> &'static str {
        TYPES[bit(of).trailing_zeros() as usize]
    }

    /// `addrtype_mt_v1`.
    pub fn matches(&self, skb: &Skb, routing: &Routing) -> bool {
        let device = match self.limit {
            None => None,
            Some(LimitInterface::In) => skb.input.as_deref(),
            Some(LimitInterface::Out) => skb.output.as_deref(),
        };
        let holds = |mask: u16, address: IpAddr, inverted: bool| {
            mask == 0 || has_type(routing, address, mask, device) != inverted
        };
        holds(self.src, skb.packet.src, self.inverted_src) && holds(self.dst, skb.packet.dst, self.inverted_dst)
    }

    pub fn write(&self, out: &mut String) {
        if self.src != 0 {
            write_value(out, self.inverted_src, "--src-type", join_names(self.src.into(), &TYPES));
        }
        if self.dst != 0 {
            write_value(out, self.inverted_dst, "--dst-type", join_names(self.dst.into(), &TYPES));
        }
        match self.limit {
            None => {}
            Some(LimitInterface::In) => out.push_str(" --limit-iface-in"),
            Some(LimitInterface::Out) => out.push_str(" --limit-iface-out"),
        }
    }

    /// `addrtype_print_v1`
    pub fn list(&self, out: &mut String) {
        out.push_str(" ADDRTYPE match");
        for (mask, inverted, name) in
            [(self.src, self.inverted_src, "src-type"), (self.dst, self.inverted_dst, "dst-type")]
        {
            if mask != 0 {
                let _ = write!(out, " {name} {}{}", bang(inverted), join_names(mask.into(), &TYPES));
            }
        }
        out.push_str(match self.limit {
            None => "",
            Some(LimitInterface::In) => " limit-in",
            Some(LimitInterface::Out) => " limit-out",
        });
    }

    /// `addrtype_xlate` asks for one side only, and has no words for the last two types.
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        let (side, types) = if self.src != 0 { ("saddr", self.src) } else { ("daddr", self.dst) };
        let limit = match self.limit {
            None => "",
            Some(LimitInterface::In) => ". iif ",
            Some(LimitInterface::Out) => ". oif ",
        };
        let names = join_names(types.into(), &TYPES[..9]).to_ascii_lowercase().replace(',', ", ");
        let names = if types.count_ones() > 1 { format!("{{ {names} }}") } else { names };
        to.add(&format!("fib {side} {limit}type {}{names}", not(self.inverted_src || self.inverted_dst)));
    }
}

const UNICAST: u16 = 1 << 1;
const LOCAL: u16 = 1 << 2;
const ANYCAST: u16 = 1 << 4;
const MULTICAST: u16 = 1 << 5;
const UNREACHABLE: u16 = 1 << 7;
const PROHIBIT: u16 = 1 << 8;

fn has_type(routing: &Routing, address: IpAddr, mask: u16, device: Option<&str>) -> bool {
    match address {
        IpAddr::V4(_) => mask & bit(v4_type(routing, address, device)) != 0,
        IpAddr::V6(_) => has_type_v6(routing, address, mask, device),
    }
}

/// `__inet_dev_addr_type`: with a device, only its own addresses are local.
fn v4_type(routing: &Routing, address: IpAddr, device: Option<&str>) -> AddressType {
    let found = routing.address_type(address);
    match (device, routing.lookup(address)) {
        (Some(device), Route::Local { device: owner }) if *owner != *device => AddressType::Unicast,
        _ => found,
    }
}

const fn bit(of: AddressType) -> u16 {
    match of {
        AddressType::Unspecified => 1,
        AddressType::Unicast => UNICAST,
        AddressType::Local => LOCAL,
        AddressType::Broadcast => 1 << 3,
        AddressType::Multicast => MULTICAST,
        AddressType::Blackhole => 1 << 6,
        AddressType::Unreachable => UNREACHABLE,
        AddressType::Prohibit => PROHIBIT,
    }
}

/// `match_type6`: classes of addresses are all demanded, then facts of routing are looked up.
fn has_type_v6(routing: &Routing, address: IpAddr, mask: u16, device: Option<&str>) -> bool {
    let unicast = !address.is_multicast() && !address.is_unspecified();
    if (mask & MULTICAST != 0 && !address.is_multicast())
        || (mask & UNICAST != 0 && !unicast)
        || (mask & 1 != 0 && !address.is_unspecified())
    {
        return false;
    }
    if mask & (LOCAL | ANYCAST | PROHIBIT | UNREACHABLE) == 0 {
        return true;
    }
    let found = match routing.lookup(address) {
        Route::Local { device: owner } if device.is_none_or(|device| *owner == *device) => LOCAL,
        Route::Local { .. } | Route::Via { .. } => 0,
        Route::Unreachable | Route::Blackhole | Route::Refused(_) => UNREACHABLE,
    };
    mask & found != 0
}
