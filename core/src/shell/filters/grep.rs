//! `grep` 3.8.

use std::collections::BTreeSet;

use regex_lite::{Regex, RegexBuilder};

use super::super::Status;
use super::super::call::Call;
use super::super::getopt::{Argument, Given, Options};
use super::{Source, missing, options, sources};

const GREP: &Options = &[
    ('i', "ignore-case", Argument::None),
    ('v', "invert-match", Argument::None),
    ('c', "count", Argument::None),
    ('n', "line-number", Argument::None),
    ('o', "only-matching", Argument::None),
    ('q', "quiet", Argument::None),
    ('h', "no-filename", Argument::None),
    ('H', "with-filename", Argument::None),
    ('l', "files-with-matches", Argument::None),
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

pub(in crate::shell) fn grep(call: &mut Call<'_>) -> Status {
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
    let around = number('C').unwrap_or(0);
    let sources = sources(call, &files);
    let how = How {
        regex,
        is_inverted: has('v'),
        most: number('m').unwrap_or(usize::MAX),
        context: (number('B').unwrap_or(around), number('A').unwrap_or(around)),
        numbered: has('n'),
        shown: [('q', Shown::Nothing), ('l', Shown::Files), ('c', Shown::Count), ('o', Shown::Matches)]
            .into_iter()
            .find_map(|(letter, shown)| has(letter).then_some(shown))
            .unwrap_or(Shown::Lines),
    };
    let is_named = has('H') || sources.len() > 1 && !has('h');
    search(call, &sources, &how, is_named)
}

fn search(call: &mut Call<'_>, sources: &[Source<'_>], how: &How, is_named: bool) -> Status {
    let (mut is_found, mut is_missing, mut is_open) = (false, false, false);
    for source in sources {
        let Some(text) = &source.text else {
            missing(call, source, ("", ""));
            is_missing = true;
            continue;
        };
        let name = source.name.filter(|name| *name != "-").unwrap_or("(standard input)");
        let lines: Vec<&str> = text.lines().collect();
        let found = how.find(&lines);
        is_found |= !found.is_empty();
        let out = how.print(&lines, &found, name, is_named);
        if how.context != (0, 0) && how.shown == Shown::Lines && is_open && !out.is_empty() {
            call.out("--\n");
        }
        is_open |= !out.is_empty();
        call.out(&out);
    }
    match (is_found, is_missing) {
        (true, true) if how.shown == Shown::Nothing => 0,
        (_, true) => 2,
        (is_found, false) => Status::from(!is_found),
    }
}

/// What is printed of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Nothing,
    Files,
    Count,
    Matches,
    Lines,
}

struct How {
    regex: Regex,
    is_inverted: bool,
    most: usize,
    /// Lines before and behind.
    context: (usize, usize),
    numbered: bool,
    shown: Shown,
}

impl How {
    fn find(&self, lines: &[&str]) -> BTreeSet<usize> {
        let is_it = |(_, line): &(usize, &&str)| self.regex.is_match(line) != self.is_inverted;
        lines.iter().enumerate().filter(is_it).map(|(at, _)| at).take(self.most).collect()
    }

    fn print(&self, lines: &[&str], found: &BTreeSet<usize>, name: &str, is_named: bool) -> String {
        let head = |sign: char, at: usize| {
            let name = if is_named { format!("{name}{sign}") } else { String::new() };
            if self.numbered { format!("{name}{}{sign}", at + 1) } else { name }
        };
        match self.shown {
            Shown::Nothing => String::new(),
            Shown::Files if found.is_empty() => String::new(),
            Shown::Files => format!("{name}\n"),
            Shown::Count if is_named => format!("{name}:{}\n", found.len()),
            Shown::Count => format!("{}\n", found.len()),
            Shown::Matches => {
                let matches =
                    found.iter().flat_map(|at| self.regex.find_iter(lines[*at]).map(move |found| (*at, found)));
                let matches = matches.filter(|(_, found)| !found.is_empty());
                matches.map(|(at, found)| format!("{}{}\n", head(':', at), found.as_str())).collect()
            }
            Shown::Lines => with_context(lines, found, self.context, head),
        }
    }
}

fn with_context(
    lines: &[&str],
    found: &BTreeSet<usize>,
    (before, after): (usize, usize),
    head: impl Fn(char, usize) -> String,
) -> String {
    let is_shown = |at: usize| found.range(at.saturating_sub(after)..=at.saturating_add(before)).next().is_some();
    let mut out = String::new();
    let mut last = None;
    for at in (0..lines.len()).filter(|at| is_shown(*at)) {
        if before + after > 0 && last.is_some_and(|last: usize| last + 1 < at) {
            out.push_str("--\n");
        }
        out.push_str(&head(if found.contains(&at) { ':' } else { '-' }, at));
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
