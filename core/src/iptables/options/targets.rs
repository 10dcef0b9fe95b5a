use super::super::argument::Argument;
use super::super::given::Reader;
use super::super::targets::{
    self, classify, ct, header, log, mark, nat, netmap, nflog, nfqueue, notrack, reject, set, tcp_options, tee, tproxy,
};
use super::{Extension, both, only, option};
use crate::net::Family;
use crate::netfilter::{Hook, XtTable};

const BYTE: Argument = Argument::Number { min: 0, max: 255 };
const STEP: Argument = Argument::Number { min: 1, max: 255 };
const SHORT: Argument = Argument::Number { min: 0, max: u16::MAX as u32 };
const NUMBER: Argument = Argument::Number { min: 0, max: u32::MAX };

pub static TARGETS: &[Extension] = &[
    both("ACCEPT", "the packet may go on", &[], Reader::Target(targets::read_accept)),
    both("DROP", "the packet is gone", &[], Reader::Target(targets::read_drop)),
    both("RETURN", "back to the calling chain, or to the policy", &[], Reader::Target(targets::read_return)),
    both(
        "CHECKSUM",
        "fills in the checksum of the packet and goes on",
        &[option("--checksum-fill", Argument::None)],
        Reader::Target(targets::read_checksum),
    )
    .within(&[XtTable::Mangle], &[]),
    both(
        "CLASSIFY",
        "sets the class for queueing disciplines and goes on",
        &[option("--set-class", Argument::Text(32))],
        Reader::Target(classify::read),
    )
    .within(&[], &[Hook::Output, Hook::Forward, Hook::Postrouting]),
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
        Reader::Target(mark::read_connmark),
    ),
    both(
        "CT",
        "says how conntrack is to treat the packet: not at all, or in a zone",
        &[
            option("--notrack", Argument::None),
            option("--helper", Argument::Text(15)),
            option("--timeout", Argument::Text(31)),
            option("--ctevents", Argument::Text(120)),
            option("--expevents", Argument::Text(16)),
            option("--zone-orig", Argument::Text(16)),
            option("--zone-reply", Argument::Text(16)),
            option("--zone", Argument::Text(16)),
        ],
        Reader::Target(ct::read),
    )
    .within(&[XtTable::Raw], &[]),
    both(
        "DNAT",
        "a new destination for the connection",
        &[
            option("--to-destination", Argument::Text(120)),
            option("--random", Argument::None),
            option("--persistent", Argument::None),
        ],
        Reader::Target(nat::read_dnat),
    )
    .within(&[XtTable::Nat], &[Hook::Prerouting, Hook::Output]),
    both(
        "DSCP",
        "sets the codepoint of differentiated services and goes on",
        &[option("--set-dscp", Argument::Number { min: 0, max: 63 }), option("--set-dscp-class", Argument::Text(16))],
        Reader::Target(header::read_dscp),
    )
    .within(&[XtTable::Mangle], &[]),
    only(
        Family::V6,
        "HL",
        "changes the hop limit and goes on",
        &[option("--hl-set", BYTE), option("--hl-dec", STEP), option("--hl-inc", STEP)],
        Reader::Target(header::read_ttl),
    )
    .within(&[XtTable::Mangle], &[]),
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
        Reader::Target(mark::read_mark),
    ),
    both(
        "MASQUERADE",
        "the address of the outgoing device as source of the connection",
        &[
            option("--to-ports", Argument::Text(32)),
            option("--random", Argument::None),
            option("--random-fully", Argument::None),
        ],
        Reader::Target(nat::read_masquerade),
    )
    .within(&[XtTable::Nat], &[Hook::Postrouting]),
    both(
        "NETMAP",
        "another network for the address of the connection, whose rest stays",
        &[option("--to", Argument::Address)],
        Reader::Target(netmap::read),
    )
    .within(&[XtTable::Nat], &[Hook::Prerouting, Hook::Postrouting, Hook::Output, Hook::Input]),
    both(
        "NFLOG",
        "hands a copy to a program that logs, and goes on",
        &[
            option("--nflog-group", SHORT),
            option("--nflog-prefix", Argument::Text(usize::MAX)),
            option("--nflog-range", NUMBER),
            option("--nflog-size", NUMBER),
            option("--nflog-threshold", SHORT),
        ],
        Reader::Target(nflog::read),
    ),
    both(
        "NFQUEUE",
        "a program decides",
        &[
            option("--queue-num", SHORT),
            option("--queue-balance", Argument::Text(16)),
            option("--queue-bypass", Argument::None),
            option("--queue-cpu-fanout", Argument::None),
        ],
        Reader::Target(nfqueue::read),
    ),
    both("NOTRACK", "conntrack leaves the packet alone", &[], Reader::Target(notrack::read))
        .within(&[XtTable::Raw], &[]),
    both(
        "REDIRECT",
        "to a port of this node",
        &[option("--to-ports", Argument::Text(32)), option("--random", Argument::None)],
        Reader::Target(nat::read_redirect),
    )
    .within(&[XtTable::Nat], &[Hook::Prerouting, Hook::Output]),
    both(
        "REJECT",
        "drops the packet and answers with an error",
        &[option("--reject-with", Argument::Text(32))],
        Reader::Target(reject::read),
    )
    .within(&[XtTable::Filter], &[Hook::Input, Hook::Forward, Hook::Output]),
    both(
        "SET",
        "adds an address, port or both to an ipset, deletes it, or takes a mark from there, and goes on",
        &[
            option("--add-set", Argument::Set),
            option("--del-set", Argument::Set),
            option("--exist", Argument::None),
            option("--timeout", Argument::Number { min: 0, max: u32::MAX - 1 }),
            option("--map-set", Argument::Set),
            option("--map-mark", Argument::None),
            option("--map-prio", Argument::None),
            option("--map-queue", Argument::None),
        ],
        Reader::Target(set::read),
    ),
    both(
        "SNAT",
        "a new source for the connection",
        &[
            option("--to-source", Argument::Text(120)),
            option("--random", Argument::None),
            option("--random-fully", Argument::None),
            option("--persistent", Argument::None),
        ],
        Reader::Target(nat::read_snat),
    )
    .within(&[XtTable::Nat], &[Hook::Postrouting, Hook::Input]),
    both(
        "TCPMSS",
        "lowers the largest segment that a SYN says that its sender takes, and goes on",
        &[option("--set-mss", SHORT), option("--clamp-mss-to-pmtu", Argument::None)],
        Reader::Target(tcp_options::read_mss),
    ),
    both(
        "TCPOPTSTRIP",
        "takes options out of the TCP header and goes on",
        &[option("--strip-options", Argument::Text(128))],
        Reader::Target(tcp_options::read_strip),
    )
    .within(&[XtTable::Mangle], &[]),
    both(
        "TEE",
        "sends a copy to another machine, and goes on",
        &[option("--gateway", Argument::Host), option("--oif", Argument::Text(15))],
        Reader::Target(tee::read),
    ),
    both(
        "TOS",
        "changes the TOS byte and goes on",
        &[
            option("--set-tos", Argument::Tos),
            option("--and-tos", BYTE),
            option("--or-tos", BYTE),
            option("--xor-tos", BYTE),
        ],
        Reader::Target(header::read_tos),
    )
    .within(&[XtTable::Mangle], &[]),
    both(
        "TPROXY",
        "a transparent proxy of this node gets the packet",
        &[option("--on-port", SHORT), option("--on-ip", Argument::Host), option("--tproxy-mark", Argument::Mark)],
        Reader::Target(tproxy::read),
    )
    .within(&[XtTable::Mangle], &[Hook::Prerouting]),
    both("TRACE", "has every rule that the packet matches told, and goes on", &[], Reader::Target(targets::read_trace))
        .within(&[XtTable::Raw], &[]),
    only(
        Family::V4,
        "TTL",
        "changes the time to live and goes on",
        &[option("--ttl-set", BYTE), option("--ttl-dec", STEP), option("--ttl-inc", STEP)],
        Reader::Target(header::read_ttl),
    )
    .within(&[XtTable::Mangle], &[]),
];

/// Targets that iptables 1.8.9 has and the model keeps as they are written.
pub static KEPT_TARGETS: &[&str] = &[
    "AUDIT",
    "CLUSTERIP",
    "CONNSECMARK",
    "DNPT",
    "ECN",
    "HMARK",
    "IDLETIMER",
    "LED",
    "QUEUE",
    "RATEEST",
    "SECMARK",
    "SNPT",
    "SYNPROXY",
    "ULOG",
];
