//! The exports, loaded by the real tools into a real kernel, list back as the lab shows them.
//!
//! Runs where it may: as root, with the tools installed in the versions that the lab prints like. Elsewhere each test
//! says on its standard error that it skips. `cargo test --test live_tools -- --ignored` takes all recorded cases
//! instead of some.

use datapath_core::export::{Format, Subject, export};
use datapath_core::net::Family;
use datapath_core::proxy::Mode;
use datapath_core::{ipset, iptables, ipvs, nftables};
use datapath_tests::case::{Case, recorded_kube_proxy_cases};
use datapath_tests::compare::difference;
use datapath_tests::machine::Machine;
use datapath_tests::probe;

/// Cases that together have everything that kube-proxy writes.
const SOME: [&str; 8] = [
    "affinity-nodeport-etp-local",
    "clusterip-no-endpoints",
    "dual-stack-mixed-lb-and-external-ips",
    "ipv6-loadbalancer-source-ranges",
    "loadbalancer-source-ranges-include-node",
    "mixed-009",
    "mixed-013",
    "sctp-service",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cases {
    Some,
    All,
}

/// A script, and what it is to print.
struct Trial {
    name: String,
    script: String,
    expected: String,
}

/// Runs the trials of every case on the machine and lists those that print something else.
fn check(
    title: &str,
    machine: Result<Machine, String>,
    cases: Cases,
    mode: Mode,
    normal: fn(&str) -> Vec<String>,
    trials: impl Fn(&Subject<'_>) -> Vec<Trial>,
) {
    let machine = match machine {
        Ok(machine) => machine,
        Err(why) => return eprintln!("{title}: skipped: {why}"),
    };
    let mut all = Vec::new();
    for mut case in Case::read_all(&recorded_kube_proxy_cases()).unwrap_or_else(|error| panic!("{error}")) {
        // Few machines have the kernel's module for these.
        case.config.nfacct_counters = false;
        if cases == Cases::Some && !SOME.contains(&case.name.as_str()) {
            continue;
        }
        let node = probe::node(&case, mode).unwrap_or_else(|error| panic!("{error}"));
        let subject = Subject { cluster: &case.cluster, config: case.config.clone(), mode, node: &node };
        all.extend(
            trials(&subject).into_iter().map(|trial| Trial { name: format!("{} {}", case.name, trial.name), ..trial }),
        );
    }
    let scripts: Vec<_> = all.iter().map(|trial| trial.script.clone()).collect();
    let outputs = machine.run_each(&scripts).unwrap_or_else(|error| panic!("{error}"));
    let mut faults = Vec::new();
    for (trial, output) in all.iter().zip(outputs) {
        match output {
            Ok(listed) => {
                let differs = difference(&normal(&trial.expected), &normal(&listed));
                faults.extend(differs.map(|how| format!("{}:\n{how}", trial.name)));
            }
            Err(error) => faults.push(format!("{}: refused: {error}", trial.name)),
        }
    }
    assert!(all.len() >= SOME.len(), "only {} trials", all.len());
    assert!(faults.is_empty(), "{} of {} trials:\n{}", faults.len(), all.len(), faults.join("\n"));
    eprintln!("{title}: {} trials", all.len());
}

/// A command with a text as its input.
fn feed(command: &str, text: &str) -> String {
    format!("{command} <<'END OF THE EXPORT'\n{text}END OF THE EXPORT\n")
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// A dump without comments and counters.
fn dump(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| if line.starts_with(':') { line.split(" [").next().unwrap_or_default() } else { line }.to_owned())
        .collect()
}

/// As [`dump`], with the tables by name: nf_tables lists them in an order of its own.
fn tables(text: &str) -> Vec<String> {
    let lines = dump(text);
    let mut tables: Vec<_> = lines.split_inclusive(|line| line == "COMMIT").map(<[String]>::to_vec).collect();
    tables.sort();
    tables.concat()
}

fn xtables_program(family: Family) -> &'static str {
    match family {
        Family::V4 => "iptables",
        Family::V6 => "ip6tables",
    }
}

/// Both ways to load the rules of each family. `variant` is `legacy` or `nft`, `before` what has to be there.
fn xtables_trials(subject: &Subject<'_>, variant: &str, before: &str) -> Vec<Trial> {
    let restore = export(subject, Format::IptablesRestore);
    let commands = export(subject, Format::IptablesCommands);
    let files = restore.iter().zip(&commands).zip(&subject.config.ip_families);
    files
        .flat_map(|((restore, commands), family)| {
            let program = xtables_program(*family);
            let expected = iptables::save(subject.node.iptables.of(*family));
            let save = format!("{program}-{variant}-save");
            let restored = feed(&format!("{program}-{variant}-restore"), &restore.text);
            let function = format!("{program}() {{ {program}-{variant} \"$@\"; }}\n");
            [("restore", restored), ("commands", [function.as_str(), &commands.text].concat())].map(|(how, load)| {
                Trial {
                    name: format!("{program} {how}"),
                    script: format!("set -e\n{before}{load}{save}\n"),
                    expected: expected.clone(),
                }
            })
        })
        .collect()
}

fn legacy(cases: Cases) {
    let programs = [("iptables-legacy", "v1.8.9"), ("ip6tables-legacy", "v1.8.9")];
    let machine = Machine::here(&programs, "iptables-legacy -t nat -S && ip6tables-legacy -t nat -S");
    check("iptables-legacy", machine, cases, Mode::Iptables, dump, |subject| xtables_trials(subject, "legacy", ""));
}

fn over_nf_tables(cases: Cases) {
    let programs = [("iptables-nft", "v1.8.9"), ("ip6tables-nft", "v1.8.9")];
    let machine = Machine::here(&programs, "iptables-nft -t nat -N A && ip6tables-nft -t nat -N A");
    check("iptables-nft", machine, cases, Mode::Iptables, tables, |subject| xtables_trials(subject, "nft", ""));
}

fn nft(cases: Cases) {
    let machine = Machine::here(&[("nft", "v1.0.6")], "nft add table ip a");
    check("nft", machine, cases, Mode::Nftables, lines, |subject| {
        let file = &export(subject, Format::Nft)[0];
        let load = feed("nft -f -", &file.text);
        vec![Trial {
            name: "twice".to_owned(),
            script: format!("set -e\n{load}{load}nft list ruleset\n"),
            expected: nftables::list(&subject.node.nftables),
        }]
    });
}

fn sets(cases: Cases) {
    /// Without the seed of the hash, which the kernel draws.
    fn saved(text: &str) -> Vec<String> {
        text.lines().map(|line| line.split(" initval ").next().unwrap_or_default().to_owned()).collect()
    }
    let machine = Machine::here(&[("ipset", "v7.17")], "ipset create a hash:ip");
    check("ipset", machine, cases, Mode::Ipvs, saved, |subject| {
        let expected = ipset::save(&subject.node.stack.ipsets, 0);
        let restore = feed("ipset restore", &export(subject, Format::IpsetRestore)[0].text);
        let commands = export(subject, Format::IpsetCommands)[0].text.clone();
        [("restore", restore), ("commands", commands)]
            .map(|(how, load)| Trial {
                name: how.to_owned(),
                script: format!("set -e\n{load}ipset -sorted save\n"),
                expected: expected.clone(),
            })
            .into()
    });
}

/// Everything that IPVS mode sets up, in the order in which the files say.
fn whole_ipvs_node(cases: Cases) {
    let programs = [("ipvsadm", "v1.31"), ("ipset", "v7.17"), ("iptables-legacy", "v1.8.9")];
    check("IPVS", Machine::with_ipvs(&programs), cases, Mode::Ipvs, dump, |subject| {
        let text = |format| export(subject, format)[0].text.clone();
        let sets = feed("ipset restore", &text(Format::IpsetRestore));
        let addresses = text(Format::IpvsAddresses);
        let restored = feed("ipvsadm -R", &text(Format::IpvsadmRestore));
        let services = [("ipvsadm -R", restored), ("ipvsadm commands", text(Format::IpvsadmCommands))];
        // The kernel lists addresses of IPv6 newest first.
        let bound = "ip -o address show dev kube-ipvs0 scope global | awk '{print $4}' | LC_ALL=C sort\n";
        let device = subject.node.stack.routing.device("kube-ipvs0").expect("kube-ipvs0");
        let mut addresses_bound: Vec<_> = device.addresses.iter().map(|address| format!("{address}\n")).collect();
        addresses_bound.sort();
        let expected = addresses_bound.concat();
        let mut trials: Vec<_> = services
            .map(|(name, load)| Trial {
                name: name.to_owned(),
                script: format!("{addresses}{load}ipvsadm -S -n\n{bound}"),
                expected: [&ipvs::ipvsadm::save(&subject.node.ipvs), expected.as_str()].concat(),
            })
            .into();
        trials.extend(xtables_trials(subject, "legacy", &[addresses.as_str(), &sets].concat()));
        trials
    });
}

#[test]
fn iptables_legacy_lists_what_the_lab_shows() {
    legacy(Cases::Some);
}

#[test]
fn iptables_over_nf_tables_lists_what_the_lab_shows() {
    over_nf_tables(Cases::Some);
}

#[test]
fn nft_lists_what_the_lab_shows() {
    nft(Cases::Some);
}

#[test]
fn ipset_lists_what_the_lab_shows() {
    sets(Cases::Some);
}

#[test]
fn an_ipvs_node_lists_what_the_lab_shows() {
    whole_ipvs_node(Cases::Some);
}

#[test]
#[ignore = "takes minutes; some cases of each run above"]
fn all_cases() {
    legacy(Cases::All);
    over_nf_tables(Cases::All);
    nft(Cases::All);
    sets(Cases::All);
    whole_ipvs_node(Cases::All);
}
