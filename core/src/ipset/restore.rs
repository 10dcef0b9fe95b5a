use super::element::port_range;
use super::types::Storage;
use super::{Dimension, Element, Facts, IpSets, Options, SetError, SetType};
use crate::iptables::words::{Complaint, Word, split};
use crate::message;
use crate::message::Message;
use crate::net::Family;
use crate::netfilter::Seconds;
use crate::source::Diagnostic;

/// Does what `ipset restore` does with the text at a time. The lines before a wrong one take effect.
/// With `exist`, as `-exist`: what is there already or not there any more is no error.
pub fn restore(sets: &mut IpSets, text: &str, exist: bool, now: Seconds) -> Result<(), Diagnostic> {
    let mut words = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        words.clear();
        run(sets, line, exist, now, &mut words).map_err(|complaint| complaint.locate(number, line))?;
    }
    Ok(())
}

/// Carries out one command, with the word `ipset` before it or without.
pub fn command(sets: &mut IpSets, line: &str, now: Seconds) -> Result<(), Diagnostic> {
    run(sets, line, false, now, &mut Vec::new()).map_err(|complaint| complaint.locate(1, line))
}

fn run<'a>(
    sets: &mut IpSets,
    line: &'a str,
    exist: bool,
    now: Seconds,
    words: &mut Vec<Word<'a>>,
) -> Result<(), Complaint> {
    if line.trim_start().starts_with('#') {
        return Ok(());
    }
    split(line, 0, words)?;
    let mut arguments: Vec<&Word<'a>> = words.iter().skip_while(|word| word.text == "ipset").collect();
    let is_exist = |word: &&Word<'a>| matches!(&*word.text, "-exist" | "-!" | "--exist");
    let exist = exist || arguments.iter().any(is_exist);
    arguments.retain(|word| !is_exist(word));
    let Some((verb, rest)) = arguments.split_first() else {
        return Ok(());
    };
    let mut reader = Reader { words: rest, next: 0, at: verb.span.start };
    let result = match &*verb.text {
        "create" | "-N" | "n" | "--create" => create(sets, &mut reader, exist),
        "add" | "-A" | "--add" => add(sets, &mut reader, exist, now),
        "del" | "-D" | "--del" => {
            let (set, element) =
                (reader.text(message!("expected-a-set"))?, reader.text(message!("expected-an-element"))?);
            match sets.del(set, element) {
                Err(SetError::NotAdded) if exist => Ok(()),
                result => result.map_err(|error| reader.refused(&error)),
            }
        }
        "flush" | "-F" | "--flush" => match reader.optional() {
            Some(set) => sets.flush(set).map_err(|error| reader.refused(&error)),
            None => {
                sets.sets.iter_mut().flatten().for_each(super::IpSet::flush);
                Ok(())
            }
        },
        "destroy" | "-X" | "x" | "--destroy" => match reader.optional() {
            Some(set) => sets.destroy(set).map_err(|error| reader.refused(&error)),
            None => {
                *sets = IpSets::default();
                Ok(())
            }
        },
        "rename" | "-E" | "e" | "--rename" => {
            let (from, to) = (reader.text(message!("expected-a-set"))?, reader.text(message!("expected-new-name"))?);
            sets.rename(from, to).map_err(|error| reader.refused(&error))
        }
        "swap" | "-W" | "w" | "--swap" => {
            let (first, second) =
                (reader.text(message!("expected-a-set"))?, reader.text(message!("expected-another-set"))?);
            sets.swap(first, second).map_err(|error| reader.refused(&error))
        }
        // The old marker of the end of `ipset save`.
        "COMMIT" => Ok(()),
        other => {
            let message = format!("No command specified: unknown argument {other}");
            Err(Complaint::new(reader.at, message, message!("expected-ipset-commands"), message!("advice-command")))
        }
    };
    result.and_then(|()| reader.end())
}

/// The words of a command behind its verb.
struct Reader<'w, 'a> {
    words: &'w [&'w Word<'a>],
    next: usize,
    /// Where the word that was taken last stands.
    at: usize,
}

impl<'w> Reader<'w, '_> {
    fn optional(&mut self) -> Option<&'w str> {
        let word: &'w Word<'_> = self.words.get(self.next)?;
        self.next += 1;
        self.at = word.span.start;
        Some(&word.text)
    }

    fn text(&mut self, expected: Message) -> Result<&'w str, Complaint> {
        let at = self.at;
        self.optional()
            .ok_or_else(|| Complaint::new(at, "Missing mandatory argument", expected, message!("advice-add-to-line")))
    }

    fn parsed<T>(&mut self, option: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Complaint> {
        let at = self.at;
        let Some(text) = self.optional() else {
            let message = format!("Missing mandatory argument of option `{option}'");
            return Err(Complaint::new(
                at,
                message,
                message!("expected-argument", option = option),
                message!("advice-add"),
            ));
        };
        parse(text).ok_or_else(|| {
            let message = format!("Syntax error: '{text}' is invalid for option `{option}'");
            Complaint::new(self.at, message, message!("expected-value-of", option = option), message!("advice-value"))
        })
    }

    fn unknown(&self, option: &str) -> Complaint {
        Complaint::new(
            self.at,
            format!("Unknown argument: `{option}'"),
            message!("expected-option-of-set-type"),
            message!("advice-remove-it"),
        )
    }

    fn refused(&self, error: &SetError) -> Complaint {
        let advice = match error {
            SetError::NoSet(name) => message!("advice-create-first", name = name),
            SetError::Exists(name) => message!("advice-destroy-first", name = name),
            SetError::UnknownType(_) => message!("advice-set-types"),
            SetError::AlreadyAdded | SetError::NotAdded => message!("advice-remove-or-exist"),
            SetError::Full => message!("advice-maxelem"),
            _ => message!("advice-line"),
        };
        Complaint::new(self.at, error.to_string(), message!("expected-ipset-line"), advice)
    }

    fn end(&mut self) -> Result<(), Complaint> {
        match self.optional() {
            Some(word) => Err(self.unknown(word)),
            None => Ok(()),
        }
    }
}

fn create(sets: &mut IpSets, reader: &mut Reader<'_, '_>, exist: bool) -> Result<(), Complaint> {
    let name = reader.text(message!("expected-name"))?;
    let name_at = reader.at;
    let type_name = reader.text(message!("expected-set-type"))?;
    let kind = SetType::find(type_name).ok_or_else(|| reader.refused(&SetError::UnknownType(type_name.into())))?;
    let mut options = Options::new(Family::V4);
    while let Some(option) = reader.optional() {
        read_option(&mut options, kind, option, reader)?;
    }
    reader.at = name_at;
    match sets.create(name, type_name, options.clone()) {
        Err(SetError::Exists(_)) if exist && sets.get(name).is_some_and(|set| set.kind() == kind) => Ok(()),
        result => result.map_err(|error| reader.refused(&error)),
    }
}

fn number<T: TryFrom<u32>>(text: &str) -> Option<T> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => text.parse().ok()?,
    };
    T::try_from(number).ok()
}

fn read_option(
    options: &mut Options,
    kind: &SetType,
    option: &str,
    reader: &mut Reader<'_, '_>,
) -> Result<(), Complaint> {
    let hash = kind.storage == Storage::Hash;
    match option {
        "family" if hash => {
            let family = reader.parsed(option, |text| match text {
                "inet" | "ipv4" | "-4" => Some(Family::V4),
                "inet6" | "ipv6" | "-6" => Some(Family::V6),
                _ => None,
            })?;
            if options.netmask == options.family.host_prefix() {
                options.netmask = family.host_prefix();
            }
            options.family = family;
        }
        "hashsize" if hash => options.hash_size = reader.parsed(option, number)?,
        "maxelem" if hash => options.most_elements = reader.parsed(option, number)?,
        "bucketsize" if hash => options.bucket_size = reader.parsed(option, number)?,
        "initval" if hash => options.seed = Some(reader.parsed(option, number)?),
        "netmask" if kind.dimensions == [Dimension::Ip] => {
            let most = options.family.host_prefix();
            options.netmask =
                reader.parsed(option, |text| number(text).filter(|length| (1..=most).contains(length)))?;
        }
        "markmask" if kind.dimensions.contains(&Dimension::Mark) => {
            options.mark_mask = reader.parsed(option, number)?
        }
        "range" if kind.storage == Storage::Bitmap => {
            let ports = kind.dimensions == [Dimension::BarePort];
            options.range = Some(reader.parsed(option, |text| range(text, ports))?);
        }
        "size" if kind.is_list() => options.list_size = reader.parsed(option, number)?,
        "timeout" => options.timeout = Some(reader.parsed(option, number)?),
        "counters" => options.counters = true,
        "comment" => options.comment = true,
        "skbinfo" => options.skbinfo = true,
        "forceadd" if hash => options.force_add = true,
        other => return Err(reader.unknown(other)),
    }
    Ok(())
}

/// The range of a bitmap, at most 65536 numbers.
fn range(text: &str, ports: bool) -> Option<(u32, u32)> {
    if ports {
        return port_range(text, "tcp").ok().map(|(first, last)| (first.into(), last.into()));
    }
    let elements = Element::parse(text, SetType::find("bitmap:ip")?, &Options::new(Family::V4)).ok()?;
    let value = |element: &Element| match element.parts().next() {
        Some(super::Part::Ip(std::net::IpAddr::V4(address))) => Some(address.to_bits()),
        _ => None,
    };
    (elements.len() <= 1 << 16).then_some((value(elements.first()?)?, value(elements.last()?)?))
}

fn add(sets: &mut IpSets, reader: &mut Reader<'_, '_>, exist: bool, now: Seconds) -> Result<(), Complaint> {
    let name = reader.text(message!("expected-a-set"))?;
    let Some(set) = sets.get(name) else {
        return Err(reader.refused(&SetError::NoSet(name.into())));
    };
    let options = set.options().clone();
    let text = reader.text(message!("expected-an-element"))?;
    let element_at = reader.at;
    let mut facts = Facts::default();
    let mut timeout = options.timeout;
    while let Some(option) = reader.optional() {
        match option {
            "nomatch" => facts.nomatch = true,
            "timeout" if options.timeout.is_some() => timeout = Some(reader.parsed(option, number)?),
            "packets" if options.counters => facts.packets = reader.parsed(option, |text| text.parse().ok())?,
            "bytes" if options.counters => facts.bytes = reader.parsed(option, |text| text.parse().ok())?,
            "comment" if options.comment => facts.comment = Some(reader.parsed(option, |text| Some(text.into()))?),
            "skbmark" if options.skbinfo => facts.mark = Some(reader.parsed(option, skb_mark)?),
            "skbprio" if options.skbinfo => facts.priority = Some(reader.parsed(option, skb_priority)?),
            "skbqueue" if options.skbinfo => facts.queue = Some(reader.parsed(option, number)?),
            other => return Err(reader.unknown(other)),
        }
    }
    facts.expires = timeout.filter(|seconds| *seconds > 0).map(|seconds| now + Seconds::from(seconds));
    reader.at = element_at;
    if let Some(set) = sets.get_mut(name) {
        set.expire(now);
    }
    match sets.add(name, text, facts.clone()) {
        Err(SetError::AlreadyAdded) if exist => {
            renew(sets, name, text, &facts);
            Ok(())
        }
        result => result.map_err(|error| reader.refused(&error)),
    }
}

/// `-exist` gives elements that are there the new facts.
fn renew(sets: &mut IpSets, name: &str, text: &str, facts: &Facts) {
    let Some(set) = sets.get_mut(name) else {
        return;
    };
    let Ok(elements) = Element::parse(text, set.kind(), set.options()) else {
        return;
    };
    for element in elements {
        if !set.renew(&element, facts) {
            // Only a full set can refuse it, which `-exist` passes over as well.
            let _ = set.add(element, facts.clone());
        }
    }
}

fn skb_mark(text: &str) -> Option<(u32, u32)> {
    match text.split_once('/') {
        Some((mark, mask)) => Some((number(mark)?, number(mask)?)),
        None => Some((number(text)?, u32::MAX)),
    }
}

fn skb_priority(text: &str) -> Option<(u16, u16)> {
    let (major, minor) = text.split_once(':')?;
    Some((u16::from_str_radix(major, 16).ok()?, u16::from_str_radix(minor, 16).ok()?))
}
