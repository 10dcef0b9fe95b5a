//! The fields of a Service that change rules or endpoints.

use serde_json::{Value, json};

use super::values::{labels, list, listed, number, read_labels, words};
use super::{Control, Input};
use crate::k8s::{IpMode, Service, ServicePort, ServiceType, SessionAffinity, TrafficPolicy};
use crate::message;
use crate::message::Message;

/// A field, named by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ServiceField {
    Type,
    Selector,
    /// By the port's place in the Service.
    Port(usize),
    TargetPort(usize),
    NodePort(usize),
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
}

const TYPES: &[&str] = &["ClusterIP", "NodePort", "LoadBalancer"];
const POLICIES: &[&str] = &["Cluster", "Local"];
const AFFINITIES: &[&str] = &["None", "ClientIP"];
/// The first word stands for a field that is not there.
const DISTRIBUTIONS: &[&str] = &["not set", "PreferSameZone", "PreferSameNode", "PreferClose"];
const INGRESS_MODES: &[&str] = &["VIP", "Proxy"];

impl ServiceField {
    /// As in `spec.ports[0].nodePort`.
    fn path(self) -> String {
        match self {
            Self::Type => "spec.type".to_owned(),
            Self::Selector => "spec.selector".to_owned(),
            Self::Port(index) => format!("spec.ports[{index}].port"),
            Self::TargetPort(index) => format!("spec.ports[{index}].targetPort"),
            Self::NodePort(index) => format!("spec.ports[{index}].nodePort"),
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
        }
    }

    /// What the field does, in a sentence without a full stop.
    const fn what(self) -> Message {
        match self {
            Self::Type => {
                message!("field-service-type")
            }
            Self::Selector => message!("field-service-selector"),
            Self::Port(_) => message!("field-service-port"),
            Self::TargetPort(_) => message!("field-service-target-port"),
            Self::NodePort(_) => message!("field-service-node-port"),
            Self::ExternalTrafficPolicy => {
                message!("field-service-external-policy")
            }
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

/// Neither headless nor ExternalName.
pub(super) fn is_proxied(service: &Service) -> bool {
    !service.cluster_ips.is_empty()
}

pub(super) fn controls(service: &Service) -> Vec<Control> {
    let control = |(field, input): (ServiceField, Input)| Control::new(field.path(), field.what(), input);
    inputs(service).into_iter().map(control).collect()
}

fn inputs(service: &Service) -> Vec<(ServiceField, Input)> {
    use ServiceField as F;
    let kind = service.service_type;
    let is_balanced = kind == ServiceType::LoadBalancer;
    let is_external = kind != ServiceType::ClusterIp || !service.external_ips.is_empty();
    let policy = |policy: TrafficPolicy| Input::choice(POLICIES, policy.name());
    let mut inputs =
        vec![(F::Type, Input::choice(TYPES, kind.name())), (F::Selector, Input::Text(labels(&service.selector)))];
    for (index, port) in service.ports.iter().enumerate() {
        inputs.push((F::Port(index), Input::Text(port.port.to_string())));
        inputs.push((F::TargetPort(index), Input::Text(port.target_port.clone())));
        if let Some(node_port) = port.node_port {
            inputs.push((F::NodePort(index), Input::Text(node_port.to_string())));
        }
    }
    if is_external {
        inputs.push((F::ExternalTrafficPolicy, policy(service.external_traffic_policy)));
    }
    inputs.push((F::InternalTrafficPolicy, policy(service.internal_traffic_policy)));
    match service.session_affinity {
        SessionAffinity::None => {
            inputs.push((F::SessionAffinity, Input::choice(AFFINITIES, AFFINITIES[0])));
        }
        SessionAffinity::ClientIp { timeout_seconds } => {
            inputs.push((F::SessionAffinity, Input::choice(AFFINITIES, AFFINITIES[1])));
            inputs.push((F::AffinityTimeout, Input::Text(timeout_seconds.to_string())));
        }
    }
    let distribution = service.traffic_distribution.map_or(DISTRIBUTIONS[0], |distribution| distribution.name());
    inputs.push((F::TrafficDistribution, Input::choice(DISTRIBUTIONS, distribution)));
    inputs.push((F::PublishNotReadyAddresses, Input::Toggle(service.publish_not_ready_addresses)));
    inputs.push((F::ExternalIps, Input::Text(listed(&service.external_ips))));
    if is_balanced {
        let ingress = &service.load_balancer_ingress;
        inputs.push((F::IngressAddresses, Input::Text(listed(ingress.iter().filter_map(|ingress| ingress.address)))));
        if let Some(first) = ingress.iter().find(|ingress| ingress.address.is_some()) {
            let chosen = INGRESS_MODES[usize::from(first.ip_mode == IpMode::Proxy)];
            inputs.push((F::IngressMode, Input::choice(INGRESS_MODES, chosen)));
        }
        inputs.push((F::SourceRanges, Input::Text(listed(&service.load_balancer_source_ranges))));
    }
    inputs
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
        F::Type => spec("type", json!(value)),
        F::Selector => spec("selector", read_labels(&service.selector, value)),
        F::Port(index) => spec("ports", ports(service, index, "port", number(value))),
        F::TargetPort(index) => spec("ports", ports(service, index, "targetPort", number(value))),
        F::NodePort(index) => spec("ports", ports(service, index, "nodePort", number(value))),
        F::ExternalTrafficPolicy => spec("externalTrafficPolicy", json!(value)),
        F::InternalTrafficPolicy => spec("internalTrafficPolicy", json!(value)),
        F::SessionAffinity if value == AFFINITIES[0] => {
            json!({ "spec": { "sessionAffinity": value, "sessionAffinityConfig": null } })
        }
        F::SessionAffinity => spec("sessionAffinity", json!(value)),
        F::AffinityTimeout => spec("sessionAffinityConfig", json!({ "clientIP": { "timeoutSeconds": number(value) } })),
        F::TrafficDistribution if value == DISTRIBUTIONS[0] => spec("trafficDistribution", Value::Null),
        F::TrafficDistribution => spec("trafficDistribution", json!(value)),
        F::PublishNotReadyAddresses => spec("publishNotReadyAddresses", json!(value == "true")),
        F::ExternalIps => spec("externalIPs", list(value)),
        F::SourceRanges => spec("loadBalancerSourceRanges", list(value)),
        F::IngressAddresses => {
            let is_proxy = service.load_balancer_ingress.iter().any(|ingress| ingress.ip_mode == IpMode::Proxy);
            ingress(words(value), INGRESS_MODES[usize::from(is_proxy)])
        }
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

/// A merge patch replaces a list as a whole.
fn ports(service: &Service, changed: usize, key: &str, value: Value) -> Value {
    let object = |(index, port): (usize, &ServicePort)| {
        let mut object = json!({
            "protocol": port.protocol.to_string().to_uppercase(),
            "port": port.port,
            "targetPort": number(&port.target_port),
        });
        if !port.name.is_empty() {
            object["name"] = json!(*port.name);
        }
        if let Some(node_port) = port.node_port {
            object["nodePort"] = json!(node_port);
        }
        if index == changed {
            object[key] = value.clone();
        }
        object
    };
    service.ports.iter().enumerate().map(object).collect()
}
