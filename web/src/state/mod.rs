//! The state of the page and what changes it.
//!
//! In: [`Action`]s. Out: the next [`Model`]. Left out on purpose: storage, timers and the document, which the page's
//! effects see to.

mod action;
mod arriving;
mod bookmark;
mod figure;
mod history;
mod learning;
mod model;
mod open;
mod operate;
mod settings;
mod shell;
mod shown;
mod tour;
mod walk;
mod written;

pub use action::{Action, Form, Go, Study};
pub use arriving::{Busy, TURNS_FOR};
pub use bookmark::Bookmark;
pub use history::{Change, Known, LabId};
pub use learning::{Chapter, Course, Done, Learning, Mistakes, Progress};
pub use model::{Handle, Model, PACES, Peek};
pub use open::{Notice, Start};
pub use operate::Undone;
pub use settings::Settings;
pub use shell::{Terminal, Typed};
pub use shown::{Shown, Track};
pub use tour::Stop;
pub use walk::{Rejoined, Seen};
pub use written::{State as TextState, Written};
