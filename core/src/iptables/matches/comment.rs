use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::words::write_quoted;
use super::Match;

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let text = given.required(given.text("--comment"), "comment", "--comment")?;
    Ok(Match::Comment(text.into()))
}

pub fn write(out: &mut String, text: &str) {
    out.push_str(" --comment");
    write_quoted(out, text);
}

/// `comment_print`
pub fn list(out: &mut String, text: &str) {
    let _ = write!(out, " /* {text} */");
}
