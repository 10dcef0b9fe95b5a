//! `snat`, `dnat`, `masquerade`, `redirect`.

use std::net::IpAddr;

use super::constant::Constant;
use super::cursor::{Failure, Parsed};
use super::known::Known;
use super::reader::Reader;
use crate::message;
use crate::net::Family;
use crate::netfilter::Manip;
use crate::nftables::model::{DataType, Expression, Nat, NatAddress, NatFlags, NatPort, Rebind, Statement};

impl Reader<'_, '_, '_> {
    /// After `snat` or `dnat`.
    pub fn nat(&mut self, manip: Manip, known: &Known) -> Parsed<Statement> {
        let start = self.cursor.offset();
        let written = match self.cursor.peek().text {
            "ip" => Some(Family::V4),
            "ip6" => Some(Family::V6),
            _ => None,
        };
        if written.is_some() {
            self.cursor.next();
        }
        if matches!(self.cursor.peek().text, "prefix" | "interval") {
            return Err(Failure::unmodelled(self.cursor.peek()));
        }
        let pair = self.cursor.accept_word("addr");
        if pair {
            self.cursor.expect(".")?;
            self.cursor.expect_word("port")?;
        }
        self.cursor.expect_word("to")?;
        let own = self.table.family.only();
        if self.cursor.peek().is(":") {
            let port = self.nat_port(known)?;
            let flags = self.nat_flags();
            return Ok(Statement::Nat(Nat { manip, family: None, address: None, port, flags }));
        }
        let Some(family) = written.or(own).or(known.family) else {
            let message = "ip or ip6 must be specified with address for inet tables.";
            return Err(Failure::new(start, message, message!("expected-dnat-to"), ""));
        };
        known.check_nat(family, start)?;
        let address = self.nat_address(family, pair)?;
        let concatenated =
            matches!(&address, NatAddress::Computed(expression) if expression.types(self.table).len() > 1);
        let port = if concatenated { None } else { self.nat_port(known)? };
        let flags = self.nat_flags();
        let family = (own.is_none() || concatenated).then_some(family);
        Ok(Statement::Nat(Nat { manip, family, address: Some(address), port, flags }))
    }

    fn nat_address(&mut self, family: Family, pair: bool) -> Parsed<NatAddress> {
        let data_type = match family {
            Family::V4 => DataType::Ipv4Addr,
            Family::V6 => DataType::Ipv6Addr,
        };
        if self.begins_selector() {
            return Ok(NatAddress::Computed(self.nat_map(data_type, pair)?));
        }
        if self.cursor.accept("[") {
            let first = self.single_value(data_type)?;
            self.cursor.expect("]")?;
            if !self.cursor.accept("-") {
                return Ok(NatAddress::Fixed(address_of(family, first)));
            }
            self.cursor.expect("[")?;
            let last = self.single_value(data_type)?;
            self.cursor.expect("]")?;
            return Ok(NatAddress::Range(address_of(family, first), address_of(family, last)));
        }
        Ok(match self.constant(data_type)? {
            Constant::Value(value) => NatAddress::Fixed(address_of(family, value)),
            several => {
                let (first, last) = several.bounds(data_type);
                NatAddress::Range(address_of(family, first), address_of(family, last))
            }
        })
    }

    /// A map of addresses, or of addresses with ports: its first element tells which, as nft does.
    fn nat_map(&mut self, data_type: DataType, pair: bool) -> Parsed<Expression> {
        let both = [data_type, DataType::InetService];
        let wanted: &[DataType] = if pair || self.map_holds_pairs() { &both } else { &both[..1] };
        self.assigned(wanted)
    }

    /// Looks ahead at the map of the statement, without reading it.
    fn map_holds_pairs(&mut self) -> bool {
        let here = self.cursor.mark();
        let mut answer = false;
        let mut colon = false;
        loop {
            let token = self.cursor.next();
            if token.is("@") {
                let name = self.cursor.next();
                if let Some(set) = self.table.sets.find(name.text).and_then(|number| self.table.sets.get(number)) {
                    answer = set.data.types().len() > 1;
                }
                break;
            }
            if token.is(":") {
                colon = true;
            } else if colon && token.is(".") {
                answer = true;
                break;
            } else if token.ends_command() || (colon && token.is(",")) {
                break;
            }
        }
        self.cursor.reset(here);
        answer
    }

    /// `:80`, `:1000-2000`, `:tcp dport map …`
    fn nat_port(&mut self, known: &Known) -> Parsed<Option<NatPort>> {
        let offset = self.cursor.offset();
        if !self.cursor.accept(":") {
            return Ok(None);
        }
        if !known.has_transport {
            return Err(Failure::new(
                offset,
                "transport protocol mapping is only valid after transport protocol match",
                message!("expected-protocol-match-before"),
                "",
            ));
        }
        self.port_value().map(Some)
    }

    fn port_value(&mut self) -> Parsed<NatPort> {
        if self.begins_selector() {
            return Ok(NatPort::Computed(self.assigned(&[DataType::InetService])?));
        }
        let port = |value: u128| u16::try_from(value).unwrap_or(u16::MAX);
        Ok(match self.constant(DataType::InetService)? {
            Constant::Value(value) => NatPort::Fixed(port(value)),
            several => {
                let (first, last) = several.bounds(DataType::InetService);
                NatPort::Range(port(first), port(last))
            }
        })
    }

    /// After `masquerade` or `redirect`.
    pub fn rebind(&mut self, known: &Known) -> Parsed<Rebind> {
        let port = if self.cursor.accept_word("to") {
            if self.cursor.peek().is(":") { self.nat_port(known)? } else { Some(self.port_value()?) }
        } else {
            None
        };
        Ok(Rebind { port, flags: self.nat_flags() })
    }

    fn nat_flags(&mut self) -> NatFlags {
        let mut flags = NatFlags::default();
        loop {
            match self.cursor.peek().text {
                "random" => flags.random = true,
                "fully-random" => flags.fully_random = true,
                "persistent" => flags.persistent = true,
                _ => return flags,
            }
            self.cursor.next();
            self.cursor.accept(",");
        }
    }
}

/// The address of a value that was read as the family's type.
pub fn address_of(family: Family, value: u128) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(u32::try_from(value).unwrap_or(u32::MAX).into()),
        Family::V6 => IpAddr::V6(value.into()),
    }
}
