use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::matches::write_value;
use super::super::translate::Translation;
use super::Target;
use crate::message;

/// The class, which has no bearing on the packet's way: only queueing disciplines look at it.
pub fn read(given: &Given<'_>) -> Result<Target, Refusal> {
    let text = given.required(given.text("--set-class"), "CLASSIFY", "--set-class")?;
    let part = |text: &str| u32::from_str_radix(text.trim_start_matches("0x"), 16).ok();
    let class = text.split_once(':').and_then(|(major, minor)| Some(part(major)? << 16 | part(minor)? & 0xffff));
    class.map(Target::Classify).ok_or_else(|| {
        let message = format!("Bad class value \"{text}\"");
        given.wrong("--set-class", message, message!("expected-class"), message!("advice-class"))
    })
}

pub fn write(out: &mut String, class: u32) {
    write_value(out, false, "--set-class", format_args!("{:04x}:{:04x}", class >> 16, class & 0xffff));
}

/// `CLASSIFY_print`
pub fn list(out: &mut String, class: u32) {
    // Writing to a string cannot fail.
    let _ = write!(out, " CLASSIFY set {:x}:{:x}", class >> 16, class & 0xffff);
}

/// `CLASSIFY_xlate`
pub(in crate::iptables) fn translate(to: &mut Translation<'_>, class: u32) {
    to.add("meta priority set ");
    to.add(&match class {
        u32::MAX => "root".to_owned(),
        0 => "none".to_owned(),
        class => format!("{:x}:{:x}", class >> 16, class & 0xffff),
    });
}
