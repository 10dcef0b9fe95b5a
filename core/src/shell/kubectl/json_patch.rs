//! `--type=json`: RFC 6902, as evanphx/json-patch does it behind the API server.

use serde_json::Value;

/// The object after all operations; what the first that fails is about.
pub(super) fn apply(object: &Value, patch: &Value) -> Result<Value, String> {
    let mut object = object.clone();
    let operations = patch.as_array().ok_or_else(|| patch.to_string())?;
    for operation in operations {
        step(&mut object, operation).ok_or_else(|| operation.to_string())?;
    }
    Ok(object)
}

fn step(object: &mut Value, operation: &Value) -> Option<()> {
    let text = |field: &str| operation.get(field).and_then(Value::as_str);
    let (path, value) = (text("path")?, operation.get("value"));
    match text("op")? {
        "add" => add(object, path, value?.clone()),
        "remove" => remove(object, path).map(drop),
        "replace" => {
            *object.pointer_mut(path)? = value?.clone();
            Some(())
        }
        "move" => {
            let moved = remove(object, text("from")?)?;
            add(object, path, moved)
        }
        "copy" => {
            let copied = object.pointer(text("from")?)?.clone();
            add(object, path, copied)
        }
        "test" => (object.pointer(path) == value).then_some(()),
        _ => None,
    }
}

/// The parent of what a path names, and the last part of the path.
fn parent<'v>(object: &'v mut Value, path: &str) -> Option<(&'v mut Value, String)> {
    let (parent, last) = path.rsplit_once('/')?;
    Some((object.pointer_mut(parent)?, last.replace("~1", "/").replace("~0", "~")))
}

fn add(object: &mut Value, path: &str, value: Value) -> Option<()> {
    match parent(object, path)? {
        (Value::Object(fields), name) => drop(fields.insert(name, value)),
        (Value::Array(items), place) => {
            let place = if place == "-" { items.len() } else { place.parse().ok()? };
            (place <= items.len()).then(|| items.insert(place, value))?;
        }
        _ => return None,
    }
    Some(())
}

fn remove(object: &mut Value, path: &str) -> Option<Value> {
    match parent(object, path)? {
        (Value::Object(fields), name) => fields.remove(&name),
        (Value::Array(items), place) => {
            let place: usize = place.parse().ok()?;
            (place < items.len()).then(|| items.remove(place))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::apply;

    /// Examples of RFC 6902, appendix A.
    #[test]
    fn the_examples_of_the_standard() {
        for (object, patch, after) in [
            (
                json!({"foo": "bar"}),
                json!([{"op": "add", "path": "/baz", "value": "qux"}]),
                Some(json!({"baz": "qux", "foo": "bar"})),
            ),
            (
                json!({"foo": ["bar", "baz"]}),
                json!([{"op": "add", "path": "/foo/1", "value": "qux"}]),
                Some(json!({"foo": ["bar", "qux", "baz"]})),
            ),
            (
                json!({"baz": "qux", "foo": "bar"}),
                json!([{"op": "remove", "path": "/baz"}]),
                Some(json!({"foo": "bar"})),
            ),
            (
                json!({"foo": ["bar", "qux", "baz"]}),
                json!([{"op": "remove", "path": "/foo/1"}]),
                Some(json!({"foo": ["bar", "baz"]})),
            ),
            (
                json!({"foo": ["all", "grass", "cows", "eat"]}),
                json!([{"op": "move", "from": "/foo/1", "path": "/foo/3"}]),
                Some(json!({"foo": ["all", "cows", "eat", "grass"]})),
            ),
            (json!({"baz": "qux"}), json!([{"op": "test", "path": "/baz", "value": "bar"}]), None),
            (json!({"foo": "bar"}), json!([{"op": "add", "path": "/baz/bat", "value": "qux"}]), None),
            (
                json!({"foo": ["bar"]}),
                json!([{"op": "add", "path": "/foo/-", "value": ["abc"]}]),
                Some(json!({"foo": ["bar", ["abc"]]})),
            ),
            (
                json!({"/": 9, "~1": 10}),
                json!([{"op": "test", "path": "/~01", "value": 10}]),
                Some(json!({"/": 9, "~1": 10})),
            ),
        ] {
            assert_eq!(apply(&object, &patch).ok(), after, "{patch}");
        }
    }
}
