//! What kubectl says of a text that is no YAML: in the words of go-yaml, which reads it there, and of Go's encoding/json.

use crate::source::Diagnostic;

/// What follows `error parsing FILE: `. What begins like JSON is told of as JSON, if it is no YAML either
/// (`YAMLOrJSONDecoder`).
pub(super) fn parsing(text: &str, fault: &Diagnostic) -> String {
    match text.trim_start().starts_with('{').then(|| serde_json::from_str::<serde_json::Value>(text)) {
        Some(Err(error)) => json(text, &error),
        _ => format!("error converting YAML to JSON: {}", said(text, fault)),
    }
}

/// `checkValid` of encoding/json.
fn json(text: &str, error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "unexpected EOF".to_owned();
    }
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let offset = before + error.column();
    let sign = text.get(offset.saturating_sub(1)..).and_then(|rest| rest.chars().next()).unwrap_or_default();
    let said = error.to_string();
    let place = [
        ("expected `,` or `}`", "after object key:value pair"),
        ("expected `,` or `]`", "after array element"),
        ("expected `:`", "after object key"),
        ("key must be a string", "looking for beginning of object key string"),
        ("trailing characters", "after top-level value"),
    ]
    .into_iter()
    .find_map(|(known, place)| said.starts_with(known).then_some(place))
    .unwrap_or("looking for beginning of value");
    format!("json: offset {offset}: invalid character '{sign}' {place}")
}

/// Where go-yaml says that it is.
enum Line {
    /// Where tokens are made of signs.
    Same,
    /// Where events are made of tokens: lines are counted from 0.
    Before,
    At(usize),
    Untold,
}

/// `parser.fail` of go-yaml v2 (decode.go).
pub(super) fn said(text: &str, fault: &Diagnostic) -> String {
    let line = fault.position.line as usize;
    let (problem, place) = problem(text, fault, line);
    let line = match place {
        Line::Same => line,
        Line::Before => line.saturating_sub(1),
        Line::At(line) => line,
        Line::Untold => 0,
    };
    if line == 0 || fault.position.line <= 1 && !matches!(place, Line::At(_)) {
        return format!("yaml: {problem}");
    }
    format!("yaml: line {line}: {problem}")
}

fn problem(text: &str, fault: &Diagnostic, line: usize) -> (String, Line) {
    let message = fault.message.to_string();
    let message = message.strip_prefix("this is not YAML: ").unwrap_or(&message);
    let (context, problem) = match message.split_once(", ") {
        Some((context, problem)) if context.starts_with("while ") => (context, problem),
        _ => ("", message),
    };
    let written = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let is = |begin: &str| problem.starts_with(begin);
    let no_token = "found character that cannot start any token";
    let (problem, place) = if is("found a tab") {
        ("found a tab character that violates indentation", Line::At(line + 1))
    } else if is_indented_by_tab(written) || is("unexpected character") {
        (no_token, Line::Same)
    } else if is("simple key expect") {
        ("could not find expected ':'", Line::Same)
    } else if is("found unknown escape") {
        (problem, Line::Same)
    } else if is("invalid indentation in quoted scalar") {
        ("found unexpected end of stream", Line::At(text.lines().count() + 1))
    } else if is("illegal placement of ':'") || is("expected ',' or ']'") {
        ("did not find expected ',' or ']'", Line::Before)
    } else if is("invalid trailing content") || is("misplaced bracket") {
        ("did not find expected key", Line::Before)
    } else if is("did not find expected '-'") {
        ("did not find expected '-' indicator", Line::Before)
    } else if is("found unknown anchor") {
        let name = written.rsplit_once('*').map_or("", |(_, name)| name);
        let name = name.split(|sign: char| !sign.is_ascii_alphanumeric() && !"_-".contains(sign)).next();
        return (format!("unknown anchor '{}' referenced", name.unwrap_or_default()), Line::Untold);
    } else if context.starts_with("while parsing a") {
        (problem, Line::Before)
    } else {
        (problem, Line::Same)
    };
    (problem.to_owned(), place)
}

fn is_indented_by_tab(line: &str) -> bool {
    line[..line.len() - line.trim_start().len()].contains('\t')
}
