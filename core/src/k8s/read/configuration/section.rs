//! Typed fields of KubeProxyConfiguration, each noted where it is given.

use std::net::IpAddr;

use ipnet::IpNet;

use super::super::cursor::Cursor;
use super::super::report::{Remedy, Report};
use super::super::{duration, text, value};
use crate::message;
use crate::message::Message;

/// The fields of one section, the whole configuration being the first.
pub(super) struct Section<'a> {
    /// None where the text has no such section.
    pub(super) at: Option<Cursor<'a>>,
    /// `ipvs.` of the fields of `ipvs`.
    prefix: &'static str,
    /// As kube-proxy's validation calls it.
    go_path: &'static str,
    /// Whether kube-proxy validates the section in the mode that it runs in; else a fault is a warning.
    is_checked: bool,
}

/// What is found while sections are read.
pub(super) struct Notes<'r> {
    pub(super) report: &'r mut Report,
    /// Paths of the fields that are given.
    pub(super) given: Vec<String>,
}

impl<'a> Section<'a> {
    pub(super) const fn root(at: Cursor<'a>) -> Self {
        Self { at: Some(at), prefix: "", go_path: "KubeProxyConfiguration", is_checked: true }
    }

    pub(super) fn of(
        root: &'a Cursor<'a>,
        (name, prefix): (&'a str, &'static str),
        go_path: &'static str,
        is_checked: bool,
        notes: &mut Notes<'_>,
    ) -> Self {
        Self { at: root.mapping(name, notes.report), prefix, go_path, is_checked }
    }

    /// The field, noted as given.
    pub(super) fn field(&'a self, name: &'a str, notes: &mut Notes<'_>) -> Option<Cursor<'a>> {
        let field = self.at.as_ref()?.field(name)?;
        notes.given.push(format!("{}{name}", self.prefix));
        Some(field)
    }

    pub(super) fn text(&'a self, name: &'a str, notes: &mut Notes<'_>) -> Option<&'a str> {
        let at = self.field(name, notes)?;
        let text = at.text(notes.report)?;
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn boolean(&'a self, name: &'a str, default: bool, notes: &mut Notes<'_>) -> bool {
        let given = self.field(name, notes).is_some();
        let value = self.at.as_ref().filter(|_| given).and_then(|at| at.boolean(name, notes.report));
        value.unwrap_or(default)
    }

    /// An `int32` that may not be negative.
    pub(super) fn count(&'a self, name: &'a str, go_name: &str, default: u32, notes: &mut Notes<'_>) -> u32 {
        let number = self.field(name, notes).and_then(|at| Some((at, at.integer(notes.report)?)));
        let Some((at, number)) = number else { return default };
        u32::try_from(number).unwrap_or_else(|_| {
            self.refuse(&at, go_name, number.to_string(), "must be greater than or equal to 0", notes);
            default
        })
    }

    pub(super) fn masquerade_bit(&'a self, notes: &mut Notes<'_>) -> u8 {
        const DEFAULT: u8 = 14;
        let number = self.field("masqueradeBit", notes).and_then(|at| Some((at, at.integer(notes.report)?)));
        let Some((at, number)) = number else { return DEFAULT };
        u8::try_from(number).ok().filter(|bit| *bit <= 31).unwrap_or_else(|| {
            self.refuse(&at, "MasqueradeBit", number.to_string(), "must be within the range [0, 31]", notes);
            DEFAULT
        })
    }

    /// Milliseconds, 0 at least; `default` also stands in for a written 0 where `zero_is_absent`.
    pub(super) fn duration(
        &'a self,
        name: &'a str,
        go_name: &str,
        default: u64,
        zero_is_absent: bool,
        notes: &mut Notes<'_>,
    ) -> u64 {
        let Some(at) = self.field(name, notes) else { return default };
        let Some(written) = at.text(notes.report) else { return default };
        let Some(milliseconds) = duration::parse(written) else {
            let rule = "must be a duration such as 30s, 1m0s or 1h";
            notes.report.invalid(&at, text::quote(written), rule, correct_remedy());
            return default;
        };
        match u64::try_from(milliseconds) {
            Ok(0) if zero_is_absent => default,
            Ok(milliseconds) => milliseconds,
            Err(_) => {
                self.refuse(&at, go_name, text::quote(written), "must be greater than or equal to 0", notes);
                default
            }
        }
    }

    /// A list of ranges; `word` may stand in the place of one.
    pub(super) fn ranges(&'a self, name: &'a str, go_name: &str, notes: &mut Notes<'_>) -> Vec<IpNet> {
        let Some(at) = self.field(name, notes) else { return Vec::new() };
        let mut ranges = Vec::new();
        for (place, entry) in at.elements().enumerate() {
            let Some(written) = entry.text(notes.report) else { continue };
            match written.parse::<IpNet>() {
                Ok(range) => ranges.push(range),
                Err(_) => self.refuse(
                    &entry,
                    &format!("{go_name}[{place}]"),
                    text::quote(written),
                    "must be a valid CIDR",
                    notes,
                ),
            }
        }
        ranges
    }

    pub(super) fn address(&'a self, name: &'a str, default: IpAddr, notes: &mut Notes<'_>) -> IpAddr {
        let Some(at) = self.field(name, notes) else { return default };
        if at.plain() == Some("") {
            return default;
        }
        value::address(&at, notes.report).unwrap_or(default)
    }

    /// A fault in kube-proxy's own words: an error if it keeps kube-proxy from starting.
    pub(super) fn refuse(&self, at: &Cursor<'_>, go_name: &str, found: String, rule: &str, notes: &mut Notes<'_>) {
        let message = format!("{}.{go_name}: Invalid value: {found}: {rule}", self.go_path);
        if self.is_checked {
            notes.report.error(at.position(), message, correct_remedy());
        } else {
            notes.report.warning(at.position(), message, Remedy { advice: UNUSED.into(), ..correct_remedy() });
        }
    }

    /// Warns of fields that are not known: kube-proxy logs them and goes on.
    pub(super) fn check_fields(&self, known: &[&str], notes: &mut Notes<'_>) {
        let Some(at) = &self.at else { return };
        for (name, field) in at.fields().filter(|(name, _)| !known.contains(name)) {
            let path = format!("{}{}", self.prefix, text::shorten(name));
            let message = format!("strict decoding error: unknown field {}", text::quote(&path));
            let remedy = Remedy::new(message!("expected-proxy-field"), message!("advice-proxy-field"));
            notes.report.warning(field.position(), message, remedy);
        }
    }
}

fn correct_remedy() -> Remedy {
    Remedy::new(message!("expected-proxy-value"), message!("advice-proxy-value"))
}

const UNUSED: Message = message!("advice-proxy-unused");
