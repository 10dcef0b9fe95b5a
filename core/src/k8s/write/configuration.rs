use serde_json::{Value, json};

use super::{Fields, texts};
use crate::k8s::{KubeProxyConfiguration, LocalMode, NodePortRanges, ProxyMode};

/// The settings that were given, by their paths, with the values that they have.
pub(crate) fn configuration(configuration: &KubeProxyConfiguration) -> Value {
    let mut object = Fields::default();
    object.keep("apiVersion", json!("kubeproxy.config.k8s.io/v1alpha1"));
    object.keep("kind", json!("KubeProxyConfiguration"));
    for path in &configuration.given {
        let value = setting(configuration, path);
        if value.is_null() {
            continue;
        }
        match path.split_once('.') {
            None => object.put(path, value),
            Some((section, field)) => {
                let section = object.0.entry(section).or_insert_with(|| json!({}));
                section[field] = value;
            }
        }
    }
    object.into()
}

/// Null for what the lab does not look at.
fn setting(configuration: &KubeProxyConfiguration, path: &str) -> Value {
    let KubeProxyConfiguration { iptables, nftables, ipvs, conntrack, .. } = configuration;
    let duration = |milliseconds: u64| json!(format!("{milliseconds}ms"));
    match path {
        "mode" => json!(match configuration.mode {
            ProxyMode::Iptables => "iptables",
            ProxyMode::Ipvs => "ipvs",
            ProxyMode::Nftables => "nftables",
        }),
        "detectLocalMode" => json!(match &configuration.local_mode {
            LocalMode::ClusterCidr => "ClusterCIDR",
            LocalMode::NodeCidr => "NodeCIDR",
            LocalMode::BridgeInterface(_) => "BridgeInterface",
            LocalMode::InterfaceNamePrefix(_) => "InterfaceNamePrefix",
        }),
        "detectLocal.bridgeInterface" => match &configuration.local_mode {
            LocalMode::BridgeInterface(name) => json!(name),
            _ => Value::Null,
        },
        "detectLocal.interfaceNamePrefix" => match &configuration.local_mode {
            LocalMode::InterfaceNamePrefix(prefix) => json!(prefix),
            _ => Value::Null,
        },
        "clusterCIDR" => {
            json!(configuration.cluster_cidrs.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
        }
        "nodePortAddresses" => match &configuration.node_port_addresses {
            NodePortRanges::Unset => Value::Null,
            NodePortRanges::Primary => json!(["primary"]),
            NodePortRanges::Ranges(ranges) => texts(ranges),
        },
        "hostnameOverride" => json!(configuration.hostname_override),
        "bindAddress" => json!(configuration.bind_address.to_string()),
        "iptables.masqueradeBit" => json!(iptables.masquerade_bit),
        "iptables.masqueradeAll" => json!(iptables.masquerade_all),
        "iptables.localhostNodePorts" => json!(iptables.localhost_node_ports),
        "iptables.syncPeriod" => duration(iptables.sync_period),
        "iptables.minSyncPeriod" => duration(iptables.min_sync_period),
        "nftables.masqueradeBit" => json!(nftables.masquerade_bit),
        "nftables.masqueradeAll" => json!(nftables.masquerade_all),
        "nftables.syncPeriod" => duration(nftables.sync_period),
        "nftables.minSyncPeriod" => duration(nftables.min_sync_period),
        "ipvs.scheduler" => json!(ipvs.scheduler),
        "ipvs.excludeCIDRs" => texts(&ipvs.exclude_cidrs),
        "ipvs.strictARP" => json!(ipvs.strict_arp),
        "ipvs.tcpTimeout" => duration(ipvs.tcp_timeout),
        "ipvs.tcpFinTimeout" => duration(ipvs.tcp_fin_timeout),
        "ipvs.udpTimeout" => duration(ipvs.udp_timeout),
        "ipvs.syncPeriod" => duration(ipvs.sync_period),
        "ipvs.minSyncPeriod" => duration(ipvs.min_sync_period),
        "conntrack.maxPerCore" => json!(conntrack.max_per_core),
        "conntrack.min" => json!(conntrack.min),
        "conntrack.tcpBeLiberal" => json!(conntrack.tcp_be_liberal),
        "conntrack.tcpEstablishedTimeout" => duration(conntrack.tcp_established_timeout),
        "conntrack.tcpCloseWaitTimeout" => duration(conntrack.tcp_close_wait_timeout),
        "conntrack.udpTimeout" => duration(conntrack.udp_timeout),
        "conntrack.udpStreamTimeout" => duration(conntrack.udp_stream_timeout),
        _ => Value::Null,
    }
}
