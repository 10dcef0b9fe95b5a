//! The fields of a Service that change rules or endpoints.

use std::sync::Arc;

use serde_json::{Value, json};

use super::values::{labels, list, listed, number, read_labels, words};
use super::{Control, Input};
use crate::k8s::{IpMode, Service, ServicePort, ServiceType, SessionAffinity, TrafficPolicy};
use crate::message;
use crate::message::Message;
use crate::net::Protocol;

const TOPOLOGY_ANNOTATION: &str = "service.kubernetes.io/topology-mode";
const PROXY_NAME_LABEL: &str = "service.kubernetes.io/service-proxy-name";
const HEADLESS_LABEL: &str = "service.kubernetes.io/headless";

/// A field, named by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ServiceField {
    Type,
    ExternalName,
    ClusterIp,
    Families,
    Selector,
    /// By the port's place in the Service.
    PortName(usize),
    Protocol(usize),
    Port(usize),
    TargetPort(usize),
    NodePort(usize),
    RemovePort(usize),
    AddPort,
    AllocateNodePorts,
    HealthCheckNodePort,
    ExternalTrafficPolicy,
    InternalTrafficPolicy,
    SessionAffinity,
    AffinityTimeout,
    TrafficDistribution,
    PublishNotReadyAddresses,
    ExternalIps,
    IngressAddresses,
    IngressMode,
    SourceRanges,
    TopologyMode,
    /// Labels by which kube-proxy leaves a Service alone.
    ProxyName,
    HeadlessLabel,
}

const TYPES: &[&str] = &["ClusterIP", "NodePort", "LoadBalancer", EXTERNAL_NAME];
const EXTERNAL_NAME: &str = "ExternalName";
/// A name of nobody's (RFC 2606), for who chooses that type: the API server asks for one.
const SOME_NAME: &str = "example.com";
pub(super) const PROTOCOLS: &[&str] = &["TCP", "UDP", "SCTP"];
pub(super) const FAMILIES: &[&str] = &["IPv4", "IPv6", "IPv4, IPv6", "IPv6, IPv4"];
const TOPOLOGY_MODES: &[&str] = &[NOT_SET, "Auto"];
const POLICIES: &[&str] = &["Cluster", "Local"];
const AFFINITIES: &[&str] = &["None", "ClientIP"];
/// Stands for a field that is not there.
pub(super) const NOT_SET: &str = "not set";
const DISTRIBUTIONS: &[&str] = &[NOT_SET, "PreferSameZone", "PreferSameNode", "PreferClose"];
const INGRESS_MODES: &[&str] = &["VIP", "Proxy"];

impl ServiceField {
    /// As in `spec.ports[0].nodePort`.
    fn path(self) -> String {
        match self {
            Self::Type => "spec.type".to_owned(),
            Self::ExternalName => "spec.externalName".to_owned(),
            Self::ClusterIp => "spec.clusterIP".to_owned(),
            Self::Families => "spec.ipFamilies".to_owned(),
            Self::Selector => "spec.selector".to_owned(),
            Self::PortName(index) => format!("spec.ports[{index}].name"),
            Self::Protocol(index) => format!("spec.ports[{index}].protocol"),
            Self::Port(index) => format!("spec.ports[{index}].port"),
            Self::TargetPort(index) => format!("spec.ports[{index}].targetPort"),
            Self::NodePort(index) => format!("spec.ports[{index}].nodePort"),
            Self::RemovePort(index) => format!("spec.ports[{index}]"),
            Self::AddPort => "spec.ports".to_owned(),
            Self::AllocateNodePorts => "spec.allocateLoadBalancerNodePorts".to_owned(),
            Self::HealthCheckNodePort => "spec.healthCheckNodePort".to_owned(),
            Self::ExternalTrafficPolicy => "spec.externalTrafficPolicy".to_owned(),
            Self::InternalTrafficPolicy => "spec.internalTrafficPolicy".to_owned(),
            Self::SessionAffinity => "spec.sessionAffinity".to_owned(),
            Self::AffinityTimeout => "spec.sessionAffinityConfig.clientIP.timeoutSeconds".to_owned(),
            Self::TrafficDistribution => "spec.trafficDistribution".to_owned(),
            Self::PublishNotReadyAddresses => "spec.publishNotReadyAddresses".to_owned(),
            Self::ExternalIps => "spec.externalIPs".to_owned(),
            Self::IngressAddresses => "status.loadBalancer.ingress[*].ip".to_owned(),
            Self::IngressMode => "status.loadBalancer.ingress[*].ipMode".to_owned(),
            Self::SourceRanges => "spec.loadBalancerSourceRanges".to_owned(),
            Self::TopologyMode => format!("metadata.annotations[{TOPOLOGY_ANNOTATION}]"),
            Self::ProxyName => format!("metadata.labels[{PROXY_NAME_LABEL}]"),
            Self::HeadlessLabel => format!("metadata.labels[{HEADLESS_LABEL}]"),
        }
    }

    /// What the field does, in a sentence without a full stop.
    const fn what(self) -> Message {
        match self {
            Self::Type => message!("field-service-type"),
            Self::ExternalName => message!("field-service-external-name"),
            Self::ClusterIp => message!("field-service-address"),
            Self::Families => message!("field-service-families"),
            Self::PortName(_) => message!("field-service-port-name"),
            Self::Protocol(_) => message!("new-service-protocol"),
            Self::RemovePort(_) => message!("field-service-remove-port"),
            Self::AddPort => message!("field-service-add-port"),
            Self::AllocateNodePorts => message!("field-service-allocate"),
            Self::HealthCheckNodePort => message!("field-service-health-check"),
            Self::TopologyMode => message!("field-service-topology-mode"),
            Self::ProxyName => message!("field-service-proxy-name"),
            Self::HeadlessLabel => message!("field-service-headless-label"),
            Self::Selector => message!("field-service-selector"),
            Self::Port(_) => message!("field-service-port"),
            Self::TargetPort(_) => message!("field-service-target-port"),
            Self::NodePort(_) => message!("field-service-node-port"),
            Self::ExternalTrafficPolicy => message!("field-service-external-policy"),
            Self::InternalTrafficPolicy => message!("field-service-internal-policy"),
            Self::SessionAffinity => message!("field-service-affinity"),
            Self::AffinityTimeout => message!("field-service-affinity-timeout"),
            Self::TrafficDistribution => message!("field-service-distribution"),
            Self::PublishNotReadyAddresses => message!("field-service-publish-not-ready"),
            Self::ExternalIps => message!("field-service-external-ips"),
            Self::IngressAddresses => message!("field-service-ingress"),
            Self::IngressMode => message!("field-service-ingress-mode"),
            Self::SourceRanges => message!("field-service-source-ranges"),
        }
    }
}

pub(super) fn controls(service: &Service) -> Vec<Control> {
    let control = |(field, input): (ServiceField, Input)| Control::new(field.path(), field.what(), input);
    inputs(service).into_iter().map(control).collect()
}

fn inputs(service: &Service) -> Vec<(ServiceField, Input)> {
    use ServiceField as F;
    let kind = service.service_type;
    let mut inputs = vec![(F::Type, Input::choice(TYPES, kind.name()))];
    if kind == ServiceType::ExternalName {
        let name = service.external_name.clone().unwrap_or_default();
        inputs.push((F::ExternalName, Input::Text(name)));
        return inputs;
    }
    // kube-proxy passes a headless one over: its endpoints and its names in DNS are all that it has.
    let is_headless = service.cluster_ips.is_empty();
    let address = if is_headless { "None".to_owned() } else { listed(&service.cluster_ips) };
    inputs.push((F::ClusterIp, Input::Fixed(address)));
    if !service.ip_families.is_empty() {
        inputs.push((F::Families, Input::choice(FAMILIES, &listed(&service.ip_families))));
    }
    inputs.push((F::Selector, Input::Text(labels(&service.selector))));
    port_inputs(service, &mut inputs);
    if !is_headless {
        traffic_inputs(service, &mut inputs);
    }
    inputs.push((F::PublishNotReadyAddresses, Input::Toggle(service.publish_not_ready_addresses)));
    if !is_headless {
        inputs.push((F::ExternalIps, Input::Text(listed(&service.external_ips))));
        if kind == ServiceType::LoadBalancer {
            balancer_inputs(service, &mut inputs);
        }
        let label = |key: &str| Input::Text(service.labels.get(key).cloned().unwrap_or_default());
        inputs.push((F::ProxyName, label(PROXY_NAME_LABEL)));
        inputs.push((F::HeadlessLabel, label(HEADLESS_LABEL)));
    }
    inputs
}

fn port_inputs(service: &Service, inputs: &mut Vec<(ServiceField, Input)>) {
    use ServiceField as F;
    for (index, port) in service.ports.iter().enumerate() {
        inputs.push((F::PortName(index), Input::Text(port.name.to_string())));
        inputs.push((F::Protocol(index), Input::choice(PROTOCOLS, &upper(port))));
        inputs.push((F::Port(index), Input::Text(port.port.to_string())));
        inputs.push((F::TargetPort(index), Input::Text(port.target_port.clone())));
        if let Some(node_port) = port.node_port {
            inputs.push((F::NodePort(index), Input::Text(node_port.to_string())));
        }
        // The last one stays: only a headless Service may be without.
        if service.ports.len() > 1 || service.cluster_ips.is_empty() {
            inputs.push((F::RemovePort(index), Input::Button(message!("fields-remove-port"))));
        }
    }
    inputs.push((F::AddPort, Input::Button(message!("fields-add-port"))));
}

fn traffic_inputs(service: &Service, inputs: &mut Vec<(ServiceField, Input)>) {
    use ServiceField as F;
    let policy = |policy: TrafficPolicy| Input::choice(POLICIES, policy.name());
    if service.service_type != ServiceType::ClusterIp || !service.external_ips.is_empty() {
        inputs.push((F::ExternalTrafficPolicy, policy(service.external_traffic_policy)));
    }
    inputs.push((F::InternalTrafficPolicy, policy(service.internal_traffic_policy)));
    match service.session_affinity {
        SessionAffinity::None => inputs.push((F::SessionAffinity, Input::choice(AFFINITIES, AFFINITIES[0]))),
        SessionAffinity::ClientIp { timeout_seconds } => {
            inputs.push((F::SessionAffinity, Input::choice(AFFINITIES, AFFINITIES[1])));
            inputs.push((F::AffinityTimeout, Input::Text(timeout_seconds.to_string())));
        }
    }
    let distribution = service.traffic_distribution.map_or(NOT_SET, |distribution| distribution.name());
    inputs.push((F::TrafficDistribution, Input::choice(DISTRIBUTIONS, distribution)));
    let mode = TOPOLOGY_MODES[usize::from(service.topology_mode_auto)];
    inputs.push((F::TopologyMode, Input::choice(TOPOLOGY_MODES, mode)));
}

fn balancer_inputs(service: &Service, inputs: &mut Vec<(ServiceField, Input)>) {
    use ServiceField as F;
    let ingress = &service.load_balancer_ingress;
    inputs.push((F::IngressAddresses, Input::Text(listed(ingress.iter().filter_map(|ingress| ingress.address)))));
    if let Some(first) = ingress.iter().find(|ingress| ingress.address.is_some()) {
        let chosen = INGRESS_MODES[usize::from(first.ip_mode == IpMode::Proxy)];
        inputs.push((F::IngressMode, Input::choice(INGRESS_MODES, chosen)));
    }
    inputs.push((F::SourceRanges, Input::Text(listed(&service.load_balancer_source_ranges))));
    let has_node_ports = service.ports.iter().all(|port| port.node_port.is_some());
    inputs.push((F::AllocateNodePorts, Input::Toggle(has_node_ports)));
    if let Some(port) = service.health_check_node_port {
        inputs.push((F::HealthCheckNodePort, Input::Fixed(port.to_string())));
    }
}

/// None where the Service has no such field.
pub(super) fn patch(service: &Service, path: &str, value: &str) -> Option<Value> {
    let field = inputs(service).into_iter().map(|(field, _)| field).find(|field| field.path() == path)?;
    Some(patch_of(service, field, value))
}

fn patch_of(service: &Service, field: ServiceField, value: &str) -> Value {
    use ServiceField as F;
    let spec = |key: &str, value: Value| json!({ "spec": { key: value } });
    match field {
        F::Type if value == EXTERNAL_NAME && service.external_name.is_none() => {
            json!({ "spec": { "type": value, "externalName": SOME_NAME } })
        }
        F::Type => spec("type", json!(value)),
        F::ExternalName => spec("externalName", json!(value)),
        F::ClusterIp => {
            let addresses: Vec<&str> = words(value).collect();
            json!({ "spec": { "clusterIP": addresses.first(), "clusterIPs": addresses } })
        }
        F::Families => families(value),
        F::Selector => spec("selector", read_labels(&service.selector, value)),
        F::PortName(index) => spec("ports", ports(service, index, "name", json!(value))),
        F::Protocol(index) => spec("ports", ports(service, index, "protocol", json!(value))),
        F::Port(index) => spec("ports", ports(service, index, "port", number(value))),
        F::TargetPort(index) => spec("ports", ports(service, index, "targetPort", number(value))),
        F::NodePort(index) => spec("ports", ports(service, index, "nodePort", number(value))),
        F::RemovePort(index) => spec("ports", without(service, index)),
        F::AddPort => spec("ports", with_another(service)),
        F::AllocateNodePorts if value == "true" => spec("allocateLoadBalancerNodePorts", json!(true)),
        F::AllocateNodePorts => {
            json!({ "spec": { "allocateLoadBalancerNodePorts": false, "ports": without_node_ports(service) } })
        }
        F::HealthCheckNodePort => spec("healthCheckNodePort", number(value)),
        F::ExternalTrafficPolicy => spec("externalTrafficPolicy", json!(value)),
        F::InternalTrafficPolicy => spec("internalTrafficPolicy", json!(value)),
        F::SessionAffinity if value == AFFINITIES[0] => {
            json!({ "spec": { "sessionAffinity": value, "sessionAffinityConfig": null } })
        }
        F::SessionAffinity => spec("sessionAffinity", json!(value)),
        F::AffinityTimeout => spec("sessionAffinityConfig", json!({ "clientIP": { "timeoutSeconds": number(value) } })),
        F::TrafficDistribution if value == NOT_SET => spec("trafficDistribution", Value::Null),
        F::TrafficDistribution => spec("trafficDistribution", json!(value)),
        F::PublishNotReadyAddresses => spec("publishNotReadyAddresses", json!(value == "true")),
        F::ExternalIps => spec("externalIPs", list(value)),
        F::SourceRanges => spec("loadBalancerSourceRanges", list(value)),
        F::IngressAddresses => {
            let is_proxy = service.load_balancer_ingress.iter().any(|ingress| ingress.ip_mode == IpMode::Proxy);
            ingress(words(value), INGRESS_MODES[usize::from(is_proxy)])
        }
        F::TopologyMode => metadata("annotations", TOPOLOGY_ANNOTATION, if value == NOT_SET { "" } else { value }),
        F::ProxyName => metadata("labels", PROXY_NAME_LABEL, value),
        F::HeadlessLabel => metadata("labels", HEADLESS_LABEL, value),
        F::IngressMode => {
            let addresses = service.load_balancer_ingress.iter().filter_map(|ingress| ingress.address);
            let addresses: Vec<String> = addresses.map(|address| address.to_string()).collect();
            ingress(addresses.iter().map(String::as_str), value)
        }
    }
}

fn ingress<'a>(addresses: impl Iterator<Item = &'a str>, mode: &str) -> Value {
    let entries: Vec<Value> = addresses.map(|address| json!({ "ip": address, "ipMode": mode })).collect();
    json!({ "status": { "loadBalancer": { "ingress": entries } } })
}

/// With the policy that goes with them.
pub(super) fn families(text: &str) -> Value {
    let families: Vec<&str> = words(text).collect();
    let policy = if families.len() > 1 { "RequireDualStack" } else { "SingleStack" };
    json!({ "spec": { "ipFamilies": families, "ipFamilyPolicy": policy } })
}

/// A label or an annotation; nothing typed takes it away.
fn metadata(map: &str, key: &str, value: &str) -> Value {
    let value = if value.is_empty() { Value::Null } else { json!(value) };
    json!({ "metadata": { map: { key: value } } })
}

fn upper(port: &ServicePort) -> String {
    port.protocol.to_string().to_uppercase()
}

/// A merge patch replaces a list as a whole.
fn ports(service: &Service, changed: usize, key: &str, value: Value) -> Value {
    let mut objects: Vec<Value> = service.ports.iter().map(object).collect();
    if let Some(object) = objects.get_mut(changed) {
        object[key] = value;
    }
    objects.into()
}

fn object(port: &ServicePort) -> Value {
    let mut object = json!({
        "protocol": upper(port),
        "port": port.port,
        "targetPort": number(&port.target_port),
    });
    if !port.name.is_empty() {
        object["name"] = json!(*port.name);
    }
    if let Some(node_port) = port.node_port {
        object["nodePort"] = json!(node_port);
    }
    object
}

fn without(service: &Service, gone: usize) -> Value {
    let kept = service.ports.iter().enumerate().filter(|(index, _)| *index != gone);
    kept.map(|(_, port)| object(port)).collect()
}

fn without_node_ports(service: &Service) -> Value {
    service.ports.iter().map(|port| object(&ServicePort { node_port: None, ..port.clone() })).collect()
}

/// One more, to the same port of the Pods as the last one. Of several ports each has a name.
fn with_another(service: &Service) -> Value {
    let mut ports = service.ports.clone();
    let last = ports.last().cloned();
    let after = last.as_ref().map_or(80, |last| last.port.saturating_add(1));
    let is_free = |number: &u16| service.ports.iter().all(|port| port.port != *number);
    let number = (after..=u16::MAX).chain(1..after).find(is_free).unwrap_or(after);
    let (protocol, target_port) = match last {
        Some(last) => (last.protocol, last.target_port),
        None => (Protocol::Tcp, number.to_string()),
    };
    ports.push(ServicePort { name: "".into(), protocol, port: number, node_port: None, target_port });
    for index in 0..ports.len() {
        let name = free_name(&ports, &ports[index]);
        if ports[index].name.is_empty() && ports.len() > 1 {
            ports[index].name = name;
        }
    }
    ports.iter().map(object).collect()
}

/// `port-80`, or with its protocol where there is one already.
fn free_name(ports: &[ServicePort], port: &ServicePort) -> Arc<str> {
    let is_taken = |name: &str| ports.iter().any(|port| *port.name == *name);
    let short = format!("port-{}", port.port);
    if is_taken(&short) { format!("{short}-{}", port.protocol).into() } else { short.into() }
}
