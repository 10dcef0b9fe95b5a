//! The strategic merge patch that makes one object of another: `CreateTwoWayMergePatch` of apimachinery's strategicpatch.

use serde_json::{Map, Value, json};

use super::types::{Shape, Type};

/// What goes from one object to the other; None where they are the same. What the other lacks is taken away if `deletes`.
pub(in crate::shell::kubectl) fn difference(kind: &str, from: &Value, to: &Value, deletes: bool) -> Option<Value> {
    let patch = maps(from.as_object()?, to.as_object()?, Type::of_kind(kind), deletes);
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// `diffMaps`
fn maps(from: &Map<String, Value>, to: &Map<String, Value>, of: Option<Type>, deletes: bool) -> Map<String, Value> {
    let mut patch = Map::new();
    for (name, new) in to {
        let field = match of.map(Type::shape) {
            Some(Shape::Struct(fields)) => fields.find(name),
            _ => None,
        };
        match (from.get(name), new) {
            (Some(old), new) if old == new => {}
            (Some(Value::Object(old)), Value::Object(new)) => {
                let inner = maps(old, new, field.map(|field| field.of), deletes);
                if !inner.is_empty() {
                    patch.insert(name.clone(), Value::Object(inner));
                }
            }
            (Some(Value::Array(old)), Value::Array(new)) if field.is_some_and(|field| field.merge_key.is_some()) => {
                let Some((of, key)) = field.and_then(|field| Some((field.of, field.merge_key?))) else {
                    continue;
                };
                let items = items(old, new, (of, key), deletes);
                if !items.is_empty() {
                    patch.insert(name.clone(), Value::Array(items));
                }
                let order: Vec<Value> = new.iter().map(|item| json!({ key: item.get(key) })).collect();
                patch.insert(format!("$setElementOrder/{name}"), Value::Array(order));
            }
            _ => drop(patch.insert(name.clone(), new.clone())),
        }
    }
    if deletes {
        let gone = from.keys().filter(|name| !to.contains_key(*name));
        patch.extend(gone.map(|name| (name.clone(), Value::Null)));
    }
    patch
}

/// `diffListsOfMaps`: items that are other, with the key that tells them apart.
fn items(from: &[Value], to: &[Value], (of, key): (Type, &str), deletes: bool) -> Vec<Value> {
    let same = |one: &Value, other: &Value| one.get(key) == other.get(key);
    let item_type = match of.shape() {
        Shape::List(item) => Some(item),
        _ => None,
    };
    let mut patch = Vec::new();
    for new in to {
        match from.iter().find(|old| same(old, new)) {
            None => patch.push(new.clone()),
            Some(old) => {
                let (Some(old), Some(fields)) = (old.as_object(), new.as_object()) else { continue };
                let mut inner = maps(old, fields, item_type, deletes);
                if !inner.is_empty() {
                    inner.insert(key.to_owned(), json!(new.get(key)));
                    patch.push(Value::Object(inner));
                }
            }
        }
    }
    if deletes {
        let gone = from.iter().filter(|old| to.iter().all(|new| !same(old, new)));
        patch.extend(gone.map(|old| json!({ "$patch": "delete", key: old.get(key) })));
    }
    patch
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::jsonpath::go;
    use super::super::super::output::sorted;
    use super::difference;

    #[test]
    fn items_are_told_apart_by_their_key() {
        let from = json!({"spec": {"ports": [{"port": 80, "targetPort": 8080}, {"port": 81}], "selector": {"a": "b"}}});
        let to = json!({"spec": {"ports": [{"port": 80, "targetPort": 1}, {"port": 82}], "foo": 1.5}});
        let patch = difference("Service", &from, &to, true).expect("a difference");
        assert_eq!(
            go::print(&sorted(patch)),
            "map[spec:map[$setElementOrder/ports:[map[port:80] map[port:82]] foo:1.5 ports:[map[port:80 targetPort:1] \
             map[port:82] map[$patch:delete port:81]] selector:<nil>]]"
        );
        let patch = difference("Service", &from, &json!({"spec": {"foo": 1}}), false).expect("a difference");
        assert_eq!(go::print(&sorted(patch)), "map[spec:map[foo:1]]");
        assert_eq!(difference("Service", &from, &from, true), None);
    }
}
