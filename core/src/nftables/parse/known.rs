use std::sync::Arc;

use super::cursor::{Failure, Parsed};
use crate::message;
use crate::net::Family;
use crate::nftables::model::{
    Comparison, CtField, CtKey, Data, Element, Expression, Field, Header, Layer, Match, MetaKey, Set, SetData, SetUse,
    Statement, TableFamily, Test,
};

/// What the rule's earlier matches say of the packet (`struct proto_ctx`).
pub struct Known {
    table: TableFamily,
    /// The network layer, if it is decided.
    pub family: Option<Family>,
    /// The transport protocol, if it is one.
    pub transport: Option<u128>,
    /// The transport protocols, if a match has named several: none of them may be asked for its own fields.
    among: Vec<u128>,
    /// Ports may be mapped: there was a match of transport protocols.
    pub has_transport: bool,
    /// The type of ICMP message.
    icmp_type: Option<u128>,
    /// Only requests and replies of echo come so far.
    icmp_echo: bool,
    /// The matches that nft puts before the next statement, since it needs them to be true.
    implied: Vec<Statement>,
}

impl Known {
    pub const fn new(table: TableFamily) -> Self {
        Self {
            table,
            family: table.only(),
            transport: None,
            among: Vec::new(),
            has_transport: false,
            icmp_type: None,
            icmp_echo: false,
            implied: Vec::new(),
        }
    }

    pub const fn sees_both_families(&self) -> bool {
        matches!(self.table, TableFamily::Inet | TableFamily::Bridge | TableFamily::Netdev)
    }

    /// The matches that the next statement needs before it (`payload_gen_dependency`).
    pub fn take_implied(&mut self) -> Vec<Statement> {
        std::mem::take(&mut self.implied)
    }

    /// A field is asked for: checks that it can be in the packet, and adds what makes sure that it is.
    pub fn use_field(&mut self, field: &'static Field, offset: usize) -> Parsed<()> {
        let header = field.header;
        let conflict = |known: &str| {
            Failure::new(
                offset,
                format!("conflicting protocols specified: {known} vs. {}", header.name()),
                message!("expected-compatible-matches"),
                message!("advice-split-rule"),
            )
        };
        match (header.family(), self.family) {
            // What ICMP is carried by is not asked: a rule of the other family just never matches.
            (Some(family), None) if header.layer() == Layer::Transport => self.family = Some(family),
            (Some(family), None) => {
                let number = if family == Family::V4 { 2 } else { 10 };
                self.implied.push(equal(Expression::Meta(MetaKey::NfProto), number));
                self.family = Some(family);
            }
            (Some(Family::V6), Some(Family::V4)) if header.layer() == Layer::Network => {
                return Err(conflict("ip"));
            }
            (Some(Family::V4), Some(Family::V6)) if header.layer() == Layer::Network => {
                return Err(conflict("ip6"));
            }
            _ => {}
        }
        if let Some(protocol) = header.protocol() {
            let protocol = u128::from(protocol.number());
            match self.transport {
                Some(known) if known != protocol => {
                    return Err(conflict(protocol_name(known)));
                }
                Some(_) => {}
                None => {
                    if let Some(other) = self.among.iter().find(|other| **other != protocol) {
                        return Err(conflict(protocol_name(*other)));
                    }
                    self.implied.push(equal(Expression::Meta(MetaKey::L4Proto), protocol));
                }
            }
            self.transport = Some(protocol);
            self.has_transport = true;
        }
        match icmp_need(field) {
            Some(IcmpNeed::Echo(kind)) if !self.icmp_echo => {
                self.icmp_echo = true;
                self.implied.push(is_echo(kind));
            }
            Some(IcmpNeed::Type(wanted)) => match self.icmp_type {
                Some(has) if has != wanted => {
                    let message = format!("incompatible icmp match: rule has {has}, need {wanted}");
                    return Err(Failure::new(offset, message, message!("expected-field-of-type"), ""));
                }
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }

    /// Whether the rule has said that the packet is of another transport protocol than this one.
    pub fn excludes(&self, protocol: u128) -> bool {
        match self.transport {
            Some(known) => known != protocol,
            None => self.among.iter().any(|other| *other != protocol),
        }
    }

    /// NAT to an address of a family that the rule's packets are not of (`nat_evaluate_family`).
    pub fn check_nat(&self, family: Family, offset: usize) -> Parsed<()> {
        let name = |family| if family == Family::V4 { "ip" } else { "ip6" };
        match self.family.filter(|known| *known != family) {
            None => Ok(()),
            Some(known) => {
                let message = format!(
                    "conflicting protocols specified: {} vs. {}. You must specify ip or ip6 family in nat statement",
                    name(known),
                    name(family)
                );
                Err(Failure::new(
                    offset,
                    message,
                    message!("expected-address-of-packets"),
                    message!("advice-split-rule"),
                ))
            }
        }
    }

    /// An option of TCP needs TCP.
    pub fn use_tcp(&mut self) {
        if self.transport.is_none() {
            self.implied.push(equal(Expression::Meta(MetaKey::L4Proto), 6));
        }
        self.transport = Some(6);
        self.has_transport = true;
    }

    pub const fn has_transport(&self) -> bool {
        self.has_transport
    }

    /// A TCP reset needs TCP.
    pub fn use_reset(&mut self) {
        if self.sees_both_families() && self.transport.is_none() {
            self.implied.push(equal(Expression::Meta(MetaKey::L4Proto), 6));
        }
    }

    /// The ports of a connection have a type once the protocol is known.
    pub fn check_ports(&self, expression: &Expression, offset: usize) -> Parsed<()> {
        let parts = match expression {
            Expression::Concat(parts) => parts.as_slice(),
            single => std::slice::from_ref(single),
        };
        let is_port = |part: &Expression| matches!(part, Expression::Ct(field) if matches!(field.key, CtKey::ProtoSrc | CtKey::ProtoDst));
        if self.has_transport || !parts.iter().any(is_port) {
            return Ok(());
        }
        Err(Failure::new(
            offset,
            "Can't parse symbolic invalid expressions",
            message!("expected-match-before"),
            message!("advice-protocol-of-ports"),
        ))
    }

    /// `th dport` of a protocol that is known is that protocol's own field.
    pub fn resolve(&self, field: &'static Field) -> &'static Field {
        if field.header != Header::Th {
            return field;
        }
        self.transport.and_then(Header::of_protocol).and_then(|header| header.field(field.name)).unwrap_or(field)
    }

    /// What a statement says of the packet's protocols.
    pub fn learn(&mut self, statement: &Statement) {
        let Statement::Match(Match { left, test }) = statement else {
            return;
        };
        let value = equal_to(test);
        let among = match test {
            Test::In { negated: false, set: SetUse::Anonymous(set) } => Some(set),
            _ => None,
        };
        match self.subject(left) {
            Some(Subject::Transport) => {
                self.has_transport |= value.is_some() || among.is_some();
                self.transport = value.or(self.transport);
                self.among.extend(among.into_iter().flat_map(|set| single_values(set)));
            }
            Some(Subject::Network) => {
                self.family = match value {
                    Some(2 | 0x0800) => Some(Family::V4),
                    Some(10 | 0x86dd) => Some(Family::V6),
                    _ => self.family,
                };
            }
            Some(Subject::IcmpType(header)) => {
                self.icmp_type = value;
                self.icmp_echo |= among.is_some() || value.is_some_and(|kind| is_echo_type(header, kind));
            }
            None => {}
        }
    }

    /// What a match decides about in this table (`meta_expr_pctx_update`, `ct_expr_pctx_update`).
    fn subject(&self, left: &Expression) -> Option<Subject> {
        match left {
            // Below an inet table's packets there is no link layer that could say so.
            Expression::Meta(MetaKey::Protocol) if self.table == TableFamily::Inet => None,
            Expression::Ct(CtField { key: CtKey::L3Proto, .. }) => Some(Subject::Network),
            Expression::Ct(CtField { key: CtKey::Protocol, .. }) if self.family.is_some() => Some(Subject::Transport),
            other => subject(other),
        }
    }
}

/// The keys of a set that are no ranges.
fn single_values(set: &Set) -> impl Iterator<Item = u128> {
    let firsts = set.elements.iter().filter_map(|element| element.fields(&set.key).next());
    firsts.filter(|(_, low, high)| low == high).map(|(_, value, _)| value)
}

/// The name of a protocol that nft knows the header of.
fn protocol_name(protocol: u128) -> &'static str {
    Header::of_protocol(protocol).map_or("unknown", Header::name)
}

/// Which protocol a match decides about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Network,
    Transport,
    IcmpType(Header),
}

pub fn subject(left: &Expression) -> Option<Subject> {
    match left {
        Expression::Meta(MetaKey::L4Proto) => Some(Subject::Transport),
        Expression::Meta(MetaKey::NfProto | MetaKey::Protocol) => Some(Subject::Network),
        Expression::Payload(field) => match (field.header, field.name) {
            (Header::Ip, "protocol") | (Header::Ip6, "nexthdr") => Some(Subject::Transport),
            (Header::Icmp | Header::Icmpv6, "type") => Some(Subject::IcmpType(field.header)),
            _ => None,
        },
        _ => None,
    }
}

/// The one value that passes a test.
pub const fn equal_to(test: &Test) -> Option<u128> {
    match test {
        Test::Compare { op: Comparison::Equal, value } => Some(*value),
        _ => None,
    }
}

fn equal(left: Expression, value: u128) -> Statement {
    Statement::Match(Match { left, test: Test::Compare { op: Comparison::Equal, value } })
}

/// Which messages have a field (`icmp_dep` of `src/proto.c`).
#[derive(Clone, Copy)]
pub enum IcmpNeed {
    /// Requests and replies of echo, by the field that tells.
    Echo(&'static Field),
    Type(u128),
}

pub fn icmp_need(field: &'static Field) -> Option<IcmpNeed> {
    match (field.header, field.name) {
        (Header::Icmp | Header::Icmpv6, "id" | "sequence") => field.header.field("type").map(IcmpNeed::Echo),
        (Header::Icmp, "mtu") => Some(IcmpNeed::Type(3)),
        (Header::Icmp, "gateway") => Some(IcmpNeed::Type(5)),
        (Header::Icmpv6, "mtu") => Some(IcmpNeed::Type(2)),
        (Header::Icmpv6, "max-delay") => Some(IcmpNeed::Type(130)),
        _ => None,
    }
}

pub fn is_echo_type(header: Header, kind: u128) -> bool {
    matches!((header, kind), (Header::Icmp, 0 | 8) | (Header::Icmpv6, 128 | 129))
}

fn is_echo(field: &'static Field) -> Statement {
    let types = if field.header == Header::Icmp { [0, 8] } else { [128, 129] };
    let mut set = Set::anonymous(vec![field.data_type], SetData::None, false);
    for kind in types {
        // Two different keys do not meet.
        let _ = set.elements.insert(Element::new(&[(field.data_type, kind, kind)], Data::None));
    }
    let test = Test::In { negated: false, set: SetUse::Anonymous(Arc::new(set)) };
    Statement::Match(Match { left: Expression::Payload(field), test })
}
