use super::cursor::{Failure, Parsed};
use super::reader::Reader;
use super::token::Kind;
use crate::message;
use crate::nftables::model::DataType;
use crate::source::Phrase;

/// A constant, or several at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    Value(u128),
    Prefix { value: u128, length: u8 },
    Range(u128, u128),
}

impl Constant {
    /// First and last value.
    pub fn bounds(self, data_type: DataType) -> (u128, u128) {
        match self {
            Self::Value(value) => (value, value),
            Self::Prefix { value, length } => {
                let mask = data_type.mask_of_prefix(length);
                (value & mask, value & mask | data_type.max() & !mask)
            }
            Self::Range(low, high) => (low, high),
        }
    }

    /// Whether a set needs `flags interval` to hold it (a /32 does too).
    pub const fn is_interval(self) -> bool {
        !matches!(self, Self::Value(_))
    }
}

impl Reader<'_, '_, '_> {
    /// A value, prefix or range of the type.
    pub fn constant(&mut self, data_type: DataType) -> Parsed<Constant> {
        let offset = self.cursor.offset();
        match self.constant_or_night(data_type)? {
            Constant::Range(first, last) if last < first => Err(negative(offset)),
            constant => Ok(constant),
        }
    }

    /// The same; a range of hours or days may end before it begins.
    pub fn constant_or_night(&mut self, data_type: DataType) -> Parsed<Constant> {
        if data_type.is_string() {
            return self.device_name(data_type);
        }
        let value = self.value(data_type)?;
        if matches!(
            data_type,
            DataType::Ipv4Addr | DataType::Ipv6Addr | DataType::Mark | DataType::Realm | DataType::DevGroup
        ) && self.cursor.accept("/")
        {
            let offset = self.cursor.offset();
            let length: u32 = self.cursor.number(message!("expected-prefix-length"))?;
            return match u8::try_from(length) {
                Ok(length) if u32::from(length) == data_type.bits() => Ok(Constant::Value(value)),
                Ok(length) if u32::from(length) < data_type.bits() => {
                    Ok(Constant::Prefix { value: value & data_type.mask_of_prefix(length), length })
                }
                _ => Err(Failure::new(
                    offset,
                    format!("Prefix length {length} is invalid for type of {} bits width", data_type.bits()),
                    format!("0 to {}", data_type.bits()),
                    "",
                )),
            };
        }
        let offset = self.cursor.offset();
        if !self.cursor.accept("-") {
            return Ok(Constant::Value(value));
        }
        let last = self.value(data_type)?;
        if last < value && !matches!(data_type, DataType::Hour | DataType::Day) {
            return Err(negative(offset));
        }
        Ok(Constant::Range(value, last))
    }

    /// A single value of the type. Flags may be joined by `|`, also in parentheses.
    pub fn value(&mut self, data_type: DataType) -> Parsed<u128> {
        if data_type == DataType::ClassId {
            return self.class_id();
        }
        if data_type == DataType::Hour && self.cursor.peek().kind == Kind::Word {
            return self.hour();
        }
        if !data_type.is_bitmask() {
            return self.single_value(data_type);
        }
        let closing = self.cursor.accept("(");
        let mut value = self.single_value(data_type)?;
        while self.cursor.accept("|") || (closing && self.cursor.accept(",")) {
            value |= self.single_value(data_type)?;
        }
        if closing {
            self.cursor.expect(")")?;
        }
        Ok(value)
    }

    pub fn single_value(&mut self, data_type: DataType) -> Parsed<u128> {
        let token = self.cursor.peek();
        if !matches!(token.kind, Kind::Word | Kind::Quoted) {
            return Err(self.cursor.unexpected(message!("expected-value-of-type", type = data_type.name())));
        }
        let Some(value) = data_type.parse(token.text) else {
            return Err(wrong_value(data_type, token.text, token.offset));
        };
        self.cursor.next();
        Ok(value)
    }

    /// `1:2`, which the scanner gives in parts.
    fn class_id(&mut self) -> Parsed<u128> {
        let token = self.cursor.peek();
        let mut text = String::new();
        if token.kind == Kind::Word {
            text.push_str(self.cursor.next().text);
        }
        if self.cursor.accept(":") {
            text.push(':');
            if self.cursor.peek().kind == Kind::Word
                && self.cursor.peek().text.bytes().all(|byte| byte.is_ascii_hexdigit())
            {
                text.push_str(self.cursor.next().text);
            }
        }
        DataType::ClassId.parse(&text).ok_or_else(|| wrong_value(DataType::ClassId, &text, token.offset))
    }

    /// `10:00`, which the scanner gives in parts where it is not quoted.
    fn hour(&mut self) -> Parsed<u128> {
        let token = self.cursor.peek();
        let mut text = self.cursor.next().text.to_owned();
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        while self.cursor.peek().is(":") && is_digits(self.cursor.peek_second().text) {
            self.cursor.next();
            text.push(':');
            text.push_str(self.cursor.next().text);
        }
        DataType::Hour.parse(&text).ok_or_else(|| wrong_value(DataType::Hour, &text, token.offset))
    }

    /// A name, or all names that begin with what stands before the `*`.
    fn device_name(&mut self, data_type: DataType) -> Parsed<Constant> {
        let token = self.cursor.word_or_string(message!("expected-device-name"))?;
        let wrong = || wrong_value(data_type, token.text, token.offset);
        if let Some(name) = token.text.strip_suffix("\\*") {
            return Ok(Constant::Value(data_type.parse(&format!("{name}*")).ok_or_else(wrong)?));
        }
        match token.text.strip_suffix('*') {
            Some("") => Err(Failure::new(
                token.offset,
                "All-wildcard strings are not supported",
                message!("expected-name-before-star"),
                message!("advice-leave-match-out"),
            )),
            None if token.text.is_empty() => {
                Err(Failure::new(token.offset, "Empty string is not allowed", message!("expected-device-name"), ""))
            }
            Some(start) => {
                let value = DataType::IfName.parse(start).ok_or_else(wrong)?;
                let length = u8::try_from(start.len() * 8).map_err(|_| wrong())?;
                Ok(Constant::Prefix { value, length })
            }
            None => Ok(Constant::Value(data_type.parse(token.text).ok_or_else(wrong)?)),
        }
    }
}

fn negative(offset: usize) -> Failure {
    Failure::new(
        offset,
        "Range has zero or negative size",
        message!("expected-rising-range"),
        message!("advice-swap-ends"),
    )
}

fn wrong_value(data_type: DataType, text: &str, offset: usize) -> Failure {
    let wanted = message!("expected-value-of-type-such-as", type = data_type.name(), about = data_type.description());
    let number = text.parse::<u128>().is_ok();
    let message: Phrase = match data_type {
        DataType::Ipv4Addr | DataType::Ipv6Addr
            if text.bytes().any(|byte| byte.is_ascii_alphabetic()) && !text.contains(':') =>
        {
            message!("wrong-no-address", text = text).into()
        }
        DataType::Day if !number => "Could not parse Day of week of packet reception".into(),
        DataType::Day => format!("Value {text} exceeds valid range 0-6").into(),
        DataType::Hour => "wrong time format".into(),
        DataType::Date => "Cannot parse date".into(),
        _ if number && data_type.parse("0").is_some() => {
            format!("Value {text} exceeds valid range 0-{}", data_type.max()).into()
        }
        _ => message!("wrong-no-value", text = text, type = data_type.name()).into(),
    };
    Failure::new(offset, message, wanted, "")
}
