use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::entries::Entries;
use super::part::{Part, Server};
use super::rules::{self, FILTER_CHAINS, JUMPS, NAT_CHAINS};
use super::servers::Scheduling;
use super::sets::{Entry, Set};
use super::termination::Termination;
use super::{Context, service};
use crate::fixed_hash::{HashMap, HashSet};
use crate::net::{Endpoint, Family};
use crate::proxy::ServicePortName;
use crate::proxy::node_state::{AppliedServer, NodeState};
use crate::proxy::operation::{IpvsRequest, Operation, Source, VirtualServerKey};
use crate::proxy::program::Lines;
use crate::proxy::round::{PORTS_IN_A_TURN, Round, read};
use crate::task::{Turns, yield_now};

/// What an IPVS proxier remembers from sync to sync. kube-proxy would find all but the termination list in the kernel.
#[derive(Clone, Debug)]
pub(in crate::proxy) struct Datapath {
    parts: HashMap<ServicePortName, Part>,
    entries: Entries,
    /// Who asks for each virtual server, by name.
    claims: HashMap<VirtualServerKey, Vec<ServicePortName>>,
    /// How many virtual servers all parts ask for, one by one.
    asked_for: usize,
    /// Service ports with a load balancer that is closed to this node.
    unreachable_from_node: BTreeSet<ServicePortName>,
    termination: Termination,
    synced_before: bool,
    set_names: [Arc<str>; Set::ALL.len()],
}

impl Datapath {
    pub fn new(family: Family) -> Self {
        Self {
            parts: HashMap::default(),
            entries: Entries::default(),
            claims: HashMap::default(),
            asked_for: 0,
            unreachable_from_node: BTreeSet::new(),
            termination: Termination::default(),
            synced_before: false,
            set_names: Set::ALL.map(|set| set.name(family).into()),
        }
    }

    /// `tryDeleteRs`
    pub fn tick(&mut self, node: &dyn NodeState, operations: &mut Vec<Operation>) {
        self.termination.tick(node, operations);
    }

    /// `syncProxyRules`. A full sync reads the kernel's state and takes nothing for written.
    pub async fn sync(&mut self, round: &Round<'_>, operations: &mut Vec<Operation>) {
        ensure_base(round, &self.set_names, operations);
        if round.full {
            let termination = std::mem::take(&mut self.termination);
            *self = Self { termination, synced_before: self.synced_before, ..Self::new(round.family) };
            self.parts.reserve(round.ports.services());
            self.claims.reserve(round.ports.services());
        }
        let bound = round.full.then(|| round.node.bound_addresses(round.family).into_iter().collect());
        let touched = self.exchange_parts(round).await;
        self.sync_servers(round, &touched, bound.as_ref(), operations);
        yield_now().await;
        self.sync_entries(round, bound, operations);
        self.delete_servers(round, touched, operations);
        self.synced_before = true;
    }

    /// Puts the new parts of changed service ports in the place of the old, and names all virtual servers of both.
    async fn exchange_parts(&mut self, round: &Round<'_>) -> Vec<VirtualServerKey> {
        let context = Context::of(round.config, round.own_node, round.family);
        let mut touched = Vec::new();
        let mut turns = Turns::of(PORTS_IN_A_TURN);
        for name in if round.full { &[] } else { round.changed } {
            if let Some(old) = self.parts.remove(name) {
                touched.extend(old.servers.iter().map(|server| server.key));
                self.release(name, &old);
            }
        }
        for (port, endpoints) in round.written() {
            let part = service::part(port, endpoints, &context);
            touched.extend(part.servers.iter().map(|server| server.key));
            self.claim(&port.name, &part);
            self.parts.insert(port.name.clone(), part);
            turns.count().await;
        }
        let mut seen = HashSet::default();
        touched.retain(|key| seen.insert(*key));
        touched
    }

    fn release(&mut self, name: &ServicePortName, part: &Part) {
        for (set, entry, _) in &part.entries {
            self.entries.remove(*set, entry);
        }
        for server in &part.servers {
            if let Some(owners) = self.claims.get_mut(&server.key) {
                owners.retain(|owner| owner != name);
                if owners.is_empty() {
                    self.claims.remove(&server.key);
                }
            }
        }
        self.asked_for -= part.servers.len();
        self.unreachable_from_node.remove(name);
    }

    fn claim(&mut self, name: &ServicePortName, part: &Part) {
        for (set, entry, _) in &part.entries {
            self.entries.add(*set, entry);
        }
        for server in &part.servers {
            let owners = self.claims.entry(server.key).or_default();
            let place = owners.partition_point(|owner| owner <= name);
            owners.insert(place, name.clone());
        }
        self.asked_for += part.servers.len();
        if !part.unreachable_from_node.is_empty() {
            self.unreachable_from_node.insert(name.clone());
        }
    }

    /// What is wanted of a virtual server; the last claim counts.
    fn wanted(&self, key: &VirtualServerKey) -> Option<&Server> {
        let owner = self.claims.get(key)?.last()?;
        self.parts.get(owner)?.servers.iter().rev().find(|server| server.key == *key)
    }

    /// `syncService` and `syncEndpoint` for what may differ.
    fn sync_servers(
        &mut self,
        round: &Round,
        touched: &[VirtualServerKey],
        bound: Option<&HashSet<IpAddr>>,
        operations: &mut Vec<Operation>,
    ) {
        // All virtual servers are asked for, then asked for again with their real servers.
        operations.push(read(Source::VirtualServers, self.asked_for * 2));
        operations.push(read(Source::RealServers, self.asked_for));
        let scheduling = Scheduling::of(round.config);
        let newly_bound: HashSet<IpAddr> = match bound {
            Some(_) => HashSet::default(),
            None => self.new_addresses().collect(),
        };
        let is_bound = |address: IpAddr| match bound {
            Some(bound) => bound.contains(&address),
            None => !newly_bound.contains(&address),
        };
        for key in touched {
            let Some(server) = self.wanted(key).cloned() else {
                continue;
            };
            let (service, settings) = (server.key, scheduling.settings(&server));
            let applied = round.node.virtual_server(key);
            match &applied {
                None => operations.push(Operation::Ipvs(IpvsRequest::NewService { service, settings })),
                Some(applied) if applied.settings != settings => {
                    operations.push(Operation::Ipvs(IpvsRequest::SetService { service, settings }));
                }
                Some(_) => {}
            }
            if server.bind && !is_bound(key.address) {
                operations.push(Operation::Bind(key.address));
            }
            self.sync_real_servers(&server, applied.as_ref(), operations);
        }
    }

    fn new_addresses(&self) -> impl Iterator<Item = IpAddr> {
        let is_new = |(entry, before): &(&Entry, bool)| !*before && self.entries.has(Set::IpvsIps, entry);
        self.entries.changes(Set::IpvsIps).filter(is_new).filter_map(|(entry, _)| entry.address())
    }

    fn sync_real_servers(&mut self, server: &Server, applied: Option<&AppliedServer>, operations: &mut Vec<Operation>) {
        let service = server.key;
        let current = applied.map_or(&[][..], |applied| &applied.real_servers);
        for (real, _) in &server.real_servers {
            let real = *real;
            if current.iter().any(|other| other.real == real) {
                if !self.synced_before {
                    // Each real server that an earlier kube-proxy left with another weight leads to an update of all.
                    let other_weights = current.iter().filter(|other| other.weight != 1);
                    operations.extend(
                        other_weights
                            .map(|_| Operation::Ipvs(IpvsRequest::SetDestination { service, real, weight: 1 })),
                    );
                }
                if !self.termination.holds(service, real) {
                    continue;
                }
                self.termination.take_back(service, real, operations);
            }
            operations.push(Operation::Ipvs(IpvsRequest::NewDestination { service, real, weight: 1 }));
        }
        let wanted: HashSet<Endpoint> = server.real_servers.iter().map(|(real, _)| *real).collect();
        let surplus = current.iter().map(|other| other.real).filter(|real| !wanted.contains(real));
        for real in surplus {
            if let Some(applied) = applied
                && !self.termination.holds(service, real)
            {
                self.termination.delete(service, real, applied, operations);
            }
        }
    }

    /// The sets, the rules that match them, and the addresses that are not needed any more.
    fn sync_entries(&mut self, round: &Round, bound: Option<HashSet<IpAddr>>, operations: &mut Vec<Operation>) {
        let gone = |(entry, before): &(&Entry, bool)| *before && !self.entries.has(Set::IpvsIps, entry);
        let mut superfluous: Vec<IpAddr> = match bound {
            None => self.entries.changes(Set::IpvsIps).filter(gone).filter_map(|(entry, _)| entry.address()).collect(),
            Some(bound) => {
                bound.into_iter().filter(|address| !self.entries.has(Set::IpvsIps, &Entry::Ip(*address))).collect()
            }
        };
        superfluous.sort_unstable();
        operations.push(read(Source::SetEntries, Set::ALL.len()));
        if round.full {
            for (set, name) in Set::ALL.into_iter().zip(&self.set_names) {
                self.entries.sync_set(set, name, round.node.set_entries(name), operations);
            }
            self.entries.forget_changes();
        } else {
            self.entries.sync_changes(&self.set_names, operations);
        }
        let unreachable = self.unreachable_from_node.iter().filter_map(|name| self.parts.get(name));
        let unreachable = unreachable.flat_map(|part| part.unreachable_from_node.iter().copied());
        let mut lines = Lines::default();
        rules::write(round.config, round.own_node, round.family, &self.entries.filled(), unreachable, &mut lines);
        operations.push(Operation::IptablesRestore(lines.into_parts().0));
        operations.extend(superfluous.into_iter().map(Operation::Unbind));
    }

    /// `cleanLegacyService`. Connections do not matter here: only real servers go gracefully.
    fn delete_servers(&self, round: &Round, touched: Vec<VirtualServerKey>, operations: &mut Vec<Operation>) {
        operations.push(read(Source::VirtualServers, 1));
        let candidates = if round.full { round.node.virtual_servers(round.family) } else { touched };
        let excluded = |address: &IpAddr| round.config.ipvs_exclude_cidrs.iter().any(|range| range.contains(address));
        let gone = candidates.into_iter().filter(|key| !self.claims.contains_key(key) && !excluded(&key.address));
        operations.extend(gone.map(|key| Operation::Ipvs(IpvsRequest::DeleteService(key))));
    }
}

/// What every sync makes sure of: chains, jumps, the interface and the sets.
fn ensure_base(round: &Round, set_names: &[Arc<str>; Set::ALL.len()], operations: &mut Vec<Operation>) {
    let chains = NAT_CHAINS.map(|chain| ("nat", chain)).into_iter().chain(FILTER_CHAINS.map(|chain| ("filter", chain)));
    operations.extend(chains.map(|(table, chain)| Operation::EnsureChain { table, chain }));
    let jumps = JUMPS.into_iter();
    operations
        .extend(jumps.map(|jump| Operation::EnsureJump { jump, present: round.node.has_jump(round.family, &jump) }));
    operations.push(Operation::EnsureDummyDevice);
    let sets = Set::ALL.into_iter().zip(set_names);
    operations.extend(sets.map(|(set, name)| Operation::CreateSet { name: name.clone(), kind: set.kind() }));
    operations.push(read(Source::Addresses, 2));
}
