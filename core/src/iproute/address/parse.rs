use std::net::IpAddr;

use super::{Address, Interface, Listing};
use crate::iproute::lines::Lines;
use crate::message;
use crate::message::Message;
use crate::net::Family;
use crate::source::{Diagnostic, Word, Words};

const ADVICE: Message = message!("advice-ip-address");

/// Reads a listing.
///
/// # Errors
/// The first line that cannot be one of it.
pub fn parse(text: &str) -> Result<Listing, Diagnostic> {
    let Lines { one_line, lines } = Lines::of(text);
    let mut interfaces: Vec<Interface> = Vec::new();
    for (number, line) in lines {
        let mut words = Words::new(line, number);
        let Some(first) = words.peek() else {
            continue;
        };
        if first.text.ends_with(':') && first.text.starts_with(|start: char| start.is_ascii_digit()) {
            let interface = heading(&mut words, number)?;
            // `ip -o addr` repeats the device for each address.
            match interfaces.last_mut().filter(|last| last.index == interface.index && last.name == interface.name) {
                Some(last) => last.addresses.extend(interface.addresses),
                None => interfaces.push(interface),
            }
            continue;
        }
        let Some(interface) = interfaces.last_mut() else {
            let message = message!("wrong-found", word = format!("{:?}", first.text));
            return Err(words.error(first.at, message, message!("expected-device"), ADVICE));
        };
        match first.text {
            "inet" | "inet6" => interface.addresses.push(address(&mut words)?),
            "valid_lft" => match interface.addresses.last_mut() {
                Some(address) => address.lifetimes = Some(line.trim().into()),
                None => {
                    return Err(words.error(
                        first.at,
                        message!("wrong-life-times"),
                        message!("expected-address-above"),
                        ADVICE,
                    ));
                }
            },
            _ if line.starts_with(char::is_whitespace) => {
                let lines = if interface.addresses.is_empty() || one_line {
                    &mut interface.details
                } else {
                    &mut interface.statistics
                };
                lines.push(line.trim_end_matches('\r').into());
            }
            _ => return Err(words.unexpected(first, message!("expected-device-or-address"))),
        }
    }
    Ok(Listing { one_line, interfaces })
}

/// `2: eth0@if3: <UP> mtu 1500`, or `2: eth0    inet 10.0.0.1/24 scope global eth0`.
fn heading(words: &mut Words<'_>, number: u32) -> Result<Interface, Diagnostic> {
    let first = words.require(message!("expected-device-number"))?;
    let index = first
        .text
        .trim_end_matches(':')
        .parse()
        .map_err(|_| words.unexpected(first, message!("expected-number-with-colon")))?;
    let name = words.require(message!("expected-device-name"))?;
    let mut interface = Interface {
        index,
        name: "".into(),
        link: None,
        facts: None,
        details: Vec::new(),
        addresses: Vec::new(),
        statistics: Vec::new(),
        line: number,
    };
    match name.text.strip_suffix(':') {
        Some(both) => {
            let (name, link) = both.split_once('@').map_or((both, None), |(name, link)| (name, Some(link.into())));
            (interface.name, interface.link) = (name.into(), link);
            interface.facts = Some(words.rest().into());
        }
        None => {
            interface.name = name.text.into();
            interface.addresses.push(address(words)?);
        }
    }
    Ok(interface)
}

fn address(words: &mut Words<'_>) -> Result<Address, Diagnostic> {
    let family = match words.require(message!("expected-inet"))? {
        Word { text: "inet", .. } => Family::V4,
        Word { text: "inet6", .. } => Family::V6,
        other => return Err(words.unexpected(other, message!("expected-inet"))),
    };
    let expected = || message!("expected-address-with-length");
    let word = words.require(expected())?;
    let of_family = |text: &str| text.parse::<IpAddr>().ok().filter(|address| Family::of(*address) == family);
    let with_length = |text: &str| {
        let (address, length) = text.split_once('/')?;
        let length = length.parse().ok().filter(|length| *length <= family.host_prefix())?;
        Some((of_family(address)?, length))
    };
    let (local, peer, prefix_length) = if words.accept("peer") {
        let local = of_family(word.text).ok_or_else(|| words.unexpected(word, message!("expected-address")))?;
        let peer = words.require(expected())?;
        let (peer, length) = with_length(peer.text).ok_or_else(|| words.unexpected(peer, expected()))?;
        (local, Some(peer), length)
    } else {
        let (local, length) = with_length(word.text).ok_or_else(|| words.unexpected(word, expected()))?;
        (local, None, length)
    };
    Ok(Address { local, peer, prefix_length, words: words.map(|word| word.text.into()).collect(), lifetimes: None })
}
