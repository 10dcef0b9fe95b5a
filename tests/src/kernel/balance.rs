use datapath_core::ipvs::{self, Ipvs, ServiceKey};
use datapath_core::net::Protocol;
use serde::{Deserialize, Serialize};

use super::observation::Entry;

/// What IPVS holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Each real server with weight, active and inactive connections; those of a service in the kernel's order.
    pub servers: Vec<String>,
    /// Sorted.
    pub connections: Vec<Entry>,
}

impl Balance {
    pub const fn is_empty(&self) -> bool {
        self.servers.is_empty() && self.connections.is_empty()
    }

    pub(super) fn of(ipvs: &Ipvs, now: u64) -> Self {
        let mut services: Vec<_> = ipvs.services().map(|service| (name(&service.key), service)).collect();
        services.sort_by(|one, other| one.0.cmp(&other.0));
        let servers = services.iter().flat_map(|(name, service)| {
            ipvs.destinations_of(service).map(move |server| {
                let ipvs::DestinationConfig { real, forwarding, weight, .. } = server.config;
                let (active, inactive) = (server.active_connections, server.inactive_connections());
                format!("{name} {} -> {real} {forwarding} {weight} {active} {inactive}", service.config.scheduler)
            })
        });
        let mut connections: Vec<_> = ipvs.connections().iter().map(|entry| connection(entry, now)).collect();
        connections.sort();
        Self { servers: servers.collect(), connections }
    }
}

/// As `/proc/net/ip_vs` begins the line of a service, with addresses as they are usually written. Marks of both
/// families look alike.
fn name(key: &ServiceKey) -> String {
    match key {
        ServiceKey::Address { protocol, address } => format!("{} {address}", protocol_name(*protocol)),
        ServiceKey::Mark { mark, .. } => format!("FWM {mark}"),
    }
}

fn connection(entry: &ipvs::Connection, now: u64) -> Entry {
    let state = match entry.kind {
        ipvs::Kind::Template { assured: true } => "ASSURED".to_owned(),
        ipvs::Kind::Template { assured: false } => "NONE".to_owned(),
        ipvs::Kind::Ordinary | ipvs::Kind::OnePacket => entry.state.to_string(),
    };
    let ipvs::Connection { client, virtual_end, real, .. } = entry;
    let text = format!("{} {client} {virtual_end} {real} {state}", protocol_name(entry.protocol));
    Entry { text, expires_in: entry.expires.saturating_sub(now) }
}

/// `ip_vs_proto_name`
const fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
        Protocol::Sctp => "SCTP",
        _ => "IP",
    }
}
