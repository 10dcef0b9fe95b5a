//! How iptables-save declares the built-in chains while packets come by, which counts those that a policy decided on.

use std::collections::BTreeMap;

use super::{Journey, Lab, Moment};
use crate::iptables::{self, Counters};
use crate::net::Family;
use crate::trace::{ChainId, Event, LeftBy, Trace};

impl Lab {
    /// The declarations of a node's built-in chains: as a step of a packet left them, or as they are now.
    pub fn declarations_at(
        &self,
        lane: usize,
        node: usize,
        step: Option<(usize, &Moment)>,
    ) -> BTreeMap<ChainId, String> {
        let Some(lane) = self.lanes.get(lane) else { return BTreeMap::new() };
        let Some(of) = lane.network.node(node) else { return BTreeMap::new() };
        let ahead = step.map(|(packet, moment)| ahead(&lane.journeys, node, packet, moment)).unwrap_or_default();
        let families = [Family::V4, Family::V6].map(|family| of.iptables.of(family));
        let declared = families.into_iter().flat_map(|tables| {
            let chains = tables.in_use().flat_map(|(table, _)| tables.built_in(table));
            chains.filter_map(|chain| {
                let mut counters = tables.policy_counters(chain)?;
                if let Some(ahead) = ahead.get(&chain) {
                    counters.packets = counters.packets.saturating_sub(ahead.packets);
                    counters.bytes = counters.bytes.saturating_sub(ahead.bytes);
                }
                Some((chain, iptables::declaration_with(tables, chain, counters)?))
            })
        });
        declared.collect()
    }
}

/// What the policies of a node have counted since a moment of a packet.
fn ahead(journeys: &[Journey], node: usize, packet: usize, moment: &Moment) -> BTreeMap<ChainId, Counters> {
    let mut counted = BTreeMap::new();
    for (index, journey) in journeys.iter().enumerate().skip(packet) {
        let first = if index == packet { moment.leg } else { 0 };
        for (number, leg) in journey.legs.iter().enumerate().skip(first).filter(|(_, leg)| leg.node == node) {
            let is_shown = index == packet && number == first;
            count(&leg.tracer.trace, if is_shown { moment.step + 1 } else { 0 }, &mut counted);
        }
    }
    counted
}

fn count(trace: &Trace, first: usize, counted: &mut BTreeMap<ChainId, Counters>) {
    for step in trace.steps.iter().skip(first) {
        if let Event::ChainLeft { chain: chain @ ChainId::Iptables { .. }, by: LeftBy::Policy } = step.event
            && let Some(packet) = trace.packets.get(step.packet as usize)
        {
            let counters: &mut Counters = counted.entry(chain).or_default();
            counters.packets += 1;
            counters.bytes += u64::from(packet.length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::WEB_SHOP;

    fn now(lab: &Lab) -> Vec<Vec<BTreeMap<ChainId, String>>> {
        let nodes = |lane: usize| 0..lab.lanes[lane].network.node_names.len();
        let of_lane = |lane| nodes(lane).map(|node| lab.declarations_at(lane, node, None)).collect();
        (0..lab.lanes.len()).map(of_lane).collect()
    }

    /// A packet's first step shows what was declared before it was sent, and its last what was once it had been.
    #[test]
    fn counters_go_back_to_what_they_were() {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        let (client, target) = lab.opening_packet().expect("a packet");
        assert!(lab.send(&client, &target));
        let mut stood = vec![now(&lab)];
        assert!(lab.send(&client, &target));
        stood.push(now(&lab));
        while stood.len() < 6 {
            assert!(lab.send_next());
            stood.push(now(&lab));
        }
        assert_ne!(stood[0], stood[1], "a policy lets the first packet pass");
        for (number, lane) in lab.lanes.iter().enumerate() {
            for (packet, journey) in lane.journeys.iter().enumerate() {
                let moments = journey.moments();
                for (moment, stood) in [(moments.first(), &stood[packet]), (moments.last(), &stood[packet + 1])] {
                    for (node, stood) in stood[number].iter().enumerate() {
                        let at = lab.declarations_at(number, node, moment.map(|moment| (packet, moment)));
                        assert_eq!(at, *stood, "{}, packet {packet}, node {node}", lane.mode);
                    }
                }
            }
        }
    }
}
