//! What nft says of a command that it does not understand, or that the kernel refuses: in the words of its parser, which
//! bison made of src/parser_bison.y.

use super::super::Status;
use super::super::call::Call;
use crate::nftables::{self, TableFamily};
use crate::source::Diagnostic;

/// Where the kernel refuses, the model says more behind these words.
const REFUSALS: [&str; 6] = [
    "Could not process rule: No such file or directory",
    "Could not process rule: File exists",
    "Could not process rule: Device or resource busy",
    "Could not process rule: Operation not supported",
    "Could not process rule: Too many open files in system",
    "Could not process rule: Too many links",
];
const REFUSED: &str = "Could not process rule: ";
const MISSING: &str = "No such file or directory";
const NO_SERVICE: &str = "Could not resolve service: Servname not supported for ai_socktype";

/// Says what is wrong; whether nft's parser stumbles over it.
pub(super) fn complain(call: &mut Call<'_>, text: &str, file: Option<&str>, diagnostic: &Diagnostic) -> bool {
    let message = &*diagnostic.message.to_string();
    let line = text.lines().nth(diagnostic.position.line.saturating_sub(1) as usize).unwrap_or_default();
    // `erec_print`
    let place = |column: usize, width: usize| match file {
        Some(file) => format!("{file}:{}:{}-{}: ", diagnostic.position.line, column + 1, column + width),
        None => String::new(),
    };
    let mut column = diagnostic.position.column.saturating_sub(1) as usize;
    let mut token = token_at(line, column);
    if let Some((at, width, said)) = broken_address(line, column, message) {
        call.err(&format!("{}Error: {said}\n{line}\n{}{}\n", place(at, width), " ".repeat(at), "^".repeat(width)));
        call.advise(diagnostic);
        return said.starts_with("syntax error");
    }
    // A word at the end of a rule is an expression to nft, behind which it waits for more.
    let is_open = ["syntax error", "Statement after terminal"].iter().any(|start| message.starts_with(start));
    if is_open && kind_of(token) == "string" && line.ends_with(token) && line.contains(" rule ") {
        (column, token) = (line.chars().count(), "");
    }
    let is_syntax = message.starts_with("syntax error");
    if is_syntax && let Some(place) = as_rule(line) {
        (column, token) = place;
    }
    let mut width = token.chars().count().max(1);
    // A set is named with its sign.
    if message.starts_with("No such file or directory: set")
        && line.get(..column).is_some_and(|before| before.ends_with('@'))
    {
        (column, width) = (column - 1, width + 1);
    }
    let said = match REFUSALS.iter().find(|start| message.starts_with(**start)) {
        Some(said) => {
            // The number behind the word, or both.
            let rest = &line[line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)..];
            let number = rest.split_whitespace().nth(1).unwrap_or_default();
            match token {
                "handle" => (column, width) = (column + rest.find(number).unwrap_or(0), number.len()),
                "index" => width = rest.find(number).unwrap_or(0) + number.len(),
                _ => {}
            }
            // What nft looks up before it asks the kernel.
            let is_own = ["flush set ", "flush map ", "rename chain ", "get element "]
                .iter()
                .any(|start| line.starts_with(start));
            let plain = said.strip_prefix(REFUSED).unwrap_or(said);
            match similar(call, line, column) {
                Some(meant) if plain == MISSING => format!("{plain}; did you mean {meant}?"),
                _ if is_own => plain.to_owned(),
                _ => (*said).to_owned(),
            }
        }
        None if message.starts_with("No such file or directory: set") => "No such file or directory".to_owned(),
        None if message.ends_with(" is no value of type inet_service") => NO_SERVICE.to_owned(),
        None if token.is_empty() || is_syntax => {
            format!("syntax error, unexpected {}{}", kind_of(token), expecting(line, column))
        }
        None => message.to_owned(),
    };
    let marks = "^".repeat(width);
    call.err(&format!("{}Error: {said}\n{line}\n{}{marks}\n", place(column, width), " ".repeat(column)));
    call.advise(diagnostic);
    is_syntax
}

/// What is like an IPv4 address and none. Four numbers are a word to nft's scanner (`ip4addr`), and so the name of a host;
/// fewer or more are several words, over the next of which the parser stumbles.
fn broken_address(line: &str, column: usize, message: &str) -> Option<(usize, usize, String)> {
    let address = message.strip_prefix('`')?.strip_suffix("` is no value of type ipv4_addr")?;
    let parts: Vec<&str> = address.split('.').collect();
    if parts.len() < 3 || parts.iter().any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let start = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let (before, rest) = line.split_at(start);
    if parts.len() == 4 && parts.iter().all(|part| part.len() < 4) {
        return Some((column, address.len(), "Could not resolve hostname: Name or service not known".to_owned()));
    }
    if before.trim_end().ends_with('{') {
        let width = address.len().saturating_sub(parts[0].len());
        return Some((
            column + parts[0].len(),
            width,
            "syntax error, unexpected string, expecting comma or '}'".to_owned(),
        ));
    }
    if before.trim_end().ends_with("!=") {
        return None;
    }
    let end = rest.find(' ').unwrap_or(rest.len());
    let next = rest[end..].trim_start();
    let word = next.split(' ').next().unwrap_or_default();
    let at = if word.is_empty() { rest.trim_end().len() } else { rest.len() - next.len() };
    Some((column + at, word.chars().count().max(1), format!("syntax error, unexpected {}", kind_of(word))))
}

const VERBS: [&str; 15] = [
    "add", "create", "delete", "describe", "destroy", "export", "flush", "get", "import", "insert", "list", "monitor",
    "rename", "replace", "reset",
];

/// Where a line goes wrong that begins with no command, or with `add` and no kind of object: nft reads it as a rule, whose
/// table and chain these words are.
fn as_rule(line: &str) -> Option<(usize, &str)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_family = |word: &str| TableFamily::from_name(word).is_some();
    let place = match words[..] {
        [first, ref rest @ ..] if !VERBS.contains(&first) && !nftables::is_keyword(first) => rest,
        ["add", first, ref rest @ ..] if !nftables::is_keyword(first) && !is_family(first) => rest,
        _ => return None,
    };
    match place {
        [] => Some((line.len(), "")),
        [next, ..] if nftables::is_keyword(next) => Some((line.rfind(next)?, next)),
        [_] => Some((line.len(), "")),
        _ => None,
    }
}

/// What bison says that it waits for, where that is no more than a few things.
fn expecting(line: &str, column: usize) -> &'static str {
    let before: Vec<&str> = line.get(..column).unwrap_or(line).split_whitespace().collect();
    let (verb, kind, rest) = match before[..] {
        [first] if !VERBS.contains(&first) => return ", expecting string",
        ["list" | "flush", "ruleset"] => return END,
        [verb, kind, ref rest @ ..] => (verb, kind, rest),
        _ => return "",
    };
    let names = match rest {
        [first, names @ ..] if TableFamily::from_name(first).is_some() => names.len(),
        names => names.len(),
    };
    let needed = match kind {
        "table" => 1,
        "chain" | "rule" | "set" | "map" | "element" => 2,
        _ => return "",
    };
    match names.cmp(&needed) {
        std::cmp::Ordering::Less => ", expecting string",
        std::cmp::Ordering::Equal if kind == "rule" && matches!(verb, "delete" | "replace") => ", expecting handle",
        std::cmp::Ordering::Equal if column < line.len() && kind != "rule" && kind != "element" => END,
        _ => "",
    }
}

const END: &str = ", expecting end of file or newline or semicolon";

pub(super) fn syntax_error(call: &mut Call<'_>, command: &str, what: &str, at: usize, length: usize) -> Status {
    let (blanks, marks, expecting) = (" ".repeat(at), "^".repeat(length), expecting(command, at));
    call.err(&format!("Error: syntax error, unexpected {what}{expecting}\n{command}\n{blanks}{marks}\n"));
    1
}

/// The chain that is meant, where a rule is added to one whose name is like that, or the set whose elements are asked for:
/// `nft_cmd_enoent_rule`, `set_not_found`.
fn similar(call: &Call<'_>, line: &str, column: usize) -> Option<String> {
    let before: Vec<&str> = line.get(..column)?.split_whitespace().collect();
    let (of_chains, family, table) = match before[..] {
        ["add" | "insert", "rule", family, table] => (true, TableFamily::from_name(family)?, table),
        ["add" | "insert", "rule", table] => (true, TableFamily::Ip, table),
        ["get", "element", family, table] => (false, TableFamily::from_name(family)?, table),
        ["get", "element", table] => (false, TableFamily::Ip, table),
        _ => return None,
    };
    let name = token_at(line, column);
    let names = call.node()?.nftables.tables().flat_map(|(_, of)| {
        let names: Vec<&str> = if of_chains {
            of.chains.iter().map(|(_, chain)| &*chain.name).collect()
        } else {
            of.sets.iter().filter(|(_, set)| !set.is_anonymous()).map(|(_, set)| &*set.name).collect()
        };
        names.into_iter().map(move |name| (of, name))
    });
    let near = names.filter_map(|(of, known)| Some((misspelled(known, name)?, of, known)));
    let (_, of, meant) = near.min_by_key(|(distance, ..)| *distance)?;
    let kind = if of_chains { "chain" } else { "set" };
    (of.family == family && *of.name == *table).then(|| format!("{kind} ‘{meant}’ in table {family} ‘{table}’"))
}

/// How far two names are apart, if one may stand for the other: `string_misspell_update`.
fn misspelled(one: &str, other: &str) -> Option<usize> {
    let (most, least) = (one.len().max(other.len()), one.len().min(other.len()));
    let threshold = if most - least <= 1 { most.div_ceil(3).max(1) } else { (most + 2).div_ceil(3) };
    Some(distance(one, other)).filter(|distance| most > 1 && *distance <= threshold)
}

/// `string_distance`, which looks at the sign behind the one that is meant, and whose rows overlap.
fn distance(one: &str, other: &str) -> usize {
    let with_end = |text: &str| [text.as_bytes(), &[0]].concat();
    let (a, b) = (with_end(one), with_end(other));
    let (rows, stride) = (one.len(), other.len());
    let mut cells = vec![0; (rows + 1) * (stride + 1)];
    let at = |row: usize, column: usize| row * stride + column;
    for row in 0..=rows {
        cells[at(row, 0)] = row;
    }
    for column in 0..=stride {
        cells[at(0, column)] = column;
    }
    for row in 1..=rows {
        for column in 1..=stride {
            let cost = usize::from(a[row] != b[column]);
            let by_one = cells[at(row - 1, column)].min(cells[at(row, column - 1)]) + 1;
            let mut least = by_one.min(cells[at(row - 1, column - 1)] + cost);
            if row > 1 && column > 1 && a[row] == b[column - 1] && a[row - 1] == b[column] {
                least = least.min(cells[at(row - 2, column - 2)] + cost);
            }
            cells[at(row, column)] = least;
        }
    }
    cells[at(rows, stride)]
}

/// The word or sign at a column; empty at the end of the line.
fn token_at(line: &str, column: usize) -> &str {
    let start = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let rest = &line[start..];
    let is_part = |character: char| character.is_alphanumeric() || "_-./:".contains(character);
    let end = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
    if end > 0 { &rest[..end] } else { rest.get(..1).unwrap_or_default() }
}

/// What bison calls a token.
pub(super) fn kind_of(token: &str) -> String {
    if token.is_empty() {
        "newline".to_owned()
    } else if nftables::is_keyword(token) || !token.starts_with(|first: char| first.is_alphanumeric()) {
        token.to_owned()
    } else if token.chars().all(|character| character.is_ascii_digit()) {
        "number".to_owned()
    } else {
        "string".to_owned()
    }
}
