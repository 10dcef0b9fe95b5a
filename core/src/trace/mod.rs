//! What a packet went through: one vocabulary of steps and costs for every datapath.
//!
//! In: calls from the evaluators. Out: a [`Trace`], a [`Cost`], or nothing at all, by the choice of
//! [`Tracer`]. Left out on purpose: text; a step names rules by number, and the ruleset prints them.

mod calibration;
mod cost;
mod event;
mod failed;
mod fault;
mod tracer;

pub use calibration::Calibration;
pub use cost::Cost;
pub use event::{Asked, Backend, ChainId, Event, Index, LeftBy, Origin, Route, RuleId, Structure};
pub use failed::{Drawn, Failed, Found};
pub use fault::Fault;
pub use tracer::{Meter, Recorder, Silent, Step, Trace, Tracer};
