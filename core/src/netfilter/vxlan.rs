use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::net::Family;

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
    /// The neighbour table and the forwarding database in one: the address below of each end on the overlay.
    pub peers: BTreeMap<IpAddr, IpAddr>,
}

impl Vxlan {
    /// What the kernel takes if nobody asks for another (`net.ipv4.ip_local_port_range`).
    pub const SOURCE_PORTS: (u16, u16) = (32_768, 60_999);

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
