//! Replays what a live kernel (Linux 6.18, iptables-legacy 1.8.9, nft 1.0.6) did with 5,156 packets under kube-proxy's own
//! rules, and compares everything: what came out where, which iptables rules matched in which order, the conntrack
//! entry with its status, and what became of the answer. The random choices are the kernel's.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, iter};

use datapath_core::net::Family;
use datapath_core::proxy;
use datapath_tests::case::{Case, recorded_kube_proxy_cases};
use datapath_tests::kernel::{Answer, Case as Machinery, Load, Machine, Packet, same_packets};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Record {
    case: String,
    mode: String,
    packet: Packet,
    out: Value,
    /// iptables only: nft numbers rules by handle.
    rules: Option<Vec<String>>,
    ct: Option<Entry>,
    reply: Option<Value>,
}

#[derive(Deserialize)]
struct Entry {
    orig: String,
    reply: String,
    status: Vec<String>,
}

#[test]
fn packets_leave_the_node_as_they_left_linux() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/kernel/kube-proxy-packets.jsonl");
    let text = fs::read_to_string(path).expect("the kernel's answers");
    let records: Vec<Record> =
        text.lines().map(|line| serde_json::from_str(line).expect("one answer a line")).collect();
    let cases: BTreeMap<_, _> = Case::read_all(&recorded_kube_proxy_cases())
        .expect("the recorded cases")
        .into_iter()
        .map(|case| (case.name.clone(), case))
        .collect();
    let mut node: Option<(String, Machine)> = None;
    let mut differences = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let name = format!("{} {}", record.case, record.mode);
        if node.as_ref().is_none_or(|(current, _)| *current != name) {
            node = Some((name.clone(), machine(&cases[&record.case], &record.mode)));
        }
        let Some((_, machine)) = &mut node else {
            continue;
        };
        let (answer, agrees) = machine.follow(&record.packet, &record.out).expect("a packet");
        differences
            .extend(difference(record, &answer, agrees).map(|what| format!("line {}: {name}: {what}", index + 1)));
    }
    assert!(records.len() > 5000, "only {} packets", records.len());
    assert!(
        differences.is_empty(),
        "{} of {} packets differ:\n{}",
        differences.len(),
        records.len(),
        differences.join("\n")
    );
}

fn difference(record: &Record, answer: &Answer, agrees: bool) -> Option<String> {
    let model = answer.to_json();
    if !agrees {
        return Some(format!("out {} is not {}", model["out"], record.out));
    }
    if let Some(rules) = &record.rules
        && *rules != answer.rules
    {
        return Some(format!("rules {:?} are not {rules:?}", answer.rules));
    }
    if let Some(entry) = &record.ct {
        let found = answer.connections.first();
        if !found.is_some_and(|found| same_entry(found, entry)) {
            return Some(format!("entry {found:?} is not {} {} {:?}", entry.orig, entry.reply, entry.status));
        }
    }
    let reply = with_port_of_model(record.reply.as_ref()?, &record.out[0]["sport"], &model["out"][0]["sport"]);
    (!same_packets(&model["reply"]["out"], &reply)).then(|| format!("reply {} is not {reply}", model["reply"]["out"]))
}

/// The kernel's packets with the port that masquerading picked at random exchanged for the one that the model picked.
fn with_port_of_model(packets: &Value, kernel: &Value, model: &Value) -> Value {
    let mut packets = packets.clone();
    for packet in packets.as_array_mut().into_iter().flatten() {
        for field in ["sport", "dport"] {
            if packet[field] == *kernel {
                packet[field] = model.clone();
            }
        }
    }
    packets
}

/// The port that masquerading picked stands at the end of the reply tuple and is left out. `assured` depends on how
/// long a flow lasts, which the recording does not hold.
fn same_entry(found: &Value, entry: &Entry) -> bool {
    let without_port = |tuple: &str| tuple.rsplit_once(':').map(|(rest, _)| rest.to_owned());
    let reply = found["reply"].as_str().and_then(without_port);
    let lasting = |status: &&str| !matches!(*status, "assured" | "seen_reply");
    let of = |names: Vec<&str>| names.into_iter().filter(lasting).map(str::to_owned).collect::<Vec<_>>();
    let status = found["status"].as_array().map(|names| of(names.iter().filter_map(Value::as_str).collect()));
    found["orig"] == json!(entry.orig)
        && reply == without_port(&entry.reply)
        && status == Some(of(entry.status.iter().map(String::as_str).collect()))
}

/// The node on which the kernel was asked: two networks, one device to the local pods.
fn machine(case: &Case, mode: &str) -> Machine {
    let load = match mode {
        "iptables" => {
            // The kernel that was asked has no nfacct.
            let restore = case.recording(Family::V4, "iptables-restore").expect("a recording");
            let restore = restore.replace(" -m nfacct --nfacct-name ", "\u{0}");
            let restore: String =
                restore.split('\u{0}').enumerate().map(|(part, text)| after_name(part, text)).collect();
            let command =
                |line: String| Load::Plain(iter::once("iptables").chain(line.split(' ')).map(str::to_owned).collect());
            let jumps = proxy::iptables::full_sync(&case.cluster, &case.config, Family::V4).jumps;
            let mut load: Vec<_> = jumps
                .iter()
                .map(|jump| (jump.table, jump.target))
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .map(|(table, target)| command(format!("-t {table} -N {target}")))
                .collect();
            load.extend(jumps.iter().map(|jump| command(jump.to_string())));
            load.push(Load::Fed(words("iptables-legacy-restore --noflush"), restore));
            load
        }
        _ => vec![Load::Fed(words("nft -f -"), case.recording(Family::V4, "nft-transaction").expect("a recording"))],
    };
    let machinery: Machinery = Machinery {
        name: case.name.clone(),
        ifaces: BTreeMap::from([
            ("eth0".to_owned(), words("192.168.0.2/24")),
            ("eth1".to_owned(), words("10.50.0.2/24")),
            ("veth0".to_owned(), Vec::new()),
        ]),
        bridges: BTreeMap::new(),
        vxlans: BTreeMap::new(),
        mtu: BTreeMap::new(),
        routes: vec!["10.244.1.0/24 dev veth0".to_owned(), "default dev eth0".to_owned()],
        rules: Vec::new(),
        sysctl: BTreeMap::from([("net/ipv4/conf/all/route_localnet".to_owned(), json!(1))]),
        load,
        packets: Vec::new(),
    };
    Machine::new(&machinery).unwrap_or_else(|error| panic!("{}: {error}", case.name))
}

/// What follows the name of the counter that a part of the text begins with.
fn after_name(part: usize, text: &str) -> &str {
    if part == 0 { text } else { text.find(' ').map_or("", |end| &text[end..]) }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}
