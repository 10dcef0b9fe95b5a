//! One packet through a node, and its end in the words of kube-proxy's own test tracers.

use std::sync::Arc;

use datapath_core::chance::{Chance, explore};
use datapath_core::lab::program;
use datapath_core::net::{Family, Packet, Tuple};
use datapath_core::netfilter::routing::{Device, DeviceKind, RouteEntry};
use datapath_core::netfilter::{Manip, Verdict};
use datapath_core::node::{Node, Run};
use datapath_core::proxy::{Config, DetectLocal, Mode};
use datapath_core::trace::{Event, Recorder, Trace};

use crate::case::Case;

/// Who sends the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A process on the node.
    Node,
    /// A pod on the node.
    Pod,
    Elsewhere,
}

/// Where one way through the rules ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// `10.0.0.1:80` after DNAT, `DROP`, `REJECT`, or nothing.
    pub output: String,
    /// Whether the packet leaves with a source of the node, or was marked for it.
    pub masq: bool,
}

/// More ways than kube-proxy's rules give any packet.
const MOST_WAYS: usize = 512;

/// The ends of all ways that the node's random choices allow for a new connection.
pub fn ends(node: &Node, config: &Config, sender: Sender, tuple: Tuple) -> Vec<End> {
    explore(MOST_WAYS, |chance| run(node, config, sender, tuple, chance)).into_iter().map(|(end, _)| end).collect()
}

fn run(node: &Node, config: &Config, sender: Sender, tuple: Tuple, chance: &mut Chance) -> End {
    let mut node = node.clone();
    let mut tracer = Recorder::default();
    let packet = Packet::opening(tuple);
    let mut run = Run { chance, now: 0, tracer: &mut tracer, rival: None };
    match sender {
        Sender::Node => node.send(packet, &mut run),
        Sender::Pod => node.receive(&pod_device(config), None, packet, &mut run),
        Sender::Elsewhere => node.receive(&"eth0".into(), None, packet, &mut run),
    };
    end(&tracer.trace, config)
}

fn end(trace: &Trace, config: &Config) -> End {
    let bit = 1_u32 << config.masquerade_bit;
    let mut end = End { output: String::new(), masq: false };
    for step in &trace.steps {
        match &step.event {
            Event::HeaderRewritten { manip: Manip::Destination, to, .. } => end.output = to.to_string(),
            Event::HeaderRewritten { manip: Manip::Source, .. } => end.masq = true,
            Event::MarkSet { to, .. } if to & bit != 0 => end.masq = true,
            Event::Verdict(Verdict::Drop) => "DROP".clone_into(&mut end.output),
            Event::Verdict(Verdict::Reject(_)) => {
                "REJECT".clone_into(&mut end.output);
                // What follows is the node's own answer.
                return end;
            }
            _ => {}
        }
    }
    end
}

/// The device of local pods: named as the settings expect it.
fn pod_device(config: &Config) -> Arc<str> {
    match &config.detect_local {
        DetectLocal::BridgeInterface(name) => name.as_str().into(),
        DetectLocal::InterfaceNamePrefix(prefix) => format!("{prefix}0").into(),
        _ => "veth0".into(),
    }
}

/// The case's node, programmed by its kube-proxy.
///
/// # Errors
/// Says which of the node's tools refused what.
pub fn node(case: &Case, mode: Mode) -> Result<Node, String> {
    let mut node = wired(&case.config);
    let pods = pod_device(&case.config);
    for slice in &case.cluster.endpoint_slices {
        for endpoint in
            slice.endpoints.iter().filter(|endpoint| endpoint.node_name.as_deref() == Some(&case.config.node_name))
        {
            for address in endpoint.addresses.iter().filter(|address| !case.config.node_ips.contains(address)) {
                node.stack.routing.add_route(RouteEntry::on_link((*address).into(), pods.clone(), None));
            }
        }
    }
    let (_, refusals) = program(&mut node, &case.cluster, &case.config, mode);
    if refusals.is_empty() { Ok(node) } else { Err(format!("{}: {refusals:?}", case.name)) }
}

/// A node without rules: its interfaces, a default route, and a device for its own pods.
pub fn wired(config: &Config) -> Node {
    let mut node = Node::new(config.node_name.as_str().into());
    let routing = &mut node.stack.routing;
    // The tracers know no martians; the live kernel had this set too.
    routing.route_localnet = true;
    for interface in &config.interfaces {
        let kind = if interface.name == "lo" { DeviceKind::Loopback } else { DeviceKind::Ethernet };
        routing.add_device(Device {
            name: interface.name.as_str().into(),
            kind,
            mac: None,
            addresses: interface.addresses.clone(),
        });
    }
    routing.add_device(Device { name: pod_device(config), kind: DeviceKind::Veth, mac: None, addresses: Vec::new() });
    for (family, all) in [(Family::V4, "0.0.0.0/0"), (Family::V6, "::/0")] {
        if let Ok(all) = all.parse()
            && config.ip_families.contains(&family)
        {
            routing.add_route(RouteEntry::on_link(all, "eth0".into(), None));
        }
    }
    node
}
