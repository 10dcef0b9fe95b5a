//! Rules in many spellings, read and printed: judged by what `iptables-legacy-restore -c` and
//! `iptables-legacy-save -c` 1.8.9 made of the same files on Linux 6.18 (`data/iptables`).

use datapath_core::iptables::{Tables, restore, save_with_counters};
use datapath_core::net::Family;

fn check(family: Family, rules: &str, saved: &str) {
    let mut tables = Tables::new(family);
    if let Err(diagnostics) = restore(&mut tables, rules, false) {
        panic!("{}", diagnostics[0]);
    }
    let printed = save_with_counters(&tables);
    let mut differing = saved.lines().zip(printed.lines()).filter(|(saved, printed)| saved != printed);
    assert_eq!(differing.next(), None, "the tool's line and the model's");
    assert_eq!(saved.lines().count(), printed.lines().count());
    if let Err(diagnostics) = restore(&mut tables, &printed, false) {
        panic!("{}", diagnostics[0]);
    }
    assert_eq!(save_with_counters(&tables), printed, "printed, read and printed");
}

#[test]
fn ipv4_rules_print_as_iptables_save_prints_them() {
    check(Family::V4, include_str!("data/iptables/matches.v4.rules"), include_str!("data/iptables/matches.v4.saved"));
}

#[test]
fn ipv6_rules_print_as_ip6tables_save_prints_them() {
    check(Family::V6, include_str!("data/iptables/matches.v6.rules"), include_str!("data/iptables/matches.v6.saved"));
}

/// Matches and targets that kube-proxy does not use.
#[test]
fn other_extensions_print_as_the_tools_print_them() {
    let (rules, saved) =
        (include_str!("data/iptables/extensions.v4.rules"), include_str!("data/iptables/extensions.v4.saved"));
    check(Family::V4, rules, saved);
    let (rules, saved) =
        (include_str!("data/iptables/extensions.v6.rules"), include_str!("data/iptables/extensions.v6.saved"));
    check(Family::V6, rules, saved);
}
