//! staging/src/k8s.io/client-go/util/jsonpath/jsonpath.go

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::go::{print, type_name};
use super::{Node, Results, Slice, To};

type Values<'v> = Vec<Cow<'v, Value>>;

pub fn find<'v>(nodes: &[Node], object: &'v Value) -> Result<Results<'v>, String> {
    Walk { nodes, ..Walk::default() }.from(0, vec![Cow::Borrowed(object)])
}

/// Where a template is, as `range` and `end` move it.
#[derive(Default)]
struct Walk<'n> {
    nodes: &'n [Node],
    begins: usize,
    within: usize,
    ends: usize,
    last_end: Option<usize>,
}

impl Walk<'_> {
    /// `FindResults`, of the nodes from one on.
    fn from<'v>(&mut self, start: usize, current: Values<'v>) -> Result<Results<'v>, String> {
        let mut all = Vec::new();
        let mut at = start;
        while let Some(node) = self.nodes.get(at) {
            let results = self.walk(current.clone(), node)?;
            if self.ends > 0 && self.ends <= self.within {
                self.ends -= 1;
                self.last_end = Some(at);
                break;
            }
            if self.begins == 0 {
                all.push(results);
                at += 1;
                continue;
            }
            self.begins -= 1;
            self.within += 1;
            if results.is_empty() {
                // The nodes of the range are gone through all the same, so that its end is found.
                self.from(at + 1, Vec::new())?;
            }
            for value in results {
                all.extend(self.from(at + 1, vec![value])?);
            }
            self.within -= 1;
            at = self.last_end.filter(|end| *end > at).unwrap_or(at) + 1;
        }
        Ok(all)
    }

    fn walk<'v>(&mut self, values: Values<'v>, node: &Node) -> Result<Values<'v>, String> {
        match node {
            Node::List(nodes) => self.list(values, nodes),
            // A text stands for itself once, a number in place of each value; in an action there is one.
            Node::Constant(constant) => Ok(vec![Cow::Owned(constant.clone())]),
            Node::Field(name) => Ok(values.into_iter().filter_map(|value| field(value, name)).collect()),
            Node::Slice(of) => {
                let mut found = Vec::new();
                for value in values {
                    found.extend(slice(value, *of)?);
                }
                Ok(found)
            }
            Node::Filter { left, operator, right } => {
                let mut found = Vec::new();
                for value in values {
                    self.filter(value, (left, operator, right), &mut found)?;
                }
                Ok(found)
            }
            Node::Wildcard => Ok(values.into_iter().flat_map(parts).collect()),
            Node::Recursive => Ok(recursive(values)),
            Node::Union(lists) => {
                let mut found = Vec::new();
                for nodes in lists {
                    found.extend(self.list(values.clone(), nodes)?);
                }
                Ok(found)
            }
            Node::Identifier(name) => self.identifier(values, name),
        }
    }

    fn list<'v>(&mut self, mut values: Values<'v>, nodes: &[Node]) -> Result<Values<'v>, String> {
        for node in nodes {
            values = self.walk(values, node)?;
        }
        Ok(values)
    }

    fn identifier<'v>(&mut self, values: Values<'v>, name: &str) -> Result<Values<'v>, String> {
        match name {
            "range" => {
                self.begins += 1;
                Ok(values)
            }
            "end" if self.within > 0 => {
                self.ends += 1;
                Ok(Vec::new())
            }
            "end" => Err("not in range, nothing to end".to_owned()),
            other => Err(format!("unrecognized identifier {other}")),
        }
    }

    fn filter<'v>(
        &mut self,
        value: Cow<'v, Value>,
        (left, operator, right): (&[Node], &str, &[Node]),
        found: &mut Values<'v>,
    ) -> Result<(), String> {
        if !value.is_array() {
            return Err(format!("{} is not array or slice and cannot be filtered", print(&value)));
        }
        for item in parts(value) {
            let lefts = self.list(vec![item.clone()], left);
            if operator == "exists" {
                if lefts.is_ok_and(|lefts| !lefts.is_empty()) {
                    found.push(item);
                }
                continue;
            }
            let Some(one) = only(lefts?)? else { continue };
            let Some(other) = only(self.list(vec![item.clone()], right)?)? else { continue };
            if compare(&one, operator, &other)? {
                found.push(item);
            }
        }
        Ok(())
    }
}

fn only(mut values: Values<'_>) -> Result<Option<Cow<'_, Value>>, String> {
    let value = values.pop();
    if values.is_empty() { Ok(value) } else { Err("can only compare one element at a time".to_owned()) }
}

fn field<'v>(value: Cow<'v, Value>, name: &str) -> Option<Cow<'v, Value>> {
    match value {
        Cow::Borrowed(value) => value.as_object()?.get(name).map(Cow::Borrowed),
        Cow::Owned(value) => value.as_object()?.get(name).cloned().map(Cow::Owned),
    }
}

/// What a list or an object has in it.
fn parts(value: Cow<'_, Value>) -> Values<'_> {
    match value {
        Cow::Borrowed(Value::Array(items)) => items.iter().map(Cow::Borrowed).collect(),
        Cow::Borrowed(Value::Object(fields)) => fields.values().map(Cow::Borrowed).collect(),
        Cow::Owned(Value::Array(items)) => items.into_iter().map(Cow::Owned).collect(),
        Cow::Owned(Value::Object(fields)) => fields.into_iter().map(|(_, value)| Cow::Owned(value)).collect(),
        _ => Vec::new(),
    }
}

/// Every value with parts, before them.
fn recursive(values: Values<'_>) -> Values<'_> {
    let mut found = Vec::new();
    for value in values {
        let inner = parts(value.clone());
        if !inner.is_empty() {
            found.push(value);
            found.extend(recursive(inner));
        }
    }
    found
}

/// `evalArray`
fn slice(value: Cow<'_, Value>, Slice { from, to, step }: Slice) -> Result<Values<'_>, String> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    if !value.is_array() {
        return Err(format!("{} is not array or slice", type_name(&value)));
    }
    let items = parts(value);
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let given = from.unwrap_or(0);
    let first = if given < 0 { given.saturating_add(length) } else { given };
    let last = match to {
        To::End => length,
        To::Before(number) if number < 0 => number.saturating_add(length),
        To::Before(number) => number,
        To::One if given < 0 => given.saturating_add(length).saturating_add(1),
        To::One => given.saturating_add(1),
    };
    if first == last {
        return Ok(Vec::new());
    }
    let outside = |index: i64| Err(format!("array index out of bounds: index {index}, length {length}"));
    if first >= length || first < 0 {
        return outside(first);
    }
    if last > length || last < 0 {
        return outside(last - 1);
    }
    if first > last {
        return Err(format!("starting index {first} is greater than ending index {last}"));
    }
    let step = step.unwrap_or(1);
    let (Ok(first), Ok(count), Ok(step)) =
        (usize::try_from(first), usize::try_from(last - first), usize::try_from(step))
    else {
        return Err("step must be > 0".to_owned());
    };
    if step == 0 {
        return Err("step must be > 0".to_owned());
    }
    Ok(items.into_iter().skip(first).take(count).step_by(step).collect())
}

/// What Go's templates compare: only values of one kind.
fn compare(one: &Value, operator: &str, other: &Value) -> Result<bool, String> {
    let incompatible = || "incompatible types for comparison".to_owned();
    let order = match (one, other) {
        (Value::Number(one), Value::Number(other)) => match (one.as_i64(), other.as_i64()) {
            (Some(one), Some(other)) => one.cmp(&other),
            (None, None) => one
                .as_f64()
                .zip(other.as_f64())
                .and_then(|(one, other)| one.partial_cmp(&other))
                .ok_or_else(incompatible)?,
            _ => return Err(incompatible()),
        },
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Bool(one), Value::Bool(other)) if matches!(operator, "==" | "!=") => one.cmp(other),
        (Value::Bool(_), Value::Bool(_)) => return Err("invalid type for comparison".to_owned()),
        (
            Value::Number(_) | Value::String(_) | Value::Bool(_),
            Value::Number(_) | Value::String(_) | Value::Bool(_),
        ) => {
            return Err(incompatible());
        }
        _ => return Err("invalid type for comparison".to_owned()),
    };
    match operator {
        "==" => Ok(order == Ordering::Equal),
        "!=" => Ok(order != Ordering::Equal),
        "<" => Ok(order == Ordering::Less),
        "<=" => Ok(order != Ordering::Greater),
        ">" => Ok(order == Ordering::Greater),
        ">=" => Ok(order != Ordering::Less),
        other => Err(format!("unrecognized filter operator {other}")),
    }
}

/// `isLess` of kubectl's sorter: quantities by their size, other texts by their letters.
pub fn less(one: &Value, other: &Value) -> Result<bool, String> {
    match (one, other) {
        (Value::Null, other) => Ok(!other.is_null()),
        (_, Value::Null) => Ok(false),
        (Value::Number(one), Value::Number(other)) => Ok(one.as_f64() < other.as_f64()),
        (Value::String(one), Value::String(other)) => Ok(match (quantity(one), quantity(other)) {
            (Some(one), Some(other)) => one < other,
            _ => one < other,
        }),
        (Value::Array(ones), Value::Array(others)) => {
            for (one, other) in ones.iter().zip(others) {
                if !less(one, other)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Object(_) | Value::Bool(_), _) => Err(format!("unsortable type: {}", type_name(one))),
        _ => Err("unsortable interface: interface".to_owned()),
    }
}

/// `resource.ParseQuantity`
fn quantity(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 15] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("n", 1e-9),
        ("u", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("E", 1e18),
        ("", 1.0),
    ];
    let (number, unit) = UNITS.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit)))?;
    let is_number =
        !number.is_empty() && number.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, '.' | '+' | '-'));
    number.parse::<f64>().ok().filter(|_| is_number).map(|number| number * unit)
}
