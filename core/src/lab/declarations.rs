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
    use crate::proxy::Mode;

    /// Each step's declarations are those of the tables when that many packets had come: before the first none is counted,
    /// and the last step of a packet is what stood there once it was sent.
    #[test]
    fn counters_go_back_to_what_they_were() {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example opens");
        let (client, target) = lab.opening_packet().expect("a packet");
        let mut seen = Vec::new();
        for _ in 0..3 {
            assert!(lab.send(&client, &target));
            let of_lane = |lane| (0..lab.lanes[0].network.node_names.len()).map(move |node| (lane, node));
            let all = (0..lab.lanes.len()).flat_map(of_lane);
            seen.push(all.map(|(lane, node)| lab.declarations_at(lane, node, None)).collect::<Vec<_>>());
        }
        let mut changed = 0;
        for (number, lane) in lab.lanes.iter().enumerate() {
            let nodes = lane.network.node_names.len();
            for (packet, journey) in lane.journeys.iter().enumerate() {
                let last = journey.moments().pop().expect("a step");
                for node in 0..nodes {
                    let at = lab.declarations_at(number, node, Some((packet, &last)));
                    assert_eq!(at, seen[packet][number * nodes + node], "{} packet {packet} node {node}", lane.mode);
                }
            }
            for node in 0..nodes {
                let start = Moment { leg: 0, step: 0 };
                let (start, end) =
                    (lab.declarations_at(number, node, Some((0, &start))), &seen[2][number * nodes + node]);
                assert!(start.values().all(|text| text.ends_with("[0:0]")), "{} node {node}: {start:?}", lane.mode);
                changed += usize::from(start != *end);
            }
            assert!(lane.mode != Mode::Iptables || changed > 0);
        }
    }
}
