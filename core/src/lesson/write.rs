use std::fmt::Write;

use crate::session::Session;

/// A session as a file that opens the same lab: its text, and what was done in it.
pub fn scenario(session: &Session, title: &str) -> String {
    let text = session.lab().text.as_str();
    let fence = fence(text);
    let mut out = format!("---\ntitle: {}\nabout: \nminutes: 5\n---\n\n", title.replace(['\n', '\r'], " "));
    out.push_str("Say here what there is to see.\n\n");
    // Writing to a String cannot fail.
    let _ = write!(out, "{fence}cluster\n{text}");
    if !text.ends_with('\n') {
        out.push('\n');
    }
    let _ = writeln!(out, "{fence}");
    let mut deeds = session.opening().iter().chain(session.steps().flat_map(|step| step.deeds())).peekable();
    if deeds.peek().is_some() {
        out.push_str("\n```do\n");
        for deed in deeds {
            let _ = writeln!(out, "{deed}");
        }
        out.push_str("```\n");
    }
    out
}

/// More backticks than stand together anywhere in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|other| other != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}
