use std::net::IpAddr;

use super::Jump;
use super::operation::{Flow, VirtualServerKey, VirtualServerSettings};
use crate::net::{Endpoint, Family};

/// What a proxier reads from its node.
///
/// kube-proxy reads much of it in every sync. The model asks where the answer is not what the proxier wrote itself:
/// in full syncs, and for what other hands change (IPVS connections, conntrack). Without an implementation of its own,
/// a method answers for a node that nobody has touched.
pub trait NodeState {
    /// `iptables -C`
    fn has_jump(&self, _family: Family, _jump: &Jump) -> bool {
        false
    }

    /// The chains of table `nat`.
    fn nat_chains(&self, _family: Family) -> Vec<String> {
        Vec::new()
    }

    /// The chains and sets of kube-proxy's nft table.
    fn nft_objects(&self, _family: Family) -> NftObjects {
        NftObjects::default()
    }

    /// Keys and values of a set or map of kube-proxy's nft table, as a command writes them: `10.0.0.1 . tcp . 80`
    /// and `goto CHAIN`; the value is empty in a set.
    fn nft_elements(&self, _family: Family, _container: &str) -> Vec<(String, String)> {
        Vec::new()
    }

    /// The virtual servers of a family.
    fn virtual_servers(&self, _family: Family) -> Vec<VirtualServerKey> {
        Vec::new()
    }

    fn virtual_server(&self, _key: &VirtualServerKey) -> Option<AppliedServer> {
        None
    }

    /// The entries of an ipset, as `ipset list` prints them.
    fn set_entries(&self, _set: &str) -> Vec<String> {
        Vec::new()
    }

    /// The addresses of kube-ipvs0.
    fn bound_addresses(&self, _family: Family) -> Vec<IpAddr> {
        Vec::new()
    }

    /// The UDP entries of the conntrack table.
    fn udp_flows(&self, _family: Family) -> Vec<Flow> {
        Vec::new()
    }
}

/// A node that nobody has touched yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Untouched;

impl NodeState for Untouched {}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NftObjects {
    pub chains: Vec<String>,
    pub sets: Vec<String>,
}

/// A virtual server as the kernel has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedServer {
    pub settings: VirtualServerSettings,
    pub real_servers: Vec<AppliedRealServer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppliedRealServer {
    pub real: Endpoint,
    pub weight: u32,
    /// Active and inactive ones together.
    pub connections: u32,
}
