//! Rulesets as `nft list ruleset` of nftables 1.0.6 prints them, byte for byte.

mod expression;
mod set;
mod statement;

use std::fmt::Write;

use super::model::{BaseHook, Chain, ChainHook, Object, Policy, Rule, Ruleset, Statement, Table, TableFamily};
use super::script::standard_priorities;
use crate::netfilter::Seconds;

pub use expression::{expression, key_text, verdict_text};
pub use set::{element_text, set_use_text};
pub use statement::statement_text;
pub(super) use statement::{DEFAULT_BURST, byte_amount, prefix_length};

/// The whole ruleset at second 0 of the lab's clock.
pub fn list(ruleset: &Ruleset) -> String {
    list_at(ruleset, 0)
}

/// The whole ruleset; elements that expire say in how long.
pub fn list_at(ruleset: &Ruleset, now: Seconds) -> String {
    let mut out = String::new();
    for (_, table) in ruleset.tables() {
        write_table(table, now, &mut out);
    }
    out
}

/// One table (`nft list table`).
pub fn list_table(table: &Table, now: Seconds) -> String {
    let mut out = String::new();
    write_table(table, now, &mut out);
    out
}

fn write_table(table: &Table, now: Seconds, out: &mut String) {
    for block in blocks(table) {
        write_block(table, block, now, out);
    }
}

/// A part of a table's listing, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    Head,
    /// The empty line between two of the following.
    Gap,
    Object(u32),
    /// What is only kept, by its place.
    Kept(usize),
    Set(u32),
    Chain(u32),
    End,
}

/// What a table's listing consists of, in its order.
pub fn blocks(table: &Table) -> Vec<Block> {
    let is_object = |kind: &str| kind != "flowtable" && kind != "set" && kind != "map";
    let kept = |objects: bool| {
        let kept = table.unmodelled.iter().enumerate().filter(move |(_, kept)| is_object(&kept.kind) == objects);
        kept.map(|(place, _)| Block::Kept(place))
    };
    let parts = table.objects.iter().map(|(number, _)| Block::Object(number)).chain(kept(true));
    let parts = parts.chain(table.sets.iter().map(|(number, _)| Block::Set(number))).chain(kept(false));
    let parts = parts.chain(table.chains.iter().map(|(number, _)| Block::Chain(number)));
    let mut blocks = vec![Block::Head];
    for (place, part) in parts.enumerate() {
        // `table_print_flags` asks for the line between it and what follows, the comment does not.
        if place > 0 || table.dormant {
            blocks.push(Block::Gap);
        }
        blocks.push(part);
    }
    blocks.push(Block::End);
    blocks
}

/// One part of a table's listing, with the ends of its lines.
pub fn block_text(table: &Table, block: Block, now: Seconds) -> String {
    let mut out = String::new();
    write_block(table, block, now, &mut out);
    out
}

fn write_block(table: &Table, block: Block, now: Seconds, out: &mut String) {
    match block {
        Block::Head => {
            // Writing to a string cannot fail, here and below.
            let _ = writeln!(out, "table {} {} {{", table.family, table.name);
            if table.dormant {
                out.push_str("\tflags dormant\n");
            }
            if let Some(comment) = &table.comment {
                let _ = writeln!(out, "\tcomment \"{comment}\"");
            }
        }
        Block::Gap => out.push('\n'),
        Block::Object(number) => {
            if let Some(object) = table.objects.get(number) {
                write_object(table, object, out);
            }
        }
        Block::Kept(place) => {
            if let Some(kept) = table.unmodelled.get(place) {
                write_kept(kept, out);
            }
        }
        Block::Set(number) => {
            if let Some(set) = table.sets.get(number) {
                set::write_set(table, set, now, out);
            }
        }
        Block::Chain(number) => {
            if let Some(chain) = table.chains.get(number) {
                write_chain(table, chain, out);
            }
        }
        Block::End => out.push_str("}\n"),
    }
}

fn write_kept(kept: &super::model::Unmodelled, out: &mut String) {
    let _ = writeln!(out, "\t{} {} {{", kept.kind, kept.name);
    for line in &kept.lines {
        let _ = writeln!(out, "\t\t{line}");
    }
    out.push_str("\t}\n");
}

fn write_object(table: &Table, object: &Object, out: &mut String) {
    let _ = writeln!(out, "\t{} {} {{", object.kind().name(), object.name);
    if let Some(comment) = &object.comment {
        let _ = writeln!(out, "\t\tcomment \"{comment}\"");
    }
    let text = statement_text(table, &object.what);
    // The name of the kind is above already.
    let value = text.split_once(' ').map_or("", |(_, value)| value);
    let _ = writeln!(out, "\t\t{value}");
    out.push_str("\t}\n");
}

fn write_chain(table: &Table, chain: &Chain, out: &mut String) {
    let _ = writeln!(out, "\tchain {} {{", chain.name);
    if let Some(comment) = &chain.comment {
        let _ = writeln!(out, "\t\tcomment \"{comment}\"");
    }
    if let Some(base) = &chain.base {
        let _ = writeln!(out, "\t\t{}", base_text(table.family, base));
    }
    for rule in &chain.rules {
        out.push_str("\t\t");
        write_rule(table, rule, out);
        out.push('\n');
    }
    out.push_str("\t}\n");
}

/// `type filter hook input priority filter; policy accept;`
pub fn base_text(family: TableFamily, base: &BaseHook) -> String {
    let devices = match &*base.devices {
        [] => String::new(),
        [device] => format!(" device \"{device}\""),
        devices => format!(" devices = {{ {} }}", devices.join(", ")),
    };
    let policy = match base.policy {
        Policy::Accept => "accept",
        Policy::Drop => "drop",
    };
    format!(
        "type {} hook {}{devices} priority {}; policy {policy};",
        base.kind.name(),
        base.hook.name(),
        priority_text(family, base.hook, base.priority)
    )
}

/// `prio2str`: a standard name with what is added to it, if one is no more than 10 away.
fn priority_text(family: TableFamily, hook: ChainHook, priority: i32) -> String {
    const REACH: u32 = 10;
    let near = standard_priorities(family).iter().find(|(_, standard, _)| priority.abs_diff(*standard) <= REACH);
    let Some((name, standard, _)) = near.filter(|(_, _, at)| at.is_none_or(|at| ChainHook::Ip(at) == hook)) else {
        return priority.to_string();
    };
    match priority - standard {
        0 => (*name).to_owned(),
        more if more > 0 => format!("{name} + {more}"),
        less => format!("{name} - {}", -less),
    }
}

/// A rule as it stands in a listing, without the indentation.
pub fn rule(table: &Table, rule: &Rule) -> String {
    let mut out = String::new();
    write_rule(table, rule, &mut out);
    out
}

fn write_rule(table: &Table, rule: &Rule, out: &mut String) {
    for (place, statement) in rule.statements.iter().enumerate() {
        if place > 0 {
            out.push(' ');
        }
        statement::write(table, statement, out);
    }
    if let Some(comment) = &rule.comment {
        let _ = write!(out, " comment \"{comment}\"");
    }
}

/// What a rule tests, one text for each test, in the order in which they are run.
pub fn test_texts(table: &Table, rule: &Rule) -> Vec<String> {
    rule.statements
        .iter()
        .filter(|statement| statement.can_fail())
        .map(|statement: &Statement| statement_text(table, statement))
        .collect()
}
