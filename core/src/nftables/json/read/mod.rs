//! `nft -j list ruleset` and the commands of `nft -j -f`, read: each object becomes the command in nft's own words that
//! says the same.
//!
//! In: JSON. Out: a script for [`apply`](crate::nftables::apply) and where each of its lines comes from. Left out on
//! purpose: what the schema cannot say (`dynamic`, `auto-merge`), so that a ruleset that was read is as poor as its JSON.

mod expression;
mod object;
mod statement;

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::message;
use crate::message::Message;
use crate::netfilter::Seconds;
use crate::nftables::model::Ruleset;
use crate::nftables::script::apply_at;
use crate::source::{Diagnostic, Phrase, Position};

/// What is not as the schema has it: what was found, and what it should be.
struct Odd {
    found: String,
    expected: Phrase,
}

type Read<T> = Result<T, Odd>;

fn odd<T>(value: &Value, expected: impl Into<Phrase>) -> Read<T> {
    let mut found = value.to_string();
    if let Some((end, _)) = found.char_indices().nth(60) {
        found.truncate(end);
        found.push('…');
    }
    Err(Odd { found, expected: expected.into() })
}

/// A line of the script, and at which byte of the JSON it comes from: only what is wrong has its place counted out.
struct Line {
    text: String,
    from: usize,
}

/// How many things are said about one text before reading stops.
const MOST_DIAGNOSTICS: usize = 100;

/// In the order in which they can be loaded: rules and elements lead to chains, rules ask sets and objects.
#[derive(Default)]
struct Script {
    tables: Vec<Line>,
    chains: Vec<Line>,
    objects: Vec<Line>,
    elements: Vec<Line>,
    rules: Vec<Line>,
}

/// Loads JSON as `nft -j -f` does, at a time.
///
/// # Errors
/// What is no JSON, what the schema has no word for, and what nft refuses, at the place of the object in the text.
pub fn apply(ruleset: &mut Ruleset, text: &str, now: Seconds) -> Result<(), Vec<Diagnostic>> {
    let root: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(|error| vec![no_json(&error)])?;
    let commands = root.get("nftables").map_or("[]", |commands| commands.get());
    let commands: Vec<&RawValue> = serde_json::from_str(commands).map_err(|error| vec![no_json(&error)])?;
    let mut script = Script::default();
    let mut errors = Vec::new();
    for raw in commands {
        let from = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let read = serde_json::from_str(raw.get()).map_err(|error| no_json(&error)).and_then(|command: Value| {
            script.command(&command, from).map_err(|Odd { found, expected }| {
                Diagnostic::error(
                    Position::of_offset(text, from),
                    message!("wrong-not-printed", found = found),
                    expected,
                    message!("advice-whole-output-of-it"),
                )
            })
        });
        errors.extend(read.err());
        if errors.len() == MOST_DIAGNOSTICS {
            break;
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let Script { tables, chains, objects, elements, rules } = script;
    let lines: Vec<_> = [tables, chains, objects, elements, rules].into_iter().flatten().collect();
    let joined: String = lines.iter().flat_map(|line| [&line.text, "\n"]).collect();
    let applied = apply_at(ruleset, &joined, now);
    applied.map(|_| ()).map_err(|refused| refused.into_iter().map(|said| placed(said, &lines, text)).collect())
}

fn no_json(error: &serde_json::Error) -> Diagnostic {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    let position = Position::new(number(error.line()), number(error.column()));
    Diagnostic::error(position, error.to_string(), "{\"nftables\": [ … ]}", message!("advice-nft-json"))
}

/// Nobody has seen the script: what is said of its line is said of the object that the line comes from.
fn placed(said: Diagnostic, lines: &[Line], json: &str) -> Diagnostic {
    let line = (said.position.line as usize).checked_sub(1).and_then(|line| lines.get(line));
    match line {
        Some(Line { text, from }) => Diagnostic {
            position: Position::of_offset(json, *from),
            message: message!("wrong-at-line", why = &said.message, text = text).into(),
            ..said
        },
        None => said,
    }
}

impl Script {
    fn command(&mut self, command: &Value, from: usize) -> Read<()> {
        const EXPECTED: Message = message!("expected-json-object");
        let Some((kind, object)) = command.as_object().and_then(|object| object.iter().next()) else {
            return odd(command, EXPECTED);
        };
        let line = |text: String| Line { text, from };
        match kind.as_str() {
            "metainfo" => {}
            "add" => self.command(object, from)?,
            "table" => self.tables.push(line(object::table(object)?)),
            "chain" => self.chains.push(line(object::chain(object)?)),
            "set" | "map" => {
                self.objects.push(line(object::set(kind, object)?));
                self.elements.extend(object::elements(object)?.map(line));
            }
            "element" => self.elements.extend(object::elements(object)?.map(line)),
            "rule" => self.rules.push(line(object::rule(object)?)),
            "flowtable" => self.objects.push(line(object::flowtable(object)?)),
            "counter" | "quota" | "limit" | "ct helper" | "ct timeout" | "ct expectation" => {
                self.objects.push(line(object::named(kind, object)?));
            }
            _ => return odd(command, EXPECTED),
        }
        Ok(())
    }
}

/// A member that must be there.
fn member<'a>(object: &'a Value, name: &'static str) -> Read<&'a Value> {
    object.get(name).map_or_else(|| odd(object, name), Ok)
}

fn text<'a>(object: &'a Value, name: &'static str) -> Read<&'a str> {
    let value = member(object, name)?;
    value.as_str().map_or_else(|| odd(value, name), Ok)
}

fn number(object: &Value, name: &'static str) -> Read<u64> {
    let value = member(object, name)?;
    value.as_u64().map_or_else(|| odd(value, name), Ok)
}

/// One thing, or a list of things.
fn several(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// One word, or a list of words.
fn words(value: &Value) -> Read<Vec<&str>> {
    several(value).iter().map(|word| word.as_str().map_or_else(|| odd(word, message!("expected-a-word")), Ok)).collect()
}
