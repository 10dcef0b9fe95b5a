//! The tables of pkg/util/iptables/testing/fake.go after the jumps were ensured and the text restored.

use std::fmt::Write as _;

use datapath_core::proxy::Jump;

const TABLES: [(&str, &[&str]); 3] = [
    ("nat", &["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]),
    ("filter", &["INPUT", "FORWARD", "OUTPUT"]),
    ("mangle", &[]),
];

struct Table {
    name: &'static str,
    chains: Vec<Chain>,
}

struct Chain {
    name: String,
    rules: Vec<String>,
}

impl Table {
    /// The chain with this name, made if it is not there (`EnsureChain`).
    fn chain(&mut self, name: &str) -> &mut Chain {
        let at = self.chains.iter().position(|chain| chain.name == name).unwrap_or_else(|| {
            self.chains.push(Chain { name: name.to_owned(), rules: Vec::new() });
            self.chains.len() - 1
        });
        &mut self.chains[at]
    }
}

/// The dump of all tables.
///
/// # Errors
/// Names the line that the fake would refuse.
pub fn after(jumps: &[Jump], restore: &str) -> Result<String, String> {
    let mut tables = TABLES.map(|(name, chains)| Table {
        name,
        chains: chains.iter().map(|chain| Chain { name: (*chain).to_owned(), rules: Vec::new() }).collect(),
    });
    for jump in jumps {
        let table = tables.iter_mut().find(|table| table.name == jump.table).ok_or("a jump in no table")?;
        table.chain(jump.target);
        // Arguments are kept as they are given: no shell has to read them, so that nothing is quoted.
        let rule = format!("-A {} {}", jump.chain, jump.rule().replace('"', ""));
        table.chain(jump.chain).rules.insert(0, rule);
    }
    let mut open = None;
    for line in restore.lines() {
        if let Some(name) = line.strip_prefix('*') {
            open = tables.iter_mut().find(|table| table.name == name);
        } else if line == "COMMIT" {
            open = None;
        } else {
            let table = open.as_mut().ok_or_else(|| format!("outside of a table: {line}"))?;
            restore_line(table, line)?;
        }
    }
    Ok(dump(&tables))
}

fn restore_line(table: &mut Table, line: &str) -> Result<(), String> {
    if let Some(declared) = line.strip_prefix(':') {
        let name = declared.split(' ').next().unwrap_or_default();
        table.chain(name).rules.clear();
        return Ok(());
    }
    if let Some(name) = line.strip_prefix("-X ") {
        table.chains.retain(|chain| chain.name != name);
        return Ok(());
    }
    let chain = line.strip_prefix("-A ").and_then(|rule| rule.split(' ').next());
    let chain = chain.and_then(|name| table.chains.iter_mut().find(|chain| chain.name == name));
    chain.ok_or_else(|| format!("no such chain: {line}"))?.rules.push(line.to_owned());
    Ok(())
}

fn dump(tables: &[Table]) -> String {
    let mut text = String::new();
    for table in tables {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "*{}", table.name);
        for chain in &table.chains {
            let _ = writeln!(text, ":{} - [0:0]", chain.name);
        }
        for rule in table.chains.iter().flat_map(|chain| &chain.rules) {
            let _ = writeln!(text, "{rule}");
        }
        text.push_str("COMMIT\n");
    }
    text
}
