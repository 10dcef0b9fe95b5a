use serde_json::Value;

/// One line, with a blank behind each comma and colon, as jansson writes it.
pub fn line(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out.push('\n');
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (place, (name, member)) in members.iter().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                write(&Value::from(name.as_str()), out);
                out.push_str(": ");
                write(member, out);
            }
            out.push('}');
        }
        single => out.push_str(&single.to_string()),
    }
}
