use std::collections::{BTreeMap, BTreeSet};

use super::elements::{Container, Containers};
use super::part::Part;
use super::transaction::Transaction;
use super::{Settings, setup, write_port};
use crate::fixed_hash::HashMap;
use crate::proxy::operation::{Operation, Source};
use crate::proxy::program::Lines;
use crate::proxy::round::{PORTS_IN_A_TURN, Round, read};
use crate::proxy::{Cause, ServicePortName};
use crate::task::Turns;

/// What an nftables proxier remembers from sync to sync.
#[derive(Clone, Debug, Default)]
pub(in crate::proxy) struct Datapath {
    /// Whether base chains of an earlier kube-proxy have been replaced.
    set_up: bool,
    containers: Containers,
    parts: HashMap<ServicePortName, Part>,
    /// Chains that nothing leads to any more, with the second at which they were emptied.
    stale_chains: BTreeMap<String, u64>,
}

/// Kernels before 6.2 notice only after a while that no map element leads to a chain any more.
const DELETE_AFTER: u64 = 1;

const AFFINITY_SET: &str = "affinity-";

impl Datapath {
    /// `syncProxyRules`, up to and with `nft`.
    pub async fn sync(&mut self, round: &Round<'_>, operations: &mut Vec<Operation>) {
        let deleted = self.delete_stale_chains(round, operations);
        let settings = Settings::of(round.config, round.own_node, round.family);
        let mut transaction = Transaction::new(round.family, Lines::default());
        // What may be there besides the parts of unchanged service ports.
        let mut chains: BTreeSet<String> = self.stale_chains.keys().cloned().collect();
        let mut sets = BTreeSet::new();
        if round.full {
            transaction.reserve(round.ports.services(), round.ports.total_endpoints());
            setup::write(&settings, round.config, !self.set_up, &mut transaction);
            self.set_up = true;
            operations.push(read(Source::NftElements, Container::ALL.len()));
            let present = round.node.nft_objects(round.family);
            chains
                .extend(present.chains.into_iter().filter(|chain| is_service_chain(chain) && !deleted.contains(chain)));
            sets.extend(present.sets.into_iter().filter(|set| set.starts_with(AFFINITY_SET)));
        }
        operations.push(read(Source::NftTable, 1));

        self.release(round, &mut chains, &mut sets);
        let mut turns = Turns::of(PORTS_IN_A_TURN);
        for (port, endpoints) in round.written() {
            let part = write_port(port, endpoints, &settings, &mut self.containers, &mut transaction);
            self.parts.insert(port.name.clone(), part);
            turns.count().await;
        }
        self.containers.settle_contests(&mut transaction);
        self.clean_up(round, chains, sets, &mut transaction);
        let (transaction, _) = transaction.finish();
        operations.push(Operation::Nft(transaction));
    }

    /// After a transaction that was refused, nobody knows which chains are empty.
    pub fn fail(&mut self) {
        self.stale_chains.clear();
    }

    /// Deletes the chains that were emptied more than a second ago, in a transaction of their own.
    fn delete_stale_chains(&mut self, round: &Round, operations: &mut Vec<Operation>) -> BTreeSet<String> {
        let is_due = |emptied: u64| emptied + DELETE_AFTER < round.now;
        let due: BTreeSet<String> =
            self.stale_chains.iter().filter(|(_, emptied)| is_due(**emptied)).map(|(chain, _)| chain.clone()).collect();
        if due.is_empty() {
            return due;
        }
        let mut transaction = Transaction::new(round.family, Lines::default());
        for chain in &due {
            transaction.delete_chain(Cause::ALWAYS, chain);
            self.stale_chains.remove(chain);
        }
        operations.push(Operation::Nft(transaction.finish().0));
        due
    }

    /// Takes back what changed service ports have, and notes their chains and affinity sets as perhaps not needed.
    fn release(&mut self, round: &Round, chains: &mut BTreeSet<String>, sets: &mut BTreeSet<String>) {
        if round.full {
            for container in Container::ALL {
                self.containers.read(container, round.node.nft_elements(round.family, container.name()));
            }
            self.containers.reserve(round.ports.services());
            self.parts.clear();
            self.parts.reserve(round.ports.services());
            return;
        }
        for name in round.changed {
            if let Some(part) = self.parts.remove(name) {
                self.containers.release(name, part.elements);
                chains.extend(part.chains);
                sets.extend(part.affinity_sets);
            }
        }
    }

    /// Chains are emptied now and deleted later; sets and elements can go at once.
    fn clean_up(
        &mut self,
        round: &Round,
        mut chains: BTreeSet<String>,
        mut sets: BTreeSet<String>,
        transaction: &mut Transaction,
    ) {
        if !(chains.is_empty() && sets.is_empty()) {
            for part in round.written().filter_map(|(port, _)| self.parts.get(&port.name)) {
                for chain in &part.chains {
                    chains.remove(chain);
                    self.stale_chains.remove(chain);
                }
                for set in &part.affinity_sets {
                    sets.remove(set);
                }
            }
        }
        for chain in chains {
            transaction.flush_chain(Cause::ALWAYS, &chain);
            self.stale_chains.insert(chain, round.now);
        }
        for set in &sets {
            transaction.delete_set(Cause::ALWAYS, set);
        }
        self.containers.delete_leftovers(transaction);
    }
}

/// `isServiceChainName`: of kube-proxy's own chains none has a slash in its name.
fn is_service_chain(chain: &str) -> bool {
    chain.contains('/')
}
