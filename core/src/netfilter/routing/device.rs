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
    /// A switch with other devices for its ports, and the node's own place on it.
    Bridge,
    /// Holds addresses and leads nowhere, as `kube-ipvs0` does.
    Dummy,
    /// Carries frames inside of UDP, to other ends that it is told of.
    Vxlan,
    /// Carries bare IP packets: tun, ipip, WireGuard. Nothing on it has a hardware address.
    Tunnel,
}
