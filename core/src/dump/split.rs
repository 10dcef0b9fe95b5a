use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

use super::Kind;
use super::instead::instead;
use super::sysctl;
use crate::iproute;
use crate::message;
use crate::net::Family;
use crate::netfilter::XtTable;
use crate::source::{Diagnostic, Position};

/// A text by whose output each line is.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// Each has as many lines as the whole, those of others empty, so that a place in it is a place in the whole.
    pub texts: BTreeMap<Kind, String>,
    /// iptables has said that its rules are kept by `nf_tables`, so that nft lists them too.
    pub over_nf_tables: bool,
    /// Lines that nobody prints, or that are not read.
    pub unknown: Vec<Diagnostic>,
}

/// Lines that are said to be unknown, at most.
const MOST_UNKNOWN: usize = 20;

/// What `nft` is told with `add`; after it, `ipset` has the name of a set.
const NFT_OBJECTS: [&str; 12] =
    ["table", "chain", "rule", "set", "map", "element", "counter", "quota", "limit", "flowtable", "ct", "synproxy"];
const CONNTRACK_PROTOCOLS: [&str; 9] = ["tcp", "udp", "udplite", "icmp", "icmpv6", "sctp", "dccp", "gre", "unknown"];
const ROUTE_TYPES: [&str; 10] = [
    "default",
    "unicast",
    "local",
    "broadcast",
    "multicast",
    "anycast",
    "blackhole",
    "unreachable",
    "prohibit",
    "throw",
];

/// Takes a text apart by whose output each line is. None if its first line is nobody's: then it is something else.
pub fn split(text: &str) -> Option<Parts> {
    let mut splitter = Splitter {
        family: None,
        rules: None,
        table: XtTable::Filter,
        open: None,
        parts: Parts::default(),
        lines: BTreeMap::new(),
    };
    let lines: Vec<&str> = text.lines().collect();
    // Behind the head of an output that is not read, all belongs to it.
    let mut is_passed_over = false;
    for (number, line) in lines.iter().enumerate() {
        let rest = || lines[number..].iter().copied();
        match splitter.kind(line, rest) {
            Line::Of(kind) => {
                splitter.lines.entry(kind).or_default().push(number);
                is_passed_over = false;
            }
            Line::Nothing => {}
            Line::Unknown if is_passed_over => {}
            Line::Unknown => match instead(number, line) {
                Some(error) => {
                    splitter.parts.unknown.push(error);
                    is_passed_over = true;
                }
                None if splitter.lines.is_empty() => return None,
                None => splitter.unknown(number, line),
            },
        }
    }
    if splitter.lines.is_empty() && splitter.parts.unknown.is_empty() {
        return None;
    }
    splitter.parts.texts = splitter.lines.iter().map(|(kind, own)| (*kind, padded(&lines, own))).collect();
    Some(splitter.parts)
}

/// The lines with these numbers, with the others empty.
fn padded(lines: &[&str], own: &[usize]) -> String {
    let mut text = String::with_capacity(own.iter().map(|number| lines[*number].len()).sum::<usize>() + lines.len());
    let mut next = 0;
    for number in own {
        text.extend(std::iter::repeat_n('\n', number - next));
        text.push_str(lines[*number]);
        text.push('\n');
        next = number + 1;
    }
    text
}

enum Line {
    Of(Kind),
    /// Empty, a remark, or what was typed to get the output.
    Nothing,
    Unknown,
}

struct Splitter {
    /// Of the tables of iptables that come next, where something said so.
    family: Option<Family>,
    /// Of the rules without a table that stand here line by line.
    rules: Option<Family>,
    /// Of rules that come without one, where the command that was typed said so.
    table: XtTable,
    /// What goes on over several lines, and how it ends.
    open: Option<(Kind, End)>,
    parts: Parts,
    lines: BTreeMap<Kind, Vec<usize>>,
}

#[derive(Clone, Copy)]
enum End {
    /// After a line that is just this.
    Line(&'static str),
    /// Before a line that is not indented.
    NotIndented,
}

impl Splitter {
    fn kind<'t, I: Iterator<Item = &'t str>>(&mut self, line: &str, rest: impl FnOnce() -> I) -> Line {
        match self.open {
            Some((kind, End::Line(end))) => {
                if line.trim_end() == end {
                    self.open = None;
                }
                return Line::Of(kind);
            }
            Some((kind, End::NotIndented)) if line.starts_with([' ', '\t']) => return Line::Of(kind),
            _ => self.open = None,
        }
        let mut words = line.split_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if first.is_empty() || first.starts_with('#') || is_prompt(first) || is_command(first) {
            self.note_command(line);
            return Line::Nothing;
        }
        let is_rule = matches!(first, "-P" | "-N") || first == "-A" && !second.starts_with('-');
        if is_rule {
            let said = self.family.or(self.rules);
            let family = said.unwrap_or_else(|| family_of_table(rest().take_while(|line| line.starts_with('-'))));
            self.rules = Some(family);
            return Line::Of(Kind::IptablesRules(family, self.table));
        }
        self.rules = None;
        if let Some(kind) = self.begins(first, second, line, rest) {
            return Line::Of(kind);
        }
        if sysctl::is_setting(line) {
            return Line::Of(Kind::Sysctl);
        }
        one_line(first, second).map_or(Line::Unknown, Line::Of)
    }

    /// What goes on after its first line.
    fn begins<'t, I: Iterator<Item = &'t str>>(
        &mut self,
        first: &str,
        second: &str,
        line: &str,
        rest: impl FnOnce() -> I,
    ) -> Option<Kind> {
        let is_nft_table = first == "table" && line.trim_end().ends_with('{');
        let (kind, end) = if first.starts_with('*') {
            let family = self.family.unwrap_or_else(|| family_of_table(rest()));
            (Kind::IptablesSave(family), End::Line("COMMIT"))
        } else if first.starts_with("{\"nftables\"") && line.trim_end().ends_with('}') {
            return Some(Kind::NftJson);
        } else if line.trim_end() == "{" || first.starts_with("{\"nftables\"") {
            (Kind::NftJson, End::Line("}"))
        } else if is_nft_table {
            (Kind::Nft, End::Line("}"))
        } else if is_number(first.strip_suffix(':')) {
            if second == "from" || second == "not" {
                return Some(Kind::IpRule);
            }
            (Kind::IpAddress, End::NotIndented)
        } else if iproute::neighbour::is_entry(line) {
            return Some(Kind::IpNeighbour);
        } else if ROUTE_TYPES.contains(&first) || is_prefix(first) {
            (Kind::IpRoute, End::NotIndented)
        } else {
            return None;
        };
        self.open = Some((kind, end));
        Some(kind)
    }

    /// `# Generated by ip6tables-save …`, or the command that was typed.
    fn note_command(&mut self, line: &str) {
        let mut words = line.split_whitespace();
        if line.contains("tables") {
            let named = words.find(|word| matches!(*word, "-t" | "--table")).and_then(|_| words.next());
            self.table = named.and_then(XtTable::from_name).unwrap_or(XtTable::Filter);
            self.parts.over_nf_tables |= line.contains("(nf_tables)");
        }
        if line.contains("ip6tables") {
            self.family = Some(Family::V6);
        } else if line.contains("iptables") {
            self.family = Some(Family::V4);
        }
    }

    fn unknown(&mut self, number: usize, line: &str) {
        if self.parts.unknown.len() < MOST_UNKNOWN {
            let position = Position::new(u32::try_from(number + 1).unwrap_or(u32::MAX), 1);
            let shown: String = line.chars().take(40).collect();
            self.parts.unknown.push(Diagnostic::warning(
                position,
                message!("wrong-unknown-line", line = format!("{shown:?}")),
                message!("expected-lines-of-tools"),
                message!("advice-whole-outputs"),
            ));
        }
    }
}

/// A line that stands for itself.
fn one_line(first: &str, second: &str) -> Option<Kind> {
    let is_option = second.starts_with('-');
    match first {
        "-A" | "-a" | "-E" | "-e" if is_option => Some(Kind::IpvsadmSave),
        "add" | "create" if NFT_OBJECTS.contains(&second) => Some(Kind::Nft),
        "insert" | "replace" | "delete" | "destroy" | "flush" | "define" => Some(Kind::Nft),
        "add" | "create" => Some(Kind::IpsetSave),
        "ipv4" | "ipv6" if is_number(Some(second)) => Some(Kind::Conntrack),
        _ if CONNTRACK_PROTOCOLS.contains(&first) && is_number(Some(second)) => Some(Kind::Conntrack),
        "conntrack" => Some(Kind::Conntrack),
        _ => None,
    }
}

/// A command that was typed, without a prompt.
fn is_command(first: &str) -> bool {
    matches!(first, "sudo" | "iptables" | "ip6tables" | "iptables-save" | "ip6tables-save")
}

/// `$`, `root@node1:~#`: the rest of the line was typed.
fn is_prompt(first: &str) -> bool {
    first == "$" || first.contains('@') && first.ends_with(['$', '#'])
}

fn is_number(word: Option<&str>) -> bool {
    word.is_some_and(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_prefix(word: &str) -> bool {
    word.parse::<IpAddr>().is_ok() || word.parse::<IpNet>().is_ok()
}

/// Of a table whose head says nothing: of IPv6 if there is anything in it that only IPv6 has.
fn family_of_table<'t>(lines: impl Iterator<Item = &'t str>) -> Family {
    let of_v6 = |word: &str| {
        let address = word.trim_start_matches('[').split(['/', '-', ']']).next().unwrap_or_default();
        word == "ipv6-icmp" || word.starts_with("icmp6-") || address.parse::<Ipv6Addr>().is_ok()
    };
    let mut own = lines.take_while(|line| line.trim_end() != "COMMIT");
    if own.any(|line| line.split_whitespace().any(of_v6)) { Family::V6 } else { Family::V4 }
}
