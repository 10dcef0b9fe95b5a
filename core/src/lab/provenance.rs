//! Why a node's rules are there: for each line of a listing, the objects and fields that caused it.

use std::collections::BTreeMap;

use super::apply::DUMMY_DEVICE;
use super::reason::Reason;
use super::{Lab, LineRef, Listing};
use crate::fixed_hash::HashMap;
use crate::net::Family;
use crate::netfilter::XtTable;
use crate::node::Node;
use crate::proxy::{Cause, Mode, iptables, ipvs, nftables};
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
        causes.explain(listing, lab)
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
            self.structures.insert(set.name.clone(), Cause::Settings);
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

    fn explain(&self, listing: &Listing, lab: &Lab) -> Provenance {
        let lines = |section: &super::Section| section.lines.iter().map(|line| self.of(line)).collect::<Vec<_>>();
        let causes: Vec<Vec<Vec<Cause>>> = listing.sections.iter().map(lines).collect();
        let mut distinct: Vec<Cause> = causes.iter().flatten().flatten().copied().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let reasons: Vec<Option<Reason>> = distinct.iter().map(|cause| Reason::of(*cause, &lab.cluster)).collect();
        let mut all: Vec<Reason> = reasons.iter().flatten().cloned().collect();
        all.dedup();
        let mut places: HashMap<&Reason, u32> = HashMap::default();
        for (place, reason) in (0..).zip(&all) {
            places.entry(reason).or_insert(place);
        }
        let known = distinct.iter().zip(&reasons);
        let by_cause: HashMap<Cause, u32> =
            known.filter_map(|(cause, reason)| Some((*cause, *places.get(reason.as_ref()?)?))).collect();
        let indexes = |causes: Vec<Cause>| {
            let mut indexes: Vec<u32> = causes.iter().filter_map(|cause| by_cause.get(cause).copied()).collect();
            indexes.dedup();
            indexes.into()
        };
        let by_line = causes.into_iter().map(|lines| lines.into_iter().map(indexes).collect()).collect();
        Provenance { reasons: all, by_line }
    }

    fn of(&self, line: &super::Line) -> Vec<Cause> {
        match &line.at {
            // A rule of kube-proxy's tables that its full text does not have is a jump from a base chain.
            Some(LineRef::Rule(rule)) => vec![self.rules.get(rule).copied().unwrap_or(Cause::Settings)],
            Some(LineRef::Chain(chain)) => vec![self.chains.get(chain).copied().unwrap_or(Cause::Settings)],
            Some(LineRef::Structure(name)) => {
                let elements = self.elements.get(&**name);
                let causes: Vec<Cause> = keys(&line.text).filter_map(|key| elements?.get(key).copied()).collect();
                if causes.is_empty() { self.structures.get(&**name).copied().into_iter().collect() } else { causes }
            }
            None => Vec::new(),
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
