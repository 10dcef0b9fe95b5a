use crate::message;
use crate::message::Message;

/// What became of a setting of the kernel that somebody wants to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    Set,
    /// Known, and nothing in the model depends on it: why.
    WithoutEffect(Message),
    /// Not one that the model knows of.
    Unknown,
    /// The kernel takes no such value: what it takes.
    Refused(Message),
}

impl Setting {
    /// Writes a switch such as `0` or `1`.
    pub fn switch(value: &str, to: &mut bool) -> Self {
        match value {
            "0" => *to = false,
            "1" => *to = true,
            _ => return Self::Refused(message!("expected-switch")),
        }
        Self::Set
    }

    /// Writes a number from `least` on.
    pub fn number<T: TryFrom<u32>>(value: &str, least: u32, to: &mut T) -> Self {
        let number = value.parse().ok().filter(|number| *number >= least);
        match number.and_then(|number| T::try_from(number).ok()) {
            Some(number) => *to = number,
            None if least > 0 => return Self::Refused(message!("expected-above-zero")),
            None => return Self::Refused(message!("expected-number")),
        }
        Self::Set
    }
}
