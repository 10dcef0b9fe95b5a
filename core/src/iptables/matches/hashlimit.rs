mod bytes;
mod window;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::IpAddr;
use std::sync::Arc;

pub use self::bytes::ByteRate;
use self::window::Tally;
pub use self::window::Window;
use super::super::argument::number;
use super::super::given::{Given, Refusal};
use super::super::translate::Translation;
use super::limit::unit_in_full;
use super::{Match, join_names, write_value};
use crate::message;
use crate::net::{Family, Packet};
use crate::netfilter::Seconds;

/// `-m hashlimit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashlimitMatch {
    pub table: Arc<str>,
    pub family: Family,
    pub rate: HashRate,
    pub window: Window,
    /// A mask over [`MODES`]: what makes a group of packets.
    pub mode: u8,
    /// Matches what is above the rate.
    pub above: bool,
    pub source_length: u8,
    pub destination_length: u8,
    /// Options that only say how the kernel keeps the table, as numbers; 0 for the usual.
    pub size: u32,
    pub most: u32,
    /// Milliseconds between two searches for groups that are idle, and after how many of them one is.
    pub sweep: u32,
    pub expire: u32,
}

/// How much a group may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashRate {
    Packets {
        /// The time that one packet pays for, in microseconds.
        period: u64,
        burst: u64,
    },
    Bytes(ByteRate),
}

pub const MODES: [&str; 4] = ["srcip", "srcport", "dstip", "dstport"];
const SECOND: u64 = 1_000_000;
const DEFAULT_BURST: u64 = 5;
/// `XT_HASHLIMIT_BURST_MAX`.
const MOST_BURST: u64 = 1_000_000;
/// `XT_HASHLIMIT_GCINTERVAL`.
const DEFAULT_SWEEP: u32 = 1000;
/// Names in the order in which `print_rate` tries them, with their length.
const UNITS: [(&str, u64); 4] =
    [("day", SECOND * 86_400), ("hour", SECOND * 3_600), ("min", SECOND * 60), ("sec", SECOND)];

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let upto = given.find("--hashlimit-upto").or_else(|| given.find("--hashlimit"));
    let above = given.find("--hashlimit-above");
    if let (Some(upto), Some(_)) = (upto, above) {
        let option = upto.option.name;
        let message = format!("hashlimit: option \"{option}\" cannot be used together with \"--hashlimit-above\".");
        return Err(given.wrong(
            "--hashlimit-above",
            message,
            message!("expected-one-of-two"),
            message!("advice-remove-one"),
        ));
    }
    let Some(limit) = upto.or(above) else {
        let message = "You have to specify --hashlimit";
        return Err(given.wrong(
            "",
            message,
            message!("expected-either", one = "--hashlimit-upto", other = "--hashlimit-above"),
            message!("advice-write-one-of-them"),
        ));
    };
    let option = limit.option.name;
    let text = given.text(option).unwrap_or_default();
    let (rate, unit, expire) = match ByteRate::read(given, option, text)? {
        Some(rate) => (HashRate::Bytes(rate), 1, rate.quantum()),
        None => {
            let (rate, unit) = read_packets(given, option, text)?;
            (rate, unit, unit * 1000)
        }
    };
    let (window, rate) = Window::read(given, rate, unit)?;
    let whole = longest(given.family);
    let length = |option| match given.number(option) {
        None => Ok(whole),
        Some(length) => u8::try_from(length).ok().filter(|length| *length <= whole).ok_or_else(|| {
            let message = format!("hashlimit: bad value for option \"{option}\", or out of range (0-{whole}).");
            given.wrong(
                option,
                message,
                message!("expected-from-zero", most = whole.to_string()),
                message!("advice-length"),
            )
        }),
    };
    Ok(Match::Hashlimit(Box::new(HashlimitMatch {
        family: given.family,
        table: given.required(given.text("--hashlimit-name"), "hashlimit", "--hashlimit-name")?.into(),
        rate,
        window,
        mode: read_mode(given)?,
        above: above.is_some() != limit.inverted,
        source_length: length("--hashlimit-srcmask")?,
        destination_length: length("--hashlimit-dstmask")?,
        size: given.number("--hashlimit-htable-size").unwrap_or(0),
        most: given.number("--hashlimit-htable-max").unwrap_or(0),
        sweep: given.number("--hashlimit-htable-gcinterval").unwrap_or(DEFAULT_SWEEP),
        expire: given.number("--hashlimit-htable-expire").unwrap_or(expire),
    })))
}

/// The rate in packets, and the seconds of its unit.
fn read_packets(given: &Given<'_>, option: &str, text: &str) -> Result<(HashRate, u32), Refusal> {
    let (period, unit) = read_period(given, option, text)?;
    let burst = match given.text("--hashlimit-burst") {
        None => DEFAULT_BURST,
        Some(text) => {
            number(text).map(u64::from).filter(|burst| (1..=MOST_BURST).contains(burst)).ok_or_else(|| {
                let message = format!("bad value for option \"--hashlimit-burst\", or out of range (1-{MOST_BURST}).");
                given.wrong(
                    "--hashlimit-burst",
                    message,
                    message!("expected-from-one", most = MOST_BURST.to_string()),
                    message!("advice-burst"),
                )
            })?
        }
    };
    Ok((HashRate::Packets { period, burst }, unit))
}

const fn longest(family: Family) -> u8 {
    match family {
        Family::V4 => 32,
        Family::V6 => 128,
    }
}

/// The period in microseconds and the seconds of the unit (`parse_rate`): `N`, `N/s`, `N/minute`, each unit cut short
/// as one likes.
fn read_period(given: &Given<'_>, option: &str, text: &str) -> Result<(u64, u32), Refusal> {
    let (count, unit) = text.split_once('/').unwrap_or((text, "second"));
    let units = [("second", 1_u32), ("minute", 60), ("hour", 3_600), ("day", 86_400)];
    let starts = |name: &str| name.get(..unit.len()).is_some_and(|start| start.eq_ignore_ascii_case(unit));
    let seconds = units.into_iter().find(|(name, _)| !unit.is_empty() && starts(name)).map(|(_, seconds)| seconds);
    let digits = count.bytes().take_while(u8::is_ascii_digit).count();
    let count = count[..digits].parse::<u64>().ok().filter(|count| *count > 0);
    let (Some(seconds), Some(count)) = (seconds, count) else {
        let message = format!("hashlimit: Bad value for \"{option}\" option: \"{text}\"");
        return Err(given.wrong(option, message, message!("expected-rate-of-hashlimit"), message!("advice-rate")));
    };
    match SECOND * u64::from(seconds) / count {
        0 => {
            let message = format!("Rate too fast \"{text}\"");
            Err(given.wrong(
                option,
                message,
                message!("expected-at-most", most = "1000000/second"),
                message!("advice-lower-rate"),
            ))
        }
        period => Ok((period, seconds)),
    }
}

fn read_mode(given: &Given<'_>) -> Result<u8, Refusal> {
    let Some(text) = given.text("--hashlimit-mode") else {
        return Ok(0);
    };
    text.split(',').try_fold(0, |mode, typed| match MODES.iter().position(|name| *name == typed) {
        Some(bit) => Ok(mode | 1 << bit),
        None => {
            let message = format!("hashlimit: Bad value for \"--hashlimit-mode\" option: \"{text}\"");
            Err(given.wrong("--hashlimit-mode", message, MODES.join(", "), message!("advice-mode")))
        }
    })
}

/// What makes a group: addresses cut to their length, and ports; what the mode leaves out is unspecified.
type Group = (Option<IpAddr>, Option<IpAddr>, u16, u16);

/// The tables of a family, by name. Each has the rate of the first rule that was asked; the kernel takes the first that
/// was loaded, which is another one only where two rules of one name disagree.
#[derive(Clone, Debug, Default)]
pub struct HashTables {
    tables: BTreeMap<Arc<str>, (HashRate, Window, BTreeMap<Group, Credit>)>,
}

/// What a group may still send, and when it was counted.
#[derive(Clone, Copy, Debug)]
struct Credit {
    /// In microseconds of a rate in packets, in the kernel's credits of one in bytes.
    left: u64,
    /// How often it is filled up at once, of a rate in bytes.
    bursts: u64,
    tally: Tally,
    counted: Seconds,
    /// Idle from then on, and forgotten.
    until: Seconds,
}

impl HashTables {
    pub(in super::super) const fn new() -> Self {
        Self { tables: BTreeMap::new() }
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    pub(in super::super) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.tables.retain(|name, _| keep(name));
    }
}

impl HashlimitMatch {
    /// `hashlimit_mt_common`, with the clock of the model in place of jiffies.
    pub(super) fn test(&self, packet: &Packet, now: Seconds, tables: &mut HashTables) -> bool {
        let made = || (self.rate, self.window, BTreeMap::new());
        let (rate, window, groups) = tables.tables.entry(self.table.clone()).or_insert_with(made);
        let (full, cost, each_second, bursts) = match rate {
            HashRate::Packets { period, burst } => (period.saturating_mul(*burst), *period, SECOND, 0),
            HashRate::Bytes(rate) => (bytes::FULL, rate.cost(packet.length), bytes::FULL, rate.bursts),
        };
        let fresh = Credit { left: full, bursts, tally: Tally::default(), counted: now, until: now };
        let credit = groups.entry(self.group(packet)).or_insert(fresh);
        if credit.until < now {
            *credit = fresh;
        }
        let until = now.saturating_add(u64::from(self.expire) / 1000);
        if window.counts {
            credit.until = until;
            let Credit { tally, counted, .. } = credit;
            return window.is_below(*rate, packet.length, tally, counted, now) != self.above;
        }
        let earned = now.saturating_sub(credit.counted).saturating_mul(each_second);
        let mut left = credit.left.saturating_add(earned).min(full);
        // `hashlimit_byte_cost`
        if left < cost && credit.bursts > 0 {
            credit.bursts -= 1;
            left = full;
        }
        let rest = left.checked_sub(cost);
        *credit = Credit { left: rest.unwrap_or(left), counted: now, until, ..*credit };
        rest.is_some() != self.above
    }

    /// `hashlimit_init_dst`.
    fn group(&self, packet: &Packet) -> Group {
        let has = |bit: u8| self.mode >> bit & 1 == 1;
        let cut = |address, length| ipnet::IpNet::new(address, length).map_or(address, |net| net.network());
        let (sport, dport) = packet.ports().unwrap_or_default();
        (
            has(0).then(|| cut(packet.src, self.source_length)),
            has(2).then(|| cut(packet.dst, self.destination_length)),
            if has(1) { sport } else { 0 },
            if has(3) { dport } else { 0 },
        )
    }

    /// The time-out of an idle group that is not printed, in milliseconds.
    fn quantum(rate: HashRate) -> u32 {
        match rate {
            HashRate::Packets { period, .. } => u32::try_from(unit(period).1 / 1000).unwrap_or(u32::MAX),
            HashRate::Bytes(rate) => rate.quantum(),
        }
    }

    /// `hashlimit_mt_save`.
    pub fn write(&self, out: &mut String) {
        let option = if self.above { "--hashlimit-above" } else { "--hashlimit-upto" };
        let (rate, burst) = self.rate.words();
        write_value(out, false, option, rate);
        if let Some(burst) = burst {
            write_value(out, false, "--hashlimit-burst", burst);
        }
        if self.mode != 0 {
            write_value(out, false, "--hashlimit-mode", join_names(self.mode.into(), &MODES));
        }
        write_value(out, false, "--hashlimit-name", &self.table);
        for (option, value) in self.unusual(self.rate) {
            write_value(out, false, option, value);
        }
        self.window.write(out);
    }

    /// The numbers that are not what they are without their option.
    fn unusual(&self, rate: HashRate) -> impl Iterator<Item = (&'static str, u32)> {
        let whole = longest(self.family).into();
        let numbers = [
            ("--hashlimit-htable-size", self.size, 0),
            ("--hashlimit-htable-max", self.most, 0),
            ("--hashlimit-htable-gcinterval", self.sweep, DEFAULT_SWEEP),
            ("--hashlimit-htable-expire", self.expire, Self::quantum(rate)),
            ("--hashlimit-srcmask", self.source_length.into(), whole),
            ("--hashlimit-dstmask", self.destination_length.into(), whole),
        ];
        numbers.into_iter().filter(|(_, value, usual)| value != usual).map(|(option, value, _)| (option, value))
    }

    /// `hashlimit_mt_print`
    pub fn list(&self, out: &mut String) {
        let comparison = if self.above { "above" } else { "up to" };
        let shown = self.window.listed(self.rate);
        let (rate, burst) = shown.words();
        let _ = write!(out, " limit: {comparison} {rate}");
        if let Some(burst) = burst {
            let _ = write!(out, " burst {burst}");
        }
        if self.mode != 0 {
            let _ = write!(out, " mode {}", join_names(self.mode.into(), &MODES).replace(',', "-"));
        }
        for (option, value) in self.unusual(shown) {
            let _ = write!(out, " {} {value}", option.trim_start_matches("--hashlimit-"));
        }
        self.window.list(out);
    }

    /// `hashlimit_mt_xlate`; a group of nothing has no translation.
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) -> bool {
        const IN_ORDER: [(u8, &str); 4] = [(1 << 2, "daddr"), (1 << 3, "dport"), (1, "saddr"), (1 << 1, "sport")];
        to.add(&format!("meter {} {{", self.table));
        let mut separator = " ";
        for (bit, field) in IN_ORDER.into_iter().filter(|(bit, _)| self.mode & bit != 0) {
            let of = if field.ends_with("port") { "tcp" } else { to.ip() };
            to.add(separator);
            to.add(&format!("{of} {field}"));
            let length = if bit == 1 { self.source_length } else { self.destination_length };
            if field.ends_with("addr") && length != longest(self.family) {
                to.add(" and ");
                to.glue(&mask_words(self.family, length));
            }
            separator = " . ";
        }
        if self.window.counts {
            // The bit of the mode that has no field.
            to.add(separator);
            to.add("(null)");
        }
        if self.expire != 1000 {
            to.add(&format!(" timeout {}s", self.expire / 1000));
        }
        to.add(" limit rate");
        if self.above {
            to.add(" over");
        }
        to.add(&self.rate.translation());
        to.add("}");
        self.mode != 0 || self.window.counts
    }
}

impl HashRate {
    /// The rate, and what may come at once if that is printed.
    fn words(&self) -> (String, Option<String>) {
        match self {
            Self::Packets { period, burst } => {
                let (unit, length) = unit(*period);
                (format!("{}/{unit}", length / period), Some(burst.to_string()))
            }
            Self::Bytes(rate) => rate.words(),
        }
    }

    /// `print_packets_rate_xlate`, `print_bytes_rate_xlate`
    fn translation(&self) -> String {
        match self {
            Self::Packets { period, burst } => {
                let (unit, length) = unit(*period);
                let burst = if *burst == DEFAULT_BURST { String::new() } else { format!("burst {burst} packets") };
                format!(" {}/{} {burst}", length / period, unit_in_full(unit))
            }
            Self::Bytes(rate) => {
                let (rate, burst) = rate.words();
                let burst = burst.map(|burst| format!(" burst {}", bytes_in_full(&burst)));
                format!(" {}/second{}", bytes_in_full(rate.trim_end_matches("/s")), burst.unwrap_or_default())
            }
        }
    }
}

/// `4kb` as nft writes it.
fn bytes_in_full(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    format!("{} {}ytes", &text[..digits], &text[digits..])
}

/// `hashlimit_print_subnet_xlate`
fn mask_words(family: Family, length: u8) -> String {
    let block = |bits: u8, width: u8| u32::from(u16::MAX) << (width - bits) & ((1_u32 << width) - 1);
    match family {
        Family::V4 => {
            let bits = (0..4).map(|at| length.saturating_sub(8 * at).min(8));
            bits.map(|bits| block(bits, 8).to_string()).collect::<Vec<_>>().join(".")
        }
        Family::V6 => {
            let bits = (0..8).map(|at| length.saturating_sub(16 * at).min(16));
            bits.map(|bits| format!("{:04x}", block(bits, 16))).collect::<Vec<_>>().join(":")
        }
    }
}

/// The unit that a rate is printed in (`print_rate`).
fn unit(period: u64) -> (&'static str, u64) {
    let fits = |length: u64| period <= length && length / period >= length % period;
    let index = (1..UNITS.len()).find(|index| !fits(UNITS[*index].1)).unwrap_or(UNITS.len());
    UNITS[index - 1]
}
