//! KubeProxyConfiguration, alone and in kube-proxy's ConfigMap.

use expect_test::expect;

use super::check;

fn alone(fields: &str) -> String {
    format!("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n{fields}\n")
}

fn in_config_map(lines: &str) -> String {
    let lines = lines.lines().fold(String::new(), |text, line| format!("{text}    {line}\n"));
    format!("apiVersion: v1\ndata:\n  config.conf: |-\n{lines}kind: ConfigMap\nmetadata: {{name: kube-proxy}}\n")
}

#[test]
fn modes_and_masquerading_in_the_words_of_kube_proxy() {
    let cases = [
        "mode: ipvs\nipvs: {scheduler: wrr, strictARP: true}",
        "mode: userspace",
        "mode: ipvs\nipvs: {scheduler: fastest}",
        "ipvs: {scheduler: fastest, excludeCIDRs: [10.0.0.0]}",
        "iptables: {masqueradeBit: 32}",
        "nftables: {masqueradeBit: 32}",
        "mode: nftables\nnftables: {masqueradeBit: 32}",
        "iptables: {minSyncPeriod: 1m}",
    ];
    check(
        cases.map(|case| (case, alone(case))),
        &expect![[r#"
        mode: ipvs ⏎ ipvs: {scheduler: wrr, strictARP: true}
          kept: KubeProxyConfiguration { mode: Ipvs, local_mode: ClusterCidr, cluster_cidrs: [], node_port_addresses: Unset, iptables: IptablesSettings { masquerade_bit: 14, masquerade_all: false, localhost_node_ports: true, sync_period: 30000, min_sync_period: 1000 }, nftables: NftablesSettings { masquerade_bit: 14, masquerade_all: false, sync_period: 30000, min_sync_period: 1000 }, ipvs: IpvsSettings { scheduler: "wrr", exclude_cidrs: [], strict_arp: true, tcp_timeout: 0, tcp_fin_timeout: 0, udp_timeout: 0, sync_period: 30000, min_sync_period: 0 }, conntrack: ConntrackSettings { max_per_core: 32768, min: 131072, tcp_be_liberal: false, tcp_established_timeout: 86400000, tcp_close_wait_timeout: 3600000, udp_timeout: 0, udp_stream_timeout: 0 }, hostname_override: None, bind_address: 0.0.0.0, given: ["mode", "ipvs.scheduler", "ipvs.strictARP"] }
        mode: userspace
          3:7: error: KubeProxyConfiguration.Mode.ProxyMode: Invalid value: "userspace": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables]); expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        mode: ipvs ⏎ ipvs: {scheduler: fastest}
          4:19: error: KubeProxyConfiguration.KubeProxyIPVSConfiguration.Scheduler: Invalid value: "fastest": the kernel has no such scheduler: it has rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        ipvs: {scheduler: fastest, excludeCIDRs: [10.0.0.0]}
          3:19: warning: KubeProxyConfiguration.KubeProxyIPVSConfiguration.Scheduler: Invalid value: "fastest": the kernel has no such scheduler: it has rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos; expected a value that kube-proxy accepts; correct it: kube-proxy does not look at it in this mode, and the lab takes the default
          3:43: warning: KubeProxyConfiguration.KubeProxyIPVSConfiguration.ExcludeCidrs[0]: Invalid value: "10.0.0.0": must be a valid CIDR; expected a value that kube-proxy accepts; correct it: kube-proxy does not look at it in this mode, and the lab takes the default
          kept: KubeProxyConfiguration { mode: Iptables, local_mode: ClusterCidr, cluster_cidrs: [], node_port_addresses: Unset, iptables: IptablesSettings { masquerade_bit: 14, masquerade_all: false, localhost_node_ports: true, sync_period: 30000, min_sync_period: 1000 }, nftables: NftablesSettings { masquerade_bit: 14, masquerade_all: false, sync_period: 30000, min_sync_period: 1000 }, ipvs: IpvsSettings { scheduler: "", exclude_cidrs: [], strict_arp: false, tcp_timeout: 0, tcp_fin_timeout: 0, udp_timeout: 0, sync_period: 30000, min_sync_period: 0 }, conntrack: ConntrackSettings { max_per_core: 32768, min: 131072, tcp_be_liberal: false, tcp_established_timeout: 86400000, tcp_close_wait_timeout: 3600000, udp_timeout: 0, udp_stream_timeout: 0 }, hostname_override: None, bind_address: 0.0.0.0, given: ["ipvs.scheduler", "ipvs.excludeCIDRs"] }
        iptables: {masqueradeBit: 32}
          3:27: error: KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        nftables: {masqueradeBit: 32}
          3:27: warning: KubeProxyConfiguration.KubeProxyNFTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]; expected a value that kube-proxy accepts; correct it: kube-proxy does not look at it in this mode, and the lab takes the default
          kept: KubeProxyConfiguration { mode: Iptables, local_mode: ClusterCidr, cluster_cidrs: [], node_port_addresses: Unset, iptables: IptablesSettings { masquerade_bit: 14, masquerade_all: false, localhost_node_ports: true, sync_period: 30000, min_sync_period: 1000 }, nftables: NftablesSettings { masquerade_bit: 14, masquerade_all: false, sync_period: 30000, min_sync_period: 1000 }, ipvs: IpvsSettings { scheduler: "", exclude_cidrs: [], strict_arp: false, tcp_timeout: 0, tcp_fin_timeout: 0, udp_timeout: 0, sync_period: 30000, min_sync_period: 0 }, conntrack: ConntrackSettings { max_per_core: 32768, min: 131072, tcp_be_liberal: false, tcp_established_timeout: 86400000, tcp_close_wait_timeout: 3600000, udp_timeout: 0, udp_stream_timeout: 0 }, hostname_override: None, bind_address: 0.0.0.0, given: ["nftables.masqueradeBit"] }
        mode: nftables ⏎ nftables: {masqueradeBit: 32}
          4:27: error: KubeProxyConfiguration.KubeProxyNFTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        iptables: {minSyncPeriod: 1m}
          3:27: error: KubeProxyConfiguration.SyncPeriod: Invalid value: "1m": must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
    "#]],
    );
}

#[test]
fn ranges_and_addresses_in_the_words_of_kube_proxy() {
    let cases = [
        "clusterCIDR: 10.244.0.0/16,fd00:10:244::/56",
        "clusterCIDR: 10.244.0.0/16,10.245.0.0/16",
        "clusterCIDR: 10.244.0.0",
        "detectLocalMode: NodeCIDR\nclusterCIDR: 10.244.0.0",
        "detectLocalMode: BridgeInterface",
        "detectLocalMode: Bridge",
        "nodePortAddresses: [primary, 10.0.0.0/8]",
        "nodePortAddresses: [10.0.0.0/8, 10.0.0.1]",
        "healthzBindAddress: 0.0.0.0\nmetricsBindAddress: localhost:http",
        "bindAddress: here",
    ];
    check(
        cases.map(|case| (case, alone(case))),
        &expect![[r#"
        clusterCIDR: 10.244.0.0/16,fd00:10:244::/56
          kept: KubeProxyConfiguration { mode: Iptables, local_mode: ClusterCidr, cluster_cidrs: [10.244.0.0/16, fd00:10:244::/56], node_port_addresses: Unset, iptables: IptablesSettings { masquerade_bit: 14, masquerade_all: false, localhost_node_ports: true, sync_period: 30000, min_sync_period: 1000 }, nftables: NftablesSettings { masquerade_bit: 14, masquerade_all: false, sync_period: 30000, min_sync_period: 1000 }, ipvs: IpvsSettings { scheduler: "", exclude_cidrs: [], strict_arp: false, tcp_timeout: 0, tcp_fin_timeout: 0, udp_timeout: 0, sync_period: 30000, min_sync_period: 0 }, conntrack: ConntrackSettings { max_per_core: 32768, min: 131072, tcp_be_liberal: false, tcp_established_timeout: 86400000, tcp_close_wait_timeout: 3600000, udp_timeout: 0, udp_stream_timeout: 0 }, hostname_override: None, bind_address: 0.0.0.0, given: ["clusterCIDR"] }
        clusterCIDR: 10.244.0.0/16,10.245.0.0/16
          3:14: error: KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs: Invalid value: "10.244.0.0/16,10.245.0.0/16": must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        clusterCIDR: 10.244.0.0
          3:14: error: KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs[0]: Invalid value: "10.244.0.0": must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48); expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        detectLocalMode: NodeCIDR ⏎ clusterCIDR: 10.244.0.0
          kept: KubeProxyConfiguration { mode: Iptables, local_mode: NodeCidr, cluster_cidrs: [], node_port_addresses: Unset, iptables: IptablesSettings { masquerade_bit: 14, masquerade_all: false, localhost_node_ports: true, sync_period: 30000, min_sync_period: 1000 }, nftables: NftablesSettings { masquerade_bit: 14, masquerade_all: false, sync_period: 30000, min_sync_period: 1000 }, ipvs: IpvsSettings { scheduler: "", exclude_cidrs: [], strict_arp: false, tcp_timeout: 0, tcp_fin_timeout: 0, udp_timeout: 0, sync_period: 30000, min_sync_period: 0 }, conntrack: ConntrackSettings { max_per_core: 32768, min: 131072, tcp_be_liberal: false, tcp_established_timeout: 86400000, tcp_close_wait_timeout: 3600000, udp_timeout: 0, udp_stream_timeout: 0 }, hostname_override: None, bind_address: 0.0.0.0, given: ["detectLocalMode", "clusterCIDR"] }
        detectLocalMode: BridgeInterface
          3:18: error: KubeProxyConfiguration.DetectLocalConfiguration.InterfaceName: Invalid value: "": must not be empty; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        detectLocalMode: Bridge
          3:18: error: KubeProxyConfiguration is invalid: detectLocalMode: Unsupported value: "Bridge": supported values: "BridgeInterface", "ClusterCIDR", "InterfaceNamePrefix", "NodeCIDR", ""; expected one of BridgeInterface, ClusterCIDR, InterfaceNamePrefix, NodeCIDR, ; write one of these, or leave the field out
          kept: nothing
        nodePortAddresses: [primary, 10.0.0.0/8]
          3:21: error: KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: "primary": can't use both 'primary' and CIDRs; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        nodePortAddresses: [10.0.0.0/8, 10.0.0.1]
          3:33: error: KubeProxyConfiguration.NodePortAddresses[1]: Invalid value: "10.0.0.1": must be a valid CIDR; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        healthzBindAddress: 0.0.0.0 ⏎ metricsBindAddress: localhost:http
          4:21: error: KubeProxyConfiguration.MetricsBindAddress: Invalid value: "localhost": must be a valid IP; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          4:21: error: KubeProxyConfiguration.MetricsBindAddress: Invalid value: "http": must be a valid port; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        bindAddress: here
          3:14: error: KubeProxyConfiguration is invalid: bindAddress: Invalid value: "here": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff); expected an IPv4 or IPv6 address; correct the address
          kept: nothing
    "#]],
    );
}

#[test]
fn types_and_names_of_fields() {
    let cases = [
        "conntrack: {udpTimeout: -1s, min: -1}",
        "conntrack: {udpTimeout: 30}",
        "conntrack: {udpTimeout: 30 s}",
        "ipvs: {schedulr: rr}\nmodes: x",
        "mode: 3",
        "iptables: []",
    ];
    check(
        cases.map(|case| (case, alone(case))),
        &expect![[r#"
        conntrack: {udpTimeout: -1s, min: -1}
          3:25: error: KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration.UDPTimeout: Invalid value: "-1s": must be greater than or equal to 0; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          3:35: error: KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration.Min: Invalid value: -1: must be greater than or equal to 0; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        conntrack: {udpTimeout: 30}
          3:25: error: KubeProxyConfiguration is invalid: conntrack.udpTimeout: Invalid value: 30: must be a string; expected a string; put the value in quotes
          kept: nothing
        conntrack: {udpTimeout: 30 s}
          3:25: error: KubeProxyConfiguration is invalid: conntrack.udpTimeout: Invalid value: "30 s": must be a duration such as 30s, 1m0s or 1h; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        ipvs: {schedulr: rr} ⏎ modes: x
          3:18: warning: strict decoding error: unknown field "ipvs.schedulr"; expected a field of KubeProxyConfiguration; correct the name: kube-proxy ignores it
          4:8: warning: strict decoding error: unknown field "modes"; expected a field of KubeProxyConfiguration; correct the name: kube-proxy ignores it
          kept: KubeProxyConfiguration { mode: Iptables, local_mode: ClusterCidr, cluster_cidrs: [], node_port_addresses: Unset, iptables: IptablesSettings { masquerade_bit: 14, masquerade_all: false, localhost_node_ports: true, sync_period: 30000, min_sync_period: 1000 }, nftables: NftablesSettings { masquerade_bit: 14, masquerade_all: false, sync_period: 30000, min_sync_period: 1000 }, ipvs: IpvsSettings { scheduler: "", exclude_cidrs: [], strict_arp: false, tcp_timeout: 0, tcp_fin_timeout: 0, udp_timeout: 0, sync_period: 30000, min_sync_period: 0 }, conntrack: ConntrackSettings { max_per_core: 32768, min: 131072, tcp_be_liberal: false, tcp_established_timeout: 86400000, tcp_close_wait_timeout: 3600000, udp_timeout: 0, udp_stream_timeout: 0 }, hostname_override: None, bind_address: 0.0.0.0, given: [] }
        mode: 3
          3:7: error: KubeProxyConfiguration is invalid: mode: Invalid value: 3: must be a string; expected a string; put the value in quotes
          kept: nothing
        iptables: []
          3:11: error: KubeProxyConfiguration is invalid: iptables: Invalid value: []: must be an object; expected a mapping of fields; compare with what kubectl prints
          kept: nothing
    "#]],
    );
}

#[test]
fn in_a_config_map_at_the_place_in_the_whole_text() {
    let object = alone("mode: ipvs\niptables:\n  masqueradeBit: 32");
    let unknown =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {config.conf: 'KubeProxyConfiguration'}\n";
    let quoted = format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {{\"name\": \"kube-proxy\"}},\n\"data\": {{\"config.conf\": {object:?}}}}}"
    );
    let cases = [
        ("a block", in_config_map(&object)),
        ("a block that begins with blank lines", in_config_map(&format!("\n\n{object}"))),
        ("JSON", quoted),
        ("no YAML within", in_config_map(&format!("{object}: : [\n"))),
        ("the name alone", unknown.to_owned()),
        ("another one", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n".to_owned()),
        ("two", in_config_map(&alone("mode: ipvs")) + "---\n" + &alone("mode: ipvs")),
    ];
    check(
        cases,
        &expect![[r#"
        a block
          8:22: error: KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        a block that begins with blank lines
          10:22: error: KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        JSON
          2:25: error: KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]; expected a value that kube-proxy accepts; correct it: kube-proxy does not start with it
          kept: nothing
        no YAML within
          10:5: error: this is not YAML: while parsing a node, did not find expected node content; expected YAML or JSON as kubectl prints it; check the indentation and the quotes of this line and of the one before
          kept: nothing
        the name alone
          kept: nothing
        another one
          2:7: note: kind ConfigMap has no bearing on kube-proxy's rules and is passed over
          kept: nothing
        two
          10:1: error: there is another KubeProxyConfiguration before this one; expected one configuration of kube-proxy; delete one of the two
          kept: KubeProxyConfiguration { mode: Ipvs, local_mode: ClusterCidr, cluster_cidrs: [], node_port_addresses: Unset, iptables: IptablesSettings { masquerade_bit: 14, masquerade_all: false, localhost_node_ports: true, sync_period: 30000, min_sync_period: 1000 }, nftables: NftablesSettings { masquerade_bit: 14, masquerade_all: false, sync_period: 30000, min_sync_period: 1000 }, ipvs: IpvsSettings { scheduler: "", exclude_cidrs: [], strict_arp: false, tcp_timeout: 0, tcp_fin_timeout: 0, udp_timeout: 0, sync_period: 30000, min_sync_period: 0 }, conntrack: ConntrackSettings { max_per_core: 32768, min: 131072, tcp_be_liberal: false, tcp_established_timeout: 86400000, tcp_close_wait_timeout: 3600000, udp_timeout: 0, udp_stream_timeout: 0 }, hostname_override: None, bind_address: 0.0.0.0, given: ["mode"] }
    "#]],
    );
}
