//! `flows DIR`: sends the packets of every folder of DIR through the model's node, and prints those that do not end
//! as the folder's `flows.json` expects. A folder has a cluster with its settings, or a dump of rules alone.
//!
//! As kube-proxy's tracers follow one endpoint only, nftables' `masq` is compared for the first endpoint, and
//! iptables' for any.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use datapath_core::net::{Endpoint, Family, Protocol, Tuple};
use datapath_core::node::Node;
use datapath_core::proxy::{Config, Interface, Mode};
use datapath_core::{iptables, nftables};
use datapath_tests::case::Case;
use datapath_tests::probe::{self, Sender};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    mode: String,
    #[serde(rename = "localNodeIPs")]
    local_node_ips: Vec<IpAddr>,
    has_cluster: bool,
    flows: Vec<Flow>,
}

#[derive(Deserialize)]
struct Flow {
    name: String,
    #[serde(rename = "sourceIP")]
    source: IpAddr,
    protocol: String,
    #[serde(rename = "destIP")]
    destination: IpAddr,
    #[serde(rename = "destPort")]
    port: u16,
    output: String,
    masq: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder] = arguments.as_slice() else {
        eprintln!("usage: flows DIR");
        return ExitCode::from(2);
    };
    match run_all(Path::new(folder)) {
        Ok((count, differences)) => {
            differences.iter().for_each(|difference| println!("{difference}"));
            println!("{count} flows, {} differ", differences.len());
            if differences.is_empty() && count > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_all(folder: &Path) -> Result<(usize, Vec<String>), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.retain(|path| path.join("flows.json").is_file());
    folders.sort();
    let (mut count, mut differences) = (0, Vec::new());
    for folder in folders {
        let group: Group = serde_json::from_str(&text(&folder, "flows.json")?)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        let mode = if group.mode == "nftables" { Mode::Nftables } else { Mode::Iptables };
        let (node, config) = open(&folder, &group, mode)?;
        count += group.flows.len();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let found = group.flows.iter().filter_map(|flow| compare(&node, &config, mode, &group, flow));
        differences.extend(found.map(|difference| format!("{name}: {difference}")));
    }
    Ok((count, differences))
}

fn open(folder: &Path, group: &Group, mode: Mode) -> Result<(Node, Config), String> {
    if group.has_cluster {
        let case = Case::read(folder)?;
        return Ok((probe::node(&case, mode)?, case.config));
    }
    let addresses = group.local_node_ips.iter().map(|address| (*address).into()).collect();
    let config = Config {
        ip_families: vec![Family::V4, Family::V6],
        interfaces: vec![Interface { name: "eth0".into(), addresses }],
        ..Config::default()
    };
    let mut node = probe::wired(&config);
    let refused = |errors: Vec<datapath_core::source::Diagnostic>| {
        errors.iter().map(|error| format!("{}: {error}\n", folder.display())).collect::<String>()
    };
    match mode {
        Mode::Nftables => nftables::apply(&mut node.nftables, &text(folder, "expected.nft")?).map_err(refused)?,
        _ => {
            let dump = text(folder, "expected.iptables-save")?.lines().map(quoted).collect::<String>();
            iptables::restore(&mut node.iptables.v4, &dump, false).map_err(refused)?;
        }
    }
    Ok((node, config))
}

fn text(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name);
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The line as the real tool takes it: kube-proxy's fake keeps the comments of jump rules without quotes.
fn quoted(line: &str) -> String {
    let comment = line.split_once("--comment ").filter(|(_, rest)| !rest.starts_with('"'));
    match comment.and_then(|(before, rest)| Some((before, rest.split_once(" -")?))) {
        Some((before, (comment, after))) => format!("{before}--comment \"{comment}\" -{after}\n"),
        None => format!("{line}\n"),
    }
}

fn compare(node: &Node, config: &Config, mode: Mode, group: &Group, flow: &Flow) -> Option<String> {
    let Flow { name, source, protocol, destination, port, output, masq } = flow;
    let sender =
        if group.local_node_ips.contains(source) || source.is_loopback() { Sender::Node } else { Sender::Elsewhere };
    let Some(protocol) = Protocol::from_name(protocol) else {
        return Some(format!("{name}: no protocol {protocol}"));
    };
    let tuple = Tuple { protocol, src: Endpoint::new(*source, 40_000), dst: Endpoint::new(*destination, *port) };
    let ends = probe::ends(node, config, sender, tuple);
    let got: BTreeSet<&str> = ends.iter().map(|end| end.output.as_str()).filter(|output| !output.is_empty()).collect();
    // Nothing becomes of an accepted packet.
    let wanted: BTreeSet<&str> = output.split(", ").filter(|output| !matches!(*output, "" | "ACCEPT")).collect();
    let first = output.split(", ").next();
    let followed = |output: &str| mode != Mode::Nftables || Some(output) == first;
    let got_masq = ends.iter().any(|end| followed(&end.output) && end.masq);
    let refused = wanted.contains("DROP") || wanted.contains("REJECT");
    let same = got == wanted && (refused || got_masq == *masq);
    (!same).then(|| format!("{name}: {source} → {destination}:{port}/{protocol}: expected {wanted:?} masq {masq}, got {got:?} masq {got_masq}"))
}
