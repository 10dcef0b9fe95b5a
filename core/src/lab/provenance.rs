//! Why a node's rules are there: for each line of a listing, the objects and fields that caused it.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::DUMMY_DEVICE;
use super::reason::Reason;
use super::{Lab, LineRef, Listing};
use crate::fixed_hash::{HashMap, HashSet};
use crate::k8s::{Cluster, NamespacedName};
use crate::net::Family;
use crate::netfilter::XtTable;
use crate::node::Node;
use crate::proxy::{Cause, Field, Mode, Setting, iptables, ipvs, nftables};
use crate::trace::{ChainId, RuleId};

/// The reasons for the lines of one node's listing, both ways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Each once, in the order of the objects.
    reasons: Vec<Reason>,
    /// By section and line: indexes of [`Self::reasons`].
    by_line: Vec<Vec<Box<[u32]>>>,
}

impl Provenance {
    /// Why the lines of `listing`, which is that of the node in this lane, are there.
    pub fn of(lab: &Lab, lane: usize, node: usize, listing: &Listing) -> Self {
        let Some(network) = lab.lanes.get(lane).map(|lane| &lane.network) else {
            return Self::default();
        };
        let (Some(programmed), Some(object)) = (network.node(node), lab.cluster.nodes.get(node)) else {
            return Self::default();
        };
        let config = lab.assumptions.in_mode(network.mode).proxy_config(object);
        let mut causes = Causes::default();
        for family in config.ip_families.iter().copied() {
            match network.mode {
                Mode::Iptables => {
                    let sync = iptables::full_sync(&lab.cluster, &config, family);
                    causes.restore(programmed, family, &sync.restore, &sync.causes);
                }
                Mode::Nftables => {
                    let sync = nftables::full_sync(&lab.cluster, &config, family);
                    causes.transaction(programmed, &sync.transaction, &sync.causes);
                }
                Mode::Ipvs => {
                    let sync = ipvs::full_sync(&lab.cluster, &config, family);
                    causes.restore(programmed, family, &sync.restore, &sync.causes);
                    causes.servers_and_sets(&sync);
                }
            }
        }
        causes.explain(listing, lab, network.mode)
    }

    /// Why a line is there; empty for lines that are punctuation, or not kube-proxy's.
    pub fn reasons(&self, section: usize, line: usize) -> impl Iterator<Item = &Reason> {
        let indexes = self.by_line.get(section).and_then(|lines| lines.get(line)).map_or(&[][..], |indexes| indexes);
        indexes.iter().filter_map(|index| self.reasons.get(*index as usize))
    }

    /// Every reason that has lines, in the order of the objects.
    pub fn all(&self) -> &[Reason] {
        &self.reasons
    }

    /// The lines that are there for a reason: their sections and places.
    pub fn lines(&self, reason: &Reason) -> Vec<(usize, usize)> {
        let Some(wanted) = self.reasons.iter().position(|other| other == reason) else {
            return Vec::new();
        };
        let sections = self.by_line.iter().enumerate();
        let lines = sections
            .flat_map(|(section, lines)| lines.iter().enumerate().map(move |(line, indexes)| (section, line, indexes)));
        lines
            .filter(|(.., indexes)| indexes.iter().any(|index| *index as usize == wanted))
            .map(|(section, line, _)| (section, line))
            .collect()
    }
}

/// By key.
type Elements = HashMap<String, Cause>;

/// The causes of what a full sync writes, by what it becomes on the node.
#[derive(Default)]
struct Causes {
    chains: HashMap<ChainId, Cause>,
    rules: HashMap<RuleId, Cause>,
    structures: HashMap<String, Cause>,
    elements: HashMap<String, Elements>,
}

impl Causes {
    fn restore(&mut self, node: &Node, family: Family, text: &str, causes: &[Cause]) {
        let tables = node.iptables.of(family);
        let mut table = None;
        let mut seen = BTreeMap::new();
        for (line, cause) in text.lines().zip(causes) {
            let chain = |text: &str| tables.find_chain(table?, first_word(text));
            if let Some(name) = line.strip_prefix('*') {
                table = XtTable::from_name(name);
            } else if let Some(chain) = line.strip_prefix(':').and_then(chain) {
                self.chains.insert(chain, *cause);
            } else if let Some(chain) = line.strip_prefix("-A ").and_then(chain) {
                self.rules.insert(next_rule(&mut seen, chain), *cause);
            }
        }
    }

    fn transaction(&mut self, node: &Node, text: &str, causes: &[Cause]) {
        let mut seen = BTreeMap::new();
        for (line, cause) in text.lines().zip(causes) {
            let mut words = line.splitn(6, ' ');
            let (Some("add"), Some(kind), Some(family), Some(table), Some(name)) =
                (words.next(), words.next(), words.next(), words.next(), words.next())
            else {
                continue;
            };
            let chain = || crate::nftables::find_chain(&node.nftables, &[family, table].join(" "), name);
            match kind {
                "chain" => self.chains.extend(chain().map(|chain| (chain, *cause))),
                "rule" => self.rules.extend(chain().map(|chain| (next_rule(&mut seen, chain), *cause))),
                "set" | "map" => {
                    self.structures.entry(name.to_owned()).or_insert(*cause);
                }
                "element" => {
                    let element = words.next().and_then(|rest| rest.strip_prefix("{ "));
                    self.element(name, element.map_or("", |element| key(element).trim_end_matches([' ', '}'])), *cause);
                }
                _ => {}
            }
        }
    }

    fn servers_and_sets(&mut self, sync: &ipvs::Sync) {
        for server in &sync.virtual_servers {
            let at = crate::net::Endpoint::new(server.address, server.port);
            let name = format!("{at} {}", server.protocol);
            for real in &server.real_servers {
                self.element(&name, &crate::net::Endpoint::new(real.address, real.port).to_string(), real.cause);
            }
            self.structures.insert(name, server.cause);
            self.element(DUMMY_DEVICE, &server.address.to_string(), server.cause);
        }
        for set in &sync.ipsets {
            for (entry, cause) in set.entries.iter().zip(&set.causes) {
                self.element(&set.name, &entry.to_string(), *cause);
            }
            self.structures.insert(set.name.clone(), Cause::ALWAYS);
        }
    }

    /// The first of several causes counts: kube-proxy adds an element once.
    fn element(&mut self, structure: &str, key: &str, cause: Cause) {
        if !self.elements.contains_key(structure) {
            self.elements.insert(structure.to_owned(), Elements::default());
        }
        if let Some(elements) = self.elements.get_mut(structure) {
            elements.entry(key.to_owned()).or_insert(cause);
        }
    }

    fn explain(&self, listing: &Listing, lab: &Lab, mode: Mode) -> Provenance {
        let servers = Servers::of(&lab.cluster);
        let of = |line: &super::Line| servers.points(&self.of(line), &line.text);
        let lines = |section: &super::Section| section.lines.iter().map(of).collect::<Vec<_>>();
        let points: Vec<Vec<Vec<Point>>> = listing.sections.iter().map(lines).collect();
        let distinct: BTreeSet<Point> = points.iter().flatten().flatten().copied().collect();
        let reasons: BTreeMap<Point, Reason> =
            distinct.iter().filter_map(|point| Some((*point, point.reason(lab, mode)?))).collect();
        // Several ports share the fields of their Service.
        let mut places: BTreeMap<&Reason, u32> = BTreeMap::new();
        let mut all = Vec::new();
        for reason in reasons.values() {
            places.entry(reason).or_insert_with(|| {
                all.push(reason.clone());
                u32::try_from(all.len() - 1).unwrap_or(u32::MAX)
            });
        }
        let indexes = |points: Vec<Point>| {
            let found = points.iter().filter_map(|point| places.get(reasons.get(point)?).copied());
            let mut seen = HashSet::default();
            found.filter(|index| seen.insert(*index)).collect()
        };
        let by_line = points.into_iter().map(|lines| lines.into_iter().map(indexes).collect()).collect();
        Provenance { reasons: all, by_line }
    }

    fn of(&self, line: &super::Line) -> Vec<Cause> {
        match &line.at {
            // A rule of kube-proxy's tables that its full text does not have is a jump from a base chain.
            Some(LineRef::Rule(rule)) => vec![self.rules.get(rule).copied().unwrap_or(Cause::ALWAYS)],
            // The built-in chains of iptables were there before kube-proxy.
            Some(LineRef::Chain(chain @ ChainId::Iptables { .. })) if !line.text.starts_with(":KUBE-") => {
                self.chains.get(chain).copied().into_iter().collect()
            }
            Some(LineRef::Chain(chain)) => vec![self.chains.get(chain).copied().unwrap_or(Cause::ALWAYS)],
            Some(LineRef::Structure(name)) => {
                let elements = self.elements.get(&**name);
                let causes: Vec<Cause> = keys(&line.text).filter_map(|key| elements?.get(key).copied()).collect();
                if causes.is_empty() { self.structures.get(&**name).copied().into_iter().collect() } else { causes }
            }
            None => Vec::new(),
        }
    }
}

/// One thing that a line is there for, by its place in the cluster.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Point {
    Always,
    Setting(Setting),
    /// Of every Service that has it.
    Every(Field),
    Field {
        service: u32,
        port: u32,
        field: Field,
    },
    Slice {
        service: u32,
        slice: u32,
        field: Field,
    },
    Endpoint {
        service: u32,
        slice: u32,
        endpoint: u32,
    },
}

impl Point {
    fn reason(self, lab: &Lab, mode: Mode) -> Option<Reason> {
        let cluster = &lab.cluster;
        match self {
            Self::Always => Some(Reason::Always),
            Self::Setting(setting) => Some(Reason::of_setting(setting, mode, &lab.assumptions)),
            Self::Every(field) => Reason::of_every(field),
            Self::Field { service, port, field } => Reason::of_field(service, port, field, cluster),
            Self::Slice { service, slice, field } => Reason::of_slice(service, slice, field, cluster),
            Self::Endpoint { service, slice, endpoint } => Reason::of_endpoint(service, slice, endpoint, cluster),
        }
    }
}

/// The endpoints of each Service.
#[derive(Default)]
struct Servers {
    by_service: HashMap<u32, ServersOf>,
}

#[derive(Default)]
struct ServersOf {
    slices: Vec<u32>,
    /// By address: nftables draws among all of them in one rule.
    by_address: HashMap<String, (u32, u32)>,
}

impl Servers {
    fn of(cluster: &Cluster) -> Self {
        let services: HashMap<&NamespacedName, u32> =
            cluster.services.iter().map(|service| &service.name).zip(0..).collect();
        let mut by_service: HashMap<u32, ServersOf> = HashMap::default();
        for (slice, of) in (0..).zip(&cluster.endpoint_slices) {
            let Some(service) = of.service().and_then(|name| services.get(&name).copied()) else {
                continue;
            };
            let servers = by_service.entry(service).or_default();
            servers.slices.push(slice);
            for (endpoint, of) in (0..).zip(&of.endpoints) {
                servers.by_address.extend(of.addresses.first().map(|address| (address.to_string(), (slice, endpoint))));
            }
        }
        Self { by_service }
    }

    /// What the causes of a line point at.
    fn points(&self, causes: &[Cause], text: &str) -> Vec<Point> {
        let mut points = Vec::new();
        for cause in causes {
            self.extend(&mut points, *cause, text);
            points.extend(cause.settings().map(Point::Setting));
            if *cause == Cause::ALWAYS {
                points.push(Point::Always);
            }
        }
        points
    }

    fn extend(&self, points: &mut Vec<Point>, cause: Cause, text: &str) {
        let Some((service, port)) = cause.service_port else {
            points.extend(cause.fields().map(Point::Every));
            return;
        };
        let servers = self.by_service.get(&service);
        points.extend(cause.endpoint.map(|(slice, endpoint)| Point::Endpoint { service, slice, endpoint }));
        points.extend(cause.fields().map(|field| Point::Field { service, port, field }));
        // The map of a rule that draws among endpoints.
        let drawn = text.split_once(" map {").map_or("", |(_, drawn)| drawn);
        let drawn = drawn.split([' ', ',']).filter_map(|word| servers?.by_address.get(word));
        points.extend(drawn.map(|(slice, endpoint)| Point::Endpoint { service, slice: *slice, endpoint: *endpoint }));
        for field in cause.fields().filter(|field| Reason::is_of_slices(*field)) {
            let all = servers.map_or(&[][..], |servers| &servers.slices);
            let only = cause.endpoint.map(|(slice, _)| slice);
            let slices = all.iter().filter(|slice| only.is_none_or(|only| only == **slice));
            points.extend(slices.map(|slice| Point::Slice { service, slice: *slice, field }));
        }
    }
}

/// The elements that a line of a structure prints, by their keys.
fn keys(line: &str) -> impl Iterator<Item = &str> {
    let mut words = line.split_whitespace();
    let (one, many) = match words.next() {
        Some("add") => (words.nth(1), ""),
        Some("-a") => (words.nth(3), ""),
        Some("inet" | "inet6") => (words.next().map(|net| net.split('/').next().unwrap_or(net)), ""),
        Some("-A" | "create") => (None, ""),
        _ => (None, line.trim().trim_start_matches("elements = { ").trim_end_matches([' ', '}', ','])),
    };
    one.into_iter().chain(many.split(", ").map(key).filter(|key| !key.is_empty()))
}

/// What comes before the value or the comment of an nft element.
fn key(element: &str) -> &str {
    let end = [" : ", " comment ", " counter "].iter().filter_map(|end| element.find(end)).min();
    end.map_or(element, |end| &element[..end]).trim()
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

fn next_rule(seen: &mut BTreeMap<ChainId, u32>, chain: ChainId) -> RuleId {
    let index = seen.entry(chain).or_insert(0);
    let rule = RuleId { chain, index: *index };
    *index += 1;
    rule
}
