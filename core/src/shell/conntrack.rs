//! `conntrack` 1.4.7: what a node remembers of connections.

mod entry;

use std::net::IpAddr;

use super::call::Call;
use super::getopt::{Argument, Bad, Given, Options, parse};
use super::{Monitor, Status};
use crate::net::{Family, Protocol, Tuple};
use crate::netfilter::Seconds;
use crate::netfilter::conntrack::listing::{Form, Listing};
use crate::netfilter::conntrack::{Connection, Direction, TcpState};

const OPTIONS: &Options = &[
    ('L', "dump", Argument::Glued),
    ('D', "delete", Argument::Glued),
    ('F', "flush", Argument::Glued),
    ('E', "event", Argument::Glued),
    ('C', "count", Argument::Glued),
    ('G', "get", Argument::Glued),
    ('I', "create", Argument::Glued),
    ('U', "update", Argument::Glued),
    ('S', "stats", Argument::Glued),
    ('V', "version", Argument::None),
    ('h', "help", Argument::None),
    ('p', "proto", Argument::Required),
    ('f', "family", Argument::Required),
    ('s', "orig-src", Argument::Required),
    ('s', "src", Argument::Required),
    ('d', "orig-dst", Argument::Required),
    ('d', "dst", Argument::Required),
    ('r', "reply-src", Argument::Required),
    ('q', "reply-dst", Argument::Required),
    ('m', "mark", Argument::Required),
    ('o', "output", Argument::Required),
    ('n', "src-nat", Argument::Glued),
    ('g', "dst-nat", Argument::Glued),
    ('j', "any-nat", Argument::Glued),
    ('x', "sport", Argument::Required),
    ('x', "orig-port-src", Argument::Required),
    ('y', "dport", Argument::Required),
    ('y', "orig-port-dst", Argument::Required),
    ('k', "reply-port-src", Argument::Required),
    ('l', "reply-port-dst", Argument::Required),
    ('a', "state", Argument::Required),
    ('t', "timeout", Argument::Required),
    ('u', "status", Argument::Required),
];

/// What may follow a word.
pub(super) fn words(last: Option<&str>) -> Vec<String> {
    /// Letters that only this file has for names.
    const NO_LETTERS: [char; 5] = ['a', 'k', 'l', 'x', 'y'];
    let listed: &[&str] = match last {
        Some("-p" | "--proto") => &["dccp", "gre", "icmp", "icmpv6", "sctp", "tcp", "udp", "udplite"],
        Some("-f" | "--family") => &["ipv4", "ipv6"],
        Some("-o" | "--output") => &["extended", "id", "ktimestamp", "labels", "save", "timestamp", "xml"],
        Some("--state") => {
            &["CLOSE", "CLOSE_WAIT", "ESTABLISHED", "FIN_WAIT", "LAST_ACK", "NONE", "SYN_RECV", "SYN_SENT", "TIME_WAIT"]
        }
        Some("-u" | "--status") => &["ASSURED", "SEEN_REPLY", "UNSET"],
        _ => {
            let long = OPTIONS.iter().map(|(_, name, _)| format!("--{name}"));
            let short = OPTIONS.iter().map(|(letter, ..)| letter).filter(|letter| !NO_LETTERS.contains(letter));
            return long.chain(short.map(|letter| format!("-{letter}"))).collect();
        }
    };
    listed.iter().map(|word| (*word).to_owned()).collect()
}

/// What `--status` names.
#[derive(Clone, Copy, Default)]
struct Wanted {
    assured: bool,
    seen_reply: bool,
}

/// Which entries a command is about, and what it makes of them.
#[derive(Clone, Copy, Default)]
struct Filter<'w> {
    protocol: Option<Protocol>,
    family: Option<Family>,
    source: Option<IpAddr>,
    destination: Option<IpAddr>,
    reply_source: Option<IpAddr>,
    reply_destination: Option<IpAddr>,
    ports: [Option<u16>; 4],
    state: Option<&'w str>,
    mark: Option<u32>,
    translated: [bool; 2],
    timeout: Option<Seconds>,
    status: Wanted,
}

impl Filter<'_> {
    /// Whether anything is said of what answers look like.
    fn has_reply(&self) -> bool {
        let [.., from, to] = self.ports;
        self.reply_source.is_some() || self.reply_destination.is_some() || from.is_some() || to.is_some()
    }

    fn takes(&self, connection: &Connection) -> bool {
        let Connection { original, reply, .. } = connection;
        let address = |wanted: Option<IpAddr>, is: IpAddr| wanted.is_none_or(|wanted| wanted == is);
        let ports = [original.src.port, original.dst.port, reply.src.port, reply.dst.port];
        let [source, destination] = [connection.status.src_nat, connection.status.dst_nat];
        self.protocol.is_none_or(|protocol| protocol == original.protocol)
            && self.family.is_none_or(|family| family == original.family())
            && address(self.source, original.src.address)
            && address(self.destination, original.dst.address)
            && address(self.reply_source, reply.src.address)
            && address(self.reply_destination, reply.dst.address)
            && self.ports.iter().zip(ports).all(|(wanted, is)| wanted.is_none_or(|wanted| wanted == is))
            && self.state.is_none_or(|state| connection.progress.state() == Some(state))
            && self.mark.is_none_or(|mark| connection.mark == mark)
            && (!self.status.assured || connection.status.assured)
            && (!self.status.seen_reply || connection.status.seen_reply)
            && (self.translated == [false, false]
                || (self.translated[0] && source)
                || (self.translated[1] && destination))
    }
}

/// `-h` of conntrack 1.4.7.
const USAGE: &str = include_str!("conntrack/usage.txt");

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let given = match parse(&words, OPTIONS) {
        Ok(given) => given,
        Err(Bad::Unknown(option)) => return wrong(call, &format!("unknown option `{option}'")),
        Err(Bad::NoArgument(option)) => return wrong(call, &format!("option `{option}' requires an argument")),
    };
    let is_command = |letter: char| matches!(letter, 'L' | 'D' | 'F' | 'E' | 'C' | 'G' | 'I' | 'U' | 'S' | 'V' | 'h');
    let commands: Vec<char> = given
        .iter()
        .filter_map(|given| if let Given::Option(letter, _) = given { Some(*letter) } else { None })
        .filter(|letter| is_command(*letter))
        .collect();
    let [command] = commands.as_slice() else {
        if commands.is_empty() {
            call.out(USAGE);
            return 0;
        }
        return wrong(call, "Invalid commands combination");
    };
    if let Some(Given::Word(word)) =
        given.iter().find(|given| matches!(given, Given::Word(_))).filter(|word| **word != Given::Word("conntrack"))
    {
        let text = format!("unknown type `{word}'");
        return wrong(call, &text);
    }
    let (filter, form) = match filter(call, &given) {
        Ok(filter) => filter,
        Err(status) => return status,
    };
    if filter.timeout.is_some() && !matches!(command, 'I' | 'U') {
        return match command {
            'L' => wrong(call, "Illegal option `--timeout' with this command"),
            other => call.not_modelled(&format!("-{other} with -t")),
        };
    }
    if matches!(command, 'C' | 'S') && given.len() > 1 {
        return match filter.protocol {
            Some(_) => wrong(call, "Illegal option `--protonum' with this command"),
            None => call.not_modelled(&format!("-{command} with an option")),
        };
    }
    match command {
        'L' => list(call, &filter, form),
        'D' => delete(call, &filter, form),
        'F' => flush(call),
        'C' => {
            let count = entries(call, &Filter::default()).len();
            call.out(&format!("{count}\n"));
            0
        }
        'V' => {
            call.out("conntrack v1.4.7 (conntrack-tools)\n");
            0
        }
        'h' => {
            call.out(USAGE);
            0
        }
        'E' if given.len() > 1 => call.not_modelled("-E with a filter"),
        'E' => {
            let monitor = Monitor::connections(call.lab, call.at);
            call.listen(monitor)
        }
        'I' => entry::create(call, &filter),
        'G' => entry::get(call, &filter, form),
        'U' => entry::update(call, &filter, form),
        'S' => entry::statistics(call),
        other => call.not_modelled(&format!("-{other}")),
    }
}

const NAME: &str = "conntrack v1.4.7 (conntrack-tools)";

fn wrong(call: &mut Call<'_>, message: &str) -> Status {
    call.err(&format!("{NAME}: {message}\nTry `conntrack -h' or 'conntrack --help' for more information.\n"));
    2
}

fn filter<'w>(call: &mut Call<'_>, given: &[Given<'w>]) -> Result<(Filter<'w>, Form), Status> {
    let mut filter = Filter::default();
    let mut form = Form::Plain;
    // Options of a protocol are known once it is named, wherever that is.
    let named = given.iter().find_map(|given| if let Given::Option('p', name) = given { *name } else { None });
    for given in given {
        let Given::Option(letter, value) = *given else { continue };
        let text = value.unwrap_or_default();
        match letter {
            'p' => {
                filter.protocol =
                    Some(protocol(text).ok_or_else(|| wrong(call, &format!("`{text}' unsupported protocol")))?)
            }
            'f' => {
                filter.family = match text {
                    "ipv4" => Some(Family::V4),
                    "ipv6" => Some(Family::V6),
                    _ => return Err(wrong(call, &format!("Unknown family `{text}'"))),
                };
            }
            's' | 'd' | 'r' | 'q' => {
                let address = text.parse().map_err(|_| wrong(call, &format!("Invalid IP address `{text}'")))?;
                let place = match letter {
                    's' => &mut filter.source,
                    'd' => &mut filter.destination,
                    'r' => &mut filter.reply_source,
                    _ => &mut filter.reply_destination,
                };
                *place = Some(address);
            }
            'x' | 'y' | 'k' | 'l' | 'a' if named.is_none() => {
                return Err(wrong(call, &format!("unknown option `{}'", written(call, letter))));
            }
            'x' | 'y' | 'k' | 'l' => {
                let place = ['x', 'y', 'k', 'l'].iter().position(|known| *known == letter).unwrap_or(0);
                let port = text.parse().map_err(|_| call.not_modelled(text))?;
                filter.ports[place] = Some(port);
            }
            'a' if filter.protocol == Some(Protocol::Tcp) && TcpState::from_name(text).is_none() => {
                return Err(wrong(call, &format!("unknown TCP state `{text}'")));
            }
            'a' => filter.state = Some(text),
            'm' => filter.mark = Some(mark(text).ok_or_else(|| call.not_modelled(text))?),
            't' => filter.timeout = Some(text.parse().map_err(|_| call.not_modelled(text))?),
            'u' => filter.status = status(call, text)?,
            'n' => filter.translated[0] = true,
            'g' => filter.translated[1] = true,
            'j' => filter.translated = [true, true],
            'o' => {
                form = match text {
                    "extended" => Form::Extended,
                    _ => return Err(call.not_modelled(&format!("-o {text}"))),
                };
            }
            _ => {}
        }
    }
    Ok((filter, form))
}

fn mark(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn status(call: &mut Call<'_>, text: &str) -> Result<Wanted, Status> {
    let mut wanted = Wanted::default();
    for name in text.split(',') {
        match name {
            "ASSURED" => wanted.assured = true,
            "SEEN_REPLY" => wanted.seen_reply = true,
            "UNSET" | "FIXED_TIMEOUT" | "EXPECTED" | "CONFIRMED" | "SNAT" | "DNAT" | "SEQ_ADJUST" | "UNREPLIED"
            | "OFFLOAD" | "HW_OFFLOAD" => return Err(call.not_modelled(&format!("--status {name}"))),
            _ => return Err(wrong(call, &format!("Bad parameter `{text}'"))),
        }
    }
    Ok(wanted)
}

/// An option as it was typed.
fn written(call: &Call<'_>, letter: char) -> String {
    let names: Vec<&str> = OPTIONS.iter().filter(|(known, ..)| *known == letter).map(|(_, long, _)| *long).collect();
    let is_it = |word: &&String| {
        word.strip_prefix("--")
            .is_some_and(|word| names.iter().any(|name| name.starts_with(word.split('=').next().unwrap_or(word))))
    };
    call.words.iter().find(is_it).cloned().unwrap_or_default()
}

fn protocol(text: &str) -> Option<Protocol> {
    Some(match text {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "sctp" => Protocol::Sctp,
        "icmp" => Protocol::Icmp,
        "icmpv6" => Protocol::Icmpv6,
        _ => return text.parse().ok().map(Protocol::from_number),
    })
}

/// The entries that are not over, in the order in which they were made.
fn entries<'c>(call: &'c Call<'_>, filter: &Filter<'_>) -> Vec<&'c Connection> {
    let now = call.now();
    let Some(node) = call.node() else {
        return Vec::new();
    };
    node.stack.conntrack.entries().filter(|entry| entry.expires > now && filter.takes(entry)).collect()
}

fn print(call: &Call<'_>, entries: &[&Connection], form: Form) -> String {
    let now = call.now();
    Listing::of_entries(entries.iter().copied(), form, now).to_string()
}

fn list(call: &mut Call<'_>, filter: &Filter<'_>, form: Form) -> Status {
    let entries = entries(call, filter);
    let (text, count) = (print(call, &entries, form), entries.len());
    call.out(&text);
    call.err(&format!("{NAME}: {count} flow entries have been shown.\n"));
    0
}

fn delete(call: &mut Call<'_>, filter: &Filter<'_>, form: Form) -> Status {
    let entries = entries(call, filter);
    let text = print(call, &entries, form);
    let gone: Vec<Tuple> = entries.iter().map(|entry| entry.original).collect();
    remove(call, &gone);
    let count = gone.len();
    call.out(&text);
    call.err(&format!("{NAME}: {count} flow entries have been deleted.\n"));
    Status::from(count == 0)
}

fn flush(call: &mut Call<'_>) -> Status {
    let all: Vec<Tuple> = entries(call, &Filter::default()).iter().map(|entry| entry.original).collect();
    remove(call, &all);
    call.err(&format!("{NAME}: connection tracking table has been emptied.\n"));
    0
}

fn remove(call: &mut Call<'_>, gone: &[Tuple]) {
    if gone.is_empty() {
        return;
    }
    call.forget(|node| {
        let conntrack = &mut node.stack.conntrack;
        for tuple in gone {
            if let Some((id, Direction::Original)) = conntrack.find_flow(tuple) {
                conntrack.delete(id);
            }
        }
    });
}
