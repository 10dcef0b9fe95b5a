//! Options as `getopt_long` tells them apart: letters that may be glued together, long names that may be cut short.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    None,
    Required,
    /// Only if it is glued to the option.
    Glued,
}

/// The options of a program: letter, long name (or none), and whether an argument follows. A long name without a letter
/// has a letter that nobody can type.
pub(super) type Options = [(char, &'static str, Argument)];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given<'w> {
    Option(char, Option<&'w str>),
    Word(&'w str),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// As it was typed, a letter with one dash.
    Unknown(String),
    NoArgument(String),
}

/// What glibc's `getopt_long` prints behind the name of the program.
impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_long = |option: &str| option.len() > 2 && option.starts_with("--");
        match self {
            Self::Unknown(option) if is_long(option) => write!(f, "unrecognized option '{option}'"),
            Self::Unknown(option) => write!(f, "invalid option -- '{}'", &option[1..]),
            Self::NoArgument(option) if is_long(option) => write!(f, "option '{option}' requires an argument"),
            Self::NoArgument(option) => write!(f, "option requires an argument -- '{}'", &option[1..]),
        }
    }
}

pub(super) fn parse<'w>(words: &'w [String], options: &Options) -> Result<Vec<Given<'w>>, Bad> {
    let mut given = Vec::new();
    // `getopt`, which programs without long names call, takes a second dash for a letter.
    let has_names = options.iter().any(|(_, name, _)| !name.is_empty());
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if word == "--" {
            given.extend(words.by_ref().map(Given::Word));
        } else if let Some(long) = word.strip_prefix("--").filter(|_| has_names) {
            given.push(read_long(word, long, options, &mut words)?);
        } else if word.len() > 1 && word.starts_with('-') {
            read_letters(word, options, &mut words, &mut given)?;
        } else {
            given.push(Given::Word(word));
        }
    }
    Ok(given)
}

fn read_long<'w>(
    word: &str,
    long: &'w str,
    options: &Options,
    words: &mut impl Iterator<Item = &'w str>,
) -> Result<Given<'w>, Bad> {
    let (name, glued) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
    let exact = options.iter().find(|(_, known, _)| *known == name);
    let mut cut_short = options.iter().filter(|(_, known, _)| !name.is_empty() && known.starts_with(name));
    let found = exact.or_else(|| cut_short.next().filter(|_| cut_short.next().is_none()));
    let (letter, _, argument) = found.ok_or_else(|| Bad::Unknown(format!("--{name}")))?;
    let value = match (argument, glued) {
        (Argument::Required, None) => Some(words.next().ok_or_else(|| Bad::NoArgument(word.to_owned()))?),
        (_, glued) => glued,
    };
    Ok(Given::Option(*letter, value))
}

fn read_letters<'w>(
    word: &'w str,
    options: &Options,
    words: &mut impl Iterator<Item = &'w str>,
    given: &mut Vec<Given<'w>>,
) -> Result<(), Bad> {
    for (at, letter) in word.char_indices().skip(1) {
        let found = options.iter().find(|(known, ..)| *known == letter);
        let (_, _, argument) = found.ok_or_else(|| Bad::Unknown(format!("-{letter}")))?;
        let rest = Some(&word[at + letter.len_utf8()..]).filter(|rest| !rest.is_empty());
        match argument {
            Argument::None => given.push(Given::Option(letter, None)),
            Argument::Glued => {
                given.push(Given::Option(letter, rest));
                return Ok(());
            }
            Argument::Required => {
                let value = rest.or_else(|| words.next()).ok_or_else(|| Bad::NoArgument(format!("-{letter}")))?;
                given.push(Given::Option(letter, Some(value)));
                return Ok(());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Argument, Bad, Given, parse};

    #[test]
    fn letters_may_be_glued_and_names_cut_short() {
        let options = [
            ('n', "lines", Argument::Required),
            ('v', "verbose", Argument::None),
            ('V', "version", Argument::None),
            ('w', "wait", Argument::Glued),
        ];
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let given = |text: &str| parse(&words(text), &options).map(|given| format!("{given:?}"));
        let expect = |given: &[Given<'_>]| Ok(format!("{given:?}"));
        let lines = Given::Option('n', Some("5"));
        assert_eq!(given("-vn5 x"), expect(&[Given::Option('v', None), lines, Given::Word("x")]));
        assert_eq!(given("--lin=5 -n 5"), expect(&[lines, lines]));
        assert_eq!(given("-- -v -"), expect(&[Given::Word("-v"), Given::Word("-")]));
        assert_eq!(given("-w 5"), expect(&[Given::Option('w', None), Given::Word("5")]));
        assert_eq!(given("--ver"), Err(Bad::Unknown("--ver".to_owned())));
        assert_eq!(given("-vx"), Err(Bad::Unknown("-x".to_owned())));
        assert_eq!(given("-n"), Err(Bad::NoArgument("-n".to_owned())));
    }

    #[test]
    fn what_is_wrong_is_said_as_glibc_does() {
        let said = |text: &str, options: &super::Options| {
            parse(&text.split(' ').map(str::to_owned).collect::<Vec<_>>(), options).expect_err("a flaw").to_string()
        };
        let long = [('n', "lines", Argument::Required)];
        assert_eq!(said("--line", &[('x', "", Argument::None)]), "invalid option -- '-'");
        assert_eq!(said("--other", &long), "unrecognized option '--other'");
        assert_eq!(said("-o", &long), "invalid option -- 'o'");
        assert_eq!(said("--lines", &long), "option '--lines' requires an argument");
        assert_eq!(said("-n", &long), "option requires an argument -- 'n'");
    }
}
