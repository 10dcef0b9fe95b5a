use super::Cost;

/// How long a real kernel took for what a [`Cost`] counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Nanoseconds for a rule and its tests.
    rule: f64,
    /// For a key looked up.
    probe: f64,
    /// For a tuple looked up, with what conntrack and NAT do to a packet of a connection that they know.
    connection: f64,
    /// For a connection that enters the table, with the choice of its translation.
    opening: f64,
}

impl Calibration {
    /// Fitted to kube-proxy's rules in iptables and nftables mode for 1 to 10,000 Services, and to long chains of nft
    /// rules, on Linux 6.18 (x86-64, one virtual core of an Intel Xeon), with `make calibrate`. What was measured is
    /// in tests/data/calibration.txt; an estimate is within 15 % of it. That kernel has no IPVS.
    pub const LINUX_6_18: Self = Self { rule: 4.6, probe: 14.0, connection: 440.0, opening: 1500.0 };

    /// Nanoseconds that netfilter adds to a packet.
    pub fn nanoseconds(&self, cost: &Cost) -> f64 {
        self.rule * f64::from(cost.rules)
            + self.probe * f64::from(cost.probes)
            + self.connection * f64::from(cost.connections)
            + self.opening * f64::from(cost.openings)
    }
}
