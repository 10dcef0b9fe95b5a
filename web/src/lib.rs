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
use pages::LabPage;
use yew::platform::spawn_local;

/// Shows the lab in an element of the page; the figure that the page's address asks for, if it does.
pub fn mount(root: web_sys::Element) {
    if figure::is_framed() {
        return figure::mount_frame(root);
    }
    panic::install();
    let render = move || yew::Renderer::<LabPage>::with_root(root).render();
    match shelf::settings().language.language() {
        Language::English => drop(render()),
        // The page begins in its language, or in English where that cannot be had.
        other => spawn_local(async move {
            if let Some(words) = language::load(other).await {
                language::speak(words);
            }
            render();
        }),
    }
}
