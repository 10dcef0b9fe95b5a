use super::cursor::{Failure, Parsed};
use super::reader::Reader;
use super::token::Kind;
use crate::net::{Family, Protocol};
use crate::nftables::model::{
    Comparison, DataType, Expression, Field, Header, Layer, Match, MetaKey, RejectKind, Rule,
    SetUse, Statement, TableFamily, Test,
};

/// What the rule's earlier matches say of the packet (`struct proto_ctx`), and which of them nft will not
/// print because a later match implies them (`struct payload_dep_ctx`).
pub struct Known {
    table: TableFamily,
    /// The network layer, if it is decided.
    pub family: Option<Family>,
    /// The transport protocol, if it is one.
    pub transport: Option<u128>,
    /// Ports may be mapped: there was a match of transport protocols.
    pub has_transport: bool,
    network_match: Option<usize>,
    transport_match: Option<usize>,
}

impl Known {
    const fn new(table: TableFamily) -> Self {
        let family = match table {
            TableFamily::Ip => Some(Family::V4),
            TableFamily::Ip6 => Some(Family::V6),
            _ => None,
        };
        Self {
            table,
            family,
            transport: None,
            has_transport: false,
            network_match: None,
            transport_match: None,
        }
    }

    const fn sees_both_families(&self) -> bool {
        matches!(
            self.table,
            TableFamily::Inet | TableFamily::Bridge | TableFamily::Netdev
        )
    }

    /// Checks that a header can be in the packet, and learns from its being asked for.
    pub fn use_header(&mut self, header: Header, offset: usize) -> Parsed<()> {
        let conflict = |known: &str| {
            Failure::new(
                offset,
                format!(
                    "conflicting protocols specified: {known} vs. {}",
                    header.name()
                ),
                "matches that can all be true of one packet",
                "split the rule",
            )
        };
        if let Some(family) = header.family() {
            match self.family {
                Some(Family::V4) if family == Family::V6 => return Err(conflict("ip")),
                Some(Family::V6) if family == Family::V4 => return Err(conflict("ip6")),
                _ => self.family = Some(family),
            }
        }
        if let Some(protocol) = header.protocol() {
            let protocol = u128::from(protocol.number());
            if let Some(known) = self.transport.filter(|known| *known != protocol) {
                return Err(conflict(&DataType::InetProto.text(known)));
            }
            self.transport = Some(protocol);
            self.has_transport = true;
        }
        Ok(())
    }

    /// `th dport` of a protocol that is known is that protocol's own field.
    pub fn resolve(&self, field: &'static Field) -> &'static Field {
        if field.header != Header::Th {
            return field;
        }
        self.transport
            .and_then(Header::of_protocol)
            .and_then(|header| header.field(field.name))
            .unwrap_or(field)
    }
}

/// Reads a rule to its end.
pub fn rule(reader: &mut Reader<'_, '_, '_>) -> Parsed<Rule> {
    let mut known = Known::new(reader.table.family);
    let mut statements = Vec::new();
    let mut comment = None;
    if reader.cursor.peek().ends_command() {
        return Err(reader.cursor.unexpected("a statement"));
    }
    while !reader.cursor.peek().ends_command() {
        if reader.cursor.accept_word("comment") {
            comment = Some(reader.comment()?);
            if !reader.cursor.peek().ends_command() {
                return Err(reader.cursor.unexpected("the end of the rule"));
            }
            break;
        }
        let here = reader.cursor.mark();
        let offset = reader.cursor.offset();
        let read = match statements.last() {
            Some(Statement::Verdict(_) | Statement::Reject(_)) => Err(ends_already(reader)),
            _ => reader.statement(&mut known),
        };
        match read {
            Ok(statement) => add(&mut known, &mut statements, statement),
            Err(failure) if failure.unmodelled => {
                reader.cursor.reset(here);
                let (text, found) = verbatim(reader, offset);
                comment = found;
                statements.push(Statement::Unknown(text.into()));
                break;
            }
            Err(failure) => return Err(failure),
        }
    }
    let tests = statements
        .iter()
        .filter(|statement| statement.can_fail())
        .count();
    let handle = reader.table.next_handle();
    Ok(Rule {
        handle,
        comment,
        statements,
        tests: u8::try_from(tests).unwrap_or(u8::MAX),
    })
}

fn ends_already(reader: &mut Reader<'_, '_, '_>) -> Failure {
    let offset = reader.cursor.offset();
    Failure::new(
        offset,
        "Statement after terminal statement has no effect",
        "the end of the rule",
        "put the verdict last",
    )
}

/// The rest of a rule as it is written, without its comment.
fn verbatim(
    reader: &mut Reader<'_, '_, '_>,
    start: usize,
) -> (String, Option<std::sync::Arc<str>>) {
    let mut comment = None;
    let mut depth = 0usize;
    let mut end = start;
    loop {
        let token = reader.cursor.peek();
        if token.kind == Kind::End || (depth == 0 && token.ends_command()) {
            break;
        }
        if depth == 0
            && token.is_word("comment")
            && reader.cursor.peek_second().kind == Kind::Quoted
        {
            reader.cursor.next();
            comment = Some(reader.cursor.next().text.into());
            break;
        }
        if token.is("{") {
            depth += 1;
        } else if token.is("}") {
            depth -= 1;
        }
        end = token.offset + token.text.len() + if token.kind == Kind::Quoted { 2 } else { 0 };
        reader.cursor.next();
    }
    // What variables put in lies elsewhere in the text.
    let text = reader.cursor.text().get(start..end).unwrap_or_default();
    (
        text.split_whitespace().collect::<Vec<_>>().join(" "),
        comment,
    )
}

/// Adds a statement, and takes out the matches that nft leaves out because this one implies them.
fn add(known: &mut Known, statements: &mut Vec<Statement>, statement: Option<Statement>) {
    let Some(statement) = statement else { return };
    let mut layers = Vec::new();
    for_each_field(&statement, &mut |field| {
        if field.header != Header::Th && !layers.contains(&field.header.layer()) {
            layers.push(field.header.layer());
        }
    });
    if matches!(&statement, Statement::Reject(reject) if reject.kind == RejectKind::TcpReset) {
        match known.transport {
            None if known.sees_both_families() => statements.push(is_tcp()),
            _ if !known.sees_both_families() => layers.push(Layer::Transport),
            _ => {}
        }
    }
    for layer in layers {
        let implied = match layer {
            Layer::Network => known.network_match.take(),
            Layer::Transport => known.transport_match.take(),
            Layer::Link => None,
        };
        if let Some(at) = implied {
            statements.remove(at);
            for other in [&mut known.network_match, &mut known.transport_match]
                .into_iter()
                .flatten()
            {
                *other -= usize::from(*other > at);
            }
        }
    }
    learn(known, &statement, statements.len());
    statements.push(statement);
}

fn is_tcp() -> Statement {
    let value = u128::from(Protocol::Tcp.number());
    let test = Test::Compare {
        op: Comparison::Equal,
        value,
    };
    Statement::Match(Match {
        left: Expression::Meta(MetaKey::L4Proto),
        test,
    })
}

/// What a match says of the packet's protocols.
fn learn(known: &mut Known, statement: &Statement, at: usize) {
    let Statement::Match(Match { left, test }) = statement else {
        return;
    };
    let equal = match test {
        Test::Compare {
            op: Comparison::Equal,
            value,
        } => Some(*value),
        _ => None,
    };
    let among = matches!(
        test,
        Test::In {
            negated: false,
            set: SetUse::Anonymous(_)
        }
    );
    match left {
        Expression::Meta(MetaKey::L4Proto) => {
            known.has_transport |= equal.is_some() || among;
            if equal.is_some() {
                known.transport = equal;
                known.transport_match = Some(at);
            }
        }
        Expression::Payload(field)
            if matches!(
                (field.header, field.name),
                (Header::Ip, "protocol") | (Header::Ip6, "nexthdr")
            ) =>
        {
            known.has_transport |= equal.is_some() || among;
            if equal.is_some() {
                known.transport = equal;
                // Where both families pass, it also says which one, and stays (`payload_may_dependency_kill`).
                known.transport_match = (!known.sees_both_families()).then_some(at);
            }
        }
        Expression::Meta(MetaKey::NfProto) => {
            known.family = match equal {
                Some(2) => Some(Family::V4),
                Some(10) => Some(Family::V6),
                _ => return,
            };
            known.network_match = Some(at);
        }
        Expression::Meta(MetaKey::Protocol) => {
            known.family = match equal {
                Some(0x0800) => Some(Family::V4),
                Some(0x86dd) => Some(Family::V6),
                _ => return,
            };
            known.network_match = Some(at);
        }
        _ => {}
    }
}

fn for_each_field(statement: &Statement, visit: &mut dyn FnMut(&'static Field)) {
    match statement {
        Statement::Match(found) => fields_of(&found.left, visit),
        Statement::VerdictMap { key, .. } => fields_of(key, visit),
        Statement::Assign(assign) => {
            if let crate::nftables::model::Target::Payload(field) = assign.target {
                visit(field);
            }
            fields_of(&assign.value, visit);
        }
        Statement::Nat(nat) => {
            if let Some(crate::nftables::model::NatAddress::Computed(address)) = &nat.address {
                fields_of(address, visit);
            }
        }
        Statement::SetUpdate(update) => fields_of(&update.key, visit),
        _ => {}
    }
}

pub fn fields_of(expression: &Expression, visit: &mut dyn FnMut(&'static Field)) {
    match expression {
        Expression::Payload(field) => visit(field),
        Expression::Concat(parts) => parts.iter().for_each(|part| fields_of(part, visit)),
        Expression::Bitwise { operand, .. } | Expression::Shift { operand, .. } => {
            fields_of(operand, visit)
        }
        Expression::Map { key, .. } => fields_of(key, visit),
        Expression::Hash(hash) => {
            if let Some(operand) = &hash.operand {
                fields_of(operand, visit);
            }
        }
        _ => {}
    }
}

/// Puts the protocol's own field in the place of `th`.
pub fn resolve_fields(expression: &mut Expression, known: &Known) {
    match expression {
        Expression::Payload(field) => *field = known.resolve(field),
        Expression::Concat(parts) => parts
            .iter_mut()
            .for_each(|part| resolve_fields(part, known)),
        Expression::Bitwise { operand, .. } | Expression::Shift { operand, .. } => {
            resolve_fields(operand, known)
        }
        Expression::Map { key, .. } => resolve_fields(key, known),
        _ => {}
    }
}
