use std::collections::BTreeMap;
use std::sync::Arc;

use super::apply::DUMMY_DEVICE;
use super::{Line, LineRef, Listing, Network};
use crate::fixed_hash::HashMap;
use crate::net::Family;
use crate::netfilter::XtTable;
use crate::node::Node;
use crate::proxy::Mode;
use crate::task::Turns;
use crate::trace::{ChainId, RuleId};
use crate::{ipset, iptables, ipvs, nftables};

/// What the tools print for one node, before it is known which line is which: that can be found out in turns, whatever
/// becomes of the node meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Printed {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Iptables {
        program: &'static str,
        text: String,
        /// The chains of each table, in the order in which the text declares them.
        chains: Vec<(XtTable, Vec<ChainId>)>,
    },
    Section {
        title: &'static str,
        lines: Vec<Line>,
    },
}

/// A few milliseconds' worth in a browser.
const LINES_IN_A_TURN: usize = 5_000;

impl Printed {
    /// The node's rules in the mode of its network; nothing for a node that there is not.
    pub fn of(network: &Network, node: usize) -> Self {
        let mut printed = Self::default();
        let Some(node) = network.node(node) else {
            return printed;
        };
        if network.is_copied() {
            printed.all(node);
            return printed;
        }
        match network.mode {
            Mode::Iptables => printed.iptables(node),
            Mode::Nftables => printed.nftables(node),
            Mode::Ipvs => {
                printed.virtual_services(node);
                printed.addresses(node);
                printed.ipsets(node);
                printed.iptables(node);
            }
        }
        printed
    }

    /// Finds out, in turns, what each line stands for.
    pub async fn read(self) -> Listing {
        let mut listing = Listing::default();
        for part in self.parts {
            match part {
                Part::Iptables { program, text, chains } => read_iptables(&mut listing, program, &text, &chains).await,
                Part::Section { title, lines } => listing.push(title.to_owned(), lines),
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

    fn section(&mut self, title: &'static str, lines: impl IntoIterator<Item = Line>) {
        self.parts.push(Part::Section { title, lines: lines.into_iter().collect() });
    }

    fn iptables(&mut self, node: &Node) {
        for (family, program) in [(Family::V4, "iptables-save"), (Family::V6, "ip6tables-save")] {
            let tables = node.iptables.of(family);
            let chains = tables.in_use().map(|(table, _)| (table, tables.chains(table).collect())).collect();
            self.parts.push(Part::Iptables { program, text: iptables::save(tables), chains });
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
                (_, Some(LineRef::Chain(chain))) => {
                    let index = seen.entry(*chain).or_insert(0);
                    *index += 1;
                    Some(LineRef::Rule(RuleId { chain: *chain, index: *index - 1 }))
                }
                (_, structure) => structure.clone(),
            };
            lines.push(Line { text: text.to_owned(), at });
        }
        self.section("nft list ruleset", lines);
    }

    fn virtual_services(&mut self, node: &Node) {
        let saved = ipvs::ipvsadm::save(&node.ipvs);
        let lines = saved.lines().map(|text| {
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
            Line { text: text.to_owned(), at }
        });
        self.section("ipvsadm -S -n", lines);
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
        self.section("ip address show dev kube-ipvs0", lines);
    }

    fn ipsets(&mut self, node: &Node) {
        let saved = ipset::save(&node.stack.ipsets, 0);
        let mut last: Option<Arc<str>> = None;
        let lines = saved.lines().map(|text| {
            let name = text.split_whitespace().nth(1);
            if last.as_deref() != name {
                last = name.map(Arc::from);
            }
            Line { text: text.to_owned(), at: last.clone().map(LineRef::Structure) }
        });
        self.section("ipset save", lines);
    }
}

/// A section for each table of what iptables-save prints.
async fn read_iptables(listing: &mut Listing, program: &str, text: &str, chains: &[(XtTable, Vec<ChainId>)]) {
    let mut turns = Turns::of(LINES_IN_A_TURN);
    let mut lines = Vec::new();
    let mut tables = chains.iter();
    let (mut table, mut declared) = ("", [].iter());
    let mut by_name: HashMap<&str, ChainId> = HashMap::default();
    // The rules of a chain stand together.
    let mut open: Option<(&str, RuleId)> = None;
    for text in text.lines() {
        turns.count().await;
        let mut at = None;
        if text.starts_with('*')
            && let Some((next, chains)) = tables.next()
        {
            (table, declared, open) = (next.name(), chains.iter(), None);
            by_name.clear();
        } else if let Some(declaration) = text.strip_prefix(':')
            && let Some(chain) = declared.next()
        {
            by_name.insert(first_word(declaration), *chain);
            at = Some(LineRef::Chain(*chain));
        } else if let Some(rule) = text.strip_prefix("-A ") {
            let name = first_word(rule);
            open = match open {
                Some((of, RuleId { chain, index })) if of == name => Some((name, RuleId { chain, index: index + 1 })),
                _ => by_name.get(name).map(|chain| (name, RuleId { chain: *chain, index: 0 })),
            };
            at = open.map(|(_, rule)| LineRef::Rule(rule));
        }
        lines.push(Line { text: text.to_owned(), at });
        if text == "COMMIT" {
            listing.push(format!("{program} -t {table}"), std::mem::take(&mut lines));
        }
    }
}

fn first_word(text: &str) -> &str {
    text.split_once(' ').map_or(text, |(word, _)| word)
}
