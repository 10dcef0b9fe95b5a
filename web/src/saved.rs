//! What the browser keeps, so that a reload loses nothing. A browser that forbids it is no error.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use web_sys::Storage;

use crate::theme::Theme;

/// Where the user is, written with every change, and the texts, which may be large, written when they change.
const PLACE: &str = "datapath-lab.place.v2";
const TEXTS: &str = "datapath-lab.texts.v1";
/// Present while a saved lab is being opened: if it is there at the start, opening it failed the last time.
const OPENING: &str = "datapath-lab.opening";

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saved {
    pub place: Place,
    pub texts: Texts,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Texts {
    /// The text of the lab that is open; absent for the example.
    pub open: Option<String>,
    /// What is in the editor; absent if it is that same text.
    pub draft: Option<String>,
}

/// Clients and targets are kept by the words that the lab prints for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    pub client: String,
    pub target: String,
    pub deeds: Vec<Deed>,
    pub packet: usize,
    pub tick: usize,
    pub lane: usize,
    pub why: bool,
    pub pace: usize,
    pub theme: Theme,
}

/// What the user did to the lab, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Deed {
    Sent(Sent),
    /// An action on the cluster, as a command.
    Acted(String),
}

/// A connection that was opened, and how many packets it carried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    pub client: String,
    pub target: String,
    pub packets: usize,
    /// Whether these are further packets of the connection before.
    #[serde(default)]
    pub continues: bool,
}

pub fn load() -> Option<Saved> {
    let storage = storage()?;
    let place = read(&storage, PLACE)?;
    let texts = read(&storage, TEXTS).unwrap_or_default();
    Some(Saved { place, texts })
}

/// False if the browser did not keep it.
pub fn store_place(place: &Place) -> bool {
    store(PLACE, place)
}

/// False if the browser did not keep them.
pub fn store_texts(texts: &Texts) -> bool {
    store(TEXTS, texts)
}

fn read<T: DeserializeOwned>(storage: &Storage, key: &str) -> Option<T> {
    serde_json::from_str(&storage.get_item(key).ok()??).ok()
}

fn store<T: Serialize>(key: &str, value: &T) -> bool {
    let text = serde_json::to_string(value).ok();
    let kept = text.and_then(|text| storage()?.set_item(key, &text).ok());
    kept.is_some()
}

/// Whether a saved lab may be opened: not if the page failed the last time that it tried. Until [`opened`] is
/// called, it counts as failed.
pub fn may_open() -> bool {
    let Some(storage) = storage() else {
        return true;
    };
    let failed = matches!(storage.get_item(OPENING), Ok(Some(_)));
    // A full storage cannot keep the mark; then nothing guards.
    let _ = storage.set_item(OPENING, "1");
    !failed
}

/// The saved lab is open and was shown.
pub fn opened() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(OPENING);
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
