//! A node's rules as the tools print them, with the way back from a step to its line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::net::Family;
use crate::netfilter::XtTable;
use crate::node::Node;
use crate::proxy::Mode;
use crate::trace::{ChainId, Event, LeftBy, Origin, RuleId, Step};
use crate::{ipset, iptables, ipvs, nftables};

use super::Network;
use super::apply::DUMMY_DEVICE;

/// What the tools print for one node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub sections: Vec<Section>,
    places: BTreeMap<LineRef, (usize, usize)>,
    /// The lines of each set, map or virtual service, by its name.
    structures: BTreeMap<Arc<str>, (usize, Range<usize>)>,
}

/// The output of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub title: String,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub at: Option<LineRef>,
}

/// What a line stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineRef {
    Chain(ChainId),
    Rule(RuleId),
    /// A set, a map, a virtual service or a device, by name.
    Structure(Arc<str>),
}

impl Listing {
    /// The node's rules in the mode of its network; empty for a node that there is not.
    pub fn of(network: &Network, node: usize) -> Self {
        let mut listing = Self::default();
        let Some(node) = network.node(node) else {
            return listing;
        };
        if network.is_copied() {
            listing.all(node);
            return listing;
        }
        match network.mode {
            Mode::Iptables => listing.iptables(node),
            Mode::Nftables => listing.nftables(node),
            Mode::Ipvs => {
                listing.virtual_services(node);
                listing.addresses(node);
                listing.ipsets(node);
                listing.iptables(node);
            }
        }
        listing
    }

    /// Whatever there is of each kind.
    fn all(&mut self, node: &Node) {
        if node.ipvs.services().next().is_some() {
            self.virtual_services(node);
        }
        if node.nftables.tables().next().is_some() {
            self.nftables(node);
        }
        if node.stack.ipsets.iter().next().is_some() {
            self.ipsets(node);
        }
        self.iptables(node);
    }

    /// The line that a step is about: its section, and its place there.
    pub fn line_of(&self, step: &Step) -> Option<(usize, usize)> {
        if let Event::LookedUp { name, key, .. } = &step.event
            && let Some(place) = self.element(name, key)
        {
            return Some(place);
        }
        if let (Event::BackendChosen { backend, .. }, Origin::VirtualService(service)) = (&step.event, &step.origin) {
            return self.element(service, &backend.to_string());
        }
        let wanted = match (&step.event, &step.origin) {
            (Event::RulesMissed { first, count, .. }, _) => {
                LineRef::Rule(RuleId { index: first.index + count.saturating_sub(1), ..*first })
            }
            (_, Origin::Rule(rule)) => LineRef::Rule(*rule),
            (Event::ChainEntered { chain, .. }, _) => return self.start_of(*chain),
            (Event::ChainLeft { chain, by: LeftBy::Policy }, _) => LineRef::Chain(*chain),
            // Back to the caller, whose rule is next: nothing of this chain's text is at work.
            (Event::ChainLeft { .. }, _) => return None,
            (_, Origin::Chain(chain)) => LineRef::Chain(*chain),
            (_, Origin::Element { name }) => LineRef::Structure(name.clone()),
            (_, Origin::VirtualService(service)) => LineRef::Structure(service.clone()),
            _ => return None,
        };
        self.place(&wanted)
    }

    /// Where a chain's rules begin. iptables-save declares all chains of a table far above their rules.
    pub fn start_of(&self, chain: ChainId) -> Option<(usize, usize)> {
        let declared = self.place(&LineRef::Chain(chain));
        match chain {
            ChainId::Iptables { .. } => self.place(&LineRef::Rule(RuleId { chain, index: 0 })).or(declared),
            ChainId::Nftables { .. } => declared,
        }
    }

    /// Where a chain, rule or structure is listed.
    pub fn place(&self, wanted: &LineRef) -> Option<(usize, usize)> {
        self.places.get(wanted).copied()
    }

    /// The line of a structure that holds the key; its first line if none does.
    fn element(&self, structure: &str, key: &str) -> Option<(usize, usize)> {
        let (section, range) = self.structures.get(structure)?;
        let lines = self.sections.get(*section)?.lines.get(range.clone())?;
        let offset = lines.iter().position(|line| holds(&line.text, key)).unwrap_or(0);
        Some((*section, range.start + offset))
    }

    fn push(&mut self, title: String, lines: Vec<Line>) {
        let section = self.sections.len();
        for (number, line) in lines.iter().enumerate() {
            if let Some(at) = &line.at {
                self.places.entry(at.clone()).or_insert((section, number));
            }
        }
        self.structures.extend(structures(&lines).into_iter().map(|(name, range)| (name, (section, range))));
        self.sections.push(Section { title, lines });
    }

    fn iptables(&mut self, node: &Node) {
        for (family, program) in [(Family::V4, "iptables-save"), (Family::V6, "ip6tables-save")] {
            let tables = node.iptables.of(family);
            let mut table = None;
            let mut lines = Vec::new();
            let mut seen = BTreeMap::new();
            for text in iptables::save(tables).lines().filter(|line| !line.starts_with('#')) {
                if let Some(name) = text.strip_prefix('*') {
                    table = XtTable::from_name(name);
                }
                let chain = |name: &str| table.and_then(|table| tables.find_chain(table, name));
                let at = if let Some(declared) = text.strip_prefix(':') {
                    first_word(declared).and_then(chain).map(LineRef::Chain)
                } else {
                    let chain = text.strip_prefix("-A ").and_then(first_word).and_then(chain);
                    chain.map(|chain| LineRef::Rule(next_rule(&mut seen, chain)))
                };
                lines.push(Line { text: text.to_owned(), at });
                if text == "COMMIT" {
                    let name = table.map_or("", XtTable::name);
                    self.push(format!("{program} -t {name}"), std::mem::take(&mut lines));
                }
            }
        }
    }

    fn nftables(&mut self, node: &Node) {
        let ruleset = &node.nftables;
        let mut lines = Vec::new();
        let mut table = String::new();
        // The block that is open: a chain, or a structure with its name.
        let mut block = None;
        let mut seen = BTreeMap::new();
        for text in nftables::list(ruleset).lines() {
            let words: Vec<_> = text.split_whitespace().collect();
            let at = match (words.as_slice(), &block) {
                (["table", family, name, "{"], _) => {
                    table = format!("{family} {name}");
                    None
                }
                (["chain", name, "{"], _) => {
                    let chain = nftables::find_chain(ruleset, &table, name);
                    block = chain.map(LineRef::Chain);
                    block.clone()
                }
                (["set" | "map", name, "{"], _) => {
                    block = Some(LineRef::Structure((*name).into()));
                    block.clone()
                }
                (["}"], _) => {
                    block = None;
                    None
                }
                (["type", ..], Some(LineRef::Chain(chain))) => Some(LineRef::Chain(*chain)),
                (["comment", ..], Some(LineRef::Chain(_))) => None,
                (_, Some(LineRef::Chain(chain))) => Some(LineRef::Rule(next_rule(&mut seen, *chain))),
                (_, structure) => structure.clone(),
            };
            lines.push(Line { text: text.to_owned(), at });
        }
        self.push("nft list ruleset".to_owned(), lines);
    }

    fn virtual_services(&mut self, node: &Node) {
        let mut lines = Vec::new();
        for text in ipvs::ipvsadm::save(&node.ipvs).lines() {
            let mut words = text.split_whitespace().skip(1);
            let at = words.next().zip(words.next()).and_then(|(flag, address)| {
                let protocol = match flag {
                    "-t" => "tcp",
                    "-u" => "udp",
                    "--sctp-service" => "sctp",
                    _ => return None,
                };
                Some(LineRef::Structure(format!("{address} {protocol}").into()))
            });
            lines.push(Line { text: text.to_owned(), at });
        }
        self.push("ipvsadm -S -n".to_owned(), lines);
    }

    fn addresses(&mut self, node: &Node) {
        let Some(device) = node.stack.routing.device(DUMMY_DEVICE) else {
            return;
        };
        // `ipv6_link_dev_addr` puts a new address before the others of its scope, `__inet_insert_ifa` behind them.
        let v4 = device.addresses.iter().filter(|address| address.addr().is_ipv4());
        let v6 = device.addresses.iter().rev().filter(|address| address.addr().is_ipv6());
        let lines = v4.chain(v6).map(|address| {
            let family = if address.addr().is_ipv4() { "inet" } else { "inet6" };
            let text = format!("{family} {address} scope global {}", device.name);
            Line { text, at: Some(LineRef::Structure(device.name.clone())) }
        });
        self.push("ip address show dev kube-ipvs0".to_owned(), lines.collect());
    }

    fn ipsets(&mut self, node: &Node) {
        let saved = ipset::save(&node.stack.ipsets, 0);
        let lines = saved.lines().map(|text| {
            let name = text.split_whitespace().nth(1).map(|name| LineRef::Structure(name.into()));
            Line { text: text.to_owned(), at: name }
        });
        self.push("ipset save".to_owned(), lines.collect());
    }
}

fn first_word(text: &str) -> Option<&str> {
    text.split_whitespace().next()
}

fn next_rule(seen: &mut BTreeMap<ChainId, u32>, chain: ChainId) -> RuleId {
    let index = seen.entry(chain).or_insert(0);
    let rule = RuleId { chain, index: *index };
    *index += 1;
    rule
}

/// Runs of lines that belong to one structure.
fn structures(lines: &[Line]) -> BTreeMap<Arc<str>, Range<usize>> {
    let mut found: BTreeMap<Arc<str>, Range<usize>> = BTreeMap::new();
    for (number, line) in lines.iter().enumerate() {
        if let Some(LineRef::Structure(name)) = &line.at {
            let range = found.entry(name.clone()).or_insert(number..number);
            range.end = number + 1;
        }
    }
    found
}

/// Whether the key stands in the text as a whole word: `10.0.0.1:80` is not in `10.0.0.1:8080`.
fn holds(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + key.len()..].chars().next();
        let part_of_word =
            |character: Option<char>| character.is_some_and(|character| character.is_ascii_alphanumeric());
        !part_of_word(before) && !part_of_word(after)
    })
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn keys_are_whole_words() {
        assert!(holds("add S 10.0.0.1,tcp:80", "10.0.0.1,tcp:80"));
        assert!(!holds("add S 10.0.0.1,tcp:8080", "10.0.0.1,tcp:80"));
        assert!(!holds("add S 110.0.0.1,tcp:80", "10.0.0.1,tcp:80"));
    }
}
