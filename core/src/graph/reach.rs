use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::dominators::{Dominators, simple_fast};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::shape::{Shape, shapes};
use crate::node::Node;
use crate::trace::{ChainId, RuleId};

/// What packets can come to in a node's rules. Only what is certain counts: a rule that asks anything may match, and may
/// not.
#[derive(Clone, Debug)]
pub struct Reach {
    shapes: BTreeMap<ChainId, Shape>,
    cycles: Vec<Vec<ChainId>>,
    /// How many rules of each chain packets may come to, if they come to the chain.
    live: BTreeMap<ChainId, usize>,
    /// From the kernel, which calls the base chains, along the jumps that packets may take.
    calls: DiGraph<Option<ChainId>, ()>,
    places: BTreeMap<ChainId, NodeIndex>,
    dominators: Dominators<NodeIndex>,
}

/// Why a rule never sees a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dead {
    /// Nothing that packets come to leads to its chain.
    Chain,
    /// No packet goes on behind this rule of the same chain.
    Behind(RuleId),
}

impl Reach {
    pub fn of(node: &Node) -> Self {
        let shapes = shapes(node);
        let Order { returning, cycles } = order(&shapes);
        let live = shapes.iter().map(|(id, shape)| (*id, walk(shape, &returning).live)).collect();
        let (calls, places, root) = calls(&shapes, &live);
        let dominators = simple_fast(&calls, root);
        Self { shapes, cycles, live, calls, places, dominators }
    }

    /// Whether a packet can come to the chain.
    pub fn is_reached(&self, chain: ChainId) -> bool {
        self.places.contains_key(&chain)
    }

    /// Why no packet comes to the rule; none if one may, or if there is no such rule.
    pub fn dead(&self, rule: RuleId) -> Option<Dead> {
        let live = *self.live.get(&rule.chain)?;
        let place = rule.index as usize;
        if place >= self.shapes.get(&rule.chain)?.rules.len() {
            None
        } else if !self.is_reached(rule.chain) {
            Some(Dead::Chain)
        } else {
            (place >= live).then(|| Dead::Behind(rule_at(rule.chain, live.saturating_sub(1))))
        }
    }

    /// All chains that no packet comes to.
    pub fn dead_chains(&self) -> impl Iterator<Item = ChainId> {
        self.shapes.keys().copied().filter(|chain| !self.is_reached(*chain))
    }

    /// All rules that no packet comes to.
    pub fn dead_rules(&self) -> impl Iterator<Item = RuleId> {
        self.shapes.iter().flat_map(|(chain, shape)| {
            let live = if self.is_reached(*chain) { self.live.get(chain).copied().unwrap_or(0) } else { 0 };
            (live..shape.rules.len()).map(|place| rule_at(*chain, place))
        })
    }

    /// Chains that lead back to themselves, each circle once. No packet comes to them: the tools refuse what leads there.
    pub fn cycles(&self) -> &[Vec<ChainId>] {
        &self.cycles
    }

    /// The chains through which every packet in this chain has come, that of the hook first; not the chain itself.
    pub fn dominators(&self, chain: ChainId) -> Vec<ChainId> {
        let above = self.places.get(&chain).and_then(|place| self.dominators.strict_dominators(*place));
        let mut found: Vec<_> = above.into_iter().flatten().filter_map(|place| self.calls[place]).collect();
        found.reverse();
        found
    }

    /// The chains to which a packet in this chain may be led from there.
    pub fn below(&self, chain: ChainId) -> BTreeSet<ChainId> {
        let mut found = BTreeSet::new();
        let mut open: Vec<_> = self.places.get(&chain).copied().into_iter().collect();
        while let Some(place) = open.pop() {
            let next = self.calls.neighbors(place);
            open.extend(next.filter(|next| self.calls[*next].is_some_and(|chain| found.insert(chain))));
        }
        found
    }
}

fn rule_at(chain: ChainId, place: usize) -> RuleId {
    RuleId { chain, index: u32::try_from(place).unwrap_or(u32::MAX) }
}

/// What the rules of a chain make of the packets that come to it.
struct Walk {
    /// The rules that packets may come to.
    live: usize,
    /// Some may go back to where they came from.
    returns: bool,
}

fn walk(shape: &Shape, returning: &BTreeSet<ChainId>) -> Walk {
    let comes_back = |chains: &[ChainId]| chains.iter().any(|chain| returning.contains(chain));
    let mut returns = false;
    for (place, exits) in shape.rules.iter().enumerate() {
        returns |= exits.back || comes_back(&exits.gotos);
        if !exits.next && !comes_back(&exits.jumps) {
            return Walk { live: place + 1, returns };
        }
    }
    Walk { live: shape.rules.len(), returns: true }
}

struct Order {
    /// The chains from which packets may go back to where they came from.
    returning: BTreeSet<ChainId>,
    cycles: Vec<Vec<ChainId>>,
}

/// Asks each chain after those that it leads to.
fn order(shapes: &BTreeMap<ChainId, Shape>) -> Order {
    let mut graph: DiGraph<ChainId, ()> = DiGraph::new();
    let places: BTreeMap<_, _> = shapes.keys().map(|id| (*id, graph.add_node(*id))).collect();
    for (from, shape) in shapes {
        for to in shape.rules.iter().flat_map(|exits| exits.jumps.iter().chain(&exits.gotos)) {
            if let Some(to) = places.get(to) {
                graph.add_edge(places[from], *to, ());
            }
        }
    }
    let mut order = Order { returning: BTreeSet::new(), cycles: Vec::new() };
    for part in tarjan_scc(&graph) {
        if part.len() > 1 || graph.contains_edge(part[0], part[0]) {
            order.cycles.push(part.iter().map(|place| graph[*place]).collect());
        }
        for place in part {
            let id = graph[place];
            if walk(&shapes[&id], &order.returning).returns {
                order.returning.insert(id);
            }
        }
    }
    order
}

type Calls = (DiGraph<Option<ChainId>, ()>, BTreeMap<ChainId, NodeIndex>, NodeIndex);

/// Which reached chain leads to which, from a root that leads to the base chains.
fn calls(shapes: &BTreeMap<ChainId, Shape>, live: &BTreeMap<ChainId, usize>) -> Calls {
    let mut graph = DiGraph::new();
    let root = graph.add_node(None);
    let mut places = BTreeMap::new();
    let mut open: Vec<_> = shapes.iter().filter(|(_, shape)| shape.is_base).map(|(id, _)| (root, *id)).collect();
    while let Some((from, chain)) = open.pop() {
        let Some(shape) = shapes.get(&chain) else {
            continue;
        };
        if let Some(known) = places.get(&chain) {
            graph.update_edge(from, *known, ());
            continue;
        }
        let place = graph.add_node(Some(chain));
        graph.add_edge(from, place, ());
        places.insert(chain, place);
        let rules = shape.rules.iter().take(live.get(&chain).copied().unwrap_or(0));
        let next = rules.flat_map(|exits| exits.jumps.iter().chain(&exits.gotos));
        open.extend(next.map(|next| (place, *next)));
    }
    (graph, places, root)
}
