use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::{DiGraph, NodeIndex};

use super::layout::place;
use super::{Edge, Picture, Reach, Vertex, VertexKind};
use crate::net::Family;
use crate::netfilter::XtTable;
use crate::nftables;
use crate::node::Node;
use crate::trace::{Backend, ChainId, Event, Origin, Trace};

/// More vertices than this do not help anyone; what the packet met is always drawn.
const MOST_VERTICES: usize = 60;

/// What a vertex stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Chain(ChainId),
    VirtualService(String),
    RealServer(String, String),
}

/// Draws the node's chains and virtual services, with the way of a packet lit. What no packet comes to is drawn as dead
/// where that is known.
pub fn draw(node: &Node, lit: Option<&Trace>, reach: Option<&Reach>) -> Picture {
    let arrows = arrows(node);
    let alone: BTreeSet<Thing> = reach.into_iter().flat_map(Reach::dead_chains).map(Thing::Chain).collect();
    let visited = lit.map(visited).unwrap_or_default();
    let passed = lit.map(passed).unwrap_or_default();
    let (drawn, left_out) = choose(&arrows, &alone, &visited);
    let mut graph = DiGraph::new();
    let mut index: BTreeMap<&Thing, NodeIndex> = BTreeMap::new();
    for thing in &drawn {
        index.insert(thing, graph.add_node(label(node, thing)));
    }
    let mut edges = Vec::new();
    for (from, to) in &arrows {
        if let (Some(from_index), Some(to_index)) = (index.get(from), index.get(to)) {
            graph.add_edge(*from_index, *to_index, ());
            let lit = passed.contains(&(from.clone(), to.clone()));
            edges.push(Edge { from: from_index.index(), to: to_index.index(), lit });
        }
    }
    let placement = place(&graph);
    let vertices = drawn.iter().zip(&placement.boxes).map(|(thing, [x, y, width, height])| Vertex {
        label: label(node, thing),
        kind: kind(node, thing),
        x: *x,
        y: *y,
        width: *width,
        height: *height,
        lit: visited.contains(thing),
        dead: alone.contains(thing),
        chain: match thing {
            Thing::Chain(chain) => Some(*chain),
            _ => None,
        },
    });
    Picture { width: placement.width, height: placement.height, vertices: vertices.collect(), edges, left_out }
}

/// Every jump of the node's rules, and every virtual service with its real servers.
fn arrows(node: &Node) -> BTreeSet<(Thing, Thing)> {
    let mut arrows = BTreeSet::new();
    for family in [Family::V4, Family::V6] {
        let tables = node.iptables.of(family);
        for table in XtTable::ALL {
            let jumps = tables.jumps(table).map(|(rule, target)| (Thing::Chain(rule.chain), Thing::Chain(target)));
            arrows.extend(jumps);
        }
    }
    let jumps = nftables::jumps(&node.nftables).into_iter();
    arrows.extend(jumps.map(|(from, to)| (Thing::Chain(from), Thing::Chain(to))));
    for service in node.ipvs.services() {
        let name = service.key.to_string();
        for real in node.ipvs.destinations_of(service) {
            let real = Thing::RealServer(name.clone(), real.config.real.to_string());
            arrows.insert((Thing::VirtualService(name.clone()), real));
        }
    }
    arrows
}

/// What the packet came to.
fn visited(trace: &Trace) -> BTreeSet<Thing> {
    trace.steps.iter().filter_map(|step| thing(&step.event, &step.origin)).collect()
}

fn thing(event: &Event, origin: &Origin) -> Option<Thing> {
    match (event, origin) {
        (Event::ChainEntered { chain, .. }, _) => Some(Thing::Chain(*chain)),
        (
            Event::BackendChosen { backend, by: Backend::Scheduler(_) | Backend::Template },
            Origin::VirtualService(service),
        ) => Some(Thing::RealServer(service.to_string(), backend.to_string())),
        (_, Origin::VirtualService(service)) => Some(Thing::VirtualService(service.to_string())),
        _ => None,
    }
}

/// The arrows along which the packet went: from the innermost open chain into the next one.
fn passed(trace: &Trace) -> BTreeSet<(Thing, Thing)> {
    let mut open: Vec<Thing> = Vec::new();
    let mut passed = BTreeSet::new();
    for step in &trace.steps {
        match (&step.event, thing(&step.event, &step.origin)) {
            (Event::ChainEntered { priority, .. }, Some(chain)) => {
                if priority.is_some() {
                    open.clear();
                } else if let Some(from) = open.last() {
                    passed.insert((from.clone(), chain.clone()));
                }
                open.push(chain);
            }
            (Event::ChainLeft { chain, .. }, _) => {
                if let Some(depth) = open.iter().rposition(|thing| *thing == Thing::Chain(*chain)) {
                    open.truncate(depth);
                }
            }
            (_, Some(real @ Thing::RealServer(..))) => {
                if let Thing::RealServer(service, _) = &real {
                    passed.insert((Thing::VirtualService(service.clone()), real));
                }
            }
            _ => {}
        }
    }
    passed
}

/// What the packet met first, then what is beside it, then the rest, up to the limit; in the order of the node.
fn choose(
    arrows: &BTreeSet<(Thing, Thing)>,
    alone: &BTreeSet<Thing>,
    visited: &BTreeSet<Thing>,
) -> (Vec<Thing>, usize) {
    let all: BTreeSet<&Thing> = arrows.iter().flat_map(|(from, to)| [from, to]).chain(alone).collect();
    let mut chosen: BTreeSet<&Thing> = all.iter().copied().filter(|thing| visited.contains(*thing)).collect();
    let beside = arrows
        .iter()
        .filter(|(from, to)| visited.contains(from) || visited.contains(to))
        .flat_map(|(from, to)| [from, to]);
    for thing in beside.chain(all.iter().copied()) {
        if chosen.len() >= MOST_VERTICES {
            break;
        }
        chosen.insert(thing);
    }
    let left_out = all.len() - chosen.len();
    (chosen.into_iter().cloned().collect(), left_out)
}

fn label(node: &Node, thing: &Thing) -> String {
    match thing {
        Thing::Chain(chain) => node.chain_name(*chain),
        Thing::VirtualService(name) => name.clone(),
        Thing::RealServer(_, name) => name.clone(),
    }
}

fn kind(node: &Node, thing: &Thing) -> VertexKind {
    match thing {
        Thing::Chain(chain) if node.is_base_chain(*chain) => VertexKind::BaseChain,
        Thing::Chain(_) => VertexKind::Chain,
        Thing::VirtualService(_) => VertexKind::VirtualService,
        Thing::RealServer(..) => VertexKind::RealServer,
    }
}
