//! What the API server makes of a new or changed Service before it validates it: pkg/registry/core/service/storage
//! (`normalizeClusterIPs`, `patchAllocatedValues`, `initIPFamilyFields`), and what may not change
//! (`ValidateServiceUpdate`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Map, Value, json};

use crate::k8s::{Cluster, out_of_range};
use crate::net::Family;

/// What a Service that is created is given before its addresses: families, their policy, a balancer's default.
///
/// # Errors
/// What the API server would say; each a sentence.
pub(super) fn create(cluster: &Cluster, object: &mut Value) -> Result<(), Vec<String>> {
    let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) else { return Ok(()) };
    if text(spec, "type") == "LoadBalancer" {
        // `SetDefaults_Service`
        spec.entry("allocateLoadBalancerNodePorts").or_insert(json!(true));
    }
    init_families(cluster, None, spec)
}

/// The next version of a Service, as far as it follows from the one `before`.
///
/// # Errors
/// What the API server would say; each a sentence.
pub(super) fn update(cluster: &Cluster, before: &Value, after: &mut Value) -> Result<(), Vec<String>> {
    let empty = Map::new();
    let old = before.get("spec").and_then(Value::as_object).unwrap_or(&empty);
    if let Some(spec) = after.get_mut("spec").and_then(Value::as_object_mut) {
        keep_allocated(old, spec);
        settle_addresses(old, spec);
        init_families(cluster, Some(old), spec)?;
    }
    settle(before, after);
    let refused = after.get("spec").and_then(Value::as_object).map(|spec| changed_for_good(old, spec));
    refused.filter(|refused| !refused.is_empty()).map_or(Ok(()), Err)
}

/// Whether it gets the node ports that it asks for; those that it had, it keeps (`updateNodePorts`).
///
/// # Errors
/// What the API server would say of the first that it does not get.
pub(super) fn check_node_ports(cluster: &Cluster, before: Option<&Value>, after: &Value) -> Result<(), Vec<String>> {
    let ports = |object: &Value| -> Vec<i64> {
        let ports = object.pointer("/spec/ports").and_then(Value::as_array).into_iter().flatten();
        ports.map(|port| port.get("nodePort").and_then(Value::as_i64).unwrap_or_default()).collect()
    };
    let had = before.map(ports).unwrap_or_default();
    let asked = ports(after).into_iter().enumerate().filter(|(_, port)| *port != 0 && !had.contains(port));
    let refused = asked.into_iter().find_map(|(place, port)| Some((place, port, out_of_range(cluster, port)?)));
    let Some((place, port, why)) = refused else {
        return health_check_refused(cluster, before, after).map_or(Ok(()), |said| Err(vec![said]));
    };
    let name = after.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    Err(vec![format!("Service {name:?} is invalid: spec.ports[{place}].nodePort: Invalid value: {port}: {why}")])
}

/// Why it does not get the port for health checks that it asks for, once it needs one (`allocHealthCheckNodePort`,
/// `updateHealthCheckNodePort`).
pub(crate) fn health_check_refused(cluster: &Cluster, before: Option<&Value>, after: &Value) -> Option<String> {
    let needs = |object: &Value| object.get("spec").and_then(Value::as_object).is_some_and(needs_health_check);
    let port = after.pointer("/spec/healthCheckNodePort").and_then(Value::as_i64).filter(|port| *port != 0)?;
    if !needs(after) || before.is_some_and(needs) {
        return None;
    }
    let why = out_of_range(cluster, port)?;
    Some(format!("Internal error occurred: failed to allocate requested HealthCheck NodePort {port}: {why}"))
}

/// Whether the API server has yet to give it an address.
pub(super) fn needs_address(object: &Value) -> bool {
    let spec = object.get("spec").and_then(Value::as_object);
    spec.is_some_and(|spec| has_addresses(spec) && !is_headless(spec) && !spec.contains_key("clusterIPs"))
}

type Fields = Map<String, Value>;

const NONE: &str = "None";
const SINGLE: &str = "SingleStack";
const REQUIRE_DUAL: &str = "RequireDualStack";

fn text<'s>(spec: &'s Fields, field: &str) -> &'s str {
    spec.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn list(spec: &Fields, field: &str) -> Vec<String> {
    let items = spec.get(field).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// `needsClusterIP`
fn has_addresses(spec: &Fields) -> bool {
    text(spec, "type") != "ExternalName"
}

fn is_headless(spec: &Fields) -> bool {
    text(spec, "clusterIP") == NONE || list(spec, "clusterIPs") == [NONE]
}

fn needs_health_check(spec: &Fields) -> bool {
    text(spec, "type") == "LoadBalancer" && text(spec, "externalTrafficPolicy") == "Local"
}

/// `patchAllocatedValues`: what was given to it stays where its next version does not say otherwise.
fn keep_allocated(old: &Fields, new: &mut Fields) {
    let keep = |new: &mut Fields, field: &str| {
        if let Some(value) = old.get(field).filter(|_| !new.contains_key(field)) {
            new.insert(field.to_owned(), value.clone());
        }
    };
    if has_addresses(old) && has_addresses(new) {
        keep(new, "clusterIP");
        keep(new, "clusterIPs");
    }
    if needs_health_check(old) && needs_health_check(new) {
        keep(new, "healthCheckNodePort");
    }
    let needs_node_ports = |spec: &Fields| match text(spec, "type") {
        "NodePort" => true,
        "LoadBalancer" => spec.get("allocateLoadBalancerNodePorts") != Some(&json!(false)),
        _ => false,
    };
    if !needs_node_ports(old) || !needs_node_ports(new) {
        return;
    }
    let ports = |spec: &Fields| spec.get("ports").and_then(Value::as_array).cloned().unwrap_or_default();
    let number = |port: &Value| port.get("nodePort").and_then(Value::as_u64);
    let name = |port: &Value| port.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let by_name: BTreeMap<String, u64> =
        ports(old).iter().filter_map(|port| Some((name(port), number(port)?))).collect();
    let used: BTreeSet<u64> = ports(new).iter().filter_map(number).collect();
    for port in new.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
        let known = by_name.get(&name(port)).filter(|known| !used.contains(known));
        if let (None, Some(known), Some(port)) = (number(port), known, port.as_object_mut()) {
            port.insert("nodePort".to_owned(), json!(known));
        }
    }
}

/// `normalizeClusterIPs`: who changes one of the two fields means both.
fn settle_addresses(old: &Fields, new: &mut Fields) {
    let differs = text(old, "clusterIP") != text(new, "clusterIP");
    if differs && old.get("clusterIPs") == new.get("clusterIPs") {
        new.insert("clusterIPs".to_owned(), json!([text(new, "clusterIP")]));
    }
}

/// The families in which Services get addresses here, the primary one first; None where nothing tells.
fn configured(cluster: &Cluster) -> Option<Vec<Family>> {
    let of_services = cluster.services.iter().flat_map(|service| &service.cluster_ips);
    let of_nodes = cluster.nodes.iter().flat_map(|node| &node.internal_ips);
    let mut families = Vec::new();
    for family in of_services.chain(of_nodes).map(|address| Family::of(*address)) {
        if !families.contains(&family) {
            families.push(family);
        }
    }
    (!families.is_empty()).then_some(families)
}

/// A Service's addresses, their families, and whether it wants both.
struct Stack {
    addresses: Vec<String>,
    families: Vec<String>,
    policy: String,
    /// Headless and without a selector: what its endpoints are, nobody knows yet.
    is_bare: bool,
    refused: Vec<String>,
}

/// `initIPFamilyFields`
fn init_families(cluster: &Cluster, old: Option<&Fields>, spec: &mut Fields) -> Result<(), Vec<String>> {
    if !has_addresses(spec) {
        return Ok(());
    }
    let configured = configured(cluster).unwrap_or_else(|| vec![Family::V4, Family::V6]);
    let mut stack = Stack::of(old, spec);
    stack.infer();
    stack.unless_refused()?;
    if let Some(old) = old {
        stack.release(old);
    }
    stack.check_policy();
    stack.unless_refused()?;
    stack.check_configured(&configured);
    stack.unless_refused()?;
    stack.complete(&configured);
    stack.write(spec);
    Ok(())
}

impl Stack {
    fn of(old: Option<&Fields>, spec: &Fields) -> Self {
        let is_bare = is_headless(spec) && spec.get("selector").and_then(Value::as_object).is_none_or(Map::is_empty);
        let policy = match (text(spec, "ipFamilyPolicy"), old.map_or("", |old| text(old, "ipFamilyPolicy"))) {
            ("", "") if is_bare => REQUIRE_DUAL,
            ("", "") => SINGLE,
            ("", known) => known,
            (given, _) => given,
        };
        let mut addresses = list(spec, "clusterIPs");
        if addresses.is_empty() {
            addresses.extend(Some(text(spec, "clusterIP").to_owned()).filter(|address| !address.is_empty()));
        }
        let families = list(spec, "ipFamilies");
        Self { addresses, families, policy: policy.to_owned(), is_bare, refused: Vec::new() }
    }

    fn unless_refused(&mut self) -> Result<(), Vec<String>> {
        let refused = std::mem::take(&mut self.refused);
        if refused.is_empty() { Ok(()) } else { Err(refused) }
    }

    fn refuse(&mut self, field: &str, value: &str, why: &str) {
        self.refused.push(format!("spec.{field}: Invalid value: {value:?}: {why}"));
    }

    fn refuse_policy(&mut self, why: &str) {
        let policy = self.policy.clone();
        self.refuse("ipFamilyPolicy", &policy, why);
    }

    /// Who asks for a single family and changes nothing else gives the second one back.
    fn release(&mut self, old: &Fields) {
        let (addresses, families) = (list(old, "clusterIPs"), list(old, "ipFamilies"));
        if self.policy == SINGLE {
            if self.addresses == addresses {
                self.addresses.truncate(1);
            }
            if self.families == families {
                self.families.truncate(1);
            }
            return;
        }
        if !self.addresses.is_empty() && self.addresses.len() < addresses.len() {
            self.refuse_policy("must be 'SingleStack' to release the secondary cluster IP");
        }
        if !self.families.is_empty() && self.families.len() < families.len() {
            self.refuse_policy("must be 'SingleStack' to release the secondary IP family");
        }
    }

    /// The families that addresses say, where nobody says them.
    fn infer(&mut self) {
        for (place, address) in self.addresses.clone().iter().enumerate() {
            let Ok(family) = address.parse::<IpAddr>().map(Family::of) else { continue };
            match self.families.get(place).cloned() {
                None => self.families.push(family.to_string()),
                Some(said) if said != family.to_string() => {
                    let why = format!("expected an {said} value as indicated by `ipFamilies[{place}]`");
                    self.refuse(&format!("clusterIPs[{place}]"), address, &why);
                }
                Some(_) => {}
            }
        }
    }

    fn check_policy(&mut self) {
        if self.policy == SINGLE && self.addresses.len() == 2 {
            let dual = "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified";
            self.refuse_policy(dual);
        }
        if self.policy == SINGLE && self.families.len() == 2 {
            let dual = "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified";
            self.refuse_policy(dual);
        }
    }

    fn check_configured(&mut self, configured: &[Family]) {
        if self.is_bare {
            return;
        }
        if self.policy == REQUIRE_DUAL && configured.len() < 2 {
            self.refuse_policy("this cluster is not configured for dual-stack services");
        }
        let is_known = |family: &str| [Family::V4, Family::V6].iter().any(|known| known.to_string() == family);
        for (place, family) in self.families.clone().iter().enumerate().filter(|(_, family)| is_known(family)) {
            if !configured.iter().any(|known| known.to_string() == *family) {
                self.refuse(&format!("ipFamilies[{place}]"), family, "not configured on this cluster");
            }
        }
    }

    fn complete(&mut self, configured: &[Family]) {
        if self.families.is_empty() {
            self.families.extend(configured.first().map(ToString::to_string));
        }
        if let [only] = &*self.families
            && self.policy != SINGLE
            && (self.is_bare || configured.len() == 2)
        {
            let other = if *only == Family::V4.to_string() { Family::V6 } else { Family::V4 };
            self.families.push(other.to_string());
        }
    }

    /// A list with all addresses is what the API server has allocated; without it, the missing ones are still to come.
    fn write(self, spec: &mut Fields) {
        let Self { addresses, families, policy, .. } = self;
        if let Some(first) = addresses.first() {
            spec.insert("clusterIP".to_owned(), json!(first));
        }
        if is_headless(spec) || (!addresses.is_empty() && addresses.len() >= families.len()) {
            spec.insert("clusterIPs".to_owned(), json!(addresses));
        } else {
            spec.remove("clusterIPs");
        }
        spec.insert("ipFamilies".to_owned(), json!(families));
        spec.insert("ipFamilyPolicy".to_owned(), json!(policy));
    }
}

/// `ValidateServiceUpdate`: what a Service has for good.
fn changed_for_good(old: &Fields, new: &Fields) -> Vec<String> {
    let mut refused = Vec::new();
    let mut refuse = |path: &str, value: &[String], why: &str| {
        refused.push(format!("spec.{path}: Invalid value: {}: {why}", json!(value)));
    };
    let is_once_set = has_addresses(old) && has_addresses(new);
    let addresses = |spec: &Fields| {
        let listed = list(spec, "clusterIPs");
        if listed.is_empty() { vec![text(spec, "clusterIP").to_owned()] } else { listed }
    };
    let (before, after) = (addresses(old), addresses(new));
    if is_once_set && !(is_headless(old) && is_headless(new)) {
        let changed = |place: &usize| before[*place] != after[*place];
        if let Some(place) = (0..before.len().min(after.len())).find(changed) {
            refuse(&format!("clusterIPs[{place}]"), &after, "may not change once set");
        }
    }
    let (before, after) = (list(old, "ipFamilies"), list(new, "ipFamilies"));
    if is_once_set && !is_headless(old) && !is_headless(new) && !before.is_empty() && before.first() != after.first() {
        refuse("ipFamilies[0]", &after, "may not change once set");
    }
    let health_check = |spec: &Fields| spec.get("healthCheckNodePort").cloned();
    if needs_health_check(old) && needs_health_check(new) && health_check(old) != health_check(new) {
        refused.push("spec.healthCheckNodePort: Forbidden: field is immutable".to_owned());
    }
    refused
}

/// Takes away what the new type has no use for and the patch did not touch (`dropTypeDependentFields`), and gives a new
/// load balancer the default of its node ports.
fn settle(before: &Value, after: &mut Value) {
    let (old, new) = (Shape::of(before), Shape::of(after));
    let same = |path: &str| before.pointer(path) == after.pointer(path);
    let drops = [
        ("healthCheckNodePort", old.needs_health_check && !new.needs_health_check && same("/spec/healthCheckNodePort")),
        (
            "allocateLoadBalancerNodePorts",
            old.is_load_balancer && !new.is_load_balancer && same("/spec/allocateLoadBalancerNodePorts"),
        ),
        ("externalTrafficPolicy", old.is_external && !new.is_external && same("/spec/externalTrafficPolicy")),
        ("clusterIP", new.is_external_name && !old.is_external_name && same("/spec/clusterIP")),
        ("clusterIPs", new.is_external_name && !old.is_external_name && same("/spec/clusterIPs")),
        ("ipFamilies", new.is_external_name && !old.is_external_name && same("/spec/ipFamilies")),
        ("ipFamilyPolicy", new.is_external_name && !old.is_external_name && same("/spec/ipFamilyPolicy")),
    ];
    let drops_node_ports = old.needs_node_ports && !new.needs_node_ports && new.node_ports.is_subset(&old.node_ports);
    let Some(spec) = after.get_mut("spec").and_then(Value::as_object_mut) else {
        return;
    };
    for (field, _) in drops.iter().filter(|(_, goes)| *goes) {
        spec.remove(*field);
    }
    if drops_node_ports {
        let ports = spec.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten();
        ports.filter_map(Value::as_object_mut).for_each(|port| drop(port.remove("nodePort")));
    }
    if new.is_load_balancer {
        let becomes_one = !old.is_load_balancer;
        if becomes_one {
            spec.entry("allocateLoadBalancerNodePorts").or_insert(json!(true));
        }
    } else if let Some(object) = after.as_object_mut() {
        object.remove("status");
    }
}

/// What other fields depend on.
struct Shape {
    is_load_balancer: bool,
    is_external_name: bool,
    needs_node_ports: bool,
    needs_health_check: bool,
    is_external: bool,
    node_ports: BTreeSet<u64>,
}

impl Shape {
    fn of(service: &Value) -> Self {
        let text = |path: &str| service.pointer(path).and_then(Value::as_str);
        let kind = text("/spec/type").unwrap_or("ClusterIP");
        let is_load_balancer = kind == "LoadBalancer";
        let needs_node_ports = is_load_balancer || kind == "NodePort";
        let list = |path: &str| service.pointer(path).and_then(Value::as_array).into_iter().flatten();
        Self {
            is_load_balancer,
            is_external_name: kind == "ExternalName",
            needs_node_ports,
            needs_health_check: is_load_balancer && text("/spec/externalTrafficPolicy") == Some("Local"),
            is_external: needs_node_ports || list("/spec/externalIPs").next().is_some(),
            node_ports: list("/spec/ports").filter_map(|port| port.get("nodePort")?.as_u64()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::k8s::{
        Cluster, Created, NamespacedName, Resource, Service, ServiceType, TrafficPolicy, parse, patch, write,
    };
    use crate::lab::WEB_SHOP;

    fn patched(cluster: &Cluster, name: &NamespacedName, change: &serde_json::Value) -> Result<Service, Vec<String>> {
        match patch::patched(cluster, Resource::Service, name, change)? {
            Created::Service(service) => Ok(*service),
            other => panic!("{other:?}"),
        }
    }

    fn shop() -> Cluster {
        let parsed = parse(WEB_SHOP);
        assert!(parsed.is_usable());
        parsed.cluster
    }

    fn of_type(cluster: &Cluster, kind: ServiceType) -> &Service {
        cluster.services.iter().find(|service| service.service_type == kind).expect("the example has one")
    }

    #[test]
    fn what_is_written_is_read_as_the_same_service() {
        for service in &shop().services {
            let text = write::service(service).to_string();
            assert_eq!(parse(&text).cluster.services.first(), Some(service), "{text}");
        }
    }

    #[test]
    fn a_type_takes_and_gives_node_ports() {
        let mut cluster = shop();
        let name: NamespacedName = of_type(&cluster, ServiceType::ClusterIp).name.clone();
        let exposed = patched(&cluster, &name, &json!({ "spec": { "type": "NodePort" } })).expect("a type");
        let taken: Vec<_> =
            cluster.services.iter().flat_map(|service| &service.ports).filter_map(|port| port.node_port).collect();
        for port in &exposed.ports {
            let given = port.node_port.expect("the API server gives one");
            assert!((30000..=32767).contains(&given) && !taken.contains(&given));
        }
        let place = cluster.services.iter().position(|service| service.name == name).expect("it is there");
        let before = std::mem::replace(&mut cluster.services[place], exposed);
        let back = patched(&cluster, &name, &json!({ "spec": { "type": "ClusterIP" } })).expect("a type");
        assert_eq!(back, before);
    }

    #[test]
    fn a_policy_that_needs_a_port_for_checks_gets_one() {
        let cluster = shop();
        let name = of_type(&cluster, ServiceType::ClusterIp).name.clone();
        let patch = json!({ "spec": { "type": "LoadBalancer", "externalTrafficPolicy": "Local" } });
        let service = patched(&cluster, &name, &patch).expect("a load balancer");
        assert_eq!(service.external_traffic_policy, TrafficPolicy::Local);
        assert!(service.health_check_node_port.is_some());
    }

    #[test]
    fn what_the_api_server_refuses_is_refused_in_its_words() {
        let cluster = shop();
        let name = of_type(&cluster, ServiceType::ClusterIp).name.clone();
        let refused = |patch| patched(&cluster, &name, &patch).expect_err("not to be had").join("; ");
        assert!(refused(json!({ "spec": { "clusterIP": "10.96.7.7" } })).contains("may not change once set"));
        assert!(refused(json!({ "metadata": { "name": "other" } })).contains("field is immutable"));
        assert!(refused(json!({ "spec": { "sessionAffinity": "Cookie" } })).contains("Unsupported value"));
        assert!(refused(json!({ "spec": { "externalTrafficPolicy": "Local" } })).contains("externalTrafficPolicy"));
        assert!(refused(json!({ "spec": { "ports": null } })).contains("spec.ports"));
        assert!(refused(json!(["no object"])).len() > 1);
    }
}
