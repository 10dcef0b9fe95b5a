use std::net::IpAddr;

use super::super::address::Net;
use super::super::argument::PortRange;
use super::super::given::{Given, Refusal};
use super::super::services;
use super::super::translate::{Translation, not, span};
use super::{Match, join_names, write_value};
use crate::message;
use crate::net::Tuple;
use crate::netfilter::conntrack::{CtState, Status};
use crate::netfilter::{Connection, Conntrack, Context, Direction, Skb};
use crate::trace::Tracer;

/// In the order in which `print_state` prints them; bit n of a mask stands for the n-th.
pub const STATES: [&str; 7] = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"];
/// What `-m state` knows of them.
pub const OLD_STATES: [&str; 5] = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED"];
pub const STATUSES: [&str; 5] = ["EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED", "NONE"];
pub const DIRECTIONS: [&str; 2] = ["ORIGINAL", "REPLY"];

const SNAT: u32 = 1 << 5;
const DNAT: u32 = 1 << 6;
/// `NONE` sets no bit: a status of nothing, which no connection is tested to have.
const STATUS_NONE: u32 = 1 << 4;

/// `-m conntrack`, `-m state`. Pairs hold the value and whether it is inverted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConntrackMatch {
    /// Written as `-m state --state`.
    pub old_spelling: bool,
    /// A mask over [`STATES`].
    pub states: Option<(u32, bool)>,
    pub protocol: Option<(u8, bool)>,
    pub addresses: [Option<(Net, bool)>; 4],
    pub ports: [Option<(PortRange, bool)>; 4],
    /// A mask over [`STATUSES`].
    pub statuses: Option<(u32, bool)>,
    /// Seconds until the entry expires.
    pub expires: Option<(u32, u32, bool)>,
    pub direction: Option<Direction>,
}

/// The addresses that can be asked for, in the order of [`ConntrackMatch::addresses`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CtAddress {
    OriginalSource,
    OriginalDestination,
    ReplySource,
    ReplyDestination,
}

impl CtAddress {
    const ALL: [(Self, &'static str); 4] = [
        (Self::OriginalSource, "--ctorigsrc"),
        (Self::OriginalDestination, "--ctorigdst"),
        (Self::ReplySource, "--ctreplsrc"),
        (Self::ReplyDestination, "--ctrepldst"),
    ];

    fn of(self, connection: &Connection) -> (IpAddr, u16) {
        let Tuple { src, dst, .. } = match self {
            Self::OriginalSource | Self::OriginalDestination => connection.original,
            Self::ReplySource | Self::ReplyDestination => connection.reply,
        };
        let end = match self {
            Self::OriginalSource | Self::ReplySource => src,
            Self::OriginalDestination | Self::ReplyDestination => dst,
        };
        (end.address, end.port)
    }
}

/// The options for ports, in the order of [`CtAddress`].
pub type CtPorts = [&'static str; 4];
const PORT_OPTIONS: CtPorts = ["--ctorigsrcport", "--ctorigdstport", "--ctreplsrcport", "--ctrepldstport"];

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    if given.options.is_empty() {
        let advice = message!("advice-add-one-for-example", what = "--ctstate RELATED,ESTABLISHED");
        return Err(given.wrong(
            "",
            "conntrack: At least one option is required",
            message!("expected-option-such-as", what = "--ctstate"),
            advice,
        ));
    }
    let protocol = match given.text("--ctproto") {
        None => None,
        Some(text) => {
            let Some(number) = services::protocol(&text.to_ascii_lowercase()) else {
                let message = format!("unknown protocol \"{text}\" specified");
                return Err(given.wrong(
                    "--ctproto",
                    message,
                    message!("expected-protocol-tcp-or-6"),
                    message!("advice-protocol"),
                ));
            };
            Some((number, given.inverted("--ctproto")))
        }
    };
    let ports = PORT_OPTIONS.map(|option| given.has(option).then(|| given.ports(option)));
    let direction =
        given.names("--ctdir").map(|(bits, _)| if bits & 1 == 1 { Direction::Original } else { Direction::Reply });
    Ok(Match::Conntrack(Box::new(ConntrackMatch {
        old_spelling: false,
        states: given.names("--ctstate"),
        protocol,
        addresses: CtAddress::ALL.map(|(_, option)| given.net(option)),
        ports,
        statuses: given.names("--ctstatus"),
        expires: given.range("--ctexpire"),
        direction,
    })))
}

pub fn read_state(given: &Given<'_>) -> Result<Match, Refusal> {
    let states = given.required(given.names("--state"), "state", "--state")?;
    Ok(Match::Conntrack(Box::new(ConntrackMatch {
        old_spelling: true,
        states: Some(states),
        ..ConntrackMatch::default()
    })))
}

/// Names as nft writes them; a `!` before them is what the program prints.
fn nft_names(bits: u32, inverted: bool, names: &[&'static str]) -> String {
    let names = join_names(bits, names).to_ascii_lowercase().replace('_', "-");
    format!("{}{names}", if inverted { "! " } else { "" })
}

impl ConntrackMatch {
    pub const fn name(&self) -> &'static str {
        if self.old_spelling { "state" } else { "conntrack" }
    }

    /// Whether the packet's state is one of a mask, and its names.
    pub(in crate::iptables) fn state(mask: u32, skb: &Skb, connection: Option<&Connection>) -> (bool, String) {
        let state = state_bits(Conntrack::state_of(skb), connection);
        (mask & state != 0, join_names(state, &STATES))
    }

    /// `conntrack_mt`.
    pub fn matches<T: Tracer>(&self, ctx: &Context<'_, T>) -> bool {
        let connection = ctx.connection();
        if let Some((mask, inverted)) = self.states
            && (mask & state_bits(Conntrack::state_of(ctx.skb), connection) != 0) == inverted
        {
            return false;
        }
        let template = ctx.skb.template.map(|_| Connection::template(ctx.skb.packet.family()));
        let (Some(connection), direction) = (match ctx.skb.connection {
            Some(link) => (connection, link.direction),
            None => (template.as_ref(), Direction::Original),
        }) else {
            // Without a connection only the state can be asked for.
            return self.states.is_some();
        };
        self.direction.is_none_or(|asked| asked == direction)
            && self.matches_tuples(connection)
            && self.statuses.is_none_or(|(mask, inverted)| (mask & status_bits(connection.status) != 0) != inverted)
            && self.expires.is_none_or(|(first, last, inverted)| {
                let left = connection.expires.saturating_sub(ctx.now);
                (u64::from(first)..=u64::from(last)).contains(&left) != inverted
            })
    }

    fn matches_tuples(&self, connection: &Connection) -> bool {
        let ends = CtAddress::ALL.map(|(which, _)| which.of(connection));
        let address = |(test, end): (&Option<(Net, bool)>, &(IpAddr, u16))| {
            test.as_ref().is_none_or(|(net, inverted)| net.contains(end.0) != *inverted)
        };
        let port = |(test, end): (&Option<(PortRange, bool)>, &(IpAddr, u16))| {
            test.is_none_or(|(range, inverted)| range.contains(end.1) != inverted)
        };
        self.addresses.iter().zip(&ends).all(address)
            && self
                .protocol
                .is_none_or(|(number, inverted)| (connection.original.protocol.number() == number) != inverted)
            && self.ports.iter().zip(&ends).all(port)
    }

    /// `conntrack_dump`.
    pub fn write(&self, out: &mut String) {
        if let Some((states, inverted)) = self.states {
            let option = if self.old_spelling { "--state" } else { "--ctstate" };
            write_value(out, inverted, option, join_names(states, &STATES));
        }
        if let Some((number, inverted)) = self.protocol {
            write_value(out, inverted, "--ctproto", number);
        }
        for ((_, option), test) in CtAddress::ALL.into_iter().zip(&self.addresses) {
            if let Some((net, inverted)) = test {
                write_value(out, *inverted, option, net.short());
            }
        }
        for (option, test) in PORT_OPTIONS.into_iter().zip(self.ports) {
            if let Some((range, inverted)) = test {
                write_value(out, inverted, option, range);
            }
        }
        if let Some((statuses, inverted)) = self.statuses {
            // `NONE` only prints alone.
            let printed = if statuses & !STATUS_NONE == 0 { statuses } else { statuses & !STATUS_NONE };
            write_value(out, inverted, "--ctstatus", join_names(printed, &STATUSES));
        }
        if let Some((first, last, inverted)) = self.expires {
            if first == last {
                write_value(out, inverted, "--ctexpire", first);
            } else {
                write_value(out, inverted, "--ctexpire", format_args!("{first}:{last}"));
            }
        }
        if let Some(direction) = self.direction {
            write_value(out, false, "--ctdir", DIRECTIONS[direction as usize]);
        }
    }

    /// `_conntrack3_mt_xlate`, `state_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        let mut tests = Vec::new();
        let direction = self.direction.map_or(DIRECTIONS[0], |direction| DIRECTIONS[direction as usize]);
        let direction = direction.to_ascii_lowercase();
        if self.direction.is_some() {
            tests.push(format!("ct direction {direction}"));
        }
        if let Some((number, inverted)) = self.protocol {
            tests.push(format!("ct {direction} protocol {}{number}", not(inverted)));
        }
        if let Some((states, inverted)) = self.states {
            tests.push(self.translate_states(states, inverted));
        }
        if let Some((statuses, inverted)) = self.statuses {
            tests.push(format!("ct status {}", nft_names(statuses & !STATUS_NONE, inverted, &STATUSES)));
        }
        if let Some((first, last, inverted)) = self.expires {
            tests.push(format!("ct expiration {}{}", not(inverted), span(first, last)));
        }
        let sides = ["original saddr", "original daddr", "reply saddr", "reply daddr"];
        for (side, test) in sides.into_iter().zip(&self.addresses) {
            if let Some((net, inverted)) = test {
                tests.push(format!("ct {side} {}{}", not(*inverted), net.prefix()));
            }
        }
        let sides = ["original proto-src", "original proto-dst", "reply proto-src", "reply proto-dst"];
        for (side, test) in sides.into_iter().zip(self.ports) {
            if let Some((range, inverted)) = test {
                tests.push(format!("ct {side} {}{}", not(inverted), span(range.first, range.last)));
            }
        }
        to.add(&tests.join(" "));
    }

    /// Of the two states that are none, one is asked for alone, with the sign of the statuses.
    fn translate_states(&self, states: u32, inverted: bool) -> String {
        if states & (SNAT | DNAT) == 0 || self.old_spelling {
            return format!("ct state {}", nft_names(states, inverted, &STATES));
        }
        let not = if self.statuses.is_some_and(|(_, inverted)| inverted) { "!=" } else { "" };
        format!("ct status {not}{}", if states & SNAT != 0 { "snat" } else { "dnat" })
    }
}

/// The state of the packet, and which ends of its connection are rewritten.
fn state_bits(state: CtState, connection: Option<&Connection>) -> u32 {
    let bit = match state {
        CtState::Invalid => 1,
        CtState::New => 1 << 1,
        CtState::Related => 1 << 2,
        CtState::Established => 1 << 3,
        CtState::Untracked => 1 << 4,
    };
    let status = connection.map(|connection| connection.status).unwrap_or_default();
    bit | if status.src_nat { SNAT } else { 0 } | if status.dst_nat { DNAT } else { 0 }
}

const fn status_bits(status: Status) -> u32 {
    (status.seen_reply as u32) << 1 | (status.assured as u32) << 2 | (status.confirmed as u32) << 3
}
