use super::constant::Constant;
use super::cursor::{Failure, Parsed};
use super::expression::type_mismatch;
use super::known::Known;
use super::reader::Reader;
use super::reduce::fields_of;
use super::rule::resolve_fields;
use super::token::Kind;
use crate::message;
use crate::net::Family;
use crate::netfilter::{Manip, RejectWith};
use crate::nftables::model::{
    Assign, Comparison, CtField, CtKey, DataType, Expression, Match, MetaKey, ObjectKind, Reject, RejectKind, SetData,
    SetOp, SetUpdate, SetUse, Statement, TableFamily, Target, Test,
};

/// Words that begin a statement of nft's that is not modelled.
const UNMODELLED: [&str; 5] = ["queue", "synproxy", "meter", "xt", "last"];

impl Reader<'_, '_, '_> {
    /// One statement; none if nft prints nothing for it.
    pub fn statement(&mut self, known: &mut Known) -> Parsed<Option<Statement>> {
        if let Some(verdict) = self.verdict()? {
            return Ok(Some(Statement::Verdict(verdict)));
        }
        let token = self.cursor.peek();
        if token.kind != Kind::Word {
            return self.match_statement(known);
        }
        let statement = match token.text {
            word if UNMODELLED.contains(&word) => return Err(Failure::unmodelled(token)),
            "counter" => self.after_word(|reader| reader.counting(ObjectKind::Counter))?,
            "limit" => self.after_word(|reader| reader.counting(ObjectKind::Limit))?,
            "quota" => self.after_word(|reader| reader.counting(ObjectKind::Quota))?,
            "ct" if self.cursor.peek_second().is_word("count") => {
                self.cursor.next();
                self.after_word(|reader| {
                    let (what, state) = reader.connections()?;
                    Ok(Statement::Stateful(what, reader.table.add_state(state)))
                })?
            }
            "log" => self.after_word(Self::log)?,
            "reject" => self.after_word(|reader| reader.reject(known))?,
            "snat" => self.after_word(|reader| reader.nat(Manip::Source, known))?,
            "dnat" => self.after_word(|reader| reader.nat(Manip::Destination, known))?,
            "masquerade" => self.after_word(|reader| Ok(Statement::Masquerade(reader.rebind(known)?)))?,
            "redirect" => self.after_word(|reader| Ok(Statement::Redirect(reader.rebind(known)?)))?,
            "tproxy" => self.after_word(|reader| reader.tproxy(known))?,
            "dup" => self.after_word(Self::duplicate)?,
            "fwd" if self.table.family == TableFamily::Netdev => self.after_word(Self::forward)?,
            "fwd" => return Err(Failure::unmodelled(token)),
            "flow" => self.after_word(Self::offload)?,
            "ct" => match self.ct_object()? {
                Some(statement) => statement,
                None => return self.match_statement(known),
            },
            "notrack" => self.after_word(|_| Ok(Statement::Notrack))?,
            "add" => self.after_word(|reader| reader.set_update(SetOp::Add))?,
            "update" => self.after_word(|reader| reader.set_update(SetOp::Update))?,
            "delete" => self.after_word(|reader| reader.set_update(SetOp::Delete))?,
            _ => return self.match_statement(known),
        };
        Ok(Some(statement))
    }

    fn after_word(&mut self, read: impl FnOnce(&mut Self) -> Parsed<Statement>) -> Parsed<Statement> {
        self.cursor.next();
        read(self)
    }

    /// A match, a verdict map, or `… set …`.
    fn match_statement(&mut self, known: &mut Known) -> Parsed<Option<Statement>> {
        let offset = self.cursor.offset();
        let mut left = self.concatenation()?;
        if left == Expression::SegmentSize {
            known.use_tcp();
        }
        let mut fields = Vec::new();
        fields_of(&left, &mut |field| fields.push(field));
        fields.into_iter().try_for_each(|field| known.use_field(field, offset))?;
        known.check_ports(&left, offset)?;
        resolve_fields(&mut left, known);
        if self.cursor.accept_word("set") {
            return self.assign(left, offset).map(Some);
        }
        if self.cursor.accept_word("vmap") {
            return self.verdict_map(left).map(Some);
        }
        let test = self.test(&mut left)?;
        let redundant = match (&left, &test) {
            // In a table of one family nft drops the match that every packet passes.
            (Expression::Meta(MetaKey::Protocol), Test::Compare { op: Comparison::Equal, value }) => {
                match self.table.family {
                    TableFamily::Ip => *value == 0x0800,
                    TableFamily::Ip6 => *value == 0x86dd,
                    _ => false,
                }
            }
            _ => false,
        };
        Ok((!redundant).then_some(Statement::Match(Match { left, test })))
    }

    fn assign(&mut self, left: Expression, offset: usize) -> Parsed<Statement> {
        let target = match left {
            Expression::Meta(MetaKey::Mark | MetaKey::Priority | MetaKey::PktType | MetaKey::NfTrace)
            | Expression::Payload(_)
            | Expression::SegmentSize => left,
            Expression::Ct(field) if matches!(field.key, CtKey::Mark | CtKey::Zone) => left,
            _ => {
                return Err(Failure::new(offset, message!("wrong-cannot-set"), message!("expected-settable"), ""));
            }
        };
        let data_type = target.data_type(self.table);
        let value_offset = self.cursor.offset();
        let value = self.assigned(&[data_type])?;
        // A zone takes numbers, and no marks (`stmt_evaluate_ct`).
        if matches!(target, Expression::Ct(CtField { key: CtKey::Zone, .. }))
            && value.data_type(self.table) == DataType::Mark
        {
            let message = "datatype mismatch: expected integer, expression has type packet mark";
            let advice = message!("advice-map-of-marks");
            return Err(Failure::new(value_offset, message, message!("expected-number"), advice));
        }
        let target = match target {
            Expression::Meta(key) => Target::Meta(key),
            Expression::Payload(field) => Target::Payload(field),
            Expression::Ct(field) => Target::Ct(field),
            Expression::SegmentSize => Target::SegmentSize,
            _ => return Err(Failure::new(offset, message!("wrong-cannot-set"), "", "")),
        };
        Ok(Statement::Assign(Assign { target, value }))
    }

    fn verdict_map(&mut self, key: Expression) -> Parsed<Statement> {
        let types = key.types(self.table);
        let offset = self.cursor.offset();
        if !self.cursor.accept("@") {
            let map = self.anonymous_set(types, SetData::Verdict)?;
            return Ok(Statement::VerdictMap { key, map: SetUse::Anonymous(map) });
        }
        let id = self.set_name()?;
        if self.table.set(id).is_some_and(|set| set.data != SetData::Verdict) {
            return Err(Failure::new(
                offset,
                message!("wrong-no-verdict-map"),
                message!("expected-verdict-map"),
                message!("advice-use-map"),
            ));
        }
        self.check_key(id, &types, offset)?;
        Ok(Statement::VerdictMap { key, map: SetUse::Named(id) })
    }

    /// The operator and what is on its right.
    fn test(&mut self, left: &mut Expression) -> Parsed<Test> {
        let token = self.cursor.peek();
        let op = match token.text {
            _ if token.kind == Kind::Quoted => None,
            "==" | "eq" => Some(Comparison::Equal),
            "!=" | "ne" => Some(Comparison::NotEqual),
            "<" | "lt" => Some(Comparison::Less),
            ">" | "gt" => Some(Comparison::Greater),
            "<=" | "le" => Some(Comparison::AtMost),
            ">=" | "ge" => Some(Comparison::AtLeast),
            _ => None,
        };
        if op.is_some() {
            self.cursor.next();
        }
        let negated = op == Some(Comparison::NotEqual);
        let types = left.types(self.table);
        if self.cursor.peek().is("@") && self.cursor.peek_second().kind == Kind::Word {
            self.cursor.next();
            let offset = self.cursor.offset();
            let id = self.set_name()?;
            self.check_key(id, &types, offset)?;
            return Ok(Test::In { negated, set: SetUse::Named(id) });
        }
        let [data_type] = *types else {
            return self.tuple_test(types, negated);
        };
        if self.cursor.accept("!") {
            return Ok(Test::NoFlag(self.flags(data_type)?));
        }
        if self.cursor.peek().is("{") {
            return self.set_test(left, data_type, negated);
        }
        if data_type.is_bitmask() {
            return self.flags_test(left, data_type, op);
        }
        match self.constant_or_night(data_type)? {
            // Of a night or a weekend nft makes what is outside of the time between.
            Constant::Range(first, last) if last < first => {
                let outside = if negated { None } else { Some(Comparison::NotEqual) };
                self.constant_test(left, data_type, outside, Constant::Range(last, first))
            }
            constant => self.constant_test(left, data_type, op, constant),
        }
    }

    fn tuple_test(&mut self, types: Vec<DataType>, negated: bool) -> Parsed<Test> {
        if !self.cursor.peek().is("{") {
            let offset = self.cursor.offset();
            return Err(Failure::new(
                offset,
                "Use concatenations with sets and maps, not singleton values",
                message!("expected-named-or-braced"),
                message!("advice-braces"),
            ));
        }
        let set = self.anonymous_set(types, SetData::None)?;
        Ok(Test::In { negated, set: SetUse::Anonymous(set) })
    }

    /// `{ … }`: nft makes a plain comparison of a single element (`optimize_singleton_set`).
    fn set_test(&mut self, left: &mut Expression, data_type: DataType, negated: bool) -> Parsed<Test> {
        let elements = self.braced_elements(&[data_type], &SetData::None)?;
        if let [single] = &*elements
            && let Some(constant) = single.single_key()
        {
            let op = negated.then_some(Comparison::NotEqual);
            return match constant {
                Constant::Value(value) if data_type.is_bitmask() && !negated => Ok(Test::AnyFlag(value)),
                constant => self.constant_test(left, data_type, op, constant),
            };
        }
        let set = self.set_of_elements(vec![data_type], SetData::None, elements)?;
        Ok(Test::In { negated, set: SetUse::Anonymous(set) })
    }

    /// Flags joined by commas or `|`.
    fn flags(&mut self, data_type: DataType) -> Parsed<u128> {
        let mut value = self.value(data_type)?;
        while self.cursor.accept(",") || self.cursor.accept("|") {
            value |= self.value(data_type)?;
        }
        Ok(value)
    }

    fn flags_test(&mut self, left: &mut Expression, data_type: DataType, op: Option<Comparison>) -> Parsed<Test> {
        let value = self.flags(data_type)?;
        let negated = op == Some(Comparison::NotEqual);
        if self.cursor.accept("/") {
            let mask = self.flags(data_type)?;
            return Ok(Test::Flags { negated, value, mask });
        }
        // `relational_binop_postprocess`: how nft prints a masked comparison of flags.
        if let Expression::Bitwise { operand, mask, xor: 0 } = left {
            let mask = *mask;
            let test = match (value, op) {
                (0, Some(Comparison::NotEqual)) => Test::AnyFlag(mask),
                (0, None | Some(Comparison::Equal)) => Test::NoFlag(mask),
                (value, _) if value == mask && mask.count_ones() == 1 => {
                    return Ok(compare(op.unwrap_or(Comparison::Equal), value));
                }
                (value, None | Some(Comparison::Equal | Comparison::NotEqual)) => Test::Flags { negated, value, mask },
                (value, Some(op)) => return Ok(compare(op, value)),
            };
            *left = (**operand).clone();
            return Ok(test);
        }
        Ok(match op {
            None => Test::AnyFlag(value),
            Some(op) => compare(op, value),
        })
    }

    fn constant_test(
        &mut self,
        left: &mut Expression,
        data_type: DataType,
        op: Option<Comparison>,
        constant: Constant,
    ) -> Parsed<Test> {
        let ordered = !matches!(op, None | Some(Comparison::Equal | Comparison::NotEqual));
        let negated = op == Some(Comparison::NotEqual);
        let value = match constant {
            Constant::Value(value) => value,
            _ if ordered => {
                let offset = self.cursor.offset();
                return Err(Failure::new(offset, message!("wrong-order"), message!("expected-single-value"), ""));
            }
            Constant::Prefix { value, length } => {
                return Ok(Test::Prefix { negated, value, length });
            }
            Constant::Range(low, high) => return Ok(Test::Range { negated, low, high }),
        };
        if let Expression::Bitwise { operand, mask, xor } = left
            && !ordered
        {
            // `x ^ c == v` is asked as `x == v ^ c`; a mask that is a prefix is printed as one.
            if *mask == data_type.max() {
                let value = value ^ *xor;
                *left = (**operand).clone();
                return Ok(compare(op.unwrap_or(Comparison::Equal), value));
            }
            if *xor == 0
                && data_type.has_prefixes()
                && let Some(length) = data_type.prefix_of_mask(*mask)
            {
                *left = (**operand).clone();
                return Ok(Test::Prefix { negated, value, length });
            }
        }
        Ok(compare(op.unwrap_or(Comparison::Equal), value))
    }

    /// `{ KEY timeout T : DATA }` after `add @set` and its like.
    fn set_update(&mut self, op: SetOp) -> Parsed<Statement> {
        self.cursor.expect("@")?;
        let offset = self.cursor.offset();
        let set = self.set_name()?;
        self.cursor.expect("{")?;
        let key = self.concatenation()?;
        let types = key.types(self.table);
        self.check_key(set, &types, offset)?;
        let timeout = if self.cursor.accept_word("timeout") { Some(self.duration()?) } else { None };
        let mut stateful = Vec::new();
        while let Some(counts) = self.stateful()? {
            stateful.push(counts);
        }
        let found = self.table.set(set).map(|found| (found.data.clone(), found.flags));
        let (data_types, flags) = found.unwrap_or((SetData::None, crate::nftables::model::SetFlags::default()));
        if timeout.is_some() && !flags.timeout {
            let message = message!("wrong-set-without-time-outs");
            return Err(Failure::new(
                offset,
                message,
                message!("expected-set-with-timeout"),
                message!("advice-declaration"),
            ));
        }
        let data = match &data_types {
            _ if !matches!(self.cursor.peek().text, ":" | "}") => {
                return Err(Failure::unmodelled(self.cursor.peek()));
            }
            SetData::Values(types) => {
                self.cursor.expect(":")?;
                Some(self.assigned(types)?)
            }
            SetData::None => None,
            SetData::Verdict => {
                return Err(type_mismatch(offset, &types, &[]));
            }
        };
        self.cursor.expect("}")?;
        Ok(Statement::SetUpdate(SetUpdate { op, set, key, timeout, data, stateful }))
    }

    /// After `reject`.
    fn reject(&mut self, known: &mut Known) -> Parsed<Statement> {
        let (kind, with) = if self.cursor.accept_word("with") {
            self.reject_with(known)?
        } else {
            let kind = match known.family {
                Some(Family::V4) => RejectKind::Icmp,
                Some(Family::V6) => RejectKind::Icmpv6,
                None => RejectKind::Icmpx,
            };
            (kind, RejectWith::PortUnreachable)
        };
        Ok(Statement::Reject(Reject { with, kind }))
    }

    fn reject_with(&mut self, known: &Known) -> Parsed<(RejectKind, RejectWith)> {
        let token = self.cursor.word(message!("expected-reject-with"))?;
        let (kind, names): (_, &[(&str, RejectWith)]) = match token.text {
            "tcp" => {
                self.cursor.expect_word("reset")?;
                return if known.excludes(6) {
                    let protocol = if known.transport == Some(17) { "udp" } else { "this" };
                    let message = format!("you cannot use tcp reset with {protocol} protocol");
                    Err(Failure::new(token.offset, message, message!("expected-other-answer"), ""))
                } else {
                    Ok((RejectKind::TcpReset, RejectWith::TcpReset))
                };
            }
            "icmp" => (RejectKind::Icmp, &ICMP),
            "icmpv6" => (RejectKind::Icmpv6, &ICMPV6),
            "icmpx" => (RejectKind::Icmpx, &ICMPX),
            _ => {
                return Err(Failure::new(token.offset, "syntax error", message!("expected-reject-with"), ""));
            }
        };
        let wrong = matches!(
            (kind, known.family),
            (RejectKind::Icmp, Some(Family::V6)) | (RejectKind::Icmpv6, Some(Family::V4))
        );
        if wrong {
            return Err(Failure::new(
                token.offset,
                "conflicting protocols specified",
                message!("expected-answer-of-family"),
                "",
            ));
        }
        if kind == RejectKind::Icmpx && self.table.family.only().is_some() {
            return Err(Failure::new(
                token.offset,
                "abstracted ICMP unreachable not supported",
                message!("expected-icmp-of-family"),
                "",
            ));
        }
        self.cursor.accept_word("type");
        let code = self.cursor.word(message!("expected-code"))?;
        match names.iter().find(|(name, _)| *name == code.text) {
            Some((_, with)) => Ok((kind, *with)),
            None => {
                let known: Vec<_> = names.iter().map(|(name, _)| *name).collect();
                Err(Failure::new(
                    code.offset,
                    message!("wrong-code", name = code.text, kind = token.text),
                    known.join(", "),
                    "",
                ))
            }
        }
    }
}

const fn compare(op: Comparison, value: u128) -> Test {
    Test::Compare { op, value }
}

/// The codes of each kind of answer, as nft names them.
pub const ICMP: [(&str, RejectWith); 7] = [
    ("net-unreachable", RejectWith::NetUnreachable),
    ("host-unreachable", RejectWith::HostUnreachable),
    ("prot-unreachable", RejectWith::ProtocolUnreachable),
    ("port-unreachable", RejectWith::PortUnreachable),
    ("net-prohibited", RejectWith::NetProhibited),
    ("host-prohibited", RejectWith::HostProhibited),
    ("admin-prohibited", RejectWith::AdminProhibited),
];
pub const ICMPV6: [(&str, RejectWith); 6] = [
    ("no-route", RejectWith::NoRoute),
    ("admin-prohibited", RejectWith::AdminProhibited),
    ("addr-unreachable", RejectWith::AddressUnreachable),
    ("port-unreachable", RejectWith::PortUnreachable),
    ("policy-fail", RejectWith::PolicyFail),
    ("reject-route", RejectWith::RejectRoute),
];
pub const ICMPX: [(&str, RejectWith); 4] = [
    ("port-unreachable", RejectWith::PortUnreachable),
    ("admin-prohibited", RejectWith::AdminProhibited),
    ("no-route", RejectWith::NoRoute),
    ("host-unreachable", RejectWith::HostUnreachable),
];
