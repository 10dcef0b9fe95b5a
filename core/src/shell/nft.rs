//! `nft`: nftables 1.0.6.

mod complaint;
mod get;

use super::call::Call;
use super::getopt::{Argument, Bad, Given, Options, parse};
use super::{Monitor, Status};
use crate::netfilter::Seconds;
use crate::nftables::json::Part;
use crate::nftables::{self, Block, Ruleset, Set, SetData, Table, TableFamily};
use complaint::{complain, kind_of, syntax_error};

const OPTIONS: &Options = &[
    ('a', "handle", Argument::None),
    ('s', "stateless", Argument::None),
    ('j', "json", Argument::None),
    ('f', "file", Argument::Required),
    ('c', "check", Argument::None),
    ('v', "version", Argument::None),
    ('n', "numeric", Argument::None),
    ('y', "numeric-priority", Argument::None),
    ('p', "numeric-protocol", Argument::None),
    ('t', "terse", Argument::None),
    ('e', "echo", Argument::None),
    ('i', "interactive", Argument::None),
    ('h', "help", Argument::None),
];

/// How a listing is printed.
#[derive(Clone, Copy, Default)]
struct Style {
    handles: bool,
    stateless: bool,
    json: bool,
}

pub(super) fn run(call: &mut Call<'_>) -> Status {
    // Options end where the command begins: `nft add rule … -5` is no option.
    let options = call.words.iter().position(|word| !word.starts_with('-'));
    let file_at = call.words.iter().position(|word| matches!(word.as_str(), "-f" | "--file")).map(|at| at + 2);
    let end = file_at.or(options).unwrap_or(call.words.len()).min(call.words.len());
    let (options, command) = call.words.split_at(end);
    let (options, command) = (options.to_vec(), command.join(" "));
    let given = match parse(&options, OPTIONS) {
        Ok(given) => given,
        Err(Bad::Unknown(option) | Bad::NoArgument(option)) => return call.not_modelled(&option),
    };
    let has = |letter| given.contains(&Given::Option(letter, None));
    if has('v') {
        call.out("nftables v1.0.6 (Lester Gooch #5)\n");
        return 0;
    }
    if let Some(letter) = ['n', 'y', 'p', 't', 'e', 'i', 'h'].into_iter().find(|letter| has(*letter)) {
        return call.not_modelled(&format!("-{letter}"));
    }
    let style = Style { handles: has('a'), stateless: has('s'), json: has('j') };
    let file = given.iter().find_map(|given| if let Given::Option('f', name) = given { *name } else { None });
    match file {
        Some(name) => {
            let name = if name == "-" { "/dev/stdin" } else { name };
            match call.file(name) {
                Some(text) => change(call, &text, Some(name), has('c')),
                None if name == "/dev/stdin" => {
                    call.remark(crate::message!("shell-needs-input"));
                    1
                }
                None => {
                    let said = "Error: Could not open file";
                    call.no_file(name, &format!("internal:0:0-0: {said} \"{name}\": No such file or directory\n\n\n"));
                    1
                }
            }
        }
        None if command.is_empty() => {
            call.err("nft: no command specified\n");
            1
        }
        None => run_command(call, &command, style, has('c')),
    }
}

fn run_command(call: &mut Call<'_>, command: &str, style: Style, is_trial: bool) -> Status {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        ["list", rest @ ..] => list(call, command, rest, style),
        ["get", "element", ..] => get::run(call, command, style),
        ["monitor", "trace"] => {
            let monitor = Monitor::trace(call.lab, call.at);
            call.listen(monitor)
        }
        ["monitor", ..] => {
            call.remark(crate::message!("shell-monitor-rules"));
            1
        }
        ["describe" | "export" | "import", ..] => call.not_modelled(words[0]),
        _ => change(call, command, None, is_trial),
    }
}

fn change(call: &mut Call<'_>, text: &str, file: Option<&str>, is_trial: bool) -> Status {
    let done = call.change(|node, now| {
        if is_trial {
            return Err(nftables::apply_at(&mut node.nftables.clone(), text, now).err().unwrap_or_default());
        }
        nftables::apply_at(&mut node.nftables, text, now)
    });
    let Some(Err(errors)) = done else {
        return 0;
    };
    // A line over which the parser stumbled is not read on.
    let mut stumbled = None;
    for error in &errors {
        if stumbled != Some(error.position.line) && complain(call, text, file, error) {
            stumbled = Some(error.position.line);
        }
    }
    Status::from(!errors.is_empty())
}

fn list(call: &mut Call<'_>, command: &str, words: &[&str], style: Style) -> Status {
    let now = call.now();
    let Some(ruleset) = call.node().map(|node| &node.nftables) else {
        return 1;
    };
    let Some((what, rest)) = words.split_first() else {
        return syntax_error(call, command, "newline", command.len(), 1);
    };
    let (family, names) = match rest.split_first() {
        Some((first, names)) => match TableFamily::from_name(first) {
            Some(family) => (Some(family), names),
            None => (None, rest),
        },
        None => (None, rest),
    };
    let all = |part| Ok((tables(ruleset, family).collect::<Vec<_>>(), part));
    let one = |name| find(ruleset, family, name).ok_or(name);
    let listed = match (*what, names) {
        ("ruleset", []) => all(Part::Whole),
        ("tables", []) => all(Part::Head),
        ("table", [name]) => one(*name).map(|table| (vec![table], Part::Whole)),
        ("chains", []) => all(Part::Chains),
        ("sets", []) => all(Part::Sets { maps: false }),
        ("maps", []) => all(Part::Sets { maps: true }),
        ("chain", [table, name]) => one(*table).and_then(|(number, table)| {
            let chain = table.chains.find(name).ok_or(*name)?;
            Ok((vec![(number, table)], Part::Chain(chain)))
        }),
        ("set" | "map", [table, name]) => one(*table).and_then(|(number, table)| {
            let set = table.sets.find(name).ok_or(*name)?;
            Ok((vec![(number, table)], Part::Set(set)))
        }),
        ("ruleset" | "tables" | "chains" | "sets" | "maps", [first, ..]) => {
            return unexpected(call, command, first);
        }
        ("table" | "chain" | "set" | "map", _) => {
            return syntax_error(call, command, "newline", command.len(), 1);
        }
        (
            "counters" | "quotas" | "limits" | "flowtables" | "hooks" | "counter" | "quota" | "limit" | "flowtable",
            _,
        ) => {
            return call.not_modelled(&format!("list {what}"));
        }
        _ => return unexpected(call, command, what),
    };
    match listed {
        Ok((tables, part)) => {
            let text = if style.json {
                format!("{}\n", nftables::json::list_part(tables.into_iter(), part, now).trim_end())
            } else {
                let printers = tables.into_iter().map(|(number, table)| Printer::new(number, table, now, style));
                printers.map(|printer| printer.part(part)).collect()
            };
            call.out(&text);
            0
        }
        Err(missing) => not_there(call, command, missing),
    }
}

fn not_there(call: &mut Call<'_>, command: &str, missing: &str) -> Status {
    // The name stands behind whatever it may also be a part of.
    let at = command.rfind(missing).unwrap_or(0);
    let (blanks, marks) = (" ".repeat(at), "^".repeat(missing.len()));
    call.err(&format!("Error: No such file or directory\n{command}\n{blanks}{marks}\n"));
    1
}

fn unexpected(call: &mut Call<'_>, command: &str, word: &str) -> Status {
    let at = command.rfind(word).unwrap_or(0);
    syntax_error(call, command, &kind_of(word), at, word.len())
}

fn tables(ruleset: &Ruleset, family: Option<TableFamily>) -> impl Iterator<Item = (u32, &Table)> {
    ruleset.tables().filter(move |(_, table)| family.is_none_or(|family| table.family == family))
}

fn find<'r>(ruleset: &'r Ruleset, family: Option<TableFamily>, name: &str) -> Option<(u32, &'r Table)> {
    let number = ruleset.find_table(family.unwrap_or(TableFamily::Ip), name)?;
    Some((number, ruleset.table(number)?))
}

/// One table on its way to the terminal.
struct Printer<'r> {
    table: &'r Table,
    /// The kernel counts its tables from 1 and gives no number twice, as the model does from 0.
    handle: u64,
    now: Seconds,
    style: Style,
}

impl<'r> Printer<'r> {
    fn new(number: u32, table: &'r Table, now: Seconds, style: Style) -> Self {
        Self { table, handle: u64::from(number) + 1, now, style }
    }

    fn part(&self, part: Part) -> String {
        match part {
            Part::Whole => self.whole(),
            Part::Head => self.name(),
            Part::Chains => self.chain_heads(),
            Part::Chain(number) => self.alone(Block::Chain(number)),
            Part::Sets { maps } => self.sets(maps),
            Part::Set(number) => self.alone(Block::Set(number)),
        }
    }

    fn name(&self) -> String {
        let handle = if self.style.handles { format!(" # handle {}", self.handle) } else { String::new() };
        format!("table {} {}{handle}\n", self.table.family, self.table.name)
    }

    fn whole(&self) -> String {
        nftables::blocks(self.table).into_iter().map(|block| self.block(block)).collect()
    }

    /// One part of the table, with the table around it.
    fn alone(&self, block: Block) -> String {
        [Block::Head, block, Block::End].into_iter().map(|block| self.block(block)).collect()
    }

    /// `do_list_chains`: each chain with its hook alone.
    fn chain_heads(&self) -> String {
        let mut out = self.block(Block::Head);
        for (_, chain) in self.table.chains.iter() {
            out.push_str(&format!("\tchain {} {{\n", chain.name));
            if let Some(base) = &chain.base {
                out.push_str(&format!("\t\t{}\n", nftables::print::base_text(self.table.family, base)));
            }
            out.push_str("\t}\n");
        }
        out.push_str("}\n");
        out
    }

    fn sets(&self, maps: bool) -> String {
        let is_wanted = |set: &Set| (set.data != SetData::None) == maps;
        let wanted = self.table.sets.iter().filter(|(_, set)| is_wanted(set)).map(|(number, _)| Block::Set(number));
        let blocks = [Block::Head].into_iter().chain(wanted).chain([Block::End]);
        blocks.map(|block| self.block(block)).collect()
    }

    fn block(&self, block: Block) -> String {
        let mut text = nftables::block_text(self.table, block, self.now);
        if self.style.handles {
            text = self.with_handles(block, &text);
        }
        if self.style.stateless {
            text = without_counts(&text);
        }
        text
    }

    /// `-a`: handles behind what has one.
    fn with_handles(&self, block: Block, text: &str) -> String {
        let table = self.table;
        let mut handles: Vec<(usize, u64)> = Vec::new();
        match block {
            Block::Head => handles.push((0, self.handle)),
            Block::Set(number) => handles.extend(table.sets.get(number).map(|set| (0, set.handle))),
            Block::Object(number) => handles.extend(table.objects.get(number).map(|object| (0, object.handle))),
            Block::Chain(number) => {
                if let Some(chain) = table.chains.get(number) {
                    handles.push((0, chain.handle));
                    let first = 1 + usize::from(chain.comment.is_some()) + usize::from(chain.base.is_some());
                    handles.extend(chain.rules.iter().enumerate().map(|(at, rule)| (first + at, rule.handle)));
                }
            }
            Block::Gap | Block::Kept(_) | Block::End => {}
        }
        let with_handle = |(number, line): (usize, &str)| match handles.iter().find(|(at, _)| *at == number) {
            Some((_, handle)) => format!("{line} # handle {handle}\n"),
            None => format!("{line}\n"),
        };
        text.lines().enumerate().map(with_handle).collect()
    }
}

/// `-s`: counters without what they count.
fn without_counts(text: &str) -> String {
    const COUNTS: &str = "counter packets ";
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(COUNTS) {
        out.push_str(before);
        out.push_str("counter");
        let digits = |text: &str| text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let bytes = after[digits(after)..].strip_prefix(" bytes ").unwrap_or_default();
        rest = &bytes[digits(bytes)..];
    }
    out.push_str(rest);
    out
}
