//! The JSON of libnftables (schema version 1), as nftables 1.0.6 prints it with `nft -j`.
//!
//! In: a ruleset, or JSON. Out: its listing byte for byte ([`list`]), the ruleset that JSON says ([`apply`]). Left out on
//! purpose: what the schema of this version has no words for (comments of tables and chains, `dynamic`, `auto-merge`),
//! objects that are not modelled. The program prints garbage for the flags of a dormant table; here they are `dormant`.

mod expression;
mod format;
mod read;
mod set;
mod statement;

pub use read::apply;
use serde_json::{Value, json};

use super::model::{Chain, Object, Policy, Rule, Ruleset, SetData, Stateful, Statement, Table};
use crate::netfilter::Seconds;

/// What of a table is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    Head,
    /// Without their rules.
    Chains,
    /// With its rules.
    Chain(u32),
    Sets {
        maps: bool,
    },
    Set(u32),
}

/// What `nft -j list ruleset` prints.
pub fn list(ruleset: &Ruleset, now: Seconds) -> String {
    list_part(ruleset.tables(), Part::Whole, now)
}

/// What `nft -j list` prints of some tables. The kernel counts them from 1 and gives no number twice, as the model does
/// from 0.
pub fn list_part<'r>(tables: impl Iterator<Item = (u32, &'r Table)>, part: Part, now: Seconds) -> String {
    let meta = json!({"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1});
    let mut commands = vec![json!({ "metainfo": meta })];
    for (number, table) in tables {
        write_part(table, u64::from(number) + 1, part, now, &mut commands);
    }
    format::line(&json!({ "nftables": commands }))
}

fn write_part(table: &Table, handle: u64, part: Part, now: Seconds, commands: &mut Vec<Value>) {
    match part {
        Part::Whole => write_table(table, handle, now, commands),
        Part::Head => commands.push(write_head(table, handle)),
        Part::Chains => commands.extend(table.chains.iter().map(|(_, chain)| write_chain(table, chain))),
        Part::Chain(number) => {
            if let Some(chain) = table.chains.get(number) {
                commands.push(write_chain(table, chain));
                commands.extend(chain.rules.iter().map(|rule| write_rule(table, chain, rule)));
            }
        }
        Part::Sets { maps } => {
            let wanted = table.sets.iter().filter(|(_, set)| (set.data != SetData::None) == maps);
            commands.extend(wanted.map(|(_, set)| set::declaration(table, set, now)));
        }
        Part::Set(number) => commands.extend(table.sets.get(number).map(|set| set::declaration(table, set, now))),
    }
}

fn write_head(table: &Table, handle: u64) -> Value {
    let mut head = json!({"family": table.family.to_string(), "name": *table.name, "handle": handle});
    if table.dormant {
        head["flags"] = json!("dormant");
    }
    json!({ "table": head })
}

/// `table_print_json_full`
fn write_table(table: &Table, handle: u64, now: Seconds, commands: &mut Vec<Value>) {
    commands.push(write_head(table, handle));
    commands.extend(table.objects.iter().map(|(_, object)| write_object(table, object)));
    commands.extend(table.sets.iter().map(|(_, set)| set::declaration(table, set, now)));
    commands.extend(table.chains.iter().map(|(_, chain)| write_chain(table, chain)));
    for (_, chain) in table.chains.iter() {
        commands.extend(chain.rules.iter().map(|rule| write_rule(table, chain, rule)));
    }
}

fn write_object(table: &Table, object: &Object) -> Value {
    let family = table.family.to_string();
    let mut root = json!({"family": family, "name": *object.name, "table": *table.name, "handle": object.handle});
    if let Some(comment) = &object.comment {
        root["comment"] = json!(**comment);
    }
    let facts = match &object.what {
        Statement::Stateful(what @ Stateful::Counter, state) => {
            statement::stateful(*what, table.state(*state))["counter"].take()
        }
        Statement::Stateful(Stateful::Quota(quota), state) => {
            let used = statement::used(table.state(*state));
            json!({"bytes": quota.bytes, "used": used, "inv": quota.over})
        }
        Statement::Stateful(Stateful::Limit(limit), _) => statement::limit_object(limit),
        _ => json!({}),
    };
    merge(&mut root, facts);
    json!({ object.kind().name(): root })
}

fn write_chain(table: &Table, chain: &Chain) -> Value {
    let family = table.family.to_string();
    let mut root = json!({"family": family, "table": *table.name, "name": *chain.name, "handle": chain.handle});
    if let Some(base) = &chain.base {
        let policy = match base.policy {
            Policy::Accept => "accept",
            Policy::Drop => "drop",
        };
        let place = json!({
            "type": base.kind.name(), "hook": base.hook.name(), "prio": base.priority, "policy": policy,
        });
        merge(&mut root, place);
        if let [device] = &*base.devices {
            root["dev"] = json!(**device);
        }
    }
    json!({ "chain": root })
}

fn write_rule(table: &Table, chain: &Chain, rule: &Rule) -> Value {
    let family = table.family.to_string();
    let mut root = json!({"family": family, "table": *table.name, "chain": *chain.name, "handle": rule.handle});
    if let Some(comment) = &rule.comment {
        root["comment"] = json!(**comment);
    }
    let mut statements = Vec::new();
    for statement in &rule.statements {
        statement::write(table, statement, &mut statements);
    }
    if !statements.is_empty() {
        root["expr"] = json!(statements);
    }
    json!({ "rule": root })
}

/// Appends the members of one object to another.
fn merge(root: &mut Value, members: Value) {
    if let (Value::Object(root), Value::Object(members)) = (root, members) {
        root.extend(members);
    }
}

#[cfg(test)]
mod tests;
