//! The names of `/etc/services` and `/etc/protocols` that rulesets use.

use crate::net::Protocol;

/// Names that people write in rules, as Debian's netbase maps them; `iptables-save` prints numbers.
const SERVICES: [(&str, u16); 62] = [
    ("echo", 7),
    ("discard", 9),
    ("daytime", 13),
    ("ftp-data", 20),
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("mail", 25),
    ("time", 37),
    ("whois", 43),
    ("tacacs", 49),
    ("domain", 53),
    ("bootps", 67),
    ("bootpc", 68),
    ("tftp", 69),
    ("gopher", 70),
    ("finger", 79),
    ("http", 80),
    ("www", 80),
    ("kerberos", 88),
    ("pop3", 110),
    ("sunrpc", 111),
    ("portmapper", 111),
    ("auth", 113),
    ("ident", 113),
    ("nntp", 119),
    ("ntp", 123),
    ("epmap", 135),
    ("netbios-ns", 137),
    ("netbios-dgm", 138),
    ("netbios-ssn", 139),
    ("imap2", 143),
    ("imap", 143),
    ("snmp", 161),
    ("snmp-trap", 162),
    ("snmptrap", 162),
    ("bgp", 179),
    ("ldap", 389),
    ("https", 443),
    ("microsoft-ds", 445),
    ("submissions", 465),
    ("isakmp", 500),
    ("syslog", 514),
    ("submission", 587),
    ("ipp", 631),
    ("ldaps", 636),
    ("rsync", 873),
    ("imaps", 993),
    ("pop3s", 995),
    ("socks", 1080),
    ("openvpn", 1194),
    ("ms-sql-s", 1433),
    ("l2tp", 1701),
    ("radius", 1812),
    ("nfs", 2049),
    ("mysql", 3306),
    ("ipsec-nat-t", 4500),
    ("sip", 5060),
    ("mdns", 5353),
    ("postgresql", 5432),
    ("http-alt", 8080),
];

pub(super) fn port(name: &str) -> Option<u16> {
    SERVICES.iter().find(|(service, _)| *service == name).map(|(_, port)| *port)
}

/// Those of them that Debian lists for TCP only, or for UDP only.
const OF_TCP: [&str; 32] = [
    "ftp-data",
    "ftp",
    "ssh",
    "telnet",
    "smtp",
    "mail",
    "whois",
    "gopher",
    "finger",
    "http",
    "www",
    "pop3",
    "auth",
    "ident",
    "nntp",
    "imap2",
    "imap",
    "bgp",
    "submissions",
    "submission",
    "ipp",
    "rsync",
    "imaps",
    "pop3s",
    "http-alt",
    "epmap",
    "netbios-ssn",
    "microsoft-ds",
    "socks",
    "ms-sql-s",
    "mysql",
    "postgresql",
];
const OF_UDP: [&str; 10] =
    ["bootps", "bootpc", "tftp", "ntp", "isakmp", "syslog", "ipsec-nat-t", "netbios-ns", "netbios-dgm", "mdns"];

/// The name of a port, as a program prints it that was not told to leave numbers alone. None for a port without one, and
/// for one whose name is not among those that rulesets use.
pub fn service_name(port: u16, protocol: Protocol) -> Option<&'static str> {
    let other: &[&str] = match protocol {
        Protocol::Tcp => &OF_UDP,
        Protocol::Udp => &OF_TCP,
        _ => return None,
    };
    SERVICES.iter().find(|(name, known)| *known == port && !other.contains(name)).map(|(name, _)| *name)
}

/// The port of a service's name.
pub fn service_port(name: &str, protocol: Protocol) -> Option<u16> {
    let port = port(name)?;
    service_name(port, protocol).filter(|known| *known == name).map(|_| port)
}

/// Protocols besides those of [`Protocol`], from `xtables_chain_protos` and Debian's `/etc/protocols`. The
/// first name of a number is the one that `iptables-save` prints.
const PROTOCOLS: [(&str, u8); 51] = [
    ("igmp", 2),
    ("ggp", 3),
    ("ipencap", 4),
    ("st", 5),
    ("egp", 8),
    ("igp", 9),
    ("pup", 12),
    ("hmp", 20),
    ("xns-idp", 22),
    ("rdp", 27),
    ("iso-tp4", 29),
    ("dccp", 33),
    ("xtp", 36),
    ("ddp", 37),
    ("idpr-cmtp", 38),
    ("ipv6", 41),
    ("ipv6-route", 43),
    ("ipv6-frag", 44),
    ("idrp", 45),
    ("rsvp", 46),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("skip", 57),
    ("ipv6-nonxt", 59),
    ("ipv6-opts", 60),
    ("rspf", 73),
    ("vmtp", 81),
    ("eigrp", 88),
    ("ospf", 89),
    ("ax.25", 93),
    ("ipip", 94),
    ("etherip", 97),
    ("encap", 98),
    ("pim", 103),
    ("ipcomp", 108),
    ("vrrp", 112),
    ("l2tp", 115),
    ("isis", 124),
    ("fc", 133),
    ("mobility-header", 135),
    ("ipv6-mh", 135),
    ("mh", 135),
    ("udplite", 136),
    ("mpls-in-ip", 137),
    ("manet", 138),
    ("hip", 139),
    ("shim6", 140),
    ("wesp", 141),
    ("rohc", 142),
    ("ethernet", 143),
];

/// `xtables_parse_protocol`; `all` is 0.
pub(crate) fn protocol(text: &str) -> Option<u8> {
    if let Some(number) = super::argument::number(text) {
        return u8::try_from(number).ok();
    }
    if text == "all" {
        return Some(0);
    }
    let listed = || PROTOCOLS.iter().find(|(name, _)| *name == text).map(|(_, number)| *number);
    Protocol::from_name(text).map(Protocol::number).or_else(listed)
}

/// `proto_to_name`, or the number.
pub(crate) fn protocol_name(protocol: Protocol) -> String {
    let Protocol::Other(number) = protocol else {
        return protocol.to_string();
    };
    let listed = PROTOCOLS.iter().find(|(_, known)| *known == number);
    listed.map_or_else(|| number.to_string(), |(name, _)| (*name).to_owned())
}
