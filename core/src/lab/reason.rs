use std::fmt;

use super::{Assumptions, Lab};
use crate::k8s::{Cluster, LocalMode, NamespacedName};
use crate::message;
use crate::message::Message;
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
        meaning: Message,
    },
    /// A field of all objects of a kind: a rule that asks a set stands for each entry of it.
    Every {
        kind: &'static str,
        path: &'static str,
        /// What the field has to do with rules.
        meaning: Message,
    },
    /// A field of a Service or of one of its EndpointSlices.
    Field {
        service: NamespacedName,
        kind: &'static str,
        object: NamespacedName,
        /// As in `spec.ports[0].nodePort`.
        path: String,
        /// What the field has to do with rules.
        meaning: Message,
    },
}

const CONFIGURATION: &str = "KubeProxyConfiguration";

impl Reason {
    /// A setting by the path that counts in a mode: IPVS mode takes what it masquerades from the section of iptables.
    pub(super) fn of_setting(setting: Setting, mode: Mode, assumptions: &Assumptions) -> Self {
        let nftables = mode == Mode::Nftables;
        let (kind, path, meaning) = match setting {
            Setting::MasqueradeBit if nftables => {
                (CONFIGURATION, "nftables.masqueradeBit", message!("reason-masquerade-bit"))
            }
            Setting::MasqueradeBit => (CONFIGURATION, "iptables.masqueradeBit", message!("reason-masquerade-bit")),
            Setting::MasqueradeAll if nftables => {
                (CONFIGURATION, "nftables.masqueradeAll", message!("reason-masquerade-all"))
            }
            Setting::MasqueradeAll => (CONFIGURATION, "iptables.masqueradeAll", message!("reason-masquerade-all")),
            Setting::DetectLocal => {
                let path = match assumptions.configuration.as_ref().map(|given| &given.local_mode) {
                    None | Some(LocalMode::ClusterCidr) => "clusterCIDR",
                    Some(LocalMode::NodeCidr) => "detectLocalMode",
                    Some(LocalMode::BridgeInterface(_)) => "detectLocal.bridgeInterface",
                    Some(LocalMode::InterfaceNamePrefix(_)) => "detectLocal.interfaceNamePrefix",
                };
                (CONFIGURATION, path, message!("reason-detect-local"))
            }
            Setting::NodePortAddresses => (CONFIGURATION, "nodePortAddresses", message!("reason-node-port-addresses")),
            Setting::LocalhostNodePorts => (CONFIGURATION, "iptables.localhostNodePorts", message!("reason-localhost")),
            Setting::TcpBeLiberal => (CONFIGURATION, "conntrack.tcpBeLiberal", message!("reason-tcp-liberal")),
            Setting::ServiceCidrs => ("ServiceCIDR", "spec.cidrs", message!("reason-service-cidrs")),
            Setting::Scheduler => (CONFIGURATION, "ipvs.scheduler", message!("reason-scheduler")),
        };
        Self::Setting { kind, path, meaning }
    }

    /// A field of every Service that has it. None where a rule does not depend on who has it.
    pub(super) fn of_every(field: Field) -> Option<Self> {
        let (kind, path, meaning) = match field {
            Field::ClusterIp => ("Service", "spec.clusterIP", message!("reason-cluster-ip")),
            Field::ExternalIp => ("Service", "spec.externalIPs", message!("reason-external-ip")),
            Field::LoadBalancerIngress => ("Service", "status.loadBalancer.ingress", message!("reason-ingress")),
            Field::LoadBalancerSourceRanges => {
                ("Service", "spec.loadBalancerSourceRanges", message!("reason-source-ranges"))
            }
            Field::NodePort => ("Service", "spec.ports[*].nodePort", message!("reason-node-port")),
            Field::HealthCheckNodePort => ("Service", "spec.healthCheckNodePort", message!("reason-health-check")),
            Field::ExternalTrafficPolicy => {
                ("Service", "spec.externalTrafficPolicy", message!("reason-external-policy"))
            }
            Field::InternalTrafficPolicy => {
                ("Service", "spec.internalTrafficPolicy", message!("reason-internal-policy"))
            }
            Field::SessionAffinity => ("Service", "spec.sessionAffinity", message!("reason-affinity")),
            Field::TargetPort => ("EndpointSlice", "endpoints", message!("reason-endpoint")),
            Field::NoEndpoints | Field::NoLocalEndpoints | Field::Port => return None,
        };
        Some(Self::Every { kind, path, meaning })
    }

    /// An endpoint of a slice.
    pub(super) fn of_endpoint(service: u32, slice: u32, endpoint: u32, cluster: &Cluster) -> Option<Self> {
        let path = format!("endpoints[{endpoint}]");
        Self::in_slice(service, slice, path, message!("reason-endpoint"), cluster)
    }

    /// Whether a field of the Service stands for something of its slices too.
    pub(super) const fn is_of_slices(field: Field) -> bool {
        matches!(field, Field::TargetPort | Field::NoEndpoints | Field::NoLocalEndpoints)
    }

    /// What of a slice a field of the Service stands for, if it stands for something of its slices.
    pub(super) fn of_slice(service: u32, slice: u32, field: Field, cluster: &Cluster) -> Option<Self> {
        let (path, meaning) = match field {
            Field::TargetPort => ("ports", message!("reason-slice-ports")),
            Field::NoEndpoints => ("endpoints", message!("reason-slice-no-endpoints")),
            Field::NoLocalEndpoints => ("endpoints", message!("reason-slice-no-local")),
            _ => return None,
        };
        Self::in_slice(service, slice, path.to_owned(), meaning, cluster)
    }

    fn in_slice(service: u32, slice: u32, path: String, meaning: Message, cluster: &Cluster) -> Option<Self> {
        let service = cluster.services.get(service as usize)?.name.clone();
        let object = cluster.endpoint_slices.get(slice as usize)?.name.clone();
        Some(Self::Field { service, kind: "EndpointSlice", object, path, meaning })
    }

    /// A field of a Service. None where the Service does not have it.
    pub(super) fn of_field(service: u32, port: u32, field: Field, cluster: &Cluster) -> Option<Self> {
        let service = cluster.services.get(service as usize)?;
        let has_selector = !service.selector.is_empty();
        let (path, meaning) = match field {
            Field::Port => (format!("spec.ports[{port}]"), message!("reason-port")),
            Field::TargetPort if has_selector => {
                (format!("spec.ports[{port}].targetPort"), message!("reason-target-port"))
            }
            Field::NoEndpoints if has_selector => ("spec.selector".to_owned(), message!("reason-no-endpoints")),
            Field::TargetPort | Field::NoEndpoints | Field::NoLocalEndpoints => return None,
            Field::ClusterIp => ("spec.clusterIP".to_owned(), message!("reason-cluster-ip")),
            Field::ExternalIp => ("spec.externalIPs".to_owned(), message!("reason-external-ip")),
            Field::LoadBalancerIngress => ("status.loadBalancer.ingress".to_owned(), message!("reason-ingress")),
            Field::LoadBalancerSourceRanges => {
                ("spec.loadBalancerSourceRanges".to_owned(), message!("reason-source-ranges"))
            }
            Field::NodePort => (format!("spec.ports[{port}].nodePort"), message!("reason-node-port")),
            Field::HealthCheckNodePort => ("spec.healthCheckNodePort".to_owned(), message!("reason-health-check")),
            Field::ExternalTrafficPolicy => {
                ("spec.externalTrafficPolicy".to_owned(), message!("reason-external-policy"))
            }
            Field::InternalTrafficPolicy => {
                ("spec.internalTrafficPolicy".to_owned(), message!("reason-internal-policy"))
            }
            Field::SessionAffinity => ("spec.sessionAffinity".to_owned(), message!("reason-affinity")),
        };
        let name = service.name.clone();
        Some(Self::Field { service: name.clone(), kind: "Service", object: name, path, meaning })
    }

    /// The Service that it comes from, if it comes from one.
    pub const fn service(&self) -> Option<&NamespacedName> {
        match self {
            Self::Always | Self::Setting { .. } | Self::Every { .. } => None,
            Self::Field { service, .. } => Some(service),
        }
    }

    /// Whether it is somewhere in the lab's text.
    pub fn is_written(&self, lab: &Lab) -> bool {
        match self {
            Self::Always | Self::Every { .. } => false,
            Self::Setting { path, .. } => lab.assumptions.configured().iter().any(|given| given == path),
            Self::Field { .. } => true,
        }
    }

    /// Where in `text` the field is, or what of its path is there.
    pub fn position(&self, text: &str) -> Option<Position> {
        match self {
            Self::Always | Self::Every { .. } => None,
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
            Self::Every { kind, path, .. } => write!(f, "every {kind}: {path}"),
            Self::Field { kind, object, path, .. } => write!(f, "{kind} {object}: {path}"),
        }
    }
}
