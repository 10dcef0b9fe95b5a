//! A place in the tree that knows its path, from which typed fields are read.
//!
//! Every reader returns `None` for a field that is absent, null, or of the wrong type; the last is
//! reported, so that a caller only decides what absence means.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::report::{Remedy, Report};
use super::text;
use super::tree::{NodeId, Shape, Tree};
use crate::message;
use crate::message::Message;
use crate::source::Position;

#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    tree: &'a Tree,
    id: NodeId,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    /// An object with its kind and name, or the start of a document.
    Object {
        kind: &'a str,
        name: &'a str,
    },
    Field(&'a Cursor<'a>, &'a str),
    Element(&'a Cursor<'a>, usize),
}

/// Elements of a list that a message repeats.
const MAX_FOUND: usize = 3;

/// What a plain or quoted scalar is, as sigs.k8s.io/yaml decides it: YAML 1.1, where `on` is a boolean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Float,
    Text(&'a str),
}

impl<'a> Scalar<'a> {
    fn resolve(text: &'a str, quoted: bool) -> Self {
        if quoted {
            return Self::Text(text);
        }
        match text {
            _ if is_null(text) => Self::Null,
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "y" | "Y" | "on" | "On" | "ON" => Self::Bool(true),
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "n" | "N" | "off" | "Off" | "OFF" => Self::Bool(false),
            _ => Self::number(text).unwrap_or(Self::Text(text)),
        }
    }

    fn number(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return None;
        }
        let radix = |digits, radix| i64::from_str_radix(digits, radix).ok().map(Self::Integer);
        if let Some(digits) = unsigned.strip_prefix("0x") {
            return radix(digits, 16);
        }
        if let Some(digits) = unsigned.strip_prefix("0o") {
            return radix(digits, 8);
        }
        match text.parse() {
            Ok(integer) => Some(Self::Integer(integer)),
            Err(_) => text.parse::<f64>().is_ok().then_some(Self::Float),
        }
    }
}

/// A scalar as JSON has it. A number that JSON cannot hold is a string.
pub(in crate::k8s) fn scalar_of(text: &str, quoted: bool) -> Value {
    match Scalar::resolve(text, quoted) {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => json!(value),
        Scalar::Integer(number) => json!(number),
        Scalar::Float => text.parse::<f64>().map_or_else(|_| json!(text), |number| json!(number)),
        Scalar::Text(text) => json!(text),
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

impl<'a> Cursor<'a> {
    pub(super) fn root(tree: &'a Tree, id: NodeId) -> Self {
        Self { tree, id, step: Step::Object { kind: "", name: "" } }
    }

    /// The same place as the start of paths, which begin `kind "name" is invalid`.
    pub(super) fn as_object(self, kind: &'a str, name: &'a str) -> Self {
        Self { step: Step::Object { kind, name }, ..self }
    }

    pub(super) fn position(&self) -> Position {
        self.tree.position(self.id)
    }

    pub(super) fn is_mapping(&self) -> bool {
        matches!(self.tree.shape(self.id), Shape::Mapping)
    }

    pub(super) fn is_sound(&self) -> bool {
        self.tree.is_sound(self.id)
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.tree.shape(self.id), Shape::Scalar { quoted: false, text } if is_null(text))
    }

    pub(super) fn scalar(&self) -> Option<Scalar<'a>> {
        match self.tree.shape(self.id) {
            Shape::Scalar { text, quoted } => Some(Scalar::resolve(text, quoted)),
            _ => None,
        }
    }

    /// The fields of a mapping with their names, absent and null ones included.
    pub(super) fn fields(&'a self) -> impl Iterator<Item = (&'a str, Self)> {
        let entries = self.tree.entries(self.id);
        entries.map(|(name, id)| (name, Self { tree: self.tree, id, step: Step::Field(self, name) }))
    }

    /// A scalar as it is written, whatever its type; for values such as quantities and percentages.
    pub(super) fn plain(&self) -> Option<&'a str> {
        match self.tree.shape(self.id) {
            Shape::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What is found here, for messages.
    pub(super) fn found(&self) -> String {
        match self.tree.shape(self.id) {
            Shape::Scalar { quoted: false, text } if !matches!(self.scalar(), Some(Scalar::Text(_))) => {
                text::shorten(text)
            }
            Shape::Scalar { text, .. } => text::quote(text),
            Shape::Sequence => self.found_list(),
            Shape::Mapping => "a mapping".to_owned(),
        }
    }

    /// A list of scalars as the API server prints it, the beginning of a longer one.
    fn found_list(&self) -> String {
        let elements: Vec<Cursor<'_>> = self.elements().take(MAX_FOUND + 1).collect();
        if elements.iter().any(|element| element.scalar().is_none()) {
            return "a list".to_owned();
        }
        let found: Vec<String> = elements.iter().take(MAX_FOUND).map(Cursor::found).collect();
        let rest = if elements.len() > MAX_FOUND { ",…" } else { "" };
        format!("[{}{rest}]", found.join(","))
    }

    /// The field `name`, unless it is absent or null.
    pub(super) fn field(&'a self, name: &'a str) -> Option<Self> {
        let id = self.tree.entry(self.id, name)?;
        let field = Self { tree: self.tree, id, step: Step::Field(self, name) };
        (!field.is_null()).then_some(field)
    }

    pub(super) fn mapping(&'a self, name: &'a str, report: &mut Report) -> Option<Self> {
        let field = self.field(name)?;
        if !field.is_mapping() {
            field.wrong_type("must be an object", message!("expected-mapping"), report);
            return None;
        }
        Some(field)
    }

    /// The field that is a list; see [`Self::elements`].
    pub(super) fn list(&'a self, name: &'a str, report: &mut Report) -> Option<Self> {
        let field = self.field(name)?;
        if !matches!(field.tree.shape(field.id), Shape::Sequence) {
            field.wrong_type("must be a list", message!("expected-list"), report);
            return None;
        }
        Some(field)
    }

    pub(super) fn elements(&'a self) -> impl Iterator<Item = Self> {
        let ids = self.tree.elements(self.id).iter().enumerate();
        ids.map(|(place, id)| Self { tree: self.tree, id: *id, step: Step::Element(self, place) })
    }

    /// The strings of the list `name`, each with its place; read by `read`, which reports what it refuses.
    pub(super) fn each<T>(
        &'a self,
        name: &'a str,
        report: &mut Report,
        mut read: impl FnMut(&Cursor<'_>, &mut Report) -> Option<T>,
    ) -> Vec<T> {
        let Some(list) = self.list(name, report) else {
            return Vec::new();
        };
        list.elements().filter_map(|element| read(&element, report)).collect()
    }

    pub(super) fn text(&self, report: &mut Report) -> Option<&'a str> {
        if let Some(Scalar::Text(text)) = self.scalar() {
            return Some(text);
        }
        let rule = "must be a string";
        let advice = if self.scalar().is_some() { message!("advice-quote") } else { message!("advice-one-value") };
        report.invalid(self, self.found(), rule, Remedy::new(message!("expected-string"), advice));
        None
    }

    /// The text of the field `name`; an empty one counts as absent, as in the API's Go types.
    pub(super) fn string(&'a self, name: &'a str, report: &mut Report) -> Option<&'a str> {
        let text = self.field(name)?.text(report)?;
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn integer(&self, report: &mut Report) -> Option<i64> {
        if let Some(Scalar::Integer(number)) = self.scalar() {
            return Some(number);
        }
        let advice = if matches!(self.scalar(), Some(Scalar::Text(text)) if text.parse::<i64>().is_ok()) {
            message!("advice-unquote")
        } else {
            message!("advice-write-number")
        };
        report.invalid(
            self,
            self.found(),
            "must be an integer",
            Remedy::new(message!("expected-number-unquoted"), advice),
        );
        None
    }

    pub(super) fn boolean(&'a self, name: &'a str, report: &mut Report) -> Option<bool> {
        let field = self.field(name)?;
        if let Some(Scalar::Bool(value)) = field.scalar() {
            return Some(value);
        }
        field.wrong_type("must be a boolean", message!("expected-boolean"), report);
        None
    }

    /// A field of string keys and values, such as annotations.
    pub(super) fn string_map(&'a self, name: &'a str, report: &mut Report) -> BTreeMap<String, String> {
        let mut map = BTreeMap::new();
        let Some(field) = self.mapping(name, report) else {
            return map;
        };
        for (key, value) in field.fields() {
            if value.is_null() {
                map.insert(key.to_owned(), String::new());
            } else if let Some(text) = value.text(report) {
                map.insert(key.to_owned(), text.to_owned());
            }
        }
        map
    }

    /// The path without the word that the object is invalid, for warnings.
    pub(super) fn place(&self) -> String {
        self.to_string().replacen(" is invalid: ", ": ", 1)
    }

    pub(super) fn path_of(&self, field: &str) -> String {
        Cursor { tree: self.tree, id: self.id, step: Step::Field(self, field) }.to_string()
    }

    fn wrong_type(&self, rule: &str, expected: Message, report: &mut Report) {
        report.invalid(self, self.found(), rule, Remedy::new(expected, message!("advice-compare")));
    }
}

/// `Service "web" is invalid: spec.ports[0].nodePort`, as the API server begins its messages.
impl fmt::Display for Cursor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            Step::Object { kind: "", .. } => Ok(()),
            Step::Object { kind, name: "" } => write!(f, "{kind} is invalid: "),
            Step::Object { kind, name } => write!(f, "{kind} {} is invalid: ", text::quote(name)),
            Step::Field(parent, name) => {
                let separator = if matches!(parent.step, Step::Object { .. }) { "" } else { "." };
                write!(f, "{parent}{separator}{}", text::shorten(name).escape_debug())
            }
            Step::Element(parent, place) => write!(f, "{parent}[{place}]"),
        }
    }
}
