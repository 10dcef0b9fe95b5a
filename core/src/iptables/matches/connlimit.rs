use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::super::given::{Given, Refusal};
use super::super::translate::Translation;
use super::{Match, MatchState, Remembered, write_option, write_value};
use crate::message;
use crate::net::Family;
use crate::netfilter::{ConnectionCount, Context};
use crate::trace::Tracer;

/// `-m connlimit`: how many connections a network has that this rule has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnlimitMatch {
    pub limit: u32,
    /// True up to the limit, and not above it.
    pub upto: bool,
    /// How many bits of an address make a network.
    pub length: u8,
    /// Networks of destinations, and not of sources.
    pub destination: bool,
}

/// The connections of each network in a zone.
pub type Seen = BTreeMap<(u16, IpAddr), ConnectionCount>;

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let both = |first: &str, second: &str| {
        let message = format!("connlimit: option \"{second}\" cannot be used together with \"{first}\".");
        given.wrong(second, message, message!("expected-one-of-two"), message!("advice-remove-one"))
    };
    for (first, second) in [("--connlimit-upto", "--connlimit-above"), ("--connlimit-saddr", "--connlimit-daddr")] {
        if given.has(first) && given.has(second) {
            return Err(both(first, second));
        }
    }
    let (limit, upto) = match (given.number("--connlimit-upto"), given.number("--connlimit-above")) {
        (Some(limit), _) => (limit, !given.inverted("--connlimit-upto")),
        (None, Some(limit)) => (limit, given.inverted("--connlimit-above")),
        (None, None) => {
            let message = "You must specify \"--connlimit-above\" or \"--connlimit-upto\".";
            return Err(given.wrong("", message, "--connlimit-above N", message!("advice-add-one-of-them")));
        }
    };
    let most = if given.family == Family::V4 { 32 } else { 128 };
    let length =
        given.number("--connlimit-mask").and_then(|length| u8::try_from(length).ok()).unwrap_or(most).min(most);
    Ok(Match::Connlimit(ConnlimitMatch { limit, upto, length, destination: given.has("--connlimit-daddr") }))
}

/// The mask of a network, where it is not a whole address.
fn mask_of(family: Family, length: u8) -> Option<IpAddr> {
    match family {
        Family::V4 if length < 32 => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            Some(Ipv4Addr::from_bits(mask).into())
        }
        Family::V6 if length < 128 => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            Some(Ipv6Addr::from_bits(mask).into())
        }
        _ => None,
    }
}

impl ConnlimitMatch {
    /// `connlimit_mt`
    pub(super) fn test<T: Tracer>(&self, ctx: &Context<'_, T>, memory: &mut Remembered<'_>) -> bool {
        let packet = &ctx.skb.packet;
        let address = if self.destination { packet.dst } else { packet.src };
        let network = IpNet::new(address, self.length).map_or(address, |net| net.network());
        let zone = ctx.connection().map_or(0, |connection| connection.zone.id);
        let MatchState::Connections(seen) = memory.state(MatchState::Connections(Seen::new())) else {
            return false;
        };
        let count = match seen.entry((zone, network)) {
            Entry::Occupied(mut of_network) => of_network.get_mut().add(ctx),
            Entry::Vacant(place) => {
                place.insert(ConnectionCount::begin(ctx));
                1
            }
        };
        (count > self.limit as usize) != self.upto
    }

    /// `connlimit_save4`
    pub fn write(&self, out: &mut String) {
        write_value(out, false, if self.upto { "--connlimit-upto" } else { "--connlimit-above" }, self.limit);
        write_value(out, false, "--connlimit-mask", self.length);
        write_option(out, false, if self.destination { "--connlimit-daddr" } else { "--connlimit-saddr" });
    }

    /// `connlimit_print4`
    pub fn list(&self, out: &mut String) {
        let end = if self.destination { "dst" } else { "src" };
        let _ = write!(out, " #conn {end}/{} {} {}", self.length, if self.upto { "<=" } else { ">" }, self.limit);
    }

    /// `connlimit_xlate`: the set has IPv4 addresses, whatever the family is.
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        let set = to.add_set("connlimit", "{ type ipv4_addr; flags dynamic; }");
        let mask = match mask_of(to.family, self.length) {
            Some(mask) => format!("and {mask} "),
            None => String::new(),
        };
        let side = if self.destination { "daddr" } else { "saddr" };
        let over = if self.upto { "" } else { "over " };
        to.add(&format!("add @{set} {{ {} {side} {mask}ct count {over}{} }}", to.ip(), self.limit));
    }
}
