//! The names of nft's values: `src/datatype.c`, `src/proto.c`, `src/ct.c`, `src/meta.c`, `src/fib.c` of
//! nftables 1.0.6, and Debian 12's `/etc/protocols`. Of several names for one value the first is printed.

pub(super) type Symbols = &'static [(&'static str, u32)];

/// nft also reads `icmpv6`, which it prints as `ipv6-icmp`.
#[rustfmt::skip]
pub(super) const INET_PROTO: Symbols = &[
    ("ip", 0), ("hopopt", 0), ("icmp", 1), ("igmp", 2), ("ggp", 3), ("ipencap", 4), ("st", 5), ("tcp", 6),
    ("egp", 8), ("igp", 9), ("pup", 12), ("udp", 17), ("hmp", 20), ("xns-idp", 22), ("rdp", 27),
    ("iso-tp4", 29), ("dccp", 33), ("xtp", 36), ("ddp", 37), ("idpr-cmtp", 38), ("ipv6", 41),
    ("ipv6-route", 43), ("ipv6-frag", 44), ("idrp", 45), ("rsvp", 46), ("gre", 47), ("esp", 50), ("ah", 51),
    ("skip", 57), ("ipv6-icmp", 58), ("ipv6-nonxt", 59), ("ipv6-opts", 60), ("rspf", 73), ("vmtp", 81),
    ("eigrp", 88), ("ospf", 89), ("ax.25", 93), ("ipip", 94), ("etherip", 97), ("encap", 98), ("pim", 103),
    ("ipcomp", 108), ("vrrp", 112), ("l2tp", 115), ("isis", 124), ("sctp", 132), ("fc", 133),
    ("mobility-header", 135), ("udplite", 136), ("mpls-in-ip", 137), ("manet", 138), ("hip", 139),
    ("shim6", 140), ("wesp", 141), ("rohc", 142), ("ethernet", 143), ("icmpv6", 58),
];

/// Ports are printed as numbers; these names of `/etc/services` are read.
#[rustfmt::skip]
pub(super) const INET_SERVICE: Symbols = &[
    ("ssh", 22), ("domain", 53), ("http", 80), ("https", 443), ("smtp", 25), ("ftp", 21), ("telnet", 23),
    ("ntp", 123), ("snmp", 161), ("imap2", 143), ("imaps", 993), ("pop3", 110), ("ldap", 389), ("ldaps", 636),
    ("mysql", 3306), ("postgresql", 5432), ("bootps", 67), ("bootpc", 68), ("tftp", 69), ("auth", 113),
    ("nfs", 2049), ("sunrpc", 111), ("bgp", 179), ("syslog", 514), ("submission", 587), ("openvpn", 1194),
    ("sip", 5060), ("radius", 1812), ("kerberos", 88), ("mdns", 5353), ("microsoft-ds", 445),
    ("netbios-ns", 137), ("netbios-dgm", 138), ("netbios-ssn", 139),
];

/// The one user and group that every node has.
#[rustfmt::skip]
pub(super) const ROOT: Symbols = &[
    ("root", 0),
];

#[rustfmt::skip]
pub(super) const NF_PROTO: Symbols = &[
    ("ipv4", 2), ("ipv6", 10),
];

#[rustfmt::skip]
pub(super) const ETHER_TYPE: Symbols = &[
    ("ip", 0x0800), ("arp", 0x0806), ("ip6", 0x86dd), ("8021q", 0x8100), ("8021ad", 0x88a8), ("vlan", 0x8100),
];

#[rustfmt::skip]
pub(super) const IF_TYPE: Symbols = &[
    ("ether", 1), ("ppp", 512), ("ipip", 768), ("ipip6", 769), ("loopback", 772), ("sit", 776),
    ("ipgre", 778),
];

#[rustfmt::skip]
pub(super) const CT_STATE: Symbols = &[
    ("invalid", 1), ("established", 2), ("related", 4), ("new", 8), ("untracked", 64),
];

#[rustfmt::skip]
pub(super) const CT_DIR: Symbols = &[
    ("original", 0), ("reply", 1),
];

#[rustfmt::skip]
pub(super) const CT_STATUS: Symbols = &[
    ("expected", 1), ("seen-reply", 2), ("assured", 4), ("confirmed", 8), ("snat", 16), ("dnat", 32),
    ("dying", 512),
];

#[rustfmt::skip]
pub(super) const TCP_FLAG: Symbols = &[
    ("fin", 1), ("syn", 2), ("rst", 4), ("psh", 8), ("ack", 16), ("urg", 32), ("ecn", 64), ("cwr", 128),
];

#[rustfmt::skip]
pub(super) const ICMP_TYPE: Symbols = &[
    ("echo-reply", 0), ("destination-unreachable", 3), ("source-quench", 4), ("redirect", 5),
    ("echo-request", 8), ("router-advertisement", 9), ("router-solicitation", 10), ("time-exceeded", 11),
    ("parameter-problem", 12), ("timestamp-request", 13), ("timestamp-reply", 14), ("info-request", 15),
    ("info-reply", 16), ("address-mask-request", 17), ("address-mask-reply", 18),
];

#[rustfmt::skip]
pub(super) const ICMPV6_TYPE: Symbols = &[
    ("destination-unreachable", 1), ("packet-too-big", 2), ("time-exceeded", 3), ("parameter-problem", 4),
    ("echo-request", 128), ("echo-reply", 129), ("mld-listener-query", 130), ("mld-listener-report", 131),
    ("mld-listener-done", 132), ("mld-listener-reduction", 132), ("nd-router-solicit", 133),
    ("nd-router-advert", 134), ("nd-neighbor-solicit", 135), ("nd-neighbor-advert", 136),
    ("nd-redirect", 137), ("router-renumbering", 138), ("ind-neighbor-solicit", 141),
    ("ind-neighbor-advert", 142), ("mld2-listener-report", 143),
];

#[rustfmt::skip]
pub(super) const ICMP_CODE: Symbols = &[
    ("net-unreachable", 0), ("host-unreachable", 1), ("prot-unreachable", 2), ("port-unreachable", 3),
    ("net-prohibited", 9), ("host-prohibited", 10), ("admin-prohibited", 13), ("frag-needed", 4),
];

#[rustfmt::skip]
pub(super) const ICMPV6_CODE: Symbols = &[
    ("no-route", 0), ("admin-prohibited", 1), ("addr-unreachable", 3), ("port-unreachable", 4),
    ("policy-fail", 5), ("reject-route", 6),
];

#[rustfmt::skip]
pub(super) const DSCP: Symbols = &[
    ("cs0", 0), ("cs1", 8), ("cs2", 16), ("cs3", 24), ("cs4", 32), ("cs5", 40), ("cs6", 48), ("cs7", 56),
    ("df", 0), ("be", 0), ("lephb", 1), ("af11", 10), ("af12", 12), ("af13", 14), ("af21", 18), ("af22", 20),
    ("af23", 22), ("af31", 26), ("af32", 28), ("af33", 30), ("af41", 34), ("af42", 36), ("af43", 38),
    ("va", 44), ("ef", 46),
];

#[rustfmt::skip]
pub(super) const ECN: Symbols = &[
    ("not-ect", 0), ("ect1", 1), ("ect0", 2), ("ce", 3),
];

#[rustfmt::skip]
pub(super) const FIB_ADDR_TYPE: Symbols = &[
    ("unspec", 0), ("unicast", 1), ("local", 2), ("broadcast", 3), ("anycast", 4), ("multicast", 5),
    ("blackhole", 6), ("unreachable", 7), ("prohibit", 8),
];

#[rustfmt::skip]
pub(super) const PKT_TYPE: Symbols = &[
    ("host", 0), ("unicast", 0), ("broadcast", 1), ("multicast", 2), ("other", 3),
];

#[rustfmt::skip]
pub(super) const DAY: Symbols = &[
    ("Sunday", 0), ("Monday", 1), ("Tuesday", 2), ("Wednesday", 3), ("Thursday", 4), ("Friday", 5), ("Saturday", 6),
];

#[rustfmt::skip]
pub(super) const BOOLEAN: Symbols = &[
    ("exists", 1), ("missing", 0),
];

#[rustfmt::skip]
pub(super) const CLASS_ID: Symbols = &[
    ("root", 0xffff_ffff), ("none", 0),
];
