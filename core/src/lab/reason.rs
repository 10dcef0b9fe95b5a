use std::fmt;

use super::{Assumptions, Lab};
use crate::k8s::{Cluster, LocalMode, NamespacedName};
use crate::proxy::{Field, Mode, Setting};
use crate::source::Position;

/// Why a rule is there, in the terms of the user's objects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// kube-proxy writes it in every cluster.
    Always,
    /// A setting of kube-proxy, or of the cluster.
    Setting {
        kind: &'static str,
        /// As in `iptables.masqueradeBit`.
        path: &'static str,
        /// What the setting has to do with rules.
        meaning: &'static str,
    },
    /// A field of a Service or of one of its EndpointSlices.
    Field {
        service: NamespacedName,
        kind: &'static str,
        object: NamespacedName,
        /// As in `spec.ports[0].nodePort`.
        path: String,
        /// What the field has to do with rules.
        meaning: &'static str,
    },
}

const CONFIGURATION: &str = "KubeProxyConfiguration";

impl Reason {
    /// A setting by the path that counts in a mode: IPVS mode takes what it masquerades from the section of iptables.
    pub(super) fn of_setting(setting: Setting, mode: Mode, assumptions: &Assumptions) -> Self {
        let nftables = mode == Mode::Nftables;
        let (kind, path, meaning) = match setting {
            Setting::MasqueradeBit if nftables => {
                (CONFIGURATION, "nftables.masqueradeBit", "the mark that asks for SNAT")
            }
            Setting::MasqueradeBit => (CONFIGURATION, "iptables.masqueradeBit", "the mark that asks for SNAT"),
            Setting::MasqueradeAll if nftables => {
                (CONFIGURATION, "nftables.masqueradeAll", "all traffic to cluster IPs gets SNAT")
            }
            Setting::MasqueradeAll => (CONFIGURATION, "iptables.masqueradeAll", "all traffic to cluster IPs gets SNAT"),
            Setting::DetectLocal => {
                let path = match assumptions.configuration.as_ref().map(|given| &given.local_mode) {
                    None | Some(LocalMode::ClusterCidr) => "clusterCIDR",
                    Some(LocalMode::NodeCidr) => "detectLocalMode",
                    Some(LocalMode::BridgeInterface(_)) => "detectLocal.bridgeInterface",
                    Some(LocalMode::InterfaceNamePrefix(_)) => "detectLocal.interfaceNamePrefix",
                };
                (CONFIGURATION, path, "how pods are told from what is outside")
            }
            Setting::NodePortAddresses => {
                (CONFIGURATION, "nodePortAddresses", "the addresses of the node at which node ports are open")
            }
            Setting::LocalhostNodePorts => {
                (CONFIGURATION, "iptables.localhostNodePorts", "whether node ports are open at 127.0.0.1")
            }
            Setting::TcpBeLiberal => {
                (CONFIGURATION, "conntrack.tcpBeLiberal", "whether TCP outside of its window counts as invalid")
            }
            Setting::ServiceCidrs => ("ServiceCIDR", "spec.cidrs", "the range that cluster IPs come from"),
            Setting::Scheduler => (CONFIGURATION, "ipvs.scheduler", "how a virtual server picks a real server"),
        };
        Self::Setting { kind, path, meaning }
    }

    /// An endpoint of a slice.
    pub(super) fn of_endpoint(service: u32, slice: u32, endpoint: u32, cluster: &Cluster) -> Option<Self> {
        let path = format!("endpoints[{endpoint}]");
        Self::in_slice(service, slice, path, "one server behind the Service", cluster)
    }

    /// Whether a field of the Service stands for something of its slices too.
    pub(super) const fn is_of_slices(field: Field) -> bool {
        matches!(field, Field::TargetPort | Field::NoEndpoints | Field::NoLocalEndpoints)
    }

    /// What of a slice a field of the Service stands for, if it stands for something of its slices.
    pub(super) fn of_slice(service: u32, slice: u32, field: Field, cluster: &Cluster) -> Option<Self> {
        let (path, meaning) = match field {
            Field::TargetPort => ("ports", "the ports on which the servers listen"),
            Field::NoEndpoints => ("endpoints", "none of them takes traffic"),
            Field::NoLocalEndpoints => ("endpoints", "none of them is on this node"),
            _ => return None,
        };
        Self::in_slice(service, slice, path.to_owned(), meaning, cluster)
    }

    fn in_slice(service: u32, slice: u32, path: String, meaning: &'static str, cluster: &Cluster) -> Option<Self> {
        let service = cluster.services.get(service as usize)?.name.clone();
        let object = cluster.endpoint_slices.get(slice as usize)?.name.clone();
        Some(Self::Field { service, kind: "EndpointSlice", object, path, meaning })
    }

    /// A field of a Service. None where the Service does not have it.
    pub(super) fn of_field(service: u32, port: u32, field: Field, cluster: &Cluster) -> Option<Self> {
        let service = cluster.services.get(service as usize)?;
        let has_selector = !service.selector.is_empty();
        let (path, meaning) = match field {
            Field::Port => (format!("spec.ports[{port}]"), "the port itself: the chain that spreads its traffic"),
            Field::TargetPort if has_selector => {
                (format!("spec.ports[{port}].targetPort"), "the port on which the servers listen")
            }
            Field::NoEndpoints if has_selector => ("spec.selector".to_owned(), "no Pod that it selects takes traffic"),
            Field::TargetPort | Field::NoEndpoints | Field::NoLocalEndpoints => return None,
            Field::ClusterIp => ("spec.clusterIP".to_owned(), "the address inside the cluster"),
            Field::ExternalIp => ("spec.externalIPs".to_owned(), "addresses that routers bring to the nodes"),
            Field::LoadBalancerIngress => {
                ("status.loadBalancer.ingress".to_owned(), "the load balancer's addresses, caught on the node itself")
            }
            Field::LoadBalancerSourceRanges => {
                ("spec.loadBalancerSourceRanges".to_owned(), "who may come by the load balancer")
            }
            Field::NodePort => (format!("spec.ports[{port}].nodePort"), "the port that is open on nodes"),
            Field::HealthCheckNodePort => {
                ("spec.healthCheckNodePort".to_owned(), "where load balancers ask whether this node has endpoints")
            }
            Field::ExternalTrafficPolicy => {
                ("spec.externalTrafficPolicy".to_owned(), "whether traffic from outside stays on its node")
            }
            Field::InternalTrafficPolicy => {
                ("spec.internalTrafficPolicy".to_owned(), "whether traffic from inside stays on its node")
            }
            Field::SessionAffinity => ("spec.sessionAffinity".to_owned(), "whether a client keeps its server"),
        };
        let name = service.name.clone();
        Some(Self::Field { service: name.clone(), kind: "Service", object: name, path, meaning })
    }

    /// The Service that it comes from, if it comes from one.
    pub const fn service(&self) -> Option<&NamespacedName> {
        match self {
            Self::Always | Self::Setting { .. } => None,
            Self::Field { service, .. } => Some(service),
        }
    }

    /// Whether it is somewhere in the lab's text.
    pub fn is_written(&self, lab: &Lab) -> bool {
        match self {
            Self::Always => false,
            Self::Setting { path, .. } => lab.assumptions.configured().iter().any(|given| given == path),
            Self::Field { .. } => true,
        }
    }

    /// Where in `text` the field is, or what of its path is there.
    pub fn position(&self, text: &str) -> Option<Position> {
        match self {
            Self::Always => None,
            Self::Setting { kind: CONFIGURATION, path, .. } => crate::k8s::locate_setting(text, path),
            Self::Setting { .. } => None,
            Self::Field { kind, object, path, .. } => crate::k8s::locate(text, kind, object, path),
        }
    }
}

/// `Service shop/web: spec.ports[0].nodePort`
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("kube-proxy writes this in every cluster"),
            Self::Setting { kind, path, .. } => write!(f, "{kind}: {path}"),
            Self::Field { kind, object, path, .. } => write!(f, "{kind} {object}: {path}"),
        }
    }
}
