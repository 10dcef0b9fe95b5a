//! A node's rules as the tools print them, with the way back from a step to its line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Network, Printing};
use crate::fixed_hash::HashMap;
use crate::netfilter::Seconds;
use crate::trace::{ChainId, Event, LeftBy, Origin, RuleId, Step, Structure};

/// What the tools print for one node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub sections: Vec<Section>,
    places: HashMap<LineRef, (usize, usize)>,
    /// The lines of each set, map or virtual service, by its name.
    structures: BTreeMap<Arc<str>, (usize, Range<usize>)>,
    length: usize,
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
    /// The command that lists virtual services.
    pub(super) const IPVS: &str = "ipvsadm -S -n";

    /// The node's rules in the mode of its network, at a second of the lab's clock; empty for a node that there is not.
    pub fn of(network: &Network, node: usize, now: Seconds) -> Self {
        Printing::of(network, node, now).finish(network)
    }

    /// The line that a step is about: its section, and its place there.
    pub fn line_of(&self, step: &Step) -> Option<(usize, usize)> {
        match &step.event {
            Event::LookedUp { structure: Structure::IpvsServices, key, .. } => {
                return self.place(&LineRef::Structure(key.as_str().into()));
            }
            Event::LookedUp { structure: Structure::IpvsConnections, .. } => return None,
            Event::LookedUp { name, key, .. } => {
                if let Some(place) = self.element(name, key) {
                    return Some(place);
                }
            }
            _ => {}
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

    /// The lines that a step is about, in order: of rules that were tested one after the other, each.
    pub fn lines_of(&self, step: &Step) -> Vec<&Line> {
        let places: Vec<_> = match step.event {
            Event::RulesMissed { first, count, .. } => {
                let run = first.index..first.index + count;
                run.filter_map(|index| self.place(&LineRef::Rule(RuleId { index, ..first }))).collect()
            }
            _ => self.line_of(step).into_iter().collect(),
        };
        places.into_iter().filter_map(|(section, line)| self.sections.get(section)?.lines.get(line)).collect()
    }

    /// The section that a step is about which has no line: IPVS looked for a service that is not there, or in its table of
    /// connections, which is listed elsewhere.
    pub fn section_of(&self, step: &Step) -> Option<usize> {
        match &step.event {
            Event::LookedUp { structure: Structure::IpvsServices | Structure::IpvsConnections, .. } => {
                self.sections.iter().position(|section| section.title == Self::IPVS)
            }
            _ => None,
        }
    }

    /// Where a chain's rules begin. iptables-save declares all chains of a table far above their rules.
    pub fn start_of(&self, chain: ChainId) -> Option<(usize, usize)> {
        let declared = self.place(&LineRef::Chain(chain));
        match chain {
            ChainId::Iptables { .. } => self.place(&LineRef::Rule(RuleId { chain, index: 0 })).or(declared),
            ChainId::Nftables { .. } => declared,
        }
    }

    /// Where that is listed which steps come from: a chain's first rule, or a structure, at the line with a word if it has one.
    pub fn line_of_origin(&self, origin: &Origin, word: Option<&str>) -> Option<(usize, usize)> {
        match (origin, word) {
            (Origin::Chain(chain), _) => self.start_of(*chain),
            (Origin::Rule(rule), _) => self.place(&LineRef::Rule(*rule)),
            (Origin::Element { name } | Origin::VirtualService(name), Some(word)) => self.element(name, word),
            (Origin::Element { name } | Origin::VirtualService(name), None) => {
                self.place(&LineRef::Structure(name.clone()))
            }
            _ => None,
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
        let offset = lines.iter().position(|line| whole_words(&line.text, key).is_some()).unwrap_or(0);
        Some((*section, range.start + offset))
    }

    /// Begins the output of another command.
    pub(super) fn section(&mut self, title: String) {
        self.sections.push(Section { title, lines: Vec::new() });
    }

    /// Adds a line to the last section.
    pub(super) fn line(&mut self, text: String, at: Option<LineRef>) {
        let Some((section, open)) = self.sections.iter_mut().enumerate().next_back() else {
            return;
        };
        let number = open.lines.len();
        if let Some(at) = &at {
            self.places.entry(at.clone()).or_insert((section, number));
        }
        if let Some(LineRef::Structure(name)) = &at {
            match self.structures.get_mut(name) {
                Some((of, range)) if *of == section => range.end = number + 1,
                _ => {
                    self.structures.insert(name.clone(), (section, number..number + 1));
                }
            }
        }
        open.lines.push(Line { text, at });
        self.length += 1;
    }

    /// Lines in all sections.
    pub(super) const fn length(&self) -> usize {
        self.length
    }
}

impl Line {
    /// Where the test stands by which the rule of this line did not match, in bytes of the text; None for any other step.
    pub fn failed_test(&self, step: &Step) -> Option<Range<usize>> {
        match &step.event {
            Event::RulesMissed { count: 1, failed, .. } => whole_words(&self.text, &failed.test),
            _ => None,
        }
    }
}

/// Where the words stand in the text, whole: `10.0.0.1:80` is not in `10.0.0.1:8080`.
fn whole_words(text: &str, words: &str) -> Option<Range<usize>> {
    let part_of_word = |character: Option<char>| character.is_some_and(|character| character.is_ascii_alphanumeric());
    let places = text.match_indices(words).map(|(start, _)| start..start + words.len());
    places.into_iter().find(|place| {
        !part_of_word(text[..place.start].chars().next_back()) && !part_of_word(text[place.end..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::{Listing, whole_words};
    use crate::lab::{Lab, WEB_SHOP};
    use crate::proxy::Mode;
    use crate::trace::{Event, Structure};

    #[test]
    fn what_ipvs_looks_up_leads_to_what_ipvsadm_lists() {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        let (client, target) = lab.opening_packet().expect("a packet");
        assert!(lab.send(&client, &target));
        let lane = lab.lanes.iter().find(|lane| lane.mode == Mode::Ipvs).expect("a lane of IPVS");
        let service = format!("-A -t {} ", target.destination);
        let (mut services, mut connections) = (0, 0);
        for leg in lane.journeys.iter().flat_map(|journey| &journey.legs) {
            let listing = Listing::of(&lane.network, leg.node, 0);
            for step in &leg.tracer.trace.steps {
                let Event::LookedUp { structure, found, .. } = &step.event else { continue };
                match structure {
                    Structure::IpvsServices if found.is_some() => {
                        let (section, line) = listing.line_of(step).expect("it is listed");
                        assert!(listing.sections[section].lines[line].text.starts_with(&service));
                        services += 1;
                    }
                    Structure::IpvsServices | Structure::IpvsConnections => {
                        assert_eq!(listing.line_of(step), None);
                        let section = listing.section_of(step).expect("a section");
                        assert_eq!(listing.sections[section].title, Listing::IPVS);
                        connections += 1;
                    }
                    _ => {}
                }
            }
        }
        assert!(services == 1 && connections > 1, "{services} services, {connections} others");
    }

    #[test]
    fn a_run_of_rules_is_listed_from_the_first_that_asks_for_what_is_told() {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        let (client, target) = lab.opening_packet().expect("a packet");
        assert!(lab.send(&client, &target));
        let lane = lab.lanes.iter().find(|lane| lane.mode == Mode::Iptables).expect("a lane of iptables");
        let mut runs = 0;
        for leg in lane.journeys.iter().flat_map(|journey| &journey.legs) {
            let listing = Listing::of(&lane.network, leg.node, 0);
            for step in &leg.tracer.trace.steps {
                let Event::RulesMissed { count, failed, .. } = &step.event else { continue };
                let lines = listing.lines_of(step);
                assert_eq!(lines.len(), *count as usize);
                assert!(whole_words(&lines[0].text, &failed.test).is_some(), "{}: {}", lines[0].text, failed.test);
                let (section, last) = listing.line_of(step).expect("it is listed");
                assert_eq!(listing.sections[section].lines[last], **lines.last().expect("a rule"));
                runs += usize::from(*count > 1);
            }
        }
        assert!(runs > 1, "{runs} runs");
    }

    #[test]
    fn keys_are_whole_words() {
        assert_eq!(whole_words("add S 10.0.0.1,tcp:80", "10.0.0.1,tcp:80"), Some(6..21));
        assert_eq!(whole_words("add S 10.0.0.1,tcp:8080", "10.0.0.1,tcp:80"), None);
        assert_eq!(whole_words("add S 110.0.0.1,tcp:80", "10.0.0.1,tcp:80"), None);
    }
}
