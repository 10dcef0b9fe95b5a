use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::Translation;
use super::{Match, MatchState, Remembered, write_value};
use crate::message;

/// `-m quota`: true until so many bytes have passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaMatch {
    pub bytes: u64,
    pub inverted: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let text = given.required(given.text("--quota"), "quota", "--quota")?;
    let Ok(bytes) = text.parse() else {
        let message = format!("quota: bad value for option \"--quota\", or out of range (0-{}).", u64::MAX);
        return Err(given.wrong("--quota", message, message!("expected-number-of-bytes"), message!("advice-number")));
    };
    Ok(Match::Quota(QuotaMatch { bytes, inverted: given.inverted("--quota") }))
}

impl QuotaMatch {
    /// `quota_mt`: a packet that is too large for what is left uses it up.
    pub(super) fn test(&self, length: u16, memory: &mut Remembered<'_>) -> bool {
        let MatchState::Quota(left) = memory.state(MatchState::Quota(self.bytes)) else {
            return false;
        };
        let rest = left.checked_sub(length.into());
        *left = rest.unwrap_or(0);
        rest.is_some() != self.inverted
    }

    pub fn write(&self, out: &mut String) {
        write_value(out, self.inverted, "--quota", self.bytes);
    }

    /// `quota_print`, which does not say that the option is inverted
    pub fn list(&self, out: &mut String) {
        let _ = write!(out, " quota: {} bytes", self.bytes);
    }

    /// `quota_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        to.add(&format!("quota {}{} bytes", if self.inverted { "over " } else { "" }, self.bytes));
    }
}
