use data_encoding::BASE32;
use sha2::{Digest, Sha256};

use super::{Endpoint, ServicePortName};

/// The names of the chains that a service port may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceChains {
    /// All four, one after the other.
    text: String,
    /// Where the first three end.
    ends: [usize; 3],
}

impl ServiceChains {
    /// `portProtoHash` of iptables/proxier.go. `full_name` is the printed [`ServicePortName`].
    pub(super) fn iptables(full_name: &str, protocol: &str) -> Self {
        let hash = hash::<10>(&[full_name, protocol]);
        Self::new(["KUBE-SVC-", "KUBE-SVL-", "KUBE-EXT-", "KUBE-FW-"], &hash)
    }

    /// `servicePortChainNameBase` of nftables/proxier.go.
    pub(super) fn nftables(name: &ServicePortName, protocol: &str) -> Self {
        let base = hash_and_truncate(&[&name.service.namespace, &name.service.name, protocol, &name.port].join("/"));
        Self::new(["service-", "local-", "external-", "firewall-"], &base)
    }

    fn new([cluster, local, external, firewall]: [&str; 4], base: &str) -> Self {
        let text = [cluster, base, local, base, external, base, firewall, base].concat();
        let first = cluster.len() + base.len();
        let second = first + local.len() + base.len();
        Self { text, ends: [first, second, second + external.len() + base.len()] }
    }

    /// Spreads traffic over endpoints anywhere: `KUBE-SVC-…`, `service-…`.
    pub fn cluster(&self) -> &str {
        &self.text[..self.ends[0]]
    }

    /// Spreads traffic over endpoints of this node: `KUBE-SVL-…`, `local-…`.
    pub fn local(&self) -> &str {
        &self.text[self.ends[0]..self.ends[1]]
    }

    /// Receives what comes in by node ports, external and load balancer addresses: `KUBE-EXT-…`, `external-…`.
    pub fn external(&self) -> &str {
        &self.text[self.ends[1]..self.ends[2]]
    }

    /// Holds the source ranges of a load balancer: `KUBE-FW-…`, `firewall-…`.
    pub fn firewall(&self) -> &str {
        &self.text[self.ends[2]..]
    }
}

/// Characters of what [`push_iptables_endpoint_chain`] appends.
pub(super) const IPTABLES_ENDPOINT_CHAIN_LENGTH: usize = "KUBE-SEP-".len() + 16;

/// `servicePortEndpointChainName` of iptables/proxier.go.
pub(super) fn push_iptables_endpoint_chain(full_name: &str, protocol: &str, endpoint: &Endpoint, names: &mut String) {
    names.push_str("KUBE-SEP-");
    push_hash::<10>(&[full_name, protocol, endpoint.text()], names);
}

/// What nftables mode has for an endpoint of a service port with session affinity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointChain {
    pub chain: String,
    pub affinity_set: String,
}

impl EndpointChain {
    /// `servicePortEndpointChainNameBase` of nftables/proxier.go: nft takes no colons in names.
    pub(super) fn nftables(name: &ServicePortName, protocol: &str, endpoint: &Endpoint) -> Self {
        let mut base = service_part(name, protocol);
        base.push_str("__");
        base.push_str(&endpoint.ip().replace(':', "."));
        base.push('/');
        base.push_str(endpoint.port_text());
        let base = hash_and_truncate(&base);
        Self { chain: ["endpoint-", &base].concat(), affinity_set: ["affinity-", &base].concat() }
    }
}

fn service_part(name: &ServicePortName, protocol: &str) -> String {
    [&*name.service.namespace, &*name.service.name, protocol, &*name.port].join("/")
}

/// nft allows 256 characters in a name, and the longest prefix of kube-proxy is given 16 of them.
const NAME_BASE_LENGTH: usize = 240;

fn hash_and_truncate(name: &str) -> String {
    let mut base = hash::<5>(&[name]);
    base.reserve("-".len() + name.len());
    base.push('-');
    base.push_str(name);
    if base.len() > NAME_BASE_LENGTH {
        let mut end = NAME_BASE_LENGTH - 3;
        while !base.is_char_boundary(end) {
            end -= 1;
        }
        base.truncate(end);
        base.push_str("...");
    }
    base
}

fn hash<const BYTES: usize>(parts: &[&str]) -> String {
    let mut hash = String::new();
    push_hash::<BYTES>(parts, &mut hash);
    hash
}

/// Appends the first `BYTES` of the SHA-256 of all parts together in base32: eight characters for five bytes.
fn push_hash<const BYTES: usize>(parts: &[&str], text: &mut String) {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    BASE32.encode_append(digest.get(..BYTES).unwrap_or(&digest), text);
}

#[cfg(test)]
mod tests {
    use super::ServiceChains;
    use crate::k8s::NamespacedName;
    use crate::net::Protocol;
    use crate::proxy::ServicePortName;

    #[test]
    fn chains_are_named_by_hash() {
        let name = ServicePortName {
            service: NamespacedName::new("shop", "web"),
            port: "http".into(),
            protocol: Protocol::Tcp,
        };
        assert_eq!(ServiceChains::iptables(&name.to_string(), "tcp").cluster(), "KUBE-SVC-67NZLRHBNDSAWJRO");
        assert_eq!(ServiceChains::nftables(&name, "tcp").cluster(), "service-KHN6ECMT-shop/web/tcp/http");
    }

    #[test]
    fn long_nft_names_are_cut_to_240_characters() {
        let service = NamespacedName::new(&"n".repeat(120), &"s".repeat(120));
        let name = ServicePortName { service, port: "p".into(), protocol: Protocol::Tcp };
        let chain = ServiceChains::nftables(&name, "tcp").cluster().to_owned();
        let base = chain.strip_prefix("service-").unwrap_or_default();
        assert_eq!(base.len(), 240);
        assert!(base.ends_with("..."));
    }
}
