use std::collections::BTreeMap;

use crate::fixed_hash::HashMap;

use super::{Config, Endpoint, ServicePort, ServicePortName};
use crate::k8s::{Cluster, EndpointSlice, Service};
use crate::net::Family;

/// Service ports and their endpoints, as kube-proxy's change trackers hold them for one family.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Tracked {
    pub service_ports: Vec<ServicePort>,
    /// The endpoints of the service port with the same index, sorted as text; those that are not
    /// ready too.
    pub endpoints: Vec<Vec<Endpoint>>,
}

/// kube-proxy's informers leave out objects with these labels (`NewProxyServer` of cmd/kube-proxy).
const UNWATCHED_LABELS: [&str; 2] = ["service.kubernetes.io/service-proxy-name", "service.kubernetes.io/headless"];

impl Tracked {
    pub fn new(cluster: &Cluster, config: &Config, family: Family) -> Self {
        let watched = |labels: &Labels| !config.label_selector || is_watched(labels);
        let slices = slices_by_service(cluster, family, watched);
        let services = services_by_name(cluster, watched);
        let mut tracked =
            Self { service_ports: Vec::with_capacity(services.len()), endpoints: Vec::with_capacity(services.len()) };
        for (index, service) in services {
            let key = (&*service.name.namespace, &*service.name.name);
            let slices = slices.get(&key).map_or(&[][..], Vec::as_slice);
            let mut service_ports = ServicePort::all_of(service, index, family);
            service_ports.sort_by(|one, other| one.name.cmp(&other.name));
            for service_port in service_ports {
                tracked.endpoints.push(endpoints(&service_port.name, slices.iter().copied(), &config.node_name));
                tracked.service_ports.push(service_port);
            }
        }
        tracked
    }

    /// By service port name.
    pub fn iter(&self) -> impl Iterator<Item = (&ServicePort, &[Endpoint])> {
        self.service_ports.iter().zip(self.endpoints.iter().map(Vec::as_slice))
    }

    /// Endpoints summed over all service ports, which is how kube-proxy measures a cluster.
    pub fn total_endpoints(&self) -> usize {
        self.endpoints.iter().map(Vec::len).sum()
    }
}

/// Services by namespace and name; of two with the same name the last one counts.
fn services_by_name(cluster: &Cluster, watched: impl Fn(&Labels) -> bool) -> Vec<(u32, &Service)> {
    let mut services: Vec<(u32, &Service)> =
        (0..).zip(&cluster.services).filter(|(_, service)| watched(&service.labels)).collect();
    services.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
    services.reverse();
    services.dedup_by(|(_, one), (_, other)| one.name == other.name);
    services.reverse();
    services
}

pub(super) type Labels = BTreeMap<String, String>;

/// Whether kube-proxy's informers hear of an object with these labels.
pub fn is_watched(labels: &BTreeMap<String, String>) -> bool {
    !UNWATCHED_LABELS.iter().any(|label| labels.contains_key(*label))
}

pub(super) type SlicesByService<'c> = HashMap<(&'c str, &'c str), Vec<(u32, &'c EndpointSlice)>>;

/// The slices of a family under the Service they belong to; of two with the same name the last one
/// counts.
pub(super) fn slices_by_service(
    cluster: &Cluster,
    family: Family,
    watched: impl Fn(&Labels) -> bool,
) -> SlicesByService<'_> {
    let mut by_service = SlicesByService::with_capacity_and_hasher(cluster.endpoint_slices.len(), Default::default());
    for (index, slice) in (0..).zip(&cluster.endpoint_slices) {
        if slice.address_type != family || !watched(&slice.labels) {
            continue;
        }
        let Some(service) = slice.labels.get(EndpointSlice::SERVICE_LABEL).filter(|name| !name.is_empty()) else {
            continue;
        };
        by_service.entry((&slice.name.namespace, service.as_str())).or_default().push((index, slice));
    }
    for slices in by_service.values_mut().filter(|slices| slices.len() > 1) {
        slices.sort_by(|(_, one), (_, other)| one.name.name.cmp(&other.name.name));
        slices.reverse();
        slices.dedup_by(|(_, one), (_, other)| one.name.name == other.name.name);
        slices.reverse();
    }
    by_service
}

/// `endpointInfoByServicePort` and `addEndpoints`: where one address and port appears more than
/// once, a later appearance counts unless it is terminating.
pub(super) fn endpoints<'s>(
    name: &ServicePortName,
    slices: impl Iterator<Item = (u32, &'s EndpointSlice)> + Clone,
    node_name: &str,
) -> Vec<Endpoint> {
    let most = slices.clone().map(|(_, slice)| slice.endpoints.len()).sum();
    let mut found: Vec<Endpoint> = Vec::with_capacity(most);
    for (slice_index, slice) in slices {
        for port in slice.ports.iter().filter(|port| port.name == name.port && port.protocol == name.protocol) {
            let Some(number) = port.port.filter(|number| *number != 0) else {
                continue;
            };
            found.extend(
                (0..)
                    .zip(&slice.endpoints)
                    .filter_map(|(index, endpoint)| Endpoint::new(endpoint, number, node_name, (slice_index, index))),
            );
        }
    }
    found.sort_by(|one, other| one.text().cmp(other.text()));
    found.dedup_by(|later, kept| {
        let same = (later.address, later.port) == (kept.address, kept.port);
        if same && !later.terminating {
            std::mem::swap(later, kept);
        }
        same
    });
    found
}
