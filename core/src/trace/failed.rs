/// The test by which a rule did not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// In the words of the tool that made the rule: `-d 10.96.0.10/32`, `ip daddr 10.96.0.10`.
    pub test: String,
    pub found: Found,
}

/// A test that passed by chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// As in [`Failed`].
    pub test: String,
    pub number: String,
}

/// What was there for a test that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Value(String),
    /// The number that chance drew.
    Drawn(String),
    /// The packet has nothing of the kind.
    Nothing,
    /// The step before tells (what a set said), or it is a matter of more than one value.
    Untold,
}
