use super::transaction::Transaction;
use super::{Container, Settings};
use crate::net::Family;
use crate::proxy::{Cause, Config, Setting};

const ALWAYS: Cause = Cause::ALWAYS;

const BASE_CHAINS: [(&str, &str); 8] = [
    // Source ranges are checked before DNAT, while the packet still carries the address of the load
    // balancer.
    ("filter-prerouting-pre-dnat", "type filter hook prerouting priority -110"),
    ("filter-output-pre-dnat", "type filter hook output priority -110"),
    ("filter-input", "type filter hook input priority 0"),
    ("filter-forward", "type filter hook forward priority 0"),
    ("filter-output", "type filter hook output priority 0"),
    ("nat-prerouting", "type nat hook prerouting priority -100"),
    ("nat-output", "type nat hook output priority -100"),
    ("nat-postrouting", "type nat hook postrouting priority 100"),
];

/// Target, base chain, condition.
const JUMPS: [(&str, &str, &str); 11] = [
    // Kernels before 5.9 reject packets only in the hooks input, forward and output.
    ("nodeport-endpoints-check", "filter-input", "ct state new "),
    ("service-endpoints-check", "filter-input", "ct state new "),
    ("service-endpoints-check", "filter-forward", "ct state new "),
    ("service-endpoints-check", "filter-output", "ct state new "),
    ("firewall-check", "filter-prerouting-pre-dnat", "ct state new "),
    ("firewall-check", "filter-output-pre-dnat", "ct state new "),
    ("services", "nat-output", ""),
    ("services", "nat-prerouting", ""),
    ("masquerading", "nat-postrouting", ""),
    ("cluster-ips-check", "filter-forward", "ct state new "),
    ("cluster-ips-check", "filter-output", "ct state new "),
];

/// All that is there before any service is (`setupNFTables`). `first` tells the first time since kube-proxy started.
pub(super) fn write(settings: &Settings, config: &Config, first: bool, transaction: &mut Transaction) {
    transaction.add_table("rules for kube-proxy");
    if first {
        remove_base_chains(transaction);
    }
    write_chains(transaction);
    write_masquerading(settings, transaction);
    write_cluster_ips_check(settings, transaction);
    write_node_port_ips(settings, config, transaction);
    write_no_endpoints(settings, transaction);
    write_firewall(settings, transaction);
    write_dispatch(settings, transaction);
}

/// nft cannot change the hook or priority of a chain, so those of an earlier kube-proxy go first.
fn remove_base_chains(transaction: &mut Transaction) {
    for (name, _) in BASE_CHAINS {
        transaction.add_chain(ALWAYS, name, "");
        transaction.delete_chain(ALWAYS, name);
    }
}

fn write_chains(transaction: &mut Transaction) {
    for (name, properties) in BASE_CHAINS {
        transaction.add_chain(ALWAYS, name, properties);
        transaction.flush_chain(ALWAYS, name);
    }
    let mut previous = "";
    for (target, chain, condition) in JUMPS {
        if target != previous {
            transaction.ensure_chain(ALWAYS, target);
        }
        transaction.add_rule(ALWAYS, chain, &[condition, "jump ", target]);
        previous = target;
    }
}

fn write_masquerading(settings: &Settings, transaction: &mut Transaction) {
    let Settings { ip, address_type, mark, .. } = settings;
    let comment = " . inet_proto . inet_service ; comment \"service hairpin connections\"";
    transaction.add_set(ALWAYS, "hairpin-connections", &[address_type, " . ", address_type, comment]);
    let marked = ["mark and ", mark, " != 0 mark set mark xor ", mark, " masquerade fully-random"];
    transaction.add_rule(Cause::set_by(Setting::MasqueradeBit), "masquerading", &marked);
    let hairpin = [
        "ct status dnat ",
        ip,
        " saddr . ",
        ip,
        " daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random",
    ];
    transaction.add_rule(ALWAYS, "masquerading", &hairpin);
}

/// What reaches this far with a cluster IP as destination has not met a service.
fn write_cluster_ips_check(settings: &Settings, transaction: &mut Transaction) {
    let Settings { ip, address_type, service_cidrs, .. } = settings;
    transaction.add_set(ALWAYS, "cluster-ips", &[address_type, " ; comment \"Active ClusterIPs\""]);
    transaction.add_commented_rule(
        ALWAYS,
        "cluster-ips-check",
        &[ip, " daddr @cluster-ips reject"],
        "Reject traffic to invalid ports of ClusterIPs",
    );
    if !service_cidrs.is_empty() {
        transaction.add_commented_rule(
            Cause::set_by(Setting::ServiceCidrs),
            "cluster-ips-check",
            &[ip, " daddr { ", service_cidrs, " } drop"],
            "Drop traffic to unallocated ClusterIPs",
        );
    }
}

fn write_node_port_ips(settings: &Settings, config: &Config, transaction: &mut Transaction) {
    let name = "nodeport-ips";
    let properties = [settings.address_type, " ; comment \"IPs that accept NodePort traffic\""];
    let cause = Cause::set_by(Setting::NodePortAddresses);
    transaction.add_set(cause, name, &properties);
    if settings.node_ports.match_all() {
        transaction.delete_set(cause, name);
        return;
    }
    transaction.flush_set(cause, name);
    for address in settings.node_ports.node_ips(&config.interfaces) {
        if !address.is_loopback() {
            transaction.add_element(cause, name, &address.to_string(), "", "");
        }
    }
}

fn write_no_endpoints(settings: &Settings, transaction: &mut Transaction) {
    let Settings { ip, address_type, .. } = settings;
    transaction.add_map(
        ALWAYS,
        Container::NoEndpointServices.name(),
        &[
            address_type,
            " . inet_proto . inet_service : verdict ; comment \
             \"vmap to drop or reject packets to services with no endpoints\"",
        ],
    );
    transaction.add_map(
        ALWAYS,
        Container::NoEndpointNodePorts.name(),
        &["inet_proto . inet_service : verdict ; comment \
          \"vmap to drop or reject packets to service nodeports with no endpoints\""],
    );
    let comment = "comment \"helper for @no-endpoint-services / @no-endpoint-nodeports\"";
    transaction.add_chain(ALWAYS, "reject-chain", comment);
    transaction.flush_chain(ALWAYS, "reject-chain");
    transaction.add_rule(ALWAYS, "reject-chain", &["reject"]);
    let lookup = [ip, " daddr . meta l4proto . th dport vmap @no-endpoint-services"];
    transaction.add_rule(ALWAYS, "service-endpoints-check", &lookup);
    let to_node = match (settings.node_ports.match_all(), settings.family) {
        (true, Family::V4) => "ip daddr != 127.0.0.0/8",
        (true, Family::V6) => "ip6 daddr != ::1",
        (false, Family::V4) => "ip daddr @nodeport-ips",
        (false, Family::V6) => "ip6 daddr @nodeport-ips",
    };
    let lookup = [to_node, " meta l4proto . th dport vmap @no-endpoint-nodeports"];
    transaction.add_rule(Cause::set_by(Setting::NodePortAddresses), "nodeport-endpoints-check", &lookup);
}

fn write_firewall(settings: &Settings, transaction: &mut Transaction) {
    let Settings { ip, address_type, .. } = settings;
    let properties = [
        address_type,
        " . inet_proto . inet_service : verdict ; comment \"destinations that are subject to LoadBalancerSourceRanges\"",
    ];
    transaction.add_map(ALWAYS, Container::FirewallIps.name(), &properties);
    let lookup = [ip, " daddr . meta l4proto . th dport vmap @firewall-ips"];
    transaction.add_rule(ALWAYS, "firewall-check", &lookup);
}

fn write_dispatch(settings: &Settings, transaction: &mut Transaction) {
    let Settings { ip, address_type, mark, .. } = settings;
    let properties = [
        address_type,
        " . inet_proto . inet_service : verdict ; comment \"ClusterIP, ExternalIP and LoadBalancer IP traffic\"",
    ];
    transaction.add_map(ALWAYS, Container::ServiceIps.name(), &properties);
    let properties = "inet_proto . inet_service : verdict ; comment \"NodePort traffic\"";
    transaction.add_map(ALWAYS, Container::ServiceNodePorts.name(), &[properties]);

    let chain = "services";
    if settings.masquerade_all {
        let rule = [ip, " daddr @cluster-ips mark set mark or ", mark];
        let cause = Cause::set_by(Setting::MasqueradeAll).when(Setting::MasqueradeBit);
        transaction.add_commented_rule(cause, chain, &rule, "masquerade all clusterIP traffic");
    } else if let Some(if_not_local) = &settings.if_not_local {
        // A sender outside the cluster would not take an answer from the pod.
        let rule = [ip, " daddr @cluster-ips ", if_not_local, " mark set mark or ", mark];
        let cause = Cause::set_by(Setting::DetectLocal).when(Setting::MasqueradeAll).when(Setting::MasqueradeBit);
        transaction.add_commented_rule(cause, chain, &rule, "masquerade clusterIP traffic from outside cluster");
    }
    let lookup = [ip, " daddr . meta l4proto . th dport vmap @service-ips"];
    transaction.add_rule(ALWAYS, chain, &lookup);
    let to_node = match (settings.node_ports.match_all(), settings.family) {
        (true, Family::V4) => "fib daddr type local ip daddr != 127.0.0.0/8",
        (true, Family::V6) => "fib daddr type local ip6 daddr != ::1",
        (false, Family::V4) => "ip daddr @nodeport-ips",
        (false, Family::V6) => "ip6 daddr @nodeport-ips",
    };
    let cause = Cause::set_by(Setting::NodePortAddresses);
    transaction.add_rule(cause, chain, &[to_node, " meta l4proto . th dport vmap @service-nodeports"]);
}
