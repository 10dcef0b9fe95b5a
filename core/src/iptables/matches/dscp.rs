use std::fmt::Write;

use super::super::dscp;
use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not};
use super::{Match, bang, write_value};

/// `-m dscp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DscpMatch {
    pub codepoint: u8,
    pub inverted: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let codepoint = dscp::read(given, "dscp", ["--dscp", "--dscp-class"], "DSCP match: Parameter --dscp is required")?;
    let inverted = given.inverted("--dscp") || given.inverted("--dscp-class");
    Ok(Match::Dscp(DscpMatch { codepoint, inverted }))
}

impl DscpMatch {
    /// `dscp_mt`.
    pub const fn matches(self, tos: u8) -> bool {
        (tos >> 2 == self.codepoint) != self.inverted
    }

    pub fn write(self, out: &mut String) {
        write_value(out, self.inverted, "--dscp", format_args!("{:#04x}", self.codepoint));
    }

    /// `dscp_print`
    pub fn list(self, out: &mut String) {
        let _ = write!(out, " DSCP match {}{:#04x}", bang(self.inverted), self.codepoint);
    }

    /// `__dscp_xlate`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        to.add(&format!("{} dscp {}{:#04x}", to.ip(), not(self.inverted), self.codepoint));
    }
}
