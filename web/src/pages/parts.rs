//! The page comes up part by part: what stands first at once, the rest when somebody does something, or soon by itself.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use gloo::utils::window;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

use crate::shelf;
use crate::state::Handle;

/// Long enough that a phone has painted what stands first and listens.
const QUIET_MS: u32 = 3000;
/// As in the style sheet.
const ONE_LANE: &str = "(max-width: 1080px)";
/// What somebody does who will soon see more of the page, or asks for it.
const SIGNS: [&str; 7] = ["pointermove", "pointerdown", "touchstart", "wheel", "scroll", "keydown", "focusin"];

/// How much of the page is shown.
pub struct Parts {
    pub shown: usize,
    /// All of the program is there, or cannot be had by itself.
    pub is_whole: bool,
    /// Somebody wants the rest, and it is on its way.
    pub is_waiting: bool,
}

/// How many of a page's parts are shown: one more after each turn from the moment on that the lab is there, so that the
/// page answers between them. After the first `first` of them the page waits until it is used, and for the rest of the
/// program, which these ask for: somebody who is faster than that would have the page stand still until it has come.
#[hook]
pub fn use_parts(model: &Handle, first: usize, all: usize, rest: &JsValue) -> Parts {
    let shown = use_state_eq(|| 0);
    let set = shown.setter();
    let is_wanted = use_wanted(*shown >= first);
    let is_whole = use_kept(rest);
    let up_to = if is_whole && is_wanted { all } else { first };
    use_effect_with((), |()| {
        // A page that hangs or has crashed does not hear of it.
        let left = EventListener::once(&window(), "pagehide", |_| shelf::opened());
        move || drop(left)
    });
    use_effect_with((model.is_placeholder, *shown, up_to), move |&(is_placeholder, shown, up_to)| {
        if !is_placeholder {
            if shown < up_to { shelf::opening() } else { shelf::opened() }
        }
        let next = (!is_placeholder && shown < up_to).then(|| Timeout::new(0, move || set.set(shown + 1)));
        move || drop(next)
    });
    Parts { shown: *shown, is_whole, is_waiting: is_wanted && !is_whole }
}

/// True where one lane shows at a time.
#[hook]
pub fn use_narrow() -> bool {
    *use_memo((), |()| window().match_media(ONE_LANE).ok().flatten().is_some_and(|query| query.matches()))
}

/// True from the first sign of use on, or from a while after the page's beginning was there.
#[hook]
fn use_wanted(begun: bool) -> bool {
    let wanted = use_state_eq(|| false);
    let set = wanted.setter();
    use_effect_with((begun, *wanted), move |&(begun, wanted)| {
        let timer = (begun && !wanted).then(|| {
            let set = set.clone();
            Timeout::new(QUIET_MS, move || set.set(true))
        });
        let signs = if wanted { &[][..] } else { &SIGNS };
        let listeners: Vec<EventListener> = signs
            .iter()
            .map(|&sign| {
                let set = set.clone();
                EventListener::once(&window(), sign, move |_| set.set(true))
            })
            .collect();
        move || drop((timer, listeners))
    });
    *wanted
}

/// True from the moment on that the promise is kept, or broken.
#[hook]
fn use_kept(promise: &JsValue) -> bool {
    let kept = use_state_eq(|| false);
    let set = kept.setter();
    use_effect_with(promise.clone(), move |promise| {
        let promise = Promise::resolve(promise);
        spawn_local(async move {
            let _ = JsFuture::from(promise).await;
            set.set(true);
        });
    });
    *kept
}

/// True from the moment on that the whole page is there and listens.
#[hook]
pub fn use_ready(is_whole: bool) -> bool {
    let ready = use_state_eq(|| false);
    let set = ready.setter();
    use_effect_with(is_whole, move |is_whole| {
        if *is_whole {
            set.set(true);
        }
    });
    *ready
}
