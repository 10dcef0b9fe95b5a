use super::address::InterfaceMatch;
use super::counters::Counters;
use super::header::{Fragment, IpMatch};
use super::matches::{Match, write_option, write_value};
use super::model::{Backend, Chain, Rule, Table, Tables};
use super::services;
use crate::net::Family;
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
    let chains: Vec<_> = table.chains().collect();
    for &(index, chain) in &chains {
        let counted = table.slot(index).map(|slot| slot.policy_counters).unwrap_or_default();
        write_chain(out, chain, counted);
    }
    for &(index, chain) in &chains {
        for (at, rule) in chain.rules().iter().enumerate() {
            if counters && let Some(counted) = table.slot(index).map(|slot| slot.counters.of(at)) {
                write_counters(out, counted);
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

/// The line by which `iptables-save` declares a chain: `:CHAIN POLICY [packets:bytes]`. None if there is no such chain.
pub fn declaration_text(tables: &Tables, id: ChainId) -> Option<String> {
    let ChainId::Iptables { table, chain: index, .. } = id else {
        return None;
    };
    declaration_with(tables, id, tables.table(table)?.slot(index)?.policy_counters)
}

/// The same with counters of another time.
pub fn declaration_with(tables: &Tables, id: ChainId, counters: Counters) -> Option<String> {
    let mut out = String::new();
    write_chain(&mut out, tables.chain(id)?, counters);
    out.pop();
    Some(out)
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

/// What `iptables -t TABLE -S` prints; `counted` with `-v`.
pub fn commands(tables: &Tables, name: XtTable, counted: bool) -> String {
    let unused = Table::new(name, Backend::Legacy);
    let table = tables.table(name).unwrap_or(&unused);
    let mut out = String::new();
    for (index, chain) in table.chains() {
        match chain.base {
            None => out.push_str("-N "),
            Some(_) => out.push_str("-P "),
        }
        out.push_str(&chain.name);
        if let Some(base) = chain.base {
            out.push(' ');
            out.push_str(base.policy.name());
            let counters = table.slot(index).map(|slot| slot.policy_counters).filter(|_| counted);
            write_counter_option(&mut out, counters);
        }
        out.push('\n');
    }
    for (index, chain) in table.chains() {
        for (at, rule) in chain.rules().iter().enumerate() {
            let counters = table.slot(index).map(|slot| slot.counters.of(at)).filter(|_| counted);
            write_tests(&mut out, chain, rule);
            write_counter_option(&mut out, counters);
            write_target(&mut out, tables, name, rule);
            out.push('\n');
        }
    }
    out
}

fn write_counter_option(out: &mut String, counters: Option<Counters>) {
    if let Some(Counters { packets, bytes }) = counters {
        write_value(out, false, "-c", format_args!("{packets} {bytes}"));
    }
}

/// `save_rule4`.
fn write_rule(out: &mut String, tables: &Tables, table: XtTable, chain: &Chain, rule: &Rule) {
    write_tests(out, chain, rule);
    write_target(out, tables, table, rule);
}

/// What a rule says, without the chains that it is in and leads to.
pub(super) fn content(rule: &Rule, family: Family) -> String {
    let mut out = String::new();
    write_conditions(&mut out, &rule.ip, &rule.matches);
    rule.target.write(&mut out, family, |_| None);
    out
}

fn write_tests(out: &mut String, chain: &Chain, rule: &Rule) {
    out.push_str("-A ");
    out.push_str(&chain.name);
    write_conditions(out, &rule.ip, &rule.matches);
}

/// What is asked of a packet, without a blank before it.
pub(super) fn conditions_text<'a>(ip: &IpMatch, matches: impl IntoIterator<Item = &'a Match>) -> String {
    let mut out = String::new();
    write_conditions(&mut out, ip, matches);
    out.split_off(usize::from(!out.is_empty()))
}

fn write_conditions<'a>(out: &mut String, ip: &IpMatch, matches: impl IntoIterator<Item = &'a Match>) {
    write_header(out, ip);
    for test in matches {
        out.push_str(" -m ");
        out.push_str(test.name());
        test.write(out);
    }
}

fn write_target(out: &mut String, tables: &Tables, table: XtTable, rule: &Rule) {
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
