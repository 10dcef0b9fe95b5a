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
    for mode in [Mode::Iptables, Mode::Nftables] {
        each_connection(mode, |script| {
            run(script, &["up"]);
            let said = run(script, &["send"]);
            run(script, &["down"]);
            said
        });
    }
}

/// IPVS is in the kernel that `live_ipvs.rs` runs.
#[test]
fn in_ipvs_mode_too() {
    let machine = match Machine::with_ipvs(&[]) {
        Ok(machine) => machine,
        Err(why) => return eprintln!("not run: {why}"),
    };
    each_connection(Mode::Ipvs, |script| {
        let path = std::env::temp_dir().join(format!("datapath-lab-ipvs-{}.sh", std::process::id()));
        std::fs::write(&path, script).expect("the script is written");
        let path = path.to_string_lossy();
        let line = format!(
            "modprobe ipv6; bash {path} up >&2 && bash {path} send; status=$?; bash {path} down >&2; exit $status"
        );
        machine.run(&["bash", "-c", &line]).unwrap_or_else(|said| panic!("{said}"))
    });
}

/// Sends by way of the Service's address and of a node's port, and compares what the script says, which `send` runs.
fn each_connection(mode: Mode, send: impl Fn(&str) -> String) {
    for (client, through) in [(0, Through::ClusterIp), (0, Through::NodePort { node: "node2".into() })] {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("the example");
        let client = lab.clients().remove(client);
        let wanted = |target: &datapath_core::lab::Target| &*target.service.name == "web" && target.through == through;
        let target = lab.targets().into_iter().find(wanted).expect("the web Service");
        assert!(lab.send(&client, &target));
        let said = send(&namespaces(&lab, mode).expect("a cluster").text);
        let (lab_says, here) = said.split_once("Here: ").unwrap_or_else(|| panic!("{said}"));
        // The kernel draws other lots: any server that the lab gives a chance is right.
        let mut answers = Answers::new(&lab, &client, &target);
        while answers.advance(0) {}
        let lane = answers.lanes().find(|lane| lane.mode == mode).expect("the lane");
        let servers: Vec<String> = lane.answers.iter().map(|answer| answer.text.to_string()).collect();
        let (server, saw) = here.split_once(" answered, and saw ").unwrap_or_else(|| panic!("{said}"));
        assert!(servers.iter().any(|text| text.contains(server)), "{server} is none of {servers:?}");
        let client = saw.split(' ').next().expect("an address");
        assert!(lab_says.contains(&format!("It saw {client} as its client.")), "{said}");
    }
}
