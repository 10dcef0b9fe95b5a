//! kube-proxy's settings as the ConfigMap that kubeadm makes for it.

use super::{File, Subject, head};
use crate::k8s::write::yaml::Yaml;
use crate::message;
use crate::message::Message;
use crate::proxy::{Config, DetectLocal, Mode, NodePortAddresses};

const NAME: &str = "kube-proxy.yaml";
const NOTE: Message = message!("export-configuration");

pub(super) fn file(subject: &Subject<'_>) -> File {
    let mut yaml = Yaml::default();
    yaml.comment(head::MADE_BY);
    yaml.comment(&NOTE.to_string());
    let restart = "kubectl -n kube-system rollout restart daemonset kube-proxy";
    yaml.comment("Before: kubectl -n kube-system get configmap kube-proxy -o yaml > before.yaml");
    yaml.comment(&format!("Load: kubectl -n kube-system patch configmap kube-proxy --patch-file {NAME}; {restart}"));
    yaml.comment(&format!("Undo: kubectl replace -f before.yaml; {restart}"));
    yaml.string("apiVersion", "v1");
    yaml.string("kind", "ConfigMap");
    yaml.mapping("metadata", |yaml| {
        yaml.string("name", "kube-proxy");
        yaml.string("namespace", "kube-system");
        yaml.mapping("labels", |yaml| yaml.string("app", "kube-proxy"));
    });
    yaml.mapping("data", |yaml| yaml.block("config.conf", &configuration(&subject.config, subject.mode)));
    File { name: NAME.to_owned(), text: yaml.into_text(), note: NOTE }
}

/// `KubeProxyConfiguration` v1alpha1: what decides about rules, the rest as kube-proxy defaults it.
fn configuration(config: &Config, mode: Mode) -> String {
    let mut yaml = Yaml::default();
    yaml.string("apiVersion", "kubeproxy.config.k8s.io/v1alpha1");
    yaml.string("kind", "KubeProxyConfiguration");
    yaml.string("mode", &mode.to_string());
    // kubeadm's kube-proxy finds the API server so.
    yaml.mapping("clientConnection", |yaml| yaml.string("kubeconfig", "/var/lib/kube-proxy/kubeconfig.conf"));
    detect_local(config, &mut yaml);
    match &config.node_port_addresses {
        NodePortAddresses::Unset => {}
        NodePortAddresses::Primary => yaml.strings("nodePortAddresses", ["primary"]),
        NodePortAddresses::Cidrs(ranges) => yaml.strings("nodePortAddresses", ranges),
    }
    yaml.mapping("conntrack", |yaml| {
        if config.conntrack_tcp_liberal {
            yaml.bare("tcpBeLiberal", true);
        }
    });
    // IPVS mode takes its masquerading from `iptables` too.
    let masquerading = if mode == Mode::Nftables { "nftables" } else { "iptables" };
    yaml.mapping(masquerading, |yaml| {
        yaml.bare("masqueradeAll", config.masquerade_all);
        yaml.bare("masqueradeBit", config.masquerade_bit);
        if mode == Mode::Iptables {
            yaml.bare("localhostNodePorts", config.localhost_node_ports);
        }
    });
    if mode == Mode::Ipvs {
        yaml.mapping("ipvs", |yaml| {
            yaml.string("scheduler", if config.ipvs_scheduler.is_empty() { "rr" } else { &config.ipvs_scheduler });
            yaml.strings("excludeCIDRs", &config.ipvs_exclude_cidrs);
            yaml.bare("strictARP", config.ipvs_strict_arp);
        });
    }
    yaml.into_text()
}

fn detect_local(config: &Config, yaml: &mut Yaml) {
    let (mode, range, interface) = match &config.detect_local {
        // kube-proxy has no name for none: without a range, ClusterCIDR detects nothing.
        DetectLocal::None => ("ClusterCIDR", String::new(), None),
        DetectLocal::ClusterCidr(ranges) => {
            ("ClusterCIDR", ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(","), None)
        }
        DetectLocal::NodeCidr => ("NodeCIDR", String::new(), None),
        DetectLocal::BridgeInterface(name) => ("BridgeInterface", String::new(), Some(("bridgeInterface", name))),
        DetectLocal::InterfaceNamePrefix(prefix) => {
            ("InterfaceNamePrefix", String::new(), Some(("interfaceNamePrefix", prefix)))
        }
    };
    yaml.string("detectLocalMode", mode);
    if !range.is_empty() {
        yaml.string("clusterCIDR", &range);
    }
    if let Some((field, name)) = interface {
        yaml.mapping("detectLocal", |yaml| yaml.string(field, name));
    }
}

#[cfg(test)]
mod tests {
    use super::configuration;
    use crate::proxy::{Config, DetectLocal, Mode, NodePortAddresses};

    const HEAD: &str = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
    const CLIENT: &str = "clientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\n";

    fn config(detect_local: DetectLocal) -> Config {
        Config { detect_local, ..Config::default() }
    }

    /// The fields are those of staging/src/k8s.io/kube-proxy/config/v1alpha1/types.go.
    #[test]
    fn every_mode_has_its_own_section() {
        let range = "10.244.0.0/16".parse().expect("a range");
        let mut config = config(DetectLocal::ClusterCidr(vec![range]));
        config.masquerade_all = true;
        let detect = "detectLocalMode: ClusterCIDR\nclusterCIDR: 10.244.0.0/16\n";
        let masquerade = "  masqueradeAll: true\n  masqueradeBit: 14\n";
        let check = |config: &Config, mode, rest: &str| {
            assert_eq!(configuration(config, mode), format!("{HEAD}mode: {mode}\n{CLIENT}{detect}{rest}"));
        };
        check(&config, Mode::Iptables, &format!("iptables:\n{masquerade}  localhostNodePorts: true\n"));
        check(&config, Mode::Nftables, &format!("nftables:\n{masquerade}"));
        check(&config, Mode::Ipvs, &format!("iptables:\n{masquerade}ipvs:\n  scheduler: rr\n  strictARP: false\n"));
        config.node_port_addresses = NodePortAddresses::Primary;
        config.conntrack_tcp_liberal = true;
        let more = "nodePortAddresses:\n- primary\nconntrack:\n  tcpBeLiberal: true\n";
        check(&config, Mode::Nftables, &format!("{more}nftables:\n{masquerade}"));
    }

    #[test]
    fn every_way_to_tell_pods_apart_is_named() {
        let text = |detect_local| configuration(&config(detect_local), Mode::Nftables);
        assert!(text(DetectLocal::NodeCidr).contains("detectLocalMode: NodeCIDR\n"));
        let bridge = text(DetectLocal::BridgeInterface("cni0".to_owned()));
        assert!(
            bridge.contains("detectLocalMode: BridgeInterface\ndetectLocal:\n  bridgeInterface: cni0\n"),
            "{bridge}"
        );
        let prefix = text(DetectLocal::InterfaceNamePrefix("cali".to_owned()));
        assert!(prefix.contains("detectLocal:\n  interfaceNamePrefix: cali\n"), "{prefix}");
        assert!(!text(DetectLocal::None).contains("clusterCIDR"));
    }
}
