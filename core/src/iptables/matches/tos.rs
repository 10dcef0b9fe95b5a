use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::list::Names;
use super::{Match, bang, write_value};

/// `-m tos`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TosMatch {
    pub value: u8,
    pub mask: u8,
    pub inverted: bool,
}

/// `tos_symbol_names`
const SYMBOLS: [(u8, &str); 5] = [
    (0x10, "Minimize-Delay"),
    (0x08, "Maximize-Throughput"),
    (0x04, "Maximize-Reliability"),
    (0x02, "Minimize-Cost"),
    (0x00, "Normal-Service"),
];

/// The name of a value; names are for these bits only.
pub fn symbol(value: u8, mask: u8) -> Option<&'static str> {
    let found = SYMBOLS.iter().find(|(known, _)| (*known, 0x3f) == (value, mask));
    found.map(|(_, name)| *name)
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let (value, mask, inverted) = given.required(given.tos("--tos"), "tos", "--tos")?;
    Ok(Match::Tos(TosMatch { value, mask, inverted }))
}

impl TosMatch {
    /// `tos_mt`.
    pub const fn matches(self, tos: u8) -> bool {
        (tos & self.mask == self.value) != self.inverted
    }

    pub fn write(self, out: &mut String) {
        write_value(out, self.inverted, "--tos", format_args!("{:#04x}/{:#04x}", self.value, self.mask));
    }

    /// `tos_mt_print`: nothing stands between the words and a number.
    pub fn list(self, out: &mut String, names: Names) {
        let _ = match (names, symbol(self.value, self.mask)) {
            (Names::Known, Some(name)) => write!(out, " tos match{} {name}", bang(self.inverted)),
            _ => write!(out, " tos match{}{:#04x}/{:#04x}", bang(self.inverted), self.value, self.mask),
        };
    }
}
