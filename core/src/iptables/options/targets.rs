use super::super::argument::Argument;
use super::super::given::Reader;
use super::super::targets::{self, log, mark, nat, notrack, reject};
use super::{Extension, both, option};
use crate::netfilter::{Hook, XtTable};

pub static TARGETS: &[Extension] = &[
    both("ACCEPT", "the packet may go on", &[], Reader::Target(targets::read_accept)),
    both("DROP", "the packet is gone", &[], Reader::Target(targets::read_drop)),
    both("RETURN", "back to the calling chain, or to the policy", &[], Reader::Target(targets::read_return)),
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
