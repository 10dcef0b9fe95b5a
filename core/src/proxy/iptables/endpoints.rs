use super::service::Service;
use super::tables::{Tables, declare};
use crate::proxy::naming::{IPTABLES_ENDPOINT_CHAIN_LENGTH as LENGTH, push_iptables_endpoint_chain};
use crate::proxy::{Cause, Endpoint, Field};

/// The endpoints of a service port with the names of their chains.
pub(super) struct EndpointChains<'e> {
    endpoints: &'e [Endpoint],
    /// Those of the endpoints that traffic of this node reaches, one after the other.
    names: String,
    /// By the index of the endpoint, where its name starts.
    starts: Vec<usize>,
}

impl<'e> EndpointChains<'e> {
    pub fn of(service: &Service, endpoints: &'e [Endpoint]) -> Self {
        let reachable = service.traffic.endpoints.reachable();
        let (mut names, mut starts) = (String::with_capacity(LENGTH * reachable.len()), vec![0; endpoints.len()]);
        for &index in reachable {
            starts[index] = names.len();
            push_iptables_endpoint_chain(service.name, service.protocol, &endpoints[index], &mut names);
        }
        Self { endpoints, names, starts }
    }

    /// That of an endpoint which traffic of this node reaches.
    fn name(&self, index: usize) -> &str {
        &self.names[self.starts[index]..][..LENGTH]
    }
}

/// `writeServiceToEndpointRules`: first the endpoints that clients are bound to, then a draw among
/// all.
pub(super) fn write_balancing(
    service: &Service,
    (chain, cause): (&str, Cause),
    members: &[usize],
    endpoints: &EndpointChains,
    tables: &mut Tables,
) {
    let port = service.port;
    declare(&mut tables.nat_chains, cause, chain);
    let rules = &mut tables.nat_rules;
    let mut comment = String::new();
    if let Some(seconds) = port.affinity_seconds() {
        let seconds = seconds.to_string();
        for &index in members {
            write_comment(service, &endpoints.endpoints[index], &mut comment);
            let name = endpoints.name(index);
            let start = ["-A ", chain, &comment, " -m recent --name ", name];
            let end = [" --rcheck --seconds ", &seconds, " --reap -j ", name];
            rules
                .push_all(cause.and_endpoint(&endpoints.endpoints[index]).and(Field::SessionAffinity), &[&start, &end]);
        }
    }
    for (position, &index) in members.iter().enumerate() {
        let endpoint = &endpoints.endpoints[index];
        write_comment(service, endpoint, &mut comment);
        let left = members.len() - position;
        let draw = " -m statistic --mode random --probability ";
        let draw = match service.settings.probabilities.get(left) {
            Some(probability) if left > 1 => [draw, probability],
            _ => ["", ""],
        };
        let start = ["-A ", chain, &comment];
        let end = [" -j ", endpoints.name(index)];
        rules.push_all(cause.and_endpoint(endpoint), &[&start, &draw, &end]);
    }
}

/// ` -m comment --comment "shop/web:http -> 10.244.1.5:8080"`, but nothing in a large cluster.
fn write_comment(service: &Service, endpoint: &Endpoint, comment: &mut String) {
    comment.clear();
    if !service.settings.large_cluster {
        let start = " -m comment --comment \"";
        for piece in [start, service.name, " -> ", endpoint.text(), "\""] {
            comment.push_str(piece);
        }
    }
}

/// One chain for each endpoint that traffic of this node can reach.
pub(super) fn write_chains(service: &Service, endpoints: &EndpointChains, tables: &mut Tables) {
    let comment =
        if service.settings.large_cluster { String::new() } else { [" -m comment --comment ", service.name].concat() };
    for &index in service.traffic.endpoints.reachable() {
        let endpoint = &endpoints.endpoints[index];
        let chain = endpoints.name(index);
        let cause = service.port.endpoint_cause(endpoint);
        declare(&mut tables.nat_chains, cause, chain);
        let rules = &mut tables.nat_rules;
        // Hairpin: a pod that reaches itself through the service must not see its own address as
        // the source.
        rules.push(cause, &["-A ", chain, &comment, " -s ", endpoint.ip(), " -j KUBE-MARK-MASQ"]);
        let bind: &[&str] =
            if service.port.affinity_seconds().is_some() { &[" -m recent --name ", chain, " --set"] } else { &[] };
        let start = ["-A ", chain, &comment];
        let end = [service.transport, " -j DNAT --to-destination ", endpoint.text()];
        let cause = cause.and_if(!bind.is_empty(), Field::SessionAffinity);
        rules.push_all(cause, &[&start, bind, &end]);
    }
}
