use std::net::IpAddr;

use super::Settings;
use super::elements::Container;
use super::endpoints::{self, Affinity};
use super::part::Output;
use super::transaction::Transaction;
use crate::proxy::text;
use crate::proxy::traffic::Traffic;
use crate::proxy::{Endpoint, Field, ServiceChains, ServicePort, Setting};

/// One service port with the strings that its commands share.
pub(super) struct Service<'s> {
    pub port: &'s ServicePort,
    pub settings: &'s Settings<'s>,
    pub traffic: &'s Traffic,
    pub chains: &'s ServiceChains,
    /// `tcp`.
    pub protocol: &'s str,
    /// What follows an address in a key: ` . tcp . 80`.
    key_end: &'s str,
}

/// Writes all commands for one service port.
pub(super) fn write(port: &ServicePort, all: &[Endpoint], settings: &Settings, output: &mut Output) {
    let protocol = port.name.protocol.name().unwrap_or_default();
    let traffic = Traffic::of(port, all, settings.node);
    let chains = ServiceChains::nftables(&port.name, protocol);
    let service = Service {
        port,
        settings,
        traffic: &traffic,
        chains: &chains,
        protocol,
        key_end: &[" . ", protocol, " . ", &port.port.to_string()].concat(),
    };
    let affinity = Affinity::of(&service, all);
    service.note_endpoints(all, affinity.as_ref(), output);
    service.ensure_chains(output);
    service.capture_cluster_ip(output);
    service.capture_external_ips(output);
    service.capture_load_balancer_vips(output);
    service.capture_node_port(output);

    if traffic.uses_external_chain {
        service.write_external_chain(output.transaction);
    }
    if service.uses_firewall_chain() {
        service.write_firewall_chain(output.transaction);
    }
    match &affinity {
        Some(affinity) => endpoints::write_with_affinity(&service, all, affinity, output),
        None => endpoints::write_dnat(&service, all, output.transaction),
    }
}

impl Service<'_> {
    /// Unlike in iptables mode the firewall stands even where there is nothing behind it.
    fn uses_firewall_chain(&self) -> bool {
        !self.port.load_balancer_vips.is_empty() && !self.port.load_balancer_source_ranges.is_empty()
    }

    fn internal_chain(&self) -> &str {
        if self.port.internal_policy_local { self.chains.local() } else { self.chains.cluster() }
    }

    fn external_policy_chain(&self) -> &str {
        if self.port.external_policy_local { self.chains.local() } else { self.chains.cluster() }
    }

    fn goto_external(&self) -> String {
        ["goto ", self.chains.external()].concat()
    }

    /// What happens to packets that find no endpoint.
    fn filter_verdict(&self) -> &'static str {
        if self.traffic.has_endpoints() { "drop" } else { "goto reject-chain" }
    }

    /// Chains for endpoints that need one, and those of this node whose pods may reach themselves.
    fn note_endpoints(&self, all: &[Endpoint], affinity: Option<&Affinity>, output: &mut Output) {
        let mut key = String::new();
        for &index in self.traffic.endpoints.reachable() {
            let endpoint = &all[index];
            let cause = self.port.endpoint_cause(endpoint);
            if let Some(affinity) = affinity {
                output.ensure_chain(cause.and(Field::SessionAffinity), affinity.chain(index));
            }
            if endpoint.is_local {
                key.clear();
                for piece in [endpoint.ip(), " . ", endpoint.ip(), " . ", self.protocol, " . ", endpoint.port_text()] {
                    key.push_str(piece);
                }
                output.ensure_member(cause, Container::HairpinConnections, &key);
            }
        }
    }

    fn ensure_chains(&self, output: &mut Output) {
        let chains = [
            (self.traffic.uses_cluster_chain, self.chains.cluster(), self.port.cluster_chain()),
            (self.traffic.uses_local_chain, self.chains.local(), self.port.local_chain()),
            (self.traffic.uses_external_chain, self.chains.external(), self.port.external_entrances()),
        ];
        for (_, chain, cause) in chains.into_iter().filter(|(used, ..)| *used) {
            output.ensure_chain(cause, chain);
        }
    }

    fn capture_cluster_ip(&self, output: &mut Output) {
        let cause = self.port.cause(Field::ClusterIp);
        let address = text::address(self.port.cluster_ip);
        output.ensure_member(cause, Container::ClusterIps, &address);
        let key = &[&address, self.key_end].concat();
        if self.traffic.has_internal_endpoints {
            let value = &["goto ", self.internal_chain()].concat();
            output.ensure_element(self.port.entrance(Field::ClusterIp), Container::ServiceIps, key, value);
        } else {
            let cause = self.port.without_endpoints(Field::ClusterIp, self.traffic.has_endpoints());
            output.ensure_element(cause, Container::NoEndpointServices, key, self.filter_verdict());
        }
    }

    fn capture_external_ips(&self, output: &mut Output) {
        for address in &self.port.external_ips {
            if self.traffic.has_endpoints() {
                self.dispatch(Field::ExternalIp, *address, output);
            }
            if !self.traffic.has_external_endpoints {
                self.turn_away(Field::ExternalIp, *address, output);
            }
        }
    }

    fn capture_load_balancer_vips(&self, output: &mut Output) {
        let cause = self.port.firewall();
        if self.uses_firewall_chain() {
            output.ensure_chain(cause, self.chains.firewall());
        }
        for address in &self.port.load_balancer_vips {
            if self.traffic.has_endpoints() {
                self.dispatch(Field::LoadBalancerIngress, *address, output);
            }
            if self.uses_firewall_chain() {
                let key = &format!("{address}{}", self.key_end);
                let value = &["goto ", self.chains.firewall()].concat();
                output.ensure_element(cause, Container::FirewallIps, key, value);
            }
        }
        if !self.traffic.has_external_endpoints {
            for address in &self.port.load_balancer_vips {
                self.turn_away(Field::LoadBalancerIngress, *address, output);
            }
        }
    }

    fn dispatch(&self, field: Field, to: IpAddr, output: &mut Output) {
        let key = &format!("{to}{}", self.key_end);
        output.ensure_element(self.port.entrance(field), Container::ServiceIps, key, &self.goto_external());
    }

    fn turn_away(&self, field: Field, to: IpAddr, output: &mut Output) {
        let key = &format!("{to}{}", self.key_end);
        let cause = self.port.without_endpoints(field, self.traffic.has_endpoints());
        output.ensure_element(cause, Container::NoEndpointServices, key, self.filter_verdict());
    }

    fn capture_node_port(&self, output: &mut Output) {
        let Some(node_port) = self.port.node_port else {
            return;
        };
        let key = &format!("{} . {node_port}", self.protocol);
        if self.traffic.has_endpoints() {
            let cause = self.port.entrance(Field::NodePort);
            output.ensure_element(cause, Container::ServiceNodePorts, key, &self.goto_external());
        }
        if !self.traffic.has_external_endpoints {
            let cause = self.port.without_endpoints(Field::NodePort, self.traffic.has_endpoints());
            output.ensure_element(cause, Container::NoEndpointNodePorts, key, self.filter_verdict());
        }
    }

    fn write_external_chain(&self, transaction: &mut Transaction) {
        let chain = self.chains.external();
        let cause = self.port.external_entrances().and(Field::ExternalTrafficPolicy);
        let marking = cause.when(Setting::MasqueradeBit);
        let masquerade = ["mark set mark or ", self.settings.mark.as_str()].concat();
        let to_cluster = ["goto ", self.chains.cluster()].concat();
        if self.port.external_policy_local {
            // What starts on this node, in a pod or not, obeys no policy: it is treated as if it
            // had gone out to a load balancer and come back.
            if let Some(if_local) = &self.settings.if_local {
                let rule = [if_local, " ", &to_cluster];
                let cause = cause.when(Setting::DetectLocal);
                transaction.add_commented_rule(cause, chain, &rule, "short-circuit pod traffic");
            }
            let rule = ["fib saddr type local ", &masquerade];
            transaction.add_commented_rule(marking, chain, &rule, "masquerade local traffic");
            let rule = ["fib saddr type local ", &to_cluster];
            transaction.add_commented_rule(cause, chain, &rule, "short-circuit local traffic");
        } else {
            transaction.add_commented_rule(marking, chain, &[&masquerade], "masquerade");
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
        transaction.add_rule(self.port.firewall(), self.chains.firewall(), &rule);
    }
}
