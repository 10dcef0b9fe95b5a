use std::collections::BTreeMap;

use super::cursor::{Failure, Parsed};
use super::reader::Reader;
use super::token::{Kind, Token};
use crate::message;
use crate::netfilter::Direction;
use crate::nftables::model::{
    CtField, CtKey, DataType, Expression, Fib, FibAddress, FibResult, Field, FragmentKey, Hash, Header, MetaKey,
    Numgen, NumgenMode, RawBase, Seed, State, TableFamily,
};

/// Words that begin an expression of nft's that is not modelled.
const UNMODELLED: [&str; 14] =
    ["rt", "socket", "osf", "ipsec", "arp", "hbh", "rt0", "rt2", "rt4", "frag", "dst", "mh", "exthdr", "tunnel"];

impl Reader<'_, '_, '_> {
    /// Whether a selector comes next, rather than a constant.
    pub fn begins_selector(&mut self) -> bool {
        let token = self.cursor.peek();
        if token.is("@") || token.is("(") {
            return true;
        }
        if token.kind != Kind::Word {
            return false;
        }
        match token.text {
            "meta" | "ct" | "fib" | "numgen" | "jhash" | "symhash" => true,
            word if MetaKey::is_word_of_its_own(word) || UNMODELLED.contains(&word) => true,
            // `tcp dport` is a selector; `tcp` alone is a value.
            word => Header::from_name(word).is_some_and(|header| {
                let second = self.cursor.peek_second();
                second.kind == Kind::Word && (header.field(second.text).is_some() || second.text == "option")
            }),
        }
    }

    /// One selector without operators.
    pub(super) fn selector(&mut self) -> Parsed<Expression> {
        if self.cursor.accept("(") {
            let inner = self.nested(Self::operation)?;
            self.cursor.expect(")")?;
            return Ok(inner);
        }
        if self.cursor.accept("@") {
            return self.raw_payload();
        }
        let token = self.cursor.word(message!("expected-expression"))?;
        match token.text {
            "meta" => {
                let key = self.cursor.word(message!("expected-meta-key"))?;
                self.meta(key)
            }
            "ct" => self.ct(),
            "fib" => self.fib(),
            "numgen" => self.numgen(),
            "jhash" => self.jhash(),
            "symhash" => self.symhash(),
            word if MetaKey::is_word_of_its_own(word) => self.meta(token),
            "socket" => self.socket(),
            "rt" => self.route(),
            "frag" | "exthdr" if self.table.family != TableFamily::Ip => self.fragment(token),
            word if UNMODELLED.contains(&word) => Err(Failure::unmodelled(token)),
            word => match Header::from_name(word) {
                Some(header) => self.payload(header),
                None => Err(Failure::new(
                    token.offset,
                    format!("syntax error, unexpected `{word}`"),
                    message!("expected-match-or-statement"),
                    "",
                )),
            },
        }
    }

    /// After `frag` or `exthdr`; of other headers it is kept.
    fn fragment(&mut self, word: Token<'_>) -> Parsed<Expression> {
        let token = self.cursor.peek();
        let key = match (word.text, token.text) {
            ("exthdr", "frag") => FragmentKey::Present,
            ("frag", name) => FragmentKey::from_field(name).ok_or_else(|| Failure::unmodelled(word))?,
            _ => return Err(Failure::unmodelled(word)),
        };
        self.cursor.next();
        Ok(Expression::Fragment(key))
    }

    fn meta(&mut self, token: Token<'_>) -> Parsed<Expression> {
        match MetaKey::from_name(token.text) {
            Some(MetaKey::NfProto) if !matches!(self.table.family.name(), "inet" | "bridge" | "netdev") => {
                Err(Failure::new(
                    token.offset,
                    "meta nfproto is only useful in the inet family",
                    "",
                    message!("advice-one-family"),
                ))
            }
            Some(key) => Ok(Expression::Meta(key)),
            None if matches!(token.text, "secmark" | "sdif" | "ibrpvid" | "ibrvproto" | "cgroupv2") => {
                Err(Failure::unmodelled(token))
            }
            None => Err(Failure::new(
                token.offset,
                message!("wrong-meta-key", name = token.text),
                message!("expected-meta-keys"),
                "",
            )),
        }
    }

    fn payload(&mut self, header: Header) -> Parsed<Expression> {
        let token = self.cursor.peek();
        if header == Header::Tcp
            && let Some(size) = self.segment_size()
        {
            return Ok(size);
        }
        if token.kind == Kind::Word && matches!(token.text, "option" | "chunk") {
            return Err(Failure::unmodelled(token));
        }
        match header.field(token.text).filter(|_| token.kind == Kind::Word) {
            Some(field) => {
                self.cursor.next();
                Ok(Expression::Payload(field))
            }
            None => {
                let known: Vec<_> = header.fields().map(|field| field.name).collect();
                Err(self.cursor.unexpected(message!(
                    "expected-field-of",
                    header = header.name(),
                    fields = known.join(", ")
                )))
            }
        }
    }

    /// `@nh,96,32`; what has a name gets it.
    fn raw_payload(&mut self) -> Parsed<Expression> {
        let token = self.cursor.word(message!("expected-three", one = "ll", other = "nh", third = "th"))?;
        let base = match token.text {
            "ll" => RawBase::Link,
            "nh" => RawBase::Network,
            "th" => RawBase::Transport,
            _ => {
                return Err(Failure::new(
                    token.offset,
                    "unknown payload base",
                    message!("expected-three", one = "ll", other = "nh", third = "th"),
                    "",
                ));
            }
        };
        self.cursor.expect(",")?;
        let offset: u16 = self.cursor.number(message!("expected-offset"))?;
        self.cursor.expect(",")?;
        let at = self.cursor.offset();
        let bits: u16 = self.cursor.number(message!("expected-length-in-bits"))?;
        let headers: &[Header] = match (base, self.table.family.name()) {
            (RawBase::Network, "ip") => &[Header::Ip],
            (RawBase::Network, "ip6") => &[Header::Ip6],
            (RawBase::Transport, _) => &[Header::Th],
            _ => &[],
        };
        if let Some(field) = Field::at(headers, offset, u32::from(bits)) {
            return Ok(Expression::Payload(field));
        }
        match u8::try_from(bits) {
            Ok(0) => Err(Failure::new(at, "zero length", message!("expected-bits"), "")),
            Ok(bits @ 1..=64) => Ok(Expression::RawPayload { base, offset, bits }),
            _ => Err(Failure::unmodelled(token)),
        }
    }

    fn ct(&mut self) -> Parsed<Expression> {
        let direction = match self.cursor.peek().text {
            "original" => Some(Direction::Original),
            "reply" => Some(Direction::Reply),
            _ => None,
        };
        if direction.is_some() {
            self.cursor.next();
        }
        let token = self.cursor.word(message!("expected-ct-key"))?;
        let mut name = token.text.to_owned();
        if matches!(token.text, "ip" | "ip6") {
            name = format!(
                "{name} {}",
                self.cursor.word(message!("expected-either", one = "saddr", other = "daddr"))?.text
            );
        }
        if let "saddr" | "daddr" = token.text {
            name = match self.table.family.name() {
                "ip" => format!("ip {name}"),
                "ip6" => format!("ip6 {name}"),
                _ => {
                    return Err(Failure::new(
                        token.offset,
                        "cannot determine ip protocol version, use \"ip saddr\" or \"ip6 saddr\" instead",
                        "",
                        "",
                    ));
                }
            };
        }
        let Some(key) = CtKey::from_name(&name) else {
            return Err(match token.text {
                "helper" | "label" | "count" | "event" | "secmark" => Failure::unmodelled(token),
                _ => {
                    Failure::new(token.offset, message!("wrong-ct-key", name = name), message!("expected-ct-keys"), "")
                }
            });
        };
        let countable = matches!(
            key,
            CtKey::Bytes | CtKey::Packets | CtKey::AvgPkt | CtKey::Zone | CtKey::Protocol | CtKey::L3Proto
        );
        match direction {
            None if key.is_of_tuple() => Err(Failure::new(
                token.offset,
                "wrong direction",
                message!("expected-either", one = "ct original", other = "ct reply"),
                "",
            )),
            Some(_) if !key.is_of_tuple() && !countable => Err(Failure::new(
                token.offset,
                "unexpected direction",
                format!("ct {name}"),
                message!("advice-no-direction"),
            )),
            _ => Ok(Expression::Ct(CtField { key, direction })),
        }
    }

    fn fib(&mut self) -> Parsed<Expression> {
        let mut address = None;
        let (mut mark, mut iif, mut oif) = (false, false, false);
        loop {
            let token = self.cursor.word(message!("expected-fib-keys"))?;
            match token.text {
                "saddr" => address = Some(FibAddress::Saddr),
                "daddr" => address = Some(FibAddress::Daddr),
                "mark" => mark = true,
                "iif" => iif = true,
                "oif" => oif = true,
                _ => {
                    return Err(Failure::new(token.offset, "syntax error", message!("expected-fib-keys"), ""));
                }
            }
            if !self.cursor.accept(".") {
                break;
            }
        }
        let token = self.cursor.word(message!("expected-fib-results"))?;
        let result = match token.text {
            "type" => FibResult::Type,
            "oifname" => FibResult::OifName,
            "oif" if matches!(self.fib_test().as_str(), "missing" | "exists") => FibResult::Present,
            "oif" => FibResult::Oif,
            _ => {
                return Err(Failure::new(token.offset, "syntax error", message!("expected-fib-results"), ""));
            }
        };
        match address {
            Some(address) => Ok(Expression::Fib(Fib { address, mark, iif, oif, result })),
            None => Err(Failure::new(token.offset, "fib: need either saddr or daddr", "", message!("advice-fib"))),
        }
    }

    /// The word that the result is compared with.
    fn fib_test(&mut self) -> String {
        let token = self.cursor.peek();
        if token.is("==") || token.is("!=") { self.cursor.peek_second().text } else { token.text }.to_owned()
    }

    fn numgen(&mut self) -> Parsed<Expression> {
        let token = self.cursor.word(message!("expected-either", one = "inc", other = "random"))?;
        let mode = match token.text {
            "random" => None,
            "inc" => Some(()),
            _ => {
                return Err(Failure::new(
                    token.offset,
                    "syntax error",
                    message!("expected-either", one = "inc", other = "random"),
                    "",
                ));
            }
        };
        let modulus = self.modulus()?;
        let offset = self.offset_option()?;
        let mode = match mode {
            None => NumgenMode::Random,
            Some(()) => NumgenMode::Incremental(self.table.add_state(State::Sequence(0))),
        };
        Ok(Expression::Numgen(Numgen { mode, modulus, offset }))
    }

    fn modulus(&mut self) -> Parsed<u32> {
        self.cursor.expect_word("mod")?;
        let offset = self.cursor.offset();
        let modulus = self.cursor.number(message!("expected-number"))?;
        if modulus == 0 {
            return Err(Failure::new(
                offset,
                "Could not process rule: Numerical result out of range",
                message!("expected-one-or-more"),
                "",
            ));
        }
        Ok(modulus)
    }

    fn offset_option(&mut self) -> Parsed<u32> {
        if self.cursor.accept_word("offset") { self.cursor.number(message!("expected-number")) } else { Ok(0) }
    }

    fn jhash(&mut self) -> Parsed<Expression> {
        let operand = self.nested(Self::concatenation)?;
        let modulus = self.modulus()?;
        let seed = if self.cursor.accept_word("seed") {
            Seed::Given(u32::try_from(self.single_value(DataType::Integer(32))?).unwrap_or(u32::MAX))
        } else {
            Seed::Drawn(self.table.add_state(State::Hashes(BTreeMap::new())))
        };
        let offset = self.offset_option()?;
        Ok(Expression::Hash(Hash { operand: Some(Box::new(operand)), modulus, seed: Some(seed), offset }))
    }

    fn symhash(&mut self) -> Parsed<Expression> {
        let modulus = self.modulus()?;
        let offset = self.offset_option()?;
        Ok(Expression::Hash(Hash { operand: None, modulus, seed: None, offset }))
    }
}
