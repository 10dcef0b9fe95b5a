//! The objects of a cluster as `kubectl apply -f` takes them and the lab reads them again.

use super::yaml::Yaml;
use crate::k8s::{
    Cluster, EndpointSlice, Ingress, IpMode, NamespacedName, Node, Service, ServiceType, SessionAffinity,
    SliceEndpoint, TaintEffect, TrafficPolicy,
};
use crate::net::Family;

type Labels = std::collections::BTreeMap<String, String>;

pub(super) fn services(cluster: &Cluster, yaml: &mut Yaml) {
    for service in &cluster.services {
        begin("v1", "Service", yaml);
        yaml.mapping("metadata", |yaml| {
            name_and_labels(&service.name, &service.labels, yaml);
            if service.topology_mode_auto {
                yaml.mapping("annotations", |yaml| yaml.string("service.kubernetes.io/topology-mode", "Auto"));
            }
        });
        yaml.mapping("spec", |yaml| service_spec(service, yaml));
        yaml.mapping("status", |yaml| {
            yaml.mapping("loadBalancer", |yaml| yaml.mappings("ingress", &service.load_balancer_ingress, ingress));
        });
    }
}

pub(super) fn endpoint_slices(cluster: &Cluster, yaml: &mut Yaml) {
    for slice in &cluster.endpoint_slices {
        begin("discovery.k8s.io/v1", "EndpointSlice", yaml);
        metadata(&slice.name, &slice.labels, yaml);
        endpoint_slice(slice, yaml);
    }
}

pub(super) fn nodes(cluster: &Cluster, yaml: &mut Yaml) {
    for node in &cluster.nodes {
        begin("v1", "Node", yaml);
        self::node(node, yaml);
    }
}

fn begin(version: &str, kind: &str, yaml: &mut Yaml) {
    yaml.document();
    yaml.string("apiVersion", version);
    yaml.string("kind", kind);
}

fn metadata(name: &NamespacedName, labels: &Labels, yaml: &mut Yaml) {
    yaml.mapping("metadata", |yaml| name_and_labels(name, labels, yaml));
}

fn name_and_labels(name: &NamespacedName, labels: &Labels, yaml: &mut Yaml) {
    yaml.string("name", &name.name);
    yaml.string("namespace", &name.namespace);
    string_map("labels", labels, yaml);
}

fn string_map(key: &str, map: &Labels, yaml: &mut Yaml) {
    yaml.mapping(key, |yaml| map.iter().for_each(|(key, value)| yaml.string(key, value)));
}

fn service_spec(service: &Service, yaml: &mut Yaml) {
    let kind = service.service_type;
    yaml.string("type", kind.name());
    if let Some(name) = &service.external_name {
        yaml.string("externalName", name);
    }
    cluster_ips(service, yaml);
    string_map("selector", &service.selector, yaml);
    ports(service, yaml);
    yaml.strings("externalIPs", &service.external_ips);
    if matches!(kind, ServiceType::NodePort | ServiceType::LoadBalancer) || !service.external_ips.is_empty() {
        yaml.string("externalTrafficPolicy", service.external_traffic_policy.name());
    }
    if kind != ServiceType::ExternalName || service.internal_traffic_policy == TrafficPolicy::Local {
        yaml.string("internalTrafficPolicy", service.internal_traffic_policy.name());
    }
    if let Some(port) = service.health_check_node_port {
        yaml.bare("healthCheckNodePort", port);
    }
    yaml.strings("loadBalancerSourceRanges", &service.load_balancer_source_ranges);
    // Otherwise the API server would allocate them.
    if kind == ServiceType::LoadBalancer && service.ports.iter().any(|port| port.node_port.is_none()) {
        yaml.bare("allocateLoadBalancerNodePorts", false);
    }
    if let SessionAffinity::ClientIp { timeout_seconds } = service.session_affinity {
        yaml.string("sessionAffinity", "ClientIP");
        yaml.mapping("sessionAffinityConfig", |yaml| {
            yaml.mapping("clientIP", |yaml| yaml.bare("timeoutSeconds", timeout_seconds));
        });
    }
    if service.publish_not_ready_addresses {
        yaml.bare("publishNotReadyAddresses", true);
    }
    if let Some(distribution) = service.traffic_distribution {
        yaml.string("trafficDistribution", distribution.name());
    }
}

/// Two addresses need a policy that asks for two (`initIPFamilyFields` of the API server).
fn cluster_ips(service: &Service, yaml: &mut Yaml) {
    match service.cluster_ips.as_slice() {
        [] if service.service_type == ServiceType::ExternalName => {}
        [] => {
            yaml.string("clusterIP", "None");
            yaml.strings("clusterIPs", ["None"]);
            yaml.strings("ipFamilies", &service.ip_families);
            if service.ip_families.len() > 1 {
                yaml.string("ipFamilyPolicy", "RequireDualStack");
            }
        }
        [first, rest @ ..] => {
            yaml.string("clusterIP", &first.to_string());
            yaml.strings("clusterIPs", &service.cluster_ips);
            yaml.strings("ipFamilies", service.cluster_ips.iter().map(|address| Family::of(*address)));
            yaml.string("ipFamilyPolicy", if rest.is_empty() { "SingleStack" } else { "RequireDualStack" });
        }
    }
}

fn ports(service: &Service, yaml: &mut Yaml) {
    yaml.mappings("ports", &service.ports, |yaml, port| {
        if !port.name.is_empty() {
            yaml.string("name", &port.name);
        }
        yaml.string("protocol", &port.protocol.to_string().to_uppercase());
        yaml.bare("port", port.port);
        // A name has a letter in it.
        match port.target_port.parse::<u16>() {
            Ok(number) => yaml.bare("targetPort", number),
            Err(_) => yaml.string("targetPort", &port.target_port),
        }
        if let Some(node_port) = port.node_port {
            yaml.bare("nodePort", node_port);
        }
    });
}

fn ingress(yaml: &mut Yaml, ingress: &Ingress) {
    if let Some(address) = ingress.address {
        yaml.string("ip", &address.to_string());
        yaml.string(
            "ipMode",
            match ingress.ip_mode {
                IpMode::Vip => "VIP",
                IpMode::Proxy => "Proxy",
            },
        );
    }
    if let Some(hostname) = &ingress.hostname {
        yaml.string("hostname", hostname);
    }
}

fn endpoint_slice(slice: &EndpointSlice, yaml: &mut Yaml) {
    yaml.string("addressType", &slice.address_type.to_string());
    if slice.endpoints.is_empty() {
        // A field that must be there.
        yaml.bare("endpoints", "[]");
    }
    yaml.mappings("endpoints", &slice.endpoints, endpoint);
    yaml.mappings("ports", &slice.ports, |yaml, port| {
        yaml.string("name", &port.name);
        yaml.string("protocol", &port.protocol.to_string().to_uppercase());
        if let Some(number) = port.port {
            yaml.bare("port", number);
        }
    });
}

fn endpoint(yaml: &mut Yaml, endpoint: &SliceEndpoint) {
    yaml.strings("addresses", &endpoint.addresses);
    yaml.mapping("conditions", |yaml| {
        let conditions =
            [("ready", endpoint.ready), ("serving", endpoint.serving), ("terminating", endpoint.terminating)];
        for (name, value) in conditions {
            if let Some(value) = value {
                yaml.bare(name, value);
            }
        }
    });
    if let Some(hostname) = &endpoint.hostname {
        yaml.string("hostname", hostname);
    }
    if let Some(node) = &endpoint.node_name {
        yaml.string("nodeName", node);
    }
    if let Some(zone) = &endpoint.zone {
        yaml.string("zone", zone);
    }
    yaml.mapping("hints", |yaml| {
        yaml.mappings("forZones", &endpoint.for_zones, |yaml, zone| yaml.string("name", zone));
        yaml.mappings("forNodes", &endpoint.for_nodes, |yaml, node| yaml.string("name", node));
    });
    if let Some(pod) = &endpoint.pod {
        yaml.mapping("targetRef", |yaml| {
            yaml.string("kind", "Pod");
            yaml.string("name", pod);
        });
    }
}

fn node(node: &Node, yaml: &mut Yaml) {
    yaml.mapping("metadata", |yaml| {
        yaml.string("name", &node.name);
        string_map("labels", &node.labels, yaml);
    });
    yaml.mapping("spec", |yaml| {
        if let Some(first) = node.pod_cidrs.first() {
            yaml.string("podCIDR", &first.to_string());
        }
        yaml.strings("podCIDRs", &node.pod_cidrs);
        if node.is_unschedulable {
            yaml.bare("unschedulable", true);
        }
        yaml.mappings("taints", &node.taints, |yaml, taint| {
            yaml.string("key", &taint.key);
            if !taint.value.is_empty() {
                yaml.string("value", &taint.value);
            }
            yaml.string("effect", effect_name(taint.effect));
        });
    });
    yaml.mapping("status", |yaml| {
        if let Some(cpu) = node.allocatable_cpu {
            yaml.mapping("allocatable", |yaml| yaml.string("cpu", &format!("{cpu}m")));
        }
        if !node.is_ready {
            yaml.mappings("conditions", &["Ready"], |yaml, kind| {
                yaml.string("type", kind);
                yaml.string("status", "Unknown");
            });
        }
        yaml.mappings("addresses", &node.internal_ips, |yaml, address| {
            yaml.string("type", "InternalIP");
            yaml.string("address", &address.to_string());
        });
    });
}

const fn effect_name(effect: TaintEffect) -> &'static str {
    match effect {
        TaintEffect::NoSchedule => "NoSchedule",
        TaintEffect::PreferNoSchedule => "PreferNoSchedule",
        TaintEffect::NoExecute => "NoExecute",
    }
}
