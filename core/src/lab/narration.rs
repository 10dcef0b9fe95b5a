//! Each moment in one plain sentence, and why it happens.

use crate::net::Endpoint;
use crate::netfilter::{CtInfo, Direction, Hook, Manip, Verdict};
use crate::node::Node;
use crate::trace::{Backend, ChainId, Event, LeftBy, Route, Step, Structure};

use super::{Journey, Moment, Network, Way};

/// What happened, and the reason or rule of the kernel behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub text: String,
    pub why: String,
}

/// Tells a moment. `None` if it is not of this journey.
pub fn narrate(network: &Network, journey: &Journey, moment: &Moment) -> Option<Sentence> {
    let leg = journey.legs.get(moment.leg)?;
    let step = journey.step(moment)?;
    let node = network.node(leg.node)?;
    let (text, why) = tell(network, node, leg.way, step);
    Some(Sentence { text, why })
}

fn tell(network: &Network, node: &Node, way: Way, step: &Step) -> (String, String) {
    match &step.event {
        Event::Arrived { device } => arrived(network, node, way, device),
        Event::Sent => (
            format!("A process on {} sends the packet.", node.name),
            "Packets of local processes begin at routing, then OUTPUT.".into(),
        ),
        Event::HookEntered(hook) => (format!("{hook}: the hook {}.", place_of(*hook)), hook_why(*hook).into()),
        Event::ChainEntered { chain, priority } => match priority {
            Some(priority) => (
                format!("Base chain {} begins, at priority {priority}.", node.chain_name(*chain)),
                "Functions at a hook run in the order of their priorities, whichever tool registered them.".into(),
            ),
            None => (format!("Into chain {}.", node.chain_name(*chain)), "The matching rule jumps there.".into()),
        },
        Event::ChainLeft { chain, by } => left(&node.chain_name(*chain), *by),
        Event::RuleMatched { tests, .. } => matched(*tests),
        Event::RulesMissed { first, count, tests } => {
            missed(&node.chain_name(first.chain), first.chain, *count, *tests)
        }
        Event::LookedUp { structure, name, key, found } => looked_up(*structure, name, key, found.as_deref()),
        Event::BackendChosen { backend, by } => chosen(network, *backend, by),
        Event::MarkSet { from, to } => (
            format!("The packet mark becomes {to:#x} (it was {from:#x})."),
            "kube-proxy marks packets that must leave with the node's address; the mark is read again in POSTROUTING."
                .into(),
        ),
        Event::ConnectionMarkSet { from, to } => {
            (format!("The connection mark becomes {to:#x} (it was {from:#x})."), "It stays with the connection.".into())
        }
        Event::HeaderRewritten { manip, from, to } => rewritten(way, *manip, *from, *to),
        Event::Routed(route) => routed(route),
        Event::Martian { reason } => (
            format!("Dropped as a martian: {reason}."),
            "The kernel takes such a packet for forged; it is not logged unless log_martians is set.".into(),
        ),
        Event::AssignedTo { socket } => (
            format!("The packet belongs to {socket}."),
            "Its addresses stay as they are; a policy rule has to route it to this node.".into(),
        ),
        Event::Stolen { by } => (
            format!("{by} takes the packet out of the hook and sends it on itself."),
            "The rest of this hook never sees it. IPVS passes it to OUTPUT, marked as its own.".into(),
        ),
        Event::Verdict(verdict) => decided(*verdict),
        Event::Delivered => ("A process on this node gets the packet.".into(), String::new()),
        Event::Transmitted { device, next_hop } => transmitted(network, node, device, *next_hop),
        Event::Answered { packet } => (format!("The node answers by itself: {packet}."), String::new()),
        Event::NotModelled { what } => (
            format!("Not modelled: {what}. The rule is taken as not matching."),
            "The lab keeps what it does not know and says so; a real node may do otherwise here.".into(),
        ),
        other => carried(other),
    }
}

/// What happens around IP: to fragments, in overlays, on bridges.
fn carried(event: &Event) -> (String, String) {
    match event {
        Event::FragmentHeld => (
            "The fragment is kept until the others of its datagram are here.".into(),
            "Conntrack has datagrams put together before it looks at them, so that no rule sees a part without ports."
                .into(),
        ),
        Event::Reassembled => (
            "All fragments are here: the datagram goes on as one packet.".into(),
            "It is taken apart again when it leaves.".into(),
        ),
        Event::Fragmented { count } => (
            format!("The packet leaves in {count} fragments."),
            "No part is longer than the device takes, nor than those that it came in.".into(),
        ),
        Event::Encapsulated => (
            "The overlay puts the packet into one of UDP, from node to node.".into(),
            "The packet around it passes OUTPUT and POSTROUTING of its own, with a connection of its own; the mark stays."
                .into(),
        ),
        Event::Decapsulated => (
            "The overlay takes the packet out of the one around it.".into(),
            "It comes in by the overlay's device and begins at PREROUTING.".into(),
        ),
        Event::Switched { bridge, port } => (
            format!("The bridge {bridge} hands the frame to its port {port}."),
            "A bridge goes by hardware addresses: the hops left stay as they are.".into(),
        ),
        Event::FrameDropped { reason } => {
            (format!("The frame is dropped: {reason}."), "Below IP nobody answers, and nothing is logged.".into())
        }
        connection => conntrack(connection),
    }
}

fn conntrack(event: &Event) -> (String, String) {
    match event {
        Event::ConnectionCreated { connection, tuple } => (
            format!("Conntrack knows no such connection and begins {connection}: {tuple}."),
            "It stays provisional until the packet has passed its last hook on this node.".into(),
        ),
        Event::ConnectionFound { connection, direction, info } => found(&connection.to_string(), *direction, *info),
        Event::ConnectionAltered { connection, reply } => (
            format!("Connection {connection} now expects replies as {reply}."),
            "Replies that look like this are recognised and translated back.".into(),
        ),
        Event::ConnectionConfirmed { connection } => (
            format!("Connection {connection} enters the conntrack table."),
            "From now on its packets are found by one look-up, in both directions.".into(),
        ),
        Event::ConnectionInvalid { reason } => {
            (format!("Conntrack finds the packet INVALID: {reason}."), String::new())
        }
        Event::ConnectionTableFull => (
            "The conntrack table is full, and the packet is dropped.".into(),
            "The kernel's log says \"nf_conntrack: table full, dropping packet\"; net.netfilter.nf_conntrack_max is the \
             limit."
                .into(),
        ),
        Event::NatSkipped { connection } => (
            format!("The nat chains are not visited: connection {connection} is already decided."),
            "NAT is decided for the first packet of a connection only; every later packet repeats it from conntrack."
                .into(),
        ),
        _ => (String::new(), String::new()),
    }
}

fn arrived(network: &Network, node: &Node, way: Way, device: &str) -> (String, String) {
    let from = network.pods.values().find(|pod| &*pod.device == device && network.node_names[pod.node] == node.name);
    let what = if way == Way::Request { "The packet" } else { "The answer" };
    let text = match from {
        Some(pod) => format!("{what} comes in to {} from pod {}, by {device}.", node.name, pod.name),
        None => format!("{what} comes in to {} by {device}.", node.name),
    };
    (text, "Packets from outside the node's own processes begin at PREROUTING.".into())
}

const fn place_of(hook: Hook) -> &'static str {
    match hook {
        Hook::Prerouting => "before routing",
        Hook::Input => "on the way to this node itself",
        Hook::Forward => "on the way through this node",
        Hook::Output => "for packets that this node sends",
        Hook::Postrouting => "last before the packet leaves",
    }
}

const fn hook_why(hook: Hook) -> &'static str {
    match hook {
        Hook::Prerouting => "Here conntrack looks the connection up, and DNAT may still change where the packet goes.",
        Hook::Input => {
            "The destination is an address of this node. IPVS works here: that is why its addresses are bound to kube-ipvs0."
        }
        Hook::Forward => "The destination is elsewhere. Forwarded packets pass neither INPUT nor OUTPUT.",
        Hook::Output => "DNAT for local processes happens here, since they never pass PREROUTING.",
        Hook::Postrouting => "The way is known, so this is where the source may be rewritten.",
    }
}

fn left(chain: &str, by: LeftBy) -> (String, String) {
    match by {
        LeftBy::End => (format!("{chain} ends: back to the rule after the jump."), String::new()),
        LeftBy::Return => (format!("{chain} returns early: back to the rule after the jump."), String::new()),
        LeftBy::Policy => (format!("{chain} ends: its policy decides."), String::new()),
        LeftBy::Verdict => (format!("{chain} is decided."), String::new()),
    }
}

fn matched(tests: u32) -> (String, String) {
    (format!("The rule matches ({}).", tested(tests)), "Its target is carried out.".into())
}

fn missed(chain: &str, id: ChainId, count: u32, tests: u32) -> (String, String) {
    let tests = tested(tests);
    let next = "The first test that fails ends a rule; on to the next one.";
    let why = match id {
        ChainId::Iptables { .. } => {
            format!("{next} iptables has no index over the rules of a chain: it tries them in turn.")
        }
        ChainId::Nftables { .. } => {
            format!("{next} nftables, too, tries the rules of a chain in turn: only sets and maps are indexed.")
        }
    };
    if count == 1 {
        return (format!("The rule does not match ({tests})."), why);
    }
    (format!("{count} rules of {chain}, one after the other, do not match ({tests})."), why)
}

fn tested(tests: u32) -> String {
    if tests == 1 { "1 test".to_owned() } else { format!("{tests} tests") }
}

fn looked_up(structure: Structure, name: &str, key: &str, found: Option<&str>) -> (String, String) {
    let text = match found {
        Some(found) => format!("One look-up in {structure} {name}: {key} is there → {found}."),
        None => format!("One look-up in {structure} {name}: {key} is not there."),
    };
    (text, "A hash look-up costs the same however many entries there are.".into())
}

fn chosen(network: &Network, backend: Endpoint, by: &Backend) -> (String, String) {
    let name = network
        .pods
        .get(&backend.address)
        .map(|pod| format!(" (pod {} on {})", pod.name, network.node_names[pod.node]));
    let text = format!("Backend chosen: {backend}{}.", name.unwrap_or_default());
    let why = match by {
        Backend::Nat => "Chosen for the connection, not for the packet: conntrack remembers it.".into(),
        Backend::Scheduler(scheduler) => {
            format!("IPVS's scheduler {scheduler} picks it; the IPVS connection table remembers it.")
        }
        Backend::Template => "A persistence template of this client points to it.".into(),
    };
    (text, why)
}

fn rewritten(way: Way, manip: Manip, from: Endpoint, to: Endpoint) -> (String, String) {
    let end = match manip {
        Manip::Source => "source",
        Manip::Destination => "destination",
    };
    let why = match (way, manip) {
        (Way::Request, Manip::Destination) => {
            "The Service's address is nobody's: the packet must carry the backend's own."
        }
        (Way::Request, Manip::Source) => {
            "With the node's address as source, the answer must come back through this node."
        }
        (Way::Reply, Manip::Source) => {
            "The client asked the Service's address and would take any other for a stranger's."
        }
        (Way::Reply, Manip::Destination) => "The answer to the node's address goes on to the real client.",
    };
    (format!("The {end} is rewritten: {from} → {to}."), why.into())
}

fn routed(route: &Route) -> (String, String) {
    let text = match route {
        Route::Local { device } => {
            format!("Routing: the destination is this node's own address, on {device}.")
        }
        Route::Via { device, gateway: Some(gateway) } => format!("Routing: out by {device}, through {gateway}."),
        Route::Via { device, gateway: None } => format!("Routing: out by {device}, straight to the destination."),
        Route::Unreachable => "Routing: no route to the destination.".into(),
        Route::Refused(with) => format!("Routing: a route refuses the destination: {with}."),
        Route::Blackhole => "Routing: the route is a blackhole.".into(),
    };
    (text, "The longest matching prefix wins; local addresses come first.".into())
}

fn decided(verdict: Verdict) -> (String, String) {
    match verdict {
        Verdict::Accept => {
            ("Accepted here; the next function goes on.".into(), "Another base chain can still drop it.".into())
        }
        Verdict::Drop => {
            ("Dropped. The client hears nothing.".into(), "A dropped packet leaves no conntrack entry.".into())
        }
        Verdict::Reject(with) => (format!("Rejected with {with}: dropped, and the sender is told."), String::new()),
    }
}

fn transmitted(network: &Network, node: &Node, device: &str, next_hop: std::net::IpAddr) -> (String, String) {
    let pod = network.pods.values().find(|pod| &*pod.device == device && network.node_names[pod.node] == node.name);
    let text = match (pod, network.node_by_address.get(&next_hop)) {
        (Some(pod), _) => format!("Out by {device} to pod {}.", pod.name),
        (None, Some(other)) => format!("Out by {device} to {}.", network.node_names[*other]),
        (None, None) => format!("Out by {device} towards {next_hop}."),
    };
    (text, "The packet mark stays behind: it is not on the wire.".into())
}

fn found(connection: &str, direction: Direction, info: CtInfo) -> (String, String) {
    let direction = match direction {
        Direction::Original => "in the original direction",
        Direction::Reply => "as a reply",
    };
    let info = match info {
        CtInfo::New => "NEW",
        CtInfo::Established => "ESTABLISHED",
        CtInfo::Related => "RELATED",
    };
    (
        format!("Conntrack finds connection {connection}, {direction}; the packet is {info}."),
        "One look-up by addresses, ports and protocol.".into(),
    )
}
