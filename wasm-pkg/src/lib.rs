//! Datapath Lab for other people's pages: a typed API, and the view behind the `<datapath-lab>` element.
//!
//! [`Lab`] is a handle on `datapath_core::lab::Lab`; what it returns are plain objects whose types are in
//! `datapath_lab.d.ts`. [`mount`] shows the lab inside an element, for `js/datapath-lab.js`.

mod describe;
mod dto;
mod handle;
mod view;

pub use handle::Lab;
pub use view::{View, mount, styles};
