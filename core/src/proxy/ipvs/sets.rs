use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::net::{Family, Protocol};
use crate::proxy::Cause;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpSet {
    pub name: String,
    pub set_type: SetType,
    pub family: Family,
    pub comment: &'static str,
    pub entries: Vec<Entry>,
    /// The cause of each entry.
    pub causes: Vec<Cause>,
}

/// As `ipset create` spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetType {
    HashIp,
    HashIpPort,
    HashIpPortIp,
    HashIpPortNet,
    /// Over all ports, 0 to 65535.
    BitmapPort,
}

impl fmt::Display for SetType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HashIp => "hash:ip",
            Self::HashIpPort => "hash:ip,port",
            Self::HashIpPortIp => "hash:ip,port,ip",
            Self::HashIpPortNet => "hash:ip,port,net",
            Self::BitmapPort => "bitmap:port",
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    Ip(IpAddr),
    IpPort { address: IpAddr, protocol: Protocol, port: u16 },
    IpPortIp { address: IpAddr, protocol: Protocol, port: u16, source: IpAddr },
    IpPortNet { address: IpAddr, protocol: Protocol, port: u16, source: IpNet },
    Port(u16),
}

/// As `ipset add` takes it: `10.96.0.1,tcp:80,10.0.0.0/8`.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::IpPort { address, protocol, port } => write!(f, "{address},{protocol}:{port}"),
            Self::IpPortIp { address, protocol, port, source } => write!(f, "{address},{protocol}:{port},{source}"),
            Self::IpPortNet { address, protocol, port, source } => write!(f, "{address},{protocol}:{port},{source}"),
            Self::Port(port) => port.fmt(f),
        }
    }
}

impl Entry {
    /// The address alone, of an entry that is one.
    pub(super) const fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Ip(address) => Some(*address),
            _ => None,
        }
    }

    /// A network of one address, whose prefix length `ipset list` leaves out. kube-proxy compares texts, finds one
    /// that it does not want and misses another, and so deletes and adds the entry in every sync.
    pub(super) fn lists_differently(&self) -> bool {
        matches!(self, Self::IpPortNet { source, .. } if source.prefix_len() == source.max_prefix_len())
    }

    /// As `ipset list` prints it.
    pub(super) fn listed(&self) -> String {
        match self {
            Self::IpPortNet { address, protocol, port, source } if self.lists_differently() => {
                Self::IpPortIp { address: *address, protocol: *protocol, port: *port, source: source.addr() }
                    .to_string()
            }
            entry => entry.to_string(),
        }
    }
}

/// The sets by what they hold, in the order of `ipsetInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Set {
    LoopBack,
    ClusterIp,
    ExternalIp,
    ExternalIpLocal,
    LoadBalancer,
    LoadBalancerFirewall,
    LoadBalancerLocal,
    LoadBalancerSourceIp,
    LoadBalancerSourceCidr,
    NodePortTcp,
    NodePortLocalTcp,
    NodePortUdp,
    NodePortLocalUdp,
    NodePortSctp,
    NodePortLocalSctp,
    HealthCheckNodePort,
    IpvsIps,
}

const SETS: [(Set, &str, SetType, &str); 17] = [
    (
        Set::LoopBack,
        "LOOP-BACK",
        SetType::HashIpPortIp,
        "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose",
    ),
    (Set::ClusterIp, "CLUSTER-IP", SetType::HashIpPort, "Kubernetes service cluster ip + port for masquerade purpose"),
    (
        Set::ExternalIp,
        "EXTERNAL-IP",
        SetType::HashIpPort,
        "Kubernetes service external ip + port for masquerade and filter purpose",
    ),
    (
        Set::ExternalIpLocal,
        "EXTERNAL-IP-LOCAL",
        SetType::HashIpPort,
        "Kubernetes service external ip + port with externalTrafficPolicy=local",
    ),
    (Set::LoadBalancer, "LOAD-BALANCER", SetType::HashIpPort, "Kubernetes service lb portal"),
    (
        Set::LoadBalancerFirewall,
        "LOAD-BALANCER-FW",
        SetType::HashIpPort,
        "Kubernetes service load balancer ip + port for load balancer with sourceRange",
    ),
    (
        Set::LoadBalancerLocal,
        "LOAD-BALANCER-LOCAL",
        SetType::HashIpPort,
        "Kubernetes service load balancer ip + port with externalTrafficPolicy=local",
    ),
    (
        Set::LoadBalancerSourceIp,
        "LOAD-BALANCER-SOURCE-IP",
        SetType::HashIpPortIp,
        "Kubernetes service load balancer ip + port + source IP for packet filter purpose",
    ),
    (
        Set::LoadBalancerSourceCidr,
        "LOAD-BALANCER-SOURCE-CIDR",
        SetType::HashIpPortNet,
        "Kubernetes service load balancer ip + port + source cidr for packet filter purpose",
    ),
    (Set::NodePortTcp, "NODE-PORT-TCP", SetType::BitmapPort, "Kubernetes nodeport TCP port for masquerade purpose"),
    (
        Set::NodePortLocalTcp,
        "NODE-PORT-LOCAL-TCP",
        SetType::BitmapPort,
        "Kubernetes nodeport TCP port with externalTrafficPolicy=local",
    ),
    (Set::NodePortUdp, "NODE-PORT-UDP", SetType::BitmapPort, "Kubernetes nodeport UDP port for masquerade purpose"),
    (
        Set::NodePortLocalUdp,
        "NODE-PORT-LOCAL-UDP",
        SetType::BitmapPort,
        "Kubernetes nodeport UDP port with externalTrafficPolicy=local",
    ),
    (
        Set::NodePortSctp,
        "NODE-PORT-SCTP-HASH",
        SetType::HashIpPort,
        "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
    ),
    (
        Set::NodePortLocalSctp,
        "NODE-PORT-LOCAL-SCTP-HASH",
        SetType::HashIpPort,
        "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
    ),
    (Set::HealthCheckNodePort, "HEALTH-CHECK-NODE-PORT", SetType::BitmapPort, "Kubernetes health check node port"),
    (Set::IpvsIps, "IPVS-IPS", SetType::HashIp, "Addresses on the ipvs interface"),
];

/// The kernel takes no longer name.
const NAME_LENGTH: usize = 31;

/// What the entries of each set that has any have in common, by [`Set`].
pub(super) type Filled = [Option<Cause>; SETS.len()];

impl Set {
    pub const ALL: [Self; SETS.len()] = {
        let mut all = [Self::LoopBack; SETS.len()];
        let mut index = 0;
        while index < SETS.len() {
            all[index] = SETS[index].0;
            index += 1;
        }
        all
    };

    pub fn name(self, family: Family) -> String {
        let prefix = match family {
            Family::V4 => "KUBE-",
            Family::V6 => "KUBE-6-",
        };
        let mut name = [prefix, SETS[self as usize].1].concat();
        name.truncate(NAME_LENGTH);
        name
    }

    pub const fn kind(self) -> SetType {
        SETS[self as usize].2
    }

    pub const fn comment(self) -> &'static str {
        SETS[self as usize].3
    }
}

#[cfg(test)]
mod tests {
    use super::SETS;

    #[test]
    fn the_table_is_in_the_order_of_the_sets() {
        assert!(SETS.iter().enumerate().all(|(index, (set, ..))| *set as usize == index));
    }
}
