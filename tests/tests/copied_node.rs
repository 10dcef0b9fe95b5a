//! A node whose listings are copied out and pasted in again does with packets what it did before.

use std::collections::BTreeMap;
use std::net::IpAddr;

use datapath_core::chance::{Chance, explore};
use datapath_core::iproute::{address, route};
use datapath_core::lab::{Lab, Listing, Network, Section, Through, WEB_SHOP};
use datapath_core::net::{Endpoint, Family, Packet, Tuple};
use datapath_core::node::{Fate, Node, Run};
use datapath_core::trace::{Event, Recorder, Step};
use datapath_core::{ipset, iptables, ipvs, nftables};

/// What somebody copies from a terminal.
fn copied(node: &Node) -> String {
    let routing = &node.stack.routing;
    let saved = [Family::V4, Family::V6].map(|family| (family, iptables::save(node.iptables.of(family))));
    let xtables = saved.iter().map(|(family, text)| match family {
        Family::V4 => format!("$ iptables-save\n{text}"),
        Family::V6 => format!("$ ip6tables-save\n{text}"),
    });
    let rest = [
        format!("$ ip addr\n{}", address::Listing::of(routing, &node.stack.bridges)),
        format!("$ ip route show table all\n{}", route::Listing::of(routing, Family::V4)),
        format!("$ ip -6 route show table all\n{}", route::Listing::of(routing, Family::V6)),
        format!("$ ipset save\n{}", ipset::save(&node.stack.ipsets, 0)),
        format!("$ ipvsadm -S -n\n{}", ipvs::ipvsadm::restore_input(&node.ipvs)),
        format!("$ nft list ruleset\n{}", nftables::list(&node.nftables)),
    ];
    xtables.chain(rest).collect()
}

fn pasted(text: &str) -> Lab {
    Lab::open(text, 1).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics))
}

/// Every way that a packet may take: what was done with it, and each step with the line that is at work.
fn ways(node: &Node, listing: &Listing, device: &str, packet: &Packet) -> Vec<(String, f64)> {
    let line = |step: &Step| {
        let (section, line) = listing.line_of(step)?;
        Some(listing.sections[section].lines[line].text.as_str())
    };
    explore(64, |chance| {
        let mut node = node.clone();
        let mut recorder = Recorder::default();
        let passage = node.receive(
            &device.into(),
            None,
            packet.clone(),
            &mut Run { chance, now: 1, tracer: &mut recorder, rival: None },
        );
        let steps = recorder.trace.steps.iter();
        let told = steps.map(|step| format!("{:?} {:?} {:#x} {:?}\n", step.hook, step.cost, step.mark, line(step)));
        format!("{passage:?}\n{}", told.collect::<String>())
    })
}

/// The sysctls of kube-proxy are in no listing.
fn with_sysctls_of(mut node: Node, original: &Node) -> Node {
    node.ipvs.sysctls = original.ipvs.sysctls;
    node.stack.routing.route_localnet = original.stack.routing.route_localnet;
    node
}

fn senders(network: &Network) -> Vec<(String, IpAddr)> {
    let pods = network.pods.iter().filter(|(_, pod)| pod.node == 0);
    let outside = Network::OUTSIDE.iter().filter_map(|address| address.parse().ok());
    pods.map(|(address, pod)| (pod.device.to_string(), *address))
        .chain(outside.map(|address| ("eth0".to_owned(), address)))
        .collect()
}

#[test]
fn a_pasted_node_does_what_the_copied_one_does() {
    let lab = pasted(WEB_SHOP);
    let mut compared = 0;
    for lane in &lab.lanes {
        let original = lane.network.node(0).expect("a node");
        let again = pasted(&copied(original));
        assert!(again.is_copied() && again.lanes.len() == 1);
        let restored = with_sysctls_of(again.lanes[0].network.node(0).expect("the node").clone(), original);
        let before = Listing::of(&lane.network, 0, 0);
        let after = Listing::of(&again.lanes[0].network, 0, 0);
        for target in lab.targets() {
            for (device, source) in senders(&lane.network) {
                if source.is_ipv4() != target.destination.address.is_ipv4() {
                    continue;
                }
                let src = Endpoint::new(source, 40_000);
                let tuple = Tuple { protocol: target.protocol, src, dst: target.destination };
                let packet = Packet::opening(tuple);
                let wanted = ways(original, &before, &device, &packet);
                assert_eq!(ways(&restored, &after, &device, &packet), wanted, "{}: {target} from {source}", lane.mode);
                compared += wanted.len();
            }
        }
    }
    assert!(compared > 300, "{compared} ways");
}

#[test]
fn a_pasted_node_offers_what_its_rules_are_about() {
    let lab = pasted(WEB_SHOP);
    for lane in &lab.lanes {
        let again = pasted(&copied(lane.network.node(0).expect("a node")));
        let offered: Vec<Endpoint> = again.targets().iter().map(|target| target.destination).collect();
        let services = lab.cluster.services.iter().filter(|service| {
            let slices =
                lab.cluster.endpoint_slices.iter().filter(|slice| slice.service().as_ref() == Some(&service.name));
            slices.flat_map(|slice| &slice.endpoints).any(|endpoint| endpoint.is_ready())
        });
        let names: Vec<_> = services.map(|service| &service.name).collect();
        for target in lab.targets() {
            if target.through == Through::ClusterIp && names.contains(&&target.service) {
                assert!(offered.contains(&target.destination), "{}: {target} is not among {offered:?}", lane.mode);
            }
        }
        assert_eq!(again.lanes[0].mode, lane.mode);
        assert!(again.clients().len() > 2, "{:?}", again.clients());
    }
}

#[test]
fn the_listing_of_a_pasted_node_is_what_was_pasted() {
    for lane in &pasted(WEB_SHOP).lanes {
        let again = pasted(&copied(lane.network.node(0).expect("a node")));
        // The kernel lists the table first that came last.
        let texts = |listing: &Listing| -> BTreeMap<String, Vec<String>> {
            let lines = |section: &Section| section.lines.iter().map(|line| line.text.clone()).collect();
            listing.sections.iter().map(|section| (section.title.clone(), lines(section))).collect()
        };
        let (before, after) =
            (texts(&Listing::of(&lane.network, 0, 0)), texts(&Listing::of(&again.lanes[0].network, 0, 0)));
        assert!(!before.is_empty());
        for (title, lines) in before.iter().filter(|(title, _)| !title.starts_with("ip address")) {
            assert_eq!(after.get(title), Some(lines), "{}", lane.mode);
        }
    }
}

#[test]
fn rules_that_two_tools_list_are_met_once() {
    let rules = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n";
    let listed = "table ip filter {\n\tchain INPUT {\n\t\ttype filter hook input priority filter; policy accept;\n\t\ttcp \
                  dport 22 counter packets 0 bytes 0 accept\n\t}\n}\ntable inet mine {\n}\n";
    let of = |head: &str| {
        let lab = pasted(&format!("{head}\n{rules}$ nft list ruleset\n{listed}"));
        let node = lab.lanes[0].network.node(0).expect("the node");
        (
            nftables::list(&node.nftables),
            lab.diagnostics.iter().any(|said| said.message.to_string().contains("iptables-nft")),
        )
    };
    let (left, said) = of("# Generated by iptables-save v1.8.9 (nf_tables) on Thu Jan  1 00:00:00 1970");
    assert_eq!((left.as_str(), said), ("table inet mine {\n}\n", true));
    let (both, said) = of("# Generated by iptables-save v1.8.9 on Thu Jan  1 00:00:00 1970");
    assert_eq!((both.as_str(), said), (listed, false));
}

#[test]
fn rules_without_a_table_are_of_the_one_that_was_asked_for() {
    let rules = "-P PREROUTING ACCEPT\n-N WEB\n-A PREROUTING -p tcp -m tcp --dport 80 -j WEB\n-A WEB -j DNAT --to-destination 10.0.0.2\n";
    let lab = pasted(&format!("root@node:~# iptables -t nat -S\n{rules}"));
    let saved = iptables::save(&lab.lanes[0].network.node(0).expect("the node").iptables.v4);
    assert!(saved.starts_with("*nat\n") && saved.contains("-A WEB -j DNAT --to-destination 10.0.0.2\n"), "{saved}");
    let lab = pasted("-P INPUT DROP\n-A INPUT -s fd00::1/128 -j ACCEPT\n");
    let saved = iptables::save(&lab.lanes[0].network.node(0).expect("the node").iptables.v6);
    assert!(saved.starts_with("*filter\n:INPUT DROP"), "{saved}");
}

#[test]
fn json_is_read_and_what_is_wrong_in_it_has_a_place() {
    let listed = "{\"nftables\": [{\"metainfo\": {\"version\": \"1.0.6\"}}, {\"table\": {\"family\": \"inet\", \"name\": \"t\", \"handle\": 1}}]}";
    let lab = pasted(&format!("$ nft -j list ruleset\n{listed}\n"));
    assert_eq!(nftables::list(&lab.lanes[0].network.node(0).expect("the node").nftables), "table inet t {\n}\n");
    let wrong = listed.replace("\"table\": {", "\"tabel\": {");
    let refused = Lab::open(&format!("$ nft -j list ruleset\n{wrong}\n"), 1).expect_err("no such object");
    let error = refused.diagnostics.first().expect("an error");
    assert_eq!((error.position.line, error.position.column > 40), (2, true), "{error}");
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    let text = "# iptables-save\n*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j IPVS\nCOMMIT\n\nwhat is this\n";
    let refused = Lab::open(text, 1).expect_err("there is no target IPVS");
    let error = refused.diagnostics.first().expect("an error");
    assert_eq!(error.position.line, 4);
    let instead = [
        ("Chain INPUT (policy ACCEPT)\ntarget     prot opt source               destination\n", "iptables-save"),
        ("IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n", "ipvsadm -S -n"),
        ("NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\nkubernetes ClusterIP 10.96.0.1\n", "-o yaml"),
    ];
    for (text, command) in instead {
        let refused = Lab::open(text, 1).expect_err("an output for eyes");
        assert_eq!(refused.diagnostics.len(), 1, "{text}");
        assert!(refused.diagnostics[0].advice.to_string().contains(command), "{:?}", refused.diagnostics);
    }
    let unknown = "1: lo: <LOOPBACK,UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\nwhat is this\n";
    let lab = pasted(unknown);
    assert!(
        lab.diagnostics.iter().any(|said| said.position.line == 3 && said.message.to_string().contains("what is this"))
    );
}

/// A router, whose neighbours are known or not, and a rule about one of them.
fn router(neighbours: &str) -> String {
    format!(
        "2: eth0: <BROADCAST,UP> mtu 1500\n    link/ether 52:54:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    \
         inet 192.168.1.1/24 scope global eth0\n3: wan0: <BROADCAST,UP> mtu 1500\n    \
         link/ether 52:54:00:00:00:02 brd ff:ff:ff:ff:ff:ff\n    inet 192.0.2.2/24 scope global wan0\n\
         192.168.1.0/24 dev eth0 scope link\n10.0.0.0/8 via 192.168.1.254 dev eth0\ndefault via 192.0.2.1 dev wan0\n\
         {neighbours}*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m mac --mac-source 52:54:00:aa:00:01 -j DROP\nCOMMIT\n"
    )
}

#[test]
fn a_neighbour_is_known_by_its_hardware_address() {
    let passage = |text: &str, src: &str| {
        let lab = pasted(text);
        let mut node = lab.lanes[0].network.node(0).expect("the node").clone();
        let packet = {
            let end = |address: &str, port| Endpoint::new(address.parse().unwrap(), port);
            Packet::udp(end(src, 4000), end("203.0.113.10", 53))
        };
        let mut recorder = Recorder::default();
        let (mut chance, now) = (Chance::seeded(1), 1);
        let mut run = Run { chance: &mut chance, now, tracer: &mut recorder, rival: None };
        let fate = node.receive(&"eth0".into(), None, packet, &mut run).fate;
        let unknown = recorder.trace.steps.iter().any(|step| matches!(step.event, Event::NotModelled { .. }));
        (matches!(fate, Fate::Dropped), unknown)
    };
    let known = router(
        "192.168.1.5 dev eth0 lladdr 52:54:00:aa:00:01 REACHABLE\n192.168.1.6 dev eth0 lladdr 52:54:00:aa:00:02 STALE\n\
         192.168.1.7 dev eth0  FAILED\n192.168.1.254 dev eth0 lladdr 52:54:00:aa:00:01 router DELAY\n",
    );
    for (src, dropped) in [("192.168.1.5", true), ("192.168.1.6", false), ("10.1.2.3", true)] {
        assert_eq!(passage(&known, src), (dropped, false), "{src}");
    }
    assert_eq!(passage(&known, "192.168.1.7"), (false, true));
    let unknown = router("");
    assert_eq!(passage(&unknown, "192.168.1.5"), (false, true));
    let says = |text: &str| pasted(text).diagnostics.iter().any(|said| said.advice.to_string().contains("ip neigh"));
    assert_eq!((says(&known), says(&unknown)), (false, true));
    let refused =
        Lab::open(&known.replace("lladdr 52:54:00:aa:00:02", "lladdr 52:54:00:aa:02"), 1).expect_err("no address");
    let error = refused.diagnostics.first().expect("an error");
    assert_eq!((error.position.line, error.position.column), (11, 29), "{error}");
}

/// IPVS stands where packets for the node itself come by: virtual services that are pasted alone are taken to be the node's
/// own addresses, and that is said.
#[test]
fn virtual_services_without_addresses_are_reached() {
    let text = "-A -t 10.96.0.1:443 -s rr\n-a -t 10.96.0.1:443 -r 192.168.0.5:6443 -m -w 1\n";
    let mut lab = pasted(text);
    let (client, target) = lab.opening_packet().expect("a packet");
    assert_eq!(target.place(), "10.96.0.1:443");
    assert!(lab.send(&client, &target));
    let legs = lab.lanes[0].journeys[0].legs.iter();
    let chosen = |step: &Step| matches!(step.event, Event::BackendChosen { .. });
    assert!(legs.flat_map(|leg| &leg.tracer.trace.steps).any(chosen), "IPVS has seen it");
    assert!(lab.diagnostics.iter().any(|note| note.to_string().contains("kube-ipvs0")), "{:?}", lab.diagnostics);
}
