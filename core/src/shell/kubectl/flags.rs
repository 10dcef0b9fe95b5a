//! Flags as pflag tells them apart: names are never cut short, and every command has its own.

use super::command::{Command, Does};

pub(super) struct Flag {
    pub letter: Option<char>,
    pub name: &'static str,
    pub kind: Kind,
    /// Whether it may be given again.
    pub is_list: bool,
}

/// What may stand behind a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `true` or `false`, glued to it.
    Switch,
    Text,
    Number,
    Duration,
    /// A text that is glued to it, or none.
    Maybe,
}

/// What all commands have: `kubectl options`.
const GLOBAL: &str = "--as=''; --as-group=[]; --as-uid=''; --as-user-extra=[]; --cache-dir=''; \
                      --certificate-authority=''; --client-certificate=''; --client-key=''; --cluster=''; --context=''; \
                      --disable-compression=false; --insecure-skip-tls-verify=false; --kubeconfig=''; --kuberc=''; \
                      --log-flush-frequency=5s; --match-server-version=false; -n, --namespace=''; --password=''; \
                      --profile='none'; --profile-output=''; --request-timeout=''; -s, --server=''; \
                      --tls-server-name=''; --token=''; --user=''; --username=''; -v, --v=0; --vmodule=''; \
                      --warnings-as-errors=false; -h, --help=false";

/// Those that change nothing that the lab prints.
const IDLE: [&str; 9] = [
    "allow-missing-template-keys",
    "cache-dir",
    "chunk-size",
    "context",
    "field-manager",
    "kubeconfig",
    "request-timeout",
    "save-config",
    "v",
];

/// The flags of a command, those of all behind its own.
pub(super) fn flags(command: Option<&Command>) -> Vec<Flag> {
    let own: &[&str] = match command.map(|command| &command.does) {
        Some(Does::Work { flags, .. }) => flags,
        _ => &[],
    };
    own.iter().chain([&GLOBAL]).flat_map(|listed| listed.split("; ")).filter_map(flag).collect()
}

/// `-A, --all-namespaces=false`
fn flag(listed: &'static str) -> Option<Flag> {
    let (letter, long) = match listed.split_once(", ") {
        Some((letter, long)) => (letter.chars().nth(1), long),
        None => (None, listed),
    };
    let (name, default) = long.strip_prefix("--")?.split_once('=')?;
    let kind = match default {
        "true" | "false" => Kind::Switch,
        // `NoOptDefVal` is set for these.
        _ if matches!(name, "dry-run" | "cascade" | "validate") => Kind::Maybe,
        _ if default.parse::<i32>().is_ok() => Kind::Number,
        _ if default.ends_with('s') => Kind::Duration,
        _ => Kind::Text,
    };
    Some(Flag { letter, name, kind, is_list: default == "[]" })
}

/// What was given to a command.
pub(super) struct Args<'w> {
    given: Vec<(&'static str, &'w str)>,
    words: Vec<&'w str>,
    /// How many words stand before `--`, if it is there.
    pub dash: Option<usize>,
}

impl<'w> Args<'w> {
    pub fn value(&self, flag: &str) -> Option<&'w str> {
        self.given.iter().rev().find(|(name, _)| *name == flag).map(|(_, value)| *value)
    }

    /// All that were given to a flag that may be given again.
    pub fn values(&self, flag: &str) -> impl Iterator<Item = &'w str> {
        self.given.iter().filter(move |(name, _)| *name == flag).map(|(_, value)| *value)
    }

    pub fn has(&self, flag: &str) -> bool {
        self.value(flag).is_some_and(|value| !matches!(value, "false" | "0" | "f" | "F" | "False" | "FALSE"))
    }

    pub fn words(&self) -> Vec<&'w str> {
        self.words.clone()
    }

    pub fn namespace(&self) -> &'w str {
        self.value("namespace").unwrap_or("default")
    }

    /// The first flag that the command has and the lab does not heed.
    pub fn unheeded(&self, heeds: &[&str]) -> Option<&'static str> {
        let is_heeded = |name: &str| heeds.contains(&name) || IDLE.contains(&name) || name == "help";
        self.given.iter().map(|(name, _)| *name).find(|name| !is_heeded(name))
    }
}

/// Reads the flags of a command; what pflag says where it cannot.
pub(super) fn parse<'w>(words: &[&'w str], known: &[Flag]) -> Result<Args<'w>, String> {
    let mut args = Args { given: Vec::new(), words: Vec::new(), dash: None };
    let mut left = words.iter().copied();
    while let Some(word) = left.next() {
        if word == "--" {
            args.dash = Some(args.words.len());
            args.words.extend(left.by_ref());
        } else if let Some(long) = word.strip_prefix("--") {
            if long.starts_with(['-', '=']) {
                return Err(format!("bad flag syntax: {word}"));
            }
            let (name, glued) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            let flag = known.iter().find(|flag| flag.name == name).ok_or_else(|| format!("unknown flag: --{name}"))?;
            let value = match (glued, flag.kind) {
                (Some(value), _) => value,
                (None, Kind::Switch) => "true",
                (None, Kind::Maybe) => "",
                (None, _) => left.next().ok_or_else(|| format!("flag needs an argument: {word}"))?,
            };
            args.give(flag, value)?;
        } else if word.len() > 1 && word.starts_with('-') {
            args.letters(&word[1..], known, &mut left)?;
        } else {
            args.words.push(word);
        }
    }
    Ok(args)
}

impl<'w> Args<'w> {
    fn letters(
        &mut self,
        mut letters: &'w str,
        known: &[Flag],
        left: &mut impl Iterator<Item = &'w str>,
    ) -> Result<(), String> {
        while let Some(letter) = letters.chars().next() {
            let unknown = || format!("unknown shorthand flag: '{letter}' in -{letters}");
            let flag = known.iter().find(|flag| flag.letter == Some(letter)).ok_or_else(unknown)?;
            let rest = &letters[letter.len_utf8()..];
            let (value, next) = match (rest.strip_prefix('=').filter(|value| !value.is_empty()), flag.kind) {
                (Some(value), _) => (value, ""),
                (None, Kind::Switch) => ("true", rest),
                (None, Kind::Maybe) => ("", rest),
                (None, _) if !rest.is_empty() => (rest, ""),
                (None, _) => {
                    let missing = || format!("flag needs an argument: '{letter}' in -{letters}");
                    (left.next().ok_or_else(missing)?, "")
                }
            };
            self.give(flag, value)?;
            letters = next;
        }
        Ok(())
    }

    fn give(&mut self, flag: &Flag, value: &'w str) -> Result<(), String> {
        let wrong = match flag.kind {
            Kind::Switch if !is_bool(value) => Some(format!("strconv.ParseBool: parsing \"{value}\": invalid syntax")),
            Kind::Number if value.parse::<i64>().is_err() => {
                Some(format!("strconv.ParseInt: parsing \"{value}\": invalid syntax"))
            }
            _ => None,
        };
        if let Some(why) = wrong {
            let name = match flag.letter {
                Some(letter) => format!("-{letter}, --{}", flag.name),
                None => format!("--{}", flag.name),
            };
            return Err(format!("invalid argument \"{value}\" for \"{name}\" flag: {why}"));
        }
        self.given.push((flag.name, value));
        Ok(())
    }
}

/// `strconv.ParseBool`
fn is_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False")
}
