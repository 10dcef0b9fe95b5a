//! Virtual servers, ipsets and addresses of IPVS mode, in the JSON of the recordings.

use std::net::IpAddr;

use datapath_core::net::Family;
use datapath_core::proxy::ipvs::Sync;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    pub virtual_servers: Vec<VirtualServer>,
    pub ipsets: Vec<IpSet>,
    #[serde(rename = "kubeIPVS0")]
    pub kube_ipvs0: Vec<IpAddr>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualServer {
    pub address: IpAddr,
    pub port: u16,
    pub protocol: String,
    pub scheduler: String,
    pub flags: u32,
    pub timeout: u32,
    pub real_servers: Vec<RealServer>,
}

#[derive(Serialize, Deserialize)]
pub struct RealServer {
    pub address: IpAddr,
    pub port: u16,
    pub weight: u32,
}

#[derive(Serialize, Deserialize)]
pub struct IpSet {
    pub name: String,
    #[serde(rename = "type")]
    pub set_type: String,
    pub family: String,
    pub comment: String,
    pub entries: Vec<String>,
}

impl State {
    pub fn of(sync: &Sync) -> Self {
        let virtual_servers = sync.virtual_servers.iter().map(|server| VirtualServer {
            address: server.address,
            port: server.port,
            protocol: server.protocol.to_string().to_uppercase(),
            scheduler: server.scheduler.to_string(),
            flags: server.flags,
            timeout: server.timeout,
            real_servers: server
                .real_servers
                .iter()
                .map(|server| RealServer { address: server.address, port: server.port, weight: server.weight })
                .collect(),
        });
        let ipsets = sync.ipsets.iter().map(|set| IpSet {
            name: set.name.clone(),
            set_type: set.set_type.to_string(),
            family: match set.family {
                Family::V4 => "inet".to_owned(),
                Family::V6 => "inet6".to_owned(),
            },
            comment: set.comment.to_owned(),
            entries: set.entries.iter().map(ToString::to_string).collect(),
        });
        Self {
            virtual_servers: virtual_servers.collect(),
            ipsets: ipsets.collect(),
            kube_ipvs0: sync.addresses.clone(),
        }
    }
}

/// The state as lines that do not depend on any order.
pub fn canonical(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    for server in &state.virtual_servers {
        let VirtualServer { address, port, protocol, scheduler, flags, timeout, real_servers } = server;
        let server = format!("{protocol} {address} {port} {scheduler} flags {flags} timeout {timeout}");
        lines.extend(
            real_servers
                .iter()
                .map(|RealServer { address, port, weight }| format!("{server} -> {address} {port} weight {weight}")),
        );
        lines.push(server);
    }
    for set in &state.ipsets {
        let IpSet { name, set_type, family, comment, entries } = set;
        lines.push(format!("set {name} {set_type} {family} \"{comment}\""));
        lines.extend(entries.iter().map(|entry| format!("add {name} {entry}")));
    }
    lines.extend(state.kube_ipvs0.iter().map(|address| format!("kube-ipvs0 {address}")));
    lines.sort();
    lines
}
