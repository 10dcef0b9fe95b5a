//! What ipvsadm 1.31 reads, prints and refuses (recorded in user-mode-linux), against the model.

use std::fs;
use std::path::Path;

use datapath_core::chance::Chance;
use datapath_core::ipvs::ipvsadm::{self, Columns, Numbers};
use datapath_core::ipvs::{Ipvs, Sysctls};
use datapath_core::net::{Endpoint, Packet};
use datapath_core::netfilter::routing::{Device, DeviceKind};
use datapath_core::node::{Node, Run};
use datapath_core::trace::Silent;

fn recorded(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/ipvs");
    let path = path.join(format!("ipvsadm-{name}.txt"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn restored(text: &str) -> Ipvs {
    let mut ipvs = Ipvs::new(Sysctls::default());
    assert_eq!(ipvsadm::restore(&mut ipvs, text), []);
    ipvs
}

#[test]
fn prints_what_ipvsadm_prints() {
    let ipvs = restored(&recorded("restore"));
    assert_eq!(ipvsadm::save(&ipvs), recorded("save"));
    assert_eq!(ipvsadm::list(&ipvs, Columns::Forwarding), recorded("list"));
    assert_eq!(ipvsadm::list(&ipvs, Columns::Thresholds), recorded("thresholds"));
    assert_eq!(ipvsadm::list(&ipvs, Columns::PersistentConnections), recorded("persistent-conn"));
}

/// Recorded with ipvsadm 1.31 in user-mode-linux, before and after `ipvsadm --set 100 20 30`.
#[test]
fn prints_the_time_outs() {
    let mut ipvs = restored("");
    assert_eq!(ipvsadm::timeouts(&ipvs), "Timeout (tcp tcpfin udp): 900 120 300\n");
    assert_eq!(ipvsadm::restore(&mut ipvs, "--set 100 20 30"), []);
    assert_eq!(ipvsadm::timeouts(&ipvs), "Timeout (tcp tcpfin udp): 100 20 30\n");
}

#[test]
fn saved_text_restores_to_itself() {
    let saved = recorded("save");
    assert_eq!(ipvsadm::save(&restored(&saved)), saved);
}

/// Each line of the recording is followed by the message of ipvsadm, for the state that
/// `ipvsadm-restore.txt` makes. Two of its messages say too little and are worded otherwise here.
#[test]
fn refuses_what_ipvsadm_refuses() {
    let text = recorded("refusals");
    let mut lines = text.lines();
    while let (Some(line), Some(message)) = (lines.next(), lines.next()) {
        let mut ipvs = restored(&recorded("restore"));
        let diagnostics = ipvsadm::restore(&mut ipvs, &format!("\n{line}\n"));
        assert_eq!(diagnostics.len(), 1, "{line}: {diagnostics:?}");
        assert_eq!(diagnostics[0].position.line, 2, "{line}");
        let vague = message.contains("Try `ipvsadm -h'") || message.contains("Possibly wrong module version");
        if !vague {
            assert_eq!(diagnostics[0].message.to_string(), message.trim(), "{line}");
        }
        assert_eq!(ipvsadm::save(&ipvs), recorded("save"), "{line}");
    }
}

#[test]
fn bad_text_is_an_error_with_a_place() {
    for (line, column) in [
        ("-A -t 10.96.0.10:80 -s", 21),
        ("-A -t 10.96.0.10:80 rr", 21),
        ("-a -t 10.96.0.10:80 -r 10.244.1.2:http -m", 24),
        ("-A", 1),
        ("hello", 1),
        ("-A -D -t 1.2.3.4:5", 4),
        ("--set 1 2", 1),
        ("--clear=now", 1),
        ("-é", 1),
    ] {
        let diagnostics = ipvsadm::restore(&mut Ipvs::default(), line);
        let places: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.position.column).collect();
        assert_eq!(places, [column], "{line}: {diagnostics:?}");
    }
}

/// The node, the services and the datagrams of `tests/cases/ipvs/statistics.sh`, all in one second.
fn counted() -> Node {
    let mut node = Node::new("node".into());
    let addresses = ["10.9.0.1/32", "10.96.0.10/32", "10.96.0.11/32"].map(|net| net.parse().unwrap()).to_vec();
    node.stack.routing.add_device(Device { name: "node".into(), kind: DeviceKind::Dummy, mac: None, addresses });
    let services = "-A -u 10.96.0.10:53 -s rr
        -a -u 10.96.0.10:53 -r 10.9.0.1:5353 -m -w 1
        -a -u 10.96.0.10:53 -r 10.9.0.1:5354 -m -w 1
        -A -t 10.96.0.11:80 -s rr";
    assert_eq!(ipvsadm::restore(&mut node.ipvs, services), []);
    let own = |port| Endpoint::new([10, 9, 0, 1].into(), port);
    let mut send = |from, to, length| {
        let mut run = Run { chance: &mut Chance::seeded(1), now: 1, tracer: &mut Silent, rival: None };
        node.send(Packet { length, ..Packet::udp(from, to) }, &mut run);
    };
    // Real servers take turns, the one that was added last first.
    for (client, server) in [(40000, 5354), (40001, 5353), (40002, 5354)] {
        for _ in 0..100 {
            send(own(client), Endpoint::new([10, 96, 0, 10].into(), 53), 128);
            send(own(server), own(client), 38);
        }
    }
    node
}

#[test]
fn counts_and_rates_are_the_kernel_s() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/ipvs/statistics.golden");
    let recorded = fs::read_to_string(&path).unwrap();
    let recorded: Vec<_> = recorded.split("# ").skip(1).filter_map(|part| part.split_once('\n')).collect();
    let Node { mut ipvs, mut stack, .. } = counted();
    ipvs.advance(2, &mut stack.conntrack);
    let printed = |ipvs: &Ipvs, command: &str| match command {
        "-L -n --stats" => ipvsadm::statistics(ipvs, Numbers::Short),
        "-L -n --stats --exact" => ipvsadm::statistics(ipvs, Numbers::Exact),
        "-L -n --rate" => ipvsadm::rates(ipvs, Numbers::Short),
        "-L -n --rate --exact" => ipvsadm::rates(ipvs, Numbers::Exact),
        other => panic!("{other}"),
    };
    let (before, after) = recorded.split_at(4);
    for (command, listed) in before {
        assert_eq!(printed(&ipvs, command), *listed, "{command}");
    }
    assert_eq!(ipvsadm::restore(&mut ipvs, "-Z -u 10.96.0.10:53"), []);
    assert_eq!(after.len(), 2);
    for (command, listed) in after {
        assert_eq!(printed(&ipvs, command), *listed, "{command} after -Z");
    }
}
