use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::state::{Action, Go, Model};

/// What a key does; None if it is not the lab's, or belongs to the field or button that has the focus.
pub fn action(event: &KeyboardEvent, model: &Model) -> Option<Action> {
    if model.keeping || model.menu {
        return None;
    }
    let key = event.key();
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return if event.alt_key() || model.keys { None } else { undo_or_redo(event, &key) };
    }
    if model.keys {
        return (key == "?").then_some(Action::Keys(false));
    }
    if owner(event).is_some_and(|element| takes(&element, &key)) {
        return None;
    }
    Some(match key.as_str() {
        "ArrowRight" => Action::Go(Go::Step),
        "ArrowLeft" => Action::Go(Go::Back),
        "Home" => Action::Go(Go::First),
        "End" => Action::Go(Go::Last),
        "o" => Action::Go(Go::Over),
        "v" => Action::Go(Go::Verdict),
        "a" => Action::Apart(model.lane),
        " " => Action::TogglePlay,
        "s" => Action::Send,
        "n" => Action::SendNext,
        "c" => Action::Close,
        "w" => Action::ToggleWhy,
        "1" => Action::Lane(0),
        "2" => Action::Lane(1),
        "3" => Action::Lane(2),
        "t" => Action::Shell(!model.terminal.open),
        "?" => Action::Keys(true),
        _ => return None,
    })
}

/// Ctrl or Cmd with Z, with Shift and Z, or with Y; a text field has its own.
fn undo_or_redo(event: &KeyboardEvent, key: &str) -> Option<Action> {
    if owner(event).is_some_and(|element| is_text(&element)) {
        return None;
    }
    match (key, event.shift_key()) {
        ("z", false) => Some(Action::Undo),
        ("z" | "Z", true) | ("y", false) => Some(Action::Redo),
        _ => None,
    }
}

/// Whether one types there.
fn is_text(element: &Element) -> bool {
    let editable = element.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
    match element.tag_name().as_str() {
        "TEXTAREA" => true,
        "INPUT" => element.get_attribute("type").as_deref() != Some("range"),
        _ => editable,
    }
}

fn owner(event: &KeyboardEvent) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// Whether the focused element has a use for the key itself.
fn takes(element: &Element, key: &str) -> bool {
    let editable = element.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => element.get_attribute("type").as_deref() != Some("range") || key == " ",
        "BUTTON" | "A" | "SUMMARY" => key == " ",
        _ if element.get_attribute("role").as_deref() == Some("button") && key == " " => true,
        _ => editable || (key != " " && key.len() > 1 && is_scrolled(element)),
    }
}

/// Whether it stands in a box with a scrollbar of its own, which the arrows move.
fn is_scrolled(element: &Element) -> bool {
    element.closest("[data-scrolls]").is_ok_and(|scrolls| scrolls.is_some())
}
