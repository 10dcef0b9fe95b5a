//! What stands behind a pipe: `grep`, `wc`, `head` and the like.

mod grep;
mod wc;

pub(super) use grep::grep;
pub(super) use wc::wc;

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

/// What a program reads.
struct Source<'w> {
    /// As it was given; None for what comes by the pipe where nothing is named.
    name: Option<&'w str>,
    /// None where there is no such file.
    text: Option<String>,
    /// Whether its length is known before: it is a file.
    is_file: bool,
}

/// The files that a program is given, or what comes by the pipe.
fn sources<'w>(call: &Call<'_>, given: &[Given<'w>]) -> Vec<Source<'w>> {
    let words = given.iter().filter_map(|given| if let Given::Word(word) = given { Some(*word) } else { None });
    let piped =
        |name| Source { name, text: Some(call.input.unwrap_or_default().to_owned()), is_file: call.input_is_file };
    let mut sources: Vec<Source<'w>> = words
        .map(|word| match word {
            "-" => piped(Some(word)),
            name => Source { name: Some(name), text: call.file(name), is_file: true },
        })
        .collect();
    if sources.is_empty() {
        sources.push(piped(None));
    }
    sources
}

/// Says that there is no such file; `what` the program says it cannot do stands before and behind its name.
fn missing(call: &mut Call<'_>, source: &Source<'_>, (before, behind): (&str, &str)) {
    let name = source.name.unwrap_or_default();
    let said = format!("{}: {before}{name}{behind}: No such file or directory\n", call.name);
    call.no_file(name, &said);
}

/// All of what a program reads, or the status with which it ends where a file is missing.
fn text(call: &mut Call<'_>, given: &[Given<'_>], what: (&str, &str), status: Status) -> Result<String, Status> {
    let sources = sources(call, given);
    if let Some(source) = sources.iter().find(|source| source.text.is_none()) {
        missing(call, source, what);
        return Err(status);
    }
    let mut all = String::new();
    for text in sources.into_iter().filter_map(|source| source.text) {
        // The last line of a file ends with it.
        if !all.is_empty() && !all.ends_with('\n') {
            all.push('\n');
        }
        all.push_str(&text);
    }
    Ok(all)
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
}

fn part(call: &mut Call<'_>, given: &[Given<'_>]) -> Result<Part, Status> {
    let (mut count, mut from, mut is_of_bytes) = (10, false, false);
    for option in given {
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
    Ok(Part { count, from, is_of_bytes })
}

/// Prints a part of each file, with its name above where there are several.
fn parts(call: &mut Call<'_>, take: fn(&Part, &str) -> String) -> Status {
    let mut words: Vec<String> = call.words.to_vec();
    if let Some(first) = words.first_mut()
        && first.strip_prefix('-').is_some_and(|digits| digits.parse::<usize>().is_ok())
    {
        first.insert(1, 'n');
    }
    let given = match options(call, &words, LINES) {
        Ok(given) => given,
        Err(status) => return status,
    };
    let part = match part(call, &given) {
        Ok(part) => part,
        Err(status) => return status,
    };
    let sources = sources(call, &given);
    let (are_several, mut is_first, mut status) = (sources.len() > 1, true, 0);
    for source in &sources {
        let Some(text) = &source.text else {
            missing(call, source, ("cannot open '", "' for reading"));
            status = 1;
            continue;
        };
        if are_several {
            let name = source.name.filter(|name| *name != "-").unwrap_or("standard input");
            let above = if is_first { "" } else { "\n" };
            call.out(&format!("{above}==> {name} <==\n"));
        }
        is_first = false;
        call.out(&take(&part, text));
    }
    status
}

pub(super) fn head(call: &mut Call<'_>) -> Status {
    parts(call, |part, text| {
        if part.is_of_bytes {
            // A sign that is cut in two would be no text.
            let end = (0..=part.count.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            return text[..end].to_owned();
        }
        lines(text).into_iter().take(part.count).collect()
    })
}

pub(super) fn tail(call: &mut Call<'_>) -> Status {
    parts(call, |part, text| {
        let lines = lines(text);
        let from = part.count.saturating_sub(1).min(lines.len());
        let start = if part.from { from } else { lines.len().saturating_sub(part.count) };
        lines[start..].concat()
    })
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
