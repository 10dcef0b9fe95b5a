//! nftables: the ruleset as a file for `nft -f`.

use crate::message;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::head::{Head, file_name};
use super::{File, Subject};
use crate::nftables::list;

pub(super) fn file(subject: &Subject<'_>) -> File {
    let name = file_name(subject, "nft");
    let rules = list(&subject.node.nftables);
    let tables: Vec<_> = rules.lines().filter_map(|line| line.strip_prefix("table ")?.strip_suffix(" {")).collect();
    let undo: Vec<_> = tables.iter().map(|table| format!("nft delete table {table}")).collect();
    let head = Head {
        what: "nftables rules",
        needs: &[],
        load: &format!("nft -f {name} (replaces the tables that are named here)"),
        undo: &undo.join("; "),
    };
    let mut text = ["#!/usr/sbin/nft -f\n", &head.write(subject)].concat();
    for table in tables {
        // Only a table that is there can be deleted.
        text.push_str(&["add table ", table, "\ndelete table ", table, "\n"].concat());
    }
    for line in rules.lines() {
        match with_two_elements(line) {
            Some(line) => text.push_str(&line),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    let note = message!("export-nft");
    File { name, text, note }
}

/// A rule whose anonymous set has one element, with that element cut in two.
///
/// Such a set comes from ranges that nft merged. It would take one range for no set at all and list it without
/// braces; two that touch it merges again.
fn with_two_elements(line: &str) -> Option<String> {
    let (before, rest) = line.strip_prefix("\t\t")?.split_once(" { ")?;
    let (element, after) = rest.split_once(" }")?;
    if before.starts_with("elements") {
        return None;
    }
    let (first, last) = range(element)?;
    Some(format!("\t\t{before} {{ {first}, {}-{last} }}{after}", next(first)))
}

/// The first and the last address of `10.0.0.0/16` or `10.0.0.0-10.0.1.255`, where there are several.
fn range(element: &str) -> Option<(IpAddr, IpAddr)> {
    let range = match element.split_once('-') {
        Some((first, last)) => (first.parse().ok()?, last.parse().ok()?),
        None => {
            let prefix: IpNet = element.parse().ok()?;
            (prefix.network(), prefix.broadcast())
        }
    };
    (range.0 < range.1).then_some(range)
}

fn next(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits().saturating_add(1)).into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits().saturating_add(1)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::with_two_elements;

    #[test]
    fn only_sets_of_one_range_are_cut() {
        let cut = |line| with_two_elements(line).unwrap_or_default();
        assert_eq!(
            cut("\t\tip daddr { 10.96.0.0-10.97.0.255 } drop"),
            "\t\tip daddr { 10.96.0.0, 10.96.0.1-10.97.0.255 } drop"
        );
        assert_eq!(cut("\t\tip6 daddr { fd00::/112 } drop"), "\t\tip6 daddr { fd00::, fd00::1-fd00::ffff } drop");
        for line in [
            "\t\telements = { 10.0.0.0/8 }",
            "\t\tip daddr { 10.0.0.0/8, 10.128.0.0/9 } drop",
            "\t\tip daddr 10.0.0.0/8",
        ] {
            assert_eq!(with_two_elements(line), None, "{line}");
        }
    }
}
