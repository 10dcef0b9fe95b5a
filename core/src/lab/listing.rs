//! A node's rules as the tools print them, with the way back from a step to its line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Network, Printed};
use crate::fixed_hash::HashMap;
use crate::task::block_on;
use crate::trace::{ChainId, Event, LeftBy, Origin, RuleId, Step};

/// What the tools print for one node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub sections: Vec<Section>,
    places: HashMap<LineRef, (usize, usize)>,
    /// The lines of each set, map or virtual service, by its name.
    structures: BTreeMap<Arc<str>, (usize, Range<usize>)>,
}

/// The output of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub title: String,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub at: Option<LineRef>,
}

/// What a line stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineRef {
    Chain(ChainId),
    Rule(RuleId),
    /// A set, a map, a virtual service or a device, by name.
    Structure(Arc<str>),
}

impl Listing {
    /// The node's rules in the mode of its network; empty for a node that there is not.
    pub fn of(network: &Network, node: usize) -> Self {
        block_on(Printed::of(network, node).read())
    }

    /// The line that a step is about: its section, and its place there.
    pub fn line_of(&self, step: &Step) -> Option<(usize, usize)> {
        if let Event::LookedUp { name, key, .. } = &step.event
            && let Some(place) = self.element(name, key)
        {
            return Some(place);
        }
        if let (Event::BackendChosen { backend, .. }, Origin::VirtualService(service)) = (&step.event, &step.origin) {
            return self.element(service, &backend.to_string());
        }
        let wanted = match (&step.event, &step.origin) {
            (Event::RulesMissed { first, count, .. }, _) => {
                LineRef::Rule(RuleId { index: first.index + count.saturating_sub(1), ..*first })
            }
            (_, Origin::Rule(rule)) => LineRef::Rule(*rule),
            (Event::ChainEntered { chain, .. }, _) => return self.start_of(*chain),
            (Event::ChainLeft { chain, by: LeftBy::Policy }, _) => LineRef::Chain(*chain),
            // Back to the caller, whose rule is next: nothing of this chain's text is at work.
            (Event::ChainLeft { .. }, _) => return None,
            (_, Origin::Chain(chain)) => LineRef::Chain(*chain),
            (_, Origin::Element { name }) => LineRef::Structure(name.clone()),
            (_, Origin::VirtualService(service)) => LineRef::Structure(service.clone()),
            _ => return None,
        };
        self.place(&wanted)
    }

    /// Where a chain's rules begin. iptables-save declares all chains of a table far above their rules.
    pub fn start_of(&self, chain: ChainId) -> Option<(usize, usize)> {
        let declared = self.place(&LineRef::Chain(chain));
        match chain {
            ChainId::Iptables { .. } => self.place(&LineRef::Rule(RuleId { chain, index: 0 })).or(declared),
            ChainId::Nftables { .. } => declared,
        }
    }

    /// Where a chain, rule or structure is listed.
    pub fn place(&self, wanted: &LineRef) -> Option<(usize, usize)> {
        self.places.get(wanted).copied()
    }

    /// The line of a structure that holds the key; its first line if none does.
    fn element(&self, structure: &str, key: &str) -> Option<(usize, usize)> {
        let (section, range) = self.structures.get(structure)?;
        let lines = self.sections.get(*section)?.lines.get(range.clone())?;
        let offset = lines.iter().position(|line| holds(&line.text, key)).unwrap_or(0);
        Some((*section, range.start + offset))
    }

    pub(super) fn push(&mut self, title: String, lines: Vec<Line>) {
        let section = self.sections.len();
        for (number, line) in lines.iter().enumerate() {
            if let Some(at) = &line.at {
                self.places.entry(at.clone()).or_insert((section, number));
            }
        }
        self.structures.extend(structures(&lines).into_iter().map(|(name, range)| (name, (section, range))));
        self.sections.push(Section { title, lines });
    }
}

/// Runs of lines that belong to one structure.
fn structures(lines: &[Line]) -> BTreeMap<Arc<str>, Range<usize>> {
    let mut found: BTreeMap<Arc<str>, Range<usize>> = BTreeMap::new();
    for (number, line) in lines.iter().enumerate() {
        if let Some(LineRef::Structure(name)) = &line.at {
            let range = found.entry(name.clone()).or_insert(number..number);
            range.end = number + 1;
        }
    }
    found
}

/// Whether the key stands in the text as a whole word: `10.0.0.1:80` is not in `10.0.0.1:8080`.
fn holds(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + key.len()..].chars().next();
        let part_of_word =
            |character: Option<char>| character.is_some_and(|character| character.is_ascii_alphanumeric());
        !part_of_word(before) && !part_of_word(after)
    })
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn keys_are_whole_words() {
        assert!(holds("add S 10.0.0.1,tcp:80", "10.0.0.1,tcp:80"));
        assert!(!holds("add S 10.0.0.1,tcp:8080", "10.0.0.1,tcp:80"));
        assert!(!holds("add S 110.0.0.1,tcp:80", "10.0.0.1,tcp:80"));
    }
}
