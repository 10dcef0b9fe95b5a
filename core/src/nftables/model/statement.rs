use std::net::IpAddr;
use std::sync::Arc;

use super::{
    Aside, ChainIndex, CtField, CtKey, Expression, Field, Forwarding, MetaKey, ObjectId, SetId, SetUse, State, StateId,
    Stateful, Tproxy,
};
use crate::net::Family;
use crate::netfilter::{Manip, RejectWith};

/// One step of a rule. A rule's statements run until one does not match or decides.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    Match(Match),
    /// `tcp sport != 1 tcp dport != 2`: nft 1.0.6 merges the two into one comparison, so that the rule goes
    /// on unless all fields are as written.
    Differs(Vec<(&'static Field, u128)>),
    Verdict(RuleVerdict),
    VerdictMap {
        key: Expression,
        map: SetUse,
    },
    Assign(Assign),
    Nat(Nat),
    Masquerade(Rebind),
    Redirect(Rebind),
    Reject(Reject),
    Stateful(Stateful, StateId),
    /// `counter name "x"` and its like.
    Object {
        kind: ObjectKind,
        object: ObjectId,
    },
    SetUpdate(SetUpdate),
    Log(Log),
    Notrack,
    Tproxy(Tproxy),
    Forward(Forwarding),
    Aside(Aside),
    /// Syntax that is not modelled, to the end of the rule, as it was written.
    Unknown(Arc<str>),
}

/// A test of one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    pub left: Expression,
    pub test: Test,
}

/// What a value is tested against; constants are of the type of the left side.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    Compare {
        op: Comparison,
        value: u128,
    },
    Prefix {
        negated: bool,
        value: u128,
        length: u8,
    },
    Range {
        negated: bool,
        low: u128,
        high: u128,
    },
    /// `ct state established,related`: at least one of the flags.
    AnyFlag(u128),
    /// `tcp flags ! syn`: none of the flags.
    NoFlag(u128),
    /// `tcp flags syn / fin,syn,rst,ack`.
    Flags {
        negated: bool,
        value: u128,
        mask: u128,
    },
    In {
        negated: bool,
        set: SetUse,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    Greater,
    AtMost,
    AtLeast,
}

/// What a rule says of a packet (`enum nft_verdicts`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleVerdict {
    Accept,
    Drop,
    /// On with the next rule.
    Continue,
    Return,
    Jump(ChainIndex),
    Goto(ChainIndex),
}

/// `meta mark set …`, `ct mark set …`, `ip ttl set …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Assign {
    pub target: Target,
    pub value: Expression,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Meta(MetaKey),
    Ct(CtField),
    Payload(&'static Field),
    /// `tcp option maxseg size`
    SegmentSize,
}

/// `snat` and `dnat`.
#[derive(Clone, Debug, PartialEq)]
pub struct Nat {
    pub manip: Manip,
    /// Printed where the statement would not be understood without (`dnat ip to`).
    pub family: Option<Family>,
    pub address: Option<NatAddress>,
    pub port: Option<NatPort>,
    pub flags: NatFlags,
}

#[derive(Clone, Debug, PartialEq)]
pub enum NatAddress {
    Fixed(IpAddr),
    Range(IpAddr, IpAddr),
    /// An address, or an address and a port.
    Computed(Expression),
}

#[derive(Clone, Debug, PartialEq)]
pub enum NatPort {
    Fixed(u16),
    Range(u16, u16),
    Computed(Expression),
}

/// `masquerade` and `redirect`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rebind {
    pub port: Option<NatPort>,
    pub flags: NatFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct NatFlags {
    pub random: bool,
    pub fully_random: bool,
    pub persistent: bool,
}

/// Which answer a reject sends, in the family it was written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reject {
    pub with: RejectWith,
    pub kind: RejectKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectKind {
    TcpReset,
    Icmp,
    Icmpv6,
    /// Whatever the packet's family is.
    Icmpx,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    Counter,
    Quota,
    Limit,
}

impl ObjectKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Quota => "quota",
            Self::Limit => "limit",
        }
    }
}

/// `update @set { ip saddr timeout 5m limit rate 10/second }`.
#[derive(Clone, Debug, PartialEq)]
pub struct SetUpdate {
    pub op: SetOp,
    pub set: SetId,
    pub key: Expression,
    /// Milliseconds; else the set's own.
    pub timeout: Option<u64>,
    /// What a map's element gets.
    pub data: Option<Expression>,
    /// What a new element counts with; else what the set says.
    pub stateful: Vec<(Stateful, State)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetOp {
    Add,
    Update,
    Delete,
}

impl SetOp {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// `log prefix "…" level …`: what it says, in the order in which nft prints it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Log {
    pub prefix: Option<Arc<str>>,
    pub group: Option<u16>,
    pub snaplen: Option<u32>,
    pub queue_threshold: Option<u16>,
    pub level: Option<&'static str>,
    pub flags: LogFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the kernel's independent flags NF_LOG_*")]
pub struct LogFlags {
    pub tcp_sequence: bool,
    pub tcp_options: bool,
    pub ip_options: bool,
    pub skuid: bool,
    pub ether: bool,
}

impl LogFlags {
    pub const ALL: Self = Self { tcp_sequence: true, tcp_options: true, ip_options: true, skuid: true, ether: true };
}

impl Statement {
    /// Whether the statement may end the rule by not matching.
    pub fn can_fail(&self) -> bool {
        match self {
            Self::Match(_) | Self::Differs(_) | Self::VerdictMap { .. } | Self::Tproxy(_) | Self::Unknown(_) => true,
            Self::Stateful(what, _) => what.can_fail(),
            // A neighbour is of one family.
            Self::Forward(forwarding) => forwarding.to.is_some(),
            Self::Object { kind, .. } => matches!(kind, ObjectKind::Quota | ObjectKind::Limit),
            // The set may be full.
            Self::SetUpdate(update) => update.op != SetOp::Delete,
            // nft asks for TCP by itself.
            Self::Reject(reject) => reject.kind == RejectKind::TcpReset,
            Self::Assign(assign) => may_be_missing(&assign.value),
            Self::Nat(nat) => {
                matches!(&nat.address, Some(NatAddress::Computed(address)) if looks_up(address))
                    || matches!(&nat.port, Some(NatPort::Computed(port)) if looks_up(port))
            }
            _ => false,
        }
    }

    /// The set that the statement looks into or writes to, if it belongs to the table.
    pub fn named_sets(&self) -> impl Iterator<Item = SetId> {
        let mut found = Vec::new();
        self.for_each_set(&mut |set| {
            if let SetUse::Named(id) = set {
                found.push(*id);
            }
        });
        if let Self::SetUpdate(update) = self {
            found.push(update.set);
        }
        found.into_iter()
    }

    /// Calls `visit` with every set or map that the statement looks into.
    pub fn for_each_set<'a>(&'a self, visit: &mut dyn FnMut(&'a SetUse)) {
        match self {
            Self::Match(Match { left, test }) => {
                sets_of(left, visit);
                if let Test::In { set, .. } = test {
                    visit(set);
                }
            }
            Self::VerdictMap { key, map } => {
                sets_of(key, visit);
                visit(map);
            }
            Self::Assign(assign) => sets_of(&assign.value, visit),
            Self::Nat(nat) => {
                if let Some(NatAddress::Computed(address)) = &nat.address {
                    sets_of(address, visit);
                }
                if let Some(NatPort::Computed(port)) = &nat.port {
                    sets_of(port, visit);
                }
            }
            Self::Masquerade(rebind) | Self::Redirect(rebind) => {
                if let Some(NatPort::Computed(port)) = &rebind.port {
                    sets_of(port, visit);
                }
            }
            Self::SetUpdate(update) => {
                sets_of(&update.key, visit);
                if let Some(data) = &update.data {
                    sets_of(data, visit);
                }
            }
            _ => {}
        }
    }
}

fn sets_of<'a>(expression: &'a Expression, visit: &mut dyn FnMut(&'a SetUse)) {
    match expression {
        Expression::Map { key, map } => {
            sets_of(key, visit);
            visit(map);
        }
        Expression::Concat(parts) => parts.iter().for_each(|part| sets_of(part, visit)),
        Expression::Bitwise { operand, .. } | Expression::Shift { operand, .. } => sets_of(operand, visit),
        Expression::Hash(hash) => {
            if let Some(operand) = &hash.operand {
                sets_of(operand, visit);
            }
        }
        _ => {}
    }
}

/// Whether a packet can lack the value: without a connection, without the header, without an element (`NFT_BREAK`).
fn may_be_missing(expression: &Expression) -> bool {
    match expression {
        Expression::Ct(field) => field.key != CtKey::State,
        Expression::Payload(_)
        | Expression::RawPayload { .. }
        | Expression::Map { .. }
        | Expression::Socket(_)
        | Expression::Rt(_)
        | Expression::Fragment(_)
        | Expression::SegmentSize => true,
        Expression::Bitwise { operand, .. } | Expression::Shift { operand, .. } => may_be_missing(operand),
        Expression::Concat(parts) => parts.iter().any(may_be_missing),
        Expression::Hash(hash) => hash.operand.as_deref().is_some_and(may_be_missing),
        Expression::Value { .. } | Expression::Meta(_) | Expression::Fib(_) | Expression::Numgen(_) => false,
    }
}

fn looks_up(expression: &Expression) -> bool {
    let mut found = false;
    sets_of(expression, &mut |_| found = true);
    found
}
