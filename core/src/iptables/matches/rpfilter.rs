use std::net::IpAddr;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not};
use super::{Match, without_dashes, write_option};
use crate::netfilter::routing::{DeviceKind, Flow};
use crate::netfilter::{Routing, Skb};
use crate::trace::Route;

/// `-m rpfilter`: whether an answer would leave by the device that the packet came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "these are the tool's four options, each independent")]
pub struct RpfilterMatch {
    /// Any device will do.
    pub loose: bool,
    /// The route may depend on the mark.
    pub valid_mark: bool,
    /// A source that is this node's own will do.
    pub accept_local: bool,
    pub inverted: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    Ok(Match::Rpfilter(RpfilterMatch {
        loose: given.has("--loose"),
        valid_mark: given.has("--validmark"),
        accept_local: given.has("--accept-local"),
        inverted: given.has("--invert"),
    }))
}

impl RpfilterMatch {
    /// `rpfilter_mt` of either family.
    pub fn matches(self, skb: &Skb, routing: &Routing) -> bool {
        self.passes(skb, routing) != self.inverted
    }

    fn passes(self, skb: &Skb, routing: &Routing) -> bool {
        let Some(device) = &skb.input else {
            return true;
        };
        let src = skb.packet.src;
        let is_loopback = routing.device(device).is_some_and(|device| device.kind == DeviceKind::Loopback);
        if is_loopback || (src.is_unspecified() && may_be_without_address(skb.packet.dst)) {
            return true;
        }
        let mark = if self.valid_mark { skb.mark } else { 0 };
        match routing.lookup_flow(&Flow { mark, src: Some(skb.packet.dst), ..Flow::to(src) }) {
            // A broadcast address has a route of its own type, and no packet comes from there.
            _ if routing.is_broadcast(src) => false,
            Route::Local { device: own } => self.accept_local && (src.is_ipv6() || self.loose || own == *device),
            Route::Via { device: back, .. } => self.loose || back == *device,
            Route::Unreachable | Route::Blackhole | Route::Refused(_) => false,
        }
    }

    pub fn write(self, out: &mut String) {
        let flags = [
            (self.loose, "--loose"),
            (self.valid_mark, "--validmark"),
            (self.accept_local, "--accept-local"),
            (self.inverted, "--invert"),
        ];
        for (_, name) in flags.into_iter().filter(|(set, _)| *set) {
            write_option(out, false, name);
        }
    }

    /// `rpfilter_print`
    pub fn list(self, out: &mut String) {
        out.push_str(" rpfilter");
        without_dashes(out, |out| self.write(out));
    }

    /// `rpfilter_xlate`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) -> bool {
        if self.accept_local && !self.inverted {
            return false;
        }
        if self.accept_local {
            to.add("fib saddr type != local ");
        }
        let mark = if self.valid_mark { ". mark " } else { "" };
        let device = if self.loose { "" } else { ". iif " };
        to.add(&format!("fib saddr {mark}{device}oif {}0", not(!self.inverted)));
        true
    }
}

/// A machine that asks for its address has none yet.
fn may_be_without_address(dst: IpAddr) -> bool {
    match dst {
        IpAddr::V4(dst) => dst.is_broadcast() || dst.octets()[..3] == [224, 0, 0],
        IpAddr::V6(_) => true,
    }
}
