//! What the browser keeps, so that a reload loses nothing. A browser that forbids it is no error.

use serde::{Deserialize, Serialize};
use web_sys::Storage;

use crate::theme::Theme;

const KEY: &str = "datapath-lab.v1";
/// Present while a saved lab is being opened: if it is there at the start, opening it failed the last time.
const OPENING: &str = "datapath-lab.opening";

/// Clients and targets are kept by the words that the lab prints for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Saved {
    /// The text of the lab that is open; absent for the example.
    pub text: Option<String>,
    /// What is in the editor.
    pub draft: String,
    pub client: String,
    pub target: String,
    pub sendings: Vec<Sent>,
    pub packet: usize,
    pub tick: usize,
    pub lane: usize,
    pub why: bool,
    pub pace: usize,
    pub theme: Theme,
}

/// A connection that was opened, and how many packets it carried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    pub client: String,
    pub target: String,
    pub packets: usize,
}

pub fn load() -> Option<Saved> {
    let text = storage()?.get_item(KEY).ok()??;
    serde_json::from_str(&text).ok()
}

/// False if the browser did not keep it.
pub fn store(saved: &Saved) -> bool {
    let Ok(text) = serde_json::to_string(saved) else {
        return false;
    };
    storage().is_some_and(|storage| storage.set_item(KEY, &text).is_ok())
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
