//! The script that makes the lab's cluster of network namespaces, run on this machine: who answers, and whom the server saw,
//! are what the lab says. As root only; elsewhere it says that it did not run.

#![cfg(target_os = "linux")]

use std::process::Command;

use datapath_core::export::namespaces;
use datapath_core::lab::{Answers, Lab, Through, WEB_SHOP};
use datapath_core::proxy::Mode;
use datapath_tests::live::{Tool, missing};
use datapath_tests::machine::Machine;

fn run(script: &str, words: &[&str]) -> String {
    let path = std::env::temp_dir().join(format!("datapath-lab-{}.sh", std::process::id()));
    std::fs::write(&path, script).expect("the script is written");
    let output = Command::new("bash").arg(&path).args(words).output().expect("bash");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{words:?}: {out}{err}");
    out.into_owned()
}

fn which(program: &str) -> Option<()> {
    Command::new(program).arg("--version").output().ok().map(|_| ())
}

#[test]
fn the_same_servers_answer_and_see_the_same_clients() {
    let without = [Tool::Legacy, Tool::Nft].into_iter().find_map(missing);
    if let Some(why) = without.or_else(|| which("python3").is_none().then(|| "there is no python3".to_owned())) {
        eprintln!("not run: {why}");
        return;
    }
    for sent in [Mode::Iptables, Mode::Nftables].map(connections) {
        run(&sent[0].script, &["up"]);
        sent.iter().for_each(|sent| sent.compare(&run(&sent.script, &["send"])));
        run(&sent[0].script, &["down"]);
    }
}

/// Makes `iptables` the one that also works where the kernel has no nf_tables, as user-mode-linux's.
const LEGACY: &str = "tools=$(mktemp -d); for tool in iptables-restore ip6tables-restore; do \
    ln -s \"$(command -v xtables-legacy-multi)\" \"$tools/$tool\"; done; PATH=$tools:$PATH; modprobe ipv6";

/// Before what each script prints.
const MARK: &str = "@@@@\n";

/// IPVS is in the kernel that `live_ipvs.rs` runs.
#[test]
fn in_ipvs_mode_too() {
    let machine = match Machine::with_ipvs(&[]) {
        Ok(machine) => machine,
        Err(why) => return eprintln!("not run: {why}"),
    };
    let sent = connections(Mode::Ipvs);
    let path = |number: usize| {
        let path = std::env::temp_dir().join(format!("datapath-lab-ipvs-{}-{number}.sh", std::process::id()));
        path.to_string_lossy().into_owned()
    };
    // What forks is slow there: the cluster is built once.
    let mut line = format!("{LEGACY}; bash {} up >&2 || exit", path(0));
    for (number, sent) in sent.iter().enumerate() {
        std::fs::write(path(number), &sent.script).expect("the script is written");
        line.push_str(&format!("; echo {}; bash {} send || exit", MARK.trim_end(), path(number)));
    }
    line.push_str(&format!("; bash {} down >&2", path(0)));
    let said = machine.run(&["bash", "-c", &line]);
    for number in 0..sent.len() {
        std::fs::remove_file(path(number)).expect("the script was written");
    }
    let said = said.unwrap_or_else(|said| panic!("{said}"));
    let said: Vec<&str> = said.split(MARK).skip(1).collect();
    assert_eq!(said.len(), sent.len(), "{said:?}");
    sent.iter().zip(said).for_each(|(sent, said)| sent.compare(said));
}

/// A connection of the lab, and the script that makes it.
struct Sent {
    script: String,
    /// Who answers in the lab: of several, chance takes one. Each is a sentence.
    servers: Vec<String>,
}

/// From a pod and from outside, by way of the Service's address and of a node's port.
fn connections(mode: Mode) -> Vec<Sent> {
    const POD: &str = "pod client-node1 on node1";
    // Each of another virtual service, which is at its first turn.
    let node_port = |node: &str| Through::NodePort { node: node.into() };
    let ways = [(POD, Through::ClusterIp), (POD, node_port("node2")), ("outside the cluster", node_port("node1"))];
    let connection = |(client, through): (&str, Through)| {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example");
        let client = lab.clients().into_iter().find(|other| other.to_string() == client).expect("such a client");
        let wanted = |target: &datapath_core::lab::Target| &*target.service.name == "web" && target.through == through;
        let target = lab.targets().into_iter().find(wanted).expect("the web Service");
        // Asked before: to round robin, the first connection is another one than the second.
        let mut answers = Answers::new(&lab, &client, &target);
        while answers.advance(0) {}
        let lane = answers.lanes().find(|lane| lane.mode == mode).expect("the lane");
        let servers = lane.answers.iter().map(|answer| answer.text.to_string()).collect();
        assert!(lab.send(&client, &target));
        Sent { script: namespaces(&lab, mode).expect("a cluster").text, servers }
    };
    ways.into_iter().map(connection).collect()
}

impl Sent {
    /// With what `send` printed: the kernel draws other lots, so any server that the lab gives a chance is right.
    fn compare(&self, said: &str) {
        let Self { servers, .. } = self;
        let (lab_says, here) = said.split_once("Here: ").unwrap_or_else(|| panic!("{said}"));
        let (server, saw) = here.split_once(" answered, and saw ").unwrap_or_else(|| panic!("{said}"));
        assert!(servers.iter().any(|text| text.contains(server)), "{server} is none of {servers:?}: {said}");
        let client = saw.split(' ').next().expect("an address");
        assert!(lab_says.contains(&format!("It saw {client} as its client.")), "{said}");
    }
}
