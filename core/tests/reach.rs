//! What packets cannot come to, in rulesets small enough to be read.

use datapath_core::graph::{Dead, Reach};
use datapath_core::net::Family;
use datapath_core::netfilter::XtTable;
use datapath_core::node::Node;
use datapath_core::trace::{ChainId, RuleId};
use datapath_core::{iptables, nftables};

fn with_iptables(text: &str) -> Node {
    let mut node = Node::new("node".into());
    iptables::restore(node.iptables.of_mut(Family::V4), text, false).expect("rules that load");
    node
}

fn with_nft(text: &str) -> Node {
    let mut node = Node::new("node".into());
    nftables::apply(&mut node.nftables, text).expect("rules that load");
    node
}

fn filter(node: &Node, name: &str) -> ChainId {
    node.iptables.v4.find_chain(XtTable::Filter, name).expect("a chain")
}

fn names(node: &Node, rules: impl Iterator<Item = RuleId>) -> Vec<String> {
    rules.map(|rule| format!("{} {}", node.chain_name(rule.chain), rule.index + 1)).collect()
}

#[test]
fn rules_behind_a_verdict_for_all_are_dead() {
    let node = with_iptables(
        "*filter
:REFUSE - [0:0]
:LOOK - [0:0]
:NOBODY - [0:0]
-A INPUT -p tcp -j REFUSE
-A INPUT -j LOOK
-A INPUT -m comment --comment all -j REFUSE
-A INPUT -j ACCEPT
-A FORWARD -g LOOK
-A FORWARD -j ACCEPT
-A OUTPUT -m owner --uid-owner 0 -j DROP
-A OUTPUT -j LOG
-A OUTPUT -j ACCEPT
-A LOOK -p udp -j DROP
-A LOOK -j RETURN
-A LOOK -j DROP
-A REFUSE -j LOG
-A REFUSE -j REJECT
-A NOBODY -j REFUSE
COMMIT
",
    );
    let reach = Reach::of(&node);
    // LOOK has no policy to fall to behind the goto of FORWARD, but FORWARD has.
    assert_eq!(
        names(&node, reach.dead_rules()),
        ["filter INPUT 4", "filter FORWARD 2", "filter LOOK 3", "filter NOBODY 1"]
    );
    let input = filter(&node, "INPUT");
    let rule = |index| RuleId { chain: input, index };
    assert_eq!(reach.dead(rule(3)), Some(Dead::Behind(rule(2))));
    assert_eq!((reach.dead(rule(2)), reach.dead(rule(9))), (None, None));
    let nobody = filter(&node, "NOBODY");
    assert_eq!(reach.dead(RuleId { chain: nobody, index: 0 }), Some(Dead::Chain));
    assert!(!reach.is_reached(nobody) && reach.is_reached(filter(&node, "LOOK")));
}

#[test]
fn what_every_packet_has_come_through_dominates() {
    let node = with_iptables(
        "*filter
:A - [0:0]
:B - [0:0]
:C - [0:0]
:D - [0:0]
-A INPUT -p tcp -j A
-A FORWARD -p tcp -j C
-A A -p tcp --dport 1 -j B
-A A -p tcp --dport 2 -j C
-A B -j D
COMMIT
",
    );
    let reach = Reach::of(&node);
    let [input, a, b, c, d] = ["INPUT", "A", "B", "C", "D"].map(|name| filter(&node, name));
    assert_eq!(reach.dominators(d), [input, a, b]);
    assert_eq!(reach.dominators(c), []);
    assert_eq!(reach.dominators(input), []);
    assert_eq!(reach.below(a).into_iter().collect::<Vec<_>>(), [b, c, d]);
    assert!(reach.below(d).is_empty());
}

#[test]
fn verdict_maps_and_what_is_not_modelled_lead_on() {
    let node = with_nft(
        "table ip t {
    map services { type inet_service : verdict; elements = { 80 : goto web, 81 : jump gone } }
    chain web { drop; accept; }
    chain gone { accept; }
    chain never { accept; }
    chain perhaps { accept; }
    chain input {
        type filter hook input priority 0;
        tcp dport vmap @services
        tcp dport { 1, 2 } counter accept
        counter drop
        accept
    }
    chain idle { type filter hook forward priority 0; ip saddr 10.0.0.1 jump perhaps; }
}
table ip asleep {
    flags dormant;
    chain input { type filter hook input priority 0; accept; }
}
",
    );
    let reach = Reach::of(&node);
    assert_eq!(names(&node, reach.dead_rules()), ["web 2", "never 1", "input 4", "input 1"]);
}

#[test]
fn a_chain_that_always_decides_ends_its_caller() {
    let node = with_nft(
        "table inet t {
    chain decide { ip saddr 10.0.0.1 accept; reject with icmpx port-unreachable; }
    chain hand { jump decide; accept; }
    chain input { type filter hook input priority 0; jump hand; accept; }
    chain output { type filter hook output priority 0; reject with icmp port-unreachable; accept; }
}
",
    );
    let reach = Reach::of(&node);
    // A reject of IPv4 in a table of both families lets IPv6 pass.
    assert_eq!(names(&node, reach.dead_rules()), ["hand 2", "input 2"]);
}

/// The kernel looks for loops only where packets come to (`mark_source_chains`).
#[test]
fn loops_that_nothing_leads_to_are_found() {
    let node = with_iptables(
        "*filter
:A - [0:0]
:B - [0:0]
:C - [0:0]
:ALONE - [0:0]
-A INPUT -j ACCEPT
-A INPUT -j A
-A A -p tcp -j B
-A B -j C
-A C -j A
-A ALONE -j C
COMMIT
",
    );
    let reach = Reach::of(&node);
    let circles: Vec<Vec<_>> =
        reach.cycles().iter().map(|circle| circle.iter().map(|chain| node.chain_name(*chain)).collect()).collect();
    assert_eq!(circles.len(), 1);
    let mut circle = circles[0].clone();
    circle.sort();
    assert_eq!(circle, ["filter A", "filter B", "filter C"]);
    assert!(!reach.is_reached(filter(&node, "A")));
}
