//! The matches: for each its data, how it is read from options, printed, and tested on a packet.
//!
//! In: options of one `-m`. Out: a [`Match`]. Left out on purpose: matches whose facts the model does not
//! have (payload bytes, control groups) are [`Match::Kept`] and never match.

pub(super) mod addrtype;
pub(super) mod cluster;
pub(super) mod comment;
pub(super) mod connbytes;
pub(super) mod connlimit;
pub(super) mod conntrack;
pub(super) mod dscp;
pub(super) mod ecn;
pub(super) mod frag;
pub(super) mod hashlimit;
pub(super) mod icmp;
pub(super) mod iprange;
pub(super) mod ipvs;
mod known;
pub(super) mod length;
pub(super) mod limit;
pub(super) mod mac;
pub(super) mod mark;
pub(super) mod multiport;
pub(super) mod nfacct;
pub(super) mod owner;
pub(super) mod physdev;
pub(super) mod pkttype;
pub(super) mod ports;
pub(super) mod quota;
pub(super) mod realm;
pub(super) mod recent;
pub(super) mod rpfilter;
pub(super) mod set;
pub(super) mod socket;
pub(super) mod statistic;
pub(super) mod tcpmss;
pub(super) mod time;
pub(super) mod tos;
pub(super) mod ttl;

use std::fmt::{self, Write};
use std::sync::Arc;

pub use addrtype::AddrtypeMatch;
pub use cluster::ClusterMatch;
pub use connbytes::{ConnbytesMatch, Counted, Measure};
pub use connlimit::ConnlimitMatch;
pub use conntrack::{ConntrackMatch, CtAddress, CtPorts};
pub use dscp::DscpMatch;
pub use ecn::EcnMatch;
pub use frag::FragMatch;
pub use hashlimit::{ByteRate, HashRate, HashTables, HashlimitMatch};
pub use icmp::IcmpMatch;
pub use iprange::IprangeMatch;
pub use ipvs::IpvsMatch;
pub use known::KnownMatch;
pub use length::LengthMatch;
pub use limit::LimitMatch;
pub use mac::MacMatch;
pub use mark::MarkMatch;
pub use multiport::{MultiportMatch, Side};
pub use owner::{Ids, OwnerMatch};
pub use physdev::PhysdevMatch;
pub use pkttype::PkttypeMatch;
pub use ports::{PortsMatch, TcpMatch};
pub use quota::QuotaMatch;
pub use realm::RealmMatch;
pub use recent::{RecentAction, RecentLists, RecentMatch};
pub use rpfilter::RpfilterMatch;
pub use set::SetMatch;
pub use socket::SocketMatch;
pub use statistic::StatisticMatch;
pub use tcpmss::TcpmssMatch;
pub use time::TimeMatch;
pub use tos::TosMatch;
pub use ttl::{TtlMatch, TtlOrder};

use super::list::Names;
use crate::net::Protocol;
use crate::netfilter::Context;
use crate::trace::{Origin, Tracer};

/// One `-m` of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Match {
    Addrtype(AddrtypeMatch),
    Cluster(ClusterMatch),
    Comment(Arc<str>),
    Connbytes(Box<ConnbytesMatch>),
    Connlimit(ConnlimitMatch),
    Connmark(MarkMatch),
    /// `-m conntrack` and `-m state`.
    Conntrack(Box<ConntrackMatch>),
    Dscp(DscpMatch),
    Ecn(EcnMatch),
    Frag(Box<FragMatch>),
    Hashlimit(Box<HashlimitMatch>),
    Icmp(IcmpMatch),
    Iprange(Box<IprangeMatch>),
    Ipvs(Box<IpvsMatch>),
    Known(Box<KnownMatch>),
    Length(LengthMatch),
    Limit(LimitMatch),
    Mac(MacMatch),
    Mark(MarkMatch),
    Multiport(Box<MultiportMatch>),
    Nfacct(Arc<str>),
    Owner(OwnerMatch),
    Physdev(Box<PhysdevMatch>),
    Pkttype(PkttypeMatch),
    Quota(QuotaMatch),
    Realm(RealmMatch),
    Recent(Box<RecentMatch>),
    Rpfilter(RpfilterMatch),
    Sctp(PortsMatch),
    Set(Box<SetMatch>),
    Socket(SocketMatch),
    Statistic(StatisticMatch),
    Tcp(TcpMatch),
    Tcpmss(TcpmssMatch),
    Time(Box<TimeMatch>),
    Tos(TosMatch),
    /// `-m ttl`, and `-m hl` of IPv6.
    Ttl(TtlMatch),
    Udp(PortsMatch),
    /// A match that is not modelled: its name and its options as they are written.
    Kept(Box<Kept>),
}

/// The words of an extension that the model keeps but does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub name: Box<str>,
    /// With a blank before each word; empty if there are no options.
    pub options: Box<str>,
}

impl Kept {
    fn list(&self, out: &mut String) {
        let _ = write!(out, " {}{}", self.name, self.options);
    }
}

/// What the tests of matches remember between packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchState {
    /// `statistic --mode nth`: the packets since the last hit.
    Nth(u32),
    Limit(limit::Bucket),
    /// The bytes that are left.
    Quota(u64),
    Connections(connlimit::Seen),
}

/// What a test said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Yes,
    No,
    /// The model cannot say.
    NotModelled,
}

impl From<bool> for Outcome {
    fn from(matched: bool) -> Self {
        if matched { Self::Yes } else { Self::No }
    }
}

impl Match {
    /// The name after `-m`.
    pub fn name(&self) -> &str {
        match self {
            Self::Addrtype(_) => "addrtype",
            Self::Cluster(_) => "cluster",
            Self::Comment(_) => "comment",
            Self::Connbytes(_) => "connbytes",
            Self::Connlimit(_) => "connlimit",
            Self::Connmark(_) => "connmark",
            Self::Conntrack(test) => test.name(),
            Self::Dscp(_) => "dscp",
            Self::Ecn(_) => "ecn",
            Self::Frag(_) => "frag",
            Self::Hashlimit(_) => "hashlimit",
            Self::Icmp(test) => test.name(),
            Self::Iprange(_) => "iprange",
            Self::Ipvs(_) => "ipvs",
            Self::Known(known) => &known.kept.name,
            Self::Length(_) => "length",
            Self::Limit(_) => "limit",
            Self::Mac(_) => "mac",
            Self::Mark(_) => "mark",
            Self::Multiport(_) => "multiport",
            Self::Nfacct(_) => "nfacct",
            Self::Owner(_) => "owner",
            Self::Physdev(_) => "physdev",
            Self::Pkttype(_) => "pkttype",
            Self::Quota(_) => "quota",
            Self::Realm(_) => "realm",
            Self::Recent(_) => "recent",
            Self::Rpfilter(_) => "rpfilter",
            Self::Sctp(_) => "sctp",
            Self::Set(_) => "set",
            Self::Socket(_) => "socket",
            Self::Statistic(_) => "statistic",
            Self::Tcp(_) => "tcp",
            Self::Tcpmss(_) => "tcpmss",
            Self::Time(_) => "time",
            Self::Tos(_) => "tos",
            Self::Ttl(test) => test.name(),
            Self::Udp(_) => "udp",
            Self::Kept(kept) => &kept.name,
        }
    }

    /// Writes the options as the extension's `save` does, each with a blank before it.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Addrtype(test) => test.write(out),
            Self::Comment(text) => comment::write(out, text),
            Self::Connmark(test) | Self::Mark(test) => test.write(out),
            Self::Conntrack(test) => test.write(out),
            Self::Icmp(test) => test.write(out),
            Self::Iprange(test) => test.write(out),
            Self::Ipvs(test) => test.write(out),
            Self::Length(test) => test.write(out),
            Self::Limit(test) => test.write(out),
            Self::Multiport(test) => test.write(out),
            Self::Nfacct(name) => nfacct::write(out, name),
            Self::Physdev(test) => test.write(out),
            Self::Recent(test) => test.write(out),
            Self::Sctp(test) | Self::Udp(test) => test.write(out),
            Self::Set(test) => test.write(out),
            Self::Statistic(test) => test.write(out),
            Self::Tcp(test) => test.write(out),
            Self::Ttl(test) => test.write(out),
            Self::Connbytes(test) => test.write(out),
            Self::Connlimit(test) => test.write(out),
            Self::Quota(test) => test.write(out),
            Self::Tcpmss(test) => test.write(out),
            Self::Dscp(test) => test.write(out),
            Self::Frag(test) => test.write(out),
            Self::Hashlimit(test) => test.write(out),
            Self::Mac(test) => test.write(out),
            Self::Owner(test) => test.write(out),
            Self::Pkttype(test) => test.write(out),
            Self::Rpfilter(test) => test.write(out),
            Self::Socket(test) => test.write(out),
            Self::Tos(test) => test.write(out),
            Self::Cluster(test) => test.write(out),
            Self::Ecn(test) => test.write(out),
            Self::Realm(test) => test.write(out),
            Self::Time(test) => test.write(out),
            Self::Kept(kept) => out.push_str(&kept.options),
            Self::Known(known) => out.push_str(&known.kept.options),
        }
    }

    /// Writes what `iptables -L` says of it, with a blank before it. Of a match that is not modelled it says what
    /// `iptables-save` would.
    pub(super) fn list(&self, out: &mut String, names: Names) {
        match self {
            Self::Addrtype(test) => test.list(out),
            Self::Comment(text) => comment::list(out, text),
            Self::Connbytes(test) => test.list(out),
            Self::Connlimit(test) => test.list(out),
            Self::Quota(test) => test.list(out),
            Self::Tcpmss(test) => test.list(out),
            Self::Connmark(test) => test.list_connmark(out),
            // These have one function for both.
            Self::Conntrack(test) => without_dashes(out, |out| test.write(out)),
            Self::Ipvs(test) => without_dashes(out, |out| test.write(out)),
            Self::Nfacct(name) => without_dashes(out, |out| nfacct::write(out, name)),
            Self::Dscp(test) => test.list(out),
            Self::Frag(test) => test.list(out),
            Self::Hashlimit(test) => test.list(out),
            Self::Icmp(test) => test.list(out, names),
            Self::Iprange(test) => test.list(out),
            Self::Length(test) => test.list(out),
            Self::Limit(test) => test.list(out),
            Self::Mac(test) => test.list(out),
            Self::Mark(test) => test.list(out),
            Self::Multiport(test) => test.list(out),
            Self::Owner(test) => test.list(out),
            Self::Physdev(test) => test.list(out),
            Self::Pkttype(test) => test.list(out),
            Self::Recent(test) => test.list(out),
            Self::Rpfilter(test) => test.list(out),
            Self::Sctp(test) => {
                out.push_str(" sctp");
                test.list(out, names, Protocol::Sctp);
            }
            Self::Set(test) => test.list(out),
            Self::Socket(test) => test.list(out),
            Self::Statistic(test) => test.list(out),
            Self::Tcp(test) => test.list(out, names),
            Self::Tos(test) => test.list(out, names),
            Self::Ttl(test) => test.list(out),
            Self::Udp(test) => {
                out.push_str(" udp");
                test.list(out, names, Protocol::Udp);
            }
            Self::Cluster(test) => test.list(out),
            Self::Ecn(test) => test.list(out),
            Self::Realm(test) => test.list(out, names),
            Self::Time(test) => test.list(out),
            Self::Kept(kept) => kept.list(out),
            Self::Known(known) => known.kept.list(out),
        }
    }

    /// Tests a packet that passed the header test of the rule.
    pub(super) fn test<T: Tracer>(
        &self,
        ctx: &mut Context<'_, T>,
        memory: &mut Remembered<'_>,
        origin: impl FnOnce() -> Origin,
    ) -> Outcome {
        match self {
            Self::Comment(_) | Self::Nfacct(_) => Outcome::Yes,
            Self::Tcp(test) => test.matches(&ctx.skb.packet).into(),
            Self::Udp(test) | Self::Sctp(test) => test.matches(&ctx.skb.packet).into(),
            Self::Statistic(test) => test.test(ctx.chance, memory).into(),
            Self::Mark(test) => test.matches(ctx.skb.mark).into(),
            Self::Conntrack(test) => test.matches(ctx).into(),
            Self::Addrtype(test) => test.matches(ctx.skb, &ctx.stack.routing).into(),
            Self::Recent(test) => test.test(ctx.skb, ctx.now, memory.recent),
            Self::Set(test) => test.test(ctx, origin),
            Self::Connmark(test) => {
                let template = ctx.skb.template.map(|_| 0);
                let mark = ctx.connection().map(|connection| connection.mark).or(template);
                mark.is_some_and(|mark| test.matches(mark)).into()
            }
            Self::Connlimit(test) => test.test(ctx, memory).into(),
            Self::Known(known) => known.answer.into(),
            Self::Quota(test) => test.test(ctx.skb.packet.length, memory).into(),
            Self::Tcpmss(test) => test.matches(&ctx.skb.packet).into(),
            Self::Icmp(test) => test.matches(&ctx.skb.packet).into(),
            Self::Iprange(test) => test.matches(&ctx.skb.packet).into(),
            Self::Ipvs(test) => test.test(ctx.skb),
            Self::Length(test) => test.matches(&ctx.skb.packet).into(),
            Self::Limit(test) => test.test(ctx.now, memory).into(),
            Self::Multiport(test) => test.matches(&ctx.skb.packet).into(),
            Self::Physdev(test) => test.matches(ctx.skb.bridged.as_ref()).into(),
            Self::Ttl(test) => test.matches(&ctx.skb.packet).into(),
            Self::Connbytes(test) => ctx.connection().is_some_and(|connection| test.matches(connection)).into(),
            Self::Dscp(test) => test.matches(ctx.skb.packet.tos).into(),
            Self::Frag(test) => test.matches(&ctx.skb.packet).into(),
            Self::Hashlimit(test) => test.test(&ctx.skb.packet, ctx.now, memory.hashlimits).into(),
            Self::Mac(test) => test.test(ctx.skb),
            Self::Owner(test) => test.matches(ctx.skb.sender).into(),
            Self::Pkttype(test) => test.matches(ctx.skb, &ctx.stack.routing).into(),
            Self::Rpfilter(test) => test.matches(ctx.skb, &ctx.stack.routing).into(),
            Self::Socket(test) => test.test(ctx, origin),
            Self::Tos(test) => test.matches(ctx.skb.packet.tos).into(),
            Self::Cluster(test) => test.matches(ctx.connection()).into(),
            Self::Ecn(test) => test.matches(&ctx.skb.packet).into(),
            Self::Realm(test) => test.matches().into(),
            Self::Time(test) => test.matches(ctx.now).into(),
            Self::Kept(_) => Outcome::NotModelled,
        }
    }

    /// The memory that it shares with others.
    pub(super) fn shared_name(&self) -> Option<(SharedKind, &str)> {
        match self {
            Self::Recent(test) => Some((SharedKind::Recent, &test.list)),
            Self::Hashlimit(test) => Some((SharedKind::Hashlimit, &test.table)),
            _ => None,
        }
    }
}

/// What matches of all tables of a family share by name.
#[derive(Clone, Debug)]
pub(super) struct SharedMemory {
    pub recent: RecentLists,
    pub hashlimits: HashTables,
}

impl SharedMemory {
    pub const fn new() -> Self {
        Self { recent: RecentLists::new(), hashlimits: HashTables::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.recent.is_empty() && self.hashlimits.is_empty()
    }

    /// Forgets what `keep` says that no rule names.
    pub fn retain(&mut self, keep: impl Fn(SharedKind, &str) -> bool) {
        self.recent.retain(|name| keep(SharedKind::Recent, name));
        self.hashlimits.retain(|name| keep(SharedKind::Hashlimit, name));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SharedKind {
    Recent,
    Hashlimit,
}

/// The memory of the match that is being tested.
pub(super) struct Remembered<'a> {
    pub recent: &'a mut RecentLists,
    pub hashlimits: &'a mut HashTables,
    pub states: &'a mut std::collections::BTreeMap<super::model::MatchPlace, MatchState>,
    pub place: super::model::MatchPlace,
}

impl Remembered<'_> {
    /// The match's own state, which begins as `initial`.
    pub fn state(&mut self, initial: MatchState) -> &mut MatchState {
        self.states.entry(self.place).or_insert(initial)
    }
}

/// Writes an option with a blank before it and, if it is inverted, a `!`.
pub(super) fn write_option(out: &mut String, inverted: bool, name: &str) {
    out.push_str(if inverted { " ! " } else { " " });
    out.push_str(name);
}

/// The sign of an inverted test, for texts that have it right before a value.
pub(super) const fn bang(inverted: bool) -> &'static str {
    if inverted { "!" } else { "" }
}

/// What an extension saves, with its options as plain words.
pub(super) fn without_dashes(out: &mut String, write: impl FnOnce(&mut String)) {
    let mut saved = String::new();
    write(&mut saved);
    out.push_str(&saved.replace(" --", " "));
}

/// Writes an option with its argument.
pub(super) fn write_value(out: &mut String, inverted: bool, name: &str, value: impl fmt::Display) {
    write_option(out, inverted, name);
    // Writing to a string cannot fail.
    let _ = write!(out, " {value}");
}

/// The names whose bits are set, with commas between.
pub(super) fn join_names(bits: u32, names: &[&'static str]) -> String {
    let set: Vec<_> = names.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, name)| *name).collect();
    set.join(",")
}
