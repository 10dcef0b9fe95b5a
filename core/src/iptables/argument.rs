use std::fmt;
use std::net::IpAddr;

use super::address::{Net, parse_address};
use super::services;
use crate::ipset::SetDirection;
use crate::message;
use crate::net::Family;
use crate::source::Phrase;

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Nothing.
    None,
    /// Any text of at least 1 and at most so many bytes.
    Text(usize),
    Number {
        min: u32,
        max: u32,
    },
    /// `N` or `N:M`, up to a largest number.
    Range(u32),
    /// A number of 32 bits.
    Bits,
    /// `VALUE` or `VALUE/MASK`.
    Mark,
    /// `VALUE` or `VALUE/MASK` of a TOS byte, or one of its old names.
    Tos,
    /// `PORT` or `FIRST:LAST`, either side of which may be empty.
    Ports,
    /// Up to 15 ports and ranges with commas between.
    PortList,
    /// Names from a list with commas between, in any case, each cut short as one likes.
    Names(&'static [&'static str]),
    /// An address with or without a mask.
    Address,
    /// One address.
    Host,
    /// `FIRST-LAST`, or one address.
    AddressRange,
    /// Two words that the model keeps as they are.
    Two,
    /// Two lists of TCP flags: those looked at and those set.
    TcpFlags,
    /// The name of a set and a direction for each of its dimensions.
    Set,
    /// A number from 0 to 1.
    Probability,
    /// The name of a device; a `+` at the end stands for any rest.
    Device,
    Protocol,
}

impl Argument {
    /// How many words it is written in.
    pub const fn words(self) -> usize {
        match self {
            Self::None => 0,
            Self::Two | Self::TcpFlags | Self::Set => 2,
            _ => 1,
        }
    }
}

/// How manuals write the argument.
impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "",
            Self::Text(_) => "text",
            Self::Number { .. } | Self::Bits => "number",
            Self::Range(_) => "number[:number]",
            Self::Mark | Self::Tos => "value[/mask]",
            Self::Ports => "port[:port]",
            Self::PortList => "port[,port|,port:port]...",
            Self::Names(names) => return f.write_str(&names.join("|")),
            Self::Address => "address[/mask]",
            Self::Host => "address",
            Self::AddressRange => "from[-to]",
            Self::Two => "text text",
            Self::TcpFlags => "mask comp",
            Self::Set => "setname src|dst[,src|dst]...",
            Self::Probability => "p",
            Self::Device => "device",
            Self::Protocol => "protocol",
        })
    }
}

/// An inclusive range of ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    pub first: u16,
    pub last: u16,
}

impl PortRange {
    pub const ANY: Self = Self { first: 0, last: u16::MAX };

    pub const fn contains(self, port: u16) -> bool {
        self.first <= port && port <= self.last
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { self.first.fmt(f) } else { write!(f, "{}:{}", self.first, self.last) }
    }
}

/// The names of the bits of a TCP header's flags, in the order in which `print_tcpf` prints them.
pub(super) const TCP_FLAGS: [(&str, u8); 6] =
    [("FIN", 0x01), ("SYN", 0x02), ("RST", 0x04), ("PSH", 0x08), ("ACK", 0x10), ("URG", 0x20)];

/// An argument that was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    None,
    Text(&'a str),
    Number(u32),
    Range(u32, u32),
    Mark {
        value: u32,
        mask: u32,
    },
    Ports(PortRange),
    PortList(Box<[PortRange]>),
    /// Bit n stands for the n-th name.
    Names(u32),
    Address(Net),
    Addresses(IpAddr, IpAddr),
    TcpFlags {
        mask: u8,
        set: u8,
    },
    Set {
        name: &'a str,
        directions: Box<[SetDirection]>,
    },
    /// Times 2^31.
    Probability(u32),
}

/// Why an argument cannot be read: the tool's words, and what was expected.
pub(super) struct BadArgument {
    pub message: Phrase,
    pub expected: Phrase,
}

fn bad(message: impl Into<Phrase>, expected: impl Into<Phrase>) -> BadArgument {
    BadArgument { message: message.into(), expected: expected.into() }
}

/// The longest name of a set (`IPSET_MAXNAMELEN`).
const LONGEST_SET_NAME: usize = 31;
/// The most dimensions that `-m set` takes (`IPSET_DIM_MAX`).
const SET_DIMENSIONS: usize = 6;

impl Argument {
    /// Reads the words of an argument. `extension` and `option` are for the tool's messages.
    pub(super) fn read<'a>(
        self,
        words: (&'a str, &'a str),
        family: Family,
        extension: &str,
        option: &str,
    ) -> Result<Value<'a>, BadArgument> {
        let text = words.0;
        let out_of_range = |min, max| out_of_range(extension, option, text, min, max);
        Ok(match self {
            Self::None => Value::None,
            Self::Text(max) => Value::Text(bounded(text, max)?),
            Self::Two | Self::Device | Self::Protocol => Value::Text(text),
            Self::Number { min, max } => {
                let number = number(text).filter(|number| (min..=max).contains(number));
                Value::Number(number.ok_or_else(|| out_of_range(min, max))?)
            }
            Self::Bits => Value::Number(number(text).ok_or_else(|| out_of_range(0, u32::MAX))?),
            Self::Range(max) => {
                let (first, last) = range(text, max).ok_or_else(|| out_of_range(0, max))?;
                Value::Range(first, last)
            }
            Self::Mark => {
                let (value, mask) = mark(text).ok_or_else(|| out_of_range(0, u32::MAX))?;
                Value::Mark { value, mask }
            }
            Self::Tos => {
                let (value, mask) = tos(text)?;
                Value::Mark { value, mask }
            }
            Self::Ports => Value::Ports(ports(text)?),
            Self::PortList => Value::PortList(port_list(text)?),
            Self::Names(names) => {
                let bits = bits(text, names);
                Value::Names(bits.ok_or_else(|| {
                    let message = match option {
                        // The old match reads them by itself (`state_parse_states`).
                        "--state" => format!("Bad state \"{text}\""),
                        _ => format!("Bad value for \"{option}\" option: \"{text}\""),
                    };
                    bad(message, names.join(", "))
                })?)
            }
            Self::Address => Value::Address(Net::parse(text, family).ok_or_else(|| bad_address(text, family))?),
            Self::Host => {
                let address = host(text, family)?;
                Value::Addresses(address, address)
            }
            Self::AddressRange => {
                let (first, last) = text.split_once('-').unwrap_or((text, text));
                Value::Addresses(host(first, family)?, host(last, family)?)
            }
            Self::TcpFlags => Value::TcpFlags { mask: tcp_flags(words.0)?, set: tcp_flags(words.1)? },
            Self::Set => Value::Set { name: set_name(words.0)?, directions: directions(words.1)? },
            Self::Probability => {
                let wrong =
                    || bad(format!("{extension}: bad value for option \"{option}\", or out of range (0-1)."), "0 to 1");
                Value::Probability(probability(text).ok_or_else(wrong)?)
            }
        })
    }
}

fn out_of_range(extension: &str, option: &str, text: &str, min: u32, max: u32) -> BadArgument {
    let message = format!("{extension}: bad value for option \"{option}\", or out of range ({min}-{max}).");
    bad(message, message!("expected-number-found", min = min.to_string(), max = max.to_string(), text = text))
}

fn bounded(text: &str, max: usize) -> Result<&str, BadArgument> {
    let message = match text.len() {
        0 => "Argument must have a minimum length of 1 characters".to_owned(),
        length if length > max => {
            format!("Argument must have a maximum length of {max} characters")
        }
        _ => return Ok(text),
    };
    Err(bad(message, message!("expected-characters", most = max.to_string())))
}

fn host(text: &str, family: Family) -> Result<IpAddr, BadArgument> {
    parse_address(text, family).ok_or_else(|| bad_address(text, family))
}

pub(super) fn bad_address(text: &str, family: Family) -> BadArgument {
    let expected = match family {
        Family::V4 => message!("expected-ipv4-or-net"),
        Family::V6 => message!("expected-ipv6-or-net"),
    };
    match text.split_once('/') {
        Some((address, mask)) if parse_address(address, family).is_some() => {
            bad(format!("invalid mask `{mask}' specified"), expected)
        }
        Some((address, _)) => bad(format!("host/network `{address}' not found"), expected),
        None => bad(format!("host/network `{text}' not found"), expected),
    }
}

/// `xtables_strtoui` with base 0: decimal, `0x` hexadecimal, `0` octal.
pub(super) fn number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    if digits.starts_with('+') {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

fn range(text: &str, max: u32) -> Option<(u32, u32)> {
    let Some((first, last)) = text.split_once(':') else {
        let value = number(text).filter(|value| *value <= max)?;
        return Some((value, value));
    };
    let first = if first.is_empty() { 0 } else { number(first)? };
    let last = if last.is_empty() { max } else { number(last)? };
    (first <= max && last <= max).then_some((first, last))
}

fn mark(text: &str) -> Option<(u32, u32)> {
    match text.split_once('/') {
        Some((value, mask)) => Some((number(value)?, number(mask)?)),
        None => Some((number(text)?, u32::MAX)),
    }
}

/// `xtopt_parse_tosmask`; a name stands for the four bits that the old use of the byte had.
fn tos(text: &str) -> Result<(u32, u32), BadArgument> {
    const NAMES: [(&str, u32); 5] = [
        ("Minimize-Delay", 0x10),
        ("Maximize-Throughput", 0x08),
        ("Maximize-Reliability", 0x04),
        ("Minimize-Cost", 0x02),
        ("Normal-Service", 0x00),
    ];
    if let Some((_, value)) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Ok((*value, 0x3f));
    }
    let (value, mask) = text.split_once('/').unwrap_or((text, "0xff"));
    let byte = |text| number(text).filter(|number| *number <= 0xff);
    byte(value).zip(byte(mask)).ok_or_else(|| {
        let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
        bad(format!("Symbolic name \"{text}\" is unknown"), message!("expected-symbol", names = names.join(", ")))
    })
}

fn port(text: &str) -> Result<u16, BadArgument> {
    let numeric = number(text).and_then(|port| u16::try_from(port).ok());
    numeric.or_else(|| services::port(text)).ok_or_else(|| {
        let message = format!("invalid port/service `{text}' specified");
        bad(message, message!("expected-known-port"))
    })
}

fn ports(text: &str) -> Result<PortRange, BadArgument> {
    let Some((first, last)) = text.split_once(':') else {
        let port = port(text)?;
        return Ok(PortRange { first: port, last: port });
    };
    let first = if first.is_empty() { 0 } else { port(first)? };
    let last = if last.is_empty() { u16::MAX } else { port(last)? };
    Ok(PortRange { first, last })
}

/// `parse_multi_ports_v1`: a range takes two of the 15 places.
fn port_list(text: &str) -> Result<Box<[PortRange]>, BadArgument> {
    let list = text
        .split(',')
        .map(|item| match item.split_once(':') {
            None => ports(item),
            Some((first, last)) => {
                let range = PortRange { first: port(first)?, last: port(last)? };
                if range.first >= range.last {
                    return Err(bad("invalid portrange specified", message!("expected-smaller-first")));
                }
                Ok(range)
            }
        })
        .collect::<Result<Box<[_]>, _>>()?;
    let places: usize = list.iter().map(|range| if range.first == range.last { 1 } else { 2 }).sum();
    if places > 15 {
        return Err(bad("too many ports specified", message!("expected-fifteen-ports")));
    }
    Ok(list)
}

/// Each name may be cut short, as `strncasecmp` with the length of what was typed allows.
fn bits(text: &str, names: &[&str]) -> Option<u32> {
    text.split(',').try_fold(0, |bits, typed| {
        let matches = |name: &&str| name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed));
        let index = names.iter().position(|name| !typed.is_empty() && matches(name))?;
        Some(bits | 1 << index)
    })
}

fn tcp_flags(text: &str) -> Result<u8, BadArgument> {
    text.split(',').try_fold(0, |flags, name| match name.to_ascii_uppercase().as_str() {
        "ALL" => Ok(flags | 0x3f),
        "NONE" => Ok(flags),
        upper => match TCP_FLAGS.iter().find(|(name, _)| *name == upper) {
            Some((_, flag)) => Ok(flags | flag),
            None => Err(bad(format!("Unknown TCP flag `{name}'"), message!("expected-tcp-flags"))),
        },
    })
}

fn set_name(text: &str) -> Result<&str, BadArgument> {
    if text.len() > LONGEST_SET_NAME {
        let message = format!("setname `{text}' too long, max {LONGEST_SET_NAME} characters.");
        return Err(bad(message, message!("expected-at-most-characters", most = LONGEST_SET_NAME.to_string())));
    }
    Ok(text)
}

fn directions(text: &str) -> Result<Box<[SetDirection]>, BadArgument> {
    let expected = || message!("expected-directions");
    let directions = text
        .split(',')
        .map(|direction| match direction.get(..3) {
            Some("src") => Ok(SetDirection::Src),
            Some("dst") => Ok(SetDirection::Dst),
            _ => Err(bad("You must specify (the comma separated list of) 'src' or 'dst'.", expected())),
        })
        .collect::<Result<Box<[_]>, _>>()?;
    if directions.len() > SET_DIMENSIONS {
        return Err(bad(format!("Can't be more src/dst options than {SET_DIMENSIONS}."), expected()));
    }
    Ok(directions)
}

/// `lround(0x80000000 * p)`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^31 by the check before")]
fn probability(text: &str) -> Option<u32> {
    let p: f64 = text.parse().ok()?;
    (0.0..=1.0).contains(&p).then(|| (p * f64::from(crate::chance::Chance::STATISTIC_SCALE)).round() as u32)
}
