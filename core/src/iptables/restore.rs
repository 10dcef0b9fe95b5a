use super::check::{Refused, check};
use super::command::{self, LONGEST_NAME, Scope, check_name, no_such_table};
use super::counters::Counters;
use super::draft::Draft;
use super::edit;
use super::model::{Backend, Table, Tables};
use super::words::{Complaint, Word};
use crate::message;
use crate::netfilter::XtTable;
use crate::source::{Diagnostic, Position};
use crate::task::{Turns, block_on};

/// How many things are said about one text before reading stops.
const MOST_DIAGNOSTICS: usize = 100;

/// A few milliseconds' worth in a browser.
const LINES_IN_A_TURN: usize = 2_000;

/// Does what `iptables-restore --counters` does with the text, with `--noflush` or without.
///
/// Each table takes effect at its COMMIT or not at all. After the first error nothing takes effect any
/// more, as the tool stops there, but the rest of the text is still looked at.
pub fn restore(tables: &mut Tables, text: &str, noflush: bool) -> Result<(), Vec<Diagnostic>> {
    block_on(restore_in_turns(tables, text, noflush))
}

/// [`restore`], in turns.
pub(crate) async fn restore_in_turns(tables: &mut Tables, text: &str, noflush: bool) -> Result<(), Vec<Diagnostic>> {
    let mut restore = Restore { tables, noflush, open: None, diagnostics: Vec::new() };
    let mut words = Vec::new();
    let mut line = 0;
    let mut turns = Turns::of(LINES_IN_A_TURN);
    for content in text.lines() {
        line += 1;
        restore.line(line, content, &mut words);
        if restore.diagnostics.len() >= MOST_DIAGNOSTICS {
            break;
        }
        turns.count().await;
    }
    if let Some(open) = restore.open
        && restore.diagnostics.len() < MOST_DIAGNOSTICS
    {
        let message = format!("COMMIT expected at line {}", line + 1);
        let advice = message!("advice-end-table", table = open.name.name());
        restore.diagnostics.push(Diagnostic::error(Position::new(line + 1, 1), message, "COMMIT", advice));
    }
    if restore.diagnostics.is_empty() { Ok(()) } else { Err(restore.diagnostics) }
}

/// Sets a table up as `iptables -t TABLE -S`, with `-v` or without, lists it. Nothing takes effect if a line is wrong.
pub fn restore_commands(tables: &mut Tables, name: XtTable, text: &str) -> Result<(), Vec<Diagnostic>> {
    let draft = Draft::new(Table::new(name, tables.backend), tables.family());
    let open = Open { name, draft, sound: true };
    let mut restore = Restore { tables, noflush: false, open: Some(open), diagnostics: Vec::new() };
    let mut words = Vec::new();
    let mut last = 1;
    for (number, line) in (1..).zip(text.lines().map(str::trim_end)).filter(|(_, line)| !line.is_empty()) {
        last = number;
        let Some(open) = &mut restore.open else { break };
        words.clear();
        if let Err(complaint) = rule_line(open, restore.tables, number, line, &mut words) {
            restore.diagnostics.push(complaint.locate(number, line));
        }
        if restore.diagnostics.len() >= MOST_DIAGNOSTICS {
            break;
        }
    }
    restore.commit(last, "");
    if restore.diagnostics.is_empty() { Ok(()) } else { Err(restore.diagnostics) }
}

/// Carries out one command, as `iptables -t TABLE …` does; the name of the program may stand before it.
pub fn command(tables: &mut Tables, line: &str) -> Result<(), Diagnostic> {
    run_command(tables, line).map_err(|complaint| complaint.locate(1, line))
}

fn run_command(tables: &mut Tables, line: &str) -> Result<(), Complaint> {
    let programs = ["iptables", "ip6tables", "iptables-legacy", "ip6tables-legacy", "iptables-nft", "ip6tables-nft"];
    let first = line.split_ascii_whitespace().next().unwrap_or_default();
    let start = if programs.contains(&first) { line.find(first).unwrap_or(0) + first.len() } else { 0 };
    let name = command::table_of(line)?;
    let table = tables.table(name).cloned().unwrap_or_else(|| Table::new(name, tables.backend));
    let mut draft = Draft::new(table, tables.family());
    let scope = Scope { family: tables.family(), name, table: draft.chains(), line: 1 };
    let mut words = Vec::new();
    let read = command::read(line, start, scope, &mut words)?;
    let at = read.chain_at;
    edit::apply(&mut draft, name, tables, read, Counters::default())?;
    let table = draft.finish();
    check(&table, name, tables.family()).map_err(|refused| {
        let Refused { message, expected, advice, .. } = refused;
        Complaint::new(at, message, expected, advice)
    })?;
    tables.commit(name, table);
    Ok(())
}

/// A table between its `*` line and its COMMIT.
struct Open {
    name: XtTable,
    draft: Draft,
    /// No line of it was wrong so far.
    sound: bool,
}

struct Restore<'a> {
    tables: &'a mut Tables,
    noflush: bool,
    open: Option<Open>,
    diagnostics: Vec<Diagnostic>,
}

impl Restore<'_> {
    fn line<'t>(&mut self, line: u32, text: &'t str, words: &mut Vec<Word<'t>>) {
        let trimmed = text.trim_end();
        let result = match (trimmed.as_bytes().first(), &mut self.open) {
            (None | Some(b'#'), _) => Ok(()),
            (Some(b'*'), None) => self.begin(&trimmed[1..]),
            (_, None) => Err(Complaint::new(
                0,
                message!("wrong-no-table"),
                message!("expected-table-line"),
                message!("advice-begin-table"),
            )),
            (_, Some(_)) if trimmed == "COMMIT" => {
                self.commit(line, trimmed);
                Ok(())
            }
            (Some(b':'), Some(open)) => declare(open, &trimmed[1..], self.noflush),
            (_, Some(open)) => rule_line(open, self.tables, line, trimmed, words),
        };
        if let Err(complaint) = result {
            self.diagnostics.push(complaint.locate(line, trimmed));
            if let Some(open) = &mut self.open {
                open.sound = false;
            }
        }
    }

    /// Whether a table of the text takes the whole place of that before it (`nft_cmd_table_flush`).
    fn is_new(&self) -> bool {
        !self.noflush && self.tables.backend == Backend::NfTables
    }

    fn begin(&mut self, name: &str) -> Result<(), Complaint> {
        let name = name.split_ascii_whitespace().next().unwrap_or_default();
        let known = XtTable::from_name(name);
        // An unknown table is read as one of the known, so that its lines are not each an error.
        let table_name = known.unwrap_or(XtTable::Filter);
        let backend = self.tables.backend;
        let before = self.tables.table(table_name).filter(|_| !self.is_new());
        let mut table = before.cloned().unwrap_or_else(|| Table::new(table_name, backend));
        if !self.noflush {
            edit::flush_all(&mut table);
            edit::delete_unused(&mut table, backend);
        }
        let draft = Draft::new(table, self.tables.family());
        self.open = Some(Open { name: table_name, draft, sound: known.is_some() });
        match known {
            Some(_) => Ok(()),
            None => Err(no_such_table(1, format!("unable to initialize table '{name}'"))),
        }
    }

    fn commit(&mut self, line: u32, text: &str) {
        let Some(open) = self.open.take() else { return };
        if !open.sound {
            return;
        }
        let table = open.draft.finish();
        match check(&table, open.name, self.tables.family()) {
            Ok(()) if self.diagnostics.is_empty() => {
                if self.is_new() {
                    self.tables.remove(open.name);
                }
                self.tables.commit(open.name, table);
            }
            Ok(()) => {}
            Err(Refused { line: at, message, expected, advice }) => {
                let message = message!("wrong-line-failed", why = &message, line = line.to_string());
                let at = if at == 0 { line } else { at };
                let complaint = Complaint::new(0, message, expected, advice);
                self.diagnostics.push(complaint.locate(at, text));
            }
        }
    }
}

/// `:CHAIN POLICY [packets:bytes]`.
fn declare(open: &mut Open, text: &str, noflush: bool) -> Result<(), Complaint> {
    let mut parts = text.split_ascii_whitespace();
    let name = parts.next().unwrap_or_default();
    let at = text.find(name).unwrap_or(0) + 1;
    let chains = open.draft.chains();
    let existing = chains.find(name);
    let built_in = existing.is_some_and(|chain| chains.is_built_in(chain));
    if existing.is_none() {
        if name.len() > LONGEST_NAME {
            let message = format!("Invalid chain name `{name}' ({LONGEST_NAME} chars max)");
            return Err(Complaint::new(
                at,
                message,
                message!("expected-characters", most = LONGEST_NAME.to_string()),
                message!("advice-shorten"),
            ));
        }
        check_name(name, at)?;
    }
    let Some(policy) = parts.next() else {
        let advice = message!("advice-policy-line", name = name);
        return Err(Complaint::new(at, "policy invalid", message!("expected-policy-behind"), advice));
    };
    let policy_at = at + name.len() + text.get(at - 1 + name.len()..).and_then(|rest| rest.find(policy)).unwrap_or(0);
    match existing {
        Some(chain) if built_in => open.draft.finished().set_registered(chain, true),
        Some(chain) if noflush => open.draft.finished().flush(chain),
        Some(_) => {
            let message = format!("error creating chain '{name}':File exists");
            return Err(Complaint::new(
                at,
                message,
                message!("expected-undeclared-chain"),
                message!("advice-remove-line"),
            ));
        }
        None => {
            open.draft.finished().create(name);
        }
    }
    if policy == "-" {
        return Ok(());
    }
    let wrong = |problem: &str| {
        let message = format!("Can't set policy `{policy}' on `{name}': {problem}");
        Complaint::new(policy_at, message, message!("expected-policies"), message!("advice-chain-policy"))
    };
    let Some(chain) = existing.filter(|_| built_in) else {
        return Err(wrong("Bad built-in chain name"));
    };
    let parsed = command::policy(policy, policy_at).map_err(|_| wrong("Bad policy name"))?;
    let counters = match parts.next() {
        None => None,
        Some(text) => Some(counters(text).ok_or_else(|| {
            let message = format!("invalid policy counters for chain '{name}'");
            Complaint::new(policy_at, message, "[packets:bytes]", "write [0:0]")
        })?),
    };
    open.draft.finished().set_policy(chain, parsed, counters);
    Ok(())
}

fn counters(text: &str) -> Option<Counters> {
    let (packets, bytes) = text.strip_prefix('[')?.strip_suffix(']')?.split_once(':')?;
    Some(Counters { packets: packets.parse().ok()?, bytes: bytes.parse().ok()? })
}

/// `[packets:bytes] -A CHAIN …`, or any other command.
fn rule_line<'t>(
    open: &mut Open,
    tables: &Tables,
    line: u32,
    text: &'t str,
    words: &mut Vec<Word<'t>>,
) -> Result<(), Complaint> {
    let mut start = 0;
    let mut counted = Counters::default();
    if text.starts_with('[') {
        let Some(end) = text.find(']') else {
            let message = format!("Bad line {line}: need ]");
            return Err(Complaint::new(0, message, message!("expected-counters"), message!("advice-close-bracket")));
        };
        counted = counters(&text[..=end]).ok_or_else(|| {
            let message = format!("Bad line {line}: need :");
            Complaint::new(0, message, message!("expected-counters"), message!("advice-two-numbers"))
        })?;
        start = end + 1;
    }
    let scope = Scope { family: tables.family(), name: open.name, table: open.draft.chains(), line };
    let read = command::read(text, start, scope, words)?;
    edit::apply(&mut open.draft, open.name, tables, read, counted)
}
