use crate::fixed_hash::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::part::{Part, Server};
use crate::net::{Endpoint, Protocol};
use crate::proxy::operation::{VirtualServerKey, VirtualServerSettings};
use crate::proxy::{Cause, Config};

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

/// How virtual servers are to be scheduled.
pub(super) struct Scheduling {
    scheduler: Arc<str>,
}

impl Scheduling {
    pub fn of(config: &Config) -> Self {
        let scheduler = if config.ipvs_scheduler.is_empty() { "rr" } else { &config.ipvs_scheduler };
        Self { scheduler: scheduler.into() }
    }

    pub fn settings(&self, server: &Server) -> VirtualServerSettings {
        let persistent = if server.timeout.is_some() { FLAG_PERSISTENT } else { 0 };
        let source_hash = if &*self.scheduler == "mh" { FLAG_SOURCE_HASH } else { 0 };
        VirtualServerSettings {
            scheduler: self.scheduler.clone(),
            flags: persistent | source_hash,
            timeout: server.timeout.unwrap_or(0),
        }
    }

    /// In the order of the parts. Of two servers with the same destination the later one counts.
    pub fn virtual_servers(&self, parts: Vec<Part>) -> Vec<VirtualServer> {
        let mut list: Vec<VirtualServer> = Vec::new();
        let mut places: HashMap<VirtualServerKey, usize> = HashMap::default();
        for server in parts.into_iter().flat_map(|part| part.servers) {
            let key = server.key;
            let server = self.virtual_server(server);
            match places.get(&key) {
                Some(&place) => list[place] = server,
                None => {
                    places.insert(key, list.len());
                    list.push(server);
                }
            }
        }
        list
    }

    fn virtual_server(&self, server: Server) -> VirtualServer {
        let VirtualServerSettings { scheduler, flags, timeout } = self.settings(&server);
        let Server { key: VirtualServerKey { address, port, protocol }, real_servers, cause, .. } = server;
        let real_server =
            |(real, cause): (Endpoint, Cause)| RealServer { address: real.address, port: real.port, weight: 1, cause };
        let real_servers = real_servers.into_iter().map(real_server).collect();
        VirtualServer { address, port, protocol, scheduler, flags, timeout, real_servers, cause }
    }
}
