use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::{Destination, RouteEntry};
use crate::netfilter::Skb;

/// The tables that every node has (`enum rt_class_t`).
pub const TABLE_MAIN: u32 = 254;
pub const TABLE_DEFAULT: u32 = 253;

/// Where the rule for the table `main` stands among the others (`fib_default_rules_init`).
pub(super) const MAIN_PRIORITY: u32 = 32_766;

/// What a route is looked up for (`struct flowi4`).
#[derive(Clone, Copy, Debug)]
pub struct Flow<'a> {
    pub dst: IpAddr,
    pub src: Option<IpAddr>,
    pub mark: u32,
    /// The device that the packet came in by; none for packets of local processes.
    pub input: Option<&'a str>,
}

impl<'a> Flow<'a> {
    /// A packet on its way.
    pub fn of(skb: &'a Skb) -> Self {
        Self { dst: skb.packet.dst, src: Some(skb.packet.src), mark: skb.mark, input: skb.input.as_deref() }
    }

    /// Nothing is known but the destination.
    pub const fn to(dst: IpAddr) -> Self {
        Self { dst, src: None, mark: 0, input: None }
    }
}

/// A line of `ip rule`. What is not asked for holds for every packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRule {
    /// Smaller ones are asked first.
    pub priority: u32,
    /// It is for the packets that it would not be for without this.
    pub inverted: bool,
    pub from: Option<IpNet>,
    pub to: Option<IpNet>,
    /// Value and mask.
    pub mark: Option<(u32, u32)>,
    pub input: Option<Arc<str>>,
    /// Needed where neither address says it.
    pub is_ipv4: bool,
    pub action: PolicyAction,
    /// Routes with prefixes of this length or shorter do not count (`suppress_prefixlength`).
    pub suppressed: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyAction {
    /// Asks a table by its number, and goes on with the next rule if that has no route.
    Lookup(u32),
    Blackhole,
    Unreachable,
    Prohibit,
}

impl PolicyRule {
    /// A rule that asks nothing, and so holds for every packet of its family.
    pub const fn new(priority: u32, is_ipv4: bool, action: PolicyAction) -> Self {
        let inverted = false;
        Self { priority, inverted, from: None, to: None, mark: None, input: None, is_ipv4, action, suppressed: None }
    }

    /// `fib_rule_match`, `fib4_rule_match`: a packet of this node comes in by `lo`.
    pub(super) fn matches(&self, flow: &Flow<'_>) -> bool {
        let within = |net: Option<IpNet>, address: Option<IpAddr>| {
            net.is_none_or(|net| net.prefix_len() == 0 || address.is_some_and(|address| net.contains(&address)))
        };
        let holds = within(self.from, flow.src)
            && within(self.to, Some(flow.dst))
            && self.mark.is_none_or(|(value, mask)| flow.mark & mask == value)
            && self.input.as_deref().is_none_or(|device| device == flow.input.unwrap_or("lo"));
        self.is_ipv4 == flow.dst.is_ipv4() && holds != self.inverted
    }

    /// Whether a route that it found does not count (`fib4_rule_suppress`, `fib6_rule_suppress`). One that refuses does.
    pub(super) fn suppresses(&self, entry: &RouteEntry) -> bool {
        let leads = matches!(entry.to, Destination::Local { .. } | Destination::Via { .. });
        leads && self.suppressed.is_some_and(|length| entry.prefix.prefix_len() <= length)
    }
}
