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
    check(cases.map(|case| (case, alone(case))), &expect![[""]]);
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
    check(cases.map(|case| (case, alone(case))), &expect![[""]]);
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
    check(cases.map(|case| (case, alone(case))), &expect![[""]]);
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
