//! Merge keys: `<<: *base` and `<<: [*base, *more]`.

use super::{NodeId, Shape, Tree};
use crate::fixed_hash::HashMap;
use crate::message;
use crate::source::Diagnostic;

/// Whether a key is plain `<<`.
pub(super) fn is_merge_key(tree: &Tree, key: NodeId) -> bool {
    matches!(tree.shape(key), Shape::Scalar { text: "<<", quoted: false })
}

/// Keys and values by turns, with those of merged mappings in the place of merge keys.
///
/// As in the decoder of kubectl (go.yaml.in/yaml/v2), the later value of a key wins, also where that is the
/// merged one; of several mappings the first wins. Keys that are written twice stay so.
pub(super) fn expand(tree: &Tree, entries: &[NodeId]) -> (Vec<NodeId>, Vec<Diagnostic>) {
    let mut merged = Merged { tree, entries: Vec::new(), places: HashMap::default() };
    let mut faults = Vec::new();
    for pair in entries.chunks_exact(2) {
        let (key, value) = (pair[0], pair[1]);
        if !is_merge_key(tree, key) {
            merged.write(key, value);
            continue;
        }
        let single = [value];
        let sources = if tree.shape(value) == Shape::Sequence { tree.elements(value) } else { &single };
        for source in sources.iter().rev() {
            if tree.shape(*source) == Shape::Mapping {
                merged.merge(*source);
            } else {
                faults.push(Diagnostic::error(
                    tree.position(*source),
                    "map merge requires map or sequence of maps as the value",
                    message!("expected-alias-of-mapping"),
                    message!("advice-alias"),
                ));
            }
        }
    }
    (merged.entries, faults)
}

struct Merged<'t> {
    tree: &'t Tree,
    entries: Vec<NodeId>,
    /// By key: where its entry is, and whether it was merged.
    places: HashMap<&'t str, (usize, bool)>,
}

impl Merged<'_> {
    fn write(&mut self, key: NodeId, value: NodeId) {
        match self.place(key) {
            Some((place, true)) => self.replace(place, key, value, false),
            Some((_, false)) | None => self.push(key, value, false),
        }
    }

    fn merge(&mut self, source: NodeId) {
        let Self { tree, .. } = *self;
        for pair in tree.pairs(source).chunks_exact(2) {
            match self.place(pair[0]) {
                Some((place, is_merged)) => self.replace(place, pair[0], pair[1], is_merged),
                None => self.push(pair[0], pair[1], true),
            }
        }
    }

    fn place(&self, key: NodeId) -> Option<(usize, bool)> {
        match self.tree.shape(key) {
            Shape::Scalar { text, .. } => self.places.get(text).copied(),
            Shape::Sequence | Shape::Mapping => None,
        }
    }

    fn push(&mut self, key: NodeId, value: NodeId, is_merged: bool) {
        self.note(key, self.entries.len(), is_merged);
        self.entries.extend([key, value]);
    }

    fn replace(&mut self, place: usize, key: NodeId, value: NodeId, is_merged: bool) {
        self.note(key, place, is_merged);
        self.entries[place] = key;
        self.entries[place + 1] = value;
    }

    fn note(&mut self, key: NodeId, place: usize, is_merged: bool) {
        if let Shape::Scalar { text, .. } = self.tree.shape(key) {
            self.places.insert(text, (place, is_merged));
        }
    }
}
