use std::fmt::Write;

use super::super::dscp;
use super::super::given::{Given, Refusal};
use super::super::list::Names;
use super::super::matches::{tos, write_value};
use super::super::translate::Translation;
use super::Target;
use crate::message;
use crate::net::Family;

/// `-j TOS`: clears the bits of the mask, then flips the bits of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TosTarget {
    pub value: u8,
    pub mask: u8,
}

/// `-j TTL`, `-j HL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TtlTarget {
    pub family: Family,
    pub change: TtlChange,
    pub by: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TtlChange {
    Set,
    Decrement,
    Increment,
}

const TTL_OPTIONS: [(TtlChange, &str, &str); 3] = [
    (TtlChange::Set, "--ttl-set", "--hl-set"),
    (TtlChange::Decrement, "--ttl-dec", "--hl-dec"),
    (TtlChange::Increment, "--ttl-inc", "--hl-inc"),
];

/// The only option that was written; `options` are all there are, in the tool's order.
fn single<'o>(given: &Given<'_>, extension: &str, options: &[&'o str], missing: &str) -> Result<&'o str, Refusal> {
    let found: Vec<_> = options.iter().filter(|option| given.has(option)).collect();
    match found[..] {
        [option] => Ok(option),
        [first, second, ..] => {
            let message = format!("{extension}: option \"{first}\" cannot be used together with \"{second}\".");
            Err(given.wrong(second, message, message!("expected-one-of-options"), message!("advice-remove-one")))
        }
        [] => Err(given.wrong("", missing, options.join(", "), message!("advice-add-one"))),
    }
}

pub fn read_tos(given: &Given<'_>) -> Result<Target, Refusal> {
    let options = ["--set-tos", "--and-tos", "--or-tos", "--xor-tos"];
    let option = single(given, "TOS", &options, "TOS: An action is required")?;
    let bits = given.number(option).and_then(|bits| u8::try_from(bits).ok()).unwrap_or(0);
    let (value, mask) = match option {
        "--and-tos" => (0, !bits),
        "--or-tos" => (bits, bits),
        "--xor-tos" => (bits, 0),
        _ => given.tos(option).map_or((0, 0), |(value, mask, _)| (value, mask)),
    };
    Ok(Target::Tos(TosTarget { value, mask }))
}

pub fn read_dscp(given: &Given<'_>) -> Result<Target, Refusal> {
    let missing = "DSCP target: Parameter --set-dscp is required";
    dscp::read(given, "DSCP", ["--set-dscp", "--set-dscp-class"], missing).map(Target::Dscp)
}

pub fn read_ttl(given: &Given<'_>) -> Result<Target, Refusal> {
    let (name, missing) = match given.family {
        Family::V4 => ("TTL", "TTL: You must specify an action"),
        Family::V6 => ("HL", "HL: You must specify an action"),
    };
    let options = TTL_OPTIONS.map(|(_, ttl, hl)| if given.family == Family::V4 { ttl } else { hl });
    let option = single(given, name, &options, missing)?;
    let found = TTL_OPTIONS.iter().find(|(_, ttl, hl)| *ttl == option || *hl == option);
    let change = found.map_or(TtlChange::Set, |(change, ..)| *change);
    let by = given.number(option).and_then(|by| u8::try_from(by).ok()).unwrap_or(0);
    Ok(Target::Ttl(TtlTarget { family: given.family, change, by }))
}

impl TosTarget {
    /// `tos_tg`.
    pub const fn apply(self, tos: u8) -> u8 {
        tos & !self.mask ^ self.value
    }

    pub fn write(self, out: &mut String) {
        write_value(out, false, "--set-tos", format_args!("{:#04x}/{:#04x}", self.value, self.mask));
    }

    /// `tos_tg_print`
    pub fn list(self, out: &mut String, names: Names) {
        let Self { value, mask } = self;
        let name = tos::symbol(value, mask);
        let _ = match (names, name) {
            (Names::Known, Some(name)) => write!(out, " TOS set {name}"),
            (Names::Known, None) if value == 0 => write!(out, " TOS and {:#04x}", !mask),
            (Names::Known, None) if value == mask => write!(out, " TOS or {value:#04x}"),
            (Names::Known, None) if mask == 0 => write!(out, " TOS xor {value:#04x}"),
            _ => write!(out, " TOS set {value:#04x}/{mask:#04x}"),
        };
    }

    /// `tos_xlate6`, which serves IPv4 too, and cuts the bits of ECN off.
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        let Self { value, mask } = self;
        let kept = !mask >> 2;
        let codepoint = value >> 2;
        to.add("ip6 dscp set ");
        to.add(&match (value, mask) {
            (_, mask) if mask & 0x3f == 0x3f => format!("{codepoint:#04x}"),
            (0, _) => format!("ip6 dscp and {kept:#04x}"),
            (value, mask) if value == mask => format!("ip6 dscp or {codepoint:#04x}"),
            (_, 0) => format!("ip6 dscp xor {codepoint:#04x}"),
            _ => format!("ip6 dscp and {kept:#04x} xor {codepoint:#04x}"),
        });
    }
}

/// `dscp_tg`: the bits of congestion notification stay.
pub const fn apply_dscp(codepoint: u8, tos: u8) -> u8 {
    codepoint << 2 | tos & 3
}

pub fn write_dscp(out: &mut String, codepoint: u8) {
    write_value(out, false, "--set-dscp", format_args!("{codepoint:#04x}"));
}

/// `DSCP_print`
pub fn list_dscp(out: &mut String, codepoint: u8) {
    let _ = write!(out, " DSCP set {codepoint:#04x}");
}

impl TtlTarget {
    pub const fn name(self) -> &'static str {
        match self.family {
            Family::V4 => "TTL",
            Family::V6 => "HL",
        }
    }

    /// `ttl_tg`, `hl_tg6`.
    pub const fn apply(self, ttl: u8) -> u8 {
        match self.change {
            TtlChange::Set => self.by,
            TtlChange::Decrement => ttl.saturating_sub(self.by),
            TtlChange::Increment => ttl.saturating_add(self.by),
        }
    }

    pub fn write(self, out: &mut String) {
        for (_, ttl, hl) in TTL_OPTIONS.into_iter().filter(|(change, ..)| *change == self.change) {
            write_value(out, false, if self.family == Family::V4 { ttl } else { hl }, self.by);
        }
    }

    /// `TTL_print`, `HL_print`
    pub fn list(self, out: &mut String) {
        let change = match self.change {
            TtlChange::Set => "set to",
            TtlChange::Decrement => "decrement by",
            TtlChange::Increment => "increment by",
        };
        let _ = write!(out, " {} {change} {}", self.name(), self.by);
    }
}
