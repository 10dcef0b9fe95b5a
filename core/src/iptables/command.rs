use super::address::AddressMatch;
use super::counters::Counters;
use super::generic::{Generic, Short};
use super::header::IpMatch;
use super::matches::Match;
use super::model::{Policy, Rule, Table, Tables};
use super::rule::RuleReader;
use super::targets::Target;
use super::words::{Complaint, Word, split};
use crate::message;
use crate::message::{Argument, Message};
use crate::net::Family;
use crate::netfilter::XtTable;

/// What one line asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command<'w> {
    Append {
        chain: &'w str,
        rules: Vec<Rule>,
    },
    Insert {
        chain: &'w str,
        number: usize,
        rules: Vec<Rule>,
    },
    Replace {
        chain: &'w str,
        number: usize,
        rule: Box<Rule>,
    },
    Delete {
        chain: &'w str,
        rules: Vec<Rule>,
    },
    DeleteNumber {
        chain: &'w str,
        number: usize,
    },
    Check {
        chain: &'w str,
        rules: Vec<Rule>,
    },
    /// On a chain, or on all chains if it names none.
    Chain {
        action: ChainAction<'w>,
        chain: Option<&'w str>,
    },
}

/// What is done with a chain as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ChainAction<'w> {
    Create,
    Delete,
    Flush,
    /// The counters of one rule by its number, or of all.
    Zero(Option<usize>),
    Rename(&'w str),
    Policy(Policy),
}

/// A command with where its parts stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line<'w> {
    pub command: Command<'w>,
    /// Where the name of the chain stands.
    pub chain_at: usize,
    pub counters: Option<Counters>,
}

/// What a command line is read against.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub family: Family,
    pub name: XtTable,
    pub table: &'a Table,
    /// The number of the line in its text, from 1.
    pub line: u32,
}

/// The parts of a line before they are put together.
#[derive(Default)]
pub(super) struct Draft<'w> {
    /// The letter of the command, its arguments, and where the first of them stands.
    pub command: Option<(char, [Option<&'w str>; 2], usize)>,
    pub sources: Vec<AddressMatch>,
    pub destinations: Vec<AddressMatch>,
    pub ip: IpMatch,
    pub matches: Vec<Match>,
    pub target: Option<Target>,
    /// From `-c`.
    pub counters: Option<Counters>,
    /// The options given so far, each of which may be given once.
    pub seen: Vec<char>,
}

/// The table that a command names with `-t`; `filter` if it names none.
pub(super) fn table_of(line: &str) -> Result<XtTable, Complaint> {
    let mut words = Vec::new();
    split(line, 0, &mut words)?;
    let Some(index) = words.iter().position(|word| matches!(&*word.text, "-t" | "--table")) else {
        return Ok(XtTable::Filter);
    };
    let Some(word) = words.get(index + 1) else {
        let advice = message!("advice-table");
        return Err(Complaint::new(
            words[index].span.start,
            "option \"-t\" requires an argument",
            message!("expected-table"),
            advice,
        ));
    };
    XtTable::from_name(&word.text).ok_or_else(|| {
        let message =
            format!("can't initialize iptables table `{}': Table does not exist (do you need to insmod?)", word.text);
        no_such_table(word.span.start, message)
    })
}

pub(super) fn no_such_table(at: usize, message: String) -> Complaint {
    Complaint::new(at, message, message!("expected-tables"), message!("advice-tables"))
}

/// Reads a line of `iptables-restore` input or of a shell command, from byte `start` on.
pub(super) fn read<'a, 'w>(
    text: &'a str,
    start: usize,
    scope: Scope<'_>,
    words: &'w mut Vec<Word<'a>>,
) -> Result<Line<'w>, Complaint> {
    words.clear();
    split(text, start, words)?;
    let draft = RuleReader::new(text, words, scope).read()?;
    put_together(draft, scope, start)
}

fn put_together<'w>(draft: Draft<'w>, scope: Scope<'_>, start: usize) -> Result<Line<'w>, Complaint> {
    let Some((letter, [first, second], chain_at)) = draft.command else {
        let advice = message!("advice-iptables-command");
        return Err(Complaint::new(start, "no command specified", message!("expected-iptables-command"), advice));
    };
    // A policy may come with its counters (`commands_v_options`).
    let illegal = draft.seen.iter().find(|option| (letter, **option) != ('P', 'c'));
    if !matches!(letter, 'A' | 'I' | 'R' | 'D' | 'C')
        && let Some(option) = illegal
    {
        let message = format!("Illegal option `-{option}' with this command");
        return Err(Complaint::new(
            start,
            message,
            message!("expected-command-alone"),
            message!("advice-remove", what = format!("-{option}")),
        ));
    }
    let chain = first.unwrap_or_default();
    let counters = draft.counters;
    let command = if let Some(action) = chain_action(letter, second, chain_at)? {
        Command::Chain { action, chain: first }
    } else if letter == 'D' && second.is_some() {
        Command::DeleteNumber { number: rule_number(second, chain_at)?.unwrap_or(1), chain }
    } else {
        check_devices(&draft.ip, chain, chain_at)?;
        rule_command(letter, chain, rule_number(second, chain_at)?.unwrap_or(1), draft.rules(scope.line), chain_at)?
    };
    Ok(Line { command, chain_at, counters })
}

/// What a command does with a whole chain, if it is one of those.
fn chain_action<'w>(letter: char, argument: Option<&'w str>, at: usize) -> Result<Option<ChainAction<'w>>, Complaint> {
    Ok(Some(match letter {
        'N' => ChainAction::Create,
        'X' => ChainAction::Delete,
        'F' => ChainAction::Flush,
        'Z' => ChainAction::Zero(rule_number(argument, at)?),
        'E' => ChainAction::Rename(argument.unwrap_or_default()),
        'P' => ChainAction::Policy(policy(argument.unwrap_or_default(), at)?),
        _ => return Ok(None),
    }))
}

fn rule_command(
    letter: char,
    chain: &str,
    number: usize,
    rules: Vec<Rule>,
    at: usize,
) -> Result<Command<'_>, Complaint> {
    Ok(match letter {
        'I' => Command::Insert { chain, number, rules },
        'D' => Command::Delete { chain, rules },
        'C' => Command::Check { chain, rules },
        'R' => {
            let [rule] = <[Rule; 1]>::try_from(rules).map_err(|_| {
                let message = "Replacement rule does not specify a unique address";
                Complaint::new(at, message, message!("expected-one-source"), message!("advice-one-rule"))
            })?;
            Command::Replace { chain, number, rule: Box::new(rule) }
        }
        _ => Command::Append { chain, rules },
    })
}

fn rule_number(text: Option<&str>, at: usize) -> Result<Option<usize>, Complaint> {
    let Some(text) = text else { return Ok(None) };
    let number = text.parse().ok().filter(|number| *number > 0);
    number.map(Some).ok_or_else(|| {
        let message = format!("Invalid rule number `{text}'");
        Complaint::new(at, message, message!("expected-number-from-one"), message!("advice-count-rules"))
    })
}

pub(super) fn policy(text: &str, at: usize) -> Result<Policy, Complaint> {
    match text {
        "ACCEPT" => Ok(Policy::Accept),
        "DROP" => Ok(Policy::Drop),
        _ => Err(Complaint::new(
            at,
            "Bad policy name",
            message!("expected-either", one = "ACCEPT", other = "DROP"),
            message!("advice-policy-of-two"),
        )),
    }
}

/// A built-in chain runs before routing or after it, where one of the devices is not known (`do_command4`).
fn check_devices(ip: &IpMatch, chain: &str, at: usize) -> Result<(), Complaint> {
    let wrong = |option: &str| {
        let message = format!("Can't use {option} with {chain}");
        let expected = message!("expected-device-at-hook");
        Err(Complaint::new(at, message, expected, message!("advice-other-chain", option = option)))
    };
    match chain {
        "PREROUTING" | "INPUT" if ip.output.is_some() => wrong("-o"),
        "POSTROUTING" | "OUTPUT" if ip.input.is_some() => wrong("-i"),
        _ => Ok(()),
    }
}

/// Bytes of a chain's name, at most (`XT_EXTENSION_MAXNAMELEN`).
pub(super) const LONGEST_NAME: usize = 28;

/// What is asked of a chain's name (`parse_chain`).
pub(super) fn check_name(name: &str, at: usize) -> Result<(), Complaint> {
    let wrong = |message: String, advice: Message| {
        Err(Complaint::new(at, message, message!("expected-chain-name", most = LONGEST_NAME.to_string()), advice))
    };
    if name.len() > LONGEST_NAME {
        let limit = LONGEST_NAME + 1;
        return wrong(
            format!("chain name `{name}' too long (must be under {limit} chars)"),
            message!("advice-shorten"),
        );
    }
    match name.chars().next() {
        None => wrong("chain name may not be empty".to_owned(), message!("advice-name-chain")),
        Some(first @ ('-' | '!')) => {
            wrong(format!("chain name not allowed to start with `{first}'"), message!("advice-rename-chain"))
        }
        Some(_) if name.chars().any(char::is_whitespace) => {
            wrong(format!("Invalid chain name `{name}'"), message!("advice-blanks"))
        }
        Some(_) if is_verdict(name) => {
            wrong("chain name may not clash with target name".to_owned(), message!("advice-rename-chain"))
        }
        Some(_) => Ok(()),
    }
}

pub(super) fn is_verdict(name: &str) -> bool {
    matches!(name, "ACCEPT" | "DROP" | "QUEUE" | "RETURN")
}

impl Draft<'_> {
    /// One rule for each source with each destination (`append_entry`).
    fn rules(self, line: u32) -> Vec<Rule> {
        // An address that any packet has asks for nothing.
        let plain = |test: AddressMatch| Some(test).filter(|test| test.inverted || !test.net.is_any());
        let target = self.target.unwrap_or(Target::None);
        let rule = Rule { ip: self.ip, matches: self.matches.into(), target, line };
        let (sources, destinations) = (self.sources, self.destinations);
        if sources.len() < 2 && destinations.len() < 2 {
            let (src, dst) = (sources.into_iter().find_map(plain), destinations.into_iter().find_map(plain));
            return vec![Rule { ip: IpMatch { src, dst, ..rule.ip }, ..rule }];
        }
        let each = |list: Vec<AddressMatch>| -> Vec<Option<AddressMatch>> {
            if list.is_empty() { vec![None] } else { list.into_iter().map(plain).collect() }
        };
        let (sources, destinations) = (each(sources), each(destinations));
        let pairs = sources.iter().flat_map(|src| destinations.iter().map(move |dst| (src, dst)));
        let with = |(src, dst): (&Option<_>, &Option<_>)| {
            let mut rule = rule.clone();
            rule.ip.src.clone_from(src);
            rule.ip.dst.clone_from(dst);
            rule
        };
        pairs.map(with).collect()
    }

    /// Notes that an option was given; it may be given once.
    pub fn once(&mut self, generic: &Generic, at: usize) -> Result<(), Complaint> {
        let Short(letter) = generic.short;
        if generic.repeatable {
            return Ok(());
        }
        if self.seen.contains(&letter) {
            let message = format!("multiple -{letter} flags not allowed");
            return Err(Complaint::new(
                at,
                message,
                message!("expected-only-one", what = format!("-{letter}")),
                message!("advice-split"),
            ));
        }
        self.seen.push(letter);
        Ok(())
    }
}

/// A chain that a command must find.
pub(super) fn missing_chain(tables: &Tables, table: XtTable, name: &str, at: usize) -> Complaint {
    let mut elsewhere = Vec::new();
    for (other, contents) in tables.in_use() {
        if other != table && contents.find(name).is_some() {
            elsewhere.push(other.name());
        }
    }
    let both = |one, other| message!("wrong-both", one = one, other = other).into();
    let advice = match elsewhere.into_iter().map(Argument::from).reduce(both) {
        None => message!("advice-declare-first", name = name),
        Some(table) => message!("advice-chain-elsewhere", table = table),
    };
    let message = message!("wrong-no-chain", table = table.name(), name = name);
    Complaint::new(at, message, message!("expected-chain-of-table", table = table.name()), advice)
}
