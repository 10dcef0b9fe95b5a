use super::RejectWith;

/// A verdict of a rule, a policy or a kernel function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Go on with the next hook function.
    Accept,
    Drop,
    /// Drop, and send an answer.
    Reject(RejectWith),
}
