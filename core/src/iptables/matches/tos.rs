use super::super::given::{Given, Refusal};
use super::{Match, write_value};

/// `-m tos`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TosMatch {
    pub value: u8,
    pub mask: u8,
    pub inverted: bool,
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
}
