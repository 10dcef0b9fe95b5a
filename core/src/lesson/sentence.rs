use super::condition::{Claim, Clause, Comparison, Count, Fact, Lanes, Quantity};
use crate::lab::Ending;
use crate::message;
use crate::message::Message;
use crate::netfilter::Manip;

impl Clause {
    /// What is claimed, as a sentence without a full stop. Texts that are looked for in rules are not told: they may be
    /// what somebody is to find out.
    pub(super) fn tell(&self) -> Message {
        let Claim::In(lanes, fact) = &self.claim else {
            let claim = self.claim.tell();
            return if self.negated { message!("goal-not", claim = claim) } else { claim };
        };
        let fact = fact.tell();
        match (lanes, self.negated) {
            (Lanes::Every, false) => message!("goal-in-every", fact = fact),
            (Lanes::Every, true) => message!("goal-not-in-every", fact = fact),
            (Lanes::Any, false) => message!("goal-in-any", fact = fact),
            (Lanes::Any, true) => message!("goal-in-none", fact = fact),
            (Lanes::One(mode), false) => message!("goal-in-one", lane = mode.to_string(), fact = fact),
            (Lanes::One(mode), true) => message!("goal-not-in-one", lane = mode.to_string(), fact = fact),
        }
    }
}

impl Claim {
    fn tell(&self) -> Message {
        match self {
            Self::In(_, fact) => fact.tell(),
            Self::Compare(left, comparison, right) => {
                message!("goal-compare", left = left.tell(), sign = comparison.sign().to_owned(), right = right.tell())
            }
            Self::Printed(text) => message!("goal-printed", text = text.to_string()),
            Self::Failed => message!("goal-failed"),
            Self::Told(true) => message!("goal-true"),
            Self::Told(false) => message!("goal-false"),
        }
    }
}

impl Fact {
    fn tell(&self) -> Message {
        match self {
            Self::Ended(Ending::Answered) => message!("goal-answered"),
            Self::Ended(Ending::Rejected) => message!("goal-rejected"),
            Self::Ended(Ending::Dropped) => message!("goal-dropped"),
            Self::Refused => message!("goal-refused"),
            Self::Mismatched => message!("goal-mismatched"),
            Self::Passed(hook) => message!("goal-passed", hook = hook.chain().to_owned()),
            Self::ChoseAt(hook) => message!("goal-chose-at", hook = hook.chain().to_owned()),
            Self::Entered(_) => message!("goal-entered"),
            Self::Matched(_) => message!("goal-matched"),
            Self::Lists(_) => message!("goal-lists"),
            Self::Tracks(_) => message!("goal-tracks"),
            Self::Reached(text) => message!("goal-reached", text = text.to_string()),
            Self::Rewrote(Manip::Source) => message!("goal-rewrote-source"),
            Self::Rewrote(Manip::Destination) => message!("goal-rewrote-destination"),
            Self::SkippedNat => message!("goal-skipped-nat"),
            Self::SameServer => message!("goal-same-server"),
            Self::Invalid => message!("goal-invalid"),
        }
    }
}

impl Comparison {
    const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "≤",
            Self::Equal => "=",
            Self::AtLeast => "≥",
            Self::More => ">",
        }
    }
}

impl Quantity {
    fn tell(&self) -> Message {
        match self {
            Self::Number(number) => message!("goal-number", number = number.to_string()),
            Self::Count { times, mode, count } => {
                let counted = message!("goal-counted", lane = mode.to_string(), what = count.tell());
                let is_once = (times - 1.0).abs() < f64::EPSILON;
                if is_once { counted } else { message!("goal-times", times = times.to_string(), counted = counted) }
            }
        }
    }
}

impl Count {
    fn tell(self) -> Message {
        match self {
            Self::Rules => message!("goal-count-rules"),
            Self::Tests => message!("goal-count-tests"),
            Self::Lookups => message!("goal-count-lookups"),
            Self::Rewrites => message!("goal-count-rewrites"),
            Self::Nodes => message!("goal-count-nodes"),
            Self::Entries => message!("goal-count-entries"),
            Self::Connections => message!("goal-count-connections"),
            Self::Answers => message!("goal-count-answers"),
            Self::Chance => message!("goal-count-chance"),
            Self::LeastChance => message!("goal-count-least-chance"),
            Self::Lines => message!("goal-count-lines"),
            Self::Bytes => message!("goal-count-bytes"),
            Self::Listed => message!("goal-count-listed"),
        }
    }
}
