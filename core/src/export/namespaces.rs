//! The lab's cluster as network namespaces of one Linux machine, in a script that builds it, sends, and takes it away.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::IpAddr;

use super::{File, Format, Subject, export, shell};
use crate::iproute::route::Listing;
use crate::k8s::IpMode;
use crate::lab::{Lab, Network, Place, Pod};
use crate::message;
use crate::net::Family;
use crate::netfilter::routing::DeviceKind;
use crate::proxy::Mode;
use crate::trace::Route;

/// Where a file with rules comes in, and by which program.
const LOADERS: [(Format, &str); 5] = [
    (Format::IpvsAddresses, "sh"),
    (Format::IpsetRestore, "ipset restore"),
    (Format::IptablesRestore, "iptables-restore"),
    (Format::Nft, "nft -f -"),
    (Format::IpvsadmRestore, "ipvsadm -R"),
];

/// Ends a rules file in the script: a line that no tool prints.
const END: &str = "END_OF_RULES";

/// The machines outside, and the network between the nodes.
const OUTSIDE: &str = "dl-outside";
const NET: &str = "dl-net";

/// A script for one mode. None for a copied node, of which nobody knows what is around it, and for a cluster with Flannel,
/// whose devices the script does not make.
pub fn namespaces(lab: &Lab, mode: Mode) -> Option<File> {
    let lane = lab.lanes.iter().find(|lane| lane.mode == mode)?;
    if lab.is_copied() || lab.assumptions.flannel.is_some() {
        return None;
    }
    let network = &lane.network;
    let mut text = format!(include_str!("namespaces/head.sh"), mode = mode);
    text.push_str("\nbuild() {\n");
    text.push_str(include_str!("namespaces/net.sh"));
    for index in 0..network.node_names.len() {
        node(lab, network, mode, index, &mut text)?;
    }
    outside(lab, network, &mut text);
    text.push_str("}\n\nserve() {\n");
    for (address, pod) in &*network.pods {
        for (protocol, port) in &pod.listens {
            let _ = writeln!(text, "  server {} {} {protocol} {address} {port}", pod_space(pod, *address), pod.name);
        }
    }
    text.push_str("}\n\nlast() {\n");
    text.push_str(&last(lab, network));
    text.push_str("}\n\n");
    text.push_str(include_str!("namespaces/tail.sh"));
    let name = format!("datapath-lab-{mode}-namespaces.sh");
    Some(File { name, text, note: message!("export-namespaces") })
}

fn node_space(network: &Network, index: usize) -> String {
    format!("dl-{}", network.node_names[index])
}

/// Each address of a pod has a cable of its own in the lab, and so a namespace here.
fn pod_space(pod: &Pod, address: IpAddr) -> String {
    let family = if address.is_ipv4() || pod.name.ends_with("-v6") { "" } else { "-v6" };
    format!("dl-{}{family}", pod.name)
}

fn node(lab: &Lab, network: &Network, mode: Mode, index: usize, out: &mut String) -> Option<()> {
    let space = node_space(network, index);
    let stack = &network.node(index)?.stack;
    let _ = writeln!(out, "  node {space} n{index} {}", u8::from(stack.routing.route_localnet));
    let ethernet = stack.routing.devices().iter().filter(|device| device.kind == DeviceKind::Ethernet);
    for address in ethernet.flat_map(|device| &device.addresses) {
        let _ = writeln!(out, "  ip -n {space} addr add {address} dev eth0{}", nodad(address.addr()));
    }
    for (address, pod) in network.pods.iter().filter(|(_, pod)| pod.node == index) {
        let _ = writeln!(out, "  pod {space} {} {} {address}", pod_space(pod, *address), pod.device);
    }
    for family in [Family::V4, Family::V6] {
        let listing = Listing::of(&stack.routing, family).to_string();
        let flag = if family == Family::V4 { "-4" } else { "-6" };
        // The kernel makes those to what is on the link by itself.
        for route in listing.lines().filter(|line| !line.contains("proto kernel") && !line.starts_with("fe80")) {
            if !route.contains("kube-ipvs0") {
                let _ = writeln!(out, "  ip {flag} -n {space} route replace {}", route.trim_end());
            }
        }
    }
    let subject = Subject::of(lab, mode, index)?;
    for (format, loader) in LOADERS {
        for file in export(&subject, format) {
            let loader = if file.name.contains("ip6tables") {
                loader.replace("iptables", "ip6tables")
            } else {
                loader.to_owned()
            };
            let _ = writeln!(out, "  on {space} {loader} <<'{END}'\n{}\n{END}", file.text.trim_end());
        }
    }
    Some(())
}

const fn nodad(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "" } else { " nodad" }
}

/// The router between the nodes and the world, which brings external addresses to the first node.
fn outside(lab: &Lab, network: &Network, out: &mut String) {
    let mut gateways = BTreeMap::new();
    for index in 0..network.node_names.len() {
        let Some(node) = network.node(index) else { continue };
        for address in Network::OUTSIDE.iter().filter_map(|address| address.parse::<IpAddr>().ok()) {
            if let Route::Via { gateway: Some(gateway), .. } = node.stack.routing.lookup(address) {
                gateways.entry(gateway).or_insert(index);
            }
        }
    }
    for gateway in gateways.keys() {
        let length = if gateway.is_ipv4() { 24 } else { 64 };
        let _ = writeln!(out, "  ip -n {NET} addr add {gateway}/{length} dev br0{}", nodad(*gateway));
    }
    for address in Network::OUTSIDE.iter().filter_map(|address| address.parse::<IpAddr>().ok()) {
        if gateways.keys().any(|gateway| gateway.is_ipv4() == address.is_ipv4()) {
            let _ = writeln!(out, "  pod {NET} {OUTSIDE} outside {address}");
            let flag = if address.is_ipv4() { "-4" } else { "-6" };
            let _ = writeln!(out, "  ip {flag} -n {NET} route replace {address} dev outside");
            // Proxy ARP answers only for what it has a route to, and the router has no default route.
            if address.is_ipv4() {
                let _ = writeln!(out, "  ip -n {NET} addr replace 169.254.1.1/32 dev outside");
            }
        }
    }
    let balancers = lab.cluster.services.iter().flat_map(|service| {
        let vips = service.load_balancer_ingress.iter().filter(|ingress| ingress.ip_mode == IpMode::Vip);
        service.external_ips.iter().copied().chain(vips.filter_map(|ingress| ingress.address))
    });
    for address in balancers {
        let first = lab.cluster.nodes.first().and_then(|node| node.internal_ip(Family::of(address)));
        if let Some(first) = first {
            let _ = writeln!(out, "  ip -n {NET} route replace {address} via {first}");
        }
    }
}

/// What the lab sent last, as a call of `client`, and what became of it there.
fn last(lab: &Lab, network: &Network) -> String {
    let lane = lab.lanes.iter().find(|lane| lane.mode == network.mode);
    let Some((journey, tuple)) =
        lane.and_then(|lane| Some((lane.journeys.last()?, lane.journeys.first()?.sent.tuple())))
    else {
        return "  echo 'Nothing was sent in the lab: say from where and to what.'; return 2\n".to_owned();
    };
    let from = network.pods.get(&tuple.src.address).map(|pod| pod_space(pod, tuple.src.address));
    let node = || {
        let first = journey.legs.first().map(|leg| leg.node);
        let is_own =
            |index: &usize| network.node(*index).is_some_and(|node| node.stack.routing.is_local(tuple.src.address));
        first.filter(is_own).map(|index| node_space(network, index))
    };
    let space = from.or_else(node).unwrap_or_else(|| OUTSIDE.to_owned());
    let ended = journey.outcome.tell(network).text.to_string();
    let mut said = format!("In the lab: {ended}.");
    if let crate::lab::Outcome::Answered { server: Place::Pod(_), request, .. } = &journey.outcome {
        let _ = write!(said, " It saw {} as its client.", request.src);
    }
    let mut out = String::new();
    shell::push_command(&mut out, ["echo", &said]);
    let (to, port) = (tuple.dst.address, tuple.dst.port);
    let _ = writeln!(out, "client {space} {to} {port} {} {}", tuple.protocol, tuple.src.port);
    out.lines().fold(String::new(), |text, line| text + "  " + line + "\n")
}
