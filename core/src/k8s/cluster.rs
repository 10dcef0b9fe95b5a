use super::{EndpointSlice, Endpoints, Flannel, KubeProxyConfiguration, Node, Pod, Service, Workload};

/// The objects of a text, each kind in the order in which it was given.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Cluster {
    // What kube-proxy watches.
    pub nodes: Vec<Node>,
    pub services: Vec<Service>,
    pub endpoint_slices: Vec<EndpointSlice>,
    // What the controllers make endpoint slices from.
    pub pods: Vec<Pod>,
    pub workloads: Vec<Workload>,
    pub endpoints: Vec<Endpoints>,
    /// What kube-proxy itself reads at start.
    pub proxy_configuration: Option<KubeProxyConfiguration>,
    /// The network of the pods, where it is Flannel's.
    pub flannel: Option<Flannel>,
}
