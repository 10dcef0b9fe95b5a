use crate::proxy::Cause;
use crate::proxy::program::Lines;

/// The two tables that are written, declarations and rules apart since the declarations come first.
#[derive(Default)]
pub(super) struct Tables {
    pub filter_chains: Lines,
    pub filter_rules: Lines,
    pub nat_chains: Lines,
    pub nat_rules: Lines,
}

impl Tables {
    /// Tables whose lines remember their causes.
    pub fn explained() -> Self {
        let lines = Lines::explained;
        Self { filter_chains: lines(), filter_rules: lines(), nat_chains: lines(), nat_rules: lines() }
    }

    pub fn into_restore(self) -> Lines {
        let parts = [&self.filter_chains, &self.filter_rules, &self.nat_chains, &self.nat_rules];
        let frame = "*filter\nCOMMIT\n*nat\nCOMMIT\n".len();
        let mut restore = self.filter_chains.another();
        restore.text.reserve(parts.iter().map(|part| part.text.len()).sum::<usize>() + frame);
        restore.push(Cause::Settings, &["*filter"]);
        restore.append(&self.filter_chains);
        restore.append(&self.filter_rules);
        restore.push(Cause::Settings, &["COMMIT"]);
        restore.push(Cause::Settings, &["*nat"]);
        restore.append(&self.nat_chains);
        restore.append(&self.nat_rules);
        restore.push(Cause::Settings, &["COMMIT"]);
        restore
    }
}

/// Declares a chain, which empties it if it is there.
pub(in crate::proxy) fn declare(chains: &mut Lines, cause: Cause, chain: &str) {
    chains.push(cause, &[":", chain, " - [0:0]"]);
}
