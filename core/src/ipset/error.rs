use std::fmt;
use std::sync::Arc;

/// Why a set or an element was refused. Displays in the words of ipset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetError {
    Exists(Arc<str>),
    NoSet(Arc<str>),
    UnknownType(Arc<str>),
    LongName(Arc<str>),
    NameTaken(Arc<str>),
    InUse(Arc<str>),
    ListInList(Arc<str>),
    OtherType,
    /// Of two that are to be swapped.
    NoSecondSet,
    AlreadyAdded,
    NotAdded,
    Full,
    OutOfRange,
    /// An element or an option that cannot be read, with what is wrong.
    Syntax(String),
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(_) => f.write_str("Set cannot be created: set with the same name already exists"),
            Self::NoSet(_) => f.write_str("The set with the given name does not exist"),
            Self::UnknownType(name) => write!(f, "Syntax error: typename '{name}' is unknown"),
            Self::LongName(name) => {
                write!(f, "Syntax error: setname '{name}' is longer than {} characters", super::LONGEST_NAME)
            }
            Self::NameTaken(_) => f.write_str("Set cannot be renamed: a set with the new name already exists"),
            Self::InUse(_) => f.write_str("Set cannot be destroyed: it is in use by a kernel component"),
            Self::ListInList(_) => f.write_str("Sets with list:set type cannot be added to the set"),
            Self::NoSecondSet => f.write_str("Sets cannot be swapped: the second set does not exist"),
            Self::OtherType => f.write_str("The sets cannot be swapped: their type does not match"),
            Self::AlreadyAdded => f.write_str("Element cannot be added to the set: it's already added"),
            Self::NotAdded => f.write_str("Element cannot be deleted from the set: it's not added"),
            Self::Full => f.write_str("Hash is full, cannot add more elements"),
            Self::OutOfRange => f.write_str("Element is out of the range of the set"),
            Self::Syntax(message) => write!(f, "Syntax error: {message}"),
        }
    }
}

impl std::error::Error for SetError {}
