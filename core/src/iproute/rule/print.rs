use std::fmt;

use super::{Action, Condition, Rule};
use crate::iproute::route::destination;

/// `print_rule`
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:\t{}", self.priority, if self.inverted { "not " } else { "" })?;
        for (number, condition) in self.conditions.iter().enumerate() {
            if number > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{condition}")?;
        }
        match &self.action {
            Action::Lookup(table) => write!(f, " lookup {table}")?,
            Action::Goto(priority) => write!(f, " goto {priority}")?,
            Action::Other(name) => write!(f, " {name}")?,
        }
        if self.kept.is_empty() { Ok(()) } else { write!(f, " {}", self.kept) }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::From(None) => f.write_str("from all"),
            Self::From(Some(prefix)) => write!(f, "from {}", destination(*prefix)),
            Self::To(prefix) => write!(f, "to {}", destination(*prefix)),
            Self::Mark { value, mask: None } => write!(f, "fwmark {}", hexadecimal(*value)),
            Self::Mark { value, mask: Some(mask) } => {
                write!(f, "fwmark {}/{}", hexadecimal(*value), hexadecimal(*mask))
            }
            Self::Input(device) => write!(f, "iif {device}"),
            Self::Output(device) => write!(f, "oif {device}"),
            Self::Kept(word) => f.write_str(word),
        }
    }
}

/// C's `%#x` writes zero without its prefix.
fn hexadecimal(number: u32) -> String {
    if number == 0 { "0".to_owned() } else { format!("{number:#x}") }
}
