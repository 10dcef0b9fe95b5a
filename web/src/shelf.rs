//! What the browser keeps: labs, and how the page is looked at. A browser that forbids it is no error.
//!
//! Each lab has its text, which never changes, its draft, and the rest, which is short and written with every change.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use datapath_core::session::{Deed, Kept, pack, unpack};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use web_sys::{DomException, Storage};

use crate::state::{Bookmark, Known, LabId, Progress, Settings};
use crate::text::keep;

const SETTINGS: &str = "datapath-lab.settings.v1";
const PROGRESS: &str = "datapath-lab.progress.v1";
const TYPED: &str = "datapath-lab.typed.v1";
const LIST: &str = "datapath-lab.labs.v1";
/// Present while a kept lab is being opened: if it is there at the start, opening it failed the last time.
const OPENING: &str = "datapath-lab.opening";

/// A lab in the list of those that are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: LabId,
    pub title: String,
    /// What the user calls it.
    #[serde(default)]
    pub name: Option<String>,
    /// When it was open last, in milliseconds since 1970.
    pub when: f64,
    /// Bytes of its text.
    pub size: usize,
    pub steps: usize,
    /// What was done in it last, as its line in a file.
    #[serde(default)]
    pub last: Option<String>,
    /// Whether it is the lab of a lesson.
    #[serde(default)]
    pub is_lesson: bool,
}

/// Why something was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unkept {
    Forbidden,
    /// There is no room for so many bytes.
    Full(usize),
    /// Another tab of the browser has the lab open, and went on with it.
    Elsewhere,
}

thread_local! {
    /// When each lab was read or written here last: what is written later was written in another tab.
    static SEEN: RefCell<BTreeMap<LabId, f64>> = const { RefCell::new(BTreeMap::new()) };
}

impl Entry {
    /// What the user calls it, or what is in it.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.title)
    }

    /// The same; but what nobody has named is told from others of the same cluster by what was done in it.
    pub fn shown(&self) -> String {
        let last = self.last.as_ref().filter(|_| self.name.is_none()).and_then(|line| line.parse::<Deed>().ok());
        last.map_or_else(|| self.called().to_owned(), |last| keep::after(&self.title, &last))
    }
}

#[derive(Clone, Copy)]
enum Part {
    Text,
    Rest,
    Draft,
    Lesson,
}

impl Part {
    fn key(self, id: LabId) -> String {
        let part = match self {
            Self::Text => "text",
            Self::Rest => "rest",
            Self::Draft => "draft",
            Self::Lesson => "lesson",
        };
        format!("datapath-lab.lab.v1.{id}.{part}")
    }
}

/// A number that no lab has, in any tab.
pub fn new_id() -> LabId {
    // Milliseconds since 1970, and room for those that follow at once.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive number below 2^41")]
    let now = js_sys::Date::now() as LabId;
    now * 1_000
}

/// Nothing was ever kept here.
pub fn is_untouched() -> bool {
    storage().is_none_or(|storage| storage.length().is_ok_and(|keys| keys == 0))
}

pub fn settings() -> Settings {
    storage().and_then(|storage| read(&storage, SETTINGS)).unwrap_or_default()
}

pub fn store_settings(settings: &Settings) -> Result<(), Unkept> {
    write(&storage().ok_or(Unkept::Forbidden)?, SETTINGS, settings)
}

/// What was done in lessons.
pub fn progress() -> Progress {
    storage().and_then(|storage| read(&storage, PROGRESS)).unwrap_or_default()
}

pub fn store_progress(progress: &Progress) -> Result<(), Unkept> {
    write(&storage().ok_or(Unkept::Forbidden)?, PROGRESS, progress)
}

/// The lines that were typed in the command line, the newest last.
pub fn typed() -> Vec<Rc<str>> {
    let lines: Vec<String> = storage().and_then(|storage| read(&storage, TYPED)).unwrap_or_default();
    lines.into_iter().map(Rc::from).collect()
}

/// Keeps the last of them, below those of other tabs.
pub fn store_typed(line: &str) -> Result<(), Unkept> {
    /// As many as bash keeps by itself (`HISTSIZE`).
    const MOST: usize = 500;
    /// More than a line that somebody would want again, such as a manifest.
    const LONGEST: usize = 4_000;
    let storage = storage().ok_or(Unkept::Forbidden)?;
    let mut lines: Vec<String> = read(&storage, TYPED).unwrap_or_default();
    if line.len() > LONGEST || lines.last().is_some_and(|last| last == line) {
        return Ok(());
    }
    lines.push(line.to_owned());
    lines.drain(..lines.len().saturating_sub(MOST));
    write(&storage, TYPED, &lines)
}

/// The labs that are kept, the last one first.
pub fn list() -> Vec<Entry> {
    let mut list: Vec<Entry> = storage().and_then(|storage| read(&storage, LIST)).unwrap_or_default();
    list.sort_by(|one, other| other.when.total_cmp(&one.when));
    list
}

pub fn load(id: LabId) -> Option<Known> {
    let storage = storage()?;
    let part = |part: Part| storage.get_item(&part.key(id)).ok().flatten();
    let text = unpack(&part(Part::Text)?).ok()?;
    let kept = Kept::with_text(text.into(), &part(Part::Rest)?).ok()?;
    let when = list().iter().find(|entry| entry.id == id).map(|entry| entry.when);
    SEEN.with_borrow_mut(|seen| seen.extend(when.map(|when| (id, when))));
    let draft = part(Part::Draft).and_then(|draft| unpack(&draft).ok()).map(Rc::from);
    let lesson = read(&storage, &Part::Lesson.key(id));
    Some(Known { draft, lesson, ..Known::new(id, kept) })
}

/// Keeps a lab and puts it at the head of the list. Its draft is kept by [`store_draft`].
pub fn store(known: &Known) -> Result<(), Unkept> {
    let storage = storage().ok_or(Unkept::Forbidden)?;
    let mut list = list();
    let before = list.iter().find(|entry| entry.id == known.id).cloned();
    let seen = SEEN.with_borrow(|seen| seen.get(&known.id).copied());
    if before.as_ref().is_some_and(|before| Some(before.when) != seen) {
        return Err(Unkept::Elsewhere);
    }
    let rest = known.kept.without_text();
    let [text_key, rest_key, lesson_key] = [Part::Text, Part::Rest, Part::Lesson].map(|part| part.key(known.id));
    let lesson_before: Option<Bookmark> = read(&storage, &lesson_key);
    // What is there already needs no writing: another tab may have it open, too.
    let is_rest_there = matches!(storage.get_item(&rest_key), Ok(Some(there)) if there == rest);
    if before.is_some() && is_rest_there && lesson_before == known.lesson {
        return Ok(());
    }
    // Only one lesson after the other brings another text into a lab.
    let is_text_there = lesson_before.is_none() && matches!(storage.get_item(&text_key), Ok(Some(_)));
    if !is_text_there {
        set(&storage, &text_key, &pack(&known.kept.text))?;
    }
    match &known.lesson {
        Some(lesson) => write(&storage, &lesson_key, lesson)?,
        None => storage.remove_item(&lesson_key).map_err(|_| Unkept::Forbidden)?,
    }
    set(&storage, &rest_key, &rest)?;
    list.retain(|entry| entry.id != known.id);
    let (when, size, steps) = (js_sys::Date::now(), known.kept.text.len(), known.kept.steps_done());
    let name = before.and_then(|before| before.name);
    let last = known.kept.last_deed().map(ToString::to_string);
    let is_lesson = known.lesson.is_some();
    list.insert(0, Entry { id: known.id, title: known.title.clone(), name, when, size, steps, last, is_lesson });
    write(&storage, LIST, &list)?;
    SEEN.with_borrow_mut(|seen| seen.insert(known.id, when));
    Ok(())
}

/// Keeps what is in the editor, or that it is the lab's own text.
pub fn store_draft(id: LabId, draft: Option<&str>) -> Result<(), Unkept> {
    let storage = storage().ok_or(Unkept::Forbidden)?;
    let key = Part::Draft.key(id);
    match draft {
        Some(draft) => set(&storage, &key, &pack(draft)),
        None => storage.remove_item(&key).map_err(|_| Unkept::Forbidden),
    }
}

/// Calls a lab something; nothing stands for what is in it.
pub fn rename(id: LabId, name: &str) -> Result<(), Unkept> {
    let mut list = list();
    for entry in list.iter_mut().filter(|entry| entry.id == id) {
        entry.name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    }
    write(&storage().ok_or(Unkept::Forbidden)?, LIST, &list)
}

pub fn remove(id: LabId) {
    let Some(storage) = storage() else {
        return;
    };
    for part in [Part::Text, Part::Rest, Part::Draft, Part::Lesson] {
        // What cannot be removed stays.
        let _ = storage.remove_item(&part.key(id));
    }
    let mut list = list();
    list.retain(|entry| entry.id != id);
    let _ = write(&storage, LIST, &list);
}

/// Whether a kept lab may be opened: not if the page failed the last time that it tried. Until [`opened`] is
/// called, it counts as failed.
pub fn may_open() -> bool {
    let Some(storage) = storage() else {
        return true;
    };
    let failed = matches!(storage.get_item(OPENING), Ok(Some(_)));
    opening();
    !failed
}

/// More of the kept lab comes up, which may fail, too.
pub fn opening() {
    if let Some(storage) = storage() {
        // A full storage cannot keep the mark; then nothing guards.
        let _ = storage.set_item(OPENING, "1");
    }
}

/// What was to be shown of the kept lab is, or the page is left while it is alive.
pub fn opened() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(OPENING);
    }
}

fn read<T: DeserializeOwned>(storage: &Storage, key: &str) -> Option<T> {
    serde_json::from_str(&storage.get_item(key).ok()??).ok()
}

fn write<T: Serialize>(storage: &Storage, key: &str, value: &T) -> Result<(), Unkept> {
    let text = serde_json::to_string(value).map_err(|_| Unkept::Forbidden)?;
    set(storage, key, &text)
}

fn set(storage: &Storage, key: &str, text: &str) -> Result<(), Unkept> {
    storage.set_item(key, text).map_err(|error| match error.dyn_ref::<DomException>() {
        Some(error) if error.name() == "QuotaExceededError" => Unkept::Full(text.len()),
        _ => Unkept::Forbidden,
    })
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
