use std::collections::BTreeMap;

use super::hints::{Plan, is_ready};
use crate::k8s::{Cluster, EndpointSlice, NamespacedName, Node, SliceEndpoint};
use crate::net::Family;

/// How much more than its share an endpoint may get.
const OVERLOAD_THRESHOLD: f64 = 0.2;

/// `TopologyCache`: hints in proportion to the processors of each zone, for Services with the annotation
/// `service.kubernetes.io/topology-mode: Auto`.
#[derive(Clone, Debug, Default)]
pub(crate) struct TopologyCache {
    ratios: BTreeMap<String, f64>,
    /// Endpoints for each zone, of Services that have hints.
    endpoints: BTreeMap<(NamespacedName, Family), BTreeMap<String, usize>>,
}

/// How many endpoints a zone should get.
struct Allocation {
    minimum: usize,
    desired: f64,
}

impl TopologyCache {
    /// Takes over what a controller that made the slices would know.
    pub(crate) fn remember(&mut self, cluster: &Cluster) {
        self.ratios = ratios(&cluster.nodes);
        for service in cluster.services.iter().filter(|service| service.topology_mode_auto) {
            for slice in cluster.endpoint_slices.iter().filter(|slice| slice.belongs_to(&service.name)) {
                for zone in slice.endpoints.iter().filter(|endpoint| is_ready(endpoint)).flat_map(|one| &one.for_zones)
                {
                    let zones = self.endpoints.entry((service.name.clone(), slice.address_type)).or_default();
                    *zones.entry(zone.clone()).or_default() += 1;
                }
            }
        }
    }

    /// The nodes as they are now, and the Services that this leaves with too few endpoints in a zone
    /// (`checkNodeTopologyDistribution`).
    pub(crate) fn overloaded(&mut self, nodes: &[Node]) -> Vec<NamespacedName> {
        self.ratios = ratios(nodes);
        let overloaded = self.endpoints.iter().filter(|(_, zones)| is_overloaded(zones, &self.ratios));
        overloaded.map(|((service, _), _)| service.clone()).collect()
    }

    pub(crate) fn forget(&mut self, service: &NamespacedName) {
        self.endpoints.retain(|(name, _), _| name != service);
    }

    pub(super) fn remove_hints(&mut self, service: &NamespacedName, family: Family) {
        self.endpoints.remove(&(service.clone(), family));
    }

    /// `AddHints`. Where the zones cannot be served in proportion, there are no hints, and an event says why.
    pub(super) fn add_hints(&mut self, service: &NamespacedName, family: Family, plan: &mut Plan) {
        let zones = self.allocations(plan).and_then(|allocations| {
            let mut zones = keep_hints(plan, &allocations);
            hint_own_zones(plan, &mut zones).ok_or("One or more endpoints do not have a zone specified")?;
            let (giving, receiving) = giving_and_receiving(&allocations, &zones);
            redistribute(plan, giving, receiving, &mut zones);
            Ok(zones)
        });
        match zones {
            Ok(zones) => {
                self.endpoints.insert((service.clone(), family), zones);
            }
            Err(reason) => {
                self.remove_hints(service, family);
                plan.remove_hints();
                plan.event = Some(reason);
            }
        }
    }

    /// `getAllocations`.
    #[expect(clippy::cast_precision_loss, reason = "a Service has no 2^52 endpoints")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the endpoints")]
    fn allocations(&self, plan: &Plan) -> Result<BTreeMap<String, Allocation>, &'static str> {
        let slices = plan.create.iter().chain(&plan.update).chain(&plan.unchanged);
        let total = slices.flat_map(|slice| &slice.endpoints).filter(|endpoint| is_ready(endpoint)).count();
        if self.ratios.is_empty() {
            return Err("Insufficient Node information: allocatable CPU or zone not specified on one or more nodes");
        }
        if self.ratios.len() > total {
            return Err("Insufficient number of endpoints");
        }
        let mut remaining = total;
        let mut allocations = BTreeMap::new();
        for (zone, ratio) in &self.ratios {
            let share = ratio * total as f64;
            let minimum = (share * (1.0 / (1.0 + OVERLOAD_THRESHOLD))).ceil() as usize;
            remaining = remaining.checked_sub(minimum).ok_or(
                "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold",
            )?;
            allocations.insert(zone.clone(), Allocation { minimum, desired: share.max(minimum as f64) });
        }
        Ok(allocations)
    }
}

/// Shares of the processors by zone; none where a node that counts lacks its zone or its processors.
#[expect(clippy::cast_precision_loss, reason = "thousandths of processors")]
fn ratios(nodes: &[Node]) -> BTreeMap<String, f64> {
    const EXCLUDED: [&str; 2] = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];
    let mut by_zone: BTreeMap<String, u64> = BTreeMap::new();
    for node in nodes.iter().filter(|node| node.is_ready && !EXCLUDED.iter().any(|key| node.labels.contains_key(*key)))
    {
        let (Some(zone), Some(cpu)) = (node.zone().filter(|zone| !zone.is_empty()), node.allocatable_cpu) else {
            return BTreeMap::new();
        };
        if cpu == 0 {
            return BTreeMap::new();
        }
        let sum = by_zone.entry(zone.to_owned()).or_default();
        *sum = sum.saturating_add(cpu);
    }
    if by_zone.len() < 2 {
        return BTreeMap::new();
    }
    let total: f64 = by_zone.values().map(|cpu| *cpu as f64).sum();
    by_zone.into_iter().map(|(zone, cpu)| (zone, cpu as f64 / total)).collect()
}

/// `getAllocatedHintsByZone`: unchanged slices keep their hints as long as these fit the allocations.
fn keep_hints(plan: &mut Plan, allocations: &BTreeMap<String, Allocation>) -> BTreeMap<String, usize> {
    let slices = plan.create.iter().chain(&plan.update).chain(&plan.unchanged);
    let total = slices.flat_map(|slice| &slice.endpoints).filter(|endpoint| is_ready(endpoint)).count();
    let spare = total - allocations.values().map(|allocation| allocation.minimum).sum::<usize>();
    let mut zones = BTreeMap::new();
    plan.update_where(|slice| {
        let Some(hints) = hints_by_zone(slice, allocations) else { return true };
        let fits = |zone: &str, count: usize| {
            let before = zones.get(zone).copied().unwrap_or_default();
            allocations.get(zone).is_some_and(|allocation| count + before <= allocation.minimum + spare)
        };
        if !hints.iter().all(|(zone, count)| fits(zone, *count)) {
            return true;
        }
        for (zone, count) in hints {
            *zones.entry(zone).or_default() += count;
        }
        false
    });
    zones
}

/// None where a ready endpoint has no hint, or one for a zone that needs none.
fn hints_by_zone(slice: &EndpointSlice, allocations: &BTreeMap<String, Allocation>) -> Option<BTreeMap<String, usize>> {
    let mut zones = BTreeMap::new();
    for endpoint in slice.endpoints.iter().filter(|endpoint| is_ready(endpoint)) {
        if endpoint.for_zones.is_empty() {
            return None;
        }
        for zone in &endpoint.for_zones {
            allocations.get(zone)?;
            *zones.entry(zone.clone()).or_default() += 1;
        }
    }
    Some(zones)
}

fn ready_endpoints(plan: &mut Plan) -> impl Iterator<Item = &mut SliceEndpoint> {
    plan.written().flat_map(|slice| &mut slice.endpoints).filter(|endpoint| is_ready(endpoint))
}

/// To begin with, every endpoint is for its own zone. None where one has no zone.
fn hint_own_zones(plan: &mut Plan, zones: &mut BTreeMap<String, usize>) -> Option<()> {
    for endpoint in ready_endpoints(plan) {
        let zone = endpoint.zone.clone().filter(|zone| !zone.is_empty())?;
        *zones.entry(zone.clone()).or_default() += 1;
        endpoint.for_zones = vec![zone];
        endpoint.for_nodes.clear();
    }
    Some(())
}

type Counts = BTreeMap<String, usize>;

/// `getGivingAndReceivingZones`: which zones have more than they should, which have less.
#[expect(clippy::cast_precision_loss, reason = "a Service has no 2^52 endpoints")]
fn giving_and_receiving(allocations: &BTreeMap<String, Allocation>, zones: &Counts) -> (Counts, Counts) {
    let mut giving = BTreeMap::new();
    let mut receiving = BTreeMap::new();
    for (zone, allocation) in allocations {
        let surplus = zones.get(zone).copied().unwrap_or_default() as f64 - allocation.desired;
        if surplus > 0.0 {
            giving.insert(zone.as_str(), surplus);
        } else if surplus < 0.0 {
            receiving.insert(zone.as_str(), -surplus);
        }
    }
    let (mut give, mut receive) = (Counts::new(), Counts::new());
    while let (Some((from, surplus)), Some((to, lack))) = (most(&giving), most(&receiving)) {
        if surplus < 1.0 && lack < 1.0 || surplus < 0.5 || lack < 0.5 {
            break;
        }
        *give.entry(from.to_owned()).or_default() += 1;
        giving.insert(from, surplus - 1.0);
        *receive.entry(to.to_owned()).or_default() += 1;
        receiving.insert(to, lack - 1.0);
    }
    (give, receive)
}

/// The zone with the greatest number above 0; of equals the first.
fn most<'z>(zones: &BTreeMap<&'z str, f64>) -> Option<(&'z str, f64)> {
    let mut found: Option<(&str, f64)> = None;
    for (zone, number) in zones {
        if *number > found.map_or(0.0, |(_, most)| most) {
            found = Some((zone, *number));
        }
    }
    found
}

/// `redistributeHints`: endpoints of zones with too many are for zones with too few.
fn redistribute(plan: &mut Plan, mut giving: Counts, mut receiving: Counts, zones: &mut Counts) {
    for endpoint in ready_endpoints(plan) {
        let Some(to) = receiving.keys().next().cloned() else { return };
        let Some(from) = endpoint.zone.clone().filter(|zone| giving.contains_key(zone)) else { continue };
        endpoint.for_zones = vec![to.clone()];
        take_one(&mut giving, &from);
        take_one(&mut receiving, &to);
        take_one(zones, &from);
        *zones.entry(to).or_default() += 1;
    }
}

/// One less, and nothing in the place of 0.
fn take_one(counts: &mut Counts, zone: &str) {
    if let Some(count) = counts.get_mut(zone) {
        *count -= 1;
        if *count == 0 {
            counts.remove(zone);
        }
    }
}

/// `serviceOverloaded`.
#[expect(clippy::cast_precision_loss, reason = "a Service has no 2^52 endpoints")]
fn is_overloaded(zones: &Counts, ratios: &BTreeMap<String, f64>) -> bool {
    if zones.is_empty() || ratios.is_empty() {
        return !zones.is_empty();
    }
    let total: usize = zones.values().sum();
    ratios.iter().any(|(zone, ratio)| {
        let least = (total as f64 * ratio * (1.0 / (1.0 + OVERLOAD_THRESHOLD))).ceil();
        zones.get(zone).is_none_or(|count| (*count as f64) < least)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Allocation, Counts, giving_and_receiving, is_overloaded};

    fn counts(counts: &[(&str, usize)]) -> Counts {
        counts.iter().map(|(zone, count)| ((*zone).to_owned(), *count)).collect()
    }

    /// The outcomes are those of `Test_getGivingAndReceivingZones`.
    #[test]
    fn endpoints_are_given_to_zones_that_lack_most() {
        for (desired, has, gives, receives) in [
            ([1.2, 1.1, 1.0], vec![("a", 1), ("b", 1), ("c", 1)], vec![], vec![]),
            ([5.1, 5.1, 5.8], vec![("a", 16)], vec![("a", 10)], vec![("b", 5), ("c", 5)]),
            ([5.0, 5.6, 5.4], vec![("a", 16)], vec![("a", 11)], vec![("b", 6), ("c", 5)]),
            ([5.0, 5.6, 5.4], vec![("b", 8), ("c", 8)], vec![("b", 2), ("c", 3)], vec![("a", 5)]),
            ([5.0, 5.0, 5.0], vec![("a", 6), ("b", 6), ("c", 6)], vec![], vec![]),
        ] {
            let allocation = |desired| Allocation { minimum: 0, desired };
            let zones = ["a", "b", "c"].map(str::to_owned);
            let allocations: BTreeMap<_, _> = zones.into_iter().zip(desired.map(allocation)).collect();
            let found = giving_and_receiving(&allocations, &counts(&has));
            assert_eq!(found, (counts(&gives), counts(&receives)), "{desired:?} {has:?}");
        }
    }

    /// At most 20% more than its share: of three endpoints, a zone with half of the processors needs two.
    #[test]
    fn a_zone_with_too_few_endpoints_is_overloaded() {
        let ratios = BTreeMap::from([("a".to_owned(), 0.5), ("b".to_owned(), 0.5)]);
        assert!(!is_overloaded(&counts(&[("a", 2), ("b", 2)]), &ratios));
        assert!(is_overloaded(&counts(&[("a", 2), ("b", 1)]), &ratios));
        assert!(!is_overloaded(&counts(&[("a", 6), ("b", 5)]), &ratios));
        assert!(is_overloaded(&counts(&[("a", 2)]), &ratios));
        assert!(is_overloaded(&counts(&[("a", 2)]), &BTreeMap::new()));
        assert!(!is_overloaded(&Counts::new(), &BTreeMap::new()));
    }
}
