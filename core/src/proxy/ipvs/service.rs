use std::net::IpAddr;

use super::sets::{Entry, Set};
use super::{Context, Programmed};
use crate::net::Protocol;
use crate::proxy::topology::{Categorized, categorize};
use crate::proxy::{Cause, Endpoint, Field, ServicePort};

/// Where packets for a virtual server go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    pub address: IpAddr,
    pub protocol: Protocol,
    pub port: u16,
}

impl Destination {
    const fn entry(self) -> Entry {
        Entry::IpPort { address: self.address, protocol: self.protocol, port: self.port }
    }
}

struct Service<'s> {
    port: &'s ServicePort,
    endpoints: &'s [Endpoint],
    categorized: Categorized,
    context: &'s Context<'s>,
}

/// Programs one service port.
pub(super) fn program(port: &ServicePort, endpoints: &[Endpoint], context: &Context, programmed: &mut Programmed) {
    let categorized = categorize(endpoints, port, context.node.name, context.node.zone);
    let service = Service { port, endpoints, categorized, context };
    service.note_local_endpoints(programmed);
    service.program_cluster_ip(programmed);
    service.program_external_ips(programmed);
    service.program_load_balancer_vips(programmed);
    if port.node_port.is_some() && context.node_port_ips.is_empty() {
        // kube-proxy goes on with the next service here, past the health check port too.
        return;
    }
    service.program_node_port(programmed);
    if let Some(health_check) = port.health_check_node_port {
        let cause = port.cause(Field::HealthCheckNodePort);
        programmed.sets.add(Set::HealthCheckNodePort, cause, Entry::Port(health_check));
    }
}

impl Service<'_> {
    fn destination(&self, address: IpAddr) -> Destination {
        Destination { address, protocol: self.port.name.protocol, port: self.port.port }
    }

    /// Endpoints of this node may reach themselves through the service, ready or not.
    fn note_local_endpoints(&self, programmed: &mut Programmed) {
        for endpoint in self.endpoints.iter().filter(|endpoint| endpoint.is_local) {
            let Endpoint { address, port, .. } = *endpoint;
            let entry = Entry::IpPortIp { address, protocol: self.port.name.protocol, port, source: address };
            programmed.sets.add(Set::LoopBack, self.port.cause(endpoint.field()), entry);
        }
    }

    /// The virtual server for `destination`. Where traffic has to stay on the node but there is no
    /// endpoint on it, it goes to other nodes all the same, so that at least pods of this node are
    /// served.
    fn program_server(&self, field: Field, destination: Destination, local_only: bool, programmed: &mut Programmed) {
        let local = local_only && !self.categorized.local.is_empty();
        let members = if local { &self.categorized.local } else { &self.categorized.cluster };
        let endpoints = members.iter().map(|index| &self.endpoints[*index]);
        let cause = self.port.cause(field);
        programmed.servers.program(self.port, (destination.address, destination.port), endpoints, cause);
    }

    /// Binds an address to kube-ipvs0, so that packets for it enter INPUT, where IPVS takes them.
    fn bind(&self, field: Field, address: IpAddr, programmed: &mut Programmed) {
        let known = programmed.sets.get(Set::IpvsIps).entries.len();
        programmed.sets.add(Set::IpvsIps, self.port.cause(field), Entry::Ip(address));
        if programmed.sets.get(Set::IpvsIps).entries.len() > known {
            programmed.addresses.push(address);
        }
    }

    /// An address that the node has on another interface must not move to kube-ipvs0.
    fn bind_unless_bound(&self, field: Field, address: IpAddr, programmed: &mut Programmed) {
        if !self.context.bound.contains(&address) {
            self.bind(field, address, programmed);
        }
    }

    fn program_cluster_ip(&self, programmed: &mut Programmed) {
        let destination = self.destination(self.port.cluster_ip);
        programmed.sets.add(Set::ClusterIp, self.port.cause(Field::ClusterIp), destination.entry());
        self.program_server(Field::ClusterIp, destination, self.port.internal_policy_local, programmed);
        self.bind(Field::ClusterIp, destination.address, programmed);
    }

    fn program_external_ips(&self, programmed: &mut Programmed) {
        let set = if self.port.external_policy_local { Set::ExternalIpLocal } else { Set::ExternalIp };
        for address in &self.port.external_ips {
            let destination = self.destination(*address);
            programmed.sets.add(set, self.port.cause(Field::ExternalIp), destination.entry());
            self.program_server(Field::ExternalIp, destination, self.port.external_policy_local, programmed);
            self.bind_unless_bound(Field::ExternalIp, *address, programmed);
        }
    }

    fn program_load_balancer_vips(&self, programmed: &mut Programmed) {
        let cause = self.port.cause(Field::LoadBalancerIngress);
        for address in &self.port.load_balancer_vips {
            let destination = self.destination(*address);
            programmed.sets.add(Set::LoadBalancer, cause, destination.entry());
            if self.port.external_policy_local {
                programmed.sets.add(Set::LoadBalancerLocal, cause, destination.entry());
            }
            if !self.port.load_balancer_source_ranges.is_empty() {
                self.restrict_sources(destination, programmed);
            }
            self.program_server(Field::LoadBalancerIngress, destination, self.port.external_policy_local, programmed);
            self.bind_unless_bound(Field::LoadBalancerIngress, *address, programmed);
        }
    }

    fn restrict_sources(&self, destination: Destination, programmed: &mut Programmed) {
        let cause: Cause = self.port.cause(Field::LoadBalancerSourceRanges);
        let Destination { address, protocol, port } = destination;
        programmed.sets.add(Set::LoadBalancerFirewall, cause, destination.entry());
        for source in &self.port.load_balancer_source_ranges {
            let entry = Entry::IpPortNet { address, protocol, port, source: *source };
            programmed.sets.add(Set::LoadBalancerSourceCidr, cause, entry);
        }
        if self.port.source_ranges_hold(self.context.node_ip) {
            // Bound to kube-ipvs0, the address is also the source of packets from this node.
            let entry = Entry::IpPortIp { address, protocol, port, source: address };
            programmed.sets.add(Set::LoadBalancerSourceIp, cause, entry);
        } else {
            programmed.unreachable_from_node.push((cause, destination));
        }
    }

    fn program_node_port(&self, programmed: &mut Programmed) {
        let Some(port) = self.port.node_port else {
            return;
        };
        let cause = self.port.cause(Field::NodePort);
        let protocol = self.port.name.protocol;
        let (all, local) = match protocol {
            Protocol::Udp => (Set::NodePortUdp, Set::NodePortLocalUdp),
            Protocol::Sctp => (Set::NodePortSctp, Set::NodePortLocalSctp),
            _ => (Set::NodePortTcp, Set::NodePortLocalTcp),
        };
        // A bitmap of ports cannot tell SCTP from TCP, hence one entry for each address.
        let entries: Vec<Entry> = if protocol == Protocol::Sctp {
            let entry = |address: &IpAddr| Entry::IpPort { address: *address, protocol, port };
            self.context.node_port_ips.iter().map(entry).collect()
        } else {
            vec![Entry::Port(port)]
        };
        for entry in entries {
            if self.port.external_policy_local {
                programmed.sets.add(local, cause, entry.clone());
            }
            programmed.sets.add(all, cause, entry);
        }
        for address in &self.context.node_port_ips {
            let destination = Destination { address: *address, protocol, port };
            self.program_server(Field::NodePort, destination, self.port.external_policy_local, programmed);
        }
    }
}
