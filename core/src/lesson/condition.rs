use std::fmt;
use std::str::FromStr;

use crate::lab::Ending;
use crate::message;
use crate::message::Message;
use crate::netfilter::{Hook, Manip};
use crate::proxy::Mode;
use crate::source::Phrase;
use crate::source::shell_words;

/// Something that holds in a lab or does not: `iptables answered and not ipvs passed FORWARD`.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition(pub(super) Vec<Clause>);

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clause {
    pub negated: bool,
    pub claim: Claim,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Claim {
    In(Lanes, Fact),
    Compare(Quantity, Comparison, Quantity),
    /// The last line that was typed in a shell printed this text.
    Printed(Box<str>),
    /// It ended with a status that is not 0.
    Failed,
    /// What no run can show, such as a date: the author says whether it is so.
    Told(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lanes {
    One(Mode),
    Every,
    Any,
}

/// Of a lane's last packet, where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    Ended(Ending),
    /// The server's machine said that nobody listens.
    Refused,
    /// The answer came from somebody else than was asked.
    Mismatched,
    /// On its way to the server.
    Passed(Hook),
    /// The backend was chosen at this hook.
    ChoseAt(Hook),
    /// A chain whose name begins so.
    Entered(Box<str>),
    /// A rule that has this text in it.
    Matched(Box<str>),
    /// What the tools print for a node has this text in it.
    Lists(Box<str>),
    /// The server's name, its node's, or the address that it was reached at has this text in it.
    Reached(Box<str>),
    Rewrote(Manip),
    /// The chains of NAT were not visited, since the connection is known.
    SkippedNat,
    /// As the packet before, of this step.
    SameServer,
    /// A line of the connection tables has this text in it.
    Tracks(Box<str>),
    Invalid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Quantity {
    Number(f64),
    Count { times: f64, mode: Mode, count: Count },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// Of the last packet, on its way to the server.
    Rules,
    Tests,
    Lookups,
    Rewrites,
    Nodes,
    /// Live conntrack entries of all nodes.
    Entries,
    /// Entries of the connection tables of IPVS.
    Connections,
    /// Ways in which a new connection as the last one can end.
    Answers,
    /// The probability of the likeliest and of the least likely of them.
    Chance,
    LeastChance,
    /// What the last action made kube-proxies write.
    Lines,
    Bytes,
    /// Lines that the tools print for the first node.
    Listed,
}

const COUNTS: [(&str, Count); 13] = [
    ("rules", Count::Rules),
    ("tests", Count::Tests),
    ("lookups", Count::Lookups),
    ("rewrites", Count::Rewrites),
    ("nodes", Count::Nodes),
    ("entries", Count::Entries),
    ("connections", Count::Connections),
    ("answers", Count::Answers),
    ("chance", Count::Chance),
    ("least-chance", Count::LeastChance),
    ("lines", Count::Lines),
    ("bytes", Count::Bytes),
    ("listed", Count::Listed),
];

const COMPARISONS: [(&str, Comparison); 5] = [
    ("<", Comparison::Less),
    ("<=", Comparison::AtMost),
    ("=", Comparison::Equal),
    (">=", Comparison::AtLeast),
    (">", Comparison::More),
];

/// Why a text is no condition: what was found, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoCondition {
    /// The byte at which that is.
    pub at: usize,
    pub found: Phrase,
    pub expected: Phrase,
}

impl fmt::Display for NoCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "found {}, expected {}", self.found, self.expected)
    }
}

impl FromStr for Condition {
    type Err = NoCondition;

    fn from_str(text: &str) -> Result<Self, NoCondition> {
        let words = shell_words(text).map_err(|at| NoCondition {
            at,
            found: format!("{:?}", &text[at..]).into(),
            expected: message!("expected-closed-quotes").into(),
        })?;
        let mut words = Words { words: words.into_iter().peekable(), at: 0, end: text.trim_end().len() };
        let mut clauses = vec![words.clause()?];
        while let Some(word) = words.next() {
            if word != "and" {
                return Err(words.no(&word, message!("expected-and")));
            }
            clauses.push(words.clause()?);
        }
        Ok(Self(clauses))
    }
}

struct Words {
    words: std::iter::Peekable<std::vec::IntoIter<(usize, String)>>,
    /// Where the word begins that was read last.
    at: usize,
    end: usize,
}

impl Words {
    fn next(&mut self) -> Option<String> {
        let (at, word) = self.words.next()?;
        self.at = at;
        Some(word)
    }

    fn word(&mut self, expected: impl Into<Phrase>) -> Result<String, NoCondition> {
        let end = self.end;
        self.next().ok_or_else(|| NoCondition {
            at: end,
            found: message!("wrong-the-end").into(),
            expected: expected.into(),
        })
    }

    fn accept(&mut self, word: &str) -> bool {
        self.words.next_if(|(_, next)| next == word).is_some()
    }

    /// That the word that was read last is not what is expected.
    fn no(&self, found: &str, expected: impl Into<Phrase>) -> NoCondition {
        NoCondition { at: self.at, found: format!("{found:?}").into(), expected: expected.into() }
    }

    fn clause(&mut self) -> Result<Clause, NoCondition> {
        let negated = self.accept("not");
        let claim = if self.accept("true") {
            Claim::Told(true)
        } else if self.accept("false") {
            Claim::Told(false)
        } else if self.accept("failed") {
            Claim::Failed
        } else if self.accept("printed") {
            Claim::Printed(self.word(message!("expected-a-text"))?.into())
        } else {
            self.claim()?
        };
        Ok(Clause { negated, claim })
    }

    fn claim(&mut self) -> Result<Claim, NoCondition> {
        const EXPECTED: Message = message!("expected-claim");
        let first = self.word(EXPECTED)?;
        if let Some(number) = number(&first) {
            let left = self.quantity_of(number)?;
            return self.comparison(left);
        }
        let lanes = match first.as_str() {
            "every" | "any" => {
                let lane = self.word("lane")?;
                if lane != "lane" {
                    return Err(self.no(&lane, "lane"));
                }
                if first == "every" { Lanes::Every } else { Lanes::Any }
            }
            mode => Lanes::One(
                Mode::ALL.into_iter().find(|one| one.to_string() == mode).ok_or_else(|| self.no(mode, EXPECTED))?,
            ),
        };
        let word = self.word(message!("expected-fact"))?;
        if let (Lanes::One(mode), Some(count)) = (lanes, count(&word)) {
            return self.comparison(Quantity::Count { times: 1.0, mode, count });
        }
        Ok(Claim::In(lanes, self.fact(&word)?))
    }

    fn comparison(&mut self, left: Quantity) -> Result<Claim, NoCondition> {
        const EXPECTED: Message = message!("expected-comparison");
        let sign = self.word(EXPECTED)?;
        let found = COMPARISONS.iter().find(|(name, _)| *name == sign);
        let comparison = found.ok_or_else(|| self.no(&sign, EXPECTED))?.1;
        let expected = message!("expected-quantity");
        let word = self.word(expected)?;
        let right = match number(&word) {
            Some(number) => self.quantity_of(number)?,
            None => self.counted(1.0, &word)?,
        };
        Ok(Claim::Compare(left, comparison, right))
    }

    /// A number, or so many times what is counted.
    fn quantity_of(&mut self, number: f64) -> Result<Quantity, NoCondition> {
        if !self.accept("*") {
            return Ok(Quantity::Number(number));
        }
        let word = self.word(message!("expected-datapath"))?;
        self.counted(number, &word)
    }

    fn counted(&mut self, times: f64, mode: &str) -> Result<Quantity, NoCondition> {
        let expected = message!("expected-three", one = "iptables", other = "nftables", third = "ipvs");
        let mode = Mode::ALL.into_iter().find(|one| one.to_string() == mode).ok_or_else(|| self.no(mode, expected))?;
        let all = || COUNTS.map(|(name, _)| name).join(", ");
        let word = self.word(message!("expected-counted"))?;
        let count = count(&word).ok_or_else(|| self.no(&word, all()))?;
        Ok(Quantity::Count { times, mode, count })
    }

    fn fact(&mut self, word: &str) -> Result<Fact, NoCondition> {
        let text = |words: &mut Self| words.word(message!("expected-a-text")).map(String::into_boxed_str);
        Ok(match word {
            "answered" => Fact::Ended(Ending::Answered),
            "rejected" => Fact::Ended(Ending::Rejected),
            "dropped" => Fact::Ended(Ending::Dropped),
            "refused" => Fact::Refused,
            "mismatched" => Fact::Mismatched,
            "passed" => Fact::Passed(self.hook()?),
            "chose" => {
                let at = self.word("at")?;
                if at != "at" {
                    return Err(self.no(&at, message!("expected-at-hook")));
                }
                Fact::ChoseAt(self.hook()?)
            }
            "entered" => Fact::Entered(text(self)?),
            "matched" => Fact::Matched(text(self)?),
            "lists" => Fact::Lists(text(self)?),
            "reached" => Fact::Reached(text(self)?),
            "tracks" => Fact::Tracks(text(self)?),
            "rewrote" => {
                match self.word(message!("expected-either", one = "source", other = "destination"))?.as_str() {
                    "source" => Fact::Rewrote(Manip::Source),
                    "destination" => Fact::Rewrote(Manip::Destination),
                    other => {
                        return Err(self.no(other, message!("expected-either", one = "source", other = "destination")));
                    }
                }
            }
            "skipped-nat" => Fact::SkippedNat,
            "same-server" => Fact::SameServer,
            "invalid" => Fact::Invalid,
            other => {
                let expected = message!("expected-facts");
                return Err(self.no(other, expected));
            }
        })
    }

    fn hook(&mut self) -> Result<Hook, NoCondition> {
        let expected = Hook::ALL.map(Hook::chain).join(", ");
        let word = self.word(&*expected)?;
        Hook::ALL.into_iter().find(|hook| hook.chain() == word).ok_or_else(|| self.no(&word, expected))
    }
}

fn count(word: &str) -> Option<Count> {
    COUNTS.iter().find(|(name, _)| *name == word).map(|(_, count)| *count)
}

/// `3`, `0.25`, `1/3`
fn number(word: &str) -> Option<f64> {
    match word.split_once('/') {
        Some((over, under)) => {
            let (over, under) = (over.parse::<f64>().ok()?, under.parse::<f64>().ok()?);
            (under != 0.0).then(|| over / under)
        }
        None => word.parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

#[cfg(test)]
mod tests {
    use super::Condition;

    #[test]
    fn what_is_no_condition_is_told() {
        for (text, found) in [
            ("", "the end"),
            ("iptables", "the end"),
            ("ebtables answered", "\"ebtables\""),
            ("iptables answering", "\"answering\""),
            ("iptables passed through", "\"through\""),
            ("iptables rules", "the end"),
            ("iptables rules is 3", "\"is\""),
            ("iptables rules = nftables chains", "\"chains\""),
            ("every datapath answered", "\"datapath\""),
            ("iptables answered or ipvs answered", "\"or\""),
            ("any lane lists \"-j", "\"\\\"-j\""),
        ] {
            let why = text.parse::<Condition>().expect_err(text).to_string();
            assert!(why.starts_with(&format!("found {found}")), "{text}: {why}");
        }
    }
}
