//! What the page does beside being shown: it keeps its state, keeps time, and listens.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::{Interval, Timeout};
use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::keys;
use crate::saved;
use crate::state::{Action, Handle, PACES};

/// Long enough that typing does not write with every key.
const SAVE_AFTER_MS: u32 = 400;
/// Short, as a page that stands still for longer seems dead.
const LOAD_FOR_MS: f64 = 40.0;
/// Long enough for what the user does, and for a frame.
const LOAD_EVERY_MS: u32 = 10;

/// Keeps the state in the browser, a moment after the last change, or when the page is left.
#[hook]
pub fn use_saving(model: &Handle) {
    let latest = model.clone();
    use_effect_with(model.clone(), move |_| {
        let leaving = latest.clone();
        let leave = EventListener::once(&window(), "pagehide", move |_| {
            saved::store_place(&leaving.place());
        });
        let save = Timeout::new(SAVE_AFTER_MS, move || {
            if !saved::store_place(&latest.place()) && latest.kept {
                latest.dispatch(Action::Kept(false));
            }
        });
        move || drop((save, leave))
    });
    let latest = model.clone();
    // The address stands for the text: comparing megabytes at every step takes longer than the step.
    use_effect_with((model.edition, model.draft.as_ptr().addr()), move |_| {
        let leaving = latest.clone();
        let leave = EventListener::once(&window(), "pagehide", move |_| {
            saved::store_texts(&leaving.texts());
        });
        let save = Timeout::new(SAVE_AFTER_MS, move || {
            let kept = saved::store_texts(&latest.texts());
            if kept != latest.kept {
                latest.dispatch(Action::Kept(kept));
            }
        });
        move || drop((save, leave))
    });
}

/// Loads the draft in turns, between which the page stays alive.
#[hook]
pub fn use_loading(model: &Handle) {
    let latest = model.clone();
    let told = (model.loading, model.underway.as_ptr().addr());
    use_effect_with(told, move |(loading, _)| {
        let timer = loading.map(|_| {
            Interval::new(LOAD_EVERY_MS, move || {
                if latest.load_until(js_sys::Date::now() + LOAD_FOR_MS) {
                    latest.dispatch(Action::LoadOn);
                }
            })
        });
        move || drop(timer)
    });
}

/// Steps while the lab is playing.
#[hook]
pub fn use_player(model: &Handle) {
    let beat = (model.playing, model.pace, model.tick);
    let model = model.clone();
    use_effect_with(beat, move |(playing, pace, _)| {
        let timer = playing.then(|| Timeout::new(PACES[*pace], move || model.dispatch(Action::Beat)));
        move || drop(timer)
    });
}

#[hook]
pub fn use_theme(model: &Handle) {
    use_effect_with(model.theme, |theme| theme.apply());
}

/// The keys of the lab, wherever the focus is.
#[hook]
pub fn use_keys(model: &Handle) {
    use_effect_with(model.clone(), |model| {
        let model = model.clone();
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&document(), "keydown", options, move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            if let Some(action) = keys::action(event, &model) {
                event.prevent_default();
                model.dispatch(action);
            }
        });
        move || drop(listener)
    });
}

/// True from the moment on that the page listens.
#[hook]
pub fn use_ready() -> bool {
    let ready = use_state_eq(|| false);
    let set = ready.setter();
    use_effect_with((), move |()| {
        saved::opened();
        set.set(true);
    });
    *ready
}
