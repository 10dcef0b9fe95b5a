use super::{EndpointSlice, Node, Service};

/// The objects that kube-proxy watches, in the order in which they were given.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Cluster {
    pub nodes: Vec<Node>,
    pub services: Vec<Service>,
    pub endpoint_slices: Vec<EndpointSlice>,
}
