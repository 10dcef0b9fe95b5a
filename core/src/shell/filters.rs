//! What stands behind a pipe: `grep`, `wc`, `head` and the like.

use std::collections::BTreeSet;

use regex_lite::RegexBuilder;

use super::call::Call;
use super::getopt::{Argument, Bad, Given, Options, parse};
use super::{Host, Status, sysctl};

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

/// There are no files, so that every program reads what comes by the pipe.
fn no_file(call: &mut Call<'_>, name: &str, status: Status) -> Status {
    let text = format!("{}: {name}: No such file or directory\n", call.name);
    call.err(&text);
    call.remark(crate::message!("shell-no-files", name = name));
    status
}

pub(super) fn cat(call: &mut Call<'_>) -> Status {
    let file = call.words.iter().find(|word| !word.starts_with('-')).cloned();
    if let Some(file) = file {
        let setting = sysctl::of_file(&file).and_then(|name| sysctl::value(call, &name));
        return match setting {
            Some(value) => {
                call.out(&format!("{value}\n"));
                0
            }
            None => no_file(call, &file, 1),
        };
    }
    let text = call.input.unwrap_or_default().to_owned();
    call.out(&text);
    0
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
    let name = host_name(call);
    call.out(&format!("{name}\n"));
    0
}

pub(super) fn host_name(call: &Call<'_>) -> String {
    match &call.at.host {
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

/// The number behind `-n`, or `-5` as people write it, and whether a `+` stands before it.
fn line_count(call: &mut Call<'_>) -> Result<(usize, bool), Status> {
    let words: Vec<String> = call.words.to_vec();
    if let [word] = words.as_slice()
        && let Some(count) = word.strip_prefix('-').and_then(|digits| digits.parse().ok())
    {
        return Ok((count, false));
    }
    let mut count = (10, false);
    for given in options(call, &words, LINES)? {
        match given {
            Given::Option('n', Some(text)) => {
                let (digits, from) = text.strip_prefix('+').map_or((text, false), |digits| (digits, true));
                let Ok(number) = digits.trim_start_matches('-').parse() else {
                    let text = format!("{}: invalid number of lines: ‘{text}’\n", call.name);
                    call.err(&text);
                    return Err(1);
                };
                if digits.starts_with('-') && call.name == "head" {
                    return Err(call.not_modelled("head -n -N"));
                }
                count = (number, from);
            }
            Given::Option(..) => return Err(call.not_modelled("-c")),
            Given::Word("-") => {}
            Given::Word(file) => return Err(no_file(call, &format!("cannot open '{file}' for reading"), 1)),
        }
    }
    Ok(count)
}

/// The number behind `head -c`, if nothing else is asked for.
fn byte_count(words: &[String]) -> Option<usize> {
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["-c" | "--bytes", count] => count.parse().ok(),
        [word] => word.strip_prefix("-c").or(word.strip_prefix("--bytes="))?.parse().ok(),
        _ => None,
    }
}

pub(super) fn head(call: &mut Call<'_>) -> Status {
    if let Some(count) = byte_count(call.words) {
        let input = call.input.unwrap_or_default();
        // A sign that is cut in two would be no text.
        let end = (0..=count.min(input.len())).rev().find(|end| input.is_char_boundary(*end)).unwrap_or(0);
        call.out(&input[..end]);
        return 0;
    }
    let (count, _) = match line_count(call) {
        Ok(count) => count,
        Err(status) => return status,
    };
    let text: String = lines(call.input.unwrap_or_default()).into_iter().take(count).collect();
    call.out(&text);
    0
}

pub(super) fn tail(call: &mut Call<'_>) -> Status {
    let (count, from) = match line_count(call) {
        Ok(count) => count,
        Err(status) => return status,
    };
    let lines = lines(call.input.unwrap_or_default());
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
    if let Some(Given::Word(file)) = given.iter().find(|given| matches!(given, Given::Word(_))) {
        return no_file(call, file, 1);
    }
    let text = call.input.unwrap_or_default();
    // In this order, whatever the order of the options.
    let counts = [
        ('l', text.matches('\n').count()),
        ('w', text.split_whitespace().count()),
        ('m', text.chars().count()),
        ('c', text.len()),
    ];
    let wanted = |letter: char| given.contains(&Given::Option(letter, None));
    let shown: Vec<_> =
        counts.iter().filter(|(letter, _)| if given.is_empty() { *letter != 'm' } else { wanted(*letter) }).collect();
    let out = match shown.as_slice() {
        [(_, count)] => format!("{count}\n"),
        // Wide enough for a pipe, whose length nobody knows before.
        counts => format!("{}\n", counts.iter().map(|(_, count)| format!("{count:>7}")).collect::<Vec<_>>().join(" ")),
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
    let has = |letter| given.contains(&Given::Option(letter, None));
    let mut lines: Vec<&str> = call.input.unwrap_or_default().lines().collect();
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
    let mut runs: Vec<(usize, &str)> = Vec::new();
    for line in call.input.unwrap_or_default().lines() {
        match runs.last_mut() {
            Some((count, last)) if *last == line => *count += 1,
            _ => runs.push((1, line)),
        }
    }
    let is_counted = !given.is_empty();
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
    if let Some(file) = files.find(|file| *file != "-") {
        return no_file(call, file, 2);
    }
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
    let lines: Vec<&str> = call.input.unwrap_or_default().lines().collect();
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
