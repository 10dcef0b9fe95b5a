//! What the nodes' kernels remember of connections, as their tools list it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Lab, Lane, Leg, Moment};
use crate::ipvs::{self, ipvsadm};
use crate::netfilter::Seconds;
use crate::netfilter::conntrack::{self, listing};
use crate::node::Node;
use crate::trace::{Backend, Event, Structure};

/// A node's memory of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    pub node: Arc<str>,
    /// The output of each tool that has anything to list.
    pub listings: Vec<ConnectionListing>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionListing {
    pub command: &'static str,
    pub lines: Vec<String>,
    /// Lines that are left out.
    pub left_out: usize,
}

impl ConnectionListing {
    /// More than anyone reads.
    const MOST: usize = 200;

    fn of(command: &'static str, lines: impl Iterator<Item = String>) -> Option<Self> {
        let mut lines = lines.fuse();
        let listed: Vec<String> = lines.by_ref().take(Self::MOST).collect();
        (!listed.is_empty()).then(|| Self { command, lines: listed, left_out: lines.count() })
    }
}

/// Connections that were something else, by node; none for those that were not there.
#[derive(Default)]
struct Once<'a> {
    conntrack: BTreeMap<conntrack::ConnectionId, Option<&'a conntrack::Connection>>,
    ipvs: BTreeMap<ipvs::ConnectionId, Option<&'a ipvs::Connection>>,
}

impl Lab {
    /// By lane, of the nodes that a packet came by, at the second of the lab's clock.
    pub fn connections(&self) -> Vec<Vec<Connections>> {
        self.lanes.iter().map(|lane| lane.connections(&BTreeMap::new(), self.now)).collect()
    }

    /// The same of one lane as a step of a packet left it. None once the clock has gone on since the last packet.
    pub fn connections_at(&self, lane: usize, packet: usize, moment: &Moment) -> Option<Vec<Connections>> {
        let lane = self.lanes.get(lane)?;
        let (journey, last) = (lane.journeys.get(packet)?, lane.journeys.last()?);
        (last.at == self.now).then(|| lane.connections(&lane.once(packet, moment), journey.at))
    }
}

impl Lane {
    fn connections(&self, once: &BTreeMap<usize, Once<'_>>, now: Seconds) -> Vec<Connections> {
        let as_it_is = Once::default();
        let network = &self.network;
        let started = (0..network.node_names.len()).filter(|index| network.is_started(*index));
        let of_node = |index: usize| {
            let node = network.node(index)?;
            let listings = listings(node, once.get(&index).unwrap_or(&as_it_is), now);
            (!listings.is_empty()).then(|| Connections { node: node.name.clone(), listings })
        };
        started.filter_map(of_node).collect()
    }

    /// What the tables held at a moment of what has changed since: the changes taken back, the latest first.
    fn once(&self, packet: usize, moment: &Moment) -> BTreeMap<usize, Once<'_>> {
        let mut once: BTreeMap<usize, Once<'_>> = BTreeMap::new();
        let journeys = self.journeys.iter().enumerate().skip(packet).rev();
        for (index, journey) in journeys {
            let first = if index == packet { moment.leg } else { 0 };
            for (number, leg) in journey.legs.iter().enumerate().skip(first).rev() {
                let shown = (index == packet && number == first).then_some(moment.step);
                let is_ahead = |step: Option<usize>| shown.is_none_or(|shown| step.is_none_or(|step| step > shown));
                let node = once.entry(leg.node).or_default();
                for (id, before) in &leg.before.conntrack {
                    if is_ahead(leg.tracks(*id, before.is_none())) {
                        node.conntrack.insert(*id, before.as_ref());
                    }
                }
                for (id, before) in &leg.before.ipvs {
                    if is_ahead(leg.balances(before.is_none())) {
                        node.ipvs.insert(*id, before.as_ref());
                    }
                }
            }
        }
        once
    }
}

impl Leg {
    /// The step at which conntrack's entry changes: a new one is in the table once it is confirmed, and one that is there
    /// takes note of a packet as soon as it is found (`nf_conntrack_in`).
    fn tracks(&self, id: conntrack::ConnectionId, is_new: bool) -> Option<usize> {
        self.tracer.trace.steps.iter().position(|step| match &step.event {
            Event::ConnectionConfirmed { connection } => *connection == id,
            Event::ConnectionFound { connection, .. } => !is_new && *connection == id,
            _ => false,
        })
    }

    /// The step at which IPVS's entries change: they are made with the choice of a real server (`ip_vs_schedule`), and
    /// take note of a packet as soon as they are found.
    fn balances(&self, is_new: bool) -> Option<usize> {
        self.tracer.trace.steps.iter().position(|step| match &step.event {
            Event::BackendChosen { by: Backend::Scheduler(_) | Backend::Template, .. } => true,
            Event::LookedUp { structure: Structure::IpvsConnections, found, .. } => !is_new && found.is_some(),
            _ => false,
        })
    }
}

fn listings(node: &Node, once: &Once<'_>, now: Seconds) -> Vec<ConnectionListing> {
    let tracked = node.stack.conntrack.entries_with(&once.conntrack).filter(|entry| entry.expires > now);
    let tracked = tracked.map(|entry| listing::Entry::of(entry, now).to_string());
    let balanced = ipvsadm::connection_lines(node.ipvs.connections().iter_with(&once.ipvs), now);
    let listings =
        [ConnectionListing::of("ipvsadm -L -n -c", balanced), ConnectionListing::of("conntrack -L", tracked)];
    listings.into_iter().flatten().collect()
}
