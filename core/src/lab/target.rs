use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use crate::k8s::{Cluster, NamespacedName, Service, ServicePort, ServiceType};
use crate::net::{Endpoint, Protocol};

/// What is asked: one port of a Service, by one of its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    pub service: NamespacedName,
    /// Empty for the unnamed port.
    pub port_name: Arc<str>,
    pub protocol: Protocol,
    pub through: Through,
    pub destination: Endpoint,
}

/// Which of a Service's addresses is used.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Through {
    ClusterIp,
    NodePort {
        node: Arc<str>,
    },
    ExternalIp,
    LoadBalancer,
    /// An address that rules of a copied node are about, or that was typed.
    Address,
}

impl Target {
    /// An echo has none.
    pub const fn has_ports(&self) -> bool {
        !matches!(self.protocol, Protocol::Icmp | Protocol::Icmpv6)
    }

    /// `10.96.0.1:80`, or the address alone.
    pub fn place(&self) -> String {
        if self.has_ports() { self.destination.to_string() } else { self.destination.address.to_string() }
    }

    /// An address and port, with what it is known as.
    pub fn address(name: &str, protocol: Protocol, destination: Endpoint) -> Self {
        let service = NamespacedName::new("", name);
        Self { service, port_name: "".into(), protocol, through: Through::Address, destination }
    }

    /// Everything that can be asked in a cluster, in the order of its Services.
    pub fn all(cluster: &Cluster) -> Vec<Self> {
        cluster.services.iter().flat_map(|service| Self::of_service(cluster, service)).collect()
    }

    /// What of a list is most like it, of the same Service: after a change a port has another number or name, and an
    /// address is gone.
    pub fn nearest<'t>(&self, listed: &'t [Self]) -> Option<&'t Self> {
        let like = |other: &Self| {
            let is_way = std::mem::discriminant(&other.through) == std::mem::discriminant(&self.through);
            let is_port = other.port_name == self.port_name && other.protocol == self.protocol;
            (other == self, is_port && other.through == self.through, is_port && is_way, is_port, is_way)
        };
        let own = listed.iter().filter(|other| other.through != Through::Address && other.service == self.service);
        // The first of those that are alike.
        own.rev().max_by_key(|other| like(other))
    }

    fn of_service(cluster: &Cluster, service: &Service) -> Vec<Self> {
        if service.service_type == ServiceType::ExternalName {
            return Vec::new();
        }
        service.ports.iter().flat_map(|port| Self::of_port(cluster, service, port)).collect()
    }

    fn of_port(cluster: &Cluster, service: &Service, port: &ServicePort) -> Vec<Self> {
        let target = |through, address: IpAddr, number| Self {
            service: service.name.clone(),
            port_name: port.name.clone(),
            protocol: port.protocol,
            through,
            destination: Endpoint::new(address, number),
        };
        let mut targets: Vec<_> =
            service.cluster_ips.iter().map(|address| target(Through::ClusterIp, *address, port.port)).collect();
        if let Some(node_port) = port.node_port.filter(|_| !service.cluster_ips.is_empty()) {
            for node in &cluster.nodes {
                for address in &node.internal_ips {
                    if service.cluster_ips.iter().any(|cluster_ip| cluster_ip.is_ipv4() == address.is_ipv4()) {
                        targets.push(target(Through::NodePort { node: node.name.clone() }, *address, node_port));
                    }
                }
            }
        }
        targets.extend(service.external_ips.iter().map(|address| target(Through::ExternalIp, *address, port.port)));
        let ingress = service.load_balancer_ingress.iter().filter_map(|ingress| ingress.address);
        targets.extend(ingress.map(|address| target(Through::LoadBalancer, address, port.port)));
        targets
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.through == Through::Address {
            return write!(f, "{} at {}/{}", self.service.name, self.place(), self.protocol);
        }
        write!(f, "{}", self.service)?;
        if !self.port_name.is_empty() {
            write!(f, ":{}", self.port_name)?;
        }
        match &self.through {
            Through::ClusterIp => write!(f, " at ClusterIP ")?,
            Through::NodePort { node } => write!(f, " at NodePort of {node} ")?,
            Through::ExternalIp => write!(f, " at external IP ")?,
            Through::LoadBalancer => write!(f, " at load balancer ")?,
            Through::Address => {}
        }
        write!(f, "{}/{}", self.destination, self.protocol)
    }
}
