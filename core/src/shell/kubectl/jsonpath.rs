//! The templates of `-o jsonpath`: staging/src/k8s.io/client-go/util/jsonpath.

mod evaluate;
pub(super) mod go;
mod parse;

use std::borrow::Cow;

use serde_json::Value;

pub(super) use evaluate::less;

/// A template that was read.
pub(super) struct Template {
    nodes: Vec<Node>,
}

/// What stands in a template.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    /// What stands between `{` and `}`.
    List(Vec<Node>),
    /// A text or a number, which is its own result.
    Constant(Value),
    Field(String),
    /// From, to, step.
    Slice(Slice),
    Filter {
        left: Vec<Node>,
        operator: String,
        right: Vec<Node>,
    },
    Wildcard,
    Recursive,
    Union(Vec<Vec<Node>>),
    Identifier(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slice {
    from: Option<i64>,
    to: To,
    step: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    End,
    Before(i64),
    /// Only the one at the start.
    One,
}

/// What was found, one list for each part of the template.
pub(super) type Results<'v> = Vec<Vec<Cow<'v, Value>>>;

impl Template {
    pub fn read(text: &str) -> Result<Self, String> {
        parse::parse(text).map(|nodes| Self { nodes })
    }

    pub fn find<'v>(&self, object: &'v Value) -> Result<Results<'v>, String> {
        evaluate::find(&self.nodes, object)
    }

    /// `PrintResults`
    pub fn print(&self, object: &Value) -> Result<String, String> {
        let mut text = String::new();
        for results in self.find(object)? {
            let words: Vec<String> = results.iter().map(|value| go::text_of_result(value)).collect();
            text.push_str(&words.join(" "));
        }
        Ok(text)
    }

    /// Each part as a list of JSON.
    pub fn print_as_json(&self, object: &Value) -> Result<String, String> {
        let results = self.find(object)?.into_iter();
        let list = |results: Vec<Cow<'_, Value>>| Value::Array(results.into_iter().map(Cow::into_owned).collect());
        Ok(results.map(|results| super::output::json(&list(results))).collect())
    }
}

/// `RelaxedJSONPathExpression`: `name`, `.name`, `{name}` and `{.name}` are the same.
pub(super) fn relaxed(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let inner = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
    let bare = inner.unwrap_or(text);
    let bare = bare.strip_prefix('.').unwrap_or(bare);
    let is_plain = !bare.is_empty() && !bare.contains(['{', '}']) && (inner.is_some() || !text.contains(['{', '}']));
    if !is_plain {
        return Err("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or \
                    '{.name1.name2}'"
            .to_owned());
    }
    Ok(format!("{{.{bare}}}"))
}
