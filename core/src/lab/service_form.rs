//! The fields of a Service that change rules or endpoints, as controls of a form.

use serde_json::{Map, Value, json};

use super::Lab;
use crate::controllers::Action;
use crate::k8s::{IpMode, NamespacedName, Service, ServicePort, ServiceType, SessionAffinity, TrafficPolicy};

/// One field of a Service with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    pub field: ServiceField,
    pub input: Input,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// One of several words.
    Choice {
        options: &'static [&'static str],
        chosen: &'static str,
    },
    Toggle(bool),
    /// Words with commas between them, or a number.
    Text(String),
}

/// A field, named by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceField {
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
    pub fn path(self) -> String {
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
    pub const fn what(self) -> &'static str {
        match self {
            Self::Type => {
                "from where the Service can be reached: inside, by a port of every node, or by a load balancer"
            }
            Self::Selector => "whose Pods are its endpoints: those with all of these labels",
            Self::Port(_) => "the port at the Service's addresses",
            Self::TargetPort(_) => "the port of the Pods that packets are sent on to, by number or by name",
            Self::NodePort(_) => "the port at which every node answers for the Service",
            Self::ExternalTrafficPolicy => {
                "Local sends what comes from outside to endpoints of the same node only, and keeps the client's address"
            }
            Self::InternalTrafficPolicy => "Local sends what comes from Pods to endpoints of their own node only",
            Self::SessionAffinity => "ClientIP sends a client to the endpoint that it had before",
            Self::AffinityTimeout => "seconds after which a client that was silent may get another endpoint",
            Self::TrafficDistribution => "which endpoints each node prefers, by hints in the EndpointSlices",
            Self::PublishNotReadyAddresses => "endpoints count as ready before they are",
            Self::ExternalIps => "more addresses that the nodes take packets for; nobody checks who owns them",
            Self::IngressAddresses => "what a load balancer is reached by; a cloud would write it",
            Self::IngressMode => "VIP keeps the address in the packet, so that nodes answer for it; Proxy does not",
            Self::SourceRanges => "from where the load balancer's addresses may be reached; empty is from everywhere",
        }
    }
}

impl Lab {
    /// The Services that can be changed by form, by name: all of which kube-proxy makes rules.
    pub fn editable_services(&self) -> Vec<NamespacedName> {
        let mut names: Vec<_> = self
            .cluster
            .services
            .iter()
            .filter(|service| is_proxied(service))
            .map(|service| service.name.clone())
            .collect();
        names.sort_unstable();
        names
    }

    /// The controls of a Service; none for one that there is not.
    pub fn service_form(&self, name: &NamespacedName) -> Vec<Control> {
        self.service(name).map(controls).unwrap_or_default()
    }

    /// The action that gives a field another value, as it was chosen or typed.
    pub fn edit(&self, name: &NamespacedName, field: ServiceField, value: &str) -> Option<Action> {
        let patch = patch(self.service(name)?, field, value.trim()).to_string();
        Some(Action::PatchService { name: name.clone(), patch })
    }

    fn service(&self, name: &NamespacedName) -> Option<&Service> {
        self.cluster.services.iter().find(|service| service.name == *name)
    }
}

/// Neither headless nor ExternalName.
fn is_proxied(service: &Service) -> bool {
    !service.cluster_ips.is_empty()
}

fn controls(service: &Service) -> Vec<Control> {
    use ServiceField as F;
    let kind = service.service_type;
    let is_balanced = kind == ServiceType::LoadBalancer;
    let is_external = kind != ServiceType::ClusterIp || !service.external_ips.is_empty();
    let policy = |policy: TrafficPolicy| Input::Choice { options: POLICIES, chosen: policy.name() };
    let mut inputs = vec![
        (F::Type, Input::Choice { options: TYPES, chosen: kind.name() }),
        (F::Selector, Input::Text(listed(service.selector.iter().map(|(key, value)| format!("{key}={value}"))))),
    ];
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
            inputs.push((F::SessionAffinity, Input::Choice { options: AFFINITIES, chosen: AFFINITIES[0] }));
        }
        SessionAffinity::ClientIp { timeout_seconds } => {
            inputs.push((F::SessionAffinity, Input::Choice { options: AFFINITIES, chosen: AFFINITIES[1] }));
            inputs.push((F::AffinityTimeout, Input::Text(timeout_seconds.to_string())));
        }
    }
    let distribution = service.traffic_distribution.map_or(DISTRIBUTIONS[0], |distribution| distribution.name());
    inputs.push((F::TrafficDistribution, Input::Choice { options: DISTRIBUTIONS, chosen: distribution }));
    inputs.push((F::PublishNotReadyAddresses, Input::Toggle(service.publish_not_ready_addresses)));
    inputs.push((F::ExternalIps, Input::Text(listed(&service.external_ips))));
    if is_balanced {
        let ingress = &service.load_balancer_ingress;
        inputs.push((F::IngressAddresses, Input::Text(listed(ingress.iter().filter_map(|ingress| ingress.address)))));
        if let Some(first) = ingress.iter().find(|ingress| ingress.address.is_some()) {
            let chosen = INGRESS_MODES[usize::from(first.ip_mode == IpMode::Proxy)];
            inputs.push((F::IngressMode, Input::Choice { options: INGRESS_MODES, chosen }));
        }
        inputs.push((F::SourceRanges, Input::Text(listed(&service.load_balancer_source_ranges))));
    }
    inputs.into_iter().map(|(field, input)| Control { field, input }).collect()
}

fn listed(items: impl IntoIterator<Item = impl ToString>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).filter(|word| !word.is_empty())
}

/// A number where it is one; the API server says what is wrong with everything else.
fn number(text: &str) -> Value {
    text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number))
}

/// null takes an empty list away.
fn list(text: &str) -> Value {
    let items: Vec<&str> = words(text).collect();
    if items.is_empty() { Value::Null } else { json!(items) }
}

fn patch(service: &Service, field: ServiceField, value: &str) -> Value {
    use ServiceField as F;
    let spec = |key: &str, value: Value| json!({ "spec": { key: value } });
    match field {
        F::Type => spec("type", json!(value)),
        F::Selector => spec("selector", selector(service, value)),
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

/// Labels that are no longer there have to be taken away one by one.
fn selector(service: &Service, value: &str) -> Value {
    let mut labels: Map<String, Value> = service.selector.keys().map(|key| (key.clone(), Value::Null)).collect();
    for word in words(value) {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        labels.insert(key.to_owned(), json!(value));
    }
    Value::Object(labels)
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

#[cfg(test)]
mod tests {
    use super::{Control, Input, ServiceField};
    use crate::lab::{Lab, WEB_SHOP, command, parse_command};

    #[test]
    fn every_control_written_as_it_is_changes_nothing() {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        for name in lab.editable_services() {
            for Control { field, input } in lab.service_form(&name) {
                let value = match input {
                    Input::Choice { chosen, .. } => chosen.to_owned(),
                    Input::Toggle(on) => on.to_string(),
                    Input::Text(text) => text,
                };
                let action = lab.edit(&name, field, &value).expect("a Service");
                assert_eq!(parse_command(&command(&action)), Some(action.clone()));
                let before = lab.cluster.clone();
                let said = lab.act(&action).expect_err("nothing to do").to_string();
                assert!(said.ends_with("is so already"), "{name} {}: {said}", field.path());
                assert_eq!(lab.cluster, before);
            }
        }
    }

    #[test]
    fn a_chosen_value_is_the_controls_next_value_and_reaches_the_nodes() {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        let name = lab.editable_services().into_iter().next().expect("a Service");
        let edits = [
            (ServiceField::Type, "LoadBalancer"),
            (ServiceField::ExternalTrafficPolicy, "Local"),
            (ServiceField::InternalTrafficPolicy, "Local"),
            (ServiceField::SessionAffinity, "ClientIP"),
            (ServiceField::AffinityTimeout, "60"),
            (ServiceField::PublishNotReadyAddresses, "true"),
            (ServiceField::ExternalIps, "198.51.100.7, 198.51.100.8"),
            (ServiceField::IngressAddresses, "203.0.113.200"),
            (ServiceField::SourceRanges, "192.0.2.0/24"),
            (ServiceField::Port(0), "8443"),
            (ServiceField::NodePort(0), "31234"),
            (ServiceField::SourceRanges, ""),
            (ServiceField::Type, "NodePort"),
        ];
        for (field, value) in edits {
            let action = lab.edit(&name, field, value).expect("a Service");
            let path = lab.act(&action).unwrap_or_else(|error| panic!("{}: {error}", field.path()));
            assert!(!path.rounds.is_empty());
            let control = lab.service_form(&name).into_iter().find(|control| control.field == field);
            let now = match control.expect("still a control").input {
                Input::Choice { chosen, .. } => chosen.to_owned(),
                Input::Toggle(on) => on.to_string(),
                Input::Text(text) => text,
            };
            assert_eq!(now, value, "{}", field.path());
        }
        let wrong = lab.edit(&name, ServiceField::NodePort(0), "80000").expect("a Service");
        assert!(lab.act(&wrong).expect_err("out of range").to_string().contains("nodePort"));
    }
}
