use super::super::argument::Argument;
use super::super::given::Reader;
use super::super::matches::{
    addrtype, cluster, comment, connbytes, connlimit, conntrack, dscp, ecn, hashlimit, icmp, iprange, ipvs, length,
    limit, mac, mark, multiport, nfacct, owner, physdev, pkttype, ports, quota, realm, recent, rpfilter, set, socket,
    statistic, tcpmss, time, tos, ttl,
};
use super::{Choice, Extension, aliased, both, negatable, only, option};
use crate::net::Family;
use crate::netfilter::{Hook, XtTable};

const SPORT: Choice = aliased("--sport", "--source-port", Argument::Ports);
const DPORT: Choice = aliased("--dport", "--destination-port", Argument::Ports);
const NUMBER: Argument = Argument::Number { min: 0, max: u32::MAX };
const POSITIVE: Argument = Argument::Number { min: 1, max: u32::MAX };
const NODES: Argument = Argument::Number { min: 1, max: 32 };
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
        "cluster",
        "connections that are this node's, of several that see the same packets",
        &[
            option("--cluster-total-nodes", NODES),
            negatable("--cluster-local-node", NODES),
            // The program takes up to 32 only, and prints more.
            negatable("--cluster-local-nodemask", POSITIVE),
            option("--cluster-hash-seed", NUMBER),
        ],
        Reader::Match(cluster::read),
    ),
    both(
        "comment",
        "always matches; carries a comment",
        &[option("--comment", Argument::Text(255))],
        Reader::Match(comment::read),
    ),
    both(
        "connbytes",
        "how many packets or bytes the connection has had",
        &[
            negatable("--connbytes", Argument::Text(48)),
            option("--connbytes-dir", Argument::Text(16)),
            option("--connbytes-mode", Argument::Text(16)),
        ],
        Reader::Match(connbytes::read),
    ),
    both(
        "connlimit",
        "how many connections an address or a network has",
        &[
            negatable("--connlimit-upto", NUMBER),
            negatable("--connlimit-above", NUMBER),
            option("--connlimit-mask", Argument::Number { min: 0, max: 128 }),
            option("--connlimit-saddr", Argument::None),
            option("--connlimit-daddr", Argument::None),
        ],
        Reader::Match(connlimit::read),
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
    both(
        "dscp",
        "the codepoint of differentiated services in the IP header",
        &[negatable("--dscp", Argument::Number { min: 0, max: 63 }), negatable("--dscp-class", Argument::Text(16))],
        Reader::Match(dscp::read),
    ),
    both(
        "ecn",
        "the bits of explicit congestion notification in the IP and the TCP header",
        &[
            negatable("--ecn-tcp-cwr", Argument::None),
            negatable("--ecn-tcp-ece", Argument::None),
            negatable("--ecn-ip-ect", Argument::Number { min: 0, max: 3 }),
        ],
        Reader::Match(ecn::read),
    ),
    both(
        "hashlimit",
        "at most so many packets or bytes in a time, counted for each address, port or both",
        &[
            negatable("--hashlimit-upto", Argument::Text(32)),
            negatable("--hashlimit-above", Argument::Text(32)),
            negatable("--hashlimit", Argument::Text(32)),
            option("--hashlimit-srcmask", BYTE),
            option("--hashlimit-dstmask", BYTE),
            option("--hashlimit-burst", Argument::Text(32)),
            option("--hashlimit-htable-size", NUMBER),
            option("--hashlimit-htable-max", NUMBER),
            option("--hashlimit-htable-gcinterval", NUMBER),
            option("--hashlimit-htable-expire", NUMBER),
            option("--hashlimit-mode", Argument::Text(64)),
            option("--hashlimit-name", Argument::Text(255)),
            option("--hashlimit-rate-match", Argument::None),
            option("--hashlimit-rate-interval", Argument::Text(32)),
        ],
        Reader::Match(hashlimit::read),
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
    both(
        "mac",
        "the hardware address that the packet came from",
        &[negatable("--mac-source", Argument::Text(17))],
        Reader::Match(mac::read),
    )
    .within(&[], &[Hook::Prerouting, Hook::Input, Hook::Forward]),
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
        "owner",
        "the user or group of the process that sent the packet",
        &[
            negatable("--uid-owner", Argument::Text(32)),
            negatable("--gid-owner", Argument::Text(32)),
            negatable("--socket-exists", Argument::None),
            option("--suppl-groups", Argument::None),
        ],
        Reader::Match(owner::read),
    )
    .within(&[], &[Hook::Output, Hook::Postrouting]),
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
        "pkttype",
        "to whom the frame was sent: to this machine, to all, to a group",
        &[negatable("--pkt-type", Argument::Text(16))],
        Reader::Match(pkttype::read),
    ),
    both(
        "quota",
        "until so many bytes have passed",
        &[negatable("--quota", Argument::Text(20))],
        Reader::Match(quota::read),
    ),
    only(
        Family::V4,
        "realm",
        "the realm of the route that the packet takes; the lab's routes have none",
        &[negatable("--realm", Argument::Text(64))],
        Reader::Match(realm::read),
    )
    .within(&[], &[Hook::Input, Hook::Forward, Hook::Output, Hook::Postrouting]),
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
        "rpfilter",
        "an answer would leave by the device that the packet came in by",
        &[
            option("--loose", Argument::None),
            option("--validmark", Argument::None),
            option("--accept-local", Argument::None),
            option("--invert", Argument::None),
        ],
        Reader::Match(rpfilter::read),
    )
    .within(&[XtTable::Raw, XtTable::Mangle], &[Hook::Prerouting]),
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
        "socket",
        "a socket of this node would get the packet",
        &[
            option("--transparent", Argument::None),
            option("--nowildcard", Argument::None),
            option("--restore-skmark", Argument::None),
        ],
        Reader::Match(socket::read),
    )
    .within(&[], &[Hook::Prerouting, Hook::Input]),
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
    both(
        "tcpmss",
        "the largest segment that a SYN says that its sender takes",
        &[negatable("--mss", Argument::Range(0xffff))],
        Reader::Match(tcpmss::read),
    ),
    both(
        "time",
        "date, time and day by the lab's clock, which begins on Thursday, 1 January 1970, 0:00 UTC",
        &[
            option("--datestart", Argument::Text(32)),
            option("--datestop", Argument::Text(32)),
            option("--timestart", Argument::Text(16)),
            option("--timestop", Argument::Text(16)),
            option("--contiguous", Argument::None),
            negatable("--weekdays", Argument::Text(64)),
            negatable("--monthdays", Argument::Text(128)),
            option("--localtz", Argument::None),
            option("--utc", Argument::None),
            option("--kerneltz", Argument::None),
        ],
        Reader::Match(time::read),
    ),
    both("tos", "the TOS byte of the IP header", &[negatable("--tos", Argument::Tos)], Reader::Match(tos::read)),
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

/// Matches that iptables 1.8.9 has and the model keeps as they are written.
pub static KEPT_MATCHES: &[&str] = &[
    "ah",
    "bpf",
    "cgroup",
    "connlabel",
    "cpu",
    "dccp",
    "devgroup",
    "dst",
    "esp",
    "eui64",
    "frag",
    "hbh",
    "helper",
    "ipcomp",
    "ipv6header",
    "mh",
    "osf",
    "policy",
    "rateest",
    "rt",
    "srh",
    "string",
    "u32",
];
