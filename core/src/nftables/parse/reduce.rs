//! What nft makes of a rule's statements before it loads them and when it lists them.

use super::known::{IcmpNeed, Subject, equal_to, icmp_need, is_echo_type, subject};
use crate::nftables::model::{
    Assign, Comparison, Expression, Field, Header, Layer, Match, NatAddress, RawBase, RejectKind, Statement,
    TableFamily, Target, Test,
};

/// A match that may be merged: a header field that is compared with one value.
#[derive(Clone)]
struct Mergeable {
    /// The fields in the order of the header, each with its value.
    fields: Vec<(&'static Field, u128)>,
    negated: bool,
    place: usize,
}

impl Mergeable {
    fn of(statement: &Statement, place: usize) -> Option<Self> {
        let Statement::Match(Match { left: Expression::Payload(field), test }) = statement else {
            return None;
        };
        let (value, negated) = match test {
            Test::Compare { op: Comparison::Equal, value } => (*value, false),
            Test::Compare { op: Comparison::NotEqual, value } => (*value, true),
            Test::AnyFlag(value) => (*value, false),
            _ => return None,
        };
        Some(Self { fields: vec![(*field, value)], negated, place })
    }

    fn start(&self) -> (Layer, u32) {
        self.fields.first().map_or((Layer::Link, 0), |(field, _)| (field.header.layer(), u32::from(field.offset)))
    }

    fn bits(&self) -> u32 {
        self.fields.iter().map(|(field, _)| field.data_type.bits()).sum()
    }

    /// `payload_can_merge`: next to each other, whole bytes, and quick to load.
    fn can_merge(&self, next: &Self) -> bool {
        let ((layer, start), (next_layer, next_start)) = (self.start(), next.start());
        let (bits, next_bits) = (self.bits(), next.bits());
        let total = bits + next_bits;
        let same_header =
            self.fields.first().map(|(field, _)| field.header) == next.fields.first().map(|(field, _)| field.header);
        let adjacent = layer == next_layer && start + bits == next_start && same_header;
        let whole = [start, bits, next_start, next_bits].iter().all(|number| number % 8 == 0);
        let quick = total <= 32 || layer == Layer::Link || bits > 32 || next_bits > 32;
        adjacent && whole && total <= 128 && quick && self.negated == next.negated
    }

    /// Whether the field says which header follows (`EXPR_F_PROTOCOL`).
    fn is_protocol(&self) -> bool {
        let keys = ["protocol", "nexthdr", "type"];
        self.fields.iter().any(|(field, _)| {
            keys.contains(&field.name) && field.header.layer() != Layer::Transport || is_icmp_type(field)
        })
    }
}

fn is_icmp_type(field: &Field) -> bool {
    matches!(field.header, Header::Icmp | Header::Icmpv6) && field.name == "type"
}

/// Merges matches of adjacent header fields, which puts them into the header's order (`stmt_reduce` of
/// `src/rule.c`). A sequence of at least two ends at another statement; a single match goes on past it.
pub fn merge(statements: Vec<Statement>) -> Vec<Statement> {
    let mut slots: Vec<Vec<Statement>> = Vec::with_capacity(statements.len());
    let mut open: Vec<Mergeable> = Vec::new();
    for (place, statement) in statements.into_iter().enumerate() {
        if !matches!(statement, Statement::Match(_)) {
            if open.len() > 1 {
                merge_open(&mut open, &mut slots);
            }
        } else if let Some(mergeable) = Mergeable::of(&statement, place) {
            open.push(mergeable);
        }
        slots.push(vec![statement]);
    }
    if open.len() > 1 {
        merge_open(&mut open, &mut slots);
    }
    slots.into_iter().flatten().collect()
}

/// `payload_do_merge`
fn merge_open(open: &mut Vec<Mergeable>, slots: &mut [Vec<Statement>]) {
    open.sort_by_key(Mergeable::start);
    let mut sorted = std::mem::take(open).into_iter();
    let Some(mut last) = sorted.next() else {
        return;
    };
    for mut this in sorted {
        if !last.can_merge(&this) {
            last = this;
            continue;
        }
        // The merged match stands where the first field was asked for, unless the second says what follows.
        let (kept, gone) = if this.is_protocol() { (this.place, last.place) } else { (last.place, this.place) };
        last.fields.append(&mut this.fields);
        last.place = kept;
        slots[gone].clear();
        slots[kept] = expand(&last);
    }
}

/// How a merged match is listed: field by field; without a known header as bits.
fn expand(merged: &Mergeable) -> Vec<Statement> {
    let op = if merged.negated { Comparison::NotEqual } else { Comparison::Equal };
    if let [(first, _), ..] = *merged.fields
        && first.header == Header::Th
    {
        let value = merged.fields.iter().fold(0, |joined, (field, value)| joined << field.data_type.bits() | value);
        let bits = u8::try_from(merged.bits()).unwrap_or(u8::MAX);
        let left = Expression::RawPayload { base: RawBase::Transport, offset: first.offset, bits };
        return vec![Statement::Match(Match { left, test: Test::Compare { op, value } })];
    }
    if merged.negated {
        return vec![Statement::Differs(merged.fields.clone())];
    }
    let single = |(field, value): &(&'static Field, u128)| {
        Statement::Match(Match { left: Expression::Payload(field), test: Test::Compare { op, value: *value } })
    };
    merged.fields.iter().map(single).collect()
}

/// Where the matches stand that a later one may imply (`struct payload_dep_ctx`).
#[derive(Default)]
struct Dependencies {
    network: Option<usize>,
    transport: Option<usize>,
    icmp_type: Option<usize>,
}

/// Takes out the matches that nft does not list, because a later one implies them
/// (`payload_dependency_kill`). Statements other than matches part the rule: what stands before them stays.
pub fn leave_out_implied(statements: Vec<Statement>, family: TableFamily) -> Vec<Statement> {
    let both_families = matches!(family, TableFamily::Inet | TableFamily::Bridge | TableFamily::Netdev);
    let mut kept: Vec<Statement> = Vec::with_capacity(statements.len());
    let mut dependencies = Dependencies::default();
    for statement in statements {
        for at in implied(&statement, &mut dependencies, both_families) {
            kept.remove(at);
            for other in [&mut dependencies.network, &mut dependencies.transport, &mut dependencies.icmp_type]
                .into_iter()
                .flatten()
            {
                *other -= usize::from(*other > at);
            }
        }
        match &statement {
            Statement::Match(found) => note(found, kept.len(), &mut dependencies, both_families),
            _ => dependencies = Dependencies::default(),
        }
        kept.push(statement);
    }
    kept
}

/// The places of the matches that the statement implies, the last first.
fn implied(statement: &Statement, dependencies: &mut Dependencies, both_families: bool) -> Vec<usize> {
    let mut found = Vec::new();
    for_each_field(statement, &mut |field| {
        match field.header.layer() {
            Layer::Network => found.extend(dependencies.network.take()),
            Layer::Transport if field.header != Header::Th => found.extend(dependencies.transport.take()),
            _ => {}
        }
        if let Some(IcmpNeed::Type(_)) = icmp_need(field) {
            found.extend(dependencies.icmp_type.take());
        }
    });
    if let Statement::Match(Match { left: Expression::SegmentSize, .. })
    | Statement::Assign(Assign { target: Target::SegmentSize, .. }) = statement
    {
        found.extend(dependencies.transport.take());
    }
    if let Statement::Reject(reject) = statement {
        match reject.kind {
            RejectKind::TcpReset if !both_families => found.extend(dependencies.transport.take()),
            RejectKind::Icmp | RejectKind::Icmpv6 if both_families => found.extend(dependencies.network.take()),
            _ => {}
        }
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    found
}

fn note(found: &Match, at: usize, dependencies: &mut Dependencies, both_families: bool) {
    let Some(value) = equal_to(&found.test) else {
        return;
    };
    match subject(&found.left) {
        // `ip protocol` also says which family it is, and stays where there are two.
        Some(Subject::Transport) if !(both_families && matches!(found.left, Expression::Payload(_))) => {
            dependencies.transport = Some(at);
        }
        Some(Subject::Transport) => dependencies.transport = None,
        Some(Subject::Network) if matches!(found.left, Expression::Meta(crate::nftables::model::MetaKey::NfProto)) => {
            dependencies.network = Some(at);
        }
        Some(Subject::IcmpType(header)) if !is_echo_type(header, value) => dependencies.icmp_type = Some(at),
        _ => {}
    }
}

/// Calls `visit` with every header field that a statement asks for.
pub fn for_each_field(statement: &Statement, visit: &mut dyn FnMut(&'static Field)) {
    match statement {
        Statement::Match(found) => fields_of(&found.left, visit),
        Statement::Differs(fields) => fields.iter().for_each(|(field, _)| visit(field)),
        Statement::VerdictMap { key, .. } => fields_of(key, visit),
        Statement::Assign(assign) => {
            if let Target::Payload(field) = assign.target {
                visit(field);
            }
            fields_of(&assign.value, visit);
        }
        Statement::Nat(nat) => {
            if let Some(NatAddress::Computed(address)) = &nat.address {
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
        Expression::Bitwise { operand, .. } | Expression::Shift { operand, .. } => fields_of(operand, visit),
        Expression::Map { key, .. } => fields_of(key, visit),
        Expression::Hash(hash) => {
            if let Some(operand) = &hash.operand {
                fields_of(operand, visit);
            }
        }
        _ => {}
    }
}
