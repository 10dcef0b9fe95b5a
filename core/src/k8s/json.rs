use serde_json::{Map, Value};

use super::read::{NodeId, Shape, Tree, scalar_of};
use crate::source::{Diagnostic, Position};

/// The documents of a YAML text as JSON, each with its place; the items of lists one by one, and no empty ones.
/// Of a key that is there twice the last is taken, as sigs.k8s.io/yaml does.
///
/// # Errors
/// What is wrong with it as YAML.
pub fn documents(text: &str) -> Result<Vec<(Position, Value)>, Vec<Diagnostic>> {
    let (tree, mut faults) = Tree::parse(text);
    faults.retain(|fault| !tree.is_repeated(fault.position));
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut documents = Vec::new();
    for root in tree.roots() {
        let items = tree.entry(*root, "items").filter(|items| tree.shape(*items) == Shape::Sequence);
        let nodes = items.map_or(std::slice::from_ref(root), |items| tree.elements(items));
        documents.extend(nodes.iter().map(|node| (tree.position(*node), value(&tree, *node))));
    }
    documents.retain(|(_, value)| !value.is_null());
    Ok(documents)
}

fn value(tree: &Tree, node: NodeId) -> Value {
    match tree.shape(node) {
        Shape::Scalar { text, quoted } => scalar_of(text, quoted),
        Shape::Sequence => tree.elements(node).iter().map(|element| value(tree, *element)).collect(),
        Shape::Mapping => {
            let entries = tree.entries(node).map(|(key, entry)| (key.to_owned(), value(tree, entry)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::documents;

    #[test]
    fn documents_and_the_items_of_lists() {
        let text = "a: 1\nb: [x, '2', true, ~]\n---\n---\nitems:\n- {c: 1.5}\n- {d: 10.0.0.1}\n";
        let values: Vec<_> = documents(text).expect("sound").into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, [json!({"a": 1, "b": ["x", "2", true, null]}), json!({"c": 1.5}), json!({"d": "10.0.0.1"})]);
        assert!(documents("a: [").is_err());
        // As `kubectl create --dry-run=client -o yaml` v1.33.1 prints it.
        let twice = documents("a: {b: 1, b: 2}\na: {c: 1, b: 3}\n").expect("sound");
        assert_eq!(twice[0].1, json!({"a": {"c": 1, "b": 3}}));
    }
}
