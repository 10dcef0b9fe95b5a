//! Each moment in one plain sentence, and why it happens.

use std::sync::Arc;

use crate::message;
use crate::message::Message;
use crate::net::Endpoint;
use crate::netfilter::{CtInfo, Direction, Hook, Manip, Verdict};
use crate::node::Node;
use crate::trace::{Asked, Backend, ChainId, Drawn, Event, Failed, Found, Index, LeftBy, Route, Step, Structure};

use super::tally::{Forwarder, Hop};
use super::{Journey, Moment, Network, Pod, Way, fault};

/// What happened, and the reason or rule of the kernel behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub text: Message,
    pub why: Option<Message>,
}

impl Sentence {
    pub(super) const fn because(text: Message, why: Message) -> Self {
        Self { text, why: Some(why) }
    }
}

/// One that needs no reason.
impl From<Message> for Sentence {
    fn from(text: Message) -> Self {
        Self { text, why: None }
    }
}

/// Tells a moment. `None` if it is not of this journey.
pub fn narrate(network: &Network, journey: &Journey, moment: &Moment) -> Option<Sentence> {
    let leg = journey.legs.get(moment.leg)?;
    let step = journey.step(moment)?;
    let node = network.node(leg.node)?;
    let told = tell(network, node, leg.way, step)?;
    Some(match journey.hop(moment) {
        Some(hop) => counted(hop, told),
        None => told,
    })
}

/// A step with the hop that was counted for it.
fn counted(Hop { from, to, by }: Hop, Sentence { text, why }: Sentence) -> Sentence {
    let text = message!("step-hop", told = text, from = from.to_string(), to = to.to_string());
    let hop = match by {
        Forwarder::Ip => message!("step-hop-why-ip"),
        Forwarder::Ipvs => message!("step-hop-why-ipvs"),
    };
    Sentence::because(text, why.map_or(hop.clone(), |why| message!("step-hop-why", why = why, hop = hop)))
}

fn tell(network: &Network, node: &Node, way: Way, step: &Step) -> Option<Sentence> {
    Some(match &step.event {
        Event::Arrived { device } => arrived(network, node, way, device),
        Event::Sent => Sentence::because(message!("step-sent", node = &node.name), message!("step-sent-why")),
        Event::HookEntered(hook) => entered(*hook),
        Event::ChainEntered { chain, priority } => match priority {
            Some(priority) => Sentence::because(
                message!("step-base-chain", chain = node.chain_name(*chain), priority = priority.to_string()),
                message!("step-base-chain-why"),
            ),
            None => {
                Sentence::because(message!("step-chain", chain = node.chain_name(*chain)), message!("step-chain-why"))
            }
        },
        Event::ChainLeft { chain, by } => left(&node.chain_name(*chain), *by),
        Event::RuleMatched { tests, drawn, .. } => matched(*tests, drawn.as_deref()),
        Event::RulesMissed { first, count, tests, failed: by } => {
            missed(&node.chain_name(first.chain), first.chain, (*count, *tests), failed(by))
        }
        Event::LookedUp { structure, index, name, key, found, drawn } => {
            let text = looked_up(*structure, name, key, found.as_deref());
            let text = match drawn {
                Some(by) => message!("step-drawn", number = key, by = by, told = text),
                None => text,
            };
            Sentence::because(text, why_found(*structure, *index))
        }
        Event::BackendChosen { backend, by } => chosen(network, *backend, by),
        Event::MarkSet { from, to } => Sentence::because(
            message!("step-mark", from = format!("{from:#x}"), to = format!("{to:#x}")),
            message!("step-mark-why"),
        ),
        Event::ConnectionMarkSet { from, to } => Sentence::because(
            message!("step-connection-mark", from = format!("{from:#x}"), to = format!("{to:#x}")),
            message!("step-connection-mark-why"),
        ),
        Event::HeaderRewritten { manip, from, to } => rewritten(way, *manip, *from, *to),
        Event::Routed(route) => routed(route),
        Event::Martian { reason } => {
            Sentence::because(message!("step-martian", reason = fault::told(*reason)), message!("step-martian-why"))
        }
        Event::AssignedTo { socket } => {
            Sentence::because(message!("step-assigned", socket = socket.to_string()), message!("step-assigned-why"))
        }
        Event::Stolen { by } => {
            Sentence::because(message!("step-stolen", by = by.to_string()), message!("step-stolen-why"))
        }
        Event::Verdict(verdict) => decided(*verdict),
        Event::Delivered => Sentence::because(message!("step-delivered"), message!("step-delivered-why")),
        Event::Transmitted { device, next_hop } => transmitted(network, node, device, *next_hop),
        Event::Answered { packet } => {
            Sentence::because(message!("step-answered", packet = packet.to_string()), message!("step-answered-why"))
        }
        Event::NotModelled { what } => {
            Sentence::because(message!("step-not-modelled", what = what.to_string()), message!("step-not-modelled-why"))
        }
        Event::WhoHas(asked) => who_has(asked),
        other => return carried(other),
    })
}

/// What happens around IP: to fragments, in overlays, on bridges.
fn carried(event: &Event) -> Option<Sentence> {
    Some(match event {
        Event::FragmentHeld => Sentence::because(message!("step-fragment-held"), message!("step-fragment-held-why")),
        Event::Reassembled => Sentence::because(message!("step-reassembled"), message!("step-reassembled-why")),
        Event::Fragmented { count } => {
            Sentence::because(message!("step-fragmented", count = *count), message!("step-fragmented-why"))
        }
        Event::Encapsulated => Sentence::because(message!("step-encapsulated"), message!("step-encapsulated-why")),
        Event::Decapsulated => Sentence::because(message!("step-decapsulated"), message!("step-decapsulated-why")),
        Event::Copied { packet, to } => Sentence::because(
            message!("copy-begins", packet = packet.to_string(), to = to.to_string()),
            message!("copy-begins-why"),
        ),
        Event::OriginalGoesOn => Sentence::because(message!("copy-original"), message!("copy-original-why")),
        Event::Switched { bridge, port } => Sentence::because(
            message!("step-switched", bridge = bridge.to_string(), port = port.to_string()),
            message!("step-switched-why"),
        ),
        Event::FrameDropped { reason } => Sentence::because(
            message!("step-frame-dropped", reason = fault::told(*reason)),
            message!("step-frame-dropped-why"),
        ),
        connection => return conntrack(connection),
    })
}

fn who_has(asked: &Asked) -> Sentence {
    let by = match &asked.by {
        Some(node) => message!("neighbour-node", node = node.to_string()),
        None => message!("neighbour-outside"),
    };
    let address = asked.address.to_string();
    let names = |names: &[Arc<str>]| names.join(", ");
    let text = match &asked.first {
        Some(first) if asked.answered.len() > 1 => message!(
            "neighbour-several-answer",
            by = by,
            address = address,
            nodes = names(&asked.answered),
            first = first.to_string()
        ),
        Some(first) => message!("neighbour-answers", by = by, address = address, first = first.to_string()),
        None => message!("neighbour-silent", by = by, address = address),
    };
    let why = match &*asked.ignored {
        [] if asked.answered.len() > 1 => message!("neighbour-several-answer-why"),
        [] => message!("neighbour-answers-why"),
        ignored => {
            let silent: Vec<_> = ignored.iter().map(|(node, setting)| format!("{node} ({setting})")).collect();
            message!("neighbour-silent-why", silent = silent.join(", "))
        }
    };
    Sentence::because(text, why)
}

fn conntrack(event: &Event) -> Option<Sentence> {
    Some(match event {
        Event::ConnectionCreated { connection, tuple } => Sentence::because(
            message!("step-connection-new", connection = connection.to_string(), tuple = tuple.to_string()),
            message!("step-connection-new-why"),
        ),
        Event::ConnectionFound { connection, direction, info } => found(&connection.to_string(), *direction, *info),
        Event::ConnectionAltered { connection, reply } => Sentence::because(
            message!("step-connection-altered", connection = connection.to_string(), reply = reply.to_string()),
            message!("step-connection-altered-why"),
        ),
        Event::ConnectionConfirmed { connection } => Sentence::because(
            message!("step-connection-confirmed", connection = connection.to_string()),
            message!("step-connection-confirmed-why"),
        ),
        Event::Overtaken => Sentence::because(message!("step-overtaken"), message!("step-overtaken-why")),
        Event::EntryClashes => Sentence::because(message!("step-entry-clashes"), message!("step-entry-clashes-why")),
        Event::InsertFailed => Sentence::because(message!("step-insert-failed"), message!("step-insert-failed-why")),
        Event::ConnectionInvalid { reason } => Sentence::because(
            message!("step-connection-invalid", reason = fault::told(*reason)),
            message!("step-connection-invalid-why"),
        ),
        Event::ConnectionTableFull => {
            Sentence::because(message!("step-conntrack-full"), message!("step-conntrack-full-why"))
        }
        Event::NatSkipped { connection } => Sentence::because(
            message!("step-nat-skipped", connection = connection.to_string()),
            message!("step-nat-skipped-why"),
        ),
        _ => return None,
    })
}

/// The pod at the other end of a node's cable.
fn pod_behind<'a>(network: &'a Network, node: &Node, device: &str) -> Option<&'a Pod> {
    let index = network.node_index(&node.name)?;
    // There may be tens of thousands of pods: few are of this node.
    network.pods.values().find(|pod| pod.node == index && &*pod.device == device)
}

fn arrived(network: &Network, node: &Node, way: Way, device: &str) -> Sentence {
    let from = pod_behind(network, node, device);
    let what = match way {
        Way::Request => message!("step-the-packet"),
        Way::Reply => message!("step-the-answer"),
    };
    let text = match from {
        Some(pod) => {
            message!("step-arrived-from", what = what, node = &node.name, pod = pod.name.to_string(), device = device)
        }
        None => message!("step-arrived", what = what, node = &node.name, device = device),
    };
    Sentence::because(text, message!("step-arrived-why"))
}

fn entered(hook: Hook) -> Sentence {
    let (place, why) = match hook {
        Hook::Prerouting => (message!("hook-prerouting"), message!("hook-prerouting-why")),
        Hook::Input => (message!("hook-input"), message!("hook-input-why")),
        Hook::Forward => (message!("hook-forward"), message!("hook-forward-why")),
        Hook::Output => (message!("hook-output"), message!("hook-output-why")),
        Hook::Postrouting => (message!("hook-postrouting"), message!("hook-postrouting-why")),
    };
    Sentence::because(message!("step-hook", hook = hook.to_string(), place = place), why)
}

fn left(chain: &str, by: LeftBy) -> Sentence {
    let (text, why) = match by {
        LeftBy::End => (message!("step-chain-ends", chain = chain), message!("step-chain-ends-why")),
        LeftBy::Return => (message!("step-chain-returns", chain = chain), message!("step-chain-returns-why")),
        LeftBy::Policy => (message!("step-chain-policy", chain = chain), message!("step-chain-policy-why")),
        LeftBy::Verdict => (message!("step-chain-decided", chain = chain), message!("step-chain-decided-why")),
    };
    Sentence::because(text, why)
}

/// What a rule asked, and what was there instead.
fn failed(Failed { test, found }: &Failed) -> Message {
    match found {
        Found::Value(value) => message!("step-asks-finds", test = test.to_string(), found = value.to_string()),
        Found::Drawn(drawn) => message!("step-asks-draws", test = test.to_string(), drawn = drawn.to_string()),
        Found::Nothing => message!("step-asks-finds-nothing", test = test.to_string()),
        Found::Untold => message!("step-asks", test = test.to_string()),
    }
}

fn matched(tests: u32, drawn: Option<&Drawn>) -> Sentence {
    let tests = message!("step-tests", tests = tests);
    let text = match drawn {
        Some(Drawn { test, number }) => {
            message!("step-rule-matches-drawn", tests = tests, test = test, drawn = number)
        }
        None => message!("step-rule-matches", tests = tests),
    };
    Sentence::because(text, message!("step-rule-matches-why"))
}

fn missed(chain: &str, id: ChainId, (count, tests): (u32, u32), failed: Message) -> Sentence {
    let why = match id {
        ChainId::Iptables { .. } => message!("step-rules-missed-why-iptables"),
        ChainId::Nftables { .. } => message!("step-rules-missed-why-nftables"),
    };
    let tests = message!("step-tests", tests = tests);
    let text = match count {
        1 => message!("step-rule-missed", tests = tests, failed = failed),
        _ => message!("step-rules-missed", count = count, chain = chain, tests = tests, failed = failed),
    };
    Sentence::because(text, why)
}

fn looked_up(structure: Structure, name: &str, key: &str, found: Option<&str>) -> Message {
    let structure = structure.to_string();
    match found {
        Some(found) => message!("step-found", structure = structure, name = name, key = key, found = found),
        None => message!("step-not-found", structure = structure, name = name, key = key),
    }
}

const fn why_found(structure: Structure, index: Index) -> Message {
    match (structure, index) {
        (Structure::IpvsServices, _) => message!("step-found-why-ipvs-services"),
        (Structure::IpvsConnections, _) => message!("step-found-why-ipvs-connections"),
        (_, Index::Hash) => message!("step-found-why"),
        (_, Index::PrefixHash) => message!("step-found-why-prefixes"),
        (_, Index::Bitmap) => message!("step-found-why-bitmap"),
        (_, Index::Ranges) => message!("step-found-why-ranges"),
        (_, Index::List) => message!("step-found-why-list"),
    }
}

fn chosen(network: &Network, backend: Endpoint, by: &Backend) -> Sentence {
    let backend_text = backend.to_string();
    let text = match network.pods.get(&backend.address) {
        Some(pod) => {
            let node = &network.node_names[pod.node];
            message!("step-backend-pod", backend = backend_text, pod = pod.name.to_string(), node = node)
        }
        None => message!("step-backend", backend = backend_text),
    };
    let why = match by {
        Backend::Nat => message!("step-backend-nat-why"),
        Backend::Scheduler(scheduler) => message!("step-backend-scheduler-why", scheduler = scheduler.to_string()),
        Backend::Template => message!("step-backend-template-why"),
    };
    Sentence::because(text, why)
}

fn rewritten(way: Way, manip: Manip, from: Endpoint, to: Endpoint) -> Sentence {
    let (from, to) = (from.to_string(), to.to_string());
    let text = match manip {
        Manip::Source => message!("step-source-rewritten", from = from, to = to),
        Manip::Destination => message!("step-destination-rewritten", from = from, to = to),
    };
    let why = match (way, manip) {
        (Way::Request, Manip::Destination) => message!("step-request-destination-why"),
        (Way::Request, Manip::Source) => message!("step-request-source-why"),
        (Way::Reply, Manip::Source) => message!("step-reply-source-why"),
        (Way::Reply, Manip::Destination) => message!("step-reply-destination-why"),
    };
    Sentence::because(text, why)
}

fn routed(route: &Route) -> Sentence {
    let text = match route {
        Route::Local { device } => message!("step-routed-local", device = device.to_string()),
        Route::Via { device, gateway: Some(gateway) } => {
            message!("step-routed-through", device = device.to_string(), gateway = gateway.to_string())
        }
        Route::Via { device, gateway: None } => message!("step-routed-straight", device = device.to_string()),
        Route::Unreachable => message!("step-routed-nowhere"),
        Route::Refused(with) => message!("step-routed-refused", with = with.to_string()),
        Route::Blackhole => message!("step-routed-blackhole"),
    };
    Sentence::because(text, message!("step-routed-why"))
}

fn decided(verdict: Verdict) -> Sentence {
    match verdict {
        Verdict::Accept => Sentence::because(message!("step-accepted"), message!("step-accepted-why")),
        Verdict::Drop => Sentence::because(message!("step-dropped"), message!("step-dropped-why")),
        Verdict::Reject(with) => {
            Sentence::because(message!("step-rejected", with = with.to_string()), message!("step-rejected-why"))
        }
    }
}

fn transmitted(network: &Network, node: &Node, device: &str, next_hop: std::net::IpAddr) -> Sentence {
    let pod = pod_behind(network, node, device);
    let text = match (pod, network.node_by_address.get(&next_hop)) {
        (Some(pod), _) => message!("step-out-to-pod", device = device, pod = pod.name.to_string()),
        (None, Some(other)) => message!("step-out-to-node", device = device, node = &network.node_names[*other]),
        (None, None) => message!("step-out-towards", device = device, hop = next_hop.to_string()),
    };
    Sentence::because(text, message!("step-out-why"))
}

fn found(connection: &str, direction: Direction, info: CtInfo) -> Sentence {
    let info = match info {
        CtInfo::New => "NEW",
        CtInfo::Established => "ESTABLISHED",
        CtInfo::Related => "RELATED",
    };
    let text = match direction {
        Direction::Original => message!("step-connection-original", connection = connection, info = info),
        Direction::Reply => message!("step-connection-reply", connection = connection, info = info),
    };
    Sentence::because(text, message!("step-connection-found-why"))
}
