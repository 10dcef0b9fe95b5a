//! What a long-lived kube-proxy writes when `cluster.yaml` becomes `after-1.yaml` and so on, and what is there afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::PathBuf;
use std::{fs, iter};

use datapath_core::k8s::{self, Change, Changed, Cluster, EndpointSlice, Service};
use datapath_core::lab::apply;
use datapath_core::net::{Endpoint, Family};
use datapath_core::node::Node;
use datapath_core::proxy::{
    self, Config, IpvsRequest, Mode, Operation, Proxier, Sync, VirtualServerKey, VirtualServerSettings,
};
use datapath_core::source::Severity;

use crate::case::{Case, file_name};
use crate::compare::ipvs::{IpSet, RealServer, State, VirtualServer};
use crate::output::Output;
use crate::state;

/// Between two syncs, which is longer than the second for which nftables mode keeps chains that nobody needs.
const PAUSE: u64 = 2;

/// The outputs of every sync after the first; none where the case has but one state.
///
/// # Errors
/// Names what cannot be read, or what the node would not take.
pub fn of(case: &Case) -> Result<Vec<Output>, String> {
    let states = states(case)?;
    let mut outputs = Vec::new();
    for family in case.config.ip_families.iter().copied().filter(|_| !states.is_empty()) {
        let [iptables, nftables, ipvs] = Mode::ALL.map(|mode| syncs(case, &states, family, mode));
        let (iptables, nftables, ipvs) = (iptables?, nftables?, ipvs?);
        for number in 1..=states.len() {
            let played = [&iptables[..=number], &nftables[..=number], &ipvs[..=number]];
            outputs.extend(after(case, number, family, played)?);
        }
    }
    Ok(outputs)
}

/// `after-1.yaml` and those that follow.
fn states(case: &Case) -> Result<Vec<Cluster>, String> {
    let paths = (1..).map(|number| case.folder.join(format!("after-{number}.yaml")));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let parsed = k8s::parse(&text);
        let mut errors = parsed.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        errors.next().map_or(Ok(parsed.cluster), |error| Err(format!("{}:{error}", path.display())))
    };
    paths.take_while(|path| path.exists()).map(read).collect()
}

/// The outputs of the last of the syncs that each mode did.
fn after(
    case: &Case,
    number: usize,
    family: Family,
    [iptables, nftables, ipvs]: [&[Sync]; 3],
) -> Result<Vec<Output>, String> {
    let all = |syncs: &[Sync]| syncs.iter().map(text).collect::<String>();
    let last = |syncs: &[Sync]| syncs.last().map(text).unwrap_or_default();
    let jumps = proxy::iptables::full_sync(&case.cluster, &case.config, family).jumps;
    let ipvs_state = IpvsState::after(ipvs).into_state(family);
    let outputs = [
        ("iptables-save", state::iptables::after(&jumps, &all(iptables))?),
        ("iptables-restore", last(iptables)),
        ("nft", state::nftables::after(&all(nftables))?),
        ("nft-transaction", last(nftables)),
        ("ipvs.json", serde_json::to_string_pretty(&ipvs_state).unwrap_or_default()),
        ("ipvs.iptables-save", state::iptables::after(&proxy::ipvs::JUMPS, &all(ipvs))?),
        ("ipvs.iptables-restore", last(ipvs)),
    ];
    let file = |kind| file_name("actual", family, &format!("after-{number}.{kind}"));
    Ok(outputs.map(|(kind, text)| Output { file: file(kind), text }).into())
}

/// All that one proxier does, from its start on.
fn syncs(case: &Case, states: &[Cluster], family: Family, mode: Mode) -> Result<Vec<Sync>, String> {
    let mut node = Node::new(case.config.node_name.as_str().into());
    let mut proxier = Proxier::new(&case.cluster, &case.config, family, mode);
    let mut syncs = Vec::new();
    let mut before = &case.cluster;
    for (number, state) in (0..).zip(iter::once(before).chain(states)) {
        for change in changes(before, state) {
            proxier.note(&change);
        }
        let sync = proxier.sync(number * PAUSE, &node);
        apply(&mut node, &sync, number * PAUSE)
            .map_err(|(tool, errors)| format!("{}: {tool}: {errors:?}", case.name))?;
        syncs.push(sync);
        before = state;
    }
    Ok(syncs)
}

fn changes(before: &Cluster, after: &Cluster) -> Vec<Change> {
    let services = differences(&before.services, &after.services, |service: &Service| &service.name);
    let slices = differences(&before.endpoint_slices, &after.endpoint_slices, |slice: &EndpointSlice| &slice.name);
    let nodes = differences(&before.nodes, &after.nodes, |node| &node.name);
    let services = services.into_iter().map(Change::Service);
    services.chain(slices.into_iter().map(Change::EndpointSlice)).chain(nodes.into_iter().map(Change::Node)).collect()
}

/// What informers tell: all that is there now, then all that is gone.
fn differences<T: Clone, K: Ord>(before: &[T], after: &[T], name: impl Fn(&T) -> &K) -> Vec<Changed<T>> {
    let mut old: BTreeMap<&K, &T> = before.iter().map(|object| (name(object), object)).collect();
    let mut changes = Vec::new();
    for object in after {
        changes.push(match old.remove(name(object)) {
            Some(previous) => Changed::modified(previous.clone(), object.clone()),
            None => Changed::added(object.clone()),
        });
    }
    changes.extend(old.into_values().map(|object| Changed::deleted(object.clone())));
    changes
}

fn text(sync: &Sync) -> String {
    let texts = sync.operations.iter().filter_map(|operation| match operation {
        Operation::IptablesRestore(text) | Operation::Nft(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Virtual servers, ipsets and addresses, as the requests made them.
#[derive(Default)]
struct IpvsState {
    servers: BTreeMap<VirtualServerKey, (VirtualServerSettings, BTreeMap<Endpoint, u32>)>,
    sets: BTreeMap<String, BTreeSet<String>>,
    bound: BTreeSet<IpAddr>,
}

impl IpvsState {
    fn after(syncs: &[Sync]) -> Self {
        let mut state = Self::default();
        for operation in syncs.iter().flat_map(|sync| &sync.operations) {
            state.apply(operation);
        }
        state
    }

    fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::CreateSet { name, .. } => drop(self.sets.entry(name.to_string()).or_default()),
            Operation::AddEntry { set, entry } => {
                self.sets.entry(set.to_string()).or_default().insert(entry.to_string());
            }
            Operation::DeleteEntry { set, entry } => {
                let shown =
                    |added: &String| ["/32", "/128"].iter().any(|whole| added.strip_suffix(whole) == Some(entry));
                self.sets.entry(set.to_string()).or_default().retain(|added| added != entry && !shown(added));
            }
            Operation::Bind(address) => drop(self.bound.insert(*address)),
            Operation::Unbind(address) => drop(self.bound.remove(address)),
            Operation::Ipvs(request) => self.request(request),
            _ => {}
        }
    }

    fn request(&mut self, request: &IpvsRequest) {
        match request {
            IpvsRequest::NewService { service, settings } => {
                self.servers.insert(*service, (settings.clone(), BTreeMap::new()));
            }
            IpvsRequest::SetService { service, settings } => {
                self.servers.entry(*service).and_modify(|server| server.0 = settings.clone());
            }
            IpvsRequest::DeleteService(service) => drop(self.servers.remove(service)),
            IpvsRequest::NewDestination { service, real, weight }
            | IpvsRequest::SetDestination { service, real, weight } => {
                self.servers.entry(*service).and_modify(|(_, servers)| {
                    servers.insert(*real, *weight);
                });
            }
            IpvsRequest::DeleteDestination { service, real } => {
                self.servers.entry(*service).and_modify(|(_, servers)| {
                    servers.remove(real);
                });
            }
        }
    }

    fn into_state(self, family: Family) -> State {
        let described = State::of(&proxy::ipvs::full_sync(&Cluster::default(), &Config::default(), family));
        let with_entries = |set: IpSet| {
            let entries = self.sets.get(&set.name).cloned().unwrap_or_default();
            IpSet { entries: entries.into_iter().collect(), ..set }
        };
        State {
            ipsets: described.ipsets.into_iter().map(with_entries).collect(),
            virtual_servers: self.servers.into_iter().map(virtual_server).collect(),
            kube_ipvs0: self.bound.into_iter().collect(),
        }
    }
}

fn virtual_server(
    (key, (settings, real)): (VirtualServerKey, (VirtualServerSettings, BTreeMap<Endpoint, u32>)),
) -> VirtualServer {
    let real = real.into_iter().map(|(real, weight)| RealServer { address: real.address, port: real.port, weight });
    VirtualServer {
        address: key.address,
        port: key.port,
        protocol: key.protocol.to_string().to_uppercase(),
        scheduler: settings.scheduler.to_string(),
        flags: settings.flags,
        timeout: settings.timeout,
        real_servers: real.collect(),
    }
}
