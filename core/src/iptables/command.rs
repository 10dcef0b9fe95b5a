use super::address::AddressMatch;
use super::generic::{Generic, Short};
use super::header::IpMatch;
use super::matches::Match;
use super::model::{Counters, Policy, Rule, Table, Tables};
use super::rule::RuleReader;
use super::targets::Target;
use super::words::{Complaint, Word, split};
use crate::net::Family;
use crate::netfilter::XtTable;

/// What one line asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command {
    Append {
        chain: String,
        rules: Vec<Rule>,
    },
    Insert {
        chain: String,
        number: usize,
        rules: Vec<Rule>,
    },
    Replace {
        chain: String,
        number: usize,
        rule: Box<Rule>,
    },
    Delete {
        chain: String,
        rules: Vec<Rule>,
    },
    DeleteNumber {
        chain: String,
        number: usize,
    },
    Check {
        chain: String,
        rules: Vec<Rule>,
    },
    /// On a chain, or on all chains if it names none.
    Chain {
        action: ChainAction,
        chain: Option<String>,
    },
}

/// What is done with a chain as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ChainAction {
    Create,
    Delete,
    Flush,
    /// The counters of one rule by its number, or of all.
    Zero(Option<usize>),
    Rename(String),
    Policy(Policy),
}

/// A command with where its parts stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub command: Command,
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
pub(super) struct Draft {
    /// The letter of the command, its arguments, and where the first of them stands.
    pub command: Option<(char, Vec<String>, usize)>,
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
        let advice = "write a table after -t";
        return Err(Complaint::new(words[index].span.start, "option \"-t\" requires an argument", "a table", advice));
    };
    XtTable::from_name(&word.text).ok_or_else(|| {
        let message = format!("can't initialize iptables table `{}': Table does not exist (do you need to insmod?)", word.text);
        no_such_table(word.span.start, message)
    })
}

pub(super) fn no_such_table(at: usize, message: String) -> Complaint {
    Complaint::new(at, message, "raw, mangle, nat, filter or security", "name one of the five tables")
}

/// Reads a line of `iptables-restore` input or of a shell command, from byte `start` on.
pub(super) fn read<'a>(text: &'a str, start: usize, scope: Scope<'_>, words: &mut Vec<Word<'a>>) -> Result<Line, Complaint> {
    words.clear();
    split(text, start, words)?;
    let draft = RuleReader::new(text, words, scope).read()?;
    put_together(draft, scope, start)
}

fn put_together(draft: Draft, scope: Scope<'_>, start: usize) -> Result<Line, Complaint> {
    let Some((letter, arguments, chain_at)) = draft.command else {
        let advice = "begin the line with -A CHAIN";
        return Err(Complaint::new(start, "no command specified", "a command such as -A, -I or -D", advice));
    };
    let mut arguments = arguments.into_iter();
    let first = arguments.next();
    let second = arguments.next();
    if !matches!(letter, 'A' | 'I' | 'R' | 'D' | 'C')
        && let Some(option) = draft.seen.first()
    {
        let message = format!("Illegal option `-{option}' with this command");
        return Err(Complaint::new(start, message, "the command alone", format!("remove -{option}")));
    }
    let chain = first.clone().unwrap_or_default();
    let number = |text: &Option<String>| -> Result<Option<usize>, Complaint> {
        let Some(text) = text else { return Ok(None) };
        let number = text.parse().ok().filter(|number| *number > 0);
        number.map(Some).ok_or_else(|| {
            let message = format!("Invalid rule number `{text}'");
            Complaint::new(chain_at, message, "a number from 1", "count the rules of the chain from 1")
        })
    };
    let action = match letter {
        'N' => Some(ChainAction::Create),
        'X' => Some(ChainAction::Delete),
        'F' => Some(ChainAction::Flush),
        'Z' => Some(ChainAction::Zero(number(&second)?)),
        'E' => Some(ChainAction::Rename(second.clone().unwrap_or_default())),
        'P' => Some(ChainAction::Policy(policy(second.as_deref().unwrap_or_default(), chain_at)?)),
        _ => None,
    };
    if let Some(action) = action {
        return Ok(Line { command: Command::Chain { action, chain: first }, chain_at, counters: None });
    }
    let command = match letter {
        'D' if second.is_some() => Command::DeleteNumber { number: number(&second)?.unwrap_or(1), chain },
        _ => {
            check_devices(&draft.ip, &chain, chain_at)?;
            let rules = expand(draft.sources, draft.destinations, draft.ip, draft.matches, draft.target, scope.line);
            match letter {
                'I' => Command::Insert { number: number(&second)?.unwrap_or(1), chain, rules },
                'D' => Command::Delete { chain, rules },
                'C' => Command::Check { chain, rules },
                'R' => {
                    let number = number(&second)?.unwrap_or(1);
                    let [rule] = <[Rule; 1]>::try_from(rules).map_err(|_| {
                        let message = "Replacement rule does not specify a unique address";
                        Complaint::new(chain_at, message, "one source and one destination", "write one rule")
                    })?;
                    Command::Replace { chain, number, rule: Box::new(rule) }
                }
                _ => Command::Append { chain, rules },
            }
        }
    };
    Ok(Line { command, chain_at, counters: draft.counters })
}

pub(super) fn policy(text: &str, at: usize) -> Result<Policy, Complaint> {
    match text {
        "ACCEPT" => Ok(Policy::Accept),
        "DROP" => Ok(Policy::Drop),
        _ => {
            Err(Complaint::new(at, "Bad policy name", "ACCEPT or DROP", "take one of the two; REJECT is a target for rules only"))
        }
    }
}

/// A built-in chain runs before routing or after it, where one of the devices is not known (`do_command4`).
fn check_devices(ip: &IpMatch, chain: &str, at: usize) -> Result<(), Complaint> {
    let wrong = |option: &str| {
        let message = format!("Can't use {option} with {chain}");
        let expected = "a device that is known at this hook";
        Err(Complaint::new(at, message, expected, format!("remove {option}, or put the rule into another chain")))
    };
    match chain {
        "PREROUTING" | "INPUT" if ip.output.is_some() => wrong("-o"),
        "POSTROUTING" | "OUTPUT" if ip.input.is_some() => wrong("-i"),
        _ => Ok(()),
    }
}

/// One rule for each source with each destination (`append_entry`).
fn expand(
    sources: Vec<AddressMatch>,
    destinations: Vec<AddressMatch>,
    ip: IpMatch,
    matches: Vec<Match>,
    target: Option<Target>,
    line: u32,
) -> Vec<Rule> {
    let each = |list: Vec<AddressMatch>| -> Vec<Option<AddressMatch>> {
        // An address that any packet has asks for nothing.
        let plain = |test: AddressMatch| Some(test).filter(|test| test.inverted || !test.net.is_any());
        if list.is_empty() { vec![None] } else { list.into_iter().map(plain).collect() }
    };
    let (sources, destinations) = (each(sources), each(destinations));
    let rule = Rule { ip, matches: matches.into(), target: target.unwrap_or(Target::None), line };
    if let ([src], [dst]) = (&sources[..], &destinations[..]) {
        let ip = IpMatch { src: src.clone(), dst: dst.clone(), ..rule.ip };
        return vec![Rule { ip, ..rule }];
    }
    let pairs = sources.iter().flat_map(|src| destinations.iter().map(move |dst| (src, dst)));
    pairs
        .map(|(src, dst)| {
            let mut rule = rule.clone();
            rule.ip.src.clone_from(src);
            rule.ip.dst.clone_from(dst);
            rule
        })
        .collect()
}

/// What is asked of a chain's name (`parse_chain`).
pub(super) fn check_name(name: &str, at: usize) -> Result<(), Complaint> {
    const LONGEST: usize = 28;
    let wrong = |message: String, advice: &str| {
        Err(Complaint::new(at, message, format!("1 to {LONGEST} characters, none of them a blank"), advice))
    };
    if name.len() > LONGEST {
        let limit = LONGEST + 1;
        return wrong(format!("chain name `{name}' too long (must be under {limit} chars)"), "shorten the name");
    }
    match name.chars().next() {
        None => wrong("chain name may not be empty".to_owned(), "name the chain"),
        Some(first @ ('-' | '!')) => wrong(format!("chain name not allowed to start with `{first}'"), "rename the chain"),
        Some(_) if name.chars().any(char::is_whitespace) => wrong(format!("Invalid chain name `{name}'"), "remove the blanks"),
        Some(_) if is_verdict(name) => wrong("chain name may not clash with target name".to_owned(), "rename the chain"),
        Some(_) => Ok(()),
    }
}

pub(super) fn is_verdict(name: &str) -> bool {
    matches!(name, "ACCEPT" | "DROP" | "QUEUE" | "RETURN")
}

impl Draft {
    /// Notes that an option was given; it may be given once.
    pub fn once(&mut self, generic: &Generic, at: usize) -> Result<(), Complaint> {
        let Short(letter) = generic.short;
        if generic.repeatable {
            return Ok(());
        }
        if self.seen.contains(&letter) {
            let message = format!("multiple -{letter} flags not allowed");
            return Err(Complaint::new(at, message, format!("one -{letter}"), "split the rule in two"));
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
    let advice = if elsewhere.is_empty() {
        format!("declare it first with a line `:{name} - [0:0]` or `-N {name}`")
    } else {
        format!("the chain is in table {}: chains belong to one table", elsewhere.join(" and "))
    };
    let message = format!("No chain/target/match by that name: table {table} has no chain `{name}'");
    Complaint::new(at, message, format!("a chain of table {table}"), advice)
}
