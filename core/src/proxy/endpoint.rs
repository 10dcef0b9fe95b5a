use std::net::IpAddr;

use smol_str::SmolStr;

use super::text::address_and_port;
use crate::k8s::SliceEndpoint;

/// An address and port behind a service port (`BaseEndpointInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub address: IpAddr,
    pub port: u16,
    /// `10.244.1.5:8080`, `[fd00::5]:8080`: what kube-proxy sorts by and prints.
    text: SmolStr,
    /// Whether it runs on the node of this kube-proxy.
    pub is_local: bool,
    pub ready: bool,
    pub serving: bool,
    pub terminating: bool,
    /// None where the slice gives none, as in most clusters.
    hints: Option<Box<Hints>>,
    /// Index of the slice in the cluster.
    pub slice: u32,
    /// Index in that slice.
    pub index: u32,
}

/// For whom an endpoint is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hints {
    zones: Vec<String>,
    nodes: Vec<String>,
}

impl Hints {
    fn of(endpoint: &SliceEndpoint) -> Option<Self> {
        let (zones, nodes) = (&endpoint.for_zones, &endpoint.for_nodes);
        (!zones.is_empty() || !nodes.is_empty()).then(|| Self { zones: zones.clone(), nodes: nodes.clone() })
    }
}

impl Endpoint {
    /// `None` where the slice names no address (`addEndpoints` of endpointslicecache.go).
    pub(super) fn new(endpoint: &SliceEndpoint, port: u16, node_name: &str, origin: (u32, u32)) -> Option<Self> {
        let address = *endpoint.addresses.first()?;
        let on_node = |name: &std::sync::Arc<str>| !node_name.is_empty() && **name == *node_name;
        Some(Self {
            address,
            port,
            text: address_and_port(address, port),
            is_local: endpoint.node_name.as_ref().is_some_and(on_node),
            ready: endpoint.ready.unwrap_or(true),
            // kube-proxy takes an unset `serving` for true even where `ready` is false.
            serving: endpoint.serving.unwrap_or(true),
            terminating: endpoint.terminating.unwrap_or(false),
            hints: Hints::of(endpoint).map(Box::new),
            slice: origin.0,
            index: origin.1,
        })
    }

    pub fn zone_hints(&self) -> &[String] {
        self.hints.as_ref().map_or(&[], |hints| &hints.zones)
    }

    pub fn node_hints(&self) -> &[String] {
        self.hints.as_ref().map_or(&[], |hints| &hints.nodes)
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The address alone, as kube-proxy prints it.
    pub fn ip(&self) -> &str {
        let host = self.text.rsplit_once(':').map_or(&*self.text, |(host, _)| host);
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port alone, as kube-proxy prints it.
    pub fn port_text(&self) -> &str {
        self.text.rsplit_once(':').map_or("", |(_, port)| port)
    }

    /// Whether the endpoint finishes what it has but is the last resort for new connections.
    pub(super) const fn is_serving_terminating(&self) -> bool {
        self.serving && self.terminating
    }
}
