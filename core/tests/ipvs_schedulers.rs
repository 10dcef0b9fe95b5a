//! Whom each scheduler of Linux 6.1 chose for a series of connections, and what ipvsadm printed afterwards
//! (recorded in user-mode-linux), against the model.

mod ipvs_replay;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use datapath_core::ipvs::ipvsadm::{self, Columns};
use ipvs_replay::{Node, read, read_json, send};

fn replay(file: &str) -> (String, BTreeMap<String, Node>) {
    let (mut series, mut nodes) = (String::new(), BTreeMap::new());
    for case in read_json(file) {
        let name = case["name"].as_str().unwrap();
        let mut node = Node::new(&case);
        write!(series, "{name}").unwrap();
        for packet in case["packets"].as_array().unwrap() {
            if packet["run"].is_array() {
                node.load(&packet["run"]);
            } else {
                write!(series, " {}", send(&mut node, packet)).unwrap();
            }
        }
        series.push('\n');
        nodes.insert(name.to_owned(), node);
    }
    (series, nodes)
}

/// The lines of `ipvsadm -Lnc` without the order, which is that of a random hash.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

fn check(name: &str) {
    let (series, nodes) = replay(&format!("{name}.json"));
    let recorded = read(&format!("{name}.golden"));
    let differences: Vec<_> = series.lines().zip(recorded.lines()).filter(|(model, kernel)| model != kernel).collect();
    assert!(differences.is_empty(), "model, kernel: {differences:#?}");
    assert_eq!(series.lines().count(), recorded.lines().count());
    for table in read_json(&format!("{name}-tables.json")) {
        let (case, text) = (table["case"].as_str().unwrap(), table["text"].as_str().unwrap());
        let node = &nodes[case];
        match table["command"].as_str().unwrap() {
            "ipvsadm -Ln" => assert_eq!(ipvsadm::list(&node.ipvs, Columns::Forwarding), text, "{case}"),
            // The kernel was asked some seconds after the packets.
            "ipvsadm -Lnc" => {
                let mut later = (1..=5).map(|late| ipvsadm::connections(&node.ipvs, node.now + late));
                assert!(later.any(|model| sorted(&model) == sorted(text)), "{case}: {text}");
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn choose_as_the_kernel_does() {
    check("schedulers");
}

/// IPv6, weights that change, real servers that go and come back, thresholds, persistence, the sysctls,
/// direct routing and tunnels.
#[test]
fn behave_as_the_kernel_does() {
    check("behaviour");
}
