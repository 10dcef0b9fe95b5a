use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, add_masked};
use super::{Match, write_value};

/// A mark under a mask: of the packet or of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkMatch {
    pub value: u32,
    pub mask: u32,
    pub inverted: bool,
}

pub fn read_mark(given: &Given<'_>) -> Result<Match, Refusal> {
    read(given, "mark").map(Match::Mark)
}

pub fn read_connmark(given: &Given<'_>) -> Result<Match, Refusal> {
    read(given, "connmark").map(Match::Connmark)
}

fn read(given: &Given<'_>, extension: &str) -> Result<MarkMatch, Refusal> {
    let (value, mask, inverted) = given.required(given.mark("--mark"), extension, "--mark")?;
    Ok(MarkMatch { value, mask, inverted })
}

impl MarkMatch {
    pub const fn matches(&self, mark: u32) -> bool {
        (mark & self.mask == self.value) != self.inverted
    }

    /// `xtables_print_mark_mask`.
    pub fn write(&self, out: &mut String) {
        if self.mask == u32::MAX {
            write_value(out, self.inverted, "--mark", format_args!("{:#x}", self.value));
        } else {
            write_value(out, self.inverted, "--mark", format_args!("{:#x}/{:#x}", self.value, self.mask));
        }
    }

    /// `mark_mt_print`
    pub fn list(&self, out: &mut String) {
        out.push_str(if self.inverted { " mark match !" } else { " mark match" });
        self.list_value(out);
    }

    /// `mark_mt_xlate`, `connmark_mt_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>, field: &str) {
        to.add(field);
        add_masked(to, self.value, self.mask, self.inverted);
    }

    /// `connmark_mt_print`
    pub fn list_connmark(&self, out: &mut String) {
        out.push_str(if self.inverted { " connmark match !" } else { " connmark match " });
        self.list_value(out);
    }

    /// `xtables_print_mark_mask`
    fn list_value(&self, out: &mut String) {
        let _ = write!(out, " 0x{:x}", self.value);
        if self.mask != u32::MAX {
            let _ = write!(out, "/0x{:x}", self.mask);
        }
    }
}
