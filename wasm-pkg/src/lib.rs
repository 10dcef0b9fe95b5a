//! Datapath Lab for other people's pages: a typed API, and the view behind the `<datapath-lab>` element.
//!
//! [`Lab`] is a handle on `datapath_core::lab::Lab`, and [`parse`], [`translate`], [`trace`] and [`cost`] answer with one
//! call; what they return are plain objects whose types are in `datapath_wasm.d.ts`. [`mount`] shows the lab inside an
//! element, for `js/element.js`.

mod answers;
mod describe;
mod dto;
mod errors;
mod handle;
mod view;

pub use answers::{cost, parse, trace, translate};
pub use handle::Lab;
pub use view::{View, mount, speak, still, styles, trouble};
