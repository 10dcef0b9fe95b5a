//! Lanes are compared by their counts, which hold the way through every node that the packet came by. Where one lane's
//! backend is on the first node that the packet is on and another's is not, a part of the difference is that way.

use std::sync::Arc;

use super::{Journey, Lab, Lane, Way};
use crate::message;
use crate::message::Message;
use crate::proxy::Mode;
use crate::trace::{Calibration, Cost};

/// A lane whose packet was served on another node than the first, while that of another lane was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherNode {
    pub mode: Mode,
    /// Where its backend is.
    pub node: Arc<str>,
    /// The first node that it was on.
    pub home: Arc<str>,
    /// The lanes whose packet stayed there.
    pub stayed: Vec<Mode>,
    /// What all other nodes did to the packet and its answer.
    pub cost: Cost,
    /// Whether that is of the connection's first packet; else the rules have changed since, and it is of the latest.
    pub is_first: bool,
}

impl Lab {
    /// None, unless the lanes differ in this.
    pub fn on_other_nodes(&self) -> Vec<OtherNode> {
        let ends: Vec<_> = self.lanes.iter().filter_map(End::of).collect();
        let stayed: Vec<Mode> = ends.iter().filter(|end| end.is_at_home()).map(|end| end.mode).collect();
        if stayed.is_empty() {
            return Vec::new();
        }
        ends.into_iter().filter(|end| !end.is_at_home()).map(|end| end.beside(&stayed)).collect()
    }
}

impl OtherNode {
    /// In a sentence.
    pub fn tell(&self) -> Message {
        let stayed: Vec<&str> = self.stayed.iter().map(|mode| mode.title()).collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "nanoseconds of one packet")]
        let time = Calibration::LINUX_6_18.nanoseconds(&self.cost).round() as u32;
        message!(
            "compare-other-node",
            stayed = stayed.join(", "),
            home = self.home.to_string(),
            mode = self.mode.title(),
            node = self.node.to_string(),
            packet = if self.is_first { "first" } else { "latest" },
            rules = self.cost.rules,
            probes = self.cost.probes,
            connections = self.cost.connections,
            time = time
        )
    }
}

/// Where a lane's packet was served.
struct End<'a> {
    mode: Mode,
    journey: &'a Journey,
    home: &'a Arc<str>,
    node: &'a Arc<str>,
    is_first: bool,
}

impl<'a> End<'a> {
    fn of(lane: &'a Lane) -> Option<Self> {
        let is_first = lane.past.is_empty();
        let journey = if is_first { lane.journeys.first() } else { lane.journeys.last() }?;
        if !journey.outcome.reached() {
            return None;
        }
        let mut request = journey.legs.iter().filter(|leg| leg.way == Way::Request).map(|leg| &leg.node_name);
        let home = request.next()?;
        Some(Self { mode: lane.mode, journey, home, node: request.next_back().unwrap_or(home), is_first })
    }

    fn is_at_home(&self) -> bool {
        self.home == self.node
    }

    fn beside(self, stayed: &[Mode]) -> OtherNode {
        let elsewhere = self.journey.legs.iter().filter(|leg| leg.node_name != *self.home);
        OtherNode {
            mode: self.mode,
            node: Arc::clone(self.node),
            home: Arc::clone(self.home),
            stayed: stayed.to_vec(),
            cost: elsewhere.map(|leg| leg.tracer.trace.cost()).sum(),
            is_first: self.is_first,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OtherNode;
    use crate::lab::{Lab, Lane, Outcome, Place, WEB_SHOP};
    use crate::trace::Cost;

    /// The example's first packet, with what the seed draws.
    fn sent(seed: u64) -> Lab {
        let mut lab = Lab::open(WEB_SHOP, seed).expect("the example opens");
        let (client, target) = lab.opening_packet().expect("a packet");
        assert!(lab.send(&client, &target));
        lab
    }

    /// The nodes of the Pods that answered, lane by lane.
    fn ends(lab: &Lab) -> Vec<usize> {
        let end = |lane: &Lane| match &lane.journeys[0].outcome {
            Outcome::Answered { server: Place::Pod(address), .. } => lane.network.pods[address].node,
            other => panic!("{other:?}"),
        };
        lab.lanes.iter().map(end).collect()
    }

    #[test]
    fn a_lane_is_named_if_its_backend_is_elsewhere_and_that_of_another_is_not() {
        let (mut alike, mut unlike) = (0, 0);
        for seed in 1..=12 {
            let lab = sent(seed);
            let home = lab.lanes[0].journeys[0].legs[0].node;
            let is_home: Vec<bool> = ends(&lab).iter().map(|node| *node == home).collect();
            let told = lab.on_other_nodes();
            let expected = if is_home.contains(&true) { is_home.iter().filter(|home| !**home).count() } else { 0 };
            assert_eq!(told.len(), expected, "seed {seed}: {is_home:?}");
            *(if told.is_empty() { &mut alike } else { &mut unlike }) += 1;
        }
        assert!(alike > 0 && unlike > 0, "{alike} alike, {unlike} not");
    }

    #[test]
    fn what_other_nodes_do_and_what_the_own_one_does_is_all() {
        let lab = (1..).map(sent).find(|lab| !lab.on_other_nodes().is_empty()).expect("some seed");
        for OtherNode { mode, home, cost, .. } in lab.on_other_nodes() {
            let lane = lab.lanes.iter().find(|lane| lane.mode == mode).expect("the lane");
            let journey = &lane.journeys[0];
            let own = journey.legs.iter().filter(|leg| leg.node_name == home).map(|leg| leg.tracer.trace.cost());
            assert_eq!(own.sum::<Cost>() + cost, journey.total_cost(), "{mode}");
            assert!(cost.rules > 0 && cost.connections > 0, "{mode}: {cost:?}");
        }
    }
}
