use std::sync::Arc;

use ipnet::IpNet;

use crate::net::MacAddress;

/// A network device of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub name: Arc<str>,
    pub kind: DeviceKind,
    /// Its own hardware address, if it has one and somebody has said it.
    pub mac: Option<MacAddress>,
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

impl DeviceKind {
    /// Whether its packets are in frames of Ethernet (`ARPHRD_ETHER`), the loopback's being of a type of their own.
    pub const fn has_frames(self) -> bool {
        match self {
            Self::Ethernet | Self::Veth | Self::Bridge | Self::Dummy | Self::Vxlan => true,
            Self::Loopback | Self::Tunnel => false,
        }
    }
}
