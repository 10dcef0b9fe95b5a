use std::net::IpAddr;
use std::sync::Arc;

use super::operation::Flow;
use super::ports::Ports;
use crate::fixed_hash::{HashMap, HashSet};
use crate::net::{Endpoint, Protocol};

/// The UDP connections that lead to an endpoint which no longer serves (`CleanStaleEntries` of pkg/proxy/conntrack).
///
/// Connections of a service port without any serving endpoint stay.
pub(super) fn stale_flows(ports: &Ports, flows: Vec<Flow>) -> Vec<Flow> {
    if flows.is_empty() {
        return flows;
    }
    let serving = Serving::of(ports);
    flows.into_iter().filter(|flow| serving.is_stale(flow)).collect()
}

type Endpoints = Arc<HashSet<Endpoint>>;

/// The serving endpoints behind everything that UDP packets may be sent to.
#[derive(Default)]
struct Serving {
    by_address: HashMap<(IpAddr, u16), Endpoints>,
    by_node_port: HashMap<u16, Endpoints>,
}

impl Serving {
    fn of(ports: &Ports) -> Self {
        let mut serving = Self::default();
        for (port, endpoints) in ports.iter().filter(|(port, _)| port.name.protocol == Protocol::Udp) {
            let endpoints: HashSet<Endpoint> = endpoints
                .iter()
                .filter(|endpoint| endpoint.serving)
                .map(|endpoint| Endpoint::new(endpoint.address, endpoint.port))
                .collect();
            if endpoints.is_empty() {
                continue;
            }
            let endpoints = Arc::new(endpoints);
            let addresses = port.load_balancer_vips.iter().chain(&port.external_ips).chain([&port.cluster_ip]);
            for address in addresses {
                serving.by_address.insert((*address, port.port), endpoints.clone());
            }
            if let Some(node_port) = port.node_port {
                serving.by_node_port.insert(node_port, endpoints);
            }
        }
        serving
    }

    /// Node ports are compared by number alone, whatever the address.
    fn is_stale(&self, flow: &Flow) -> bool {
        let to = flow.original.dst;
        let elsewhere = |endpoints: &Endpoints| !endpoints.contains(&flow.reply.src);
        self.by_address.get(&(to.address, to.port)).is_some_and(elsewhere)
            || self.by_node_port.get(&to.port).is_some_and(elsewhere)
    }
}
