use std::sync::Arc;

use super::{DataType, Field, FragmentKey, RtKey, Set, SetId, SocketKey, StateId, Table};
use crate::net::Family;
use crate::netfilter::Direction;

/// What yields a value while a packet is looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    Value {
        data_type: DataType,
        value: u128,
    },
    Payload(&'static Field),
    /// `@nh,96,32`: bits by their place. Kept; the model has no bytes to read.
    RawPayload {
        base: RawBase,
        offset: u16,
        bits: u8,
    },
    Meta(MetaKey),
    Ct(CtField),
    Fib(Fib),
    Socket(SocketKey),
    Rt(RtKey),
    /// `tcp option maxseg size`
    SegmentSize,
    Fragment(FragmentKey),
    Numgen(Numgen),
    Hash(Hash),
    /// `a . b . c`: never within another concatenation.
    Concat(Vec<Expression>),
    /// `(operand & mask) ^ xor`, which is how the kernel does and, or and xor (`nft_bitwise.c`).
    Bitwise {
        operand: Box<Expression>,
        mask: u128,
        xor: u128,
    },
    Shift {
        operand: Box<Expression>,
        direction: ShiftDirection,
        by: u8,
    },
    /// `key map @m` or `key map { … }`.
    Map {
        key: Box<Expression>,
        map: SetUse,
    },
}

impl Expression {
    /// The types of the values: one, or one for each part of a concatenation. Empty for a verdict map.
    pub fn types(&self, table: &Table) -> Vec<DataType> {
        match self {
            Self::Concat(parts) => parts.iter().flat_map(|part| part.types(table)).collect(),
            Self::Map { map, .. } => table.set_of(map).map_or_else(Vec::new, |set| set.data.types().to_vec()),
            _ => vec![self.data_type(table)],
        }
    }

    /// Whether the kernel holds the value in the host's byte order, which hashes tell.
    pub fn is_host_order(&self) -> bool {
        match self {
            Self::Meta(key) => *key != MetaKey::Protocol && !key.data_type().is_string(),
            Self::Ct(field) => !field.key.is_of_tuple(),
            Self::Numgen(_) | Self::Hash(_) | Self::Fib(_) | Self::Socket(SocketKey::Mark) => true,
            Self::Bitwise { operand, .. } | Self::Shift { operand, .. } => operand.is_host_order(),
            _ => false,
        }
    }

    /// Whether chance draws its value.
    pub const fn is_random(&self) -> bool {
        matches!(self, Self::Numgen(Numgen { mode: NumgenMode::Random, .. }))
    }

    /// The type of an expression with one value; of others, that of the first.
    pub fn data_type(&self, table: &Table) -> DataType {
        match self {
            Self::Value { data_type, .. } => *data_type,
            Self::Payload(field) => field.data_type,
            Self::RawPayload { bits, .. } => DataType::Bits(*bits),
            Self::Meta(key) => key.data_type(),
            Self::Ct(field) => field.key.data_type(),
            Self::Fib(fib) => fib.result.data_type(),
            Self::Socket(SocketKey::Mark) => DataType::Mark,
            Self::Socket(SocketKey::Transparent | SocketKey::Wildcard) => DataType::Integer(8),
            Self::Rt(RtKey::ClassId) => DataType::Realm,
            Self::Rt(RtKey::NextHop(Family::V4)) => DataType::Ipv4Addr,
            Self::Rt(RtKey::NextHop(Family::V6)) => DataType::Ipv6Addr,
            Self::Rt(RtKey::Mtu) | Self::SegmentSize => DataType::Integer(16),
            Self::Rt(RtKey::IpSec) => DataType::Boolean,
            Self::Fragment(key) => key.data_type(),
            Self::Numgen(_) | Self::Hash(_) => DataType::Integer(32),
            Self::Bitwise { operand, .. } | Self::Shift { operand, .. } => operand.data_type(table),
            Self::Concat(_) | Self::Map { .. } => self.types(table).first().copied().unwrap_or(DataType::Integer(32)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShiftDirection {
    Left,
    Right,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RawBase {
    Link,
    Network,
    Transport,
}

impl RawBase {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Link => "ll",
            Self::Network => "nh",
            Self::Transport => "th",
        }
    }
}

/// A set or map that a rule uses: one of the table's, or one written into the rule.
#[derive(Clone, Debug, PartialEq)]
pub enum SetUse {
    Named(SetId),
    Anonymous(Arc<Set>),
}

/// `meta KEY` (`enum nft_meta_keys`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetaKey {
    Length,
    Protocol,
    NfProto,
    L4Proto,
    Priority,
    Mark,
    Iif,
    IifName,
    IifType,
    Oif,
    OifName,
    OifType,
    SkUid,
    SkGid,
    NfTrace,
    RtClassId,
    PktType,
    Cpu,
    IifGroup,
    OifGroup,
    Cgroup,
    Random,
    IpSec,
    IifKind,
    OifKind,
    SdifName,
    IbrName,
    ObrName,
    Time,
    Day,
    Hour,
}

impl MetaKey {
    const ALL: [Self; 31] = [
        Self::Length,
        Self::Protocol,
        Self::NfProto,
        Self::L4Proto,
        Self::Priority,
        Self::Mark,
        Self::Iif,
        Self::IifName,
        Self::IifType,
        Self::Oif,
        Self::OifName,
        Self::OifType,
        Self::SkUid,
        Self::SkGid,
        Self::NfTrace,
        Self::RtClassId,
        Self::PktType,
        Self::Cpu,
        Self::IifGroup,
        Self::OifGroup,
        Self::Cgroup,
        Self::Random,
        Self::IpSec,
        Self::IifKind,
        Self::OifKind,
        Self::SdifName,
        Self::IbrName,
        Self::ObrName,
        Self::Time,
        Self::Day,
        Self::Hour,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Protocol => "protocol",
            Self::NfProto => "nfproto",
            Self::L4Proto => "l4proto",
            Self::Priority => "priority",
            Self::Mark => "mark",
            Self::Iif => "iif",
            Self::IifName => "iifname",
            Self::IifType => "iiftype",
            Self::Oif => "oif",
            Self::OifName => "oifname",
            Self::OifType => "oiftype",
            Self::SkUid => "skuid",
            Self::SkGid => "skgid",
            Self::NfTrace => "nftrace",
            Self::RtClassId => "rtclassid",
            Self::PktType => "pkttype",
            Self::Cpu => "cpu",
            Self::IifGroup => "iifgroup",
            Self::OifGroup => "oifgroup",
            Self::Cgroup => "cgroup",
            Self::Random => "random",
            Self::IpSec => "ipsec",
            Self::IifKind => "iifkind",
            Self::OifKind => "oifkind",
            Self::SdifName => "sdifname",
            Self::IbrName => "ibrname",
            Self::ObrName => "obrname",
            Self::Time => "time",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        let name = match name {
            "ibriport" => "ibrname",
            "obriport" => "obrname",
            "secpath" => "ipsec",
            name => name,
        };
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Keys that may be written without `meta` (`meta_key_unqualified` of the grammar).
    pub fn is_word_of_its_own(name: &str) -> bool {
        matches!(
            name,
            "mark"
                | "iif"
                | "iifname"
                | "iiftype"
                | "oif"
                | "oifname"
                | "oiftype"
                | "skuid"
                | "skgid"
                | "nftrace"
                | "rtclassid"
                | "ibriport"
                | "ibrname"
                | "obriport"
                | "obrname"
                | "pkttype"
                | "cpu"
                | "iifgroup"
                | "oifgroup"
                | "cgroup"
                | "time"
                | "day"
                | "hour"
        )
    }

    /// Keys that nft prints without `meta` (`meta_key_is_unqualified`).
    pub const fn prints_bare(self) -> bool {
        matches!(self, Self::Iif | Self::Oif | Self::IifName | Self::OifName | Self::IifGroup | Self::OifGroup)
    }

    pub const fn data_type(self) -> DataType {
        match self {
            Self::Length | Self::Cpu | Self::Cgroup | Self::Random => DataType::Integer(32),
            Self::Time => DataType::Date,
            Self::Day => DataType::Day,
            Self::Hour => DataType::Hour,
            Self::Protocol => DataType::EtherType,
            Self::NfProto => DataType::NfProto,
            Self::L4Proto => DataType::InetProto,
            Self::Priority => DataType::ClassId,
            Self::Mark => DataType::Mark,
            Self::Iif | Self::Oif => DataType::IfIndex,
            Self::IifName
            | Self::OifName
            | Self::IifKind
            | Self::OifKind
            | Self::SdifName
            | Self::IbrName
            | Self::ObrName => DataType::IfName,
            Self::IifType | Self::OifType => DataType::IfType,
            Self::SkUid => DataType::Uid,
            Self::SkGid => DataType::Gid,
            Self::NfTrace => DataType::Integer(1),
            Self::RtClassId => DataType::Realm,
            Self::PktType => DataType::PktType,
            Self::IifGroup | Self::OifGroup => DataType::DevGroup,
            Self::IpSec => DataType::Boolean,
        }
    }
}

/// `ct KEY`, and for some keys of which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CtField {
    pub key: CtKey,
    pub direction: Option<Direction>,
}

/// `enum nft_ct_keys`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CtKey {
    State,
    Direction,
    Status,
    Mark,
    Expiration,
    L3Proto,
    Protocol,
    ProtoSrc,
    ProtoDst,
    IpSaddr,
    IpDaddr,
    Ip6Saddr,
    Ip6Daddr,
    Zone,
    Bytes,
    Packets,
    AvgPkt,
    Id,
}

impl CtKey {
    const ALL: [Self; 18] = [
        Self::State,
        Self::Direction,
        Self::Status,
        Self::Mark,
        Self::Expiration,
        Self::L3Proto,
        Self::Protocol,
        Self::ProtoSrc,
        Self::ProtoDst,
        Self::IpSaddr,
        Self::IpDaddr,
        Self::Ip6Saddr,
        Self::Ip6Daddr,
        Self::Zone,
        Self::Bytes,
        Self::Packets,
        Self::AvgPkt,
        Self::Id,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Direction => "direction",
            Self::Status => "status",
            Self::Mark => "mark",
            Self::Expiration => "expiration",
            Self::L3Proto => "l3proto",
            Self::Protocol => "protocol",
            Self::ProtoSrc => "proto-src",
            Self::ProtoDst => "proto-dst",
            Self::IpSaddr => "ip saddr",
            Self::IpDaddr => "ip daddr",
            Self::Ip6Saddr => "ip6 saddr",
            Self::Ip6Daddr => "ip6 daddr",
            Self::Zone => "zone",
            Self::Bytes => "bytes",
            Self::Packets => "packets",
            Self::AvgPkt => "avgpkt",
            Self::Id => "id",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    pub const fn data_type(self) -> DataType {
        match self {
            Self::State => DataType::CtState,
            Self::Direction => DataType::CtDir,
            Self::Status => DataType::CtStatus,
            Self::Mark => DataType::Mark,
            Self::Expiration => DataType::Time,
            Self::L3Proto => DataType::NfProto,
            Self::Protocol => DataType::InetProto,
            Self::ProtoSrc | Self::ProtoDst => DataType::InetService,
            Self::IpSaddr | Self::IpDaddr => DataType::Ipv4Addr,
            Self::Ip6Saddr | Self::Ip6Daddr => DataType::Ipv6Addr,
            Self::Zone => DataType::Integer(16),
            Self::Bytes | Self::Packets | Self::AvgPkt => DataType::Integer(64),
            Self::Id => DataType::Integer(32),
        }
    }

    /// Addresses and ports of a connection: they only make sense with a direction.
    pub const fn is_of_tuple(self) -> bool {
        matches!(
            self,
            Self::ProtoSrc | Self::ProtoDst | Self::IpSaddr | Self::IpDaddr | Self::Ip6Saddr | Self::Ip6Daddr
        )
    }
}

/// `fib daddr . iif type`: a question to the routing tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fib {
    pub address: FibAddress,
    pub mark: bool,
    pub iif: bool,
    pub oif: bool,
    pub result: FibResult,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FibAddress {
    Saddr,
    Daddr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FibResult {
    Oif,
    /// `oif missing`, `oif exists`: whether there is a route (`NFTA_FIB_F_PRESENT`).
    Present,
    OifName,
    Type,
}

impl FibResult {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Oif | Self::Present => "oif",
            Self::OifName => "oifname",
            Self::Type => "type",
        }
    }

    pub const fn data_type(self) -> DataType {
        match self {
            Self::Oif => DataType::IfIndex,
            Self::Present => DataType::Boolean,
            Self::OifName => DataType::IfName,
            Self::Type => DataType::FibAddrType,
        }
    }
}

/// `numgen inc|random mod N offset M`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Numgen {
    pub mode: NumgenMode,
    /// At least 1.
    pub modulus: u32,
    pub offset: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumgenMode {
    Random,
    /// Counts in the state of the table.
    Incremental(StateId),
}

/// `jhash EXPR mod N seed S offset M`, `symhash mod N`.
#[derive(Clone, Debug, PartialEq)]
pub struct Hash {
    /// What jhash hashes; symhash hashes the flow.
    pub operand: Option<Box<Expression>>,
    /// At least 1.
    pub modulus: u32,
    /// Of jhash.
    pub seed: Option<Seed>,
    pub offset: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seed {
    Given(u32),
    /// The kernel draws one when the rule is loaded and tells it to nobody (`autogen_seed`): what each key comes to is a
    /// choice, which the state of the table remembers.
    Drawn(StateId),
}
