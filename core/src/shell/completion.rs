use super::Location;
use super::tools::{Place, TOOLS};
use crate::iptables::options;
use crate::lab::Lab;
use crate::netfilter::XtTable;
use crate::node::Node;

/// What may stand in place of the word before the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The byte of the text at which the word begins.
    pub start: usize,
    /// In order, each the whole word.
    pub candidates: Vec<String>,
}

impl Completion {
    /// What all candidates begin with.
    pub fn common(&self) -> &str {
        let Some((first, others)) = self.candidates.split_first() else {
            return "";
        };
        let shared = |other: &String| first.bytes().zip(other.bytes()).take_while(|(one, two)| one == two).count();
        let length = others.iter().map(shared).min().unwrap_or(first.len());
        first.get(..length).unwrap_or_default()
    }
}

/// Ways to go on with a text whose cursor is at its end.
pub fn complete(lab: &Lab, at: &Location, text: &str) -> Completion {
    let start =
        text.rfind(|character: char| character.is_whitespace() || "|;&".contains(character)).map_or(0, |at| at + 1);
    let command = text[..start].rsplit(['|', ';', '&', '\n']).next().unwrap_or_default();
    let words: Vec<&str> = command.split_whitespace().skip_while(|word| *word == "sudo").collect();
    let typed = &text[start..];
    let mut candidates = match words.split_first() {
        None => programs(at),
        Some((tool, words)) => arguments(lab, at, tool, words, typed),
    };
    candidates.retain(|candidate| candidate.starts_with(typed));
    candidates.sort_unstable();
    candidates.dedup();
    Completion { start, candidates }
}

fn programs(at: &Location) -> Vec<String> {
    let is_node = matches!(at.host, super::Host::Node(_));
    let tools = TOOLS.iter().filter(|tool| is_node || tool.place == Place::Anywhere);
    tools.map(|tool| tool.name.to_owned()).collect()
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn arguments(lab: &Lab, at: &Location, tool: &str, words: &[&str], typed: &str) -> Vec<String> {
    let node = || {
        let super::Host::Node(name) = &at.host else {
            return None;
        };
        let network = &lab.lanes.get(at.lane(lab)?)?.network;
        network.node(network.node_index(name)?)
    };
    match tool {
        "iptables" | "ip6tables" | "iptables-legacy" | "ip6tables-legacy" => {
            xtables(node(), tool.starts_with("ip6"), words, typed)
        }
        "iptables-save" | "ip6tables-save" => owned(&["-t", "-c"]),
        "nft" => nft(node(), words),
        "ipset" => match words {
            [] => owned(&["add", "create", "del", "destroy", "flush", "list", "rename", "save", "swap", "test"]),
            [_] => node()
                .map_or_else(Vec::new, |node| node.stack.ipsets.iter().map(|set| set.name().to_string()).collect()),
            _ => Vec::new(),
        },
        "ipvsadm" => ipvsadm(node(), words),
        "conntrack" => owned(&["-L", "-D", "-F", "-C", "-p", "-s", "-d", "--sport", "--dport", "--state", "-f", "-o"]),
        "ip" => match words {
            [] => owned(&["addr", "link", "route", "rule"]),
            [_] => owned(&["add", "del", "show", "get"]),
            [.., "dev"] => node()
                .map_or_else(Vec::new, |node| node.stack.routing.device_names().map(ToString::to_string).collect()),
            _ => owned(&["dev", "via", "src", "table"]),
        },
        "modprobe" => owned(&["ip_vs", "ip_vs_rr", "ip_vs_sh", "ip_vs_wrr", "nf_conntrack"]),
        "grep" => owned(&["-A", "-B", "-E", "-c", "-i", "-n", "-o", "-v", "-w"]),
        _ => Vec::new(),
    }
}

const COMMANDS: [&str; 13] = ["-A", "-C", "-D", "-E", "-F", "-I", "-L", "-N", "-P", "-R", "-S", "-X", "-Z"];

fn xtables(node: Option<&Node>, is_v6: bool, words: &[&str], typed: &str) -> Vec<String> {
    let named = words.iter().position(|word| *word == "-t").and_then(|at| words.get(at + 1));
    let table = named.and_then(|name| XtTable::from_name(name)).unwrap_or(XtTable::Filter);
    let chains = || -> Vec<String> {
        let Some(node) = node else {
            return Vec::new();
        };
        let tables = if is_v6 { &node.iptables.v6 } else { &node.iptables.v4 };
        let found = tables.table(table).map(|table| table.chains().map(|(_, chain)| chain.name.to_string()).collect());
        found.unwrap_or_else(|| table.hooks().iter().map(|hook| hook.chain().to_owned()).collect())
    };
    match words.last().copied() {
        Some("-t") => XtTable::ALL.map(|table| table.name().to_owned()).to_vec(),
        Some(command) if COMMANDS.contains(&command) && !typed.starts_with('-') => chains(),
        Some("-j") => {
            chains().into_iter().chain(options::TARGETS.iter().map(|target| target.name.to_owned())).collect()
        }
        Some("-m") => options::MATCHES.iter().map(|test| test.name.to_owned()).collect(),
        Some("-p") => owned(&["tcp", "udp", "sctp", "icmp"]),
        _ => {
            let rule = ["-t", "-p", "-s", "-d", "-i", "-o", "-m", "-j", "-n", "-v", "-x", "--line-numbers"];
            let loaded = options::MATCHES
                .iter()
                .filter(|test| words.windows(2).any(|pair| matches!(pair, ["-m" | "-p", name] if *name == test.name)));
            let of_matches = loaded.flat_map(|test| test.options).map(|option| option.name.to_owned());
            owned(&COMMANDS).into_iter().chain(owned(&rule)).chain(of_matches).collect()
        }
    }
}

fn nft(node: Option<&Node>, words: &[&str]) -> Vec<String> {
    const FAMILIES: [&str; 5] = ["ip", "ip6", "inet", "bridge", "netdev"];
    let words: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let tables = |family: &str| -> Vec<String> {
        let tables = node.into_iter().flat_map(|node| node.nftables.tables());
        tables
            .filter(|(_, table)| table.family.to_string() == family)
            .map(|(_, table)| table.name.to_string())
            .collect()
    };
    match words.as_slice() {
        [] => owned(&["add", "create", "delete", "flush", "insert", "list", "replace"]),
        ["list"] => owned(&["chain", "chains", "map", "maps", "ruleset", "set", "sets", "table", "tables"]),
        ["flush"] => owned(&["chain", "ruleset", "set", "map", "table"]),
        [_] => owned(&["chain", "element", "map", "rule", "set", "table"]),
        [_, "ruleset"] | [_, _] => owned(&FAMILIES),
        [_, _, family] => tables(family),
        [_, kind, family, table] => {
            let found = node.into_iter().flat_map(|node| node.nftables.tables().map(|(_, table)| table));
            let found = found.filter(|known| known.family.to_string() == **family && *known.name == **table);
            match *kind {
                "chain" | "rule" => {
                    found.flat_map(|table| table.chains.iter()).map(|(_, chain)| chain.name.to_string()).collect()
                }
                _ => found.flat_map(|table| table.sets.iter()).map(|(_, set)| set.name.to_string()).collect(),
            }
        }
        _ => Vec::new(),
    }
}

fn ipvsadm(node: Option<&Node>, words: &[&str]) -> Vec<String> {
    let services = || -> Vec<String> {
        node.into_iter()
            .flat_map(|node| node.ipvs.services())
            .map(|service| service.key.to_string())
            .filter_map(|key| key.split_whitespace().last().map(str::to_owned))
            .collect()
    };
    match words.last().copied() {
        Some("-t" | "-u") => services(),
        Some("-s") => crate::ipvs::Scheduler::ALL.map(|scheduler| scheduler.name().to_owned()).to_vec(),
        _ => owned(&[
            "-A",
            "-C",
            "-D",
            "-E",
            "-L",
            "-S",
            "-Z",
            "-a",
            "-d",
            "-e",
            "-m",
            "-n",
            "-r",
            "-s",
            "-t",
            "-u",
            "-w",
            "--stats",
            "--timeout",
        ]),
    }
}
