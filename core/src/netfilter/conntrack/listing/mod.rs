//! What `conntrack -L` (conntrack-tools 1.4.7) and `/proc/net/nf_conntrack` list.
//!
//! In: a listing as somebody pastes it ([`parse`]), or a table ([`Listing::of`]). Out: the same bytes
//! ([`Listing`] displays so), or entries in the table ([`Listing::restore`]). Left out on purpose: events (`-E`), XML and
//! `-o save`. What is listed and has no place in the model (labels, helpers, states of DCCP) is kept
//! and said.

mod entry;
mod parse;
mod print;
mod restore;

pub use entry::{Ends, Entry, Fact, Flow, Hold, State};
pub use parse::parse;

use super::{Connection, Conntrack};
use crate::netfilter::Seconds;

/// Lines of a listing, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    pub form: Form,
    pub entries: Vec<Entry>,
}

/// Who lists, which decides what a line begins with and how an address of IPv6 is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `conntrack -L`
    Plain,
    /// `conntrack -L -o extended`
    Extended,
    /// `/proc/net/nf_conntrack`
    Proc,
}

impl Listing {
    /// The entries of a table at a time, in the order in which they were created: the kernel's is that of its hash,
    /// whose seed it draws.
    pub fn of(table: &Conntrack, now: Seconds) -> Self {
        Self::of_entries(table.entries(), Form::Plain, now)
    }

    /// Some entries of a table at a time.
    pub fn of_entries<'t>(entries: impl Iterator<Item = &'t Connection>, form: Form, now: Seconds) -> Self {
        Self { form, entries: entries.map(|connection| Entry::of(connection, now)).collect() }
    }
}

#[cfg(test)]
mod tests;
