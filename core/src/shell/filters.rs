//! What stands behind a pipe: `grep`, `wc`, `head` and the like.

use std::collections::BTreeSet;

use regex_lite::RegexBuilder;

use super::call::Call;
use super::getopt::{Argument, Bad, Given, Options, parse};
use super::{Host, Location, Status};

/// Reads the options, or says what is wrong as coreutils do.
fn options<'w>(call: &mut Call<'_>, words: &'w [String], known: &Options) -> Result<Vec<Given<'w>>, Status> {
    parse(words, known).map_err(|bad| {
        let name = call.name.to_owned();
        match bad {
            Bad::Unknown(option) => call.not_modelled(&option),
            Bad::NoArgument(_) => {
                call.err(&format!("{name}: {bad}\nTry '{name} --help' for more information.\n"));
                1
            }
        }
    })
}

/// What a program reads: the one file that it is given, or what comes by the pipe. `what` it says it cannot do with one that
/// is not there stands before or behind its name.
fn text(
    call: &mut Call<'_>,
    given: &[Given<'_>],
    (before, behind): (&str, &str),
    status: Status,
) -> Result<String, Status> {
    let mut files = given.iter().filter_map(|given| if let Given::Word(word) = given { Some(*word) } else { None });
    let file = files.next();
    if files.next().is_some() {
        return Err(call.not_modelled("more than one file"));
    }
    let Some(file) = file.filter(|file| *file != "-") else {
        return Ok(call.input.unwrap_or_default().to_owned());
    };
    call.file(file).ok_or_else(|| {
        let said = format!("{}: {before}{file}{behind}: No such file or directory\n", call.name);
        call.no_file(file, &said);
        status
    })
}

pub(super) fn cat(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let files: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| *word == "-" || !word.starts_with('-')).collect();
    let mut status = 0;
    for file in if files.is_empty() { vec!["-"] } else { files } {
        let text = if file == "-" { Some(call.input.unwrap_or_default().to_owned()) } else { call.file(file) };
        match text {
            Some(text) => call.out(&text),
            None => {
                let said = format!("{}: {file}: No such file or directory\n", call.name);
                call.no_file(file, &said);
                status = 1;
            }
        }
    }
    status
}

pub(super) fn echo(call: &mut Call<'_>) -> Status {
    let is_open = call.words.first().is_some_and(|word| word == "-n");
    let text = call.words[usize::from(is_open)..].join(" ");
    call.out(&text);
    if !is_open {
        call.out("\n");
    }
    0
}

/// Backslashes and `%s`, again for as many words as there are.
pub(super) fn printf(call: &mut Call<'_>) -> Status {
    let mut words = call.words.iter().skip_while(|word| *word == "--");
    let Some(format) = words.next() else {
        call.err("printf: usage: printf [-v var] format [arguments]\n");
        return 2;
    };
    let format = format.replace(r"\n", "\n").replace(r"\t", "\t").replace(r"\\", r"\");
    let holes = format.matches("%s").count();
    let mut out = String::new();
    let mut words = words.peekable();
    loop {
        let mut text = format.clone();
        for _ in 0..holes {
            text = text.replacen("%s", words.next().map_or("", String::as_str), 1);
        }
        out.push_str(&text);
        if holes == 0 || words.peek().is_none() {
            break;
        }
    }
    call.out(&out);
    0
}

pub(super) fn hostname(call: &mut Call<'_>) -> Status {
    let name = host_name(call.at);
    call.out(&format!("{name}\n"));
    0
}

pub(super) fn host_name(at: &Location) -> String {
    match &at.host {
        Host::Node(name) | Host::Pod(name) => name.to_string(),
        Host::Outside => "outside".to_owned(),
    }
}

/// Whole numbers, one a line.
pub(super) fn seq(call: &mut Call<'_>) -> Status {
    /// More lines than anybody reads.
    const MOST: usize = 10_000;
    let words: Vec<String> = call.words.to_vec();
    let numbers: Option<Vec<i64>> = words.iter().map(|word| word.parse().ok()).collect();
    let (first, step, last) = match numbers.as_deref() {
        Some([last]) => (1, 1, *last),
        Some([first, last]) => (*first, 1, *last),
        Some([first, step, last]) if *step != 0 => (*first, *step, *last),
        Some([]) => {
            call.err("seq: missing operand\nTry 'seq --help' for more information.\n");
            return 1;
        }
        _ => return call.not_modelled(&words.join(" ")),
    };
    let goes_on = |number: &i64| if step > 0 { *number <= last } else { *number >= last };
    let mut next = Some(first);
    let numbers = std::iter::from_fn(|| {
        let number = next.filter(goes_on)?;
        next = number.checked_add(step);
        Some(format!("{number}\n"))
    });
    let lines: Vec<String> = numbers.take(MOST + 1).collect();
    if lines.len() > MOST {
        return call.not_modelled(&words.join(" "));
    }
    call.out(&lines.concat());
    0
}

/// The lines of a text with their ends, which the last may not have.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

const LINES: &Options = &[('n', "lines", Argument::Required), ('c', "bytes", Argument::Required)];

/// What `head` and `tail` take of their input.
struct Part {
    /// The number behind `-n`, or `-5` as people write it.
    count: usize,
    /// Whether a `+` stands before it.
    from: bool,
    is_of_bytes: bool,
    text: String,
}

fn part(call: &mut Call<'_>) -> Result<Part, Status> {
    let mut words: Vec<String> = call.words.to_vec();
    if let Some(first) = words.first_mut()
        && first.strip_prefix('-').is_some_and(|digits| digits.parse::<usize>().is_ok())
    {
        first.insert(1, 'n');
    }
    let given = options(call, &words, LINES)?;
    let (mut count, mut from, mut is_of_bytes) = (10, false, false);
    for option in &given {
        let Given::Option(letter, Some(text)) = option else { continue };
        let digits = text.strip_prefix('+');
        let number = digits.unwrap_or(text);
        let Ok(parsed) = number.trim_start_matches('-').parse() else {
            let unit = if *letter == 'c' { "bytes" } else { "lines" };
            let said = format!("{}: invalid number of {unit}: ‘{text}’\n", call.name);
            call.err(&said);
            return Err(1);
        };
        if number.starts_with('-') && call.name == "head" {
            return Err(call.not_modelled(&format!("head -{letter} -N")));
        }
        if *letter == 'c' && call.name == "tail" {
            return Err(call.not_modelled("-c"));
        }
        (count, from, is_of_bytes) = (parsed, digits.is_some(), *letter == 'c');
    }
    let text = text(call, &given, ("cannot open '", "' for reading"), 1)?;
    Ok(Part { count, from, is_of_bytes, text })
}

pub(super) fn head(call: &mut Call<'_>) -> Status {
    let Part { count, is_of_bytes, text, .. } = match part(call) {
        Ok(part) => part,
        Err(status) => return status,
    };
    if is_of_bytes {
        // A sign that is cut in two would be no text.
        let end = (0..=count.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        call.out(&text[..end]);
        return 0;
    }
    let text: String = lines(&text).into_iter().take(count).collect();
    call.out(&text);
    0
}

pub(super) fn tail(call: &mut Call<'_>) -> Status {
    let Part { count, from, text, .. } = match part(call) {
        Ok(part) => part,
        Err(status) => return status,
    };
    let lines = lines(&text);
    let start = if from { count.saturating_sub(1).min(lines.len()) } else { lines.len().saturating_sub(count) };
    let text = lines[start..].concat();
    call.out(&text);
    0
}

const WC: &Options = &[
    ('l', "lines", Argument::None),
    ('w', "words", Argument::None),
    ('c', "bytes", Argument::None),
    ('m', "chars", Argument::None),
];

pub(super) fn wc(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let given = match options(call, &words, WC) {
        Ok(given) => given,
        Err(status) => return status,
    };
    let text = match text(call, &given, ("", ""), 1) {
        Ok(text) => text,
        Err(status) => return status,
    };
    let file = given.iter().find_map(|given| if let Given::Word(word) = given { Some(*word) } else { None });
    let name = file.map(|name| format!(" {name}")).unwrap_or_default();
    let has_options = given.iter().any(|given| matches!(given, Given::Option(..)));
    // In this order, whatever the order of the options.
    let counts = [
        ('l', text.matches('\n').count()),
        ('w', text.split_whitespace().count()),
        ('m', text.chars().count()),
        ('c', text.len()),
    ];
    let wanted = |letter: char| given.contains(&Given::Option(letter, None));
    let shown: Vec<_> =
        counts.iter().filter(|(letter, _)| if has_options { wanted(*letter) } else { *letter != 'm' }).collect();
    let out = match shown.as_slice() {
        [(_, count)] => format!("{count}{name}\n"),
        counts => {
            // Wide enough for a pipe, whose length nobody knows before; that of a file is known.
            let width = if file.is_some_and(|file| file != "-") { text.len().to_string().len() } else { 7 };
            format!(
                "{}{name}\n",
                counts.iter().map(|(_, count)| format!("{count:>width$}")).collect::<Vec<_>>().join(" ")
            )
        }
    };
    call.out(&out);
    0
}

const SORT: &Options =
    &[('r', "reverse", Argument::None), ('u', "unique", Argument::None), ('n', "numeric-sort", Argument::None)];

/// Sorts as with `LC_ALL=C`.
pub(super) fn sort(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let given = match options(call, &words, SORT) {
        Ok(given) => given,
        Err(status) => return status,
    };
    let text = match text(call, &given, ("cannot read: ", ""), 2) {
        Ok(text) => text,
        Err(status) => return status,
    };
    let has = |letter| given.contains(&Given::Option(letter, None));
    let mut lines: Vec<&str> = text.lines().collect();
    let number = |line: &str| {
        let line = line.trim_start();
        let end = line.find(|character: char| !character.is_ascii_digit()).unwrap_or(line.len());
        line[..end].parse::<u64>().unwrap_or(0)
    };
    lines.sort_unstable();
    if has('n') {
        lines.sort_by_key(|line| number(line));
    }
    if has('u') {
        lines.dedup();
    }
    if has('r') {
        lines.reverse();
    }
    let text: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
    call.out(&text);
    0
}

pub(super) fn uniq(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let given = match options(call, &words, &[('c', "count", Argument::None)]) {
        Ok(given) => given,
        Err(status) => return status,
    };
    let text = match text(call, &given, ("", ""), 1) {
        Ok(text) => text,
        Err(status) => return status,
    };
    let mut runs: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        match runs.last_mut() {
            Some((count, last)) if *last == line => *count += 1,
            _ => runs.push((1, line)),
        }
    }
    let is_counted = given.contains(&Given::Option('c', None));
    let text: String = runs
        .into_iter()
        .map(|(count, line)| if is_counted { format!("{count:>7} {line}\n") } else { format!("{line}\n") })
        .collect();
    call.out(&text);
    0
}

const GREP: &Options = &[
    ('i', "ignore-case", Argument::None),
    ('v', "invert-match", Argument::None),
    ('c', "count", Argument::None),
    ('n', "line-number", Argument::None),
    ('o', "only-matching", Argument::None),
    ('q', "quiet", Argument::None),
    ('w', "word-regexp", Argument::None),
    ('x', "line-regexp", Argument::None),
    ('E', "extended-regexp", Argument::None),
    ('F', "fixed-strings", Argument::None),
    ('e', "regexp", Argument::Required),
    ('A', "after-context", Argument::Required),
    ('B', "before-context", Argument::Required),
    ('C', "context", Argument::Required),
    ('m', "max-count", Argument::Required),
    ('K', "color", Argument::Glued),
];

pub(super) fn grep(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let given = match options(call, &words, GREP) {
        Ok(given) => given,
        Err(status) => return status,
    };
    let has = |letter| given.contains(&Given::Option(letter, None));
    let mut patterns: Vec<&str> =
        given.iter().filter_map(|given| if let Given::Option('e', value) = given { *value } else { None }).collect();
    let mut files = given.iter().filter_map(|given| if let Given::Word(word) = given { Some(*word) } else { None });
    if patterns.is_empty() {
        match files.next() {
            Some(pattern) => patterns.push(pattern),
            None => {
                call.err("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
                return 2;
            }
        }
    }
    let files: Vec<Given<'_>> = files.map(Given::Word).collect();
    let text = match text(call, &files, ("", ""), 2) {
        Ok(text) => text,
        Err(status) => return status,
    };
    let number = |letter| {
        given.iter().find_map(|given| match given {
            Given::Option(known, Some(text)) if *known == letter => text.parse::<usize>().ok(),
            _ => None,
        })
    };
    let each: Vec<String> =
        patterns.iter().flat_map(|pattern| pattern.lines()).map(|line| syntax(line, has('E'), has('F'))).collect();
    let mut pattern = each.join("|");
    if has('w') {
        pattern = format!(r"\b(?:{pattern})\b");
    } else if has('x') {
        pattern = format!("^(?:{pattern})$");
    }
    let Ok(regex) = RegexBuilder::new(&pattern).case_insensitive(has('i')).build() else {
        return call.not_modelled(&patterns.join(" "));
    };
    let lines: Vec<&str> = text.lines().collect();
    let around = number('C').unwrap_or(0);
    let context = (number('B').unwrap_or(around), number('A').unwrap_or(around));
    let found: BTreeSet<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| regex.is_match(line) != has('v'))
        .map(|(at, _)| at)
        .take(number('m').unwrap_or(usize::MAX))
        .collect();
    let out = if has('q') {
        String::new()
    } else if has('c') {
        format!("{}\n", found.len())
    } else if has('o') {
        let matches = found.iter().flat_map(|at| regex.find_iter(lines[*at])).filter(|found| !found.is_empty());
        matches.map(|found| format!("{}\n", found.as_str())).collect()
    } else {
        with_context(&lines, &found, context, has('n'))
    };
    call.out(&out);
    Status::from(found.is_empty())
}

fn with_context(lines: &[&str], found: &BTreeSet<usize>, (before, after): (usize, usize), numbered: bool) -> String {
    let is_shown = |at: usize| found.range(at.saturating_sub(after)..=at.saturating_add(before)).next().is_some();
    let mut out = String::new();
    let mut last = None;
    for at in (0..lines.len()).filter(|at| is_shown(*at)) {
        if before + after > 0 && last.is_some_and(|last: usize| last + 1 < at) {
            out.push_str("--\n");
        }
        if numbered {
            out.push_str(&format!("{}{}", at + 1, if found.contains(&at) { ':' } else { '-' }));
        }
        out.push_str(lines[at]);
        out.push('\n');
        last = Some(at);
    }
    out
}

/// A pattern of grep in the syntax of the library: in a basic one, what is special stands behind a backslash.
fn syntax(pattern: &str, is_extended: bool, is_fixed: bool) -> String {
    if is_fixed {
        return regex_lite::escape(pattern);
    }
    let mut out = String::new();
    let mut characters = pattern.chars();
    let mut in_class = false;
    let mut is_first = true;
    while let Some(character) = characters.next() {
        let swapped = matches!(character, '+' | '?' | '|' | '(' | ')' | '{' | '}');
        match character {
            _ if in_class => {
                in_class = character != ']';
                out.push(character);
            }
            '[' => {
                in_class = true;
                out.push('[');
            }
            '\\' => match characters.next() {
                Some('<' | '>') => out.push_str(r"\b"),
                Some(special) if !is_extended && matches!(special, '+' | '?' | '|' | '(' | ')' | '{' | '}') => {
                    out.push(special);
                }
                Some(plain) if plain.is_alphanumeric() && !matches!(plain, 'b' | 'B' | 'w' | 'W' | 's' | 'S') => {
                    out.push(plain);
                }
                Some(other) => out.extend(['\\', other]),
                None => out.push_str(r"\\"),
            },
            // Where nothing can be repeated it stands for itself.
            '*' if is_first => out.push_str(r"\*"),
            _ if swapped && !is_extended => out.extend(['\\', character]),
            _ => out.push(character),
        }
        is_first = is_first && character == '^';
    }
    out
}
