use super::address::InterfaceMatch;
use super::header::{Fragment, IpMatch};
use super::matches::{write_option, write_value};
use super::model::{Chain, Counters, Rule, Table, Tables};
use super::services;
use crate::netfilter::XtTable;
use crate::trace::{ChainId, RuleId};

/// Everything as `iptables-legacy-save` prints it, without the comments with the time.
pub fn save(tables: &Tables) -> String {
    print(tables, false)
}

/// As `iptables-legacy-save -c`: the counters before each rule.
pub fn save_with_counters(tables: &Tables) -> String {
    print(tables, true)
}

fn print(tables: &Tables, counters: bool) -> String {
    let mut out = String::new();
    for (name, table) in tables.in_use() {
        write_table(&mut out, tables, name, table, counters);
    }
    out
}

fn write_table(out: &mut String, tables: &Tables, name: XtTable, table: &Table, counters: bool) {
    out.push('*');
    out.push_str(name.name());
    out.push('\n');
    for (index, chain) in table.chains() {
        let counted = table.slot(index).map(|slot| slot.policy_counters).unwrap_or_default();
        write_chain(out, chain, counted);
    }
    for (index, chain) in table.chains() {
        for (at, rule) in chain.rules().iter().enumerate() {
            if counters && let Some(counted) = table.slot(index).and_then(|slot| slot.counters.get(at)) {
                write_counters(out, *counted);
                out.push(' ');
            }
            write_rule(out, tables, name, chain, rule);
            out.push('\n');
        }
    }
    out.push_str("COMMIT\n");
}

fn write_chain(out: &mut String, chain: &Chain, counters: Counters) {
    out.push(':');
    out.push_str(&chain.name);
    out.push(' ');
    out.push_str(chain.base.map_or("-", |base| base.policy.name()));
    out.push(' ');
    write_counters(out, counters);
    out.push('\n');
}

fn write_counters(out: &mut String, counters: Counters) {
    use std::fmt::Write;
    // Writing to a string cannot fail.
    let _ = write!(out, "[{}:{}]", counters.packets, counters.bytes);
}

/// One rule as `iptables-save` prints it: `-A CHAIN …`. None if there is no such rule.
pub fn rule_text(tables: &Tables, id: RuleId) -> Option<String> {
    let ChainId::Iptables { table, .. } = id.chain else {
        return None;
    };
    let chain = tables.chain(id.chain)?;
    let mut out = String::new();
    write_rule(&mut out, tables, table, chain, tables.rule(id)?);
    Some(out)
}

/// `save_rule4`.
fn write_rule(out: &mut String, tables: &Tables, table: XtTable, chain: &Chain, rule: &Rule) {
    out.push_str("-A ");
    out.push_str(&chain.name);
    write_header(out, &rule.ip);
    for test in &rule.matches {
        out.push_str(" -m ");
        out.push_str(test.name());
        test.write(out);
    }
    let name_of = |index| tables.table(table)?.chain(index).map(|chain| chain.name.clone());
    rule.target.write(out, tables.family(), name_of);
}

fn write_header(out: &mut String, ip: &IpMatch) {
    for (option, test) in [("-s", &ip.src), ("-d", &ip.dst)] {
        if let Some(test) = test {
            write_value(out, test.inverted, option, &test.net);
        }
    }
    for (option, test) in [("-i", &ip.input), ("-o", &ip.output)] {
        // A device that may be any is not printed, inverted or not (`print_iface`).
        if let Some(InterfaceMatch { inverted, pattern }) = test.as_deref().filter(|test| &*test.pattern != "+") {
            write_value(out, *inverted, option, pattern);
        }
    }
    if let Some(test) = ip.protocol {
        write_value(out, test.inverted, "-p", services::protocol_name(test.protocol));
    }
    if let Some(fragment) = ip.fragment {
        write_option(out, fragment == Fragment::Never, "-f");
    }
}
