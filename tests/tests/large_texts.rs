//! Sets of a million elements and texts of many megabytes: each is read, and ten times as much takes about ten times as
//! long, both measured in the same run. `--ignored` takes texts of 100 MB.

use std::fmt::Write;

use datapath_core::net::Family;
use datapath_core::nftables::Ruleset;
use datapath_core::{ipset, iptables, ipvs, k8s, nftables};
use datapath_tests::effort;

/// Ten times the input may take so many times as long: caches get smaller beside it.
const MOST: u32 = 15;

/// Reads a text of so many things, and says whether all of them are there.
type Read = fn(&str, usize) -> bool;
type Make = fn(usize) -> String;

/// One of a few attempts has to do it, as others use the machine too.
fn check(what: &str, few: usize, make: impl Fn(usize) -> String, read: Read) {
    const ATTEMPTS: usize = 3;
    let texts = [few, 10 * few].map(|count| (count, make(count)));
    let is_linear = |_| {
        let times = texts.each_ref().map(|(count, text)| {
            let time = effort::of(|| assert!(read(text, *count), "{what}: {count} were not all read"));
            println!("{what}: {count} in {:.1} MB: {time:?}", text.len() as f64 / 1e6);
            time
        });
        times[1] <= times[0] * MOST
    };
    assert!((0..ATTEMPTS).any(is_linear), "{what}: more than {MOST} times as long for ten times as many");
}

fn address(number: usize) -> String {
    format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255)
}

fn lines(count: usize, line: impl Fn(usize, &mut String)) -> String {
    let mut text = String::new();
    for number in 0..count {
        line(number, &mut text);
        text.push('\n');
    }
    text
}

/// Whether the first table has a first set with so many elements.
fn read_set(text: &str, count: usize) -> bool {
    let mut ruleset = Ruleset::default();
    nftables::apply(&mut ruleset, text).is_ok()
        && ruleset.tables().any(|(_, table)| table.sets.iter().any(|(_, set)| set.elements.len() == count))
}

#[test]
fn an_nft_set_of_a_million_addresses() {
    let make = |count| {
        let elements = lines(count, |number, text| {
            let _ = write!(text, "{},", address(number));
        });
        format!("table ip t {{\nset s {{ type ipv4_addr; elements = {{\n{elements}}} }}\n}}\n")
    };
    check("nft addresses", 100_000, make, read_set);
}

#[test]
fn an_nft_set_of_a_million_intervals() {
    let make = |count| {
        let elements = lines(count, |number, text| {
            let _ = write!(text, "{}-{},", address(4 * number), address(4 * number + 1));
        });
        format!("table ip t {{\nset s {{ type ipv4_addr; flags interval; elements = {{\n{elements}}} }}\n}}\n")
    };
    check("nft intervals", 100_000, make, read_set);
}

#[test]
fn an_ipset_of_a_million_addresses() {
    let make = |count| {
        let members = lines(count, |number, text| {
            let _ = write!(text, "add s {}", address(number));
        });
        format!("create s hash:ip maxelem 2000000\n{members}")
    };
    check("ipset", 100_000, make, |text, count| {
        let mut sets = ipset::IpSets::default();
        ipset::restore(&mut sets, text, false, 0).is_ok() && sets.get("s").is_some_and(|set| set.len() == count)
    });
}

fn rules(count: usize) -> String {
    let rules = lines(count, |number, text| {
        let _ =
            write!(text, "-A INPUT -s {}/32 -p tcp -m tcp --dport {} -j DROP", address(number), number % 60_000 + 1);
    });
    format!("*filter\n:INPUT ACCEPT [0:0]\n{rules}COMMIT\n")
}

fn read_rules(text: &str, count: usize) -> bool {
    let mut tables = iptables::Tables::new(Family::V4);
    iptables::restore(&mut tables, text, false).is_ok() && iptables::save(&tables).lines().count() > count
}

fn nft_rules(count: usize) -> String {
    let rules = lines(count, |number, text| {
        let _ = write!(text, "ip saddr {} tcp dport {} counter drop", address(number), number % 60_000 + 1);
    });
    format!("table ip t {{\nchain c {{\n{rules}}}\n}}\n")
}

fn read_nft_rules(text: &str, count: usize) -> bool {
    let mut ruleset = Ruleset::default();
    nftables::apply(&mut ruleset, text).is_ok()
        && ruleset.tables().any(|(_, table)| table.chains.iter().any(|(_, chain)| chain.rules.len() == count))
}

fn virtual_services(count: usize) -> String {
    lines(count, |number, text| {
        let service = format!("{}:80", address(number));
        let _ = write!(text, "-A -t {service} -s rr\n-a -t {service} -r 192.0.2.1:80 -m -w 1");
    })
}

fn read_virtual_services(text: &str, count: usize) -> bool {
    let mut ipvs = ipvs::Ipvs::default();
    ipvs::ipvsadm::restore(&mut ipvs, text).is_empty() && ipvs.services().count() == count
}

fn objects(count: usize) -> String {
    lines(count, |number, text| {
        let _ = write!(text, "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: n{number}}}");
    })
}

fn read_objects(text: &str, _: usize) -> bool {
    k8s::parse(text).is_usable()
}

/// The texts by their tools, with the bytes of one thing.
const TEXTS: [(&str, Make, Read, usize); 4] = [
    ("iptables-restore", rules, read_rules, 58),
    ("nft", nft_rules, read_nft_rules, 48),
    ("ipvsadm -R", virtual_services, read_virtual_services, 68),
    ("YAML", objects, read_objects, 67),
];

#[test]
fn texts_of_five_megabytes() {
    for (what, make, read, size) in TEXTS {
        check(what, 500_000 / size, make, read);
    }
}

#[test]
#[ignore = "takes minutes and gigabytes"]
fn texts_of_a_hundred_megabytes() {
    for (what, make, read, size) in TEXTS {
        check(what, 10_000_000 / size, make, read);
    }
}
