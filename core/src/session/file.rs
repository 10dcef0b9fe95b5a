use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Deed, EXAMPLES, Kept, Step, UnknownDeed, View, step};
use crate::message;
use crate::message::Message;

/// Names the format; its value is the version.
const MARK: &str = "datapath-lab";
const VERSION: u64 = 1;

/// Why a file or link did not give a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// It is no JSON: where it stops being that, by line and column from 1.
    NotJson {
        line: usize,
        column: usize,
    },
    /// It is JSON, but does not say that it is a lab.
    NotALab,
    /// A later version of the lab wrote it.
    Newer {
        version: String,
    },
    /// A field is missing or not what it must be.
    Field {
        path: &'static str,
        expected: Message,
    },
    Deed(UnknownDeed),
    /// A link has a sign in it that no link has, at this place from 1.
    Sign {
        sign: char,
        at: usize,
    },
    /// A link ends too early, or something in it was changed.
    Incomplete,
    /// A link unpacks to more than this many bytes.
    TooLarge {
        most: usize,
    },
}

impl Kept {
    /// As a file that people can read.
    pub fn to_file(&self) -> String {
        let lines: Vec<_> = self.text.split('\n').collect();
        let mut text = format!("{:#}", self.to_json(Some(json!(lines))));
        text.push('\n');
        text
    }

    /// As [`Self::to_file`], in as few bytes as JSON allows.
    pub fn to_compact(&self) -> String {
        self.to_json(Some(json!(&*self.text))).to_string()
    }

    /// All but the text, for whoever keeps that beside it.
    pub fn without_text(&self) -> String {
        self.to_json(None).to_string()
    }

    /// Reads what [`Self::without_text`] wrote.
    ///
    /// # Errors
    /// As [`Self::from_file`].
    pub fn with_text(text: Arc<str>, rest: &str) -> Result<Self, Damage> {
        Self::read(rest, |_| Ok(text))
    }

    /// Reads what [`Self::to_file`] or [`Self::to_compact`] wrote, in this version of the lab or an earlier one.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn from_file(text: &str) -> Result<Self, Damage> {
        Self::read(text, source)
    }

    fn read(text: &str, source: impl FnOnce(&Map<String, Value>) -> Result<Arc<str>, Damage>) -> Result<Self, Damage> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Damage::NotJson { line: error.line(), column: error.column() })?;
        let fields = value.as_object().ok_or(Damage::NotALab)?;
        match fields.get(MARK).ok_or(Damage::NotALab)? {
            version if version.as_u64() == Some(VERSION) => {}
            version => return Err(Damage::Newer { version: version.to_string() }),
        }
        let (opening, mut steps) = deeds(fields, "done")?;
        let done = steps.len();
        let (also, undone) = deeds(fields, "undone")?;
        if !also.is_empty() {
            return Err(Damage::Field { path: "undone", expected: message!("damage-expected-first") });
        }
        steps.extend(undone);
        Ok(Self { text: source(fields)?, opening, steps, done, view: view(fields)? })
    }

    /// Whether a text is meant to be a lab and not a cluster: as far as its beginning tells.
    pub fn is_meant_by(text: &str) -> bool {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        start.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(&format!("\"{MARK}\"")))
    }

    fn to_json(&self, text: Option<Value>) -> Value {
        let mut fields = Map::new();
        fields.insert(MARK.to_owned(), json!(VERSION));
        if let Some(text) = text {
            match EXAMPLES.iter().position(|example| **example == *self.text) {
                Some(index) => fields.insert("example".to_owned(), json!(index + 1)),
                None => fields.insert("text".to_owned(), text),
            };
        }
        let (done, undone) = self.steps.split_at(self.done.min(self.steps.len()));
        fields.insert("done".to_owned(), json!(step::write(&self.opening, done)));
        if !undone.is_empty() {
            fields.insert("undone".to_owned(), json!(step::write(&[], undone)));
        }
        let View { client, target, packet, tick, lane, apart } = &self.view;
        let mut view = json!({"client": client, "target": target, "packet": packet, "step": tick, "lane": lane});
        if !apart.is_empty() {
            view["apart"] = apart.iter().map(|(lane, moment)| (lane.to_string(), json!(moment))).collect();
        }
        fields.insert("view".to_owned(), view);
        Value::Object(fields)
    }
}

fn source(fields: &Map<String, Value>) -> Result<Arc<str>, Damage> {
    match (fields.get("example"), fields.get("text")) {
        (Some(number), None) => {
            let index = number.as_u64().and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
            let example = index.and_then(|index| EXAMPLES.get(index));
            let expected = message!("damage-expected-example");
            example.map(|text| (*text).into()).ok_or(Damage::Field { path: "example", expected })
        }
        (None, Some(Value::String(text))) => Ok(text.as_str().into()),
        (None, Some(Value::Array(lines))) => {
            let lines: Option<Vec<_>> = lines.iter().map(Value::as_str).collect();
            let expected = message!("damage-expected-lines");
            Ok(lines.ok_or(Damage::Field { path: "text", expected })?.join("\n").into())
        }
        _ => Err(Damage::Field { path: "text", expected: message!("damage-expected-text") }),
    }
}

fn deeds(fields: &Map<String, Value>, path: &'static str) -> Result<(Vec<Deed>, Vec<Step>), Damage> {
    let lines = match fields.get(path) {
        None => return Ok(Default::default()),
        Some(Value::Array(lines)) => lines.iter().map(Value::as_str).collect::<Option<Vec<_>>>(),
        Some(_) => None,
    };
    let lines = lines.ok_or(Damage::Field { path, expected: message!("damage-expected-list") })?;
    step::read(lines.into_iter()).map_err(Damage::Deed)
}

fn view(fields: &Map<String, Value>) -> Result<View, Damage> {
    let empty = Map::new();
    let view = match fields.get("view") {
        None => &empty,
        Some(Value::Object(view)) => view,
        Some(_) => return Err(Damage::Field { path: "view", expected: message!("damage-expected-object") }),
    };
    let word = |name: &str, path| match view.get(name) {
        None => Ok(String::new()),
        Some(Value::String(word)) => Ok(word.clone()),
        Some(_) => Err(Damage::Field { path, expected: message!("damage-expected-string") }),
    };
    let number = |name: &str, path| match view.get(name) {
        None => Ok(0),
        Some(value) => index(value).ok_or(Damage::Field { path, expected: message!("damage-expected-number") }),
    };
    let apart = match view.get("apart") {
        None => Some(BTreeMap::new()),
        Some(Value::Object(lanes)) => {
            lanes.iter().map(|(lane, moment)| Some((lane.parse().ok()?, index(moment)?))).collect()
        }
        Some(_) => None,
    };
    let apart = apart.ok_or(Damage::Field { path: "view.apart", expected: message!("damage-expected-apart") })?;
    Ok(View {
        apart,
        client: word("client", "view.client")?,
        target: word("target", "view.target")?,
        packet: number("packet", "view.packet")?,
        tick: number("step", "view.step")?,
        lane: number("lane", "view.lane")?,
    })
}

fn index(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|number| usize::try_from(number).ok())
}

impl Damage {
    /// What is wrong, as the rest of a sentence.
    pub fn tell(&self) -> Message {
        match self {
            Self::NotJson { line, column } => message!("damage-no-json", line = *line, column = *column),
            Self::NotALab => message!("damage-no-lab", beginning = format!("\"{MARK}\": {VERSION}")),
            Self::Newer { version } => message!("damage-newer", version = version.as_str(), ours = VERSION),
            Self::Field { path, expected } => message!("damage-field", path = *path, expected = expected.clone()),
            Self::Deed(UnknownDeed(line)) => message!("damage-deed", line = line.as_str()),
            Self::Sign { sign, at } => message!("damage-sign", sign = sign.to_string(), at = *at),
            Self::Incomplete => message!("damage-incomplete"),
            Self::TooLarge { most } => message!("damage-too-large", most = *most / 1_000_000),
        }
    }
}

/// In English.
impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell().fmt(f)
    }
}
