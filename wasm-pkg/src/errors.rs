//! What a text is refused for, as an `Error` of JavaScript.

use datapath_core::lab::{Lab, Refused};
use datapath_core::source::Diagnostic;
use serde::de::DeserializeOwned;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::dto;

#[wasm_bindgen(typescript_custom_section)]
const LAB_ERROR: &'static str = r#"
/** What is thrown for a text or a packet that cannot be taken. */
export interface LabError extends Error {
  /** What is wrong with the text; empty where something else is. */
  diagnostics: Diagnostic[];
}
"#;

pub fn open(text: &str, seed: Option<u32>) -> Result<Lab, JsValue> {
    Lab::open(text, seed.unwrap_or(1).into()).map_err(|Refused { diagnostics }| {
        let lines: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
        error(&lines.join("\n"), &diagnostics)
    })
}

/// Reads options; a name that they do not have is a mistake that would otherwise go unnoticed.
pub fn options<T>(given: Option<Ts<T>>, names: &[&str]) -> Result<T, JsValue>
where
    T: Tsify + Default + DeserializeOwned,
    T::JsType: Clone,
{
    let Some(given) = given else {
        return Ok(T::default());
    };
    known(&given.js_value(), names)?;
    given.to_rust().map_err(|why| error(&why.to_string(), &[]))
}

/// Whether an object has no other names than these.
pub fn known(given: &JsValue, names: &[&str]) -> Result<(), JsValue> {
    let keys = given.dyn_ref::<js_sys::Object>().map(js_sys::Object::keys).unwrap_or_default();
    let unknown = keys.iter().filter_map(|key| key.as_string()).find(|key| !names.contains(&key.as_str()));
    unknown.map_or(Ok(()), |key| Err(error(&format!("unknown field {key:?}: expected {}", names.join(", ")), &[])))
}

/// A `LabError` in English.
pub fn error(message: &str, diagnostics: &[Diagnostic]) -> JsValue {
    told(message, diagnostics.iter().map(dto::Diagnostic::from))
}

/// A `LabError` in the words that are given.
pub fn told(message: &str, diagnostics: impl Iterator<Item = dto::Diagnostic>) -> JsValue {
    let error = js_sys::Error::new(message);
    let list: js_sys::Array = diagnostics.filter_map(|one| one.into_ts().ok()).map(|one| one.js_value()).collect();
    // Setting a field of a new object is never refused.
    let _ = js_sys::Reflect::set(&error, &"name".into(), &"LabError".into());
    let _ = js_sys::Reflect::set(&error, &"diagnostics".into(), &list);
    error.into()
}
