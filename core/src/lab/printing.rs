use std::sync::Arc;
use std::vec;

use super::apply::DUMMY_DEVICE;
use super::{LineRef, Listing, Network};
use crate::ipset;
use crate::iptables::{self, Tables};
use crate::ipvs::{ServiceKey, ipvsadm};
use crate::net::Family;
use crate::netfilter::{Seconds, XtTable};
use crate::nftables::{self, Block};
use crate::node::Node;
use crate::proxy::Mode;
use crate::trace::{ChainId, RuleId};

/// A listing in the making. A node with thousands of Services takes longer to print than a frame: it is printed piece by
/// piece, each as the node is then.
#[derive(Debug, Default)]
pub struct Printing {
    node: usize,
    /// What is left of time-outs is as of then.
    now: Seconds,
    /// What is left to print, the next last.
    left: Vec<Piece>,
    listing: Listing,
}

/// What is printed at once, or falls into smaller pieces.
#[derive(Debug)]
enum Piece {
    Tables(Family),
    Table(Family, XtTable),
    Declarations(vec::IntoIter<ChainId>),
    Rules(vec::IntoIter<ChainId>),
    Commit,
    Ruleset,
    Blocks(u32, vec::IntoIter<Block>),
    Services,
    ServiceLines(vec::IntoIter<ServiceKey>),
    Addresses,
    Sets,
    Set(Arc<str>),
}

/// A millisecond or two of a browser.
const LINES_IN_A_TURN: usize = 500;

impl Printing {
    /// The node's rules in the mode of its network; nothing for a node that there is not.
    pub fn of(network: &Network, node: usize, now: Seconds) -> Self {
        let tables = [Piece::Tables(Family::V4), Piece::Tables(Family::V6)];
        let mut pieces = Vec::new();
        match network.node(node) {
            None => {}
            // Whatever there is of each kind.
            Some(node) if network.is_copied() => {
                pieces.extend(node.ipvs.services().next().map(|_| Piece::Services));
                pieces.extend(node.nftables.tables().next().map(|_| Piece::Ruleset));
                pieces.extend(node.stack.ipsets.iter().next().map(|_| Piece::Sets));
                pieces.extend(tables);
            }
            Some(_) => match network.mode {
                Mode::Iptables => pieces.extend(tables),
                Mode::Nftables => pieces.push(Piece::Ruleset),
                Mode::Ipvs => {
                    pieces.extend([Piece::Services, Piece::Addresses, Piece::Sets]);
                    pieces.extend(tables);
                }
            },
        }
        pieces.reverse();
        Self { node, now, left: pieces, listing: Listing::default() }
    }

    pub fn is_over(&self) -> bool {
        self.left.is_empty()
    }

    /// Prints a few milliseconds' worth. What a node that is gone would have printed is left out.
    pub fn advance(&mut self, network: &Network) {
        let node = network.node(self.node);
        if let Some(piece) = self.left.pop()
            && let Some(node) = node
        {
            self.print(node, piece);
        }
    }

    /// Prints what is left.
    pub fn finish(mut self, network: &Network) -> Listing {
        while !self.is_over() {
            self.advance(network);
        }
        self.listing
    }

    fn print(&mut self, node: &Node, piece: Piece) {
        match piece {
            Piece::Tables(family) => {
                let tables = node.iptables.of(family).in_use().map(|(table, _)| Piece::Table(family, table));
                let mut tables: Vec<_> = tables.collect();
                tables.reverse();
                self.left.extend(tables);
            }
            Piece::Table(family, table) => self.table(node.iptables.of(family), table),
            Piece::Declarations(chains) => self.declarations(node, chains),
            Piece::Rules(chains) => self.rules(node, chains),
            Piece::Commit => self.listing.line("COMMIT".to_owned(), None),
            Piece::Ruleset => {
                self.listing.section("nft list ruleset".to_owned());
                let tables = node.nftables.tables();
                let mut pieces: Vec<_> =
                    tables.map(|(number, table)| Piece::Blocks(number, nftables::blocks(table).into_iter())).collect();
                pieces.reverse();
                self.left.extend(pieces);
            }
            Piece::Blocks(table, blocks) => self.blocks(node, table, blocks),
            Piece::Services => {
                self.listing.section(Listing::IPVS.to_owned());
                self.left.push(Piece::ServiceLines(ipvsadm::in_order(&node.ipvs).into_iter()));
            }
            Piece::ServiceLines(services) => self.services(node, services),
            Piece::Addresses => self.addresses(node),
            Piece::Sets => {
                self.listing.section("ipset save".to_owned());
                let mut sets: Vec<_> = node.stack.ipsets.iter().map(|set| Piece::Set(set.name().clone())).collect();
                sets.reverse();
                self.left.extend(sets);
            }
            Piece::Set(name) => {
                if let Some(set) = node.stack.ipsets.get(&name) {
                    self.lines(&ipset::save_one(set, self.now), |_| Some(LineRef::Structure(name.clone())));
                }
            }
        }
    }

    fn lines(&mut self, text: &str, mut at: impl FnMut(usize) -> Option<LineRef>) {
        for (number, line) in text.lines().enumerate() {
            self.listing.line(line.to_owned(), at(number));
        }
    }

    /// True once a turn's worth of lines stands behind those that there were.
    fn is_enough(&self, before: usize) -> bool {
        self.listing.length() >= before + LINES_IN_A_TURN
    }

    fn table(&mut self, tables: &Tables, table: XtTable) {
        let program = match tables.family() {
            Family::V4 => "iptables-save",
            Family::V6 => "ip6tables-save",
        };
        self.listing.section(format!("{program} -t {}", table.name()));
        self.listing.line(format!("*{}", table.name()), None);
        let chains: Vec<_> = tables.chains(table).collect();
        self.left.extend([
            Piece::Commit,
            Piece::Rules(chains.clone().into_iter()),
            Piece::Declarations(chains.into_iter()),
        ]);
    }

    fn declarations(&mut self, node: &Node, mut chains: vec::IntoIter<ChainId>) {
        for chain in chains.by_ref().take(LINES_IN_A_TURN) {
            if let Some(text) = tables_of(node, chain).and_then(|tables| iptables::declaration_text(tables, chain)) {
                self.listing.line(text, Some(LineRef::Chain(chain)));
            }
        }
        if chains.len() > 0 {
            self.left.push(Piece::Declarations(chains));
        }
    }

    fn rules(&mut self, node: &Node, mut chains: vec::IntoIter<ChainId>) {
        let before = self.listing.length();
        while !self.is_enough(before)
            && let Some(chain) = chains.next()
        {
            let Some(tables) = tables_of(node, chain) else { continue };
            for (rule, _) in tables.rules(chain) {
                if let Some(text) = iptables::rule_text(tables, rule) {
                    self.listing.line(text, Some(LineRef::Rule(rule)));
                }
            }
        }
        if chains.len() > 0 {
            self.left.push(Piece::Rules(chains));
        }
    }

    fn blocks(&mut self, node: &Node, number: u32, mut blocks: vec::IntoIter<Block>) {
        let Some(table) = node.nftables.table(number) else {
            return;
        };
        let before = self.listing.length();
        while !self.is_enough(before)
            && let Some(block) = blocks.next()
        {
            let text = nftables::block_text(table, block, self.now);
            match block {
                Block::Chain(chain) => {
                    let chain_id = ChainId::Nftables { table: number, chain };
                    let (comment, base) = table.chains.get(chain).map_or((0, 0), |chain| {
                        (usize::from(chain.comment.is_some()), usize::from(chain.base.is_some()))
                    });
                    let last = text.lines().count().saturating_sub(1);
                    self.lines(&text, |line| match line {
                        0 => Some(LineRef::Chain(chain_id)),
                        line if line == last || line <= comment => None,
                        line if line <= comment + base => Some(LineRef::Chain(chain_id)),
                        line => {
                            let index = u32::try_from(line - comment - base - 1).unwrap_or(u32::MAX);
                            Some(LineRef::Rule(RuleId { chain: chain_id, index }))
                        }
                    });
                }
                Block::Set(set) => {
                    let name = table.sets.get(set).map(|set| set.name.clone());
                    let last = text.lines().count().saturating_sub(1);
                    self.lines(&text, |line| name.clone().filter(|_| line < last).map(LineRef::Structure));
                }
                _ => self.lines(&text, |_| None),
            }
        }
        if blocks.len() > 0 {
            self.left.push(Piece::Blocks(number, blocks));
        }
    }

    fn services(&mut self, node: &Node, mut services: vec::IntoIter<ServiceKey>) {
        let before = self.listing.length();
        while !self.is_enough(before)
            && let Some(key) = services.next()
        {
            let name: Option<Arc<str>> = match key {
                ServiceKey::Address { .. } => Some(key.to_string().into()),
                ServiceKey::Mark { .. } => None,
            };
            self.lines(&ipvsadm::save_one(&node.ipvs, &key), |_| name.clone().map(LineRef::Structure));
        }
        if services.len() > 0 {
            self.left.push(Piece::ServiceLines(services));
        }
    }

    fn addresses(&mut self, node: &Node) {
        let Some(device) = node.stack.routing.device(DUMMY_DEVICE) else {
            return;
        };
        self.listing.section("ip address show dev kube-ipvs0".to_owned());
        // `ipv6_link_dev_addr` puts a new address before the others of its scope, `__inet_insert_ifa` behind them.
        let v4 = device.addresses.iter().filter(|address| address.addr().is_ipv4());
        let v6 = device.addresses.iter().rev().filter(|address| address.addr().is_ipv6());
        for address in v4.chain(v6) {
            let family = if address.addr().is_ipv4() { "inet" } else { "inet6" };
            let text = format!("{family} {address} scope global {}", device.name);
            self.listing.line(text, Some(LineRef::Structure(device.name.clone())));
        }
    }
}

fn tables_of(node: &Node, chain: ChainId) -> Option<&Tables> {
    match chain {
        ChainId::Iptables { family, .. } => Some(node.iptables.of(family)),
        ChainId::Nftables { .. } => None,
    }
}
