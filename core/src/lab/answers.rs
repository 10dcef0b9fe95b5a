//! Who answers a client that opens new connections: every way that chance can take, each with its probability, and a
//! sample of connections one after the other.
//!
//! Both run on copies of the lanes, so that what was sent in the lab stays as it is. Left out on purpose: connections do
//! not end, so that schedulers which count them see all of the sample.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use super::{ChiSquare, Client, ClientKind, Flow, Lab, Network, Outcome, Target};
use crate::chance::{Chance, Choice, Ways};
use crate::message;
use crate::message::Message;
use crate::netfilter::Seconds;
use crate::proxy::Mode;
use crate::task::turn;
use crate::trace::Silent;

/// The lanes, each with who answered so far.
pub struct Answers {
    client: Client,
    target: Target,
    first_port: u16,
    now: Seconds,
    lanes: Vec<Opened>,
    /// The connection that is on its way, and in which lane. A node that it comes to may have to start, which takes turns.
    underway: Option<Underway>,
}

type Underway = (usize, Pin<Box<dyn Future<Output = Ended>>>);

/// One lane.
#[derive(Debug)]
struct Opened {
    mode: Mode,
    /// Away while a connection is under way in it, and where the client has no address of the target's family.
    world: Option<Box<World>>,
    is_done: bool,
    followed: u32,
    connections: u32,
    answers: Vec<Answer>,
}

/// Where a lane's connections are opened.
#[derive(Debug)]
struct World {
    /// As it was in the lab, but for nodes that started since.
    network: Network,
    ways: Ways,
    /// The sample's, from its first connection on.
    sampled: Option<Network>,
    chance: Chance,
}

/// A connection that came to its end; no text where the client has no address of the target's family.
struct Ended {
    world: Box<World>,
    text: Option<Message>,
    /// What was drawn, of a way that was followed; None for a connection of the sample.
    draws: Option<Vec<Choice>>,
}

/// How a new connection may end.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub text: Message,
    /// The sum over the ways that were followed so far.
    pub probability: f64,
    /// What was drawn on the first of them.
    pub draws: Vec<Choice>,
    /// How many of the sample ended so.
    pub sampled: u32,
}

/// Who answers in a lane.
#[derive(Clone, Debug)]
pub struct LaneAnswers<'a> {
    pub mode: Mode,
    pub answers: &'a [Answer],
    /// Connections of the sample.
    pub connections: u32,
    /// Whether there are ways that were not followed; the probabilities then come to less than 1.
    pub has_more_ways: bool,
    /// Whether chance has a part in it at all.
    pub draws: bool,
}

/// How a new connection may end, and how often it does in each lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Backend<'a> {
    pub text: &'a Message,
    pub shares: Vec<Share>,
}

/// Of a lane's sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    pub mode: Mode,
    pub sampled: u32,
    /// What fair draws make of so many connections; None where nothing is drawn, or not every way was followed.
    pub expected: Option<f64>,
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers").field("lanes", &self.lanes).finish_non_exhaustive()
    }
}

impl Answers {
    /// A Service with more endpoints in iptables mode has more: its probabilities come to less than 1 here.
    const MOST_WAYS: u32 = 256;
    /// Those below are for services.
    const LOWEST_PORT: u16 = 1024;

    pub fn new(lab: &Lab, client: &Client, target: &Target) -> Self {
        let lane = |(seed, lane): (u64, &super::Lane)| Opened {
            mode: lane.mode,
            world: Some(Box::new(World {
                network: lane.network.clone(),
                ways: Ways::default(),
                sampled: None,
                chance: Chance::seeded(seed),
            })),
            is_done: false,
            followed: 0,
            connections: 0,
            answers: Vec::new(),
        };
        Self {
            client: client.clone(),
            target: target.clone(),
            first_port: lab.next_port,
            now: lab.now,
            lanes: (1..).zip(&lab.lanes).map(lane).collect(),
            underway: None,
        }
    }

    /// Takes one turn of following one more way, or where enough were followed of opening one more connection, until
    /// every lane's sample has as many as are wanted. False if there is nothing more to do.
    pub fn advance(&mut self, connections: u32) -> bool {
        if self.underway.is_none() {
            self.underway = self.begin(connections);
        }
        let Some((lane, task)) = &mut self.underway else {
            return false;
        };
        if let Poll::Ready(ended) = turn(task) {
            let lane = *lane;
            self.underway = None;
            self.lanes[lane].note(ended);
        }
        true
    }

    fn begin(&mut self, connections: u32) -> Option<Underway> {
        let is_short = |lane: &Opened| !lane.is_done && lane.followed < Self::MOST_WAYS;
        let to_follow = self.lanes.iter().position(is_short);
        let to_open = || {
            let least = self.lanes.iter().enumerate().min_by_key(|(_, lane)| lane.connections);
            least.filter(|(_, lane)| lane.connections < connections).map(|(index, _)| index)
        };
        let index = to_follow.or_else(to_open)?;
        let lane = &mut self.lanes[index];
        let mut world = lane.world.take()?;
        let (client, target, now) = (self.client.clone(), self.target.clone(), self.now);
        if to_follow.is_some() {
            let chance = world.ways.begin()?;
            return Some((index, Box::pin(world.follow(client, target, self.first_port, chance, now))));
        }
        // Around by the ports that the lab has not come to.
        let ports = u32::from(u16::MAX - Self::LOWEST_PORT) + 1;
        let offset = (u32::from(self.first_port - Self::LOWEST_PORT) + lane.connections) % ports;
        let port = u16::try_from(offset).map_or(self.first_port, |offset| Self::LOWEST_PORT + offset);
        Some((index, Box::pin(world.sample(client, target, port, now))))
    }

    /// Connections of the samples, in all lanes.
    pub fn opened(&self) -> u32 {
        self.lanes.iter().map(|lane| lane.connections).sum()
    }

    pub fn lanes(&self) -> impl Iterator<Item = LaneAnswers<'_>> {
        self.lanes.iter().map(|lane| LaneAnswers {
            mode: lane.mode,
            answers: &lane.answers,
            connections: lane.connections,
            has_more_ways: !lane.is_done,
            draws: lane.answers.iter().any(|answer| !answer.draws.is_empty()),
        })
    }

    /// Every backend that answered in any lane or might have, with its share in each, in the order of the texts.
    pub fn backends(&self) -> Vec<Backend<'_>> {
        let texts: BTreeSet<&Message> =
            self.lanes.iter().flat_map(|lane| &lane.answers).map(|answer| &answer.text).collect();
        let backend = |text| Backend { text, shares: self.lanes().map(|lane| lane.share(text)).collect() };
        texts.into_iter().map(backend).collect()
    }
}

impl Opened {
    fn note(&mut self, Ended { world, text, draws }: Ended) {
        self.is_done = world.ways.is_done() || text.is_none();
        let Some(text) = text else {
            // Nor has it for any other connection.
            return;
        };
        self.world = Some(world);
        let answer = answer(&mut self.answers, text);
        match draws {
            Some(draws) => {
                self.followed += 1;
                let probability: f64 = draws.iter().map(|draw| draw.probability).product();
                if answer.probability == 0.0 {
                    answer.draws = draws;
                }
                answer.probability += probability;
            }
            None => {
                self.connections += 1;
                answer.sampled += 1;
            }
        }
    }
}

impl World {
    /// Follows one more way, on a copy.
    async fn follow(
        mut self: Box<Self>,
        client: Client,
        target: Target,
        port: u16,
        mut chance: Chance,
        now: Seconds,
    ) -> Ended {
        let mut copy = self.network.clone();
        let text = open(&mut copy, &client, &target, port, &mut chance, now).await;
        // The next way will come by the same nodes.
        self.network.start_as_in(&copy).await;
        let draws = self.ways.end(chance);
        Ended { world: self, text, draws: Some(draws) }
    }

    /// Opens one more connection of the sample.
    async fn sample(mut self: Box<Self>, client: Client, target: Target, port: u16, now: Seconds) -> Ended {
        let Self { network, sampled, chance, .. } = &mut *self;
        let sampled = sampled.get_or_insert_with(|| network.clone());
        let text = open(sampled, &client, &target, port, chance, now).await;
        Ended { world: self, text, draws: None }
    }
}

impl LaneAnswers<'_> {
    fn share(&self, text: &Message) -> Share {
        let answer = self.answers.iter().find(|answer| answer.text == *text);
        let probability = answer.map_or(0.0, |answer| answer.probability);
        Share {
            mode: self.mode,
            sampled: answer.map_or(0, |answer| answer.sampled),
            expected: self.expected(probability),
        }
    }

    /// How many of the sample fair draws make of a probability, where all ways were followed and chance has a part in it.
    pub fn expected(&self, probability: f64) -> Option<f64> {
        (self.draws && !self.has_more_ways).then(|| probability * f64::from(self.connections))
    }

    /// How well the sample fits the probabilities, where all ways were followed and chance has a part in it.
    pub fn fit(&self) -> Option<ChiSquare> {
        let counts: Vec<_> = self.answers.iter().map(|answer| (answer.sampled, answer.probability)).collect();
        (self.draws && !self.has_more_ways).then(|| ChiSquare::of(&counts))?
    }
}

/// The one with this text, in the order of the texts.
fn answer(answers: &mut Vec<Answer>, text: Message) -> &mut Answer {
    let place = answers.binary_search_by(|answer| answer.text.cmp(&text)).unwrap_or_else(|place| {
        answers.insert(place, Answer { text, probability: 0.0, draws: Vec::new(), sampled: 0 });
        place
    });
    &mut answers[place]
}

/// How a new connection ends.
async fn open(
    network: &mut Network,
    client: &Client,
    target: &Target,
    port: u16,
    chance: &mut Chance,
    now: Seconds,
) -> Option<Message> {
    if let ClientKind::Process { node } = &client.kind {
        let node = network.node_index(node)?;
        // Its routes say which address is the source.
        network.on_node(node, |_| ()).await;
    }
    let mut flow = Flow::open(network, client, target, port)?;
    let outcome = network.exchange_in_turns::<Silent>(&mut flow, chance, now).await.outcome;
    Some(match &outcome {
        Outcome::Answered { server, request, .. } => {
            message!("end-server", server = network.name_of(server), address = request.tuple().dst.to_string())
        }
        other => other.tell(network).text,
    })
}

#[cfg(test)]
mod tests {
    use super::Answers;
    use crate::lab::{Lab, Through, WEB_SHOP};
    use crate::proxy::Mode;

    fn answers(connections: u32) -> Answers {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        let client = lab.clients().remove(0);
        let is_web =
            |target: &crate::lab::Target| &*target.service.name == "web" && target.through == Through::ClusterIp;
        let target = lab.targets().into_iter().find(is_web).expect("the web service");
        // The sample's connections are others than the one that is open.
        assert!(lab.send(&client, &target));
        let mut answers = Answers::new(&lab, &client, &target);
        while answers.advance(connections) {}
        assert_eq!(answers.opened(), 3 * connections);
        answers
    }

    #[test]
    fn chance_gives_each_of_three_servers_a_third_where_it_has_a_part() {
        let answers = answers(0);
        for lane in answers.lanes() {
            let probabilities: Vec<f64> = lane.answers.iter().map(|answer| answer.probability).collect();
            let (expected, share) = if lane.mode == Mode::Ipvs { (1, 1.0) } else { (3, 1.0 / 3.0) };
            assert_eq!(probabilities.len(), expected, "{}", lane.mode);
            // statistic draws 31 bits.
            assert!(probabilities.iter().all(|probability| (probability - share).abs() < 1e-9), "{probabilities:?}");
            assert_eq!((lane.has_more_ways, lane.draws), (false, expected == 3));
        }
    }

    #[test]
    fn a_sample_comes_near_to_it_and_ipvs_takes_turns() {
        let answers = answers(300);
        for lane in answers.lanes() {
            let sampled: Vec<u32> = lane.answers.iter().map(|answer| answer.sampled).collect();
            assert_eq!((sampled.iter().sum::<u32>(), sampled.len()), (300, 3));
            match lane.fit() {
                Some(fit) => assert!(fit.degrees == 2 && fit.probability > 0.001, "{}: {fit:?}", lane.mode),
                None => assert_eq!((lane.mode, sampled), (Mode::Ipvs, vec![100; 3])),
            }
        }
        let backends = answers.backends();
        assert_eq!(backends.len(), 3);
        for lane in 0..Mode::ALL.len() {
            let sampled: u32 = backends.iter().map(|backend| backend.shares[lane].sampled).sum();
            let expected: Vec<_> = backends.iter().map(|backend| backend.shares[lane].expected).collect();
            assert_eq!(sampled, 300);
            match backends[0].shares[lane].mode {
                Mode::Ipvs => assert_eq!(expected, [None; 3]),
                // A third of them each; statistic draws 31 bits.
                _ => assert!(expected.iter().flatten().all(|count| (count - 100.0).abs() < 1e-6), "{expected:?}"),
            }
        }
    }
}
