//! `sysctl` of procps 4.0.2, and the same settings as files under `/proc/sys`.

use regex_lite::Regex;

use super::Status;
use super::call::Call;
use super::getopt::{Argument, Bad, Given, Options, parse};
use crate::netfilter::routing::ReversePath;
use crate::netfilter::{Seconds, Setting};
use crate::node::Node;

const OPTIONS: &Options = &[
    ('a', "all", Argument::None),
    ('A', "", Argument::None),
    ('e', "ignore", Argument::None),
    ('n', "values", Argument::None),
    ('N', "names", Argument::None),
    ('q', "quiet", Argument::None),
    ('w', "write", Argument::None),
    ('r', "pattern", Argument::Required),
];

/// The settings that the lab's nodes have, with their values, by name.
fn settings(node: &Node) -> Vec<(String, String)> {
    let (routing, ipvs) = (&node.stack.routing, &node.ipvs.sysctls);
    let (conntrack, fragments) = (&node.stack.conntrack.settings, &node.stack.fragments.lifetimes);
    let switch = |is_on: bool| u8::from(is_on).to_string();
    let reverse_path = match routing.reverse_path {
        ReversePath::Any => "0",
        ReversePath::Strict => "1",
        ReversePath::Loose => "2",
    };
    let timeouts = &conntrack.timeouts;
    let tcp = ["syn_sent", "syn_recv", "established", "fin_wait", "close_wait", "last_ack", "time_wait", "close"];
    let timeout = |name: &str, seconds: Seconds| (format!("net.netfilter.nf_conntrack_{name}"), seconds.to_string());
    let mut all: Vec<(String, String)> = [
        ("net.ipv4.conf.all.arp_announce", routing.arp.announce.to_string()),
        ("net.ipv4.conf.all.arp_ignore", routing.arp.ignore.to_string()),
        ("net.ipv4.conf.all.forwarding", switch(routing.forwards.v4)),
        ("net.ipv4.conf.all.route_localnet", switch(routing.route_localnet)),
        ("net.ipv4.conf.all.rp_filter", reverse_path.to_owned()),
        ("net.ipv4.ip_forward", switch(routing.forwards.v4)),
        ("net.ipv4.ipfrag_time", fragments.v4.to_string()),
        ("net.ipv4.vs.conn_reuse_mode", ipvs.conn_reuse_mode.to_string()),
        ("net.ipv4.vs.conntrack", switch(ipvs.conntrack)),
        ("net.ipv4.vs.expire_nodest_conn", switch(ipvs.expire_nodest_conn)),
        ("net.ipv4.vs.expire_quiescent_template", switch(ipvs.expire_quiescent_template)),
        ("net.ipv4.vs.nat_icmp_send", switch(ipvs.nat_icmp_send)),
        ("net.ipv4.vs.sloppy_tcp", switch(ipvs.sloppy_tcp)),
        ("net.ipv6.conf.all.forwarding", switch(routing.forwards.v6)),
        ("net.netfilter.nf_conntrack_buckets", conntrack.buckets.to_string()),
        ("net.netfilter.nf_conntrack_frag6_timeout", fragments.v6.to_string()),
        ("net.netfilter.nf_conntrack_max", conntrack.max.to_string()),
        ("net.netfilter.nf_conntrack_tcp_loose", switch(conntrack.tcp_loose)),
        ("net.nf_conntrack_max", conntrack.max.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    all.extend([
        timeout("generic_timeout", timeouts.generic),
        timeout("icmp_timeout", timeouts.icmp),
        timeout("icmpv6_timeout", timeouts.icmpv6),
        timeout("tcp_timeout_unacknowledged", timeouts.tcp_unacknowledged),
        timeout("udp_timeout", timeouts.udp),
        timeout("udp_timeout_stream", timeouts.udp_stream),
    ]);
    let states = tcp.into_iter().zip(timeouts.tcp.iter().skip(1));
    all.extend(states.map(|(state, seconds)| timeout(&format!("tcp_timeout_{state}"), *seconds)));
    all.sort();
    all
}

/// `net/ipv4/ip_forward` is another way to write a name.
fn dotted(name: &str) -> String {
    let first = name.find(['.', '/']).and_then(|at| name[at..].chars().next());
    if first == Some('/') { name.replace('/', ".") } else { name.to_owned() }
}

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let given = match parse(&words, OPTIONS) {
        Ok(given) => given,
        Err(Bad::Unknown(option) | Bad::NoArgument(option)) => return call.not_modelled(&option),
    };
    let has = |letter| given.contains(&Given::Option(letter, None));
    let style = Style { values: has('n'), names: has('N'), quiet: has('q') };
    let pattern = given.iter().find_map(|given| if let Given::Option('r', pattern) = given { *pattern } else { None });
    if has('a') || has('A') {
        return list(call, pattern, &style);
    }
    let mut status = 0;
    let mut is_asked = false;
    for given in &given {
        let Given::Word(word) = given else { continue };
        is_asked = true;
        status |= match word.split_once('=') {
            Some((name, value)) => set(call, &dotted(name.trim()), value.trim(), &style),
            None if has('w') => {
                call.err("sysctl: command line(0): invalid syntax, continuing...\n");
                1
            }
            None => get(call, &dotted(word), has('e'), &style),
        };
    }
    if is_asked { status } else { call.not_modelled("the usage") }
}

struct Style {
    values: bool,
    names: bool,
    quiet: bool,
}

impl Style {
    fn text(&self, name: &str, value: &str) -> String {
        match self {
            Self { names: true, .. } => format!("{name}\n"),
            Self { values: true, .. } => format!("{value}\n"),
            _ => format!("{name} = {value}\n"),
        }
    }
}

fn list(call: &mut Call<'_>, pattern: Option<&str>, style: &Style) -> Status {
    let pattern = match pattern.map(Regex::new).transpose() {
        Ok(pattern) => pattern,
        Err(_) => return call.not_modelled("such a pattern"),
    };
    let all = call.node().map(settings).unwrap_or_default();
    let wanted = all.iter().filter(|(name, _)| pattern.as_ref().is_none_or(|pattern| pattern.is_match(name)));
    let text: String = wanted.map(|(name, value)| style.text(name, value)).collect();
    call.out(&text);
    call.remark(crate::message!("shell-sysctl-some"));
    0
}

/// The value of a setting, by its name or as a file.
pub(super) fn value(call: &Call<'_>, name: &str) -> Option<String> {
    let all = call.node().map(settings)?;
    all.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

fn get(call: &mut Call<'_>, name: &str, ignores: bool, style: &Style) -> Status {
    match value(call, name) {
        Some(value) => {
            call.out(&style.text(name, &value));
            0
        }
        None if ignores => 0,
        None => unknown(call, name),
    }
}

fn unknown(call: &mut Call<'_>, name: &str) -> Status {
    call.remark(crate::message!("shell-sysctl-unknown", name = name));
    1
}

fn set(call: &mut Call<'_>, name: &str, value: &str, style: &Style) -> Status {
    let done = call.change(|node, _| match node.set_sysctl(name, value) {
        Setting::Set => Ok(()),
        other => Err(other),
    });
    match done {
        None => 1,
        Some(Err(Setting::Unknown)) => unknown(call, name),
        Some(Err(Setting::Refused(expected))) => {
            call.err(&format!("sysctl: setting key \"{name}\": Invalid argument\n"));
            call.remark(crate::message!("shell-sysctl-expected", name = name, expected = expected));
            1
        }
        Some(other) => {
            if !style.quiet {
                call.out(&style.text(name, value));
            }
            if let Err(Setting::WithoutEffect(why)) = other {
                call.remark(crate::message!("shell-sysctl-without-effect", name = name, why = why));
            }
            0
        }
    }
}

/// The name of a setting whose file this is.
pub(super) fn of_file(path: &str) -> Option<String> {
    path.strip_prefix("/proc/sys/").map(|name| name.replace('/', "."))
}
