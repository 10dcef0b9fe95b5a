use serde_json::{Map, Value, json};

use crate::k8s::{Ingress, IpMode, Service, ServicePort, ServiceType, SessionAffinity};
use crate::net::Family;

/// The object as the API server prints it, as far as a [`Service`] goes.
pub(super) fn to_json(service: &Service) -> Value {
    let mut metadata = Map::new();
    metadata.insert("name".into(), json!(*service.name.name));
    metadata.insert("namespace".into(), json!(*service.name.namespace));
    metadata.insert("labels".into(), json!(service.labels));
    if service.topology_mode_auto {
        metadata.insert("annotations".into(), json!({ "service.kubernetes.io/topology-mode": "Auto" }));
    }
    let mut object = json!({ "apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec(service) });
    if !service.load_balancer_ingress.is_empty() {
        let ingress: Vec<Value> = service.load_balancer_ingress.iter().map(ingress).collect();
        object["status"] = json!({ "loadBalancer": { "ingress": ingress } });
    }
    object
}

fn spec(service: &Service) -> Map<String, Value> {
    let kind = service.service_type;
    let mut spec = Map::new();
    let mut put = |key: &str, value: Value| drop(spec.insert(key.to_owned(), value));
    put("type", json!(kind.name()));
    put("selector", json!(service.selector));
    put("ports", service.ports.iter().map(port).collect());
    put("sessionAffinity", json!("None"));
    if let SessionAffinity::ClientIp { timeout_seconds } = service.session_affinity {
        put("sessionAffinity", json!("ClientIP"));
        put("sessionAffinityConfig", json!({ "clientIP": { "timeoutSeconds": timeout_seconds } }));
    }
    if let Some(name) = &service.external_name {
        put("externalName", json!(name));
    }
    let families: Vec<String> = service.ip_families.iter().map(Family::to_string).collect();
    match service.cluster_ips.as_slice() {
        [] if kind == ServiceType::ExternalName => {}
        addresses => {
            let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            let texts = if texts.is_empty() { vec!["None".to_owned()] } else { texts };
            put("clusterIP", json!(texts[0]));
            put("clusterIPs", json!(texts));
            let is_dual = families.len() > 1;
            put("ipFamilies", json!(families));
            put("ipFamilyPolicy", json!(if is_dual { "RequireDualStack" } else { "SingleStack" }));
        }
    }
    if !service.external_ips.is_empty() {
        put("externalIPs", service.external_ips.iter().map(|address| json!(address.to_string())).collect());
    }
    if matches!(kind, ServiceType::NodePort | ServiceType::LoadBalancer) || !service.external_ips.is_empty() {
        put("externalTrafficPolicy", json!(service.external_traffic_policy.name()));
    }
    if kind != ServiceType::ExternalName {
        put("internalTrafficPolicy", json!(service.internal_traffic_policy.name()));
    }
    if let Some(port) = service.health_check_node_port {
        put("healthCheckNodePort", json!(port));
    }
    if !service.load_balancer_source_ranges.is_empty() {
        let ranges = service.load_balancer_source_ranges.iter().map(|range| json!(range.to_string()));
        put("loadBalancerSourceRanges", ranges.collect());
    }
    if kind == ServiceType::LoadBalancer {
        let allocates = service.ports.iter().all(|port| port.node_port.is_some());
        put("allocateLoadBalancerNodePorts", json!(allocates));
    }
    if service.publish_not_ready_addresses {
        put("publishNotReadyAddresses", json!(true));
    }
    if let Some(distribution) = service.traffic_distribution {
        put("trafficDistribution", json!(distribution.name()));
    }
    spec
}

fn port(port: &ServicePort) -> Value {
    let mut object = json!({ "protocol": port.protocol.to_string().to_uppercase(), "port": port.port });
    if !port.name.is_empty() {
        object["name"] = json!(*port.name);
    }
    // A name has a letter in it.
    object["targetPort"] = port.target_port.parse::<u16>().map_or_else(|_| json!(port.target_port), |port| json!(port));
    if let Some(node_port) = port.node_port {
        object["nodePort"] = json!(node_port);
    }
    object
}

fn ingress(Ingress { address, hostname, ip_mode }: &Ingress) -> Value {
    let mut object = json!({});
    if let Some(address) = address {
        object["ip"] = json!(address.to_string());
        object["ipMode"] = json!(match ip_mode {
            IpMode::Vip => "VIP",
            IpMode::Proxy => "Proxy",
        });
    }
    if let Some(hostname) = hostname {
        object["hostname"] = json!(hostname);
    }
    object
}
