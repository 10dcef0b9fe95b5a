use super::super::given::{Given, Refusal};
use super::Target;

pub fn read(_: &Given<'_>) -> Result<Target, Refusal> {
    Ok(Target::Notrack)
}
