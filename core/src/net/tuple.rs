use std::fmt;
use std::net::IpAddr;

use super::{Family, Protocol};

/// An address with a port. Ports of protocols without any are 0; ICMP echo keeps its identifier here,
/// as conntrack does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    pub address: IpAddr,
    pub port: u16,
}

impl Endpoint {
    pub const fn new(address: IpAddr, port: u16) -> Self {
        Self { address, port }
    }
}

/// `10.0.0.1:80`, `[fd00::1]:80`: Go's `net.JoinHostPort`, which kube-proxy and the tools print.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            IpAddr::V4(address) => write!(f, "{address}:{}", self.port),
            IpAddr::V6(address) => write!(f, "[{address}]:{}", self.port),
        }
    }
}

/// What identifies one direction of a flow (`struct nf_conntrack_tuple`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tuple {
    pub protocol: Protocol,
    pub src: Endpoint,
    pub dst: Endpoint,
}

impl Tuple {
    /// The tuple of the answer (`nf_ct_invert_tuple`).
    #[must_use]
    pub const fn inverse(self) -> Self {
        Self { protocol: self.protocol, src: self.dst, dst: self.src }
    }

    pub const fn family(&self) -> Family {
        Family::of(self.src.address)
    }
}

impl fmt::Display for Tuple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} → {}", self.protocol, self.src, self.dst)
    }
}
