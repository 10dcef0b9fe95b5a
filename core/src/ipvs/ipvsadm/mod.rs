//! ipvsadm 1.31: its commands and its lists.
//!
//! In: lines as `ipvsadm -S -n` prints and `ipvsadm -R` reads them. Out: commands with their place in the
//! text, and what is wrong with the others; and the other way round what `ipvsadm -S -n`, `-L -n` with its
//! columns, `-L -n -c` and `-L --timeout` print for a state, byte for byte. Left out on purpose: names of hosts and ports
//! (ipvsadm resolves them, a model has nobody to ask), the sync daemon.

mod apply;
mod options;
mod order;
mod parse;
mod print;
mod statistics;

pub use apply::restore;
pub use parse::{Command, Line, parse};
pub use print::{Columns, connection_lines, connections, in_order, list, restore_input, save, save_one, timeouts};
pub use statistics::{Numbers, rates, statistics};
