//! Who answers for an address on a wire: every value of `arp_ignore` for addresses of the wire's device, of another one and
//! of the loopback device, by the model and by the kernel of this machine. Runs as root on Linux; elsewhere it says that it
//! skips.

#![cfg(target_os = "linux")]

use datapath_core::netfilter::Setting;
use datapath_core::netfilter::routing::{Device, DeviceKind};
use datapath_core::node::Node;
use datapath_tests::live::arp::{Asked, answered};

const SENDERS: [&str; 5] = ["192.0.2.9", "198.51.100.9", "203.0.113.9", "192.0.2.1", "0.0.0.0"];
const TARGETS: [&str; 8] =
    ["192.0.2.1", "192.0.2.2", "198.51.100.1", "10.96.0.10", "127.0.0.1", "192.0.2.77", "203.0.113.1", "192.0.2.255"];

fn asked(settings: &[(&str, u8)]) -> Asked {
    let questions = SENDERS.iter().flat_map(|sender| TARGETS.map(|target| (*sender, target)));
    Asked {
        addresses: vec![
            ("eth0", "192.0.2.1/24"),
            ("eth0", "203.0.113.1/25"),
            ("eth1", "198.51.100.1/24"),
            // A virtual address of the wire's own network, and one of none, as a real server has them.
            ("lo", "192.0.2.2/32"),
            ("lo", "10.96.0.10/32"),
        ],
        settings: settings.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
        questions: questions.map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap())).collect(),
    }
}

fn model(asked: &Asked) -> Vec<bool> {
    let mut node = Node::new("node".into());
    let routing = &mut node.stack.routing;
    for (name, kind) in [("lo", DeviceKind::Loopback), ("eth0", DeviceKind::Ethernet), ("eth1", DeviceKind::Ethernet)] {
        let of_device = asked.addresses.iter().filter(|(device, _)| *device == name);
        let mut addresses: Vec<_> = of_device.map(|(_, address)| address.parse().unwrap()).collect();
        if kind == DeviceKind::Loopback {
            addresses.insert(0, "127.0.0.1/8".parse().unwrap());
        }
        routing.add_device(Device { name: name.into(), kind, mac: None, addresses });
    }
    for (name, value) in &asked.settings {
        let name = format!("net.ipv4.conf.{}", name.replace('/', "."));
        assert_eq!(node.set_sysctl(&name, &value.to_string()), Setting::Set, "{name}");
    }
    let routing = &node.stack.routing;
    asked.questions.iter().map(|(sender, target)| routing.answers_arp("eth0", *sender, *target).is_ok()).collect()
}

#[test]
fn the_same_questions_are_answered() {
    let mut all = Vec::new();
    for ignore in [0, 1, 2, 3, 4, 8] {
        all.push(vec![("eth0/arp_ignore", ignore)]);
    }
    all.push(vec![("all/arp_ignore", 1)]);
    all.push(vec![("all/arp_ignore", 2), ("eth0/arp_ignore", 1)]);
    all.push(vec![("eth1/arp_ignore", 8)]);
    all.push(vec![("eth0/rp_filter", 1)]);
    all.push(vec![("all/rp_filter", 2), ("eth0/arp_ignore", 1)]);
    all.push(vec![("eth0/route_localnet", 1)]);
    let mut faults = Vec::new();
    for settings in all {
        let asked = asked(&settings);
        let kernel = match answered(&asked) {
            Ok(kernel) => kernel,
            Err(why) => return eprintln!("ARP: skipped: {why}"),
        };
        let model = model(&asked);
        for ((question, model), kernel) in asked.questions.iter().zip(model).zip(kernel) {
            if model != kernel {
                faults.push(format!("{settings:?}: {question:?}: model {model}, kernel {kernel}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
