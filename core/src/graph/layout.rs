//! Where the vertices of a graph and the bends of its edges are: layers from left to right, edges in the room between them
//! and, where they go past a layer, between its boxes.

use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::Bend;
use super::layers::{Layers, Seat, mean, units};

/// Units of one character of the labels' monospace font, and around and between the boxes.
const CHARACTER: f64 = 7.0;
const PADDING: f64 = 20.0;
const HEIGHT: f64 = 28.0;
const BETWEEN_ROWS: f64 = 12.0;
const BETWEEN_LAYERS: f64 = 56.0;
const MARGIN: f64 = 8.0;
/// An edge that goes past a layer.
const PASSAGE: f64 = 4.0;

/// Left, top, width and height of every vertex, the bends of every edge, and the size of the whole.
pub(super) struct Placement {
    pub boxes: Vec<[f64; 4]>,
    pub bends: Vec<Vec<Bend>>,
    pub width: f64,
    pub height: f64,
}

/// Places a graph without cycles.
pub(super) fn place(graph: &DiGraph<String, ()>) -> Placement {
    let layers = Layers::of(graph);
    let middle = middles(&layers);
    let width_of = |vertex: NodeIndex| {
        graph.node_weight(vertex).map_or(0.0, |label| units(label.chars().count()) * CHARACTER + PADDING)
    };
    // Of every seat's layer.
    let (mut left, mut right) = (vec![0.0; middle.len()], vec![0.0; middle.len()]);
    let mut x = MARGIN;
    for row in &layers.rows {
        let widest = row.iter().map(|seat| width_of(*seat)).fold(0.0, f64::max);
        for seat in row {
            left[seat.index()] = x;
            right[seat.index()] = x + widest;
        }
        x += widest + BETWEEN_LAYERS;
    }
    let corner = |vertex: NodeIndex| [left[vertex.index()], middle[vertex.index()] - HEIGHT / 2.0];
    let boxes = graph.node_indices().map(|vertex| {
        let [x, y] = corner(vertex);
        [x, y, width_of(vertex), HEIGHT]
    });
    let bends = graph.edge_references().zip(&layers.passages).map(|(edge, passages)| {
        let seats = || passages.iter().copied();
        let from = std::iter::once(edge.source()).chain(seats());
        let pairs = from.zip(seats().chain([edge.target()]));
        let bend = |(from, to): (NodeIndex, NodeIndex)| Bend {
            from: (right[from.index()], middle[from.index()]),
            to: (left[to.index()], middle[to.index()]),
        };
        pairs.map(bend).collect()
    });
    let bottom = |seat: NodeIndex| middle[seat.index()] + height_of(&layers, seat) / 2.0;
    let lowest = layers.seats.node_indices().map(bottom).fold(MARGIN, f64::max);
    Placement {
        boxes: boxes.collect(),
        bends: bends.collect(),
        width: (x - BETWEEN_LAYERS + MARGIN).max(0.0),
        height: lowest + MARGIN,
    }
}

/// The middle of every seat from the top: as near to those of its neighbours as the order in its layer allows.
fn middles(layers: &Layers) -> Vec<f64> {
    let mut middle = vec![0.0; layers.seats.node_count()];
    for row in &layers.rows {
        settle(layers, row, &vec![0.0; row.len()], &mut middle);
    }
    for direction in [Incoming, Outgoing, Incoming, Outgoing] {
        let count = layers.rows.len();
        for place in 0..count {
            let row = &layers.rows[if direction == Incoming { place } else { count - 1 - place }];
            let wanted: Vec<_> = row.iter().map(|seat| mean(&layers.seats, *seat, direction, &middle)).collect();
            settle(layers, row, &wanted, &mut middle);
        }
    }
    let top = |seat: NodeIndex| middle[seat.index()] - height_of(layers, seat) / 2.0;
    let highest = layers.seats.node_indices().map(top).fold(f64::INFINITY, f64::min);
    for middle in &mut middle {
        *middle += MARGIN - highest;
    }
    middle
}

fn height_of(layers: &Layers, seat: NodeIndex) -> f64 {
    match layers.seats[seat] {
        Seat::Vertex => HEIGHT,
        Seat::Passage => PASSAGE,
    }
}

/// Puts the seats of a layer where they are wanted, or as near as their heights let them: what would overlap is pushed
/// apart around its common middle (least squares, by pooling adjacent violators).
fn settle(layers: &Layers, row: &[NodeIndex], wanted: &[f64], middle: &mut [f64]) {
    struct Pool {
        sum: f64,
        count: usize,
    }
    let mut offsets = Vec::with_capacity(row.len());
    let mut offset = 0.0;
    for (place, seat) in row.iter().enumerate() {
        if let Some(above) = place.checked_sub(1) {
            offset += (height_of(layers, row[above]) + height_of(layers, *seat)) / 2.0 + BETWEEN_ROWS;
        }
        offsets.push(offset);
    }
    let mut pools: Vec<Pool> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        let mut pool = Pool { sum: wanted - offset, count: 1 };
        while let Some(above) = pools.pop_if(|above| above.sum / units(above.count) > pool.sum / units(pool.count)) {
            pool = Pool { sum: above.sum + pool.sum, count: above.count + pool.count };
        }
        pools.push(pool);
    }
    let starts = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.sum / units(pool.count), pool.count));
    for ((seat, offset), start) in row.iter().zip(&offsets).zip(starts) {
        middle[seat.index()] = start + offset;
    }
}
