use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::{Cause, Field};
use crate::k8s::{IpMode, NamespacedName, Service, ServiceType, SessionAffinity, TrafficPolicy};
use crate::net::{Family, Protocol};

/// What identifies a load-balanced service port: `namespace/name:port` and the protocol.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServicePortName {
    pub service: NamespacedName,
    /// Empty for the unnamed port.
    pub port: Arc<str>,
    pub protocol: Protocol,
}

impl ServicePortName {
    fn pieces(&self) -> [&str; 5] {
        let colon = if self.port.is_empty() { "" } else { ":" };
        [&self.service.namespace, "/", &self.service.name, colon, &self.port]
    }

    /// As printed, but without the way through `fmt`.
    pub(super) fn text(&self) -> String {
        self.pieces().concat()
    }
}

/// `shop/web:http`, or `shop/web` for an unnamed port.
impl fmt::Display for ServicePortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().into_iter().try_for_each(|piece| f.write_str(piece))
    }
}

/// One port of a Service, as the proxier of one family sees it (`BaseServicePortInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    pub name: ServicePortName,
    pub cluster_ip: IpAddr,
    pub port: u16,
    pub node_port: Option<u16>,
    pub external_ips: Vec<IpAddr>,
    /// Ingress addresses of load balancers that leave the destination as it is.
    pub load_balancer_vips: Vec<IpAddr>,
    /// Empty also where one range holds every address.
    pub load_balancer_source_ranges: Vec<IpNet>,
    /// Whether one did. kube-proxy takes it for a change when such a range comes or goes, though it writes the same: an
    /// empty slice and none are two things to `reflect.DeepEqual`.
    pub any_source_may_come: bool,
    pub health_check_node_port: Option<u16>,
    pub session_affinity: SessionAffinity,
    pub external_policy_local: bool,
    pub internal_policy_local: bool,
    /// Index of the Service in the cluster.
    pub service_index: u32,
    /// Index of the port in the Service.
    pub port_index: u32,
}

impl ServicePort {
    /// The ports of one Service, or none if kube-proxy passes it over (`serviceToServiceMap`).
    pub(super) fn all_of(service: &Service, service_index: u32, family: Family) -> Vec<Self> {
        let Some(cluster_ip) = cluster_ip(service, family) else {
            return Vec::new();
        };
        let of_family = |address: &IpAddr| Family::of(*address) == family;
        let vips: Vec<_> = service
            .load_balancer_ingress
            .iter()
            .filter(|ingress| ingress.ip_mode == IpMode::Vip)
            .filter_map(|ingress| ingress.address)
            .filter(of_family)
            .collect();
        let external_policy_local =
            is_externally_accessible(service) && service.external_traffic_policy == TrafficPolicy::Local;
        let needs_health_check = service.service_type == ServiceType::LoadBalancer && external_policy_local;

        let source_ranges = source_ranges(service, family);
        let mut ports: Vec<Self> = Vec::with_capacity(service.ports.len());
        for (index, port) in service.ports.iter().enumerate() {
            let name =
                ServicePortName { service: service.name.clone(), port: port.name.clone(), protocol: port.protocol };
            let service_port = Self {
                name,
                cluster_ip,
                port: port.port,
                node_port: port.node_port,
                external_ips: service.external_ips.iter().copied().filter(of_family).collect(),
                load_balancer_vips: vips.clone(),
                load_balancer_source_ranges: source_ranges.clone().unwrap_or_default(),
                any_source_may_come: source_ranges.is_none(),
                health_check_node_port: service.health_check_node_port.filter(|_| needs_health_check),
                session_affinity: service.session_affinity,
                external_policy_local,
                internal_policy_local: service.internal_traffic_policy == TrafficPolicy::Local,
                service_index,
                port_index: u32::try_from(index).unwrap_or(u32::MAX),
            };
            // A map upstream: of two ports with the same name and protocol the last one counts.
            match ports.iter_mut().find(|other| other.name == service_port.name) {
                Some(other) => *other = service_port,
                None => ports.push(service_port),
            }
        }
        ports
    }

    /// Whether anything but the cluster IP leads to it.
    pub fn externally_accessible(&self) -> bool {
        self.node_port.is_some() || !self.load_balancer_vips.is_empty() || !self.external_ips.is_empty()
    }

    /// Whether it ever sends traffic to endpoints anywhere. External `Local` traffic needs them
    /// too, for packets from pods of this node, which take the short cut.
    pub fn uses_cluster_endpoints(&self) -> bool {
        !self.internal_policy_local || self.externally_accessible()
    }

    /// Whether it ever keeps traffic on this node.
    pub fn uses_local_endpoints(&self) -> bool {
        self.internal_policy_local || (self.external_policy_local && self.externally_accessible())
    }

    /// Seconds for which a client keeps its endpoint, if it does.
    pub const fn affinity_seconds(&self) -> Option<u32> {
        match self.session_affinity {
            SessionAffinity::None => None,
            SessionAffinity::ClientIp { timeout_seconds } => Some(timeout_seconds),
        }
    }

    /// Whether a load balancer's source ranges let this node itself in.
    pub(super) fn source_ranges_hold(&self, node_ip: IpAddr) -> bool {
        self.load_balancer_source_ranges.iter().any(|range| range.contains(&node_ip))
    }

    pub(super) const fn cause(&self, field: Field) -> Cause {
        Cause::of(self.service_index, self.port_index).and(field)
    }

    /// Of what lets traffic in at an address or port of the Service.
    pub(super) const fn entrance(&self, field: Field) -> Cause {
        let cause = self.cause(field);
        let by_policy = matches!(field, Field::ClusterIp) && self.internal_policy_local;
        // A node port stands for the port, which its rules do not name.
        cause.and_if(!matches!(field, Field::NodePort), Field::Port).and_if(by_policy, Field::InternalTrafficPolicy)
    }

    /// Of what turns traffic away there. Where there are endpoints, but elsewhere, the traffic policy keeps it from
    /// them.
    pub(super) const fn without_endpoints(&self, field: Field, elsewhere: bool) -> Cause {
        let cause = self.cause(field).and_if(!matches!(field, Field::NodePort), Field::Port);
        if !elsewhere {
            return cause.and(Field::NoEndpoints);
        }
        let internal = matches!(field, Field::ClusterIp);
        let policy = if internal { Field::InternalTrafficPolicy } else { Field::ExternalTrafficPolicy };
        cause.and(Field::NoLocalEndpoints).and(policy)
    }

    /// Of the chain for traffic from outside.
    pub(super) const fn external_entrances(&self) -> Cause {
        Cause::of(self.service_index, self.port_index)
            .and_if(self.node_port.is_some(), Field::NodePort)
            .and_if(!self.external_ips.is_empty(), Field::ExternalIp)
            .and_if(!self.load_balancer_vips.is_empty(), Field::LoadBalancerIngress)
    }

    pub(super) const fn endpoint_cause(&self, endpoint: &super::Endpoint) -> Cause {
        Cause::of(self.service_index, self.port_index).and_endpoint(endpoint)
    }

    /// Of the port on which load balancers ask after endpoints.
    pub(super) const fn health_check(&self) -> Cause {
        self.cause(Field::HealthCheckNodePort).and(Field::ExternalTrafficPolicy)
    }

    /// Of the chain that spreads traffic over all endpoints.
    pub(super) const fn cluster_chain(&self) -> Cause {
        self.cause(Field::Port)
    }

    /// Of the chain that spreads traffic over those of this node.
    pub(super) fn local_chain(&self) -> Cause {
        let external = self.external_policy_local && self.externally_accessible();
        self.cause(Field::Port)
            .and_if(self.internal_policy_local, Field::InternalTrafficPolicy)
            .and_if(external, Field::ExternalTrafficPolicy)
    }

    /// Of what keeps out whoever a load balancer is not for.
    pub(super) const fn firewall(&self) -> Cause {
        self.entrance(Field::LoadBalancerIngress).and(Field::LoadBalancerSourceRanges)
    }
}

/// `ShouldSkipService` and `GetClusterIPByFamily`.
fn cluster_ip(service: &Service, family: Family) -> Option<IpAddr> {
    if service.service_type == ServiceType::ExternalName {
        return None;
    }
    service.cluster_ips.iter().copied().find(|address| Family::of(*address) == family)
}

/// `ExternallyAccessible` of pkg/api/v1/service, which, unlike the one of a service port, knows no
/// families.
fn is_externally_accessible(service: &Service) -> bool {
    match service.service_type {
        ServiceType::LoadBalancer | ServiceType::NodePort => true,
        ServiceType::ClusterIp => !service.external_ips.is_empty(),
        ServiceType::ExternalName => false,
    }
}

/// None where one of them holds every address.
fn source_ranges(service: &Service, family: Family) -> Option<Vec<IpNet>> {
    let ranges = &service.load_balancer_source_ranges;
    let ranges: Vec<_> = ranges.iter().filter(|range| Family::of(range.addr()) == family).map(IpNet::trunc).collect();
    ranges.iter().all(|range| range.prefix_len() > 0).then_some(ranges)
}
