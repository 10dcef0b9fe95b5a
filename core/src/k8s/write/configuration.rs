use ipnet::IpNet;
use serde_json::{Value, json};

use super::{Fields, texts};
use crate::k8s::{self, KubeProxyConfiguration, LocalMode, NodePortRanges, ProxyMode};
use crate::net::Family;

/// What kubeadm v1.36 writes where nobody says anything: all fields of the type, none of kube-proxy's defaults filled in
/// (`kubeProxyConfig.Default` of cmd/kubeadm/app/componentconfigs/kubeproxy.go).
const KUBEADM: &str = include_str!("kubeadm.yaml");

/// The configuration as it stands in kubeadm's ConfigMap; without one, with the ranges of Pods that are assumed.
pub(crate) fn kubeadm_configuration(given: Option<&KubeProxyConfiguration>, cluster_cidrs: &[IpNet]) -> Value {
    let documents = k8s::documents(KUBEADM).unwrap_or_default();
    let mut object = documents.into_iter().next().map(|(_, object)| object).unwrap_or_default();
    let given = match given {
        Some(given) => configuration(given),
        None => json!({ "clusterCIDR": joined(cluster_cidrs) }),
    };
    // kubeadm takes the family of the API server's address; the lab that of the first range.
    if cluster_cidrs.first().is_some_and(|range| Family::of(range.addr()) == Family::V6) {
        object["bindAddress"] = json!("::");
    }
    for (name, value) in given.as_object().into_iter().flatten() {
        match value.as_object() {
            Some(section) => section.iter().for_each(|(field, value)| object[name][field] = value.clone()),
            None => object[name] = value.clone(),
        }
    }
    object
}

fn joined(ranges: &[IpNet]) -> String {
    ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Go's `Duration.String`, of milliseconds.
fn duration(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    let decimals = format!("{rest:03}");
    let fraction = match decimals.trim_end_matches('0') {
        "" => String::new(),
        digits => format!(".{digits}"),
    };
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) if rest > 0 => format!("{rest}ms"),
        (0, 0, seconds) => format!("{seconds}{fraction}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}{fraction}s"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}{fraction}s"),
    }
}

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
    let duration = |milliseconds: u64| json!(duration(milliseconds));
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
        "clusterCIDR" => json!(joined(&configuration.cluster_cidrs)),
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

#[cfg(test)]
mod tests {
    use super::{KUBEADM, duration};
    use crate::k8s;

    /// Of time's own `TestDurationString`.
    #[test]
    fn durations_are_written_as_go_does() {
        for (milliseconds, text) in [
            (0, "0s"),
            (1, "1ms"),
            (1_100, "1.1s"),
            (2_200, "2.2s"),
            (120_000, "2m0s"),
            (123_300, "2m3.3s"),
            (300_000, "5m0s"),
            (301_001, "5m1.001s"),
            (86_400_000, "24h0m0s"),
        ] {
            assert_eq!(duration(milliseconds), text);
        }
    }

    #[test]
    fn what_kubeadm_writes_changes_nothing() {
        let parsed = k8s::parse(KUBEADM);
        assert_eq!(parsed.diagnostics, []);
        let given = parsed.cluster.proxy_configuration.expect("a configuration");
        let bare = k8s::configured(None, &serde_json::json!({})).expect("the defaults");
        assert_eq!(k8s::KubeProxyConfiguration { given: Vec::new(), ..given }, bare);
    }
}
