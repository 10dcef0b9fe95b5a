use super::constant::Constant;
use super::cursor::{Failure, Parsed};
use super::reader::Reader;
use super::token::{Kind, Token};
use crate::message;
use crate::nftables::model::{DataType, Expression, SetData, SetUse, ShiftDirection};

/// How binary operators bind: the higher, the tighter (`%left` of the grammar).
fn precedence(token: Token<'_>) -> Option<(u8, Operator)> {
    Some(match token.text {
        "<<" | "lshift" => (4, Operator::Left),
        ">>" | "rshift" => (4, Operator::Right),
        "&" | "and" => (3, Operator::And),
        "^" | "xor" => (2, Operator::Xor),
        "|" | "or" => (1, Operator::Or),
        _ => return None,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    Xor,
    Left,
    Right,
}

impl Reader<'_, '_, '_> {
    /// One selector or several, joined by dots.
    pub fn concatenation(&mut self) -> Parsed<Expression> {
        let first = self.operation()?;
        if !self.cursor.peek().is(".") {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.cursor.accept(".") {
            parts.push(self.operation()?);
        }
        Ok(Expression::Concat(parts))
    }

    /// A selector with operators and constants after it.
    pub(super) fn operation(&mut self) -> Parsed<Expression> {
        let mut left = self.selector()?;
        while self.cursor.peek().kind != Kind::Quoted
            && let Some((tightness, operator)) = precedence(self.cursor.peek())
        {
            self.cursor.next();
            let data_type = left.data_type(self.table);
            left = self.apply(left, operator, tightness, data_type)?;
        }
        Ok(left)
    }

    fn apply(
        &mut self,
        left: Expression,
        operator: Operator,
        tightness: u8,
        data_type: DataType,
    ) -> Parsed<Expression> {
        if matches!(operator, Operator::Left | Operator::Right) {
            let offset = self.cursor.offset();
            let by: u8 = self.cursor.number(message!("expected-shift"))?;
            if u32::from(by) >= data_type.bits() {
                let message = format!("Shift count {by} exceeds the width of {} bits", data_type.bits());
                return Err(Failure::new(offset, message, "", ""));
            }
            let direction = if operator == Operator::Left { ShiftDirection::Left } else { ShiftDirection::Right };
            return Ok(Expression::Shift { operand: Box::new(left), direction, by });
        }
        let value = self.constant_operand(tightness, data_type)?;
        let (operand, mask, xor) = match left {
            Expression::Bitwise { operand, mask, xor } => (operand, mask, xor),
            left => (Box::new(left), data_type.max(), 0),
        };
        // Each operator is folded into `(x & mask) ^ xor`, as the kernel keeps it.
        let (mask, xor) = match operator {
            Operator::And => (mask & value, xor & value),
            Operator::Or => (mask & !value, xor & !value | value),
            _ => (mask, xor ^ value),
        };
        Ok(Expression::Bitwise { operand, mask, xor })
    }

    /// A constant with the tighter operators after it.
    fn constant_operand(&mut self, tightness: u8, data_type: DataType) -> Parsed<u128> {
        let token = self.cursor.peek();
        let mut value = if self.cursor.accept("(") {
            let mut value = self.single_value(data_type)?;
            while self.cursor.accept("|") || self.cursor.accept(",") {
                value |= self.single_value(data_type)?;
            }
            self.cursor.expect(")")?;
            value
        } else if token.kind == Kind::Word && self.begins_selector() {
            return Err(Failure::new(
                token.offset,
                "Right hand side of binary operation must be constant",
                message!("expected-number"),
                message!("advice-constants-only"),
            ));
        } else {
            self.single_value(data_type)?
        };
        while let Some((next, operator)) = precedence(self.cursor.peek())
            && next > tightness
        {
            self.cursor.next();
            let right = self.nested(|reader| reader.constant_operand(next, data_type))?;
            value = match operator {
                Operator::And => value & right,
                Operator::Xor => value ^ right,
                Operator::Or => value | right,
                Operator::Left => {
                    value.checked_shl(u32::try_from(right).unwrap_or(u32::MAX)).unwrap_or(0) & data_type.max()
                }
                Operator::Right => value.checked_shr(u32::try_from(right).unwrap_or(u32::MAX)).unwrap_or(0),
            };
        }
        Ok(value)
    }

    /// What a statement sets something to: a constant, a selector, or a map's answer.
    pub fn assigned(&mut self, wanted: &[DataType]) -> Parsed<Expression> {
        let offset = self.cursor.offset();
        if !self.begins_selector() {
            let [data_type] = wanted else {
                return Err(self.cursor.unexpected(message!("expected-map-expression")));
            };
            let value = match self.constant(*data_type)? {
                Constant::Value(value) => value,
                _ => {
                    return Err(Failure::new(offset, "cannot use a range here", message!("expected-single-value"), ""));
                }
            };
            return Ok(Expression::Value { data_type: *data_type, value });
        }
        let expression = self.concatenation()?;
        let expression = if self.cursor.accept_word("map") { self.map_of(expression, wanted)? } else { expression };
        let found = expression.types(self.table);
        let fits = |found: &[DataType]| {
            found.len() == wanted.len() && wanted.iter().zip(found).all(|(a, b)| assignable(*a, *b))
        };
        if fits(&found) {
            return Ok(expression);
        }
        Err(type_mismatch(offset, wanted, &found))
    }

    /// The map after `map`: one of the table's, or elements in braces with values of the wanted types.
    fn map_of(&mut self, key: Expression, wanted: &[DataType]) -> Parsed<Expression> {
        let types = key.types(self.table);
        let map = if self.cursor.accept("@") {
            let offset = self.cursor.offset();
            let id = self.set_name()?;
            self.check_key(id, &types, offset)?;
            SetUse::Named(id)
        } else {
            let set = self.nested(|reader| reader.anonymous_set(types, SetData::Values(wanted.to_vec())))?;
            SetUse::Anonymous(set)
        };
        Ok(Expression::Map { key: Box::new(key), map })
    }

    /// The types of a set's key must be those of what is looked up in it.
    pub fn check_key(&self, id: crate::nftables::model::SetId, types: &[DataType], offset: usize) -> Parsed<()> {
        let Some(set) = self.table.set(id) else {
            return Ok(());
        };
        let same = set.key.len() == types.len() && set.key.iter().zip(types).all(|(a, b)| a.accepts(*b));
        if same { Ok(()) } else { Err(type_mismatch(offset, types, &set.key)) }
    }
}

/// Numbers of any kind may set a mark; otherwise types must be the same.
fn assignable(to: DataType, from: DataType) -> bool {
    let is_number = |data_type| matches!(data_type, DataType::Mark | DataType::Integer(_));
    to.accepts(from) || (is_number(to) && is_number(from))
}

pub fn type_mismatch(offset: usize, wanted: &[DataType], found: &[DataType]) -> Failure {
    let names = |types: &[DataType]| types.iter().map(|data_type| data_type.name()).collect::<Vec<_>>().join(" . ");
    Failure::new(
        offset,
        format!("datatype mismatch, expected {}, expression has type {}", names(wanted), names(found)),
        message!("expected-the-type", type = names(wanted)),
        message!("advice-agree-types"),
    )
}

/// One selector, as `typeof` names them.
pub fn selector(reader: &mut Reader<'_, '_, '_>) -> Parsed<Expression> {
    reader.concatenation()
}
