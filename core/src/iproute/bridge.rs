use std::collections::BTreeSet;
use std::sync::Arc;

use super::address::Interface;
use super::install::Node;
use crate::message;
use crate::netfilter::Bridges;
use crate::source::{Diagnostic, Position};

/// The bridges of a node with their ports, and what was taken for one. Who is behind which port, no listing says.
pub fn bridges(node: &Node) -> (Bridges, Vec<Diagnostic>) {
    let (names, said) = names(&node.interfaces);
    let mut bridges = Bridges::default();
    for name in &names {
        bridges.add(name.clone());
    }
    for interface in &node.interfaces {
        if let Some(bridge) = interface.fact("master").and_then(|master| names.get(master)) {
            bridges.add_port(bridge, interface.name.clone(), is_hairpin(interface));
        }
    }
    (bridges, said)
}

/// `-d` says which devices are bridges. Without it one that others have for their master is taken for a bridge.
pub(super) fn names(interfaces: &[Interface]) -> (BTreeSet<Arc<str>>, Vec<Diagnostic>) {
    let masters: BTreeSet<&str> = interfaces.iter().filter_map(|interface| interface.fact("master")).collect();
    let (mut names, mut said) = (BTreeSet::new(), Vec::new());
    for interface in interfaces {
        let is_master = masters.contains(&*interface.name);
        match interface.kind() {
            Some("bridge") => {}
            None if is_master => {
                let message = message!("wrong-taken-for-bridge", device = &interface.name);
                said.push(Diagnostic::note(Position::new(interface.line.max(1), 1), message));
            }
            _ => continue,
        }
        names.insert(interface.name.clone());
    }
    (names, said)
}

fn is_hairpin(port: &Interface) -> bool {
    let slave = port.details.iter().find(|line| line.trim_start().starts_with("bridge_slave"));
    slave.is_some_and(|line| line.contains(" hairpin on "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iproute::address;
    use crate::netfilter::bridge::Egress;
    use crate::trace::Fault;

    fn node(text: &str) -> Node {
        Node { interfaces: address::parse(text).unwrap().interfaces, ..Node::default() }
    }

    const LINKS: &str = "4: cni0: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state UP\n    link/ether 9a:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n\
        5: veth1@if2: <BROADCAST,UP> mtu 1500 qdisc noqueue master cni0 state UP\n    link/ether 9a:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff\n\
        6: veth2@if2: <BROADCAST,UP> mtu 1500 qdisc noqueue master cni0 state UP\n    link/ether 9a:00:00:00:00:03 brd ff:ff:ff:ff:ff:ff\n";

    #[test]
    fn a_master_is_taken_for_a_bridge_and_that_is_said() {
        let (bridges, said) = bridges(&node(LINKS));
        assert_eq!(bridges.ports_of("cni0").map(|port| &**port).collect::<Vec<_>>(), ["veth1", "veth2"]);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].position.line, 1);
    }

    #[test]
    fn details_say_which_port_is_a_hairpin() {
        let detailed = include_str!("../../../tests/cases/tools/iproute/link-details.txt");
        let station = "10.0.0.9".parse().unwrap();
        for (text, expected) in [
            (detailed.to_owned(), Egress::Nowhere(Fault::NoOtherPort)),
            (detailed.replace(" hairpin off ", " hairpin on "), Egress::Port("veth1".into())),
        ] {
            let (bridges, said) = bridges(&node(&text));
            assert_eq!(bridges.egress("br0", station, Some("veth1")), expected);
            assert_eq!(said, []);
        }
    }
}
