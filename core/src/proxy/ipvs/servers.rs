use crate::fixed_hash::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::net::Protocol;
use crate::proxy::{Cause, Endpoint, ServicePort};

/// `IP_VS_SVC_F_PERSISTENT`: a client keeps its real server.
pub const FLAG_PERSISTENT: u32 = 0x1;
/// What kube-proxy sets for the scheduler `mh` (`FlagSourceHash`); the kernel reads the bit as
/// `IP_VS_SVC_F_SCHED_MH_PORT`, so that the source port is hashed too.
pub const FLAG_SOURCE_HASH: u32 = 0x10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualServer {
    pub address: IpAddr,
    pub port: u16,
    pub protocol: Protocol,
    pub scheduler: Arc<str>,
    pub flags: u32,
    /// Seconds for which a client keeps its real server; 0 if it does not.
    pub timeout: u32,
    pub real_servers: Vec<RealServer>,
    pub cause: Cause,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealServer {
    pub address: IpAddr,
    pub port: u16,
    pub weight: u32,
    pub cause: Cause,
}

/// Virtual servers in the order in which they are added.
pub(super) struct Servers {
    list: Vec<VirtualServer>,
    index: HashMap<(IpAddr, u16, Protocol), usize>,
    scheduler: Arc<str>,
}

impl Servers {
    pub fn new(scheduler: &str) -> Self {
        let scheduler = if scheduler.is_empty() { "rr" } else { scheduler };
        Self { list: Vec::new(), index: HashMap::default(), scheduler: scheduler.into() }
    }

    pub fn into_vec(self) -> Vec<VirtualServer> {
        self.list
    }

    /// `syncService` and `syncEndpoint`: of two services with the same destination the later one
    /// counts.
    pub fn program(
        &mut self,
        service: &ServicePort,
        destination: (IpAddr, u16),
        endpoints: impl Iterator<Item = impl std::borrow::Borrow<Endpoint>>,
        cause: Cause,
    ) {
        let (address, port) = destination;
        let protocol = service.name.protocol;
        let real_server = |endpoint: &Endpoint| RealServer {
            address: endpoint.address,
            port: endpoint.port,
            weight: 1,
            cause: service.cause(endpoint.field()),
        };
        let persistent = if service.affinity_seconds().is_some() { FLAG_PERSISTENT } else { 0 };
        let source_hash = if &*self.scheduler == "mh" { FLAG_SOURCE_HASH } else { 0 };
        let server = VirtualServer {
            address,
            port,
            protocol,
            scheduler: self.scheduler.clone(),
            flags: persistent | source_hash,
            timeout: service.affinity_seconds().unwrap_or(0),
            real_servers: endpoints.map(|endpoint| real_server(endpoint.borrow())).collect(),
            cause,
        };
        match self.index.get(&(address, port, protocol)) {
            Some(&index) => self.list[index] = server,
            None => {
                self.index.insert((address, port, protocol), self.list.len());
                self.list.push(server);
            }
        }
    }
}
