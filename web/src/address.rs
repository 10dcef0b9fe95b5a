//! The page's address and its place in the browser's history, where each entry knows its lab by its number.

use datapath_core::session::{Damage, Kept};
use gloo::utils::window;
use wasm_bindgen::JsValue;

use crate::state::LabId;

/// What the address's fragment leads to. None if it is no link of the lab.
pub fn link() -> Option<Result<Kept, Damage>> {
    Kept::from_fragment(&window().location().hash().ok()?)
}

const LESSON: &str = "#lesson=";

/// A step of a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonPlace {
    /// Of the course, or the address of a file on the same site, which ends in `.md`.
    pub name: String,
    /// From 0.
    pub step: usize,
}

/// The lesson that the address's fragment leads to, and its step from 1: `#lesson=ipvs/2`, `#lesson=course/own.md/2`.
pub fn lesson() -> Option<LessonPlace> {
    let hash = window().location().hash().ok()?;
    let place = hash.strip_prefix(LESSON)?;
    let numbered = place.rsplit_once('/').and_then(|(name, step)| Some((name, step.parse::<usize>().ok()?)));
    let (name, step) = numbered.unwrap_or((place, 1));
    Some(LessonPlace { name: name.to_owned(), step: step.saturating_sub(1) })
}

/// The address of a step of a lesson, from 0.
pub fn of_lesson(name: &str, step: usize) -> String {
    let address = window().location().href().unwrap_or_default();
    let page = address.split('#').next().unwrap_or_default();
    format!("{page}{LESSON}{name}/{}", step + 1)
}

/// Makes the address that of a step of a lesson which is open in a lab, or of no lesson any more.
pub fn study(id: LabId, place: Option<(&str, usize)>) {
    let location = window().location();
    let bare = || format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    let address = match place {
        Some((name, step)) => of_lesson(name, step),
        None if lesson().is_some() => bare(),
        None => return,
    };
    if let Ok(history) = window().history() {
        // Refused only where there are too many.
        let _ = history.replace_state_with_url(&state(id), "", Some(&address));
    }
}

/// By which an entry of the browser's history knows its lab.
fn state(id: LabId) -> JsValue {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    JsValue::from_f64(id as f64)
}

/// The address of a lab.
pub fn of(kept: &Kept) -> String {
    let address = window().location().href().unwrap_or_default();
    let page = address.split('#').next().unwrap_or_default();
    format!("{page}#{}", kept.to_fragment())
}

/// The lab of the entry of the browser's history that is shown.
pub fn lab() -> Option<LabId> {
    let number = window().history().ok()?.state().ok()?.as_f64()?;
    // Ids are whole numbers below 2^53.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Some(number as LabId)
}

/// Makes the entry of the browser's history that is shown, or a new one behind it, the lab's. A link has done its work
/// once the lab is open: what is done there from now on is not in it.
pub fn arrive(id: LabId) {
    let is_link = link().is_some();
    let Ok(history) = window().history() else {
        return;
    };
    let state = state(id);
    let location = window().location();
    let bare = || format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    // A browser may refuse where there are too many; then Back leads elsewhere, and nothing else happens.
    let _ = match lab() {
        Some(here) if here == id && !is_link => Ok(()),
        Some(_) if !is_link => history.push_state_with_url(&state, "", Some(&bare())),
        _ if is_link => history.replace_state_with_url(&state, "", Some(&bare())),
        _ => history.replace_state(&state, ""),
    };
}
