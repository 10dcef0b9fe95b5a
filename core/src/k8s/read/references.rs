//! What a Service and its endpoints say about each other, once all objects are known.

use std::collections::BTreeMap;

use super::allocation::Allocation;
use super::report::{Remedy, Report};
use super::{service, text};
use crate::fixed_hash::{HashMap, HashSet};
use crate::k8s::{Cluster, Labels, NamespacedName, Service, ServiceType, selects};
use crate::message;

/// Warns of slice ports that no port of the Service takes, and of selectors that match nothing.
pub(super) fn check(cluster: &Cluster, allocation: &Allocation, report: &mut Report) {
    check_slice_ports(cluster, allocation, report);
    check_selectors(cluster, allocation, report);
}

/// kube-proxy finds the endpoints of a Service port by name and protocol (`ServicePortName`).
fn check_slice_ports(cluster: &Cluster, allocation: &Allocation, report: &mut Report) {
    let services: HashMap<&NamespacedName, &Service> =
        cluster.services.iter().map(|service| (&service.name, service)).collect();
    for slice in &cluster.endpoint_slices {
        let Some(service) = slice.service().and_then(|name| services.get(&name).copied()) else { continue };
        let Some(position) = allocation.position("EndpointSlice", &slice.name) else { continue };
        let is_taken =
            |name: &str, protocol| service.ports.iter().any(|port| &*port.name == name && port.protocol == protocol);
        let stray = slice.ports.iter().find(|port| !is_taken(&port.name, port.protocol));
        let Some(stray) = stray.filter(|_| !service.ports.is_empty()) else { continue };
        let named = |name: &str, protocol| format!("{}/{protocol}", text::quote(name));
        let message = message!(
            "wrong-port-of-no-service",
            slice = &*slice.name.name,
            port = named(&stray.name, stray.protocol),
            service = service::title(service)
        );
        let ports: Vec<String> = service.ports.iter().take(3).map(|port| named(&port.name, port.protocol)).collect();
        let expected = message!("expected-port-of-service", ports = ports.join(", "));
        let advice = message!("advice-agree-ports");
        report.warning(position, message, Remedy::new(expected, advice));
    }
}

fn check_selectors(cluster: &Cluster, allocation: &Allocation, report: &mut Report) {
    if cluster.pods.is_empty() && cluster.workloads.is_empty() {
        return;
    }
    let pods = PodLabels::of(cluster);
    let with_slices: HashSet<NamespacedName> =
        cluster.endpoint_slices.iter().filter_map(|slice| slice.service()).collect();
    let with_endpoints: HashSet<&NamespacedName> = cluster.endpoints.iter().map(|endpoints| &endpoints.name).collect();
    for service in &cluster.services {
        let is_selecting = service.service_type != ServiceType::ExternalName && !service.selector.is_empty();
        let has_endpoints = with_slices.contains(&service.name) || with_endpoints.contains(&service.name);
        if !is_selecting || has_endpoints || pods.has(&service.name.namespace, &service.selector) {
            continue;
        }
        let Some(position) = allocation.position("Service", &service.name) else { continue };
        let message = message!("wrong-selects-nothing", service = service::title(service));
        let remedy = Remedy::new(message!("expected-labels-of-pods"), message!("advice-selector"));
        report.warning(position, message, remedy);
    }
}

/// The labels of all Pods and Pod templates, by namespace and single label.
struct PodLabels<'c> {
    by_label: HashMap<(&'c str, &'c str, &'c str), Vec<&'c Labels>>,
}

impl<'c> PodLabels<'c> {
    fn of(cluster: &'c Cluster) -> Self {
        let pods = cluster.pods.iter().map(|pod| (&pod.name, &pod.labels));
        let templates = cluster.workloads.iter().map(|workload| (&workload.name, &workload.template.labels));
        let mut by_label: HashMap<_, Vec<&Labels>> = HashMap::default();
        for (name, labels) in pods.chain(templates) {
            for (key, value) in labels {
                by_label.entry((&*name.namespace, key.as_str(), value.as_str())).or_default().push(labels);
            }
        }
        Self { by_label }
    }

    /// Looks only at those that have the rarest label of the selector.
    fn has(&self, namespace: &str, selector: &BTreeMap<String, String>) -> bool {
        let lists = selector.iter().map(|(key, value)| {
            self.by_label.get(&(namespace, key.as_str(), value.as_str())).map_or(&[][..], Vec::as_slice)
        });
        let rarest = lists.min_by_key(|list| list.len()).unwrap_or_default();
        rarest.iter().any(|labels| selects(selector, labels))
    }
}
