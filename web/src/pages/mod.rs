//! Whole pages, and the effects that join them to the browser.

mod broken;
mod effects;
mod keys;
mod lab;

pub use lab::LabPage;
