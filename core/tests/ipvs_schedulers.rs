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
    let differences: Vec<_> = series
        .lines()
        .zip(recorded.lines())
        .filter(|(model, kernel)| model != kernel)
        .collect();
    assert!(differences.is_empty(), "model, kernel: {differences:#?}");
    assert_eq!(series.lines().count(), recorded.lines().count());
    for table in read_json(&format!("{name}-tables.json")) {
        let (case, text) = (
            table["case"].as_str().unwrap(),
            table["text"].as_str().unwrap(),
        );
        let node = &nodes[case];
        match table["command"].as_str().unwrap() {
            "ipvsadm -Ln" => assert_eq!(
                ipvsadm::list(&node.ipvs, Columns::Forwarding),
                text,
                "{case}"
            ),
            // The recording was made within the second after the packets.
            "ipvsadm -Lnc" => {
                let model = ipvsadm::connections(&node.ipvs, node.now + 1);
                assert_eq!(sorted(&model), sorted(text), "{case}");
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn choose_as_the_kernel_does() {
    check("schedulers");
}
