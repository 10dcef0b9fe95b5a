use std::net::IpAddr;
use std::str::FromStr;

use super::{Ends, Entry, Fact, Flow, Form, Hold, Listing, State};
use crate::message;
use crate::message::Message;
use crate::net::{Family, Protocol};
use crate::netfilter::conntrack::{SctpState, TcpState};
use crate::source::{Diagnostic, Word, Words};

/// A text that is no listing would have a complaint for each line.
const MOST_ERRORS: usize = 20;

/// Reads a listing. The line that `conntrack` writes to its standard error (`… flow entries have been shown.`) and
/// empty lines are passed over.
///
/// # Errors
/// What is wrong with its first 20 wrong lines.
pub fn parse(text: &str) -> Result<Listing, Vec<Diagnostic>> {
    let mut entries = Vec::new();
    let mut errors = Vec::new();
    let mut form = Form::Plain;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.starts_with("conntrack v") {
            continue;
        }
        match entry(line, number) {
            Ok((entry, of_line)) => {
                if entries.is_empty() || of_line == Form::Proc {
                    form = of_line;
                }
                entries.push(entry);
            }
            Err(error) if errors.len() < MOST_ERRORS => errors.push(*error),
            Err(_) => break,
        }
    }
    if errors.is_empty() { Ok(Listing { form, entries }) } else { Err(errors) }
}

type Parsed<T> = Result<T, Box<Diagnostic>>;

fn entry(line: &str, number: u32) -> Parsed<(Entry, Form)> {
    let mut words = Words::new(line, number);
    let has_family = words.accept("ipv4") || words.accept("ipv6");
    if has_family {
        words.read::<u8>(message!("expected-family-number"))?;
    }
    let name = words.require(message!("expected-protocol"))?;
    if name.text.contains(['[', '=', '<']) {
        let expected = message!("expected-protocol-or-family");
        let advice = message!("advice-conntrack");
        return Err(words
            .error(name.at, message!("wrong-found", word = format!("{:?}", name.text)), expected, advice)
            .into());
    }
    let protocol = Protocol::from_number(words.read(message!("expected-protocol-number"))?);
    let timeout = words.peek().and_then(|word| word.text.parse().ok());
    if timeout.is_some() {
        words.next();
    }
    let state = state(&mut words, protocol)?;
    let src = words.peek();
    let (original, full) = flow(&mut words, "zone-orig=")?;
    let unreplied = words.accept("[UNREPLIED]");
    let (reply, _) = flow(&mut words, "zone-reply=")?;
    let families = [original.dst, reply.src, reply.dst].map(Family::of);
    if let (Some(src), true) = (src, families.iter().any(|family| *family != Family::of(original.src))) {
        let message = message!("wrong-two-families");
        return Err(words.error(src.at, message, message!("expected-one-family"), message!("advice-addresses")).into());
    }
    let held = words.peek().and_then(|word| {
        [Hold::Assured, Hold::Offload, Hold::HardwareOffload].into_iter().find(|hold| hold.text() == word.text)
    });
    if held.is_some() {
        words.next();
    }
    let facts = facts(&mut words)?;
    let form = match (has_family, full) {
        (_, true) => Form::Proc,
        (true, false) => Form::Extended,
        (false, false) => Form::Plain,
    };
    Ok((Entry { protocol, timeout, state, original, unreplied, reply, hold: held, facts, line: number }, form))
}

/// All words before the first address.
fn state(words: &mut Words<'_>, protocol: Protocol) -> Parsed<Option<State>> {
    let mut kept = String::new();
    while let Some(word) = words.peek().filter(|word| !word.text.starts_with("src=")) {
        if word.text.starts_with('[') {
            break;
        }
        words.next();
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word.text);
        if protocol == Protocol::Tcp {
            let state = TcpState::from_name(word.text);
            let expected = message!("expected-state");
            return Ok(Some(State::Tcp(state.ok_or_else(|| words.unexpected(word, expected))?)));
        }
        if protocol == Protocol::Sctp
            && let Some(state) = SctpState::from_name(word.text)
        {
            return Ok(Some(State::Sctp(state)));
        }
    }
    Ok((!kept.is_empty()).then(|| State::Kept(kept.into())))
}

/// One direction, and whether its addresses have the kernel's own form.
fn flow(words: &mut Words<'_>, zone: &str) -> Parsed<(Flow, bool)> {
    /// `fd00:0000:0000:0000:0000:0000:0000:0001`
    const FULL: usize = "src=".len() + 39;
    let is_full = words.peek().is_some_and(|word| word.text.len() == FULL && word.text.contains(':'));
    let src = value::<IpAddr>(words, "src=", message!("expected-address"))?;
    let dst = value::<IpAddr>(words, "dst=", message!("expected-address"))?;
    let ends = match words.peek().and_then(|word| word.text.split('=').next()) {
        Some("sport") => Ends::Ports {
            src: value(words, "sport=", message!("expected-plain-port"))?,
            dst: value(words, "dport=", message!("expected-plain-port"))?,
        },
        Some("type") => Ends::Icmp {
            kind: value(words, "type=", message!("expected-byte"))?,
            code: value(words, "code=", message!("expected-byte"))?,
            id: value(words, "id=", message!("expected-word"))?,
        },
        Some("srckey") => Ends::Keys {
            src: value::<Hexadecimal>(words, "srckey=", message!("expected-gre-key"))?.0,
            dst: value::<Hexadecimal>(words, "dstkey=", message!("expected-gre-key"))?.0,
        },
        _ => Ends::None,
    };
    let next_is = |words: &Words<'_>, key: &str| words.peek().is_some_and(|word| word.text.starts_with(key));
    let zone = if next_is(words, zone) { Some(value(words, zone, message!("expected-conntrack-zone"))?) } else { None };
    let counters = if next_is(words, "packets=") {
        Some((
            value(words, "packets=", message!("expected-number"))?,
            value(words, "bytes=", message!("expected-number"))?,
        ))
    } else {
        None
    };
    Ok((Flow { src, dst, ends, zone, counters }, is_full))
}

struct Hexadecimal(u16);

impl FromStr for Hexadecimal {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_prefix("0x").ok_or(())?;
        u16::from_str_radix(digits, 16).map(Self).map_err(|_| ())
    }
}

/// The next word, which has to be `key` with a value.
fn value<T: FromStr>(words: &mut Words<'_>, key: &str, expected: Message) -> Parsed<T> {
    let expected = || message!("expected-with-key", key = key, value = expected);
    let Some(word) = words.next() else {
        return Err(words.cut_short(expected()).into());
    };
    let read = word.text.strip_prefix(key).and_then(|text| text.parse().ok());
    read.ok_or_else(|| words.unexpected(word, expected()).into())
}

fn facts(words: &mut Words<'_>) -> Parsed<Vec<Fact>> {
    let mut facts = Vec::new();
    while let Some(word) = words.next() {
        let (key, text) = word.text.split_once('=').unwrap_or((word.text, ""));
        let number = || {
            text.parse::<u32>().map_err(|_| {
                words.unexpected(
                    word,
                    message!("expected-with-key", key = format!("{key}="), value = message!("expected-number")),
                )
            })
        };
        facts.push(match key {
            "mark" => Fact::Mark(number()?),
            "use" => Fact::Use(number()?),
            "id" => Fact::Id(number()?),
            "zone" => Fact::Zone(text.parse().map_err(|_| {
                words.unexpected(word, message!("expected-with-key", key = "zone=", value = message!("expected-word")))
            })?),
            _ if word.text.starts_with('[') => bracketed(words, word)?,
            _ => Fact::Kept(word.text.into()),
        });
    }
    Ok(facts)
}

/// `[start=Sat Nov 21 22:08:55 2026]`
fn bracketed(words: &mut Words<'_>, first: Word<'_>) -> Parsed<Fact> {
    let mut text = first.text.to_owned();
    while !text.ends_with(']') {
        text.push(' ');
        text.push_str(words.require(message!("expected-closing-bracket"))?.text);
    }
    Ok(Fact::Kept(text.into()))
}
