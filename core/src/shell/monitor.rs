//! Programs that wait and tell what happens: `nft monitor trace`, `conntrack -E`, `watch` and `kubectl get --watch`.
//!
//! Nothing happens in the lab while a line runs but what the line does. So such a program ends its line at once and goes on
//! listening beside it: whoever holds the [`Monitor`] asks it after each thing that was done.

use std::collections::BTreeMap;

use super::kubectl::Following;
use super::watch::Look;
use super::{Host, Location};
use crate::lab::{Lab, Lane};
use crate::netfilter::Seconds;
use crate::netfilter::conntrack::listing::{Entry, Fact, Form, Listing, State};
use crate::netfilter::conntrack::{Connection, ConnectionId, Settings, TcpState};
use crate::nftables::{Ruleset, trace_text};
use crate::node::Node;

/// A program that listens.
#[derive(Clone, Debug)]
pub struct Monitor {
    /// The command line of it.
    pub line: String,
    pub at: Location,
    /// When it was asked last, by the lab's clock, which goes back where something is taken back.
    asked: Seconds,
    heard: Heard,
}

/// What it has heard of already.
#[derive(Clone, Debug)]
enum Heard {
    Packets {
        /// The rules as they were when it began.
        listed: Box<Ruleset>,
        sent: u64,
    },
    Connections(BTreeMap<ConnectionId, Connection>),
    Screen {
        look: Look,
        /// What was on it, without its header.
        seen: String,
    },
    Objects(Following),
}

impl Monitor {
    /// `nft monitor trace` on a node; None elsewhere.
    pub(super) fn trace(lab: &Lab, at: &Location) -> Option<Self> {
        let (lane, node) = place(lab, at)?;
        let heard = Heard::Packets { listed: Box::new(node.nftables.clone()), sent: lane.sent };
        Some(Self { line: "nft monitor trace".to_owned(), at: at.clone(), asked: lab.now, heard })
    }

    /// `conntrack -E` on a node; None elsewhere.
    pub(super) fn connections(lab: &Lab, at: &Location) -> Option<Self> {
        let (_, node) = place(lab, at)?;
        let heard = Heard::Connections(known(node, lab.now));
        Some(Self { line: "conntrack -E".to_owned(), at: at.clone(), asked: lab.now, heard })
    }

    /// `watch`, which has shown something.
    pub(super) fn screen(lab: &Lab, at: &Location, line: String, look: Look, seen: String) -> Self {
        Self { line, at: at.clone(), asked: lab.now, heard: Heard::Screen { look, seen } }
    }

    /// `kubectl get --watch`, which has printed what there is.
    pub(super) fn objects(lab: &Lab, at: &Location, line: String, following: Following) -> Self {
        Self { line, at: at.clone(), asked: lab.now, heard: Heard::Objects(following) }
    }

    /// What it prints of what happened since it was asked last. Of what was taken back it prints nothing.
    pub fn news(&mut self, lab: &Lab) -> String {
        match &mut self.heard {
            _ if !self.at.is_there(lab) => return String::new(),
            Heard::Screen { look, seen } => return look.again(lab, &self.at, seen).unwrap_or_default(),
            Heard::Objects(following) => return following.news(lab, &self.at),
            Heard::Packets { .. } | Heard::Connections(_) => {}
        }
        let Some((lane, node)) = place(lab, &self.at) else {
            return String::new();
        };
        let is_taken_back = lab.now < std::mem::replace(&mut self.asked, lab.now);
        match &mut self.heard {
            Heard::Packets { listed, sent } => {
                let before = std::mem::replace(sent, lane.sent);
                traces(lane, &self.at, node, listed, lane.sent.saturating_sub(before))
            }
            Heard::Connections(before) => {
                let now = known(node, lab.now);
                let text = events(before, &now, &node.stack.conntrack.settings, lab.now);
                *before = now;
                if is_taken_back { String::new() } else { text }
            }
            Heard::Screen { .. } | Heard::Objects(_) => String::new(),
        }
    }
}

fn place<'l>(lab: &'l Lab, at: &Location) -> Option<(&'l Lane, &'l Node)> {
    let Host::Node(name) = &at.host else {
        return None;
    };
    let lane = lab.lanes.get(at.lane(lab)?)?;
    Some((lane, lane.network.node(lane.network.node_index(name)?)?))
}

/// Of the last packets of a lane, what a node tells of them.
fn traces(lane: &Lane, at: &Location, node: &Node, listed: &Ruleset, count: u64) -> String {
    let Host::Node(name) = &at.host else {
        return String::new();
    };
    let count = usize::try_from(count).unwrap_or(usize::MAX).min(lane.journeys.len());
    let first = lane.journeys.len() - count;
    let mut out = String::new();
    for (number, journey) in lane.journeys.iter().enumerate().skip(first) {
        for (leg, way) in journey.legs.iter().enumerate().filter(|(_, leg)| leg.node_name == *name) {
            let id = id(lane.sent - (lane.journeys.len() - number) as u64, leg);
            out.push_str(&trace_text(&node.nftables, listed, &way.tracer.trace, id));
        }
    }
    out
}

/// A number that looks as the kernel's do, which are hashes too; the same for the same packet in the same lab.
const fn id(packet: u64, leg: usize) -> u32 {
    const PRIME: u32 = 16_777_619;
    let bytes = [(packet & 0xff) as u32, (packet >> 8 & 0xff) as u32, (leg & 0xff) as u32, 0x5a];
    let mut hash = 2_166_136_261_u32;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at]).wrapping_mul(PRIME);
        at += 1;
    }
    hash
}

fn known(node: &Node, now: Seconds) -> BTreeMap<ConnectionId, Connection> {
    let entries = node.stack.conntrack.entries().filter(|entry| entry.expires > now);
    entries.map(|entry| (entry.id, entry.clone())).collect()
}

/// The events between two states of a table, by the numbers of the entries.
fn events(
    before: &BTreeMap<ConnectionId, Connection>,
    after: &BTreeMap<ConnectionId, Connection>,
    settings: &Settings,
    now: Seconds,
) -> String {
    let mut out = String::new();
    for (id, gone) in before.iter().filter(|(id, old)| after.get(id).is_none_or(|new| new.original != old.original)) {
        debug_assert_eq!(*id, gone.id);
        let mut entry = event(gone, now);
        entry.timeout = entry.timeout.filter(|left| *left > 0);
        write(&mut out, "[DESTROY] ", entry);
    }
    for (id, new) in after {
        match before.get(id).filter(|old| old.original == new.original) {
            None => {
                write(&mut out, "    [NEW] ", as_new(new, settings, now));
                if new.status.seen_reply {
                    write(&mut out, " [UPDATE] ", event(new, now));
                }
            }
            Some(old) if has_changed(old, new) => write(&mut out, " [UPDATE] ", event(new, now)),
            Some(_) => {}
        }
    }
    out
}

fn has_changed(old: &Connection, new: &Connection) -> bool {
    (old.status.seen_reply, old.status.assured, old.mark, old.progress.state())
        != (new.status.seen_reply, new.status.assured, new.mark, new.progress.state())
}

fn event(connection: &Connection, now: Seconds) -> Entry {
    let mut entry = Entry::of(connection, now);
    entry.facts.retain(|fact| !matches!(fact, Fact::Use(_) | Fact::Mark(0)));
    entry
}

/// An entry as it was when its first packet left the node.
fn as_new(connection: &Connection, settings: &Settings, now: Seconds) -> Entry {
    let mut entry = event(connection, now);
    entry.unreplied = true;
    entry.hold = None;
    if let Some(State::Tcp(state)) = &mut entry.state {
        *state = TcpState::SynSent;
        entry.timeout = settings.timeouts.tcp.get(TcpState::SynSent as usize).copied();
    } else if connection.original.protocol == crate::net::Protocol::Udp {
        entry.timeout = Some(settings.timeouts.udp);
    }
    entry
}

fn write(out: &mut String, kind: &str, entry: Entry) {
    out.push_str(kind);
    out.push_str(&Listing { form: Form::Plain, entries: vec![entry] }.to_string());
}
