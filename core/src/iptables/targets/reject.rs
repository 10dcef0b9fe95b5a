use super::super::given::{Given, Refusal};
use super::super::matches::write_value;
use super::super::translate::Translation;
use super::Target;
use crate::message;
use crate::net::Family;
use crate::netfilter::RejectWith;

/// Name and alias of each answer, in the order of the tool's `reject_table`; the first whose beginning
/// was written is taken.
const V4: [(&str, &str, RejectWith); 8] = [
    ("icmp-net-unreachable", "net-unreach", RejectWith::NetUnreachable),
    ("icmp-host-unreachable", "host-unreach", RejectWith::HostUnreachable),
    ("icmp-proto-unreachable", "proto-unreach", RejectWith::ProtocolUnreachable),
    ("icmp-port-unreachable", "port-unreach", RejectWith::PortUnreachable),
    ("icmp-net-prohibited", "net-prohib", RejectWith::NetProhibited),
    ("icmp-host-prohibited", "host-prohib", RejectWith::HostProhibited),
    ("tcp-reset", "tcp-rst", RejectWith::TcpReset),
    ("icmp-admin-prohibited", "admin-prohib", RejectWith::AdminProhibited),
];

const V6: [(&str, &str, RejectWith); 7] = [
    ("icmp6-no-route", "no-route", RejectWith::NoRoute),
    ("icmp6-adm-prohibited", "adm-prohibited", RejectWith::AdminProhibited),
    ("icmp6-addr-unreachable", "addr-unreach", RejectWith::AddressUnreachable),
    ("icmp6-port-unreachable", "port-unreach", RejectWith::PortUnreachable),
    ("tcp-reset", "tcp-reset", RejectWith::TcpReset),
    ("icmp6-policy-fail", "policy-fail", RejectWith::PolicyFail),
    ("icmp6-reject-route", "reject-route", RejectWith::RejectRoute),
];

const fn answers(family: Family) -> &'static [(&'static str, &'static str, RejectWith)] {
    match family {
        Family::V4 => &V4,
        Family::V6 => &V6,
    }
}

pub fn read(given: &Given<'_>) -> Result<Target, Refusal> {
    let Some(text) = given.text("--reject-with") else {
        return Ok(Target::Reject(RejectWith::PortUnreachable));
    };
    let starts = |name: &str| name.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text));
    let answers = answers(given.family);
    let Some((_, _, with)) = answers.iter().find(|(name, alias, _)| starts(name) || starts(alias)) else {
        let names: Vec<_> = answers.iter().map(|(name, ..)| *name).collect();
        let message = format!("unknown reject type \"{text}\"");
        return Err(given.wrong("--reject-with", message, names.join(", "), message!("advice-take-one")));
    };
    if *with == RejectWith::TcpReset && given.protocol.is_none_or(|test| test.inverted || test.protocol.number() != 6) {
        let message = "TCP_RESET invalid for non-tcp";
        return Err(given.wrong(
            "--reject-with",
            message,
            message!("expected-in-rule", what = "-p tcp"),
            message!("advice-add-option", what = "-p tcp"),
        ));
    }
    Ok(Target::Reject(*with))
}

pub fn write(out: &mut String, with: RejectWith, family: Family) {
    write_value(out, false, "--reject-with", name(with, family));
}

/// `REJECT_print`
pub fn list(out: &mut String, with: RejectWith, family: Family) {
    out.push_str(" reject-with ");
    out.push_str(name(with, family));
}

/// `REJECT_xlate`
pub(in crate::iptables) fn translate(to: &mut Translation<'_>, with: RejectWith) {
    let kind = match (with, to.family) {
        (RejectWith::PortUnreachable, _) => return to.add("reject"),
        (RejectWith::TcpReset, _) => return to.add("reject with tcp reset"),
        (RejectWith::ProtocolUnreachable, _) => "prot-unreachable",
        (RejectWith::AdminProhibited, _) => "admin-prohibited",
        (RejectWith::AddressUnreachable, _) => "addr-unreachable",
        (with, Family::V4) => name(with, Family::V4).trim_start_matches("icmp-"),
        (with, Family::V6) => name(with, Family::V6).trim_start_matches("icmp6-"),
    };
    let icmp = if to.family == Family::V4 { "icmp" } else { "icmpv6" };
    to.add(&format!("reject with {icmp} type {kind}"));
}

fn name(with: RejectWith, family: Family) -> &'static str {
    let known = answers(family).iter().find(|(_, _, answer)| *answer == with);
    known.map_or("icmp-port-unreachable", |(name, ..)| *name)
}
