//! What cluster DNS answers for a Service: the records of the Kubernetes DNS specification 1.1, as CoreDNS's
//! kubernetes plugin gives them. Left out: reverse records, and names of Pods by their address.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use crate::k8s::{Cluster, EndpointSlice, Service, ServiceType, SliceEndpoint};
use crate::message;
use crate::message::Message;
use crate::net::Protocol;

/// The default of kubeadm and of the kubelet's `clusterDomain`.
const ZONE: &str = "svc.cluster.local.";

/// The names of one Service and what they stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dns {
    /// The Service's own name, with the dot at its end.
    pub name: String,
    /// None means that the answer is NXDOMAIN.
    pub records: Vec<DnsRecord>,
    /// Why it is so, and what kube-proxy has to do with it.
    pub why: Message,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DnsRecord {
    pub name: String,
    pub data: DnsData,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DnsData {
    /// A or AAAA.
    Address(IpAddr),
    Cname(String),
    /// Of priority 0, as CoreDNS answers.
    Srv {
        weight: u16,
        port: u16,
        target: String,
    },
}

impl Dns {
    /// A Service with what it is known for where it has no rules: `shop/db (headless: no rules)`.
    pub fn label(service: &Service) -> Message {
        let name = &service.name;
        if service.service_type == ServiceType::ExternalName {
            message!("dns-label-external-name", name = name.to_string())
        } else if service.cluster_ips.is_empty() {
            message!("dns-label-headless", name = name.to_string())
        } else {
            message!("dns-label", name = name.to_string())
        }
    }

    pub fn of(cluster: &Cluster, service: &Service) -> Self {
        let name = format!("{}.{}.{ZONE}", service.name.name, service.name.namespace);
        let (records, why) = if service.service_type == ServiceType::ExternalName {
            external_name(service, &name)
        } else if service.cluster_ips.is_empty() {
            headless(cluster, service, &name)
        } else {
            cluster_ip(service, &name)
        };
        Self { name, records: weighed(records), why }
    }
}

/// CoreDNS shares a hundred between the answers of one name (`SRV` of its plugin/backend_lookup.go); the specification
/// leaves priority and weight to it.
fn weighed(mut records: Vec<DnsRecord>) -> Vec<DnsRecord> {
    let mut answers: BTreeMap<String, u16> = BTreeMap::new();
    for record in records.iter().filter(|record| matches!(record.data, DnsData::Srv { .. })) {
        let count = answers.entry(record.name.clone()).or_default();
        *count = count.saturating_add(1);
    }
    for record in &mut records {
        if let DnsData::Srv { weight, .. } = &mut record.data {
            *weight = 100 / answers.get(&record.name).copied().unwrap_or(1).max(1);
        }
    }
    records
}

fn external_name(service: &Service, name: &str) -> (Vec<DnsRecord>, Message) {
    let target = service.external_name.as_deref().unwrap_or_default();
    // `HostType` of CoreDNS: what reads as an address is no name to point to.
    if target.is_empty() || target.parse::<IpAddr>().is_ok() {
        return (Vec::new(), message!("dns-address-as-name"));
    }
    let target = format!("{}.", target.trim_end_matches('.'));
    let record = DnsRecord { name: name.to_owned(), data: DnsData::Cname(target) };
    let why = message!("dns-alias");
    (vec![record], why)
}

fn cluster_ip(service: &Service, name: &str) -> (Vec<DnsRecord>, Message) {
    let address = |address: &IpAddr| DnsRecord { name: name.to_owned(), data: DnsData::Address(*address) };
    let mut records: Vec<DnsRecord> = service.cluster_ips.iter().map(address).collect();
    let named = service.ports.iter().filter(|port| !port.name.is_empty());
    records.extend(named.map(|port| srv(&port.name, port.protocol, port.port, name, name)));
    let why = message!("dns-cluster-ip");
    (records, why)
}

fn headless(cluster: &Cluster, service: &Service, name: &str) -> (Vec<DnsRecord>, Message) {
    let mut records = BTreeSet::new();
    let slices = cluster.endpoint_slices.iter().filter(|slice| slice.belongs_to(&service.name));
    for slice in slices {
        for endpoint in slice.endpoints.iter().filter(|endpoint| endpoint.is_ready()) {
            for address in &endpoint.addresses {
                records.extend(endpoint_records(slice, endpoint, *address, name));
            }
        }
    }
    let why = if records.is_empty() { message!("dns-headless-empty") } else { message!("dns-headless") };
    (records.into_iter().collect(), why)
}

fn endpoint_records(slice: &EndpointSlice, endpoint: &SliceEndpoint, address: IpAddr, name: &str) -> Vec<DnsRecord> {
    let own = format!("{}.{name}", hostname(endpoint, address));
    let mut records: Vec<DnsRecord> = [name, &own]
        .into_iter()
        .map(|name| DnsRecord { name: name.to_owned(), data: DnsData::Address(address) })
        .collect();
    for port in slice.ports.iter().filter(|port| !port.name.is_empty()) {
        records.extend(port.port.map(|number| srv(&port.name, port.protocol, number, name, &own)));
    }
    records
}

/// `endpointHostname` of CoreDNS: without a hostname, the address with dashes.
fn hostname(endpoint: &SliceEndpoint, address: IpAddr) -> String {
    endpoint.hostname.as_ref().map_or_else(|| address.to_string().replace(['.', ':'], "-"), |name| name.to_string())
}

fn srv(port_name: &str, protocol: Protocol, port: u16, service: &str, target: &str) -> DnsRecord {
    let protocol = protocol.to_string().to_lowercase();
    DnsRecord {
        name: format!("_{port_name}._{protocol}.{service}"),
        data: DnsData::Srv { weight: 100, port, target: target.to_owned() },
    }
}

/// As in a zone file, without time to live: `web.shop.svc.cluster.local. A 10.96.12.80`.
impl fmt::Display for DnsRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.name)?;
        match &self.data {
            DnsData::Address(address @ IpAddr::V4(_)) => write!(f, "A {address}"),
            DnsData::Address(address @ IpAddr::V6(_)) => write!(f, "AAAA {address}"),
            DnsData::Cname(target) => write!(f, "CNAME {target}"),
            DnsData::Srv { weight, port, target } => write!(f, "SRV 0 {weight} {port} {target}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::Dns;
    use crate::k8s;
    use crate::lab::WEB_SHOP;

    fn check(text: &str, service: &str, expected: &Expect) {
        let cluster = k8s::parse(text).cluster;
        let service = cluster.services.iter().find(|found| *found.name.name == *service).expect("the Service");
        let dns = Dns::of(&cluster, service);
        let records = dns.records.iter().map(|record| format!("{record}\n"));
        expected.assert_eq(&format!("{}\n{}{}\n", dns.name, records.collect::<String>(), dns.why));
    }

    #[test]
    fn the_example() {
        check(
            WEB_SHOP,
            "web",
            &expect![[r#"
            web.shop.svc.cluster.local.
            web.shop.svc.cluster.local. A 10.96.12.80
            _http._tcp.web.shop.svc.cluster.local. SRV 0 100 80 web.shop.svc.cluster.local.
            the name stands for the ClusterIP, whether endpoints are ready or not: which of them answers is decided by kube-proxy's rules
        "#]],
        );
        check(
            WEB_SHOP,
            "orders-db",
            &expect![[r#"
            orders-db.shop.svc.cluster.local.
            _postgres._tcp.orders-db.shop.svc.cluster.local. SRV 0 100 5432 orders-db-0.orders-db.shop.svc.cluster.local.
            orders-db-0.orders-db.shop.svc.cluster.local. A 10.244.3.15
            orders-db.shop.svc.cluster.local. A 10.244.3.15
            a headless Service has no address of its own, so kube-proxy writes no rules for it: the name stands for all ready endpoints, and the client chooses one and sends to it directly
        "#]],
        );
    }

    fn service(spec: &str) -> String {
        format!("apiVersion: v1\nkind: Service\nmetadata: {{name: db, namespace: shop}}\nspec: {{{spec}}}\n---\n")
    }

    #[test]
    fn other_services() {
        let slice = "apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv6
ports: [{name: sql, port: 5432}]
endpoints: [{addresses: ['fd00::7']}, {addresses: ['fd00::8'], conditions: {ready: false}}]
";
        let headless = service("clusterIP: None, ports: [{name: sql, port: 1}]");
        check(
            &(headless.clone() + slice),
            "db",
            &expect![[r#"
            db.shop.svc.cluster.local.
            _sql._tcp.db.shop.svc.cluster.local. SRV 0 100 5432 fd00--7.db.shop.svc.cluster.local.
            db.shop.svc.cluster.local. AAAA fd00::7
            fd00--7.db.shop.svc.cluster.local. AAAA fd00::7
            a headless Service has no address of its own, so kube-proxy writes no rules for it: the name stands for all ready endpoints, and the client chooses one and sends to it directly
        "#]],
        );
        check(
            &headless,
            "db",
            &expect![[r#"
            db.shop.svc.cluster.local.
            a headless Service has no address of its own, and none of its endpoints is ready: the name does not exist. kube-proxy writes no rules for it
        "#]],
        );
        let alias = |name: &str| service(&format!("type: ExternalName, externalName: {name}, ports: [{{port: 1}}]"));
        check(
            &alias("db.example.com"),
            "db",
            &expect![[r#"
            db.shop.svc.cluster.local.
            db.shop.svc.cluster.local. CNAME db.example.com.
            the name is an alias of another one. There is no address to translate and there are no endpoints, so kube-proxy writes no rules for an ExternalName Service
        "#]],
        );
        check(
            &alias("192.0.2.7"),
            "db",
            &expect![[r#"
            db.shop.svc.cluster.local.
            the external name reads as an address, for which DNS has no alias: there is no answer
        "#]],
        );
        check(
            &service("clusterIPs: [10.96.0.1, 'fd00::1'], ports: [{port: 1}]"),
            "db",
            &expect![[r#"
            db.shop.svc.cluster.local.
            db.shop.svc.cluster.local. A 10.96.0.1
            db.shop.svc.cluster.local. AAAA fd00::1
            the name stands for the ClusterIP, whether endpoints are ready or not: which of them answers is decided by kube-proxy's rules
        "#]],
        );
    }
}
