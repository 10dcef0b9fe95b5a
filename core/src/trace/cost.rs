use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// What a step made the kernel do. Costs add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Rules visited, whether they matched or not.
    pub rules: u32,
    /// Single tests inside those rules: the IP header test and each `-m` match of iptables, each
    /// expression that can end a rule of nftables.
    pub matches: u32,
    /// Keys looked up in an ipset, an nft set or map, an IPVS hash table.
    pub probes: u32,
    /// Tuples looked up in the conntrack table.
    pub connections: u32,
    /// Connections entered in the conntrack table.
    pub openings: u32,
    /// Header fields rewritten: an address, a port.
    pub rewrites: u32,
}

impl Cost {
    pub const NONE: Self = Self { rules: 0, matches: 0, probes: 0, connections: 0, openings: 0, rewrites: 0 };
    pub const PROBE: Self = Self { probes: 1, ..Self::NONE };
    pub const CONNECTION: Self = Self { connections: 1, ..Self::NONE };
    pub const OPENING: Self = Self { openings: 1, ..Self::NONE };

    /// A rule visited, with how many of its matches were tested.
    pub const fn rule(matches: u32) -> Self {
        Self { rules: 1, matches, ..Self::NONE }
    }

    /// So many rules visited, of each only the first match.
    pub const fn passed(rules: u32) -> Self {
        Self { rules, matches: rules, ..Self::NONE }
    }

    pub const fn rewrites(rewrites: u32) -> Self {
        Self { rewrites, ..Self::NONE }
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            rules: self.rules + other.rules,
            matches: self.matches + other.matches,
            probes: self.probes + other.probes,
            connections: self.connections + other.connections,
            openings: self.openings + other.openings,
            rewrites: self.rewrites + other.rewrites,
        }
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::NONE, Self::add)
    }
}
