//! The table of knftables' fake after a transaction: every object that is left, one `add` a line.

use std::collections::BTreeMap;

/// What is in the table, by name. Values are whole `add` lines.
#[derive(Default)]
struct Table {
    declaration: String,
    chains: BTreeMap<String, Chain>,
    sets: BTreeMap<String, Container>,
    maps: BTreeMap<String, Container>,
}

struct Chain {
    declaration: String,
    rules: Vec<String>,
}

struct Container {
    declaration: String,
    /// By key.
    elements: BTreeMap<String, String>,
}

/// The dump after `transaction` on an empty kernel.
///
/// # Errors
/// Names the line that the fake would refuse.
pub fn after(transaction: &str) -> Result<String, String> {
    let mut table = Table::default();
    for line in transaction.lines() {
        table.apply(line).ok_or_else(|| format!("refused: {line}"))?;
    }
    Ok(table.dump())
}

impl Table {
    fn apply(&mut self, line: &str) -> Option<()> {
        let mut words = line.splitn(6, ' ');
        let (verb, kind, _family, _table) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let name = words.next().unwrap_or_default();
        let rest = words.next().unwrap_or_default();
        match (verb, kind) {
            ("add", "table") => line.clone_into(&mut self.declaration),
            ("add", "chain") => {
                let chain = || Chain { declaration: line.to_owned(), rules: Vec::new() };
                self.chains.entry(name.to_owned()).or_insert_with(chain);
            }
            ("add", "rule") => self.chains.get_mut(name)?.rules.push(line.to_owned()),
            ("flush", "chain") => self.chains.get_mut(name)?.rules.clear(),
            ("delete", "chain") => drop(self.chains.remove(name)?),
            ("add", "set") => declare(&mut self.sets, name, line),
            ("add", "map") => declare(&mut self.maps, name, line),
            ("flush", "set") => self.sets.get_mut(name)?.elements.clear(),
            ("flush", "map") => self.maps.get_mut(name)?.elements.clear(),
            ("delete", "set") => drop(self.sets.remove(name)?),
            ("delete", "map") => drop(self.maps.remove(name)?),
            ("add", "element") => drop(self.container(name)?.elements.insert(key(rest)?, line.to_owned())),
            ("delete", "element") => drop(self.container(name)?.elements.remove(&key(rest)?)?),
            _ => return None,
        }
        Some(())
    }

    fn container(&mut self, name: &str) -> Option<&mut Container> {
        self.sets.get_mut(name).or_else(|| self.maps.get_mut(name))
    }

    fn dump(&self) -> String {
        let containers = || self.sets.values().chain(self.maps.values());
        let mut lines = vec![&self.declaration];
        lines.extend(self.chains.values().map(|chain| &chain.declaration));
        lines.extend(containers().map(|container| &container.declaration));
        lines.extend(self.chains.values().flat_map(|chain| &chain.rules));
        lines.extend(containers().flat_map(|container| container.elements.values()));
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn declare(containers: &mut BTreeMap<String, Container>, name: &str, line: &str) {
    let container = || Container { declaration: line.to_owned(), elements: BTreeMap::new() };
    containers.entry(name.to_owned()).or_insert_with(container);
}

/// `10.0.0.1 . tcp . 80` of `{ 10.0.0.1 . tcp . 80 comment "x" : drop }`.
fn key(braced: &str) -> Option<String> {
    let inner = braced.strip_prefix("{ ")?.strip_suffix(" }")?;
    let end = [" comment ", " : "].iter().filter_map(|mark| inner.find(mark)).min();
    Some(inner[..end.unwrap_or(inner.len())].to_owned())
}
