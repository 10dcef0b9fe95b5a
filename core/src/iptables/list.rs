//! `iptables -L`: chains as tables, as iptables-legacy 1.8.9 prints them.

use std::fmt::Write;

use super::address::{InterfaceMatch, Net};
use super::counters::Counters;
use super::header::{Fragment, IpMatch};
use super::model::{Backend, Chain, Rule, Table, Tables};
use super::services;
use super::targets::Target;
use crate::net::{Family, Protocol};
use crate::netfilter::XtTable;

/// The options of the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    pub names: Names,
    /// `-v`: counters, and devices.
    pub verbose: bool,
    /// `-x`: whole numbers where `-v` rounds to K, M, G and T.
    pub exact: bool,
    /// `--line-numbers`
    pub line_numbers: bool,
}

/// Whether known numbers are shown by name. Of ports these are the names that rulesets use; those in `-m multiport`, and
/// names of hosts and users, are left out: the model has nobody to ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    #[default]
    Known,
    /// `-n`
    Numeric,
}

/// What `iptables -t TABLE -L` prints, of all chains or of one; empty if there is no such chain. A table that was never
/// used lists its empty chains.
pub fn list(tables: &Tables, name: XtTable, chain: Option<&str>, options: ListOptions) -> String {
    let unused = Table::new(name, Backend::Legacy);
    let table = tables.table(name).unwrap_or(&unused);
    let mut out = String::new();
    for (index, listed) in table.chains().filter(|(_, listed)| chain.is_none_or(|name| *listed.name == *name)) {
        if !out.is_empty() {
            out.push('\n');
        }
        write_heading(&mut out, table, index, listed, options);
        let slot = table.slot(index);
        for (at, rule) in listed.rules().iter().enumerate() {
            let lister = Lister { family: tables.family(), table, options };
            lister.write_rule(&mut out, at + 1, slot.map_or_else(Counters::default, |slot| slot.counters.of(at)), rule);
        }
    }
    out
}

/// `print_header`. Writing to a string cannot fail.
fn write_heading(out: &mut String, table: &Table, index: u32, chain: &Chain, options: ListOptions) {
    let _ = write!(out, "Chain {} (", chain.name);
    match chain.base {
        Some(base) => {
            let _ = write!(out, "policy {}", base.policy.name());
            if options.verbose {
                let Counters { packets, bytes } =
                    table.slot(index).map(|slot| slot.policy_counters).unwrap_or_default();
                let (packets, bytes) = (number(packets, options.exact), number(bytes, options.exact));
                let _ = write!(out, " {packets} packets, {bytes} bytes");
            }
        }
        None => {
            let _ = write!(out, "{} references", table.references(index));
        }
    }
    out.push_str(")\n");
    if options.line_numbers {
        out.push_str("num  ");
    }
    if options.verbose {
        out.push_str(if options.exact { "    pkts      bytes " } else { " pkts bytes " });
    }
    out.push_str("target     prot opt");
    if options.verbose {
        out.push_str(" in     out    ");
    }
    out.push_str(" source               destination         \n");
}

/// `xtables_print_num`: thousands, not powers of two, each rounded once more.
fn number(number: u64, exact: bool) -> String {
    const MOST: [(u64, &str); 4] = [(99_999, ""), (9_999, "K"), (9_999, "M"), (9_999, "G")];
    let mut left = number;
    if exact {
        return left.to_string();
    }
    for (most, unit) in MOST {
        if left <= most {
            return format!("{left}{unit}");
        }
        left = left.saturating_add(500) / 1000;
    }
    format!("{left}T")
}

struct Lister<'a> {
    family: Family,
    table: &'a Table,
    options: ListOptions,
}

impl Lister<'_> {
    /// `print_firewall`
    fn write_rule(&self, out: &mut String, line: usize, counters: Counters, rule: &Rule) {
        let ListOptions { names, verbose, exact, line_numbers } = self.options;
        if line_numbers {
            let _ = write!(out, "{line:<4} ");
        }
        if verbose {
            let width = if exact { 8 } else { 5 };
            for count in [counters.packets, counters.bytes] {
                let _ = write!(out, "{:>width$} ", number(count, exact));
            }
        }
        let chain = |index| self.table.chain(index).map_or("", |chain| &chain.name);
        let target = match &rule.target {
            // An alias, which only `iptables-save` knows.
            Target::Notrack => "CT",
            target => target.chain().map(chain).or_else(|| target.name()).unwrap_or_default(),
        };
        let _ = write!(out, "{target:<9} ");
        self.write_header(out, &rule.ip);
        if matches!(rule.target, Target::Jump { goto: true, .. }) {
            out.push_str("[goto] ");
        }
        for test in &rule.matches {
            test.list(out, names);
        }
        rule.target.list(out, self.family, names);
        out.push('\n');
    }

    fn write_header(&self, out: &mut String, ip: &IpMatch) {
        let protocol = ip.protocol.map_or(Protocol::Other(0), |test| test.protocol);
        let name = match (self.options.names, protocol) {
            (Names::Numeric, protocol) => protocol.number().to_string(),
            (Names::Known, Protocol::Other(0)) => "all".to_owned(),
            (Names::Known, protocol) => services::protocol_name(protocol),
        };
        let not = |inverted| if inverted { '!' } else { ' ' };
        let _ = write!(out, "{}{name:<4} ", not(ip.protocol.is_some_and(|test| test.inverted)));
        out.push_str(match ip.fragment {
            None => "-- ",
            Some(Fragment::Only) => "-f ",
            Some(Fragment::Never) => "!f ",
        });
        if self.options.verbose {
            let [input, output] = [&ip.input, &ip.output].map(|test| self.device(test.as_deref()));
            let _ = write!(out, " {input:<6} {output:<6} ");
        }
        for test in [&ip.src, &ip.dst] {
            let inverted = test.as_ref().is_some_and(|test| test.inverted);
            let text = match (test, self.options.names, self.family) {
                (None, Names::Known, _) => "anywhere".to_owned(),
                (Some(test), Names::Known, _) if is_anywhere(&test.net) => "anywhere".to_owned(),
                (Some(test), ..) => test.net.short().to_string(),
                (None, Names::Numeric, Family::V4) => "0.0.0.0/0".to_owned(),
                (None, Names::Numeric, Family::V6) => "::/0".to_owned(),
            };
            let _ = write!(out, "{}{text:<19} ", not(inverted));
        }
    }

    /// `print_ifaces`
    fn device(&self, test: Option<&InterfaceMatch>) -> String {
        let any = if self.options.names == Names::Numeric { "*" } else { "any" };
        match test {
            None => any.to_owned(),
            Some(test) => format!("{}{}", if test.inverted { "!" } else { "" }, test.pattern),
        }
    }
}

/// `ipv4_addr_to_string` looks at the mask, `ipv6_addr_to_string` at the address.
fn is_anywhere(net: &Net) -> bool {
    match net {
        Net::V4 { mask, .. } => *mask == 0,
        Net::V6(net) => net.address == 0,
    }
}

#[cfg(test)]
mod tests;
