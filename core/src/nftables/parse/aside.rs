//! Proxies, copies, and what a rule gives a connection.

use std::net::IpAddr;

use super::cursor::{Failure, Parsed};
use super::known::Known;
use super::reader::Reader;
use super::token::Kind;
use crate::message;
use crate::net::Family;
use crate::nftables::model::{
    Aside, CtObject, DataType, Expression, Forwarding, RtKey, SocketKey, Statement, TableFamily, Tproxy,
};

impl Reader<'_, '_, '_> {
    /// `ct helper set "name"`; none if it is a match.
    pub fn ct_object(&mut self) -> Parsed<Option<Statement>> {
        let Some(what) = CtObject::from_name(self.cursor.peek_second().text) else {
            return Ok(None);
        };
        let here = self.cursor.mark();
        self.cursor.next();
        self.cursor.next();
        if !self.cursor.accept_word("set") {
            self.cursor.reset(here);
            return Ok(None);
        }
        let name = self.cursor.next();
        if !self.table.unmodelled.iter().any(|kept| *kept.name == *name.text) {
            let message = message!("wrong-no-helper", kind = what.name());
            let expected = message!("expected-helper-name", kind = what.name());
            return Err(Failure::new(name.offset, message, expected, message!("advice-declare-before")));
        }
        Ok(Some(Statement::Aside(Aside::Connection { what, name: name.text.into() })))
    }

    /// After `dup`.
    pub fn duplicate(&mut self) -> Parsed<Statement> {
        if self.table.family == TableFamily::Netdev {
            self.cursor.expect_word("to")?;
            let device = self.cursor.word_or_string(message!("expected-device-name"))?.text.into();
            return Ok(Statement::Aside(Aside::Mirror { device }));
        }
        let Some(family) = self.table.family.only() else {
            return Err(Failure::unmodelled(self.cursor.peek()));
        };
        self.cursor.expect_word("to")?;
        if self.begins_selector() {
            return Err(Failure::unmodelled(self.cursor.peek()));
        }
        let to = self.address(family)?;
        let device = if self.cursor.accept_word("device") { Some(self.cursor.next().text.into()) } else { None };
        Ok(Statement::Aside(Aside::Duplicate { to, device }))
    }

    /// After `fwd`.
    pub fn forward(&mut self) -> Parsed<Statement> {
        let family = match self.cursor.peek().text {
            "ip" => Some(Family::V4),
            "ip6" => Some(Family::V6),
            _ => None,
        };
        if family.is_some() {
            self.cursor.next();
        }
        self.cursor.expect_word("to")?;
        if self.begins_selector() {
            return Err(Failure::unmodelled(self.cursor.peek()));
        }
        let to = match family {
            Some(family) => {
                let to = self.address(family)?;
                self.cursor.expect_word("device")?;
                Some(to)
            }
            None => None,
        };
        let device = self.cursor.word_or_string(message!("expected-device-name"))?.text.into();
        Ok(Statement::Forward(Forwarding { to, device }))
    }

    /// After `flow`.
    pub fn offload(&mut self) -> Parsed<Statement> {
        if !self.cursor.accept_word("add") {
            self.cursor.expect_word("offload")?;
        }
        self.cursor.expect("@")?;
        let name = self.cursor.word(message!("expected-flowtable-name"))?;
        Ok(Statement::Aside(Aside::Offload { table: name.text.into() }))
    }

    /// After `tproxy`.
    pub fn tproxy(&mut self, known: &Known) -> Parsed<Statement> {
        let start = self.cursor.offset();
        let own = self.table.family.only();
        let written = match self.cursor.peek().text {
            "ip" => Some(Family::V4),
            "ip6" => Some(Family::V6),
            _ => None,
        };
        if written.is_some() {
            self.cursor.next();
        }
        self.cursor.expect_word("to")?;
        if self.begins_selector() {
            return Err(Failure::unmodelled(self.cursor.peek()));
        }
        let address = match written.or(own) {
            _ if self.cursor.peek().is(":") => None,
            Some(family) => Some(self.address(family)?),
            None => {
                let message = "ip or ip6 must be specified with address for inet tables.";
                return Err(Failure::new(start, message, message!("expected-tproxy-to"), ""));
            }
        };
        let port = if self.cursor.accept(":") {
            if self.begins_selector() {
                return Err(Failure::unmodelled(self.cursor.peek()));
            }
            Some(u16::try_from(self.single_value(DataType::InetService)?).unwrap_or_default())
        } else {
            None
        };
        if !known.has_transport() {
            let message = "Transport protocol mapping is only valid after transport protocol match";
            return Err(Failure::new(
                start,
                message,
                message!("expected-match-before"),
                message!("advice-which-protocol"),
            ));
        }
        Ok(Statement::Tproxy(Tproxy { family: written, address, port }))
    }

    fn address(&mut self, family: Family) -> Parsed<IpAddr> {
        let (data_type, bracketed) = match family {
            Family::V4 => (DataType::Ipv4Addr, false),
            Family::V6 => (DataType::Ipv6Addr, self.cursor.accept("[")),
        };
        let value = self.single_value(data_type)?;
        if bracketed {
            self.cursor.expect("]")?;
        }
        Ok(match family {
            Family::V4 => IpAddr::V4(u32::try_from(value).unwrap_or(u32::MAX).into()),
            Family::V6 => IpAddr::V6(value.into()),
        })
    }

    /// After `socket`.
    pub(super) fn socket(&mut self) -> Parsed<Expression> {
        let token = self.cursor.word(message!("expected-tproxy-words"))?;
        SocketKey::from_name(token.text).map(Expression::Socket).ok_or_else(|| Failure::unmodelled(token))
    }

    /// After `rt`: what is asked of the route; else it is of a header, which is kept.
    pub(super) fn route(&mut self) -> Parsed<Expression> {
        let token = self.cursor.peek();
        let family = match token.text {
            "ip" => Some(Family::V4),
            "ip6" => Some(Family::V6),
            _ => None,
        };
        let key = match (token.text, self.table.family.only()) {
            ("classid", _) => RtKey::ClassId,
            ("mtu", _) => RtKey::Mtu,
            ("ipsec", _) => RtKey::IpSec,
            ("nexthop", Some(family)) => RtKey::NextHop(family),
            ("nexthop", None) => {
                let message = "cannot determine ip protocol version, use \"ip nexthop\" or \"ip6 nexthop\" instead";
                return Err(Failure::new(token.offset, message, "", ""));
            }
            _ => match family.filter(|_| self.cursor.peek_second().is_word("nexthop")) {
                Some(family) => {
                    self.cursor.next();
                    RtKey::NextHop(family)
                }
                None => return Err(Failure::unmodelled(token)),
            },
        };
        self.cursor.next();
        Ok(Expression::Rt(key))
    }

    /// After `tcp`, if `option maxseg size` follows.
    pub(super) fn segment_size(&mut self) -> Option<Expression> {
        let here = self.cursor.mark();
        let found = ["option", "maxseg", "size"]
            .into_iter()
            .all(|word| self.cursor.peek().kind == Kind::Word && self.cursor.accept_word(word));
        if !found {
            self.cursor.reset(here);
        }
        found.then_some(Expression::SegmentSize)
    }
}
