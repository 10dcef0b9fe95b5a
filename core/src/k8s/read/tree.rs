//! YAML text as an arena of positioned nodes.
//!
//! In: text of any size and malice. Out: a [`Tree`] of all documents up to the first syntax error, and
//! what is wrong with the text as YAML. Built from parser events without recursion, so that neither
//! nesting nor aliases cost more than the limits below; 100,000 endpoints are three million nodes, which
//! is why nodes are small and own no vectors.

mod merge;

use crate::fixed_hash::{HashMap, HashSet};
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

use super::text;
use crate::message;
use crate::message::Message;
use crate::source::{Diagnostic, Phrase, Position};
use crate::task::{Turns, block_on};

/// Levels of nesting; `managedFields`, the deepest part of any object, stays under 30.
const MAX_DEPTH: usize = 100;

/// Nodes that all aliases together may stand for.
const MAX_ALIASED_NODES: u64 = 100_000;

/// Faulty keys that are told apart; more of them teach nothing.
const MAX_KEY_FAULTS: usize = 100;

/// A few milliseconds' worth in a browser.
const EVENTS_IN_A_TURN: usize = 20_000;

/// Of text, where it is dense. Nodes that are moved as their list grows would take twice the room for a moment, and
/// wasm never gives memory back.
const BYTES_OF_A_NODE: usize = 8;

/// Room for more nodes is made when they come: a text of megabytes may have few.
const MOST_RESERVED: usize = 4_000_000;

/// Up to this many keys, comparing all pairs beats hashing.
const FEW_KEYS: usize = 16;

const KUBECTL: Message = message!("advice-whole-output");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::k8s) struct NodeId(u32);

#[derive(Debug)]
enum Value {
    /// A range of [`Tree::texts`]. `quoted` is one in quotes, a block or one tagged `!!str`: a string whatever
    /// it looks like.
    Scalar {
        text: Range<u32>,
        quoted: bool,
    },
    Sequence(Range<u32>),
    /// Keys and values by turns. `sound` is false where a key, here or below, is faulty.
    Mapping {
        entries: Range<u32>,
        sound: bool,
    },
}

/// What a node is to its readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::k8s) enum Shape<'t> {
    Scalar { text: &'t str, quoted: bool },
    Sequence,
    Mapping,
}

#[derive(Debug)]
struct Node {
    position: Position,
    value: Value,
}

#[derive(Debug, Default)]
pub(in crate::k8s) struct Tree {
    nodes: Vec<Node>,
    /// The texts of all scalars, end to end.
    texts: String,
    /// The children of each collection, side by side. An alias puts the same node into two places.
    children: Vec<NodeId>,
    roots: Vec<NodeId>,
    /// Keys that stood in their mapping before: Go's YAML takes the last, a strict reader none.
    repeated: Vec<Position>,
}

impl Tree {
    /// Reads all documents of `text`. Diagnostics are errors: of syntax, limits and keys.
    pub(in crate::k8s) fn parse(text: &str) -> (Self, Vec<Diagnostic>) {
        block_on(Self::parse_in_turns(text))
    }

    /// [`Self::parse`], in turns.
    pub(super) async fn parse_in_turns(text: &str) -> (Self, Vec<Diagnostic>) {
        let mut builder = Builder::default();
        builder.tree.nodes.reserve((text.len() / BYTES_OF_A_NODE).min(MOST_RESERVED));
        if let Err(fault) = builder.run(text).await {
            builder.faults.push(fault);
        }
        (builder.tree, builder.faults)
    }

    pub(in crate::k8s) fn roots(&self) -> &[NodeId] {
        &self.roots
    }

    /// Whether what is wrong at a place is only that its key is there twice.
    pub(in crate::k8s) fn is_repeated(&self, position: Position) -> bool {
        self.repeated.contains(&position)
    }

    pub(in crate::k8s) fn position(&self, id: NodeId) -> Position {
        self.nodes[id.0 as usize].position
    }

    pub(in crate::k8s) fn shape(&self, id: NodeId) -> Shape<'_> {
        match self.value(id) {
            Value::Scalar { text, quoted } => Shape::Scalar { text: self.text(text), quoted: *quoted },
            Value::Sequence(_) => Shape::Sequence,
            Value::Mapping { .. } => Shape::Mapping,
        }
    }

    /// Whether all keys below `id` are strings, each once per mapping.
    pub(super) fn is_sound(&self, id: NodeId) -> bool {
        !matches!(self.value(id), Value::Mapping { sound: false, .. })
    }

    pub(in crate::k8s) fn elements(&self, id: NodeId) -> &[NodeId] {
        match self.value(id) {
            Value::Sequence(range) => self.range(range),
            _ => &[],
        }
    }

    /// Entries with a scalar key, as text.
    pub(in crate::k8s) fn entries(&self, id: NodeId) -> impl Iterator<Item = (&str, NodeId)> {
        self.pairs(id).chunks_exact(2).filter_map(|pair| match self.value(pair[0]) {
            Value::Scalar { text, .. } => Some((self.text(text), pair[1])),
            _ => None,
        })
    }

    /// Keys and values of a mapping by turns.
    fn pairs(&self, id: NodeId) -> &[NodeId] {
        match self.value(id) {
            Value::Mapping { entries, .. } => self.range(entries),
            _ => &[],
        }
    }

    /// The nodes of the keys and values of a mapping.
    pub(in crate::k8s) fn keyed(&self, id: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> {
        self.pairs(id).chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }

    pub(in crate::k8s) fn entry(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entries(id).find(|(found, _)| *found == key).map(|(_, value)| value)
    }

    fn value(&self, id: NodeId) -> &Value {
        &self.nodes[id.0 as usize].value
    }

    fn text(&self, range: &Range<u32>) -> &str {
        &self.texts[range.start as usize..range.end as usize]
    }

    fn range(&self, range: &Range<u32>) -> &[NodeId] {
        &self.children[range.start as usize..range.end as usize]
    }
}

/// A collection that has begun and not ended.
struct Frame {
    position: Position,
    is_mapping: bool,
    anchor: usize,
    /// Where its children begin in [`Builder::pending`].
    first_child: usize,
    /// Nodes that it stands for, aliases written out.
    weight: u64,
    sound: bool,
}

#[derive(Default)]
struct Builder {
    tree: Tree,
    frames: Vec<Frame>,
    /// Children of the open frames, outermost first.
    pending: Vec<NodeId>,
    /// By anchor number: the node and its weight.
    anchors: HashMap<usize, (NodeId, u64)>,
    aliased: u64,
    faults: Vec<Diagnostic>,
}

impl Builder {
    async fn run(&mut self, text: &str) -> Result<(), Diagnostic> {
        text::check(text)?;
        let mut parser = Parser::new_from_str(text);
        let mut turns = Turns::of(EVENTS_IN_A_TURN);
        while let Some(next) = parser.next_event() {
            let (event, span) = next.map_err(|error| syntax_error(text, &error))?;
            self.accept(event, position_of(&span.start))?;
            turns.count().await;
        }
        Ok(())
    }

    fn accept(&mut self, event: Event<'_>, position: Position) -> Result<(), Diagnostic> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_str = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
                let start = index(self.tree.texts.len());
                self.tree.texts.push_str(&text);
                let text = start..index(self.tree.texts.len());
                let value = Value::Scalar { text, quoted: style != ScalarStyle::Plain || is_str };
                self.add(Node { position, value }, anchor, 1, true);
                Ok(())
            }
            Event::SequenceStart(anchor, _) => self.open(position, false, anchor),
            Event::MappingStart(anchor, _) => self.open(position, true, anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                self.close();
                Ok(())
            }
            Event::Alias(anchor) => self.alias(anchor, position),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn open(&mut self, position: Position, is_mapping: bool, anchor: usize) -> Result<(), Diagnostic> {
        if self.frames.len() == MAX_DEPTH {
            return Err(Diagnostic::error(
                position,
                message!("wrong-nested", most = MAX_DEPTH.to_string()),
                message!("expected-shallow"),
                KUBECTL,
            ));
        }
        let first_child = self.pending.len();
        self.frames.push(Frame { position, is_mapping, anchor, first_child, weight: 1, sound: true });
        Ok(())
    }

    fn close(&mut self) {
        let Some(mut frame) = self.frames.pop() else {
            return;
        };
        if frame.is_mapping {
            frame.sound &= self.merge(frame.first_child);
        }
        let start = index(self.tree.children.len());
        self.tree.children.extend(self.pending.drain(frame.first_child..));
        let range = start..index(self.tree.children.len());
        let value = if frame.is_mapping {
            frame.sound &= self.check_keys(&range);
            Value::Mapping { entries: range, sound: frame.sound }
        } else {
            Value::Sequence(range)
        };
        self.add(Node { position: frame.position, value }, frame.anchor, frame.weight, frame.sound);
    }

    fn add(&mut self, node: Node, anchor: usize, weight: u64, sound: bool) {
        let id = NodeId(index(self.tree.nodes.len()));
        self.tree.nodes.push(node);
        if anchor > 0 {
            self.anchors.insert(anchor, (id, weight));
        }
        self.attach(id, weight, sound);
    }

    fn attach(&mut self, id: NodeId, weight: u64, sound: bool) {
        if let Some(frame) = self.frames.last_mut() {
            frame.weight = frame.weight.saturating_add(weight);
            frame.sound &= sound;
            self.pending.push(id);
        } else {
            self.tree.roots.push(id);
        }
    }

    fn alias(&mut self, anchor: usize, position: Position) -> Result<(), Diagnostic> {
        let Some(&(id, weight)) = self.anchors.get(&anchor) else {
            return Err(Diagnostic::error(
                position,
                message!("wrong-endless-alias"),
                message!("expected-finite"),
                message!("advice-no-alias"),
            ));
        };
        self.aliased = self.aliased.saturating_add(weight);
        if self.aliased > MAX_ALIASED_NODES {
            return Err(Diagnostic::error(
                position,
                "document contains excessive aliasing",
                message!("expected-few-aliases", most = MAX_ALIASED_NODES.to_string()),
                message!("advice-no-aliases"),
            ));
        }
        let sound = self.tree.is_sound(id);
        self.attach(id, weight, sound);
        Ok(())
    }

    /// Puts merged entries in the place of merge keys; false where one of these is faulty.
    fn merge(&mut self, first_child: usize) -> bool {
        let entries = &self.pending[first_child..];
        if !entries.iter().step_by(2).any(|key| merge::is_merge_key(&self.tree, *key)) {
            return true;
        }
        let (merged, faults) = merge::expand(&self.tree, entries);
        let sound = faults.is_empty();
        self.pending.truncate(first_child);
        self.pending.extend(merged);
        self.fault(faults);
        sound
    }

    fn fault(&mut self, found: Vec<Diagnostic>) {
        let room = MAX_KEY_FAULTS.saturating_sub(self.faults.len());
        self.faults.extend(found.into_iter().take(room));
    }

    /// Reports keys that occur twice and keys that are no scalars, as kubectl refuses them.
    fn check_keys(&mut self, entries: &Range<u32>) -> bool {
        let keys = || self.tree.range(entries).iter().step_by(2).copied();
        let many = entries.len() > 2 * FEW_KEYS;
        let mut hashed = HashSet::default();
        let (mut found, mut repeated) = (Vec::new(), Vec::new());
        for (place, id) in keys().enumerate() {
            let Shape::Scalar { text, .. } = self.tree.shape(id) else {
                found.push(key_error(self.tree.position(id), message!("wrong-key"), message!("expected-string-key")));
                continue;
            };
            let is_key = |other| matches!(self.tree.shape(other), Shape::Scalar { text: before, .. } if before == text);
            let is_again = if many { !hashed.insert(text) } else { keys().take(place).any(is_key) };
            let position = self.tree.position(id);
            if is_again {
                let message = format!("key {} already set in map", text::quote(text));
                found.push(key_error(position, message, message!("expected-key-once")));
                repeated.push(position);
            }
        }
        let sound = found.is_empty();
        self.tree.repeated.extend(repeated.into_iter().take(MAX_KEY_FAULTS));
        self.fault(found);
        sound
    }
}

/// Lengths fit: [`text::check`] bounds the text, and nothing takes more than a few times its length.
fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn key_error(position: Position, message: impl Into<Phrase>, expected: Message) -> Diagnostic {
    Diagnostic::error(position, message, expected, message!("advice-keep-one-field"))
}

/// Saphyr counts lines from 1 and columns from 0.
fn position_of(marker: &Marker) -> Position {
    Position::new(index(marker.line()), index(marker.col()).saturating_add(1))
}

fn syntax_error(text: &str, error: &ScanError) -> Diagnostic {
    let position = position_of(error.marker());
    let line = text.lines().nth(position.line as usize - 1).unwrap_or_default();
    let indent = &line[..line.len() - line.trim_start().len()];
    let advice = if indent.contains('\t') { message!("advice-tabs") } else { message!("advice-indentation") };
    let message = message!("wrong-no-yaml", why = text::shorten(error.info()));
    Diagnostic::error(position, message, message!("expected-yaml"), advice)
}
