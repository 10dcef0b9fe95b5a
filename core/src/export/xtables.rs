//! iptables and ip6tables: for the restore programs, and as single commands.

use crate::message;
use std::collections::BTreeSet;

use super::head::{Head, file_name};
use super::shell::{self, push_command};
use super::{File, Subject};
use crate::iptables::{save, words};
use crate::net::Family;
use crate::proxy::Mode;

const fn program(family: Family) -> &'static str {
    match family {
        Family::V4 => "iptables",
        Family::V6 => "ip6tables",
    }
}

pub(super) fn restore_files(subject: &Subject<'_>) -> Vec<File> {
    let families = subject.config.ip_families.iter();
    families
        .map(|family| {
            let program = program(*family);
            let name = file_name(subject, &format!("{program}.rules"));
            let tables = tables(subject, *family);
            let head = Head {
                what: &format!("{program} rules"),
                needs: &needs(subject, *family, &tables),
                load: &format!("{program}-restore < {name} (replaces the tables that are named here)"),
                undo: &undo(program, &tables),
            };
            let mut text = head.write(subject);
            for table in &tables {
                push_without_counters(table, &mut text);
            }
            let note = message!("export-restore", program = program);
            File { name, text, note }
        })
        .collect()
}

pub(super) fn command_files(subject: &Subject<'_>) -> Vec<File> {
    let families = subject.config.ip_families.iter();
    families
        .map(|family| {
            let program = program(*family);
            let name = file_name(subject, &format!("{program}.sh"));
            let tables = tables(subject, *family);
            let head = Head {
                what: &format!("{program} rules"),
                needs: &needs(subject, *family, &tables),
                load: &format!("sh {name} (adds to what is there; {program}-restore takes thousands of rules faster)"),
                undo: &undo(program, &tables),
            };
            let mut text = shell::begin(&head.write(subject));
            for table in &tables {
                push_commands(program, table, &mut text);
            }
            let note = message!("export-commands", program = program);
            File { name, text, note }
        })
        .collect()
}

/// The dump of each table. What is used first is listed last, so that the last one listed has to be loaded first.
fn tables(subject: &Subject<'_>, family: Family) -> Vec<String> {
    let dump = save(subject.node.iptables.of(family));
    let mut tables: Vec<_> = dump.split_inclusive("COMMIT\n").map(str::to_owned).collect();
    tables.reverse();
    tables
}

fn table_name(table: &str) -> &str {
    table.lines().next().unwrap_or_default().trim_start_matches('*')
}

fn undo(program: &str, tables: &[String]) -> String {
    let names: Vec<_> = tables.iter().map(|table| table_name(table)).collect();
    format!("for table in {}; do {program} -t $table -F; {program} -t $table -X; done", names.join(" "))
}

/// What must be there before the rules are.
fn needs(subject: &Subject<'_>, family: Family, tables: &[String]) -> Vec<String> {
    let mut needs = Vec::new();
    if subject.mode == Mode::Ipvs {
        needs.push("the ipsets, loaded before".to_owned());
    }
    if subject.mode == Mode::Iptables && family == Family::V4 && subject.node.stack.routing.route_localnet {
        needs.push("sysctl -w net.ipv4.conf.all.route_localnet=1, for NodePorts on 127.0.0.1".to_owned());
    }
    let counters = tables.iter().flat_map(|table| table.split("--nfacct-name ").skip(1));
    let counters: BTreeSet<_> = counters.filter_map(|rest| rest.split_whitespace().next()).collect();
    needs.extend(counters.into_iter().map(|name| format!("nfacct add {name}")));
    needs
}

fn push_without_counters(table: &str, out: &mut String) {
    for line in table.lines() {
        match line.split_once(" [").filter(|_| line.starts_with(':')) {
            Some((chain, _)) => {
                out.push_str(chain);
                out.push_str(" [0:0]");
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
}

fn push_commands(program: &str, table: &str, script: &mut String) {
    let name = table_name(table);
    let mut split = Vec::new();
    for line in table.lines() {
        if let Some(declared) = line.strip_prefix(':') {
            let mut parts = declared.split(' ');
            let (chain, policy) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            match policy {
                "-" => push_command(script, [program, "-w", "-t", name, "-N", chain]),
                "ACCEPT" => {}
                policy => push_command(script, [program, "-w", "-t", name, "-P", chain, policy]),
            }
        } else if line.starts_with("-A ") {
            split.clear();
            // The model's own lines are well-formed.
            if words::split(line, 0, &mut split).is_ok() {
                let command = [program, "-w", "-t", name];
                push_command(script, command.into_iter().chain(split.iter().map(|word| &*word.text)));
            }
        }
    }
}
