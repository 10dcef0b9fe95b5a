//! Shared by the tests: reads recorded cases, translates them, and compares with what was recorded.

pub mod case;
pub mod compare;
pub mod effort;
pub mod fuzz;
pub mod kernel;
pub mod large;
pub mod later;
#[cfg(target_os = "linux")]
pub mod live;
pub mod machine;
pub mod output;
pub mod probe;
pub mod settings;
pub mod state;
pub mod typed;
