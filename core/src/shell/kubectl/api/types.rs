//! The Go types of the API: what fields they have in JSON, and of which type these are.

use serde_json::Value;

/// Written by `tests/cases/shell/api-types.py` from the types of Kubernetes v1.36.2.
const TYPES: &str = include_str!("types.txt");

/// A type, as Go writes it without the package `v1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Type(&'static str);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Struct(Fields),
    List(Type),
    Map(Type),
    Text,
    Bool,
    Integer {
        bits: u32,
    },
    Float,
    IntOrString,
    /// It has a decoder of its own.
    Any,
}

/// The fields of a struct: `name:type`, and behind a `~` the key by which a patch tells the items of a list apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fields(&'static str);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub of: Type,
    pub merge_key: Option<&'static str>,
}

impl Type {
    pub const METADATA: Self = Self("ObjectMeta");

    /// That of a kind such as Service.
    pub fn of_kind(kind: &str) -> Option<Self> {
        line(kind).map(|(name, _)| Self(name))
    }

    pub fn shape(self) -> Shape {
        if let Some(item) = self.0.strip_prefix("[]") {
            return Shape::List(Self(item));
        }
        if let Some((_, item)) = self.0.strip_prefix("map[").and_then(|rest| rest.split_once(']')) {
            return Shape::Map(Self(item));
        }
        match self.0 {
            "string" => Shape::Text,
            "bool" => Shape::Bool,
            "int32" => Shape::Integer { bits: 32 },
            "int" | "int64" => Shape::Integer { bits: 64 },
            "float64" => Shape::Float,
            "IntOrString" => Shape::IntOrString,
            name => match line(name) {
                Some((_, rest)) => match rest.strip_prefix("= ") {
                    Some(other) => Self(other).shape(),
                    None => Shape::Struct(Fields(rest)),
                },
                None => Shape::Any,
            },
        }
    }

    /// As Go's `reflect` names it.
    pub fn written(self) -> String {
        if let Some(item) = self.0.strip_prefix("[]") {
            return format!("[]{}", Self(item).written());
        }
        if let Some((key, item)) = self.0.strip_prefix("map[").and_then(|rest| rest.split_once(']')) {
            return format!("map[{key}]{}", Self(item).written());
        }
        // A number of it is decoded by itself.
        if self.0 == "IntOrString" {
            return "int32".to_owned();
        }
        let is_of_v1 = line(self.0).is_some() && !self.0.contains('.');
        if is_of_v1 { format!("v1.{}", self.0) } else { self.0.to_owned() }
    }

    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// An object with its fields in the order of Go's types, as their encoder writes them.
pub(in crate::shell::kubectl) fn ordered(object: &Value) -> Value {
    let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default();
    Type::of_kind(kind).map_or_else(|| object.clone(), |of| of.ordered(object))
}

impl Type {
    fn ordered(self, value: &Value) -> Value {
        match (self.shape(), value) {
            (Shape::Struct(fields), Value::Object(entries)) => {
                let known = fields
                    .names()
                    .filter_map(|name| Some((name.to_owned(), fields.find(name)?.of.ordered(entries.get(name)?))));
                Value::Object(known.collect())
            }
            (Shape::List(item), Value::Array(items)) => items.iter().map(|value| item.ordered(value)).collect(),
            _ => value.clone(),
        }
    }
}

impl Fields {
    fn names(self) -> impl Iterator<Item = &'static str> {
        self.0.split(' ').filter_map(|field| Some(field.split_once(':')?.0))
    }

    pub fn find(self, name: &str) -> Option<Field> {
        let typed = self.0.split(' ').find_map(|field| field.strip_prefix(name)?.strip_prefix(':'))?;
        let (of, merge_key) = typed.split_once('~').map_or((typed, None), |(of, key)| (of, Some(key)));
        Some(Field { of: Type(of), merge_key })
    }
}

/// The name of a type, and what stands behind it.
fn line(name: &str) -> Option<(&'static str, &'static str)> {
    TYPES.lines().map(|line| line.split_once(' ').unwrap_or((line, ""))).find(|(known, _)| *known == name)
}

#[cfg(test)]
mod tests {
    use super::{Shape, TYPES, Type};

    #[test]
    fn every_type_that_is_named_is_there() {
        for line in TYPES.lines() {
            let typed = line.split(' ').filter_map(|field| field.split_once(':'));
            for (name, of) in typed {
                let mut of = Type(of.split('~').next().unwrap_or_default());
                while let Shape::List(item) | Shape::Map(item) = of.shape() {
                    of = item;
                }
                assert!(of.shape() != Shape::Any || of.0 == "any", "{line}: {name} of {of:?}");
            }
        }
    }
}
