//! What is exported, read again by the lab's own parsers, is what it was exported from: for every recorded cluster, in
//! every mode.

use datapath_core::export::{Format, Subject, export};
use datapath_core::iptables::{self, Tables};
use datapath_core::ipvs::{Ipvs, ipvsadm};
use datapath_core::k8s::{self, Cluster};
use datapath_core::lab::{Lab, WEB_SHOP};
use datapath_core::net::Family;
use datapath_core::node::Node;
use datapath_core::proxy::Mode;
use datapath_core::{ipset, nftables};
use datapath_tests::case::{Case, recorded_kube_proxy_cases};
use datapath_tests::probe;
use ipnet::IpNet;

/// Runs `check` for every recorded case in the mode.
fn each_case(mode: Mode, mut check: impl FnMut(&Subject<'_>)) {
    let cases = Case::read_all(&recorded_kube_proxy_cases()).unwrap_or_else(|error| panic!("{error}"));
    assert!(cases.len() > 100, "only {} cases", cases.len());
    for case in &cases {
        let node = probe::node(case, mode).unwrap_or_else(|error| panic!("{error}"));
        check(&Subject { cluster: &case.cluster, config: case.config.clone(), mode, node: &node });
    }
}

fn text(subject: &Subject<'_>, format: Format, family: Family) -> String {
    let files = export(subject, format);
    let index = subject.config.ip_families.iter().position(|other| *other == family).expect("a family of the case");
    files[index].text.clone()
}

fn only(subject: &Subject<'_>, format: Format) -> String {
    let [file] = export(subject, format).try_into().expect("one file");
    file.text
}

/// The words of a script's commands that begin with `program`.
fn commands(script: &str, program: &str) -> Vec<Vec<String>> {
    let commands = script.lines().map(|line| shlex::split(line).unwrap_or_else(|| panic!("no shell reads {line}")));
    commands.filter(|words| words.first().is_some_and(|word| word == program)).collect()
}

fn objects(cluster: &Cluster) -> Cluster {
    let node = Node::new("node".into());
    let subject = Subject { cluster, config: Default::default(), mode: Mode::Iptables, node: &node };
    let text: String = export(&subject, Format::Objects).into_iter().map(|file| file.text).collect();
    let parsed = k8s::parse(&text);
    assert!(parsed.is_usable(), "{:#?}", parsed.diagnostics);
    parsed.cluster
}

#[test]
fn objects_are_read_back_as_they_were() {
    each_case(Mode::Nftables, |subject| assert_eq!(objects(subject.cluster), *subject.cluster));
    let lab = Lab::open(WEB_SHOP, 1).expect("the example");
    assert_eq!(objects(&lab.cluster), *lab.cluster);
}

/// Both ways to load the rules of each family.
fn check_xtables(subject: &Subject<'_>) {
    for family in subject.config.ip_families.iter().copied() {
        let saved = iptables::save(subject.node.iptables.of(family));
        let mut tables = Tables::new(family);
        iptables::restore(&mut tables, &text(subject, Format::IptablesRestore, family), false)
            .unwrap_or_else(|errors| panic!("{errors:#?}"));
        assert_eq!(iptables::save(&tables), saved);

        let program = if family == Family::V4 { "iptables" } else { "ip6tables" };
        let mut tables = Tables::new(family);
        for words in commands(&text(subject, Format::IptablesCommands, family), program) {
            // As iptables-restore would have the same words.
            let words = words.iter().map(|word| format!("\"{}\"", word.replace('"', "\\\"")));
            let line = words.skip(1).collect::<Vec<_>>().join(" ");
            iptables::command(&mut tables, &line).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
        assert_eq!(iptables::save(&tables), saved);
    }
}

/// The arguments of a script's commands of one program, one command a line.
fn arguments(script: &str, program: &str) -> String {
    commands(script, program).iter().map(|words| words[1..].join(" ") + "\n").collect()
}

fn check_sets(subject: &Subject<'_>) {
    let saved = ipset::save(&subject.node.stack.ipsets, 0);
    let mut sets = ipset::IpSets::default();
    ipset::restore(&mut sets, &only(subject, Format::IpsetRestore), false, 0).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ipset::save(&sets, 0), saved);
    assert_eq!(arguments(&only(subject, Format::IpsetCommands), "ipset"), saved);
}

/// Also the order of the real servers counts, by which round robin goes.
fn check_services(subject: &Subject<'_>) {
    let text = only(subject, Format::IpvsadmRestore);
    let mut ipvs = Ipvs::default();
    assert_eq!(ipvsadm::restore(&mut ipvs, &text), []);
    assert_eq!(ipvsadm::save(&ipvs), ipvsadm::save(&subject.node.ipvs));
    assert_eq!(ipvsadm::restore_input(&ipvs), ipvsadm::restore_input(&subject.node.ipvs));
    assert_eq!(arguments(&only(subject, Format::IpvsadmCommands), "ipvsadm"), text);
}

fn check_addresses(subject: &Subject<'_>) {
    let script = only(subject, Format::IpvsAddresses);
    let device = subject.node.stack.routing.device("kube-ipvs0").expect("kube-ipvs0");
    let added = commands(&script, "ip").into_iter().filter(|words| words[1] == "addr");
    let added: Vec<IpNet> = added.map(|words| words[3].parse().expect("an address")).collect();
    assert_eq!(added, device.addresses);
    assert!(script.contains("ip link add kube-ipvs0 type dummy\n") && script.contains("modprobe -a ip_vs"));
}

#[test]
fn iptables_rules_are_read_back_as_they_were() {
    each_case(Mode::Iptables, check_xtables);
}

#[test]
fn an_ipvs_node_is_read_back_as_it_was() {
    each_case(Mode::Ipvs, |subject| {
        check_xtables(subject);
        check_sets(subject);
        check_services(subject);
        check_addresses(subject);
    });
}

#[test]
fn an_nft_file_gives_the_same_ruleset_also_when_loaded_twice() {
    each_case(Mode::Nftables, |subject| {
        let text = only(subject, Format::Nft);
        let mut ruleset = nftables::Ruleset::default();
        for _ in 0..2 {
            nftables::apply(&mut ruleset, &text).unwrap_or_else(|errors| panic!("{errors:#?}"));
            assert_eq!(nftables::list(&ruleset), nftables::list(&subject.node.nftables));
        }
    });
}

/// Every file says where it comes from, how it is loaded and how that is undone, and has a name of its own.
#[test]
fn every_file_says_what_to_do_with_it() {
    let lab = Lab::open(WEB_SHOP, 1).expect("the example");
    for mode in Mode::ALL {
        let subject = Subject::of(&lab, mode, 1).expect("a second node");
        let files: Vec<_> = Format::ALL.iter().flat_map(|format| export(&subject, *format)).collect();
        for (index, file) in files.iter().enumerate() {
            // `ipvsadm -R` takes no comments.
            let about = if file.name.ends_with(".ipvsadm") { file.note.to_string() } else { file.text.clone() };
            for said in ["Load: ", "Undo: ", file.name.as_str()] {
                assert!(about.contains(said), "{} lacks {said:?}", file.name);
            }
            assert!(!files[..index].iter().any(|other| other.name == file.name), "two files are called {}", file.name);
        }
    }
    assert!(Subject::of(&lab, Mode::Ipvs, 99).is_none());
}
