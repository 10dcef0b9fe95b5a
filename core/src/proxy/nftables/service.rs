use std::net::IpAddr;

use super::Settings;
use super::elements::{Container, Containers, Element};
use super::endpoints::{self, Affinity};
use super::transaction::Transaction;
use crate::proxy::traffic::Traffic;
use crate::proxy::{Endpoint, Field, ServiceChains, ServicePort};

/// One service port with the strings that its commands share.
pub(super) struct Service<'s> {
    pub port: &'s ServicePort,
    pub settings: &'s Settings<'s>,
    pub traffic: &'s Traffic,
    pub chains: &'s ServiceChains,
    /// `shop/web:http`.
    name: &'s str,
    /// `tcp`.
    pub protocol: &'s str,
    /// What follows an address in a key: ` . tcp . 80`.
    key_end: &'s str,
    goto_external: &'s str,
}

/// Writes all commands for one service port.
pub(super) fn write(
    port: &ServicePort,
    all: &[Endpoint],
    settings: &Settings,
    containers: &mut Containers,
    transaction: &mut Transaction,
) {
    let protocol = port.name.protocol.to_string();
    let traffic = Traffic::of(port, all, settings.node);
    let chains = ServiceChains::nftables(&port.name, &protocol);
    let service = Service {
        port,
        settings,
        traffic: &traffic,
        chains: &chains,
        name: &port.name.to_string(),
        protocol: &protocol,
        key_end: &format!(" . {protocol} . {}", port.port),
        goto_external: &["goto ", &chains.external].concat(),
    };
    let affinity = Affinity::of(&service, all);
    service.note_endpoints(all, affinity.as_ref(), containers, transaction);
    service.ensure_chains(transaction);
    service.capture_cluster_ip(containers, transaction);
    service.capture_external_ips(containers, transaction);
    service.capture_load_balancer_vips(containers, transaction);
    service.capture_node_port(containers, transaction);

    if traffic.uses_external_chain {
        service.write_external_chain(transaction);
    }
    if service.uses_firewall_chain() {
        service.write_firewall_chain(transaction);
    }
    match &affinity {
        Some(affinity) => endpoints::write_with_affinity(&service, all, affinity, transaction),
        None => endpoints::write_dnat(&service, all, transaction),
    }
}

impl Service<'_> {
    /// Unlike in iptables mode the firewall stands even where there is nothing behind it.
    fn uses_firewall_chain(&self) -> bool {
        !self.port.load_balancer_vips.is_empty() && !self.port.load_balancer_source_ranges.is_empty()
    }

    fn internal_chain(&self) -> &str {
        if self.port.internal_policy_local { &self.chains.local } else { &self.chains.cluster }
    }

    fn external_policy_chain(&self) -> &str {
        if self.port.external_policy_local { &self.chains.local } else { &self.chains.cluster }
    }

    /// What happens to packets that find no endpoint.
    fn filter_verdict(&self) -> &'static str {
        if self.traffic.has_endpoints() { "drop" } else { "goto reject-chain" }
    }

    /// Chains for endpoints that need one, and those of this node whose pods may reach themselves.
    fn note_endpoints(
        &self,
        all: &[Endpoint],
        affinity: Option<&Affinity>,
        containers: &mut Containers,
        transaction: &mut Transaction,
    ) {
        let mut key = String::new();
        for &index in self.traffic.endpoints.reachable() {
            let endpoint = &all[index];
            let cause = self.port.cause(endpoint.field());
            if let Some(affinity) = affinity {
                transaction.ensure_chain(cause, affinity.chain(index));
            }
            if endpoint.is_local {
                key.clear();
                for piece in [endpoint.ip(), " . ", endpoint.ip(), " . ", self.protocol, " . ", endpoint.port_text()] {
                    key.push_str(piece);
                }
                let element = Element { container: Container::HairpinConnections, key: &key, value: "", comment: "" };
                containers.ensure(cause, &element, transaction);
            }
        }
    }

    fn ensure_chains(&self, transaction: &mut Transaction) {
        let cause = self.port.cause(Field::Port);
        let chains = [
            (self.traffic.uses_cluster_chain, &self.chains.cluster),
            (self.traffic.uses_local_chain, &self.chains.local),
            (self.traffic.uses_external_chain, &self.chains.external),
        ];
        for (_, chain) in chains.into_iter().filter(|(used, _)| *used) {
            transaction.ensure_chain(cause, chain);
        }
    }

    fn capture_cluster_ip(&self, containers: &mut Containers, transaction: &mut Transaction) {
        let cause = self.port.cause(Field::ClusterIp);
        let address = self.port.cluster_ip.to_string();
        let element = Element { container: Container::ClusterIps, key: &address, value: "", comment: "" };
        containers.ensure(cause, &element, transaction);
        let key = &[&address, self.key_end].concat();
        let element = if self.traffic.has_internal_endpoints {
            let value = &["goto ", self.internal_chain()].concat();
            return containers.ensure(
                cause,
                &Element { container: Container::ServiceIps, key, value, comment: "" },
                transaction,
            );
        } else {
            Element { container: Container::NoEndpointServices, key, value: self.filter_verdict(), comment: self.name }
        };
        containers.ensure(cause, &element, transaction);
    }

    fn capture_external_ips(&self, containers: &mut Containers, transaction: &mut Transaction) {
        for address in &self.port.external_ips {
            if self.traffic.has_endpoints() {
                self.dispatch(Field::ExternalIp, *address, containers, transaction);
            }
            if !self.traffic.has_external_endpoints {
                self.turn_away(Field::ExternalIp, *address, containers, transaction);
            }
        }
    }

    fn capture_load_balancer_vips(&self, containers: &mut Containers, transaction: &mut Transaction) {
        let cause = self.port.cause(Field::LoadBalancerSourceRanges);
        if self.uses_firewall_chain() {
            transaction.ensure_chain(cause, &self.chains.firewall);
        }
        for address in &self.port.load_balancer_vips {
            if self.traffic.has_endpoints() {
                self.dispatch(Field::LoadBalancerIngress, *address, containers, transaction);
            }
            if self.uses_firewall_chain() {
                let key = &format!("{address}{}", self.key_end);
                let value = &["goto ", &self.chains.firewall].concat();
                let element = Element { container: Container::FirewallIps, key, value, comment: "" };
                containers.ensure(cause, &element, transaction);
            }
        }
        if !self.traffic.has_external_endpoints {
            for address in &self.port.load_balancer_vips {
                self.turn_away(Field::LoadBalancerIngress, *address, containers, transaction);
            }
        }
    }

    fn dispatch(&self, field: Field, to: IpAddr, containers: &mut Containers, transaction: &mut Transaction) {
        let key = &format!("{to}{}", self.key_end);
        let element = Element { container: Container::ServiceIps, key, value: self.goto_external, comment: "" };
        containers.ensure(self.port.cause(field), &element, transaction);
    }

    fn turn_away(&self, field: Field, to: IpAddr, containers: &mut Containers, transaction: &mut Transaction) {
        let key = &format!("{to}{}", self.key_end);
        let (value, comment) = (self.filter_verdict(), self.name);
        let element = Element { container: Container::NoEndpointServices, key, value, comment };
        containers.ensure(self.port.cause(field), &element, transaction);
    }

    fn capture_node_port(&self, containers: &mut Containers, transaction: &mut Transaction) {
        let Some(node_port) = self.port.node_port else {
            return;
        };
        let cause = self.port.cause(Field::NodePort);
        let key = &format!("{} . {node_port}", self.protocol);
        if self.traffic.has_endpoints() {
            let element =
                Element { container: Container::ServiceNodePorts, key, value: self.goto_external, comment: "" };
            containers.ensure(cause, &element, transaction);
        }
        if !self.traffic.has_external_endpoints {
            let (value, comment) = (self.filter_verdict(), self.name);
            let element = Element { container: Container::NoEndpointNodePorts, key, value, comment };
            containers.ensure(cause, &element, transaction);
        }
    }

    fn write_external_chain(&self, transaction: &mut Transaction) {
        let chain = self.chains.external.as_str();
        let cause = self.port.cause(Field::ExternalTrafficPolicy);
        let masquerade = ["mark set mark or ", self.settings.mark.as_str()].concat();
        let to_cluster = ["goto ", &self.chains.cluster].concat();
        if self.port.external_policy_local {
            // What starts on this node, in a pod or not, obeys no policy: it is treated as if it
            // had gone out to a load balancer and come back.
            if let Some(if_local) = &self.settings.if_local {
                let rule = [if_local, " ", &to_cluster];
                transaction.add_commented_rule(cause, chain, &rule, "short-circuit pod traffic");
            }
            let rule = ["fib saddr type local ", &masquerade];
            transaction.add_commented_rule(cause, chain, &rule, "masquerade local traffic");
            let rule = ["fib saddr type local ", &to_cluster];
            transaction.add_commented_rule(cause, chain, &rule, "short-circuit local traffic");
        } else {
            transaction.add_commented_rule(cause, chain, &[&masquerade], "masquerade");
        }
        if self.traffic.has_external_endpoints {
            transaction.add_rule(cause, chain, &["goto ", self.external_policy_chain()]);
        }
    }

    fn write_firewall_chain(&self, transaction: &mut Transaction) {
        let mut sources: Vec<String> = self.port.load_balancer_source_ranges.iter().map(ToString::to_string).collect();
        // The address of a load balancer is often bound on the node, so that packets from here
        // carry it as source.
        if self.port.source_ranges_hold(self.settings.node_ip) {
            sources.extend(self.port.load_balancer_vips.iter().map(ToString::to_string));
        }
        let rule = [self.settings.ip, " saddr != { ", &sources.join(" , "), " } drop"];
        transaction.add_rule(self.port.cause(Field::LoadBalancerSourceRanges), &self.chains.firewall, &rule);
    }
}
