use std::net::IpAddr;

use super::Context;
use super::part::{Part, Server};
use super::sets::{Entry, Set};
use crate::net::{self, Protocol};
use crate::proxy::operation::VirtualServerKey;
use crate::proxy::topology::{Categorized, categorize};
use crate::proxy::{Cause, Endpoint, Field, ServicePort, Setting};

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

/// What one service port asks for.
pub(super) fn part(port: &ServicePort, endpoints: &[Endpoint], context: &Context) -> Part {
    let categorized = categorize(endpoints, port, context.node.name, context.node.zone);
    let service = Service { port, endpoints, categorized, context };
    let mut part = Part::default();
    service.note_local_endpoints(&mut part);
    service.program_cluster_ip(&mut part);
    service.program_external_ips(&mut part);
    service.program_load_balancer_vips(&mut part);
    if port.node_port.is_some() && context.node_port_ips.is_empty() {
        // kube-proxy goes on with the next service here, past the health check port too.
        return part;
    }
    service.program_node_port(&mut part);
    if let Some(health_check) = port.health_check_node_port {
        part.enter(Set::HealthCheckNodePort, port.health_check(), Entry::Port(health_check));
    }
    part
}

impl Service<'_> {
    fn destination(&self, address: IpAddr) -> Destination {
        Destination { address, protocol: self.port.name.protocol, port: self.port.port }
    }

    /// Endpoints of this node may reach themselves through the service, ready or not.
    fn note_local_endpoints(&self, part: &mut Part) {
        for endpoint in self.endpoints.iter().filter(|endpoint| endpoint.is_local) {
            let Endpoint { address, port, .. } = *endpoint;
            let entry = Entry::IpPortIp { address, protocol: self.port.name.protocol, port, source: address };
            part.enter(Set::LoopBack, self.port.endpoint_cause(endpoint), entry);
        }
    }

    /// The virtual server for `destination`. Where traffic has to stay on the node but there is no
    /// endpoint on it, it goes to other nodes all the same, so that at least pods of this node are
    /// served. Its address is bound to kube-ipvs0 if asked, so that packets for it enter INPUT, where IPVS takes them.
    fn program_server(&self, field: Field, destination: Destination, local_only: bool, bind: bool, part: &mut Part) {
        let local = local_only && !self.categorized.local.is_empty();
        let members = if local { &self.categorized.local } else { &self.categorized.cluster };
        let entrance =
            self.port.entrance(field).and_if(local_only && field != Field::ClusterIp, Field::ExternalTrafficPolicy);
        let affinity = self.port.affinity_seconds().is_some();
        let cause = entrance.and_if(affinity, Field::SessionAffinity).when(Setting::Scheduler);
        let Destination { address, protocol, port } = destination;
        part.servers.push(Server {
            key: VirtualServerKey { address, port, protocol },
            timeout: self.port.affinity_seconds(),
            real_servers: members
                .iter()
                .map(|index| &self.endpoints[*index])
                .map(|endpoint| {
                    let cause = entrance.and_endpoint(endpoint);
                    (net::Endpoint::new(endpoint.address, endpoint.port), cause)
                })
                .collect(),
            bind,
            cause,
        });
        if bind {
            part.enter(Set::IpvsIps, self.port.cause(field), Entry::Ip(address));
        }
    }

    /// An address that the node has on another interface must not move to kube-ipvs0.
    fn may_bind(&self, address: IpAddr) -> bool {
        !self.context.bound.contains(&address)
    }

    fn program_cluster_ip(&self, part: &mut Part) {
        let destination = self.destination(self.port.cluster_ip);
        part.enter(Set::ClusterIp, self.port.entrance(Field::ClusterIp), destination.entry());
        self.program_server(Field::ClusterIp, destination, self.port.internal_policy_local, true, part);
    }

    fn program_external_ips(&self, part: &mut Part) {
        let set = if self.port.external_policy_local { Set::ExternalIpLocal } else { Set::ExternalIp };
        let cause = self.port.entrance(Field::ExternalIp);
        let cause = cause.and_if(self.port.external_policy_local, Field::ExternalTrafficPolicy);
        for address in &self.port.external_ips {
            let destination = self.destination(*address);
            part.enter(set, cause, destination.entry());
            let bind = self.may_bind(*address);
            self.program_server(Field::ExternalIp, destination, self.port.external_policy_local, bind, part);
        }
    }

    fn program_load_balancer_vips(&self, part: &mut Part) {
        let cause = self.port.entrance(Field::LoadBalancerIngress);
        for address in &self.port.load_balancer_vips {
            let destination = self.destination(*address);
            part.enter(Set::LoadBalancer, cause, destination.entry());
            if self.port.external_policy_local {
                part.enter(Set::LoadBalancerLocal, cause.and(Field::ExternalTrafficPolicy), destination.entry());
            }
            if !self.port.load_balancer_source_ranges.is_empty() {
                self.restrict_sources(destination, part);
            }
            let bind = self.may_bind(*address);
            self.program_server(Field::LoadBalancerIngress, destination, self.port.external_policy_local, bind, part);
        }
    }

    fn restrict_sources(&self, destination: Destination, part: &mut Part) {
        let cause: Cause = self.port.firewall();
        let Destination { address, protocol, port } = destination;
        part.enter(Set::LoadBalancerFirewall, cause, destination.entry());
        for source in &self.port.load_balancer_source_ranges {
            let entry = Entry::IpPortNet { address, protocol, port, source: *source };
            part.enter(Set::LoadBalancerSourceCidr, cause, entry);
        }
        if self.port.source_ranges_hold(self.context.node_ip) {
            // Bound to kube-ipvs0, the address is also the source of packets from this node.
            let entry = Entry::IpPortIp { address, protocol, port, source: address };
            part.enter(Set::LoadBalancerSourceIp, cause, entry);
        } else {
            part.unreachable_from_node.push((cause, destination));
        }
    }

    fn program_node_port(&self, part: &mut Part) {
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
                part.enter(local, cause.and(Field::ExternalTrafficPolicy), entry.clone());
            }
            part.enter(all, cause, entry);
        }
        for address in &self.context.node_port_ips {
            let destination = Destination { address: *address, protocol, port };
            self.program_server(Field::NodePort, destination, self.port.external_policy_local, false, part);
        }
    }
}
