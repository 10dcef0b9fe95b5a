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
        _ if names_a_file(&words, typed) => files(lab, at, typed),
        None => programs(at),
        Some((tool, words)) => arguments(lab, at, tool, words, typed),
    };
    candidates.retain(|candidate| candidate.starts_with(typed));
    candidates.sort_unstable();
    candidates.dedup();
    Completion { start, candidates }
}

/// Whether a word is the name of a file: behind a redirect or an option for it, or of a program that reads files.
fn names_a_file(words: &[&str], typed: &str) -> bool {
    const READERS: [&str; 9] = ["cat", "head", "less", "more", "sort", "tail", "uniq", "wc", "iptables-restore"];
    let (tool, last) = (words.first().copied().unwrap_or_default(), words.last().copied().unwrap_or_default());
    match (tool, last) {
        (_, "<" | ">" | ">>" | "2>" | "2>>" | "&>") => true,
        ("kubectl", "-f" | "--filename") | ("nft", "-f" | "--file") => true,
        // The first word is what is looked for, or done.
        ("grep" | "sed", _) => words.len() > 1 && !typed.starts_with('-'),
        _ => READERS.contains(&tool) && !typed.starts_with('-'),
    }
}

/// Those of the machine: by their names alone where the shell is, else from the root.
fn files(lab: &Lab, at: &Location, typed: &str) -> Vec<String> {
    let machine = at.host.to_string();
    let names = lab.files.names(at.mode, &machine);
    let here = format!("{}/", at.folder());
    let name = |name: &str| match name.strip_prefix(&here) {
        Some(name) if !typed.starts_with('/') => Some(name.to_owned()),
        _ => typed.starts_with('/').then(|| name.to_owned()),
    };
    names.filter_map(name).collect()
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
        "nft" => nft(node(), words, typed),
        "ipset" => ipset(node(), words),
        "kubectl" => super::kubectl::complete(lab, words, typed),
        "ssh" => Location::hosts(lab)
            .into_iter()
            .filter_map(|host| if let super::Host::Node(name) = host { Some(name.to_string()) } else { None })
            .collect(),
        // What they run is a line of its own.
        "watch" | "sudo" => match words
            .iter()
            .position(|word| !word.starts_with('-') && !word.starts_with(|sign: char| sign.is_ascii_digit()))
        {
            None => programs(at),
            Some(begin) => arguments(lab, at, words[begin], &words[begin + 1..], typed),
        },
        "ipvsadm" => ipvsadm(node(), words),
        "conntrack" => super::conntrack::words(words.last().copied()),
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

/// What nft's commands take: what is told of by a kind, and kinds of which all are.
const NFT: [(&str, &[&str]); 10] = [
    ("add", &["chain", "counter", "element", "limit", "map", "quota", "rule", "set", "table"]),
    ("create", &["chain", "counter", "map", "quota", "set", "table"]),
    ("delete", &["chain", "counter", "element", "limit", "map", "quota", "rule", "set", "table"]),
    ("destroy", &["chain", "element", "map", "rule", "set", "table"]),
    ("flush", &["chain", "map", "ruleset", "set", "table"]),
    ("get", &["element"]),
    ("insert", &["rule"]),
    (
        "list",
        &[
            "chain", "chains", "counter", "counters", "map", "maps", "quotas", "ruleset", "set", "sets", "table",
            "tables",
        ],
    ),
    ("monitor", &["trace"]),
    ("replace", &["rule"]),
];

fn nft(node: Option<&Node>, words: &[&str], typed: &str) -> Vec<String> {
    const FAMILIES: [&str; 6] = ["arp", "bridge", "inet", "ip", "ip6", "netdev"];
    if typed.starts_with('-') {
        return owned(&["--check", "--echo", "--file", "--handle", "--numeric", "--stateless", "--terse"]);
    }
    let words: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let all = || node.into_iter().flat_map(|node| node.nftables.tables().map(|(_, table)| table));
    // The family may be left out: it is ip then.
    let (family, rest) = match words.get(2..) {
        Some([family, rest @ ..]) if FAMILIES.contains(family) => (*family, rest),
        Some(rest) => ("ip", rest),
        None => ("ip", &[][..]),
    };
    let tables = all().filter(|table| table.family.to_string() == family).map(|table| table.name.to_string());
    match words.as_slice() {
        [] => NFT.iter().map(|(command, _)| (*command).to_owned()).collect(),
        [command] => NFT.iter().find(|(known, _)| known == command).map_or_else(Vec::new, |(_, kinds)| owned(kinds)),
        [_, "chains" | "sets" | "maps" | "tables" | "counters" | "quotas" | "ruleset"] => owned(&FAMILIES),
        [_, _] => tables.chain(owned(&FAMILIES)).collect(),
        [_, kind, ..] => match rest {
            [] => tables.collect(),
            [table] => {
                let found = all().filter(|known| known.family.to_string() == family && *known.name == **table);
                match *kind {
                    "chain" | "rule" => {
                        found.flat_map(|table| table.chains.iter()).map(|(_, chain)| chain.name.to_string()).collect()
                    }
                    "set" | "map" | "element" => {
                        found.flat_map(|table| table.sets.iter()).map(|(_, set)| set.name.to_string()).collect()
                    }
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        },
    }
}

fn ipset(node: Option<&Node>, words: &[&str]) -> Vec<String> {
    let sets =
        || node.into_iter().flat_map(|node| node.stack.ipsets.iter()).map(|set| set.name().to_string()).collect();
    match words {
        [] => owned(&["add", "create", "del", "destroy", "flush", "list", "rename", "save", "swap", "test"]),
        ["create", _] => crate::ipset::TYPES.iter().map(|kind| kind.name.to_owned()).collect(),
        [_] | ["rename" | "swap", _] => sets(),
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
        Some("-t" | "-u" | "--tcp-service" | "--udp-service") => services(),
        Some("-r" | "--real-server") => {
            let servers = node
                .into_iter()
                .flat_map(|node| node.ipvs.services().flat_map(|service| node.ipvs.destinations_of(service)));
            servers.map(|server| server.config.real.to_string()).collect()
        }
        Some("-s" | "--scheduler") => crate::ipvs::Scheduler::ALL.map(|scheduler| scheduler.name().to_owned()).to_vec(),
        _ => IPVSADM.split(' ').map(str::to_owned).collect(),
    }
}

/// `-h` of ipvsadm 1.31.
const IPVSADM: &str = "-A -C -D -E -L -R -S -Z -a -c -d -e -f -g -i -l -m -n -p -r -s -t -u -w --add-server --add-service \
                       --clear --connection --delete-server --delete-service --edit-server --edit-service --exact \
                       --fwmark-service --gatewaying --help --ipip --l-threshold --list --masquerading --numeric \
                       --persistent --rate --real-server --restore --save --scheduler --set --sort --stats \
                       --tcp-service --thresholds --timeout --u-threshold --udp-service --weight --zero";
