use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not};
use super::{Match, write_value};
use crate::message;
use crate::netfilter::Connection;

/// `-m connbytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnbytesMatch {
    pub first: u64,
    pub last: u64,
    pub inverted: bool,
    pub direction: Counted,
    pub what: Measure,
}

/// The packets that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Original,
    Reply,
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Packets,
    Bytes,
    /// Bytes of a packet on average.
    Average,
}

const DIRECTIONS: [(&str, Counted); 3] =
    [("original", Counted::Original), ("reply", Counted::Reply), ("both", Counted::Both)];
const MEASURES: [(&str, Measure); 3] =
    [("packets", Measure::Packets), ("bytes", Measure::Bytes), ("avgpkt", Measure::Average)];

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let range = given.required(given.text("--connbytes"), "connbytes", "--connbytes")?;
    let (first, last) = parse_range(range).ok_or_else(|| {
        let message = format!("connbytes: bad value for option \"--connbytes\" near \"{range}\"");
        given.wrong("--connbytes", message, message!("expected-range-open"), message!("advice-range"))
    })?;
    let direction = one_of(given, "--connbytes-dir", &DIRECTIONS)?;
    let what = one_of(given, "--connbytes-mode", &MEASURES)?;
    // The tool swaps the two ends to invert, which does nothing to equal ones.
    let inverted = given.inverted("--connbytes") && first != last;
    Ok(Match::Connbytes(Box::new(ConnbytesMatch { first, last, inverted, direction, what })))
}

fn parse_range(text: &str) -> Option<(u64, u64)> {
    let (first, last) = text.split_once(':').unwrap_or((text, ""));
    let first = if first.is_empty() { 0 } else { first.parse().ok()? };
    let last = if last.is_empty() { u64::MAX } else { last.parse().ok()? };
    (first <= last).then_some((first, last))
}

fn one_of<T: Copy>(given: &Given<'_>, option: &str, names: &[(&str, T)]) -> Result<T, Refusal> {
    let text = given.required(given.text(option), "connbytes", option)?;
    let found = names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names: Vec<_> = names.iter().map(|(name, _)| *name).collect();
        given.wrong(option, format!("Unknown {option} `{text}'"), names.join(", "), message!("advice-take-one"))
    })
}

fn name_of<T: PartialEq>(value: &T, names: &[(&'static str, T)]) -> &'static str {
    names.iter().find(|(_, named)| named == value).map_or("", |(name, _)| *name)
}

impl ConnbytesMatch {
    /// `connbytes_mt`.
    pub fn matches(&self, connection: &Connection) -> bool {
        let sum = |counts: [u64; 2]| match self.direction {
            Counted::Original => counts[0],
            Counted::Reply => counts[1],
            Counted::Both => counts[0].saturating_add(counts[1]),
        };
        let (packets, bytes) = (sum(connection.packets), sum(connection.bytes));
        let value = match self.what {
            Measure::Packets => packets,
            Measure::Bytes => bytes,
            Measure::Average => bytes.checked_div(packets).unwrap_or(0),
        };
        (self.first..=self.last).contains(&value) != self.inverted
    }

    /// `connbytes_save`.
    pub fn write(&self, out: &mut String) {
        if self.last == 0 || self.last == u64::MAX {
            write_value(out, self.inverted, "--connbytes", self.first);
        } else {
            write_value(out, self.inverted, "--connbytes", format_args!("{}:{}", self.first, self.last));
        }
        write_value(out, false, "--connbytes-mode", name_of(&self.what, &MEASURES));
        write_value(out, false, "--connbytes-dir", name_of(&self.direction, &DIRECTIONS));
    }

    /// `connbytes_print`
    pub fn list(&self, out: &mut String) {
        out.push_str(if self.inverted { " ! connbytes " } else { " connbytes " });
        let _ = write!(out, "{}", self.first);
        if self.last != 0 && self.last != u64::MAX {
            let _ = write!(out, ":{}", self.last);
        }
        let (measure, direction) = (name_of(&self.what, &MEASURES), name_of(&self.direction, &DIRECTIONS));
        let _ = write!(out, " connbytes mode {measure} connbytes direction {direction}");
    }

    /// `connbytes_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        let direction = match self.direction {
            Counted::Original => "original ",
            Counted::Reply => "reply ",
            Counted::Both => "",
        };
        let (first, last) = (self.first, self.last);
        let range = match last {
            _ if first == last => first.to_string(),
            u64::MAX => format!("{} {first}", if self.inverted { "lt" } else { "ge" }),
            _ => format!("{}{first}-{last}", not(self.inverted)),
        };
        to.add(&format!("ct {direction}{} {range}", name_of(&self.what, &MEASURES)));
    }
}
