//! Whole pages, and the effects that join them to the browser.

mod arrival;
mod broken;
mod effects;
mod figure;
mod keys;
mod lab;
mod parts;
mod returning;

pub use figure::{FigurePage, Props as FigureProps, TroublePage, TroubleProps};
pub use lab::{LabPage, LabPageProps};
