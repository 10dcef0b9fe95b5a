use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Listener;
use crate::net::{Endpoint, Family, MacAddress, Protocol};

/// A VXLAN device: an overlay whose other ends somebody has told it of, as Flannel does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vxlan {
    /// The number of the network (VNI).
    pub id: u32,
    /// The UDP port that all ends listen at.
    pub port: u16,
    /// This end's address in the network below.
    pub local: IpAddr,
    /// From the first to before the last; which one is a hash of the flow inside (`udp_flow_src_port`).
    pub source_ports: (u16, u16),
    /// The neighbour table and the forwarding database in one, by the addresses of the other ends on the overlay.
    pub peers: BTreeMap<IpAddr, Peer>,
}

/// The other end of an overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address in the network below.
    pub below: IpAddr,
    /// The hardware address of its device on the overlay.
    pub mac: Option<MacAddress>,
}

impl Vxlan {
    /// What the kernel takes if nobody asks for another (`net.ipv4.ip_local_port_range`).
    pub const SOURCE_PORTS: (u16, u16) = (32_768, 60_999);

    /// The device's own socket, which takes all addresses of a family (`vxlan_create_sock`).
    pub const fn listener(&self) -> Listener {
        let address = Family::of(self.local).unspecified();
        Listener { protocol: Protocol::Udp, address, port: self.port, transparent: false, mark: 0 }
    }

    /// Whether packets to this end come to the device.
    pub fn takes(&self, protocol: Protocol, local: Endpoint) -> bool {
        protocol == Protocol::Udp && self.port == local.port && self.local.is_ipv4() == local.address.is_ipv4()
    }

    /// Bytes of the headers around a packet: the frame's own, VXLAN's, UDP's and those of IP.
    pub const fn overhead(below: Family) -> u16 {
        const FRAME: u16 = 14;
        const VXLAN: u16 = 8;
        const UDP: u16 = 8;
        let ip = match below {
            Family::V4 => 20,
            Family::V6 => 40,
        };
        FRAME + VXLAN + UDP + ip
    }
}
