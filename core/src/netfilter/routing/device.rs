use std::sync::Arc;

use ipnet::IpNet;

/// A network device of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub name: Arc<str>,
    pub kind: DeviceKind,
    /// Addresses with the prefix length that `ip addr` shows.
    pub addresses: Vec<IpNet>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    Loopback,
    /// Leads to the other nodes and the world.
    Ethernet,
    /// The node's end of a pod's cable.
    Veth,
    /// Holds addresses and leads nowhere, as `kube-ipvs0` does.
    Dummy,
    /// Carries bare IP packets: tun, ipip, WireGuard. Nothing on it has a hardware address.
    Tunnel,
}
