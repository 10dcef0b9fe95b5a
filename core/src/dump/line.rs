use super::Format;
use crate::net::Family;

/// What a line tells of the text that it is in.
pub(super) enum Tells {
    Format(Format),
    /// It is a form that is made for reading only.
    Instead {
        what: &'static str,
        command: &'static str,
    },
}

/// None if the line could be in any text.
pub(super) fn tell(line: &str, text: &str) -> Option<Tells> {
    let words: Vec<&str> = line.split_whitespace().take(6).collect();
    let for_eyes = for_eyes(line, &words);
    for_eyes.or_else(|| format(line, &words, text).map(Tells::Format))
}

fn format(line: &str, words: &[&str], text: &str) -> Option<Format> {
    Some(match *words {
        _ if line.starts_with(['{', '[']) => return json(text),
        _ if line.starts_with('*') && words.len() == 1 => Format::IptablesSave(family(text)),
        [
            "-A" | "-E",
            "-t" | "-u" | "-f" | "--tcp-service" | "--udp-service" | "--sctp-service" | "--fwmark-service",
            ..,
        ]
        | ["-a", "-t" | "-u" | "-f" | "--tcp-service" | "--udp-service" | "--sctp-service" | "--fwmark-service", ..] => {
            Format::IpvsadmSave
        }
        ["-P" | "-N" | "-A", _, ..] => Format::IptablesCommands(family(text)),
        ["create", _, kind, ..] if ["hash:", "bitmap:", "list:"].iter().any(|known| kind.starts_with(known)) => {
            Format::IpsetSave
        }
        ["table", _, ..] | ["flush", "ruleset"] | ["define", ..] => Format::Nft,
        ["add" | "create" | "delete" | "destroy" | "flush" | "insert" | "replace", object, ..] if is_nft(object) => {
            Format::Nft
        }
        ["apiVersion:" | "kind:" | "items:" | "metadata:", ..] | ["---"] => Format::Kubernetes,
        [_, _, ..] if line.contains(" src=") && line.contains(" dst=") => Format::Conntrack,
        [index, ..] if is_number_with_colon(index) => return of_iproute(words),
        [destination, ..] if is_route(destination, words) => Format::IpRoute,
        _ => return None,
    })
}

fn is_nft(object: &str) -> bool {
    matches!(
        object,
        "table" | "chain" | "rule" | "set" | "map" | "element" | "counter" | "quota" | "limit" | "flowtable" | "ct"
    )
}

/// `2: eth0: <UP>`, `2: eth0    inet …`, `32766: from all lookup main`
fn of_iproute(words: &[&str]) -> Option<Format> {
    match words {
        [_, "from" | "not", ..] => Some(Format::IpRule),
        [_, name, ..] if name.ends_with(':') => Some(Format::IpAddress),
        [_, _, "inet" | "inet6", ..] => Some(Format::IpAddress),
        _ => None,
    }
}

fn is_number_with_colon(word: &str) -> bool {
    word.strip_suffix(':').is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_route(destination: &str, words: &[&str]) -> bool {
    let is_destination = |word: &str| {
        word == "default" || word.parse::<ipnet::IpNet>().is_ok() || word.parse::<std::net::IpAddr>().is_ok()
    };
    let types =
        ["unicast", "local", "broadcast", "multicast", "anycast", "blackhole", "unreachable", "prohibit", "throw"];
    match words {
        [_, prefix, ..] if types.contains(&destination) => is_destination(prefix),
        [_] => is_destination(destination),
        [_, next, ..] => {
            let known = ["via", "dev", "proto", "scope", "src", "metric", "nhid", "encap", "table", "mtu"];
            is_destination(destination) && known.contains(next)
        }
        [] => false,
    }
}

/// Which of the formats in JSON it is.
fn json(text: &str) -> Option<Format> {
    const HEAD: usize = 4096;
    let end = (0..=HEAD.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let head = &text[..end];
    if head.contains("\"nftables\"") {
        Some(Format::NftJson)
    } else if head.contains("\"apiVersion\"") || head.contains("\"kind\"") {
        Some(Format::Kubernetes)
    } else {
        None
    }
}

/// Rules do not say their family: the comment of `ip6tables-save` does, or an address, or what only IPv6 has.
fn family(text: &str) -> Family {
    let is_v6 = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        if line.starts_with('#') {
            return words.any(|word| word.starts_with("ip6tables"));
        }
        words.any(|word| {
            let address = word.trim_start_matches('[').split(['/', '-', ']']).next().unwrap_or_default();
            word == "ipv6-icmp" || word.starts_with("icmp6-") || address.parse::<std::net::Ipv6Addr>().is_ok()
        })
    };
    if text.lines().any(is_v6) { Family::V6 } else { Family::V4 }
}

fn for_eyes(line: &str, words: &[&str]) -> Option<Tells> {
    let (what, command) = match *words {
        ["Chain", _, ..] if line.ends_with(')') => ("iptables -L", "iptables-save"),
        ["IP", "Virtual", "Server", ..] => ("ipvsadm -L", "ipvsadm -S -n"),
        ["IPVS", "connection", "entries"] => ("ipvsadm -L -c", "ipvsadm -S -n"),
        ["Name:", _] => ("ipset list", "ipset save"),
        ["Kernel", "IP" | "IPv6", "routing", "table"] => ("route", "ip route"),
        [name, flags, ..] if name.ends_with(':') && flags.starts_with("flags=") => ("ifconfig", "ip addr"),
        ["NAME", ..] | ["NAMESPACE", "NAME", ..] => ("kubectl get", "kubectl get -o yaml"),
        ["lo", "UNKNOWN", ..] => ("ip -br addr", "ip addr"),
        _ => return None,
    };
    Some(Tells::Instead { what, command })
}
