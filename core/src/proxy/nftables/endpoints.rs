use super::part::Output;
use super::service::Service;
use super::transaction::Transaction;
use crate::proxy::{Cause, Endpoint, EndpointChain, Field};

/// The chains and sets of the endpoints of a service port with session affinity.
pub(super) struct Affinity {
    /// By the index of the endpoint; none where traffic of this node never reaches it.
    names: Vec<Option<EndpointChain>>,
    /// `10800s`.
    timeout: String,
}

impl Affinity {
    pub fn of(service: &Service, endpoints: &[Endpoint]) -> Option<Self> {
        let seconds = service.port.affinity_seconds()?;
        let mut names = vec![None; endpoints.len()];
        for &index in service.traffic.endpoints.reachable() {
            names[index] = Some(EndpointChain::nftables(&service.port.name, service.protocol, &endpoints[index]));
        }
        Some(Self { names, timeout: format!("{seconds}s") })
    }

    pub fn chain(&self, index: usize) -> &str {
        self.names[index].as_ref().map_or("", |name| &name.chain)
    }

    fn set(&self, index: usize) -> &str {
        self.names[index].as_ref().map_or("", |name| &name.affinity_set)
    }
}

/// A chain of a service port that spreads traffic.
struct Balancing<'s> {
    chain: &'s str,
    members: &'s [usize],
    cause: Cause,
}

fn balancing<'s>(service: &'s Service) -> impl Iterator<Item = Balancing<'s>> {
    let Service { port, traffic, chains, .. } = service;
    let cluster =
        Balancing { chain: chains.cluster(), members: &traffic.endpoints.cluster, cause: port.cluster_chain() };
    let local = Balancing { chain: chains.local(), members: &traffic.endpoints.local, cause: port.local_chain() };
    let of_cluster = traffic.uses_cluster_chain.then_some(cluster);
    of_cluster.into_iter().chain(traffic.uses_local_chain.then_some(local))
}

/// `writeServiceToEndpointDNATs`: one rule draws an endpoint and translates.
pub(super) fn write_dnat(service: &Service, endpoints: &[Endpoint], transaction: &mut Transaction) {
    for Balancing { chain, members, cause } in balancing(service) {
        let mut map = String::with_capacity(members.len() * 28);
        for (position, &index) in members.iter().enumerate() {
            let endpoint = &endpoints[index];
            let separator = if position == 0 { "" } else { " , " };
            let position = position.to_string();
            for piece in [separator, &position, " : ", endpoint.ip(), " . ", endpoint.port_text()] {
                map.push_str(piece);
            }
        }
        let rule = [
            "meta l4proto ",
            service.protocol,
            " dnat ",
            service.settings.ip,
            " addr . port to numgen random mod ",
            &members.len().to_string(),
            " map { ",
            &map,
            " }",
        ];
        transaction.add_rule(cause.and(Field::TargetPort), chain, &rule);
    }
}

/// Sets that remember clients, rules that send them back where they were, and a chain for each
/// endpoint.
pub(super) fn write_with_affinity(service: &Service, endpoints: &[Endpoint], affinity: &Affinity, output: &mut Output) {
    let transaction = &mut *output.transaction;
    let reachable = service.traffic.endpoints.reachable();
    let bound = |index: usize| service.port.endpoint_cause(&endpoints[index]).and(Field::SessionAffinity);
    for &index in reachable {
        let properties = [service.settings.address_type, " ; flags dynamic,timeout ; timeout ", &affinity.timeout];
        transaction.add_set(bound(index), affinity.set(index), &properties);
        output.part.affinity_sets.push(affinity.set(index).to_owned());
    }
    for balancing in balancing(service) {
        write_jumps(service, &balancing, affinity, transaction);
    }
    for &index in reachable {
        let chain = affinity.chain(index);
        let update = ["update @", affinity.set(index), " { ", service.settings.ip, " saddr }"];
        transaction.add_rule(bound(index), chain, &update);
        let dnat = ["meta l4proto ", service.protocol, " dnat to ", endpoints[index].text()];
        transaction.add_rule(bound(index), chain, &dnat);
    }
}

/// `writeServiceToEndpointJumps`
fn write_jumps(service: &Service, balancing: &Balancing<'_>, affinity: &Affinity, transaction: &mut Transaction) {
    let Balancing { chain, members, cause } = balancing;
    let cause = cause.and(Field::SessionAffinity);
    let mut map = String::new();
    for (position, &index) in members.iter().enumerate() {
        let target = affinity.chain(index);
        let rule = [service.settings.ip, " saddr @", affinity.set(index), " goto ", target];
        transaction.add_rule(cause, chain, &rule);
        let separator = if position == 0 { "" } else { " , " };
        for piece in [separator, &position.to_string(), " : goto ", target] {
            map.push_str(piece);
        }
    }
    let rule = ["numgen random mod ", &members.len().to_string(), " vmap { ", &map, " }"];
    transaction.add_rule(cause, chain, &rule);
}
