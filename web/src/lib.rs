//! The Datapath Lab page.
//!
//! One line of data flow: storage → [`state`] → [`pages`] → [`components`] → actions → state. What happens to a packet
//! is decided in `datapath_core`; here it is only shown. Left out on purpose: every decision about
//! packets, and every request to a server.

pub mod address;
pub mod components;
pub mod files;
pub mod offline;
pub mod pages;
pub mod panic;
pub mod shelf;
pub mod state;
pub mod text;
pub mod theme;

use pages::{FigurePage, FigureProps, LabPage};

/// Shows the lab in an element of the page.
pub fn mount(root: web_sys::Element) {
    panic::install();
    yew::Renderer::<LabPage>::with_root(root).render();
}

/// The style sheets of a figure, for the shadow root that it stands in.
pub const FIGURE_STYLES: [&str; 2] = [include_str!("../../static/lab.css"), include_str!("../../static/figure.css")];

/// Shows the lab as a figure in an element of somebody else's page.
pub fn mount_figure(root: web_sys::Element, cluster: Option<String>) -> yew::AppHandle<FigurePage> {
    let props = FigureProps { cluster: cluster.map(Into::into) };
    yew::Renderer::<FigurePage>::with_root_and_props(root, props).render()
}
