//! `iptables`, `iptables-save` and `iptables-restore` of either family: iptables-legacy 1.8.9.

mod files;
mod translate;
mod variant;

use std::fmt::Write as _;

use super::Status;
use super::call::Call;
use super::getopt::{Argument, Bad, Given, Options, parse};
use crate::iptables::{self, ListOptions, Names, Tables};
use crate::net::Family;
use crate::netfilter::XtTable;
use crate::source::Diagnostic;

pub(super) use files::{restore, save};
pub(super) use translate::{translate, translate_saved};

/// The optstring of `do_command4`. The commands that change a table are read by the model.
const OPTIONS: &Options = &[
    ('A', "append", Argument::Required),
    ('C', "check", Argument::Required),
    ('D', "delete", Argument::Required),
    ('E', "rename-chain", Argument::Required),
    ('F', "flush", Argument::Glued),
    ('I', "insert", Argument::Required),
    ('L', "list", Argument::Glued),
    ('N', "new-chain", Argument::Required),
    ('P', "policy", Argument::Required),
    ('R', "replace", Argument::Required),
    ('S', "list-rules", Argument::Glued),
    ('X', "delete-chain", Argument::Glued),
    ('Z', "zero", Argument::Glued),
    ('V', "version", Argument::None),
    ('h', "help", Argument::Glued),
    ('t', "table", Argument::Required),
    ('v', "verbose", Argument::None),
    ('n', "numeric", Argument::None),
    ('x', "exact", Argument::None),
    ('w', "wait", Argument::Glued),
    ('W', "wait-interval", Argument::Required),
    ('4', "ipv4", Argument::None),
    ('6', "ipv6", Argument::None),
    ('\u{1}', "line-numbers", Argument::None),
    ('p', "protocol", Argument::Required),
    ('s', "source", Argument::Required),
    ('d', "destination", Argument::Required),
    ('i', "in-interface", Argument::Required),
    ('o', "out-interface", Argument::Required),
    ('j', "jump", Argument::Required),
    ('g', "goto", Argument::Required),
    ('m', "match", Argument::Required),
    ('f', "fragments", Argument::None),
    ('b', "", Argument::None),
    ('c', "set-counters", Argument::Required),
    ('M', "modprobe", Argument::Required),
];
const LINE_NUMBERS: char = '\u{1}';

fn family(call: &Call<'_>) -> Family {
    if call.name.starts_with("ip6") { Family::V6 } else { Family::V4 }
}

/// What the program calls itself, and its variant.
fn program(call: &Call<'_>) -> (&'static str, &'static str) {
    let variant = if variant::is_nft(call) { "nf_tables" } else { "legacy" };
    match (family(call), call.name.ends_with("restore-translate"), call.name.ends_with("translate")) {
        (Family::V4, true, _) => ("iptables-translate-restore", "nf_tables"),
        (Family::V6, true, _) => ("ip6tables-translate-restore", "nf_tables"),
        (Family::V4, _, true) => ("iptables-translate", "nf_tables"),
        (Family::V6, _, true) => ("ip6tables-translate", "nf_tables"),
        (Family::V4, ..) => ("iptables", variant),
        (Family::V6, ..) => ("ip6tables", variant),
    }
}

/// What a command that only prints asks for.
#[derive(Default)]
struct Listing<'w> {
    /// `L` or `S`
    command: Option<char>,
    zero: bool,
    chain: Option<&'w str>,
    rule: Option<&'w str>,
    table: Option<&'w str>,
    options: ListOptions,
    /// The option that does not go with a listing.
    illegal: Option<char>,
}

fn help(call: &mut Call<'_>, family: Family) -> Status {
    let status = version(call);
    call.out(match family {
        Family::V4 => include_str!("iptables/usage.v4.txt"),
        Family::V6 => include_str!("iptables/usage.v6.txt"),
    });
    status
}

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let family = family(call);
    let words: Vec<String> = call.words.to_vec();
    let given = parse(&words, OPTIONS);
    if let Ok(given) = &given {
        if given.contains(&Given::Option('V', None)) {
            return version(call);
        }
        if given.iter().any(|given| matches!(given, Given::Option('h', _))) {
            // With matches and targets it tells of these, too.
            return if words.len() == 1 { help(call, family) } else { call.not_modelled(&words.join(" ")) };
        }
        let other = if family == Family::V4 { '6' } else { '4' };
        if given.contains(&Given::Option(other, None)) {
            return usage(call, "");
        }
        if let Some((new, old)) = conflict(given) {
            return usage(call, &format!("Cannot use -{new} with -{old}\n"));
        }
        if let Some(listing) = listing(given) {
            return list(call, family, &listing);
        }
        if given.contains(&Given::Option('v', None)) {
            return call.not_modelled("-v with a command that changes something");
        }
    }
    if let Err(Bad::NoArgument(option)) = &given {
        return usage(call, &format!("option \"{option}\" requires an argument\n"));
    }
    change(call, family, &words)
}

/// The first command that does not go with one before it (`add_command`): only listing goes with zeroing.
fn conflict(given: &[Given<'_>]) -> Option<(char, char)> {
    let commands = given.iter().filter_map(|given| match given {
        Given::Option(letter, _) if "ACDEFILNPRSXZ".contains(*letter) => Some(*letter),
        _ => None,
    });
    let goes_with = |new: char, old: char| matches!((new, old), ('L' | 'S', 'Z') | ('Z', 'L' | 'S'));
    let mut before: Vec<char> = Vec::new();
    for new in commands {
        if let Some(old) = before.iter().find(|old| !goes_with(new, **old)) {
            return Some((new, *old));
        }
        before.push(new);
    }
    None
}

/// None where something is to be changed.
fn listing<'w>(given: &[Given<'w>]) -> Option<Listing<'w>> {
    let mut listing = Listing::default();
    let mut places = 0;
    for given in given {
        match *given {
            Given::Option(command @ ('L' | 'S'), chain) => {
                listing.command = Some(command);
                listing.chain = chain;
                places = 2 - usize::from(chain.is_some());
            }
            Given::Option('Z', _) => listing.zero = true,
            Given::Option('A' | 'C' | 'D' | 'E' | 'F' | 'I' | 'N' | 'P' | 'R' | 'X', _) => return None,
            Given::Option('t', table) => listing.table = table,
            Given::Option('v', _) => listing.options.verbose = true,
            Given::Option('n', _) => listing.options.names = Names::Numeric,
            Given::Option('x', _) => listing.options.exact = true,
            Given::Option(LINE_NUMBERS, _) => listing.options.line_numbers = true,
            Given::Option('w' | 'W' | '4' | '6' | 'M', _) => {}
            Given::Option(other, _) => listing.illegal = Some(other),
            // `-w 5`: a number that belongs to the option before.
            Given::Word(word) if places == 0 && word.parse::<u32>().is_ok() => {}
            Given::Word(word) if places == 2 => (listing.chain, places) = (Some(word), 1),
            Given::Word(word) => (listing.rule, places) = (Some(word), 0),
        }
    }
    listing.command.is_some().then_some(listing)
}

fn list(call: &mut Call<'_>, family: Family, listing: &Listing<'_>) -> Status {
    if let Some(letter) = listing.illegal {
        return usage(call, &format!("Illegal option `-{letter}' with this command\n"));
    }
    let name = listing.table.unwrap_or("filter");
    let Some(table) = XtTable::from_name(name) else {
        return no_table(call, name);
    };
    let legacy = if family == Family::V4 { "iptables-legacy" } else { "ip6tables-legacy" };
    let tables = match variant::tables(call, family, legacy) {
        Ok(tables) => tables,
        Err(status) => return status,
    };
    if let Some(chain) = listing.chain
        && !has_chain(&tables, table, chain)
    {
        if variant::is_nft(call) {
            let (program, variant) = program(call);
            call.err(&format!(
                "{program} v1.8.9 ({variant}): chain `{chain}' in table `{name}' is incompatible, use 'nft' tool.\n"
            ));
            return 1;
        }
        return refused(call, NO_CHAIN);
    }
    let number = match listing.rule.map(str::parse::<usize>) {
        None => None,
        Some(Ok(number)) if number > 0 => Some(number),
        Some(_) => {
            let rule = listing.rule.unwrap_or_default();
            return usage(call, &format!("Invalid rule number `{rule}'\n"));
        }
    };
    let text = match (listing.command, number) {
        (Some('L'), None) => iptables::list(&tables, table, listing.chain, listing.options),
        (Some('L'), Some(number)) => {
            // Without the two lines of head.
            let chain = iptables::list(&tables, table, listing.chain, listing.options);
            chain.lines().nth(number + 1).map(|line| format!("{line}\n")).unwrap_or_default()
        }
        (_, number) => {
            let all = iptables::commands(&tables, table, listing.options.verbose);
            of_chain(&all, listing.chain, number)
        }
    };
    call.out(&text);
    if listing.zero {
        let words = ["-t", name, "-Z"].into_iter().chain(listing.chain).map(str::to_owned).collect::<Vec<_>>();
        return change(call, family, &words);
    }
    0
}

fn has_chain(tables: &Tables, table: XtTable, chain: &str) -> bool {
    match tables.table(table) {
        Some(table) => table.find(chain).is_some(),
        None => table.hooks().iter().any(|hook| hook.chain() == chain),
    }
}

/// Of what `-S` prints, what it prints of one chain, or of one rule of it.
fn of_chain(all: &str, chain: Option<&str>, number: Option<usize>) -> String {
    let Some(chain) = chain else {
        return all.to_owned();
    };
    let is_of = |line: &&str| line.split(' ').nth(1) == Some(chain);
    let lines = all.lines().filter(is_of);
    let mut out = String::new();
    match number {
        None => lines.for_each(|line| out.extend([line, "\n"])),
        Some(number) => {
            let mut rules = lines.filter(|line| line.starts_with("-A "));
            rules.nth(number - 1).into_iter().for_each(|line| out.extend([line, "\n"]));
        }
    }
    out
}

fn change(call: &mut Call<'_>, family: Family, words: &[String]) -> Status {
    if variant::is_nft(call) {
        return variant::refuse(call);
    }
    if let Some(status) = needs_more(call, words) {
        return status;
    }
    let line = one_line(words);
    if let Some(set) = missing_set(call, &line) {
        return usage(call, &format!("Set {set} doesn't exist.\n\n"));
    }
    let is_check = line.split(' ').any(|word| matches!(word, "-C" | "--check"));
    let Some(done) = call.change(|node, _| {
        if is_check {
            // Nothing changes, whatever is found.
            return Err(iptables::command(&mut node.iptables.of(family).clone(), &line).err());
        }
        iptables::command(node.iptables.of_mut(family), &line).map_err(Some)
    }) else {
        return 1;
    };
    match done {
        Ok(()) | Err(None) => {
            warn(call, &line);
            0
        }
        Err(Some(diagnostic)) => complain(call, &diagnostic),
    }
}

/// The words as one line, without those about the lock.
fn one_line(words: &[String]) -> String {
    let mut line = String::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        if matches!(word.as_str(), "-w" | "--wait") {
            words.next_if(|next| next.parse::<u32>().is_ok());
        } else if matches!(word.as_str(), "-W" | "--wait-interval") {
            words.next();
        } else {
            write_word(&mut line, word);
        }
    }
    line
}

/// What the tool asks for before it looks at anything else.
fn needs_more(call: &mut Call<'_>, words: &[String]) -> Option<Status> {
    let new = words.iter().position(|word| matches!(word.as_str(), "-N" | "--new-chain"));
    if let Some(sign) = new.and_then(|at| words.get(at + 1)?.chars().next()).filter(|sign| matches!(sign, '-' | '!')) {
        return Some(usage(call, &format!("chain name not allowed to start with `{sign}'\n")));
    }
    let at = words.iter().position(|word| matches!(word.as_str(), "-P" | "--policy" | "-E" | "--rename-chain"))?;
    let is_short = words.get(at + 2).is_none_or(|word| word.starts_with('-'));
    let (letter, what) = if words[at].contains('P') || words[at].contains("policy") {
        ('P', "a chain and a policy")
    } else {
        ('E', "old-chain-name and new-chain-name")
    };
    is_short.then(|| usage(call, &format!("-{letter} requires {what}\n")))
}

/// As the model splits it again.
fn write_word(line: &mut String, word: &str) {
    if !line.is_empty() {
        line.push(' ');
    }
    if word.is_empty() || word.contains(|character: char| character.is_whitespace() || character == '"') {
        let _ = write!(line, "\"{}\"", word.replace('\\', r"\\").replace('"', r#"\""#));
    } else {
        line.push_str(word);
    }
}

/// What the tool says of an option and takes it all the same (`NFLOG_check`).
fn warn(call: &mut Call<'_>, line: &str) {
    if line.split(' ').any(|word| word == "--nflog-range") {
        call.err("warn: --nflog-range has never worked and is no longer supported, please use --nflog-size instead\n");
    }
}

fn missing_set(call: &Call<'_>, line: &str) -> Option<String> {
    let mut words = line.split(' ').skip_while(|word| !matches!(*word, "--match-set" | "--add-set" | "--del-set"));
    let name = words.nth(1)?;
    call.node()?.stack.ipsets.get(name).is_none().then(|| name.to_owned())
}

const NO_CHAIN: &str = "No chain/target/match by that name.";

/// The errors of the kernel and of libiptc (`iptc_strerror`), by how the model's messages begin.
const REFUSALS: [(&str, &str); 15] = [
    ("No chain/target/match by that name", NO_CHAIN),
    ("Bad rule (does a matching rule", "Bad rule (does a matching rule exist in that chain?)."),
    ("Index of insertion too big", "Index of insertion too big."),
    ("Index of replacement too big", "Index of replacement too big."),
    ("Index of deletion too big", "Index of deletion too big."),
    ("Index of zeroing too big", "Index of counter too big."),
    ("Chain already exists", "Chain already exists."),
    ("Too many links", "Too many links."),
    ("Directory not empty", "Directory not empty."),
    ("File exists", "File exists."),
    ("Bad built-in chain name", "Bad built-in chain name."),
    ("Bad policy name", "Bad policy name. Run `dmesg' for more information."),
    ("Too many levels of symbolic links", "Too many levels of symbolic links."),
    ("Invalid argument", INVALID),
    ("goto '", INVALID),
];
const INVALID: &str = "Invalid argument. Run `dmesg' for more information.";

/// Says what the model found in the tool's words.
fn complain(call: &mut Call<'_>, diagnostic: &Diagnostic) -> Status {
    let message = &*diagnostic.message.to_string();
    let is_policy = call.words.iter().any(|word| matches!(word.as_str(), "-P" | "--policy"));
    let of_kernel = REFUSALS.iter().find(|(start, _)| message.starts_with(start)).map(|(_, said)| *said);
    let status = match of_kernel {
        // libiptc asks for these in another order.
        Some(NO_CHAIN) if is_policy => refused(call, "Bad built-in chain name."),
        Some(said) => refused(call, said),
        None if is_logged(message) => refused(call, INVALID),
        None if message.starts_with("can't initialize") => {
            let table = message.split(['`', '\'']).nth(2).unwrap_or_default().to_owned();
            no_table(call, &table)
        }
        None if message.starts_with("Bad argument") => {
            let hint = hint(call);
            call.err(&format!("{message}\n{hint}"));
            2
        }
        None => usage(call, &format!("{message}{}", ended(message))),
    };
    call.advise(diagnostic);
    status
}

/// What a target or match may not do where it is: the kernel writes it into its log.
fn is_logged(message: &str) -> bool {
    message.contains(": only valid in ") || message.contains(", but only usable from ")
}

/// The end of a message. Some have one of their own besides.
fn ended(message: &str) -> &'static str {
    if ENDED.iter().any(|part| message.contains(part)) { "\n\n" } else { "\n" }
}

/// Messages with an end of line of their own.
const ENDED: [&str; 4] = ["Couldn't load ", "must be specified", "Can't use -", "cannot be inverted"];

fn hint(call: &Call<'_>) -> String {
    let (program, _) = program(call);
    format!("Try `{program} -h' or '{program} --help' for more information.\n")
}

fn version(call: &mut Call<'_>) -> Status {
    let (program, variant) = program(call);
    call.out(&format!("{program} v1.8.9 ({variant})\n"));
    0
}

/// `xtables_error(PARAMETER_PROBLEM, …)`; `message` with its end.
fn usage(call: &mut Call<'_>, message: &str) -> Status {
    let (program, variant) = program(call);
    let before = if message.is_empty() { String::new() } else { format!("{program} v1.8.9 ({variant}): ") };
    let hint = hint(call);
    call.err(&format!("{before}{message}{hint}"));
    2
}

fn refused(call: &mut Call<'_>, said: &str) -> Status {
    let (program, _) = program(call);
    call.err(&format!("{program}: {said}\n"));
    1
}

fn no_table(call: &mut Call<'_>, table: &str) -> Status {
    let (program, variant) = program(call);
    call.err(&format!(
        "{program} v1.8.9 ({variant}): can't initialize {program} table `{table}': \
         Table does not exist (do you need to insmod?)\nPerhaps {program} or your kernel needs to be upgraded.\n"
    ));
    3
}
