use std::collections::BTreeMap;

use crate::netfilter::{self, Seconds};

/// A statement that keeps something from packet to packet: in the table for a rule, in each element for a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stateful {
    Counter,
    Limit(Limit),
    Quota(Quota),
    Connections(ConnectionCount),
}

/// What it keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Counter {
        packets: u64,
        bytes: u64,
    },
    /// Nanoseconds of credit, and when they were counted.
    Limit {
        tokens: u64,
        last: Seconds,
    },
    Quota {
        used: u64,
    },
    Connections(netfilter::ConnectionCount),
    /// The next number of `numgen inc`.
    Sequence(u32),
    /// What a `jhash` whose seed nobody knows has made of each key.
    Hashes(BTreeMap<Box<[u8]>, u32>),
}

/// `limit rate over 10/second burst 5 packets`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub rate: u64,
    pub unit: RateUnit,
    pub burst: u32,
    pub per: Per,
    pub over: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateUnit {
    Packets,
    Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Per {
    Second,
    Minute,
    Hour,
    Day,
    Week,
}

impl Per {
    pub const ALL: [Self; 5] = [Self::Second, Self::Minute, Self::Hour, Self::Day, Self::Week];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    pub const fn seconds(self) -> u64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 60 * 60,
            Self::Day => 24 * 60 * 60,
            Self::Week => 7 * 24 * 60 * 60,
        }
    }
}

/// `quota over 10 mbytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub bytes: u64,
    pub over: bool,
}

/// `ct count over 20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionCount {
    pub most: u32,
    pub over: bool,
}

impl Stateful {
    /// What it keeps before the first packet.
    pub const fn fresh(self, now: Seconds) -> State {
        match self {
            Self::Counter => State::Counter { packets: 0, bytes: 0 },
            Self::Limit(_) => State::Limit { tokens: u64::MAX, last: now },
            Self::Quota(_) => State::Quota { used: 0 },
            Self::Connections(_) => State::Connections(netfilter::ConnectionCount::new()),
        }
    }

    /// Whether a packet can fail it.
    pub const fn can_fail(self) -> bool {
        !matches!(self, Self::Counter)
    }
}
