//! The Datapath Lab page.
//!
//! One line of data flow: storage → [`state`] → [`pages`] → [`components`] → actions → state. What happens to a packet
//! is decided in `datapath_core`; here it is only shown. Left out on purpose: every decision about
//! packets, and every request to a server.

pub mod components;
pub mod pages;
pub mod panic;
pub mod saved;
pub mod state;
pub mod text;
pub mod theme;

use pages::LabPage;

/// Shows the lab in an element of the page.
pub fn mount(root: web_sys::Element) {
    panic::install();
    yew::Renderer::<LabPage>::with_root(root).render();
}
