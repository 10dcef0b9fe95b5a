//! What `-o` chooses: `PrintFlags` of staging/src/k8s.io/kubectl/pkg/cmd/get and of staging/src/k8s.io/cli-runtime.

use serde_json::Value;

use super::jsonpath::{Template, go, relaxed};
use super::table::columns;
use crate::k8s::write::yaml::Yaml;

pub(super) enum Format {
    Table,
    Json,
    Yaml,
    Name,
    JsonPath { text: String, template: Template, as_json: bool },
    Columns(Vec<Column>),
}

pub(super) struct Column {
    header: String,
    value: Template,
}

/// Why there is no format.
pub(super) enum Bad {
    Said(String),
    /// kubectl has it, the lab does not.
    NotModelled,
}

/// Sorted, as kubectl tells of them.
const FORMATS: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,\
                       jsonpath-file,kyaml,name,template,templatefile,wide,yaml";

impl Format {
    pub fn read(text: &str) -> Result<Self, Bad> {
        let (name, argument) = text.split_once('=').unwrap_or((text, ""));
        let bare = |format| if text.contains('=') { Err(unknown(text)) } else { Ok(format) };
        match name {
            "" if text.is_empty() => Ok(Self::Table),
            "wide" => bare(Self::Table),
            "json" => bare(Self::Json),
            "yaml" => bare(Self::Yaml),
            "name" => bare(Self::Name),
            "jsonpath" | "jsonpath-as-json" | "go-template" | "template" if argument.is_empty() => {
                Err(Bad::Said("template format specified but no template given".to_owned()))
            }
            "jsonpath" | "jsonpath-as-json" => {
                let template = Template::read(argument)
                    .map_err(|why| Bad::Said(format!("error parsing jsonpath {argument}, {why}")))?;
                Ok(Self::JsonPath { text: argument.to_owned(), template, as_json: name == "jsonpath-as-json" })
            }
            "custom-columns" | "custom-columns-file" if argument.is_empty() => {
                Err(Bad::Said("custom-columns format specified but no custom columns given".to_owned()))
            }
            "custom-columns" => {
                argument.split(',').map(Column::read).collect::<Result<_, _>>().map(Self::Columns).map_err(Bad::Said)
            }
            _ if FORMATS.split(',').any(|format| format == name) => Err(Bad::NotModelled),
            _ => Err(unknown(text)),
        }
    }

    /// What commands have that make objects.
    pub fn of_made(text: &str) -> Result<Self, Bad> {
        let is_table = text == "wide" || text.starts_with("custom-columns");
        match Self::read(text) {
            Err(Bad::Said(said)) if !said.contains(ALLOWED) => Err(Bad::Said(said)),
            Ok(format) if !is_table => Ok(format),
            Err(Bad::NotModelled) if !is_table => Err(Bad::NotModelled),
            _ => {
                let formats: Vec<&str> =
                    FORMATS.split(',').filter(|name| *name != "wide" && !name.starts_with("custom-columns")).collect();
                Err(unmatched(text, &formats.join(",")))
            }
        }
    }

    pub const fn is_table(&self) -> bool {
        matches!(self, Self::Table)
    }
}

const ALLOWED: &str = "allowed formats are: ";

fn unknown(text: &str) -> Bad {
    unmatched(text, FORMATS)
}

fn unmatched(text: &str, formats: &str) -> Bad {
    Bad::Said(format!("unable to match a printer suitable for the output format \"{text}\", {ALLOWED}{formats}"))
}

impl Column {
    /// `NAME:.metadata.name`
    fn read(text: &str) -> Result<Self, String> {
        let (header, path) = text
            .split_once(':')
            .ok_or_else(|| format!("unexpected custom-columns spec: {text}, expected <header>:<json-path-expr>"))?;
        Ok(Self { header: header.to_owned(), value: Template::read(&relaxed(path)?)? })
    }

    fn cell(&self, object: &Value) -> Result<String, String> {
        let found = self.value.find(object)?;
        let mut words: Vec<String> = Vec::new();
        if found.first().is_none_or(Vec::is_empty) {
            words.push("<none>".to_owned());
        }
        words.extend(found.iter().flatten().map(|value| go::print(value)));
        Ok(words.join(","))
    }
}

/// `CustomColumnsPrinter`
pub(super) fn in_columns(of: &[Column], objects: &[&Value], with_headers: bool) -> Result<String, String> {
    let mut lines = Vec::new();
    if with_headers {
        lines.push(of.iter().map(|column| column.header.clone()).collect());
    }
    for object in objects {
        lines.push(of.iter().map(|column| column.cell(object)).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(columns(&lines))
}

/// `JSONPathPrinter`
pub(super) fn by_template(text: &str, template: &Template, as_json: bool, object: &Value) -> Result<String, String> {
    let printed = if as_json { template.print_as_json(object) } else { template.print(object) };
    printed.map_err(|why| {
        format!(
            "error executing jsonpath {text:?}: Error executing template: {why}. Printing more information for debugging \
             the template:\n\ttemplate was:\n\t\t{text}\n\tobject given to jsonpath engine was:\n\t\t{}\n\n\n",
            go::syntax(object)
        )
    })
}

/// With the fields of all objects in the order of their names, as kubectl prints what it has no type for.
pub(super) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> =
                fields.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            fields.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Indented by four blanks; the library does so by two. No string has an end of line in it.
pub(super) fn json(value: &Value) -> String {
    let pretty = format!("{value:#}");
    let indented = pretty.lines().map(|line| {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        format!("{}{line}\n", " ".repeat(blanks))
    });
    indented.collect()
}

pub(super) fn yaml(value: &Value) -> String {
    let mut yaml = Yaml::default();
    yaml.fields(value);
    yaml.into_text()
}
