use crate::k8s::{self, Cluster};

/// Where the next document of YAML begins.
const SEPARATOR: &str = "---\n";
/// A configuration of kube-proxy is shorter, and whatever is longer need not be read twice.
const LONGEST: usize = 64 << 10;

/// The text of a cluster with the configuration of kube-proxy that `text` is, in place of one that stood beside it.
/// None if `text` is anything else.
pub fn beside(cluster: &str, text: &str) -> Option<String> {
    if !is_configuration(text) {
        return None;
    }
    let mut joined = String::with_capacity(cluster.len() + text.len());
    for document in documents(cluster).filter(|document| !is_configuration(document)).chain([text]) {
        if !joined.is_empty() {
            joined.push_str(SEPARATOR);
        }
        joined.push_str(document);
        if !joined.ends_with('\n') {
            joined.push('\n');
        }
    }
    Some(joined)
}

fn is_configuration(text: &str) -> bool {
    if text.len() > LONGEST || !text.contains("KubeProxyConfiguration") {
        return false;
    }
    let k8s::Parsed { cluster, configuration_at, .. } = k8s::parse(text);
    let proxy_configuration = cluster.proxy_configuration.clone();
    configuration_at.is_some() && cluster == Cluster { proxy_configuration, ..Cluster::default() }
}

/// The documents of YAML between the lines that separate them.
fn documents(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text.strip_prefix(SEPARATOR).unwrap_or(text));
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find("\n---\n") else {
            return rest.take();
        };
        rest = text.get(end + 1 + SEPARATOR.len()..);
        text.get(..=end)
    })
}

#[cfg(test)]
mod tests {
    use super::beside;
    use crate::lab::{Lab, WEB_SHOP};
    use crate::proxy::Mode;

    const IPVS: &str = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n";

    #[test]
    fn a_configuration_alone_is_put_beside_the_cluster_in_place_of_another() {
        let joined = beside(WEB_SHOP, IPVS).expect("a configuration");
        let opened = |text: &str| Lab::open(text, 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
        assert_eq!(opened(&joined).assumptions.cluster_mode(), Some(Mode::Ipvs));
        assert_eq!(opened(&joined).cluster.services, opened(WEB_SHOP).cluster.services);
        let replaced = beside(&joined, &IPVS.replace("ipvs", "nftables")).expect("a configuration");
        assert_eq!(opened(&replaced).assumptions.cluster_mode(), Some(Mode::Nftables));
        assert_eq!(replaced.matches("kind: KubeProxyConfiguration").count(), 1);
    }

    #[test]
    fn anything_else_stands_for_itself() {
        for text in ["", WEB_SHOP, "kind: KubeProxyConfiguration\nmode: [", "# KubeProxyConfiguration"] {
            assert_eq!(beside(WEB_SHOP, text), None, "{text}");
        }
        let with_a_node = format!("{IPVS}---\napiVersion: v1\nkind: Node\nmetadata: {{name: a}}\n");
        assert_eq!(beside(WEB_SHOP, &with_a_node), None);
    }
}
