//! `sed` of GNU 4.9 with the command `s` alone.

use regex_lite::Regex;

use super::Status;
use super::call::Call;
use super::getopt::{Argument, Given, Options, parse};

const OPTIONS: &Options = &[
    ('e', "expression", Argument::Required),
    ('E', "regexp-extended", Argument::None),
    ('r', "", Argument::None),
    ('i', "in-place", Argument::Glued),
    ('n', "quiet", Argument::None),
    ('s', "separate", Argument::None),
    ('u', "unbuffered", Argument::None),
    ('z', "null-data", Argument::None),
    ('f', "file", Argument::Required),
];

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let Ok(given) = parse(&words, OPTIONS) else {
        return call.not_modelled(&words.join(" "));
    };
    let (mut scripts, mut names, mut is_extended) = (Vec::new(), Vec::new(), false);
    for given in given {
        match given {
            Given::Option('e', Some(script)) => scripts.push(script),
            Given::Option('E' | 'r', _) => is_extended = true,
            Given::Option('u', _) => {}
            Given::Option(letter, _) => return call.not_modelled(&format!("-{letter}")),
            Given::Word(word) => names.push(word),
        }
    }
    if scripts.is_empty() && !names.is_empty() {
        scripts.push(names.remove(0));
    }
    if scripts.is_empty() {
        return call.not_modelled("the usage");
    }
    let mut text = match names[..] {
        [] | ["-"] => call.input.unwrap_or_default().to_owned(),
        [name] => match call.file(name) {
            Some(text) => text,
            None => {
                call.no_file(name, &format!("sed: can't read {name}: No such file or directory\n"));
                return 2;
            }
        },
        _ => return call.not_modelled("more than one file"),
    };
    for script in scripts {
        match Substitution::read(script, is_extended) {
            Some(substitution) => text = substitution.of(&text),
            None => return call.not_modelled(script),
        }
    }
    call.out(&text);
    0
}

/// `s/a/b/`, as far as it can be said in the regular expressions of the lab.
pub(super) struct Substitution {
    pattern: Regex,
    replacement: String,
    everywhere: bool,
}

impl Substitution {
    pub fn read(script: &str, is_extended: bool) -> Option<Self> {
        let mut rest = script.strip_prefix('s')?.chars();
        let sign = rest.next().filter(|sign| *sign != '\\' && *sign != '\n')?;
        let (pattern, rest) = part(rest.as_str(), sign)?;
        let (replacement, flags) = part(rest, sign)?;
        let everywhere = match flags {
            "" => false,
            "g" => true,
            _ => return None,
        };
        let pattern = Regex::new(&expression(&pattern, is_extended)?).ok()?;
        Some(Self { pattern, replacement: put_in(&replacement)?, everywhere })
    }

    /// Line by line.
    pub fn of(&self, text: &str) -> String {
        let line = |line: &str| {
            let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
            let replaced = if self.everywhere {
                self.pattern.replace_all(line, &self.replacement)
            } else {
                self.pattern.replace(line, &self.replacement)
            };
            replaced.into_owned() + end
        };
        text.split_inclusive('\n').map(line).collect()
    }
}

/// What stands before the next sign that no backslash stands before, and what behind it. A sign with a backslash is itself.
fn part(text: &str, sign: char) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            _ if character == sign => return Some((out, &text[at + sign.len_utf8()..])),
            '\\' => {
                let (_, next) = characters.next()?;
                if next != sign {
                    out.push('\\');
                }
                out.push(next);
            }
            _ => out.push(character),
        }
    }
    None
}

/// A basic expression as an extended one; None where the two differ in more than signs.
fn expression(pattern: &str, is_extended: bool) -> Option<String> {
    let mut out = String::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        let (is_first, is_last) = (out.is_empty(), characters.peek().is_none());
        match character {
            '\\' => {
                let escaped = characters.next().filter(|next| ".*[]^$/".contains(*next))?;
                out.extend(['\\', escaped]);
            }
            '+' | '?' | '|' | '(' | ')' | '{' | '}' if !is_extended => out.extend(['\\', character]),
            '^' if !is_first && !out.ends_with('[') && !is_extended => return None,
            '$' if !is_last && !is_extended => return None,
            '*' if is_first => return None,
            _ => out.push(character),
        }
    }
    (!out.is_empty()).then_some(out)
}

/// `&` is what was found.
fn put_in(replacement: &str) -> Option<String> {
    let mut out = String::new();
    let mut characters = replacement.chars();
    while let Some(character) = characters.next() {
        match character {
            '&' => out.push_str("${0}"),
            '$' => out.push_str("$$"),
            '\\' => out.push(characters.next().filter(|next| !next.is_ascii_alphanumeric())?),
            _ => out.push(character),
        }
    }
    Some(out)
}
