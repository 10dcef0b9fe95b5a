//! Sugiyama's layers: a vertex stands right of everything that leads to it, and an edge over several layers has a seat in
//! each between, as a vertex has. What goes to the same vertex shares these seats.

use std::collections::BTreeMap;

use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

/// Sweeps of the barycentre heuristic; more change little.
const SWEEPS: usize = 8;

/// What has a place in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    Vertex,
    Passage,
}

pub(super) struct Layers {
    /// The vertices, under their own indices, and behind them the passages; every edge goes to the next layer.
    pub seats: DiGraph<Seat, ()>,
    /// The seats of each layer from top to bottom.
    pub rows: Vec<Vec<NodeIndex>>,
    /// The passages of every edge, in the order of edges.
    pub passages: Vec<Vec<NodeIndex>>,
}

impl Layers {
    /// Of a graph without cycles; vertices on a cycle all go to the first layer.
    pub fn of(graph: &DiGraph<String, ()>) -> Self {
        let mut layer = longest_ways(graph);
        let mut seats = graph.map(|_, _| Seat::Vertex, |_, ()| ());
        seats.clear_edges();
        let mut made = BTreeMap::new();
        let mut passages = Vec::new();
        for edge in graph.edge_references() {
            let (from, to) = (edge.source(), edge.target());
            let mut passed = Vec::new();
            let mut last = from;
            for between in layer[from.index()] + 1..layer[to.index()] {
                let seat = *made.entry((to, between)).or_insert_with(|| {
                    layer.push(between);
                    seats.add_node(Seat::Passage)
                });
                seats.update_edge(last, seat, ());
                passed.push(seat);
                last = seat;
            }
            seats.update_edge(last, to, ());
            passages.push(passed);
        }
        let rows = order(&seats, &layer);
        Self { seats, rows, passages }
    }
}

/// The longest way to each vertex.
fn longest_ways(graph: &DiGraph<String, ()>) -> Vec<usize> {
    let mut layers = vec![0; graph.node_count()];
    let Ok(sorted) = petgraph::algo::toposort(graph, None) else {
        return layers;
    };
    for vertex in sorted {
        for target in graph.neighbors_directed(vertex, Outgoing) {
            layers[target.index()] = layers[target.index()].max(layers[vertex.index()] + 1);
        }
    }
    layers
}

/// Every seat near its neighbours in the layers beside: of the orders that were tried, the one with the fewest crossings.
fn order(seats: &DiGraph<Seat, ()>, layers: &[usize]) -> Vec<Vec<NodeIndex>> {
    let count = layers.iter().max().map_or(0, |last| last + 1);
    let mut rows: Vec<Vec<NodeIndex>> = vec![Vec::new(); count];
    for seat in seats.node_indices() {
        rows[layers[seat.index()]].push(seat);
    }
    let mut rank = vec![0.0; seats.node_count()];
    for row in &rows {
        renumber(row, &mut rank);
    }
    let mut best = (crossings(seats, &rows), rows.clone());
    for sweep in 0..SWEEPS {
        let direction = if sweep % 2 == 0 { Incoming } else { Outgoing };
        for place in 0..count {
            let row = &mut rows[if direction == Incoming { place } else { count - 1 - place }];
            row.sort_by_cached_key(|seat| Key(mean(seats, *seat, direction, &rank)));
            renumber(row, &mut rank);
        }
        let crossed = crossings(seats, &rows);
        if crossed < best.0 {
            best = (crossed, rows.clone());
        }
    }
    best.1
}

/// Sorts numbers.
#[derive(PartialEq)]
struct Key(f64);

impl Eq for Key {}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The mean of what these values are for a seat's neighbours, or its own if it has none.
pub(super) fn mean(seats: &DiGraph<Seat, ()>, seat: NodeIndex, direction: petgraph::Direction, values: &[f64]) -> f64 {
    let neighbours = seats.neighbors_directed(seat, direction);
    let (sum, count) = neighbours.fold((0.0, 0.0), |(sum, count), seat| (sum + values[seat.index()], count + 1.0));
    if count > 0.0 { sum / count } else { values[seat.index()] }
}

/// Ranks run from 0 to 1 in every layer, so that layers of different length compare.
fn renumber(row: &[NodeIndex], rank: &mut [f64]) {
    for (place, seat) in row.iter().enumerate() {
        rank[seat.index()] = (units(place) + 0.5) / units(row.len());
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of things to draw are far below 2^52")]
pub(super) const fn units(count: usize) -> f64 {
    count as f64
}

/// How many pairs of edges cross between the layers.
fn crossings(seats: &DiGraph<Seat, ()>, rows: &[Vec<NodeIndex>]) -> usize {
    let mut place = vec![0; seats.node_count()];
    for row in rows {
        for (at, seat) in row.iter().enumerate() {
            place[seat.index()] = at;
        }
    }
    let between = |row: &Vec<NodeIndex>| {
        let edges = row.iter().flat_map(|seat| seats.edges_directed(*seat, Outgoing));
        let ends: Vec<_> = edges.map(|edge| (place[edge.source().index()], place[edge.target().index()])).collect();
        let crossed = |(at, (from, to)): (usize, &(usize, usize))| {
            ends[at + 1..]
                .iter()
                .filter(|(other, its)| (from < other && to > its) || (from > other && to < its))
                .count()
        };
        ends.iter().enumerate().map(crossed).sum::<usize>()
    };
    rows.iter().map(between).sum()
}
