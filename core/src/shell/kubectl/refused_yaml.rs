//! What kubectl says of a text that is no YAML: in the words of go-yaml, which reads it there.

use crate::source::Diagnostic;

/// `parser.fail` of go-yaml v2 (decode.go). It counts lines from 0, but where tokens are made of signs.
pub(super) fn said(text: &str, fault: &Diagnostic) -> String {
    let line = fault.position.line as usize;
    let is_indented_by_tab = |line: &str| {
        let indent = &line[..line.len() - line.trim_start().len()];
        indent.contains('\t')
    };
    let message = fault.message.to_string();
    let message = message.strip_prefix("this is not YAML: ").unwrap_or(&message);
    let (context, problem) = match message.split_once(", ") {
        Some((context, problem)) if context.starts_with("while ") => (context, problem),
        _ => ("", message),
    };
    let (problem, is_of_signs) = match text.lines().nth(line.saturating_sub(1)) {
        Some(line) if is_indented_by_tab(line) => ("found character that cannot start any token", true),
        _ => (problem, !context.starts_with("while parsing a")),
    };
    let problem = if problem == "expected ',' or ']'" { "did not find expected ',' or ']'" } else { problem };
    match line {
        0 | 1 => format!("yaml: {problem}"),
        line if is_of_signs => format!("yaml: line {line}: {problem}"),
        line => format!("yaml: line {}: {problem}", line - 1),
    }
}
