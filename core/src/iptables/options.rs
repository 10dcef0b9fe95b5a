//! The one table of what iptables knows: matches, targets, and the options of each. It drives the
//! parser, the printer and the documentation.

use super::argument::Argument;
use super::given::Reader;
use super::matches::{
    addrtype, comment, conntrack, icmp, iprange, ipvs, length, limit, mark, multiport, nfacct, physdev, ports, recent,
    set, statistic, ttl,
};
use super::targets::{log, mark as set_mark, nat, notrack, reject};
use crate::net::Family;
use crate::netfilter::{Hook, XtTable};

/// A match or a target.
pub struct Extension {
    pub name: &'static str,
    /// None for both.
    pub family: Option<Family>,
    /// The only table that it may be used in, if there is one.
    pub table: Option<XtTable>,
    /// The hooks that its rules may be reached from; none for all.
    pub hooks: &'static [Hook],
    /// What it does, in one line.
    pub summary: &'static str,
    pub options: &'static [Choice],
    pub(super) reader: Reader,
}

/// An option of an extension.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    pub name: &'static str,
    /// Another name for it; empty if there is none.
    pub alias: &'static str,
    pub negatable: bool,
    pub argument: Argument,
}

impl Extension {
    /// The option with this name, or the only one that begins so, as `getopt_long` has it.
    pub(super) fn option(&self, name: &str) -> Option<&'static Choice> {
        let options: &'static [Choice] = self.options;
        let exact =
            options.iter().find(|option| option.name == name || (!option.alias.is_empty() && option.alias == name));
        exact.or_else(|| {
            let mut starting =
                options.iter().filter(|option| option.name.starts_with(name) || option.alias.starts_with(name));
            let only = starting.next().filter(|_| name.len() > 2)?;
            starting.next().is_none().then_some(only)
        })
    }

    /// Whether a family has it.
    pub fn serves(&self, family: Family) -> bool {
        self.family.is_none_or(|only| only == family)
    }
}

/// The match with this name, if it is modelled.
pub fn find_match(name: &str, family: Family) -> Option<&'static Extension> {
    MATCHES.iter().find(|extension| extension.name == name && extension.serves(family))
}

/// The target with this name, if it is modelled.
pub fn find_target(name: &str, family: Family) -> Option<&'static Extension> {
    TARGETS.iter().find(|extension| extension.name == name && extension.serves(family))
}

const fn option(name: &'static str, argument: Argument) -> Choice {
    Choice { name, alias: "", negatable: false, argument }
}

const fn negatable(name: &'static str, argument: Argument) -> Choice {
    Choice { name, alias: "", negatable: true, argument }
}

const fn aliased(name: &'static str, alias: &'static str, argument: Argument) -> Choice {
    Choice { name, alias, negatable: true, argument }
}

const fn both(name: &'static str, summary: &'static str, options: &'static [Choice], reader: Reader) -> Extension {
    Extension { name, family: None, table: None, hooks: &[], summary, options, reader }
}

const fn only(
    family: Family,
    name: &'static str,
    summary: &'static str,
    options: &'static [Choice],
    reader: Reader,
) -> Extension {
    Extension { name, family: Some(family), table: None, hooks: &[], summary, options, reader }
}

const fn bound(
    table: Option<XtTable>,
    hooks: &'static [Hook],
    name: &'static str,
    summary: &'static str,
    options: &'static [Choice],
    reader: Reader,
) -> Extension {
    Extension { name, family: None, table, hooks, summary, options, reader }
}

const SPORT: Choice = aliased("--sport", "--source-port", Argument::Ports);
const DPORT: Choice = aliased("--dport", "--destination-port", Argument::Ports);
const NUMBER: Argument = Argument::Number { min: 0, max: u32::MAX };
const POSITIVE: Argument = Argument::Number { min: 1, max: u32::MAX };
const BYTE: Argument = Argument::Number { min: 0, max: 255 };

pub static MATCHES: &[Extension] = &[
    both(
        "addrtype",
        "what the address is to this node: LOCAL, UNICAST, BROADCAST …",
        &[
            negatable("--src-type", Argument::Names(&addrtype::TYPES)),
            negatable("--dst-type", Argument::Names(&addrtype::TYPES)),
            option("--limit-iface-in", Argument::None),
            option("--limit-iface-out", Argument::None),
        ],
        Reader::Match(addrtype::read),
    ),
    both(
        "comment",
        "always matches; carries a comment",
        &[option("--comment", Argument::Text(255))],
        Reader::Match(comment::read),
    ),
    both(
        "connmark",
        "the mark of the connection",
        &[negatable("--mark", Argument::Mark)],
        Reader::Match(mark::read_connmark),
    ),
    both(
        "conntrack",
        "state, status, addresses and direction of the connection",
        &[
            negatable("--ctstate", Argument::Names(&conntrack::STATES)),
            negatable("--ctproto", Argument::Protocol),
            negatable("--ctorigsrc", Argument::Address),
            negatable("--ctorigdst", Argument::Address),
            negatable("--ctreplsrc", Argument::Address),
            negatable("--ctrepldst", Argument::Address),
            negatable("--ctorigsrcport", Argument::Ports),
            negatable("--ctorigdstport", Argument::Ports),
            negatable("--ctreplsrcport", Argument::Ports),
            negatable("--ctrepldstport", Argument::Ports),
            negatable("--ctstatus", Argument::Names(&conntrack::STATUSES)),
            negatable("--ctexpire", Argument::Range(u32::MAX)),
            option("--ctdir", Argument::Names(&conntrack::DIRECTIONS)),
        ],
        Reader::Match(conntrack::read),
    ),
    only(
        Family::V4,
        "icmp",
        "ICMP type and code",
        &[negatable("--icmp-type", Argument::Text(64))],
        Reader::Match(icmp::read_v4),
    ),
    only(
        Family::V6,
        "icmp6",
        "ICMPv6 type and code",
        &[negatable("--icmpv6-type", Argument::Text(64))],
        Reader::Match(icmp::read_v6),
    ),
    both(
        "iprange",
        "an address between two others",
        &[negatable("--src-range", Argument::AddressRange), negatable("--dst-range", Argument::AddressRange)],
        Reader::Match(iprange::read),
    ),
    both(
        "ipvs",
        "the connection that IPVS has for the packet",
        &[
            negatable("--ipvs", Argument::None),
            negatable("--vproto", Argument::Protocol),
            negatable("--vaddr", Argument::Address),
            negatable("--vport", Argument::Ports),
            option("--vdir", Argument::Names(&conntrack::DIRECTIONS)),
            negatable("--vmethod", Argument::Names(&ipvs::METHODS)),
            negatable("--vportctl", Argument::Ports),
        ],
        Reader::Match(ipvs::read),
    ),
    both(
        "length",
        "the length of the packet",
        &[negatable("--length", Argument::Range(0xffff))],
        Reader::Match(length::read),
    ),
    both(
        "limit",
        "at most so many packets in a time",
        &[option("--limit", Argument::Text(32)), option("--limit-burst", Argument::Number { min: 0, max: 10000 })],
        Reader::Match(limit::read),
    ),
    both("mark", "the mark of the packet", &[negatable("--mark", Argument::Mark)], Reader::Match(mark::read_mark)),
    both(
        "multiport",
        "one of several ports",
        &[
            aliased("--sports", "--source-ports", Argument::PortList),
            aliased("--dports", "--destination-ports", Argument::PortList),
            negatable("--ports", Argument::PortList),
        ],
        Reader::Match(multiport::read),
    ),
    both(
        "nfacct",
        "always matches; counts in a named counter",
        &[option("--nfacct-name", Argument::Text(31))],
        Reader::Match(nfacct::read),
    ),
    both(
        "physdev",
        "the bridge port of the packet",
        &[
            negatable("--physdev-is-in", Argument::None),
            negatable("--physdev-in", Argument::Device),
            negatable("--physdev-is-out", Argument::None),
            negatable("--physdev-out", Argument::Device),
            negatable("--physdev-is-bridged", Argument::None),
        ],
        Reader::Match(physdev::read),
    ),
    both(
        "recent",
        "addresses seen before",
        &[
            negatable("--set", Argument::None),
            negatable("--rcheck", Argument::None),
            negatable("--update", Argument::None),
            negatable("--remove", Argument::None),
            option("--seconds", POSITIVE),
            option("--reap", Argument::None),
            option("--hitcount", NUMBER),
            option("--rttl", Argument::None),
            option("--name", Argument::Text(199)),
            option("--mask", Argument::Host),
            option("--rsource", Argument::None),
            option("--rdest", Argument::None),
        ],
        Reader::Match(recent::read),
    ),
    both(
        "sctp",
        "SCTP ports and chunks",
        &[SPORT, DPORT, negatable("--chunk-types", Argument::Two)],
        Reader::Match(ports::read_sctp),
    ),
    both(
        "set",
        "an address, port or both in an ipset",
        &[
            negatable("--match-set", Argument::Set),
            option("--return-nomatch", Argument::None),
            negatable("--update-counters", Argument::None),
            negatable("--update-subcounters", Argument::None),
            negatable("--packets-eq", Argument::Text(20)),
            option("--packets-lt", Argument::Text(20)),
            option("--packets-gt", Argument::Text(20)),
            negatable("--bytes-eq", Argument::Text(20)),
            option("--bytes-lt", Argument::Text(20)),
            option("--bytes-gt", Argument::Text(20)),
        ],
        Reader::Match(set::read),
    ),
    both(
        "state",
        "the state of the connection, in the old spelling of conntrack",
        &[negatable("--state", Argument::Names(&conntrack::OLD_STATES))],
        Reader::Match(conntrack::read_state),
    ),
    both(
        "statistic",
        "some packets: at random or each n-th",
        &[
            option("--mode", Argument::Text(8)),
            negatable("--probability", Argument::Probability),
            negatable("--every", POSITIVE),
            option("--packet", NUMBER),
        ],
        Reader::Match(statistic::read),
    ),
    both(
        "tcp",
        "TCP ports and flags",
        &[
            SPORT,
            DPORT,
            negatable("--tcp-option", Argument::Number { min: 1, max: 255 }),
            negatable("--tcp-flags", Argument::TcpFlags),
            negatable("--syn", Argument::None),
        ],
        Reader::Match(ports::read_tcp),
    ),
    only(
        Family::V4,
        "ttl",
        "the time to live",
        &[negatable("--ttl-eq", BYTE), option("--ttl-lt", BYTE), option("--ttl-gt", BYTE)],
        Reader::Match(ttl::read_ttl),
    ),
    only(
        Family::V6,
        "hl",
        "the hop limit",
        &[negatable("--hl-eq", BYTE), option("--hl-lt", BYTE), option("--hl-gt", BYTE)],
        Reader::Match(ttl::read_hl),
    ),
    both("udp", "UDP ports", &[SPORT, DPORT], Reader::Match(ports::read_udp)),
];

pub static TARGETS: &[Extension] = &[
    both("ACCEPT", "the packet may go on", &[], Reader::Target(super::targets::read_accept)),
    both("DROP", "the packet is gone", &[], Reader::Target(super::targets::read_drop)),
    both("RETURN", "back to the calling chain, or to the policy", &[], Reader::Target(super::targets::read_return)),
    both(
        "CONNMARK",
        "sets the mark of the connection, or copies it from or to the packet",
        &[
            option("--set-xmark", Argument::Mark),
            option("--set-mark", Argument::Mark),
            option("--and-mark", Argument::Bits),
            option("--or-mark", Argument::Bits),
            option("--xor-mark", Argument::Bits),
            option("--save-mark", Argument::None),
            option("--restore-mark", Argument::None),
            option("--left-shift-mark", Argument::Number { min: 0, max: 32 }),
            option("--right-shift-mark", Argument::Number { min: 0, max: 32 }),
            option("--nfmask", Argument::Bits),
            option("--ctmask", Argument::Bits),
            option("--mask", Argument::Bits),
        ],
        Reader::Target(set_mark::read_connmark),
    ),
    bound(
        Some(XtTable::Nat),
        &[Hook::Prerouting, Hook::Output],
        "DNAT",
        "a new destination for the connection",
        &[
            option("--to-destination", Argument::Text(120)),
            option("--random", Argument::None),
            option("--persistent", Argument::None),
        ],
        Reader::Target(nat::read_dnat),
    ),
    both(
        "LOG",
        "writes the packet to the kernel log and goes on",
        &[
            option("--log-prefix", Argument::Text(29)),
            option("--log-level", Argument::Text(8)),
            option("--log-tcp-sequence", Argument::None),
            option("--log-tcp-options", Argument::None),
            option("--log-ip-options", Argument::None),
            option("--log-uid", Argument::None),
            option("--log-macdecode", Argument::None),
        ],
        Reader::Target(log::read),
    ),
    both(
        "MARK",
        "sets the mark of the packet and goes on",
        &[
            option("--set-xmark", Argument::Mark),
            option("--set-mark", Argument::Mark),
            option("--and-mark", Argument::Bits),
            option("--or-mark", Argument::Bits),
            option("--xor-mark", Argument::Bits),
        ],
        Reader::Target(set_mark::read_mark),
    ),
    bound(
        Some(XtTable::Nat),
        &[Hook::Postrouting],
        "MASQUERADE",
        "the address of the outgoing device as source of the connection",
        &[
            option("--to-ports", Argument::Text(32)),
            option("--random", Argument::None),
            option("--random-fully", Argument::None),
        ],
        Reader::Target(nat::read_masquerade),
    ),
    bound(Some(XtTable::Raw), &[], "NOTRACK", "conntrack leaves the packet alone", &[], Reader::Target(notrack::read)),
    bound(
        Some(XtTable::Nat),
        &[Hook::Prerouting, Hook::Output],
        "REDIRECT",
        "to a port of this node",
        &[option("--to-ports", Argument::Text(32)), option("--random", Argument::None)],
        Reader::Target(nat::read_redirect),
    ),
    bound(
        Some(XtTable::Filter),
        &[Hook::Input, Hook::Forward, Hook::Output],
        "REJECT",
        "drops the packet and answers with an error",
        &[option("--reject-with", Argument::Text(32))],
        Reader::Target(reject::read),
    ),
    bound(
        Some(XtTable::Nat),
        &[Hook::Postrouting, Hook::Input],
        "SNAT",
        "a new source for the connection",
        &[
            option("--to-source", Argument::Text(120)),
            option("--random", Argument::None),
            option("--random-fully", Argument::None),
            option("--persistent", Argument::None),
        ],
        Reader::Target(nat::read_snat),
    ),
];

/// Matches that iptables 1.8.9 has and the model keeps as they are written.
pub static KEPT_MATCHES: &[&str] = &[
    "ah",
    "bpf",
    "cgroup",
    "cluster",
    "connbytes",
    "connlabel",
    "connlimit",
    "cpu",
    "dccp",
    "devgroup",
    "dscp",
    "dst",
    "ecn",
    "esp",
    "eui64",
    "frag",
    "hashlimit",
    "hbh",
    "helper",
    "ipcomp",
    "ipv6header",
    "mac",
    "mh",
    "osf",
    "owner",
    "pkttype",
    "policy",
    "quota",
    "rateest",
    "realm",
    "rpfilter",
    "rt",
    "socket",
    "srh",
    "string",
    "tcpmss",
    "time",
    "tos",
    "u32",
];

/// Targets that iptables 1.8.9 has and the model keeps as they are written.
pub static KEPT_TARGETS: &[&str] = &[
    "AUDIT",
    "CHECKSUM",
    "CLASSIFY",
    "CLUSTERIP",
    "CONNSECMARK",
    "CT",
    "DNPT",
    "DSCP",
    "ECN",
    "HL",
    "HMARK",
    "IDLETIMER",
    "LED",
    "NETMAP",
    "NFLOG",
    "NFQUEUE",
    "QUEUE",
    "RATEEST",
    "SECMARK",
    "SET",
    "SNPT",
    "SYNPROXY",
    "TCPMSS",
    "TCPOPTSTRIP",
    "TEE",
    "TOS",
    "TPROXY",
    "TRACE",
    "TTL",
    "ULOG",
];
