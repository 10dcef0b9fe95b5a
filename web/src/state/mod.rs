//! The state of the page and what changes it.
//!
//! In: [`Action`]s. Out: the next [`Model`]. Left out on purpose: storage, timers and the document, which the page's
//! effects see to.

mod action;
mod model;
mod open;
mod operate;
mod shown;

pub use action::{Action, Go};
pub use model::{Handle, Model, PACES};
pub use shown::{Shown, Track};
