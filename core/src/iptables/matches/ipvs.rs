use super::super::address::Net;
use super::super::argument::PortRange;
use super::super::given::{Given, Refusal};
use super::super::services;
use super::conntrack::DIRECTIONS;
use super::{Match, Outcome, join_names, write_option, write_value};
use crate::message;
use crate::netfilter::{Direction, IpvsHandled, IpvsRequest, Skb};

pub const METHODS: [&str; 3] = ["GATE", "IPIP", "MASQ"];

/// `-m ipvs`. Pairs hold the value and whether it is inverted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpvsMatch {
    /// `--ipvs`: whether IPVS has dealt with the packet.
    pub property: Option<bool>,
    pub protocol: Option<(u8, bool)>,
    pub address: Option<(Net, bool)>,
    pub port: Option<(u16, bool)>,
    pub direction: Option<Direction>,
    /// An index into [`METHODS`], as a bit.
    pub method: Option<(u32, bool)>,
    pub control_port: Option<(u16, bool)>,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    if given.options.is_empty() {
        let message = "IPVS: At least one option is required";
        return Err(given.wrong(
            "",
            message,
            message!("expected-option-such-as-either", one = "--ipvs", other = "--vaddr"),
            message!("advice-add-one"),
        ));
    }
    let protocol = match given.text("--vproto") {
        None => None,
        Some(text) => match services::protocol(text) {
            Some(number) => Some((number, given.inverted("--vproto"))),
            None => {
                let message = format!("unknown protocol \"{text}\" specified");
                return Err(given.wrong(
                    "--vproto",
                    message,
                    message!("expected-protocol-tcp-or-6"),
                    message!("advice-protocol"),
                ));
            }
        },
    };
    let port = |option: &str| {
        let (PortRange { first, .. }, inverted) = given.ports(option);
        given.has(option).then_some((first, inverted))
    };
    let direction =
        given.names("--vdir").map(|(bits, _)| if bits & 1 == 1 { Direction::Original } else { Direction::Reply });
    Ok(Match::Ipvs(Box::new(IpvsMatch {
        property: given.find("--ipvs").map(|option| option.inverted),
        protocol,
        address: given.net("--vaddr"),
        port: port("--vport"),
        direction,
        method: given.names("--vmethod"),
        control_port: port("--vportctl"),
    })))
}

impl IpvsMatch {
    fn asks_connection(&self) -> bool {
        self.protocol.is_some()
            || self.address.is_some()
            || self.port.is_some()
            || self.direction.is_some()
            || self.method.is_some()
            || self.control_port.is_some()
    }

    /// `ipvs_mt`. It looks for the connection as if the packet were turned round, and so finds that of a request that
    /// IPVS has sent on and nothing has rewritten since.
    pub(super) fn test(&self, skb: &Skb) -> Outcome {
        if !self.asks_connection() {
            return ((skb.ipvs != IpvsHandled::No) != self.property.unwrap_or(false)).into();
        }
        let IpvsHandled::Request(request) = skb.ipvs else {
            return Outcome::No;
        };
        if request.tuple != skb.packet.tuple() || !self.is_about(&request) {
            return Outcome::No;
        }
        if let Some(direction) = self.direction
            && skb.connection.is_none_or(|link| link.direction != direction)
        {
            return Outcome::No;
        }
        Outcome::Yes
    }

    fn is_about(&self, request: &IpvsRequest) -> bool {
        let IpvsRequest { tuple, virtual_end, control_port, method } = request;
        let is_controlled_by = |port: u16| *control_port == Some(port);
        let is_method = |index: u32| method.is_some_and(|method| method as u32 == index);
        self.protocol.is_none_or(|(number, inverted)| (tuple.protocol.number() == number) != inverted)
            && self.port.is_none_or(|(port, inverted)| (virtual_end.port == port) != inverted)
            && self.control_port.is_none_or(|(port, inverted)| is_controlled_by(port) != inverted)
            && self.method.is_none_or(|(bit, inverted)| is_method(bit.trailing_zeros()) != inverted)
            && self.address.as_ref().is_none_or(|(net, inverted)| net.contains(virtual_end.address) != *inverted)
    }

    /// `ipvs_mt_dump`.
    pub fn write(&self, out: &mut String) {
        if let Some(inverted) = self.property
            && !self.asks_connection()
        {
            write_option(out, inverted, "--ipvs");
        }
        if let Some((number, inverted)) = self.protocol {
            write_value(out, inverted, "--vproto", number);
        }
        if let Some((net, inverted)) = &self.address {
            write_value(out, *inverted, "--vaddr", net.short());
        }
        if let Some((port, inverted)) = self.port {
            write_value(out, inverted, "--vport", port);
        }
        if let Some(direction) = self.direction {
            write_value(out, false, "--vdir", DIRECTIONS[direction as usize]);
        }
        if let Some((method, inverted)) = self.method {
            write_value(out, inverted, "--vmethod", join_names(method, &METHODS));
        }
        if let Some((port, inverted)) = self.control_port {
            write_value(out, inverted, "--vportctl", port);
        }
    }
}
