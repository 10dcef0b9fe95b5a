use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::matches::write_value;
use super::super::translate::Translation;
use super::Target;
use crate::message;

/// `-j MARK`: clears the bits of the mask, then flips the bits of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkTarget {
    pub value: u32,
    pub mask: u32,
}

/// `-j CONNMARK`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnmarkTarget {
    Set {
        mark: MarkTarget,
        shift: Shift,
    },
    /// From the packet to the connection.
    Save {
        packet_mask: u32,
        connection_mask: u32,
        shift: Shift,
    },
    /// From the connection to the packet.
    Restore {
        packet_mask: u32,
        connection_mask: u32,
        shift: Shift,
    },
}

/// By how many bits the new mark is shifted; to the right if negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift(pub i8);

pub fn read_mark(given: &Given<'_>) -> Result<Target, Refusal> {
    if given.options.len() > 1 {
        let second = given.options[1].option.name;
        let message =
            format!("MARK: option \"{second}\" cannot be used together with \"{}\".", given.options[0].option.name);
        return Err(given.wrong(second, message, message!("expected-one-of-options"), message!("advice-remove-one")));
    }
    let message = "MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required";
    let mark = read_change(given);
    mark.map(Target::Mark).ok_or_else(|| {
        given.wrong(
            "",
            message,
            message!("expected-one-of-them"),
            message!("advice-add-for-example", what = "--set-mark 1"),
        )
    })
}

/// The five ways to write a change of a mark.
fn read_change(given: &Given<'_>) -> Option<MarkTarget> {
    if let Some((value, mask, _)) = given.mark("--set-xmark") {
        return Some(MarkTarget { value, mask });
    }
    if let Some((value, mask, _)) = given.mark("--set-mark") {
        return Some(MarkTarget { value, mask: value | mask });
    }
    let and = given.number("--and-mark").map(|bits| MarkTarget { value: 0, mask: !bits });
    let or = || given.number("--or-mark").map(|bits| MarkTarget { value: bits, mask: bits });
    let xor = || given.number("--xor-mark").map(|bits| MarkTarget { value: bits, mask: 0 });
    and.or_else(or).or_else(xor)
}

pub fn read_connmark(given: &Given<'_>) -> Result<Target, Refusal> {
    let shift = match (given.number("--left-shift-mark"), given.number("--right-shift-mark")) {
        (Some(bits), _) => Shift(i8::try_from(bits).unwrap_or(32)),
        (None, Some(bits)) => Shift(-i8::try_from(bits).unwrap_or(32)),
        (None, None) => Shift(0),
    };
    let both = given.number("--mask");
    let packet_mask = both.or_else(|| given.number("--nfmask")).unwrap_or(u32::MAX);
    let connection_mask = both.or_else(|| given.number("--ctmask")).unwrap_or(u32::MAX);
    let target = if given.has("--save-mark") {
        ConnmarkTarget::Save { packet_mask, connection_mask, shift }
    } else if given.has("--restore-mark") {
        ConnmarkTarget::Restore { packet_mask, connection_mask, shift }
    } else if let Some(mark) = read_change(given) {
        ConnmarkTarget::Set { mark, shift }
    } else {
        let message = "CONNMARK target: No operation specified";
        return Err(given.wrong(
            "",
            message,
            message!("expected-three", one = "--set-mark", other = "--save-mark", third = "--restore-mark"),
            message!("advice-add-one-of-them"),
        ));
    };
    Ok(Target::Connmark(target))
}

impl MarkTarget {
    /// `mark_tg`.
    pub const fn apply(self, mark: u32) -> u32 {
        (mark & !self.mask) ^ self.value
    }

    pub fn write(self, out: &mut String) {
        write_value(out, false, "--set-xmark", format_args!("{:#x}/{:#x}", self.value, self.mask));
    }

    /// `mark_tg_print`, `connmark_tg_print`
    pub fn list(self, out: &mut String, name: &str) {
        let (value, mask) = (self.value, self.mask);
        let _ = match (value, mask) {
            (0, mask) => write!(out, " {name} and 0x{:x}", !mask),
            _ if value == mask => write!(out, " {name} or 0x{value:x}"),
            (_, 0) => write!(out, " {name} xor 0x{value:x}"),
            (_, u32::MAX) => write!(out, " {name} set 0x{value:x}"),
            _ => write!(out, " {name} xset 0x{value:x}/0x{mask:x}"),
        };
    }

    /// `mark_tg_xlate`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        let Self { value, mask } = self;
        to.add("meta mark set ");
        to.add(&match (value, mask) {
            (value, u32::MAX) => format!("{value:#x} "),
            (0, mask) => format!("mark and {:#x} ", !mask),
            (value, mask) if value == mask => format!("mark or {value:#x} "),
            (value, 0) => format!("mark xor {value:#x} "),
            (value, mask) => format!("mark and {:#x} xor {value:#x} ", !mask),
        });
    }
}

impl Shift {
    const fn apply(self, mark: u32) -> u32 {
        let bits = self.0.unsigned_abs() as u32;
        let shifted = if self.0 < 0 { mark.checked_shr(bits) } else { mark.checked_shl(bits) };
        match shifted {
            Some(mark) => mark,
            None => 0,
        }
    }

    fn write(self, out: &mut String) {
        match self.0 {
            0 => {}
            1.. => write_value(out, false, "--left-shift-mark", self.0),
            _ => write_value(out, false, "--right-shift-mark", self.0.unsigned_abs()),
        }
    }

    fn list(self, out: &mut String) {
        let _ = match self.0 {
            0 => Ok(()),
            1.. => write!(out, " left-shift-mark {}", self.0),
            _ => write!(out, " right-shift-mark {}", self.0.unsigned_abs()),
        };
    }
}

impl ConnmarkTarget {
    /// The marks of packet and connection afterwards (`connmark_tg_shift`).
    pub const fn apply(self, packet: u32, connection: u32) -> (u32, u32) {
        match self {
            Self::Set { mark, shift } => (packet, shift.apply(mark.apply(connection))),
            Self::Save { packet_mask, connection_mask, shift } => {
                let saved = shift.apply(packet & packet_mask);
                (packet, (connection & !connection_mask) ^ saved)
            }
            Self::Restore { packet_mask, connection_mask, shift } => {
                let restored = shift.apply(connection & connection_mask);
                ((packet & !packet_mask) ^ restored, connection)
            }
        }
    }

    /// `connmark_tg_save`.
    pub fn write(self, out: &mut String) {
        let (option, packet_mask, connection_mask, shift) = match self {
            Self::Set { mark, shift } => {
                mark.write(out);
                return shift.write(out);
            }
            Self::Save { packet_mask, connection_mask, shift } => (" --save-mark", packet_mask, connection_mask, shift),
            Self::Restore { packet_mask, connection_mask, shift } => {
                (" --restore-mark", packet_mask, connection_mask, shift)
            }
        };
        out.push_str(option);
        write_value(out, false, "--nfmask", format_args!("{packet_mask:#x}"));
        write_value(out, false, "--ctmask", format_args!("{connection_mask:#x}"));
        shift.write(out);
    }

    /// `connmark_tg_print_v2`
    pub fn list(self, out: &mut String) {
        let (verb, first, second, shift) = match self {
            Self::Set { mark, shift } => {
                mark.list(out, "CONNMARK");
                return shift.list(out);
            }
            Self::Save { packet_mask, connection_mask, shift } => {
                ("save", ("nfmask", packet_mask), ("ctmask", connection_mask), shift)
            }
            Self::Restore { packet_mask, connection_mask, shift } => {
                ("restore", ("ctmask", connection_mask), ("nfmask", packet_mask), shift)
            }
        };
        let _ = write!(out, " CONNMARK {verb}");
        let _ = match (first, second) {
            ((_, u32::MAX), (_, u32::MAX)) => Ok(()),
            ((_, first), (_, second)) if first == second => write!(out, " mask 0x{first:x}"),
            ((name, first), (other, second)) => write!(out, " {name} 0x{first:x} {other} ~0x{second:x}"),
        };
        shift.list(out);
    }

    /// `connmark_tg_xlate_v2`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) -> bool {
        let (Self::Set { shift, .. } | Self::Save { shift, .. } | Self::Restore { shift, .. }) = self;
        let bracket = if shift.0 == 0 { "" } else { "( " };
        match self {
            Self::Set { mark: MarkTarget { value, mask }, .. } => {
                to.add(&format!("ct mark set {bracket}"));
                to.add(&match (value, mask) {
                    (value, u32::MAX) => format!("{value:#x} "),
                    (0, mask) => format!("ct mark and {:#x}", !mask),
                    (value, mask) if value == mask => format!("ct mark or {value:#x}"),
                    (value, 0) => format!("ct mark xor {value:#x}"),
                    (value, mask) => format!("ct mark xor {value:#x} and {:#x}", !mask),
                });
            }
            Self::Save { packet_mask, connection_mask, .. } | Self::Restore { packet_mask, connection_mask, .. } => {
                to.add(&match self {
                    Self::Save { .. } => format!("ct mark set {bracket}mark"),
                    _ => format!("meta mark set {bracket}ct mark"),
                });
                if packet_mask != connection_mask {
                    return false;
                }
                if packet_mask != u32::MAX {
                    to.add(&format!(" and {packet_mask:#x}"));
                }
            }
        }
        if shift.0 != 0 {
            let direction = if shift.0 < 0 { ">>" } else { "<<" };
            to.add(&format!(" ) {direction} {}", shift.0.unsigned_abs()));
        }
        true
    }
}
