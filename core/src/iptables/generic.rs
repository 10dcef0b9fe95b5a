//! The options of iptables itself, which every rule has.

/// The letter of an option; for commands and parameters alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short(pub char);

#[derive(Debug)]
pub(super) struct Generic {
    pub short: Short,
    pub long: &'static [&'static str],
    pub kind: Kind,
    pub negatable: bool,
    pub repeatable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Changes a table; takes so many arguments at least and at most.
    Command { least: usize, most: usize },
    /// Part of a rule; takes an argument or none.
    Parameter { argument: bool },
    /// Says how to print or to wait, which means nothing here.
    Ignored { argument: bool },
    /// Prints and changes nothing.
    Listing,
}

const fn command(letter: char, long: &'static [&'static str], least: usize, most: usize) -> Generic {
    let kind = Kind::Command { least, most };
    Generic { short: Short(letter), long, kind, negatable: false, repeatable: true }
}

const fn parameter(letter: char, long: &'static [&'static str], argument: bool, negatable: bool) -> Generic {
    let kind = Kind::Parameter { argument };
    Generic { short: Short(letter), long, kind, negatable, repeatable: false }
}

const fn repeatable(letter: char, long: &'static [&'static str], kind: Kind) -> Generic {
    Generic { short: Short(letter), long, kind, negatable: false, repeatable: true }
}

static GENERIC: [Generic; 32] = [
    command('A', &["--append"], 1, 1),
    command('I', &["--insert"], 1, 2),
    command('D', &["--delete"], 1, 2),
    command('R', &["--replace"], 2, 2),
    command('C', &["--check"], 1, 1),
    command('F', &["--flush"], 0, 1),
    command('Z', &["--zero"], 0, 2),
    command('N', &["--new-chain", "--new"], 1, 1),
    command('X', &["--delete-chain"], 0, 1),
    command('E', &["--rename-chain"], 2, 2),
    command('P', &["--policy"], 2, 2),
    parameter('s', &["--source", "--src"], true, true),
    parameter('d', &["--destination", "--dst"], true, true),
    parameter('p', &["--protocol", "--proto"], true, true),
    parameter('i', &["--in-interface"], true, true),
    parameter('o', &["--out-interface"], true, true),
    parameter('f', &["--fragments"], false, true),
    parameter('j', &["--jump"], true, false),
    parameter('g', &["--goto"], true, false),
    parameter('c', &["--set-counters"], true, false),
    repeatable('m', &["--match"], Kind::Parameter { argument: true }),
    repeatable('t', &["--table"], Kind::Ignored { argument: true }),
    repeatable('w', &["--wait"], Kind::Ignored { argument: false }),
    repeatable('v', &["--verbose"], Kind::Ignored { argument: false }),
    repeatable('n', &["--numeric"], Kind::Ignored { argument: false }),
    repeatable('x', &["--exact"], Kind::Ignored { argument: false }),
    repeatable('4', &["--ipv4"], Kind::Ignored { argument: false }),
    repeatable('6', &["--ipv6"], Kind::Ignored { argument: false }),
    repeatable('0', &["--line-numbers"], Kind::Ignored { argument: false }),
    repeatable('M', &["--modprobe"], Kind::Ignored { argument: true }),
    repeatable('L', &["--list"], Kind::Listing),
    repeatable('S', &["--list-rules"], Kind::Listing),
];

pub(super) fn by_letter(letter: char) -> Option<&'static Generic> {
    GENERIC.iter().find(|generic| generic.short == Short(letter))
}

pub(super) fn by_name(name: &str) -> Option<&'static Generic> {
    GENERIC.iter().find(|generic| generic.long.contains(&name))
}
