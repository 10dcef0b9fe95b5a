use std::fmt;

use crate::k8s::{Cluster, NamespacedName};
use crate::proxy::{Cause, Field};

/// Why a rule is there, in the terms of the user's objects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// kube-proxy writes it in every cluster, as its settings say.
    Settings,
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

impl Reason {
    /// None where the cluster does not have what the cause points at.
    pub(super) fn of(cause: Cause, cluster: &Cluster) -> Option<Self> {
        let Cause::ServicePort { service, port, field } = cause else {
            return Some(Self::Settings);
        };
        let service = cluster.services.get(service as usize)?;
        let (path, meaning) = match field {
            Field::Endpoint { slice, endpoint } => {
                let slice = cluster.endpoint_slices.get(slice as usize)?;
                return Some(Self::Field {
                    service: service.name.clone(),
                    kind: "EndpointSlice",
                    object: slice.name.clone(),
                    path: format!("endpoints[{endpoint}]"),
                    meaning: "one server behind the Service",
                });
            }
            Field::Port => (format!("spec.ports[{port}]"), "the port itself: the chain that spreads its traffic"),
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
        Some(Self::Field {
            service: service.name.clone(),
            kind: "Service",
            object: service.name.clone(),
            path,
            meaning,
        })
    }

    /// The Service that it comes from, if it comes from one.
    pub const fn service(&self) -> Option<&NamespacedName> {
        match self {
            Self::Settings => None,
            Self::Field { service, .. } => Some(service),
        }
    }

    /// Where in `text` the field is, or what of its path is there.
    pub fn position(&self, text: &str) -> Option<crate::source::Position> {
        match self {
            Self::Settings => None,
            Self::Field { kind, object, path, .. } => crate::k8s::locate(text, kind, object, path),
        }
    }
}

/// `Service shop/web: spec.ports[0].nodePort`
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings => f.write_str("kube-proxy writes this in every cluster"),
            Self::Field { kind, object, path, .. } => write!(f, "{kind} {object}: {path}"),
        }
    }
}
