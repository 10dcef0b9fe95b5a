use serde_json::{Value, json};

use super::{Fields, metadata, object, protocol, texts};
use crate::k8s::{Ingress, IpMode, Service, ServicePort, ServiceType, SessionAffinity, TrafficPolicy};

pub(crate) fn service(service: &Service) -> Value {
    let mut metadata = metadata(&service.name, &service.labels);
    if service.topology_mode_auto {
        metadata.keep("annotations", json!({ "service.kubernetes.io/topology-mode": "Auto" }));
    }
    let mut object = object("v1", "Service", metadata);
    object.keep("spec", spec(service).into());
    let ingress: Vec<Value> = service.load_balancer_ingress.iter().map(ingress).collect();
    if !ingress.is_empty() {
        object.keep("status", json!({ "loadBalancer": { "ingress": ingress } }));
    }
    object.into()
}

fn spec(service: &Service) -> Fields {
    let kind = service.service_type;
    let mut spec = Fields::default();
    spec.keep("type", json!(kind.name()));
    spec.put("externalName", json!(service.external_name));
    cluster_ips(service, &mut spec);
    spec.put("selector", json!(service.selector));
    spec.put("ports", service.ports.iter().map(port).collect());
    spec.put("externalIPs", texts(&service.external_ips));
    if matches!(kind, ServiceType::NodePort | ServiceType::LoadBalancer) || !service.external_ips.is_empty() {
        spec.keep("externalTrafficPolicy", json!(service.external_traffic_policy.name()));
    }
    if kind != ServiceType::ExternalName || service.internal_traffic_policy == TrafficPolicy::Local {
        spec.keep("internalTrafficPolicy", json!(service.internal_traffic_policy.name()));
    }
    spec.put("healthCheckNodePort", json!(service.health_check_node_port));
    spec.put("loadBalancerSourceRanges", texts(&service.load_balancer_source_ranges));
    if kind == ServiceType::LoadBalancer {
        let allocates = service.ports.iter().all(|port| port.node_port.is_some());
        spec.keep("allocateLoadBalancerNodePorts", json!(allocates));
    }
    match service.session_affinity {
        SessionAffinity::None => spec.keep("sessionAffinity", json!("None")),
        SessionAffinity::ClientIp { timeout_seconds } => {
            spec.keep("sessionAffinity", json!("ClientIP"));
            spec.keep("sessionAffinityConfig", json!({ "clientIP": { "timeoutSeconds": timeout_seconds } }));
        }
    }
    spec.put_if("publishNotReadyAddresses", service.publish_not_ready_addresses);
    spec.put("trafficDistribution", json!(service.traffic_distribution.map(|distribution| distribution.name())));
    spec
}

/// Two families need a policy that asks for two (`initIPFamilyFields` of the API server).
fn cluster_ips(service: &Service, spec: &mut Fields) {
    if service.cluster_ips.is_empty() && service.service_type == ServiceType::ExternalName {
        return;
    }
    let addresses: Vec<String> = service.cluster_ips.iter().map(ToString::to_string).collect();
    let addresses = if addresses.is_empty() { vec!["None".to_owned()] } else { addresses };
    spec.keep("clusterIP", json!(addresses[0]));
    spec.keep("clusterIPs", json!(addresses));
    spec.put("ipFamilies", texts(&service.ip_families));
    match service.ip_families.len() {
        0 => {}
        1 => spec.keep("ipFamilyPolicy", json!("SingleStack")),
        _ => spec.keep("ipFamilyPolicy", json!("RequireDualStack")),
    }
}

fn port(port: &ServicePort) -> Value {
    let mut fields = Fields::default();
    fields.put("name", json!(*port.name));
    fields.keep("protocol", protocol(port.protocol));
    fields.keep("port", json!(port.port));
    // A name has a letter in it.
    let number = port.target_port.parse::<u16>();
    fields.put("targetPort", number.map_or_else(|_| json!(port.target_port), |number| json!(number)));
    fields.put("nodePort", json!(port.node_port));
    fields.into()
}

fn ingress(Ingress { address, hostname, ip_mode }: &Ingress) -> Value {
    let mut fields = Fields::default();
    if let Some(address) = address {
        fields.keep("ip", json!(address.to_string()));
        fields.keep("ipMode", json!(if *ip_mode == IpMode::Vip { "VIP" } else { "Proxy" }));
    }
    fields.put("hostname", json!(hostname));
    fields.into()
}
