//! Layers from left to right: a vertex stands right of everything that leads to it.

use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

/// Units of one character of the labels' monospace font, and around and between the boxes.
const CHARACTER: f64 = 7.0;
const PADDING: f64 = 20.0;
const HEIGHT: f64 = 28.0;
const BETWEEN_ROWS: f64 = 12.0;
const BETWEEN_LAYERS: f64 = 56.0;
const MARGIN: f64 = 8.0;
/// Sweeps of the barycentre heuristic; more change little.
const SWEEPS: usize = 4;

/// Left, top, width and height of every vertex, and the size of the whole.
pub(super) struct Placement {
    pub boxes: Vec<[f64; 4]>,
    pub width: f64,
    pub height: f64,
}

/// Places a graph without cycles; vertices on a cycle all go to the first layer.
pub(super) fn place(graph: &DiGraph<String, ()>) -> Placement {
    let layers = layers(graph);
    let rows = order(graph, &layers);
    let mut boxes = vec![[0.0; 4]; graph.node_count()];
    let tallest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let height_of = |count: usize| units(count) * (HEIGHT + BETWEEN_ROWS) - BETWEEN_ROWS;
    let mut x = MARGIN;
    for row in &rows {
        let width_of = |vertex: &NodeIndex| units(graph[*vertex].chars().count()) * CHARACTER + PADDING;
        let widest = row.iter().map(width_of).fold(0.0, f64::max);
        let mut y = MARGIN + (height_of(tallest) - height_of(row.len())) / 2.0;
        for vertex in row {
            boxes[vertex.index()] = [x, y, width_of(vertex), HEIGHT];
            y += HEIGHT + BETWEEN_ROWS;
        }
        x += widest + BETWEEN_LAYERS;
    }
    Placement {
        boxes,
        width: (x - BETWEEN_LAYERS + MARGIN).max(0.0),
        height: height_of(tallest).max(0.0) + 2.0 * MARGIN,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of things to draw are far below 2^52")]
const fn units(count: usize) -> f64 {
    count as f64
}

/// The longest way to each vertex.
fn layers(graph: &DiGraph<String, ()>) -> Vec<usize> {
    let mut layers = vec![0; graph.node_count()];
    let Ok(sorted) = petgraph::algo::toposort(graph, None) else {
        return layers;
    };
    for vertex in sorted {
        for edge in graph.edges_directed(vertex, Outgoing) {
            let target = edge.target().index();
            layers[target] = layers[target].max(layers[vertex.index()] + 1);
        }
    }
    layers
}

/// The vertices of each layer from top to bottom, near their neighbours in the layers beside.
fn order(graph: &DiGraph<String, ()>, layers: &[usize]) -> Vec<Vec<NodeIndex>> {
    let count = layers.iter().max().map_or(0, |last| last + 1);
    let mut rows: Vec<Vec<NodeIndex>> = vec![Vec::new(); count];
    for vertex in graph.node_indices() {
        rows[layers[vertex.index()]].push(vertex);
    }
    let mut rank = vec![0.0; graph.node_count()];
    for row in &rows {
        renumber(row, &mut rank);
    }
    for sweep in 0..SWEEPS {
        let direction = if sweep % 2 == 0 { Incoming } else { Outgoing };
        for row in &mut rows {
            let barycentre = |vertex: &NodeIndex| {
                let (sum, count) = graph
                    .neighbors_directed(*vertex, direction)
                    .fold((0.0, 0.0), |(sum, count), neighbour| (sum + rank[neighbour.index()], count + 1.0));
                if count > 0.0 { sum / count } else { rank[vertex.index()] }
            };
            let mut keyed: Vec<_> = row.iter().map(|vertex| (barycentre(vertex), *vertex)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            *row = keyed.into_iter().map(|(_, vertex)| vertex).collect();
            renumber(row, &mut rank);
        }
    }
    rows
}

/// Ranks run from 0 to 1 in every layer, so that layers of different length compare.
fn renumber(row: &[NodeIndex], rank: &mut [f64]) {
    for (place, vertex) in row.iter().enumerate() {
        rank[vertex.index()] = (units(place) + 0.5) / units(row.len());
    }
}
