//! Fields that several kinds share: ports, addresses, prefixes, protocols, names of a fixed set.
//!
//! Every function takes the place of the value, reports what the API server would refuse and returns
//! `None` then.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use super::cursor::Cursor;
use super::report::{Remedy, Report};
use super::text;
use crate::message;
use crate::net::{Family, Protocol};

fn port_remedy() -> Remedy {
    Remedy::new(message!("expected-port"), message!("advice-number"))
}

/// A port number; 0 counts as absent, as Go's zero value does.
pub(super) fn optional_port(object: &Cursor<'_>, field: &str, report: &mut Report) -> Option<u16> {
    let at = object.field(field)?;
    let number = at.integer(report)?;
    if number == 0 {
        return None;
    }
    port_number(&at, number, report)
}

/// A port number that has to be there.
pub(super) fn port(object: &Cursor<'_>, field: &str, report: &mut Report) -> Option<u16> {
    let Some(at) = object.field(field) else {
        report.required(object, field, "", port_remedy());
        return None;
    };
    let number = at.integer(report)?;
    port_number(&at, number, report)
}

fn port_number(at: &Cursor<'_>, number: i64, report: &mut Report) -> Option<u16> {
    let port = u16::try_from(number).ok().filter(|port| *port > 0);
    if port.is_none() {
        report.invalid(at, number, "must be between 1 and 65535, inclusive", port_remedy());
    }
    port
}

/// The name of a container port, as `targetPort` refers to it (`IsValidPortName` of apimachinery).
pub(super) fn port_name<'a>(at: &Cursor<'_>, name: &'a str, report: &mut Report) -> Option<&'a str> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let rule = if name.len() > 15 {
        "must be no more than 15 characters"
    } else if !name.bytes().all(allowed) {
        "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
    } else if !name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        "must contain at least one letter (a-z)"
    } else if name.contains("--") {
        "must not contain consecutive hyphens"
    } else if name.starts_with('-') || name.ends_with('-') {
        "must not begin or end with a hyphen"
    } else {
        return Some(name);
    };
    let remedy = Remedy::new(message!("expected-target-port"), message!("advice-correct"));
    report.invalid(at, text::quote(name), rule, remedy);
    None
}

/// A number of things, at most what fits an `int32`; None where the field is absent or faulty.
pub(super) fn count(object: &Cursor<'_>, field: &str, report: &mut Report) -> Option<u32> {
    let at = object.field(field)?;
    let number = at.integer(report)?;
    let count = i32::try_from(number).ok().and_then(|number| u32::try_from(number).ok());
    if count.is_none() {
        let remedy = Remedy::new(message!("expected-count"), message!("advice-number"));
        report.invalid(&at, number, "must be greater than or equal to 0", remedy);
    }
    count
}

/// `protocol` of a port; TCP where it is absent.
pub(super) fn protocol(object: &Cursor<'_>, report: &mut Report) -> Option<Protocol> {
    let choices = [("SCTP", Protocol::Sctp), ("TCP", Protocol::Tcp), ("UDP", Protocol::Udp)];
    choice(object, "protocol", &choices, Protocol::Tcp, report)
}

/// One of a fixed set of words, or `default` where the field is absent.
pub(super) fn choice<T: Copy>(
    object: &Cursor<'_>,
    field: &str,
    choices: &[(&str, T)],
    default: T,
    report: &mut Report,
) -> Option<T> {
    let Some(at) = object.field(field) else {
        return Some(default);
    };
    let word = at.text(report)?;
    if word.is_empty() {
        return Some(default);
    }
    let chosen = choices.iter().find(|(name, _)| *name == word);
    if chosen.is_none() {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        report.unsupported(&at, &text::quote(word), &names);
    }
    chosen.map(|(_, value)| *value)
}

/// An IP address, strictly written: no leading zeros, no IPv4 address in IPv6 clothes.
pub(super) fn address(at: &Cursor<'_>, report: &mut Report) -> Option<IpAddr> {
    let written = at.text(report)?;
    let (rule, advice) = match written.parse::<IpAddr>() {
        Ok(IpAddr::V6(mapped)) if mapped.to_ipv4_mapped().is_some() => {
            ("must not be an IPv4-mapped IPv6 address", message!("advice-mapped-address"))
        }
        Ok(address) => return Some(address),
        Err(_) if has_leading_zero(written) => {
            ("must not have leading 0s in IPv4 addresses", message!("advice-leading-zeros"))
        }
        Err(_) => ("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)", message!("advice-address")),
    };
    report.invalid(at, text::quote(written), rule, Remedy::new(message!("expected-ip"), advice));
    None
}

fn has_leading_zero(written: &str) -> bool {
    let parts: Vec<&str> = written.split('.').take(5).collect();
    parts.len() == 4
        && parts.iter().all(|part| part.parse::<u8>().is_ok())
        && parts.iter().any(|part| part.len() > 1 && part.starts_with('0'))
}

/// An address that packets can be sent to from elsewhere, as endpoints and external IPs have to be.
pub(super) fn routable_address(at: &Cursor<'_>, report: &mut Report) -> Option<IpAddr> {
    let address = address(at, report)?;
    let rule = if address.is_unspecified() {
        "may not be unspecified (0.0.0.0 or ::)"
    } else if address.is_loopback() {
        "may not be in the loopback range (127.0.0.0/8, ::1/128)"
    } else if is_link_local(address) {
        "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
    } else if is_link_local_multicast(address) {
        "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"
    } else {
        return Some(address);
    };
    let remedy = Remedy::new(message!("expected-reachable-address"), message!("advice-such-address"));
    report.invalid(at, text::quote(&address.to_string()), rule, remedy);
    None
}

const fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

fn is_link_local_multicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets()[..3] == [224, 0, 0],
        IpAddr::V6(address) => address.segments()[0] & 0xff0f == 0xff02,
    }
}

/// A routable address of one family, for a slice's `addressType`.
pub(super) fn address_of(family: Family, at: &Cursor<'_>, report: &mut Report) -> Option<IpAddr> {
    let address = routable_address(at, report)?;
    if Family::of(address) == family {
        return Some(address);
    }
    let expected = message!("expected-address-of-type", family = family.to_string());
    let advice = message!("advice-own-family");
    let remedy = Remedy::new(expected, advice);
    report.invalid(at, text::quote(&address.to_string()), &format!("must be a valid {family} address"), remedy);
    None
}

/// A prefix such as `10.244.0.0/16`; space around it is allowed and bits after it are cleared, as in Go. Objects from
/// before Kubernetes 1.36 may have it written in other ways than the API server lets through today.
pub(super) fn prefix(at: &Cursor<'_>, report: &mut Report) -> Option<IpNet> {
    let written = at.text(report)?;
    let prefix = written.trim().parse::<IpNet>().ok().map(|prefix| unmapped(prefix.trunc()));
    if prefix.is_none() {
        let remedy = Remedy::new(message!("expected-prefix"), message!("advice-prefix"));
        report.invalid(
            at,
            text::quote(written),
            "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
            remedy,
        );
    }
    prefix
}

/// `::ffff:10.20.0.0/112` is `10.20.0.0/16`, as for Go's `net.IPNet`.
fn unmapped(prefix: IpNet) -> IpNet {
    let IpNet::V6(v6) = prefix else {
        return prefix;
    };
    let v4 = v6.network().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96));
    v4.and_then(|(address, length)| Ipv4Net::new(address, length).ok()).map_or(prefix, IpNet::V4)
}
