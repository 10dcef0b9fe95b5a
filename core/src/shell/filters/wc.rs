//! `wc` of coreutils 9.1.

use super::super::Status;
use super::super::call::Call;
use super::super::getopt::{Argument, Given, Options};
use super::{Source, missing, options, sources};

const WC: &Options = &[
    ('l', "lines", Argument::None),
    ('w', "words", Argument::None),
    ('c', "bytes", Argument::None),
    ('m', "chars", Argument::None),
];

/// Lines, words, signs and bytes, in which order they are always printed.
type Counts = [usize; 4];

const LETTERS: [char; 4] = ['l', 'w', 'm', 'c'];

pub(in crate::shell) fn wc(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let given = match options(call, &words, WC) {
        Ok(given) => given,
        Err(status) => return status,
    };
    let has_options = given.iter().any(|given| matches!(given, Given::Option(..)));
    let shown: Vec<usize> = (0..LETTERS.len())
        .filter(|at| match LETTERS[*at] {
            letter if has_options => given.contains(&Given::Option(letter, None)),
            letter => letter != 'm',
        })
        .collect();
    let sources = sources(call, &given);
    let width = width(&sources, shown.len());
    let line = |counts: Counts, name: Option<&str>| {
        let counts: Vec<String> = shown.iter().map(|at| format!("{:>width$}", counts[*at])).collect();
        let name = name.map(|name| format!(" {name}")).unwrap_or_default();
        format!("{}{name}\n", counts.join(" "))
    };
    let (mut total, mut status) = (Counts::default(), 0);
    for source in &sources {
        let Some(text) = &source.text else {
            missing(call, source, ("", ""));
            status = 1;
            continue;
        };
        let counts = [text.matches('\n').count(), text.split_whitespace().count(), text.chars().count(), text.len()];
        total = std::array::from_fn(|at| total[at] + counts[at]);
        call.out(&line(counts, source.name));
    }
    if sources.len() > 1 {
        call.out(&line(total, Some("total")));
    }
    status
}

/// `compute_number_width`: as wide as the length of all files, and wide enough for what has a length that nobody knows.
fn width(sources: &[Source<'_>], columns: usize) -> usize {
    const UNKNOWN: usize = 7;
    if sources.len() == 1 && columns == 1 || sources.first().is_none_or(|source| source.text.is_none()) {
        return 1;
    }
    let length: usize = sources.iter().filter_map(|source| source.text.as_ref()).map(String::len).sum();
    let least = if sources.iter().all(|source| source.is_file) { 1 } else { UNKNOWN };
    length.to_string().len().max(least)
}
