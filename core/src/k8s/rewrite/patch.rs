//! What changes in each object of a text.

use serde_json::{Map, Value};

use super::objects::{Key, Objects};
use crate::k8s::NamespacedName;
use crate::k8s::read::{NodeId, Shape, Tree, scalar_of};

/// What becomes of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Edit {
    Keep,
    Delete,
    Put(Value),
    /// Of a mapping: the fields that change.
    Fields(Vec<(String, Edit)>),
    /// Of a list with so many elements: what becomes of each, and what is put behind them. A text that has another list,
    /// or leaves it out, gets all of it.
    Elements {
        of: usize,
        edits: Vec<Edit>,
        all: Value,
    },
}

/// What becomes of an object or a list of them. The objects that are there afterwards are added to `written`.
pub(super) fn edit_of(
    tree: &Tree,
    node: NodeId,
    before: &Objects<'_>,
    after: &Objects<'_>,
    written: &mut Vec<Key>,
) -> Edit {
    if let Some(items) = tree.entry(node, "items") {
        let elements = tree.elements(items).iter();
        let edits: Vec<_> = elements.map(|item| edit_of(tree, *item, before, after, written)).collect();
        let is_kept = edits.iter().all(|edit| *edit == Edit::Keep);
        let elements = Edit::Elements { of: edits.len(), edits, all: Value::Null };
        return if is_kept { Edit::Keep } else { Edit::Fields(vec![("items".to_owned(), elements)]) };
    }
    let Some(key) = key_of(tree, node) else {
        return edit_of_other(tree, node, before, after, written);
    };
    let Some(old) = before.get(&key) else {
        return Edit::Keep;
    };
    let Some(new) = after.get(&key) else {
        return Edit::Delete;
    };
    written.push(key);
    if old == new { Edit::Keep } else { difference(&old.to_json(), &new.to_json()) }
}

/// What is no object that the lab reads stays, but for a ConfigMap whose configuration of kube-proxy changed.
fn edit_of_other(tree: &Tree, node: NodeId, before: &Objects<'_>, after: &Objects<'_>, written: &mut Vec<Key>) -> Edit {
    let holds_it = |value| match tree.shape(value) {
        Shape::Scalar { text, .. } => text.contains(Objects::CONFIGURATION),
        _ => false,
    };
    let data = tree.entry(node, "data").filter(|_| text_of(tree, node, "kind") == Some("ConfigMap"));
    let key = (Objects::CONFIGURATION, NamespacedName::new("", ""));
    if before.get(&key).is_none() || !data.is_some_and(|data| tree.entries(data).any(|(_, value)| holds_it(value))) {
        return Edit::Keep;
    }
    if before.get(&key) != after.get(&key) {
        return Edit::Delete;
    }
    written.push(key);
    Edit::Keep
}

fn key_of(tree: &Tree, node: NodeId) -> Option<Key> {
    let kind = text_of(tree, node, "kind")?;
    let kind = Objects::KINDS.into_iter().find(|known| *known == kind)?;
    if kind == Objects::CONFIGURATION {
        return Some((kind, NamespacedName::new("", "")));
    }
    let metadata = tree.entry(node, "metadata")?;
    let name = text_of(tree, metadata, "name")?;
    let namespace = if kind == "Node" { "" } else { text_of(tree, metadata, "namespace").unwrap_or("default") };
    Some((kind, NamespacedName::new(namespace, name)))
}

fn text_of<'t>(tree: &'t Tree, node: NodeId, key: &str) -> Option<&'t str> {
    match tree.shape(tree.entry(node, key)?) {
        Shape::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

fn difference(old: &Value, new: &Value) -> Edit {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let gone = old.keys().filter(|key| !new.contains_key(*key)).map(|key| (key.clone(), Edit::Delete));
            let kept = new.iter().map(|(key, value)| {
                let edit = old.get(key).map_or_else(|| Edit::Put(value.clone()), |old| difference(old, value));
                (key.clone(), edit)
            });
            let fields: Vec<_> = gone.chain(kept).filter(|(_, edit)| *edit != Edit::Keep).collect();
            if fields.is_empty() { Edit::Keep } else { Edit::Fields(fields) }
        }
        (Value::Array(old), Value::Array(new)) if old != new => {
            let all = Value::from(new.clone());
            match elements(old, new) {
                Some(edits) => Edit::Elements { of: old.len(), edits, all },
                None => Edit::Put(all),
            }
        }
        _ if old == new => Edit::Keep,
        _ => Edit::Put(new.clone()),
    }
}

/// Element by element, where some changed, some went, or some came at the end.
fn elements(old: &[Value], new: &[Value]) -> Option<Vec<Edit>> {
    let common = old.len().min(new.len());
    let ahead = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let behind =
        old.iter().rev().zip(new.iter().rev()).take(common - ahead).take_while(|(old, new)| old == new).count();
    if new.is_empty() || (new.len() > old.len() && behind > 0) {
        return None;
    }
    let paired = common - behind;
    let differences = old[..paired].iter().zip(new).map(|(old, new)| difference(old, new));
    let gone = (paired..old.len() - behind).map(|_| Edit::Delete);
    let kept = (0..behind).map(|_| Edit::Keep);
    let come = new[paired..new.len() - behind].iter().map(|new| Edit::Put(new.clone()));
    Some(differences.chain(gone).chain(kept).chain(come).collect())
}

/// A value of the text after its edit; None where it is deleted.
pub(super) fn applied(tree: &Tree, node: Option<NodeId>, edit: &Edit) -> Option<Value> {
    let value = || node.map_or(Value::Null, |node| value_of(tree, node));
    match edit {
        Edit::Keep => Some(value()),
        Edit::Delete => None,
        Edit::Put(value) => Some(value.clone()),
        Edit::Fields(edits) => {
            let mut fields = match value() {
                Value::Object(fields) => fields,
                _ => Map::new(),
            };
            for (key, edit) in edits {
                let old = node.and_then(|node| tree.entry(node, key));
                match applied(tree, old, edit) {
                    Some(value) => drop(fields.insert(key.clone(), value)),
                    None => drop(fields.shift_remove(key)),
                }
            }
            Some(Value::Object(fields))
        }
        Edit::Elements { of, edits, all } => {
            let old = node.map(|node| tree.elements(node)).unwrap_or_default();
            if old.len() != *of {
                return Some(all.clone());
            }
            let edited = edits.iter().enumerate();
            Some(edited.filter_map(|(place, edit)| applied(tree, old.get(place).copied(), edit)).collect())
        }
    }
}

fn value_of(tree: &Tree, node: NodeId) -> Value {
    match tree.shape(node) {
        Shape::Scalar { text, quoted } => scalar_of(text, quoted),
        Shape::Sequence => tree.elements(node).iter().map(|element| value_of(tree, *element)).collect(),
        Shape::Mapping => {
            Value::Object(tree.entries(node).map(|(key, value)| (key.to_owned(), value_of(tree, value))).collect())
        }
    }
}
