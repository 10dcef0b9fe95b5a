//! The shape of a node's rulesets, which chain leads to which, and where a packet went.
//!
//! In: a node and, if there is one, the trace of a packet on it. Out: a [`Picture`] with a place for every
//! chain and arrow, for SVG; and [`Reach`], which says what no packet can come to, and [`Findings`], which tell it. Of a
//! lab that has sent a packet: a [`Still`], for pages in which nothing runs. [`Window`] says which part of a picture is in
//! sight when it is shown larger or smaller. Left out on purpose: chains that
//! neither the packet nor their neighbours came near, where a node has too many to draw; the picture says how many.

mod chains;
mod findings;
pub mod hooks;
mod layers;
mod layout;
mod reach;
mod shape;
mod still;
mod zoom;

pub use chains::draw;
pub use findings::{Finding, Findings};
pub use reach::{Dead, Reach};
pub use still::Still;
pub use zoom::{Sight, Size, Window};

use crate::trace::Origin;

/// A drawing in abstract units (1 unit = 1 CSS pixel at scale 1).
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub width: f64,
    pub height: f64,
    pub vertices: Vec<Vertex>,
    pub edges: Vec<Edge>,
    /// Chains that are not drawn.
    pub left_out: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Vertex {
    pub label: String,
    pub kind: VertexKind,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    /// The packet came here.
    pub lit: bool,
    /// No packet can come here.
    pub dead: bool,
    /// Where it is listed.
    pub origin: Origin,
    /// Of several lines there, the one with this word.
    pub word: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VertexKind {
    /// A chain that the kernel calls at a hook.
    BaseChain,
    Chain,
    /// A verdict map of nftables.
    Map,
    VirtualService,
    RealServer,
}

/// From the right side of one vertex to the left side of another, level but for its bends.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub lit: bool,
    /// From left to right; the last one ends at the vertex.
    pub bends: Vec<Bend>,
}

/// A turn of an edge to another height, in the room between two layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bend {
    pub from: (f64, f64),
    pub to: (f64, f64),
}
