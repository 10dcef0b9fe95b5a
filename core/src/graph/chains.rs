use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use petgraph::graph::{DiGraph, NodeIndex};

use super::layout::place;
use super::{Edge, Picture, Reach, Vertex, VertexKind};
use crate::fixed_hash::HashSet;
use crate::ipvs::ServiceKey;
use crate::net::{Endpoint, Family};
use crate::netfilter::XtTable;
use crate::nftables::{self, Station};
use crate::node::Node;
use crate::trace::{Backend, ChainId, Event, Origin, Structure, Trace};

/// More vertices than this do not help anyone; what the packet met is always drawn.
const MOST_VERTICES: usize = 60;

/// What a vertex stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Thing {
    Chain(ChainId),
    Map { table: u32, map: u32 },
    VirtualService(ServiceKey),
    RealServer(ServiceKey, Endpoint),
}

type Arrow = (Thing, Thing);

impl From<Station> for Thing {
    fn from(station: Station) -> Self {
        match station {
            Station::Chain(chain) => Self::Chain(chain),
            Station::Map { table, map } => Self::Map { table, map },
        }
    }
}

/// Draws the node's chains, maps and virtual services, with the way of a packet lit. What no packet comes to is drawn as dead
/// where that is known.
pub fn draw(node: &Node, lit: Option<&Trace>, reach: Option<&Reach>) -> Picture {
    let arrows = arrows(node);
    let alone: BTreeSet<Thing> = reach.into_iter().flat_map(Reach::dead_chains).map(Thing::Chain).collect();
    let way = lit.map(|trace| Way::of(node, trace)).unwrap_or_default();
    let (drawn, left_out) = choose(&arrows, &alone, &way.visited);
    let mut graph = DiGraph::new();
    let mut index: BTreeMap<Thing, NodeIndex> = BTreeMap::new();
    for thing in &drawn {
        index.insert(*thing, graph.add_node(label(node, thing)));
    }
    let mut ends_of = Vec::new();
    let ends = |(from, to): &Arrow| Some(((*from, *to), (*index.get(from)?, *index.get(to)?)));
    for (arrow, (from, to)) in arrows.iter().filter_map(ends).collect::<BTreeMap<_, _>>() {
        graph.add_edge(from, to, ());
        ends_of.push((from.index(), to.index(), way.passed.contains(&arrow)));
    }
    let placement = place(&graph);
    let edges = ends_of.into_iter().zip(placement.bends);
    let edges = edges.map(|((from, to, lit), bends)| Edge { from, to, lit, bends }).collect();
    let vertices = drawn.iter().zip(&placement.boxes).map(|(thing, [x, y, width, height])| Vertex {
        label: label(node, thing),
        kind: kind(node, thing),
        x: *x,
        y: *y,
        width: *width,
        height: *height,
        lit: way.visited.contains(thing),
        dead: alone.contains(thing),
        origin: origin(node, thing),
        word: matches!(thing, Thing::RealServer(..)).then(|| label(node, thing)),
    });
    Picture { width: placement.width, height: placement.height, vertices: vertices.collect(), edges, left_out }
}

/// Every jump of the node's rules, and every virtual service with its real servers; some twice.
fn arrows(node: &Node) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for family in [Family::V4, Family::V6] {
        let tables = node.iptables.of(family);
        for table in XtTable::ALL {
            arrows.extend(tables.jumps(table).map(|(from, to)| (Thing::Chain(from), Thing::Chain(to))));
        }
    }
    arrows.extend(nftables::ways(&node.nftables).map(|(from, to)| (from.into(), to.into())));
    for service in node.ipvs.services() {
        for real in node.ipvs.destinations_of(service) {
            let key = service.key;
            arrows.push((Thing::VirtualService(key), Thing::RealServer(key, real.config.real)));
        }
    }
    arrows
}

/// What a packet came to, and the arrows along which it went: from the innermost open chain into the next one.
#[derive(Default)]
struct Way {
    visited: BTreeSet<Thing>,
    passed: BTreeSet<Arrow>,
}

impl Way {
    fn of(node: &Node, trace: &Trace) -> Self {
        let mut way = Self::default();
        // Traces name virtual services as people do.
        let mut keys: BTreeMap<&str, Option<ServiceKey>> = BTreeMap::new();
        for step in &trace.steps {
            if let Origin::VirtualService(name) = &step.origin {
                let find = || node.ipvs.services().map(|service| service.key).find(|key| key.to_string() == **name);
                keys.entry(name).or_insert_with(find);
            }
        }
        let mut open: Vec<Thing> = Vec::new();
        for step in &trace.steps {
            let thing = match (&step.event, &step.origin) {
                (Event::ChainEntered { chain, .. }, _) => Some(Thing::Chain(*chain)),
                (Event::LookedUp { structure: Structure::NftVerdictMap, name, .. }, _) => {
                    open.last().and_then(|from| map_of(node, *from, name))
                }
                (_, Origin::VirtualService(name)) => {
                    keys.get(&**name).copied().flatten().map(|key| match &step.event {
                        Event::BackendChosen { backend, by: Backend::Scheduler(_) | Backend::Template } => {
                            Thing::RealServer(key, *backend)
                        }
                        _ => Thing::VirtualService(key),
                    })
                }
                _ => None,
            };
            way.visited.extend(thing);
            way.pass(&mut open, &step.event, thing);
        }
        way
    }

    fn pass(&mut self, open: &mut Vec<Thing>, event: &Event, thing: Option<Thing>) {
        match (event, thing) {
            (Event::ChainEntered { priority, .. }, Some(chain)) => {
                if priority.is_some() {
                    open.clear();
                } else if let Some(from) = open.last() {
                    self.passed.insert((*from, chain));
                }
                // The map that led here waits for no one to come back.
                if matches!(open.last(), Some(Thing::Map { .. })) {
                    open.pop();
                }
                open.push(chain);
            }
            (Event::LookedUp { .. }, Some(map @ Thing::Map { .. })) => {
                if let Some(from) = open.last() {
                    self.passed.insert((*from, map));
                }
                open.push(map);
            }
            // A map that led to no chain.
            (Event::RulesMissed { .. } | Event::Verdict(_), _) if matches!(open.last(), Some(Thing::Map { .. })) => {
                open.pop();
            }
            (Event::ChainLeft { chain, .. }, _) => {
                if let Some(depth) = open.iter().rposition(|thing| *thing == Thing::Chain(*chain)) {
                    open.truncate(depth);
                }
            }
            (_, Some(real @ Thing::RealServer(service, _))) => {
                self.passed.insert((Thing::VirtualService(service), real));
            }
            _ => {}
        }
    }
}

/// What the packet met first, then what is beside it, then the rest, up to the limit; in the order of the node.
fn choose(arrows: &[Arrow], alone: &BTreeSet<Thing>, visited: &BTreeSet<Thing>) -> (Vec<Thing>, usize) {
    let all: HashSet<Thing> = arrows.iter().flat_map(|(from, to)| [*from, *to]).chain(alone.iter().copied()).collect();
    let mut chosen: BTreeSet<Thing> = visited.iter().copied().filter(|thing| all.contains(thing)).collect();
    let is_near = |(from, to): &&Arrow| visited.contains(from) || visited.contains(to);
    let beside: BTreeSet<Thing> = arrows.iter().filter(is_near).flat_map(|(from, to)| [*from, *to]).collect();
    let room = |chosen: &BTreeSet<Thing>| MOST_VERTICES.saturating_sub(chosen.len());
    let near = beside.into_iter().filter(|thing| !visited.contains(thing)).take(room(&chosen));
    chosen.extend(near);
    let mut rest: Vec<Thing> = all.iter().copied().filter(|thing| !chosen.contains(thing)).collect();
    let room = room(&chosen);
    if room < rest.len() {
        rest.select_nth_unstable(room);
        rest.truncate(room);
    }
    chosen.extend(rest);
    let left_out = all.len() - chosen.len();
    (chosen.into_iter().collect(), left_out)
}

fn label(node: &Node, thing: &Thing) -> String {
    match thing {
        Thing::Chain(chain) => node.chain_name(*chain),
        Thing::Map { table, map } => format!("@{}", map_name(node, *table, *map)),
        Thing::VirtualService(key) => key.to_string(),
        Thing::RealServer(_, real) => real.to_string(),
    }
}

fn map_name(node: &Node, table: u32, map: u32) -> Arc<str> {
    nftables::map_name(&node.nftables, table, map).unwrap_or_default()
}

/// The map of this name in the table of a chain.
fn map_of(node: &Node, from: Thing, name: &str) -> Option<Thing> {
    let Thing::Chain(ChainId::Nftables { table, .. }) = from else {
        return None;
    };
    nftables::find_map(&node.nftables, table, name).map(|map| Thing::Map { table, map })
}

fn origin(node: &Node, thing: &Thing) -> Origin {
    match thing {
        Thing::Chain(chain) => Origin::Chain(*chain),
        Thing::Map { table, map } => Origin::Element { name: map_name(node, *table, *map) },
        Thing::VirtualService(key) | Thing::RealServer(key, _) => Origin::VirtualService(key.to_string().into()),
    }
}

fn kind(node: &Node, thing: &Thing) -> VertexKind {
    match thing {
        Thing::Chain(chain) if node.is_base_chain(*chain) => VertexKind::BaseChain,
        Thing::Chain(_) => VertexKind::Chain,
        Thing::Map { .. } => VertexKind::Map,
        Thing::VirtualService(_) => VertexKind::VirtualService,
        Thing::RealServer(..) => VertexKind::RealServer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Lab, Listing, WEB_SHOP};
    use crate::proxy::Mode;

    fn sent(mode: Mode) -> (Lab, usize) {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        let (client, target) = (lab.clients().remove(0), lab.opening_target().expect("a target"));
        assert!(lab.send(&client, &target));
        let lane = lab.lanes.iter().position(|lane| lane.mode == mode).expect("a lane for each mode");
        (lab, lane)
    }

    #[test]
    fn a_packet_goes_from_a_chain_through_a_map_into_the_next_chain() {
        let (lab, lane) = sent(Mode::Nftables);
        let lane = &lab.lanes[lane];
        let leg = &lane.journeys[0].legs[0];
        let picture = draw(lane.network.node(leg.node).expect("a node"), Some(&leg.tracer.trace), None);
        let lit = |edge: &&Edge| edge.lit;
        let name = |vertex: usize| picture.vertices[vertex].label.as_str();
        let path: Vec<_> = picture.edges.iter().filter(lit).map(|edge| (name(edge.from), name(edge.to))).collect();
        let map = path.iter().find(|(_, to)| *to == "@service-ips").expect("the map of the Services' addresses");
        assert!(map.0.ends_with("services"), "{path:?}");
        assert!(path.iter().any(|(from, to)| *from == "@service-ips" && to.contains("shop/web")), "{path:?}");
    }

    #[test]
    fn everything_that_is_drawn_is_listed() {
        for mode in [Mode::Iptables, Mode::Nftables, Mode::Ipvs] {
            let (lab, lane) = sent(mode);
            let network = &lab.lanes[lane].network;
            let (listing, picture) = (Listing::of(network, 0, 0), draw(network.node(0).expect("a node"), None, None));
            for vertex in &picture.vertices {
                let place = listing.line_of_origin(&vertex.origin, vertex.word.as_deref());
                let (section, line) = place.unwrap_or_else(|| panic!("{mode}: {vertex:?} is not listed"));
                let text = &listing.sections[section].lines[line].text;
                let name = vertex.label.rsplit([' ', '@']).next().unwrap_or_default();
                if vertex.kind == VertexKind::RealServer || vertex.kind == VertexKind::Map {
                    assert!(text.contains(name), "{mode}: {vertex:?} at {text}");
                }
            }
        }
    }
}
