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

    /// Makes room for what so many service ports and endpoints come to in a large cluster.
    pub fn reserve(&mut self, ports: usize, endpoints: usize) {
        const CHAIN: usize = ":KUBE-SEP-0123456789ABCDEF - [0:0]\n".len();
        const PORT: usize = 256;
        const ENDPOINT: usize = 272;
        let chains = (CHAIN * (ports + endpoints), ports + endpoints);
        self.nat_chains.reserve(chains.0, chains.1);
        // The declarations are put in front of the rules in the end.
        self.nat_rules.reserve(PORT * ports + ENDPOINT * endpoints + chains.0, 2 * ports + 3 * endpoints + chains.1);
    }

    pub fn into_restore(self) -> Lines {
        let mut start = self.nat_rules.another();
        start.push(Cause::ALWAYS, &["*filter"]);
        start.append(&self.filter_chains);
        start.append(&self.filter_rules);
        start.push(Cause::ALWAYS, &["COMMIT"]);
        start.push(Cause::ALWAYS, &["*nat"]);
        start.append(&self.nat_chains);
        let mut restore = self.nat_rules;
        restore.push(Cause::ALWAYS, &["COMMIT"]);
        restore.prepend(start);
        restore
    }
}

/// The chain that a line of [`declare`] is about.
pub(super) fn declared(line: &str) -> Option<&str> {
    Some(line.strip_prefix(':')?.split_once(' ')?.0)
}

/// Declares a chain, which empties it if it is there.
pub(in crate::proxy) fn declare(chains: &mut Lines, cause: Cause, chain: &str) {
    chains.push(cause, &[":", chain, " - [0:0]"]);
}
