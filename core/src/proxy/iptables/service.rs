use super::Settings;
use super::endpoints::{self, EndpointChains};
use super::tables::{Tables, declare};
use crate::net::Family;
use crate::proxy::text;
use crate::proxy::traffic::Traffic;
use crate::proxy::{Cause, Endpoint, Field, ServiceChains, ServicePort, Setting};

/// One service port with the strings that its rules share.
pub(super) struct Service<'s> {
    pub port: &'s ServicePort,
    pub settings: &'s Settings<'s>,
    pub traffic: &'s Traffic,
    pub chains: &'s ServiceChains,
    /// `shop/web:http`.
    pub name: &'s str,
    /// `tcp`.
    pub protocol: &'s str,
    /// ` -m tcp -p tcp`: the module of the protocol comes before the protocol.
    pub transport: &'s str,
    /// ` --dport 80`.
    dport: &'s str,
}

/// Writes all rules of one service port. Returns where in the nat rules its part of the shared chains ends and that of
/// its own chains begins.
pub(super) fn write(port: &ServicePort, all: &[Endpoint], settings: &Settings, tables: &mut Tables) -> usize {
    let name = port.name.text();
    let protocol = port.name.protocol.name().unwrap_or_default();
    let traffic = Traffic::of(port, all, settings.node);
    let service = Service {
        port,
        settings,
        traffic: &traffic,
        chains: &ServiceChains::iptables(&name, protocol),
        name: &name,
        protocol,
        transport: &[" -m ", protocol, " -p ", protocol].concat(),
        dport: &[" --dport ", &port.port.to_string()].concat(),
    };
    service.capture_cluster_ip(tables);
    service.capture_external_ips(tables);
    service.capture_load_balancer_vips(tables);
    service.capture_node_port(tables);
    service.accept_health_checks(tables);
    let shared_end = tables.nat_rules.text.len();

    service.write_internal_masquerading(tables);
    if traffic.uses_external_chain {
        service.write_external_chain(tables);
    }
    if service.uses_firewall_chain() {
        service.write_firewall_chain(tables);
    }
    let endpoints = EndpointChains::of(&service, all);
    if traffic.uses_cluster_chain {
        let chain = (service.chains.cluster(), port.cluster_chain());
        endpoints::write_balancing(&service, chain, &traffic.endpoints.cluster, &endpoints, tables);
    }
    if traffic.uses_local_chain {
        let chain = (service.chains.local(), port.local_chain());
        endpoints::write_balancing(&service, chain, &traffic.endpoints.local, &endpoints, tables);
    }
    endpoints::write_chains(&service, &endpoints, tables);
    shared_end
}

impl Service<'_> {
    fn internal_chain(&self) -> &str {
        if self.port.internal_policy_local { self.chains.local() } else { self.chains.cluster() }
    }

    fn external_policy_chain(&self) -> &str {
        if self.port.external_policy_local { self.chains.local() } else { self.chains.cluster() }
    }

    fn uses_firewall_chain(&self) -> bool {
        self.traffic.has_endpoints()
            && !self.port.load_balancer_vips.is_empty()
            && !self.port.load_balancer_source_ranges.is_empty()
    }

    /// What finds no endpoint is turned away for the lack of endpoints too.
    fn turned_away(&self, field: Field) -> Cause {
        self.port.without_endpoints(field, self.traffic.has_endpoints())
    }

    /// The end of a comment and the target, for packets that find no endpoint.
    fn filter_verdict(&self) -> (&'static str, &'static str) {
        if self.traffic.has_endpoints() {
            (" has no local endpoints\"", "DROP")
        } else {
            (" has no endpoints\"", "REJECT")
        }
    }

    /// A nat rule of KUBE-SERVICES that catches `destination`.
    fn capture(&self, tables: &mut Tables, field: Field, destination: &str, kind: &str, chain: &str) {
        tables.nat_rules.push(
            self.port.entrance(field),
            &[
                "-A KUBE-SERVICES -m comment --comment \"",
                self.name,
                kind,
                self.transport,
                " -d ",
                destination,
                self.dport,
                " -j ",
                chain,
            ],
        );
    }

    /// A filter rule of `chain` that turns `destination` away.
    fn turn_away(&self, tables: &mut Tables, field: Field, chain: &str, destination: &str) {
        let (reason, verdict) = self.filter_verdict();
        tables.filter_rules.push(
            self.turned_away(field),
            &[
                "-A ",
                chain,
                " -m comment --comment \"",
                self.name,
                reason,
                self.transport,
                " -d ",
                destination,
                self.dport,
                " -j ",
                verdict,
            ],
        );
    }

    fn capture_cluster_ip(&self, tables: &mut Tables) {
        let address = text::address(self.port.cluster_ip);
        if self.traffic.has_internal_endpoints {
            self.capture(tables, Field::ClusterIp, &address, " cluster IP\"", self.internal_chain());
        } else {
            self.turn_away(tables, Field::ClusterIp, "KUBE-SERVICES", &address);
        }
    }

    fn capture_external_ips(&self, tables: &mut Tables) {
        for address in &self.port.external_ips {
            let address = text::address(*address);
            if self.traffic.has_endpoints() {
                self.capture(tables, Field::ExternalIp, &address, " external IP\"", self.chains.external());
            }
            if !self.traffic.has_external_endpoints {
                self.turn_away(tables, Field::ExternalIp, "KUBE-EXTERNAL-SERVICES", &address);
            }
        }
    }

    fn capture_load_balancer_vips(&self, tables: &mut Tables) {
        let firewall = self.uses_firewall_chain();
        let chain = if firewall { self.chains.firewall() } else { self.chains.external() };
        for address in &self.port.load_balancer_vips {
            let address = text::address(*address);
            if self.traffic.has_endpoints() {
                self.capture(tables, Field::LoadBalancerIngress, &address, " loadbalancer IP\"", chain);
            }
            if firewall {
                let pieces = [
                    "-A KUBE-PROXY-FIREWALL -m comment --comment \"",
                    self.name,
                    " traffic not accepted by ",
                    self.chains.firewall(),
                    "\"",
                    self.transport,
                    " -d ",
                    &address,
                    self.dport,
                    " -j DROP",
                ];
                tables.filter_rules.push(self.port.firewall(), &pieces);
            }
        }
        if !self.traffic.has_external_endpoints {
            for address in &self.port.load_balancer_vips {
                self.turn_away(tables, Field::LoadBalancerIngress, "KUBE-EXTERNAL-SERVICES", &text::address(*address));
            }
        }
    }

    fn capture_node_port(&self, tables: &mut Tables) {
        let Some(node_port) = self.port.node_port else {
            return;
        };
        let cause = self.port.entrance(Field::NodePort);
        let node_port = node_port.to_string();
        let (name, transport, chain) = (self.name, self.transport, self.chains.external());
        if self.traffic.has_endpoints() {
            let start = ["-A KUBE-NODEPORTS -m comment --comment ", name, transport].concat();
            let settings = self.settings;
            if settings.localhost_node_ports && settings.family == Family::V4 && settings.nfacct_counters {
                let to_localhost = " -d 127.0.0.0/8 --dport ";
                let counted = " -m nfacct --nfacct-name localhost_nps_accepted_pkts -j ";
                let pieces = [&start, to_localhost, &node_port, counted, chain];
                tables.nat_rules.push(cause.when(Setting::LocalhostNodePorts), &pieces);
            }
            let pieces = [&start, " --dport ", &node_port, " -j ", chain];
            tables.nat_rules.push(cause, &pieces);
        }
        if !self.traffic.has_external_endpoints {
            let (reason, verdict) = self.filter_verdict();
            let pieces = [
                "-A KUBE-EXTERNAL-SERVICES -m comment --comment \"",
                name,
                reason,
                " -m addrtype --dst-type LOCAL",
                transport,
                " --dport ",
                &node_port,
                " -j ",
                verdict,
            ];
            tables.filter_rules.push(self.turned_away(Field::NodePort), &pieces);
        }
    }

    fn accept_health_checks(&self, tables: &mut Tables) {
        let Some(port) = self.port.health_check_node_port else {
            return;
        };
        let pieces = [
            "-A KUBE-NODEPORTS -m comment --comment \"",
            self.name,
            " health check node port\" -m tcp -p tcp --dport ",
            &port.to_string(),
            " -j ACCEPT",
        ];
        tables.filter_rules.push(self.port.health_check(), &pieces);
    }

    /// Marks packets to the cluster IP that need SNAT: all, or those from outside the cluster,
    /// whose sender would not take an answer from the pod.
    fn write_internal_masquerading(&self, tables: &mut Tables) {
        let (condition, setting) = match &self.settings.if_not_local {
            _ if !self.traffic.has_internal_endpoints => return,
            _ if self.settings.masquerade_all => ("", Setting::MasqueradeAll),
            Some(if_not_local) => (if_not_local.as_str(), Setting::DetectLocal),
            None => return,
        };
        let pieces = [
            "-A ",
            self.internal_chain(),
            " -m comment --comment \"",
            self.name,
            " cluster IP\"",
            self.transport,
            " -d ",
            &text::address(self.port.cluster_ip),
            self.dport,
            if condition.is_empty() { "" } else { " " },
            condition,
            " -j KUBE-MARK-MASQ",
        ];
        tables.nat_rules.push(self.port.entrance(Field::ClusterIp).when(setting).when(Setting::MasqueradeAll), &pieces);
    }

    fn write_external_chain(&self, tables: &mut Tables) {
        let chain = self.chains.external();
        let entrances = self.port.external_entrances();
        declare(&mut tables.nat_chains, entrances, chain);
        let cause = entrances.and(Field::ExternalTrafficPolicy);
        let mut rule = |cause: Cause, what: &str, condition: &str, target: &str| {
            let pieces = [
                "-A ",
                chain,
                " -m comment --comment \"",
                what,
                " traffic for ",
                self.name,
                " external destinations\"",
                condition,
                " -j ",
                target,
            ];
            tables.nat_rules.push(cause, &pieces);
        };
        if self.port.external_policy_local {
            // What starts on this node, in a pod or not, obeys no policy: it is treated as if it
            // had gone out to a load balancer and come back.
            if let Some(if_local) = &self.settings.if_local {
                rule(cause.when(Setting::DetectLocal), "pod", &[" ", if_local].concat(), self.chains.cluster());
            }
            let from_node = " -m addrtype --src-type LOCAL";
            rule(cause, "masquerade LOCAL", from_node, "KUBE-MARK-MASQ");
            rule(cause, "route LOCAL", from_node, self.chains.cluster());
        } else {
            rule(cause, "masquerade", "", "KUBE-MARK-MASQ");
        }
        if self.traffic.has_external_endpoints {
            tables.nat_rules.push(cause, &["-A ", chain, " -j ", self.external_policy_chain()]);
        }
    }

    /// Lets the source ranges of a load balancer through; what falls out of the end gets no DNAT
    /// and is then dropped by KUBE-PROXY-FIREWALL.
    fn write_firewall_chain(&self, tables: &mut Tables) {
        let chain = self.chains.firewall();
        let cause = self.port.firewall();
        declare(&mut tables.nat_chains, cause, chain);
        let mut allow = |source: &str| {
            let comment = " loadbalancer IP\" -s ";
            let external = self.chains.external();
            let pieces = ["-A ", chain, " -m comment --comment \"", self.name, comment, source, " -j ", external];
            tables.nat_rules.push(cause, &pieces);
        };
        for range in &self.port.load_balancer_source_ranges {
            allow(&range.to_string());
        }
        // The address of a load balancer is often bound on the node, so that packets from here
        // carry it as source.
        if self.port.source_ranges_hold(self.settings.node_ip) {
            for address in &self.port.load_balancer_vips {
                allow(&text::address(*address));
            }
        }
        let pieces = [
            "-A ",
            chain,
            " -m comment --comment \"other traffic to ",
            self.name,
            " will be dropped by KUBE-PROXY-FIREWALL\"",
        ];
        tables.nat_rules.push(cause, &pieces);
    }
}
