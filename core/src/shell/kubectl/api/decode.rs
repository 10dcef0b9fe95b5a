//! How the API server reads JSON into a type: sigs.k8s.io/json, and for patches `FromUnstructured` of apimachinery.

use serde_json::Value;

use super::types::{Shape, Type};

/// Why an object is none of its kind.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::shell::kubectl) enum Flaw {
    Mistyped(Mistyped),
    /// The paths of fields that there are none of, which only a strict decoder minds.
    Unknown(Vec<String>),
}

/// A value of another type than its field.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::shell::kubectl) struct Mistyped {
    /// In the words of `UnmarshalTypeError`.
    said: String,
    /// In those of `FromUnstructured`.
    converting: String,
}

impl Flaw {
    pub fn said(&self) -> String {
        match self {
            Self::Mistyped(Mistyped { said, .. }) => said.clone(),
            Self::Unknown(paths) => format!("strict decoding error: {}", unknown(paths).join(", ")),
        }
    }

    pub fn converting(&self) -> String {
        match self {
            Self::Mistyped(Mistyped { converting, .. }) => converting.clone(),
            Self::Unknown(_) => self.said(),
        }
    }
}

/// `unknown field "spec.foo"`
pub(super) fn unknown(paths: &[String]) -> Vec<String> {
    paths.iter().map(|path| format!("unknown field {path:?}")).collect()
}

/// Reads an object of a kind; a kind without a type is not looked at.
pub(super) fn object(kind: &str, object: &Value) -> Result<(), Flaw> {
    Type::of_kind(kind).map_or(Ok(()), |of| Decoder::new(of.name()).run(of, object))
}

/// What kubectl reads of an object before it sends it (`metadataOnlyObject` of apimachinery), where fields more do not
/// matter.
pub(in crate::shell::kubectl) fn metadata(object: &Value) -> Result<(), String> {
    let mut decoder = Decoder::new("metadataOnlyObject");
    decoder.stack.push("metadata".to_owned());
    decoder.read(Type::METADATA, object.get("metadata").unwrap_or(&Value::Null));
    decoder.mistyped.map_or(Ok(()), |mistyped| Err(mistyped.said))
}

struct Decoder {
    /// The struct that the field belongs to.
    of: &'static str,
    /// The names of the fields above, without places in lists.
    stack: Vec<String>,
    path: String,
    unknown: Vec<String>,
    /// Only the first is told.
    mistyped: Option<Mistyped>,
}

impl Decoder {
    const fn new(of: &'static str) -> Self {
        Self { of, stack: Vec::new(), path: String::new(), unknown: Vec::new(), mistyped: None }
    }

    fn run(mut self, of: Type, object: &Value) -> Result<(), Flaw> {
        self.read(of, object);
        match self.mistyped {
            Some(mistyped) => Err(Flaw::Mistyped(mistyped)),
            None if self.unknown.is_empty() => Ok(()),
            None => Err(Flaw::Unknown(self.unknown)),
        }
    }

    fn read(&mut self, of: Type, value: &Value) {
        match (of.shape(), value) {
            (_, Value::Null) | (Shape::Any, _) | (Shape::IntOrString, Value::String(_)) => {}
            (Shape::Text, Value::String(_)) | (Shape::Bool, Value::Bool(_)) | (Shape::Float, Value::Number(_)) => {}
            (Shape::Integer { bits: 64 }, Value::Number(number)) if number.as_i64().is_some() => {}
            (Shape::Integer { .. } | Shape::IntOrString, Value::Number(number))
                if number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()) => {}
            (Shape::List(item), Value::Array(items)) => {
                for (place, value) in items.iter().enumerate() {
                    self.below(&format!("[{place}]"), |decoder| decoder.read(item, value));
                }
            }
            (Shape::Map(item), Value::Object(entries)) => {
                for (key, value) in entries {
                    let step = self.step(key);
                    self.below(&step, |decoder| decoder.read(item, value));
                }
            }
            (Shape::Struct(fields), Value::Object(entries)) => {
                let above = std::mem::replace(&mut self.of, of.name());
                for (name, value) in entries {
                    let step = self.step(name);
                    match fields.find(name) {
                        None => self.unknown.push(format!("{}{step}", self.path)),
                        Some(field) => {
                            self.stack.push(name.clone());
                            self.below(&step, |decoder| decoder.read(field.of, value));
                            self.stack.pop();
                        }
                    }
                }
                self.of = above;
            }
            _ => self.mistype(of, value),
        }
    }

    fn step(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!(".{name}") }
    }

    fn below(&mut self, step: &str, go: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        go(self);
        self.path.truncate(length);
    }

    fn mistype(&mut self, of: Type, value: &Value) {
        let found = match (value, of.shape()) {
            (Value::Number(number), Shape::Integer { .. } | Shape::IntOrString) => format!("number {number}"),
            (Value::Number(_), _) => "number".to_owned(),
            (Value::String(_), _) => "string".to_owned(),
            (Value::Array(_), _) => "array".to_owned(),
            (Value::Object(_), _) => "object".to_owned(),
            (Value::Bool(_) | Value::Null, _) => "bool".to_owned(),
        };
        let place = format!("{}.{}", self.of, self.stack.join("."));
        let said = format!("json: cannot unmarshal {found} into Go struct field {place} of type {}", of.written());
        self.mistyped.get_or_insert_with(|| Mistyped { said, converting: converting(of, value) });
    }
}

/// `fromUnstructured`: what is no number is not converted to one, nor the other way round.
fn converting(of: Type, value: &Value) -> String {
    let (go, kind) = match value {
        Value::Number(number) if number.as_i64().is_some() => ("int64", "int64"),
        Value::Number(_) => ("float64", "float64"),
        Value::Bool(_) | Value::Null => ("bool", "bool"),
        Value::String(_) => ("string", "string"),
        Value::Array(_) => ("[]interface {}", "slice"),
        Value::Object(_) => ("map[string]interface {}", "map"),
    };
    let basic = match of.shape() {
        Shape::Struct(_) => return format!("cannot restore struct from: {kind}"),
        Shape::List(_) => return format!("cannot restore slice from {kind}"),
        Shape::Map(_) => return format!("cannot restore map from {kind}"),
        Shape::Text | Shape::IntOrString | Shape::Any => "string",
        Shape::Bool => "bool",
        Shape::Integer { bits: 64 } => "int64",
        Shape::Integer { .. } => "int32",
        Shape::Float => "float64",
    };
    match (value, of.shape()) {
        // Go would make a letter of an integer.
        (Value::Number(number), Shape::Text) if number.as_i64().is_some() => {
            format!("cannot convert {go} to {}", of.written())
        }
        (Value::Number(_), Shape::Integer { .. }) => format!("cannot convert {go} to {}", of.written()),
        _ => format!("unrecognized type: {basic}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{metadata, object};

    fn said(kind: &str, of: &Value) -> String {
        object(kind, of).expect_err("it is none").said()
    }

    /// As issues of Kubernetes quote the API server.
    #[test]
    fn what_is_of_another_type_is_told_with_its_go_type() {
        let cases = [
            (
                json!({"ports": [{"port": "80"}]}),
                "string into Go struct field ServicePort.spec.ports.port of type int32",
            ),
            (
                json!({"ports": {"port": 80}}),
                "object into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort",
            ),
            (json!({"ports": [80]}), "number into Go struct field ServiceSpec.spec.ports of type v1.ServicePort"),
            (json!({"selector": {"a": 1}}), "number into Go struct field ServiceSpec.spec.selector of type string"),
            (json!({"type": true}), "bool into Go struct field ServiceSpec.spec.type of type v1.ServiceType"),
            (
                json!({"ports": [{"port": 1.5}]}),
                "number 1.5 into Go struct field ServicePort.spec.ports.port of type int32",
            ),
            (
                json!({"ports": [{"targetPort": true}]}),
                "bool into Go struct field ServicePort.spec.ports.targetPort of type int32",
            ),
            (json!([]), "array into Go struct field Service.spec of type v1.ServiceSpec"),
        ];
        for (spec, why) in cases {
            assert_eq!(said("Service", &json!({"spec": spec})), format!("json: cannot unmarshal {why}"));
        }
    }

    #[test]
    fn fields_that_there_are_none_of_are_told_with_their_places() {
        let of = json!({"kind": "Service", "spec": {"foo": {"bar": 1}, "ports": [{"port": 80}, {"targetport": 80}]}});
        let why = "strict decoding error: unknown field \"spec.foo\", unknown field \"spec.ports[1].targetport\"";
        assert_eq!(said("Service", &of), why);
        let container = json!({"name": "a", "image": "b", "resources": {"limits": {"cpu": 1}}, "Ports": []});
        let pod = json!({"spec": {"containers": [container]}});
        assert_eq!(said("Pod", &pod), "strict decoding error: unknown field \"spec.containers[0].Ports\"");
        assert_eq!(object("Nothing", &of), Ok(()));
    }

    /// As kubectl v1.33.1 said.
    #[test]
    fn kubectl_reads_the_metadata_itself() {
        let said = |object: Value| metadata(&object).expect_err("none");
        assert_eq!(
            said(json!({"metadata": {"name": 5}})),
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string"
        );
        assert_eq!(
            said(json!({"metadata": "x"})),
            "json: cannot unmarshal string into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"
        );
        assert_eq!(metadata(&json!({"metadata": {"nmae": "x"}})), Ok(()));
    }
}
