use std::collections::BTreeMap;
use std::fmt;

use super::ServiceKey;
use super::statistics::Statistics;
use crate::net::Endpoint;
use crate::netfilter::Seconds;

/// Numbers real servers in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DestinationId(pub(super) u32);

/// How packets reach the real server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Forwarding {
    /// NAT: the destination is rewritten, and the source of the replies.
    Masquerade,
    /// Direct routing: the packet goes to the real server's link as it is.
    Route,
    Tunnel(Encapsulation),
    /// The node itself.
    Local,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encapsulation {
    Ipip,
    /// Generic UDP encapsulation, to this port.
    Gue {
        port: u16,
        checksum: TunnelChecksum,
    },
    Gre {
        checksum: TunnelChecksum,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TunnelChecksum {
    None,
    Full,
    Remote,
}

/// The name that `ipvsadm -L` prints.
impl fmt::Display for Forwarding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Masquerade => "Masq",
            Self::Route => "Route",
            Self::Tunnel(_) => "Tunnel",
            Self::Local => "Local",
        })
    }
}

/// What an administrator says of a real server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DestinationConfig {
    pub real: Endpoint,
    pub forwarding: Forwarding,
    /// 0 takes no new connections.
    pub weight: u32,
    /// From this many connections on the server counts as overloaded; 0 is no limit.
    pub upper_threshold: u32,
    /// Below this many it no longer does; 0 stands for three quarters of the upper one.
    pub lower_threshold: u32,
}

impl DestinationConfig {
    /// NAT with weight 1, as kube-proxy adds its endpoints.
    pub const fn masquerade(real: Endpoint) -> Self {
        Self { real, forwarding: Forwarding::Masquerade, weight: 1, upper_threshold: 0, lower_threshold: 0 }
    }
}

/// A real server of a virtual service, in use or in the trash (`struct ip_vs_dest`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub id: DestinationId,
    pub service: ServiceKey,
    pub config: DestinationConfig,
    /// The latest weight that was not 0.
    pub last_weight: u32,
    /// False in the trash.
    pub available: bool,
    pub overloaded: bool,
    pub active_connections: u32,
    pub total_connections: u32,
    pub persistent_connections: u32,
    pub(super) idle_since: Option<Seconds>,
    pub statistics: Statistics,
}

/// Which way the number of connections went when the overload flag is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trend {
    Up,
    Configured,
    Down,
}

impl Destination {
    pub(super) fn new(id: DestinationId, service: ServiceKey, config: DestinationConfig) -> Self {
        Self {
            id,
            service,
            config,
            last_weight: config.weight,
            available: true,
            overloaded: false,
            active_connections: 0,
            total_connections: 0,
            persistent_connections: 0,
            idle_since: None,
            statistics: Statistics::default(),
        }
    }

    pub const fn inactive_connections(&self) -> u32 {
        self.total_connections.saturating_sub(self.active_connections)
    }

    /// Whether a scheduler may choose it.
    pub const fn takes_connections(&self) -> bool {
        self.config.weight > 0 && !self.overloaded
    }

    /// An active connection counts 257 times as much as an inactive one (`ip_vs_dest_conn_overhead`).
    pub(super) fn overhead(&self) -> u64 {
        (u64::from(self.active_connections) << 8) + u64::from(self.total_connections)
    }

    /// `ip_vs_bind_dest`.
    pub(super) fn bind(&mut self, template: bool, inactive: bool) {
        if template {
            self.persistent_connections += 1;
            return;
        }
        self.active_connections += u32::from(!inactive);
        self.total_connections += 1;
        if self.total_connections == self.config.upper_threshold {
            self.update_overload(Trend::Up);
        }
    }

    /// `ip_vs_unbind_dest`.
    pub(super) fn unbind(&mut self, template: bool, inactive: bool) {
        if template {
            self.persistent_connections = self.persistent_connections.saturating_sub(1);
            return;
        }
        self.active_connections = self.active_connections.saturating_sub(u32::from(!inactive));
        let before = self.total_connections;
        self.total_connections = before.saturating_sub(1);
        if before == self.effective_lower_threshold() {
            self.update_overload(Trend::Down);
        }
    }

    /// `__ip_vs_update_dest`, as far as the real server itself is concerned.
    pub(super) fn configure(&mut self, config: DestinationConfig, added: bool) {
        if added || config.weight != 0 {
            self.last_weight = config.weight;
        }
        let thresholds = (self.config.upper_threshold, self.config.lower_threshold);
        self.config = config;
        self.available = true;
        self.idle_since = None;
        if thresholds != (config.upper_threshold, config.lower_threshold) {
            self.update_overload(Trend::Configured);
        }
    }

    const fn effective_lower_threshold(&self) -> u32 {
        let upper = self.config.upper_threshold;
        if self.config.lower_threshold == 0 { upper - (upper >> 2) } else { self.config.lower_threshold }
    }

    /// Sets the flag at the upper threshold and clears it only below the lower one
    /// (`__ip_vs_dest_update_overload`).
    pub(super) fn update_overload(&mut self, trend: Trend) {
        let (upper, lower) = (self.config.upper_threshold, self.effective_lower_threshold());
        let set_from = if trend == Trend::Up { lower } else { upper };
        let kept_from = if trend == Trend::Down { upper } else { lower };
        if upper > 0 && self.total_connections >= set_from {
            self.overloaded = true;
        } else if upper == 0 || self.total_connections < kept_from {
            self.overloaded = false;
        }
    }
}

pub(super) type Destinations = BTreeMap<DestinationId, Destination>;
