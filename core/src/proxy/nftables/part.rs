use super::elements::{Container, Containers, Key};
use super::transaction::Transaction;
use crate::proxy::{Cause, ServicePortName};

/// What one service port has in the table.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub elements: Vec<Key>,
    pub chains: Vec<String>,
    pub affinity_sets: Vec<String>,
}

/// Where the commands for one service port go, and what they come to.
pub(super) struct Output<'o> {
    pub owner: &'o ServicePortName,
    pub containers: &'o mut Containers,
    pub transaction: &'o mut Transaction,
    pub part: Part,
}

impl Output<'_> {
    /// An element of a set.
    pub fn ensure_member(&mut self, cause: Cause, container: Container, key: &str) {
        self.ensure_element(cause, container, key, "");
    }

    /// An element of a map.
    pub fn ensure_element(&mut self, cause: Cause, container: Container, key: &str, value: &str) {
        let key = self.containers.ensure(self.owner, cause, (container, key), value, self.transaction);
        self.part.elements.push(key);
    }

    pub fn ensure_chain(&mut self, cause: Cause, chain: &str) {
        self.transaction.ensure_chain(cause, chain);
        self.part.chains.push(chain.to_owned());
    }
}
