//! The Datapath Lab page.
//!
//! One line of data flow: storage → [`state`] → [`pages`] → [`components`] → actions → state. What happens to a packet
//! is decided in `datapath_core`; here it is only shown. Left out on purpose: every decision about
//! packets, and every request but for the page's own files.

pub mod address;
pub mod components;
pub mod course;
pub mod figure;
pub mod files;
pub mod language;
pub mod offline;
pub mod pages;
pub mod panic;
pub mod shelf;
pub mod state;
pub mod text;
pub mod theme;

use datapath_core::message::Language;
use futures_util::future::select;
use gloo::timers::future::TimeoutFuture;
use gloo::utils::window;
use js_sys::Promise;
use pages::{LabPage, LabPageProps};
use text::say;
use wasm_bindgen::UnwrapThrowExt;
use wasm_bindgen_futures::JsFuture;
use yew::platform::spawn_local;

/// Shows the lab in an element of the page; the figure that the page's address asks for, if it does. `rest` is kept when
/// all of the program is there, or cannot be had by itself; `speaks` is told, in the page's language, what to ask where it
/// cannot be had.
pub fn mount(root: web_sys::Element, rest: Promise, speaks: impl FnOnce(&str) + 'static) {
    let is_framed = figure::is_framed();
    if !is_framed {
        panic::install();
    }
    spawn_local(async move {
        if is_framed {
            let _ = JsFuture::from(rest).await;
            return figure::mount_frame(root);
        }
        // What the page says while it loads shows even where the program is there at once.
        painted().await;
        // What was kept may need all of the program at once.
        if !is_first_visit() {
            let _ = JsFuture::from(rest.clone()).await;
        }
        let language = shelf::settings().language.language();
        // The page begins in its language, or in English where that cannot be had.
        if language != Language::English
            && let Some(words) = language::load(language).await
        {
            language::speak(words);
        }
        speaks(&say!("page-rest"));
        turn().await;
        yew::Renderer::<LabPage>::with_root_and_props(root, LabPageProps { rest: rest.into() }).render();
    });
}

/// Nothing leads elsewhere than to the example.
fn is_first_visit() -> bool {
    shelf::is_untouched() && window().location().hash().is_ok_and(|hash| hash.is_empty())
}

/// Until the browser has painted, or for so long (ms) that it will not: it paints no page that is hidden.
async fn painted() {
    const AT_MOST: u32 = 100;
    let frame = Promise::new(&mut |painting, _| {
        window().request_animation_frame(&painting).expect_throw("a page has frames");
    });
    select(JsFuture::from(frame), TimeoutFuture::new(AT_MOST)).await;
    // The callback of a frame comes before its painting, and this after it.
    turn().await;
}

/// The page answers between what takes long.
async fn turn() {
    TimeoutFuture::new(0).await;
}
