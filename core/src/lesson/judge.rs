use super::condition::{Claim, Clause, Comparison, Condition, Count, Fact, Lanes, Quantity};
use super::perform::{Performed, server};
use super::{Challenge, Line, Prediction, Trial};
use crate::lab::{Answers, Journey, Lane, Listing, Outcome, Way};
use crate::message::Message;
use crate::netfilter::Seconds;
use crate::node::Node;
use crate::proxy::{Effort, Mode};
use crate::session::{Deed, Session, View};
use crate::shell::Chunk;
use crate::source::Position;
use crate::trace::{Event, Step};

/// Of numbers that are worked out in different ways: `statistic` draws 31 bits.
const NEARLY: f64 = 1e-6;

impl Condition {
    /// Whether it is so in a session, after something was performed there.
    pub fn holds(&self, session: &Session, performed: &Performed) -> bool {
        let seen = Seen { session, performed };
        self.0.iter().all(|clause| seen.clause(clause))
    }
}

impl Condition {
    /// What its comparisons compared, for whoever wonders why it does not hold.
    pub(super) fn compared(&self, session: &Session, performed: &Performed) -> Vec<(Option<f64>, Option<f64>)> {
        let seen = Seen { session, performed };
        let compared = |clause: &Clause| match &clause.claim {
            Claim::Compare(left, _, right) => Some((seen.quantity(left), seen.quantity(right))),
            Claim::In(..) | Claim::Told(_) | Claim::Printed(_) | Claim::Failed => None,
        };
        self.0.iter().filter_map(compared).collect()
    }
}

impl Prediction {
    /// Of each choice, whether it is right.
    pub fn judge(&self, session: &Session, performed: &Performed) -> Vec<bool> {
        self.choices.iter().map(|choice| choice.condition.holds(session, performed)).collect()
    }
}

/// What became of a part of a goal.
#[derive(Clone, Debug, PartialEq)]
pub enum Tested {
    /// It was done, or why not.
    Done { at: Position, deed: Deed, undone: Option<Message> },
    /// It is claimed of what was done before it.
    Claim { at: Position, what: Message, holds: bool },
}

impl Tested {
    pub const fn is_met(&self) -> bool {
        match self {
            Self::Done { undone, .. } => undone.is_none(),
            Self::Claim { holds, .. } => *holds,
        }
    }
}

impl Challenge {
    /// How far a session is as it is to be: tried on a copy of its lab.
    pub fn tested(&self, session: &Session) -> Vec<Tested> {
        let mut copy = Session::new(session.lab().clone());
        let (mut performed, view) = (Performed::default(), View::default());
        let (mut tested, mut is_done) = (Vec::new(), true);
        for trial in &self.goal {
            match trial {
                Trial::Do(Line { at, deed }) => {
                    let undone = performed.perform(&mut copy, deed, &view).err().map(|undone| undone.tell());
                    is_done = undone.is_none();
                    tested.push(Tested::Done { at: *at, deed: deed.clone(), undone });
                }
                Trial::Expect { at, condition } => {
                    let seen = Seen { session: &copy, performed: &performed };
                    tested.extend(condition.0.iter().map(|clause| Tested::Claim {
                        at: *at,
                        what: clause.tell(),
                        holds: is_done && seen.clause(clause),
                    }));
                }
            }
        }
        tested
    }
}

struct Seen<'s> {
    session: &'s Session,
    performed: &'s Performed,
}

impl<'s> Seen<'s> {
    fn lanes(&self) -> &'s [Lane] {
        &self.session.lab().lanes
    }

    fn clause(&self, clause: &Clause) -> bool {
        let holds = match &clause.claim {
            Claim::Told(is_so) => *is_so,
            Claim::Failed => self.performed.output.status != 0,
            Claim::Printed(text) => self.performed.output.chunks.iter().any(|chunk| match chunk {
                Chunk::Text { text: printed, .. } => printed.contains(&**text),
                Chunk::Remark(_) => false,
            }),
            Claim::In(Lanes::Every, fact) => self.lanes().iter().all(|lane| self.fact(lane, fact)),
            Claim::In(Lanes::Any, fact) => self.lanes().iter().any(|lane| self.fact(lane, fact)),
            Claim::In(Lanes::One(mode), fact) => self.lane(*mode).is_some_and(|(_, lane)| self.fact(lane, fact)),
            Claim::Compare(left, comparison, right) => match (self.quantity(left), self.quantity(right)) {
                (Some(left), Some(right)) => comparison.holds(left, right),
                _ => false,
            },
        };
        holds != clause.negated
    }

    fn lane(&self, mode: Mode) -> Option<(usize, &'s Lane)> {
        self.lanes().iter().enumerate().find(|(_, lane)| lane.mode == mode)
    }

    fn fact(&self, lane: &Lane, fact: &Fact) -> bool {
        match fact {
            Fact::Lists(text) => return lists(lane, text, self.session.lab().now),
            Fact::Tracks(text) => return self.tracks(lane.mode, text),
            Fact::SameServer => return self.same_server(lane.mode),
            _ => {}
        }
        let Some(journey) = lane.journeys.last() else {
            return false;
        };
        let happened = |wanted: &dyn Fn(&Step) -> bool| request(journey).any(wanted);
        match fact {
            Fact::Ended(ending) => journey.outcome.ending() == *ending,
            Fact::Refused => matches!(journey.outcome, Outcome::Refused { .. }),
            Fact::Mismatched => matches!(journey.outcome, Outcome::Mismatched { .. }),
            Fact::Passed(hook) => happened(&|step| step.event == Event::HookEntered(*hook)),
            Fact::ChoseAt(hook) => {
                happened(&|step| matches!(step.event, Event::BackendChosen { .. }) && step.hook == Some(*hook))
            }
            Fact::Rewrote(wanted) => {
                happened(&|step| matches!(&step.event, Event::HeaderRewritten { manip, .. } if manip == wanted))
            }
            Fact::SkippedNat => happened(&|step| matches!(step.event, Event::NatSkipped { .. })),
            Fact::Invalid => all(journey).any(|step| matches!(step.event, Event::ConnectionInvalid { .. })),
            Fact::Entered(name) => entered(lane, journey, name),
            Fact::Matched(text) => matched(lane, journey, text),
            Fact::Reached(text) => reached(lane, journey, text),
            Fact::Lists(_) | Fact::Tracks(_) | Fact::SameServer => false,
        }
    }

    fn same_server(&self, mode: Mode) -> bool {
        let servers = self.lane(mode).and_then(|(index, _)| self.performed.servers.get(index));
        servers.is_some_and(|servers| matches!(&servers[..], [.., Some(before), Some(last)] if before == last))
    }

    fn tracks(&self, mode: Mode, text: &str) -> bool {
        let (Some((index, _)), connections) = (self.lane(mode), self.session.lab().connections()) else {
            return false;
        };
        let mut lines = connections[index].iter().flat_map(|node| &node.listings).flat_map(|listing| &listing.lines);
        lines.any(|line| line.contains(text))
    }

    fn quantity(&self, quantity: &Quantity) -> Option<f64> {
        match quantity {
            Quantity::Number(number) => Some(*number),
            Quantity::Count { times, mode, count } => {
                let (index, lane) = self.lane(*mode)?;
                Some(times * self.count(index, lane, *count)?)
            }
        }
    }

    fn count(&self, index: usize, lane: &Lane, count: Count) -> Option<f64> {
        let journey = || lane.journeys.last();
        let cost = || journey().map(|journey| journey.cost(Way::Request));
        let number = |number: usize| u32::try_from(number).ok().map(f64::from);
        match count {
            Count::Rules => cost().map(|cost| cost.rules.into()),
            Count::Tests => cost().map(|cost| cost.matches.into()),
            Count::Lookups => cost().map(|cost| cost.probes.into()),
            Count::Rewrites => cost().map(|cost| cost.rewrites.into()),
            Count::Nodes => number(journey()?.legs.iter().filter(|leg| leg.way == Way::Request).count()),
            Count::Entries => number(self.tracked(index, "conntrack -L")),
            Count::Connections => number(self.tracked(index, "ipvsadm -L -n -c")),
            Count::Answers => number(self.chances(lane.mode)?.len()),
            Count::Chance => self.chances(lane.mode)?.into_iter().reduce(f64::max),
            Count::LeastChance => self.chances(lane.mode)?.into_iter().reduce(f64::min),
            Count::Lines => number(self.effort(index)?.lines),
            Count::Bytes => number(self.effort(index)?.bytes),
            Count::Listed => number(
                Listing::of(&lane.network, 0, self.session.lab().now)
                    .sections
                    .iter()
                    .map(|section| section.lines.len())
                    .sum(),
            ),
        }
    }

    fn tracked(&self, lane: usize, command: &str) -> usize {
        let connections = self.session.lab().connections();
        let listings = connections[lane].iter().flat_map(|node| &node.listings);
        listings
            .filter(|listing| listing.command == command)
            .map(|listing| listing.lines.len() + listing.left_out)
            .sum()
    }

    /// The probability of each way in which a connection as the last one can end.
    fn chances(&self, mode: Mode) -> Option<Vec<f64>> {
        let lab = self.session.lab();
        let (client, target) = self.session.last_sent()?;
        let mut answers = Answers::new(lab, &lab.client_of(client)?, &lab.target_of(target)?);
        while answers.advance(0) {}
        let lane = answers.lanes().find(|lane| lane.mode == mode)?;
        Some(lane.answers.iter().map(|answer| answer.probability).collect())
    }

    fn effort(&self, lane: usize) -> Option<Effort> {
        let path = self.session.path()?;
        let syncs = path.rounds.iter().filter_map(|round| round.written.get(lane)).flatten();
        Some(Effort::of(syncs.map(|written| &written.sync)))
    }
}

impl Comparison {
    fn holds(self, left: f64, right: f64) -> bool {
        let is_equal = (left - right).abs() <= NEARLY * left.abs().max(right.abs()).max(1.0);
        match self {
            Self::Less => left < right && !is_equal,
            Self::AtMost => left < right || is_equal,
            Self::Equal => is_equal,
            Self::AtLeast => left > right || is_equal,
            Self::More => left > right && !is_equal,
        }
    }
}

fn all(journey: &Journey) -> impl Iterator<Item = &Step> {
    journey.legs.iter().flat_map(|leg| &leg.tracer.trace.steps)
}

fn request(journey: &Journey) -> impl Iterator<Item = &Step> {
    let legs = journey.legs.iter().filter(|leg| leg.way == Way::Request);
    legs.flat_map(|leg| &leg.tracer.trace.steps)
}

fn lists(lane: &Lane, text: &str, now: Seconds) -> bool {
    let network = &lane.network;
    (0..network.node_names.len()).filter(|node| network.is_started(*node)).any(|node| {
        let listing = Listing::of(network, node, now);
        listing.sections.iter().flat_map(|section| &section.lines).any(|line| line.text.contains(text))
    })
}

fn matched(lane: &Lane, journey: &Journey, text: &str) -> bool {
    on_nodes(lane, journey, |node, step| match step.event {
        Event::RuleMatched { rule, .. } => node.rule_text(rule).contains(text),
        _ => false,
    })
}

fn entered(lane: &Lane, journey: &Journey, name: &str) -> bool {
    on_nodes(lane, journey, |node, step| match step.event {
        Event::ChainEntered { chain, .. } => node.chain_name(chain).split(' ').any(|word| word.starts_with(name)),
        _ => false,
    })
}

/// Whether a step of the request is so on its node.
fn on_nodes(lane: &Lane, journey: &Journey, is_so: impl Fn(&Node, &Step) -> bool) -> bool {
    let legs = journey.legs.iter().filter(|leg| leg.way == Way::Request);
    let nodes = legs.filter_map(|leg| Some((lane.network.node(leg.node)?, &leg.tracer.trace.steps)));
    nodes.into_iter().any(|(node, steps)| steps.iter().any(|step| is_so(node, step)))
}

fn reached(lane: &Lane, journey: &Journey, text: &str) -> bool {
    let network = &lane.network;
    let address = match &journey.outcome {
        Outcome::Answered { request, .. } => request.tuple().dst.to_string(),
        _ => String::new(),
    };
    let last = journey.legs.iter().rfind(|leg| leg.way == Way::Request).map(|leg| leg.node_name.to_string());
    let Some(server) = server(&journey.outcome) else {
        return false;
    };
    let name = network.name_of(&server).to_string();
    [name, address, last.unwrap_or_default()].iter().any(|place| place.contains(text))
}
