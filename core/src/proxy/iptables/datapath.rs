use std::collections::{BTreeMap, BTreeSet};

use super::service;
use super::static_rules::{self, JUMPS};
use super::tables::{Tables, declare, declared};
use super::{Settings, Size};
use crate::proxy::operation::{Operation, Source};
use crate::proxy::round::{PORTS_IN_A_TURN, Round, read};
use crate::proxy::{Cause, ServicePortName};
use crate::task::Turns;

/// What an iptables proxier remembers from sync to sync.
#[derive(Clone, Debug, Default)]
pub(in crate::proxy) struct Datapath {
    written: BTreeMap<ServicePortName, Written>,
    /// Chains that are in the kernel but belong to no service port any more.
    stale_chains: BTreeSet<String>,
    last_cleanup: Option<u64>,
    /// As of the last sync.
    large_cluster: bool,
}

/// What one service port has in the tables.
#[derive(Clone, Debug, Default)]
struct Written {
    /// Its rules in shared chains, which every sync writes anew.
    filter: Box<str>,
    nat: Box<str>,
    /// The declarations of its own chains, which only a change of the service port writes anew.
    declarations: Box<str>,
    /// Whether this sync is to write them.
    changed: bool,
}

/// `iptables.syncPeriod`: in a large cluster, stale chains are cleaned up no more often.
const SYNC_PERIOD: u64 = 30;

/// `isServiceChainName`
const PREFIXES: [&str; 5] = ["KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-", "KUBE-FW-", "KUBE-EXT-"];

impl Datapath {
    /// Large clusters are spared the full sync of every hour.
    pub const fn syncs_fully_every_hour(&self) -> bool {
        !self.large_cluster
    }

    /// `syncProxyRules`, up to and with `iptables-restore`.
    pub async fn sync(&mut self, round: &Round<'_>, operations: &mut Vec<Operation>) {
        if round.full {
            self.start_over(round, operations);
        }
        let most_endpoints = if round.full {
            round.ports.most_endpoints()
        } else {
            let sizes = round.changed.iter().filter_map(|name| Some(round.ports.get(name)?.1.len()));
            sizes.max().unwrap_or(0)
        };
        let size = Size::of(round.ports.total_endpoints(), most_endpoints);
        let settings = Settings::of(round.config, round.own_node, round.family, size);
        self.large_cluster = settings.large_cluster;

        let mut tables = Tables::default();
        if round.full {
            tables.reserve(round.ports.services(), round.ports.total_endpoints());
        }
        static_rules::open(&settings, &mut tables);
        if round.full {
            self.write_all(round, &settings, &mut tables).await;
        } else {
            self.note_changes(round);
            self.write_changes(round, &settings, &mut tables);
        }
        self.clean_up(round.now, &mut tables, operations);
        static_rules::close(&settings, round.config, &mut tables);
        let (restore, _) = tables.into_restore().into_parts();
        operations.push(Operation::IptablesRestore(restore));
    }

    /// A full sync sees to the jumps, and takes nothing for written.
    fn start_over(&mut self, round: &Round, operations: &mut Vec<Operation>) {
        for jump in JUMPS {
            operations.push(Operation::EnsureChain { table: jump.table, chain: jump.target });
            operations.push(Operation::EnsureJump { jump, present: round.node.has_jump(round.family, &jump) });
        }
        self.written.clear();
        let ours = |chain: &String| PREFIXES.iter().any(|prefix| chain.starts_with(prefix));
        self.stale_chains = round.node.nat_chains(round.family).into_iter().filter(ours).collect();
    }

    async fn write_all(&mut self, round: &Round<'_>, settings: &Settings<'_>, tables: &mut Tables) {
        let mut turns = Turns::of(PORTS_IN_A_TURN);
        let mut all = Vec::with_capacity(round.ports.services());
        for (port, endpoints) in round.written() {
            let mut written = Written::default();
            written.rewrite(&mut self.stale_chains, tables, |tables| service::write(port, endpoints, settings, tables));
            all.push((port.name.clone(), written));
            turns.count().await;
        }
        self.written = all.into_iter().collect();
    }

    /// The rules in shared chains of all service ports, and all rules of those that changed.
    fn write_changes(&mut self, round: &Round, settings: &Settings<'_>, tables: &mut Tables) {
        for (name, written) in &mut self.written {
            if written.changed
                && let Some((port, endpoints)) = round.ports.get(name)
            {
                written.rewrite(&mut self.stale_chains, tables, |tables| {
                    service::write(port, endpoints, settings, tables)
                });
            } else {
                tables.filter_rules.text.push_str(&written.filter);
                tables.nat_rules.text.push_str(&written.nat);
            }
        }
    }

    fn note_changes(&mut self, round: &Round) {
        for name in round.changed {
            if round.ports.get(name).is_some() {
                self.written.entry(name.clone()).or_default().changed = true;
            } else if let Some(gone) = self.written.remove(name) {
                self.stale_chains.extend(gone.chains().map(str::to_owned));
            }
        }
    }

    /// Deletes chains that nothing leads to any more. A chain has to be declared for that, which empties it.
    fn clean_up(&mut self, now: u64, tables: &mut Tables, operations: &mut Vec<Operation>) {
        let is_due = self.last_cleanup.is_none_or(|last| now.saturating_sub(last) > SYNC_PERIOD);
        if self.large_cluster && !is_due {
            return;
        }
        operations.push(read(Source::NatTable, 1));
        for chain in std::mem::take(&mut self.stale_chains) {
            declare(&mut tables.nat_chains, Cause::ALWAYS, &chain);
            tables.nat_rules.push(Cause::ALWAYS, &["-X ", &chain]);
        }
        self.last_cleanup = Some(now);
    }
}

impl Written {
    fn chains(&self) -> impl Iterator<Item = &str> {
        self.declarations.lines().filter_map(declared)
    }

    fn rewrite(
        &mut self,
        stale_chains: &mut BTreeSet<String>,
        tables: &mut Tables,
        write: impl FnOnce(&mut Tables) -> usize,
    ) {
        let (filter_start, nat_start) = (tables.filter_rules.text.len(), tables.nat_rules.text.len());
        let declarations_start = tables.nat_chains.text.len();
        let shared_end = write(tables);
        stale_chains.extend(self.chains().map(str::to_owned));
        *self = Self {
            filter: tables.filter_rules.text[filter_start..].into(),
            nat: tables.nat_rules.text[nat_start..shared_end].into(),
            declarations: tables.nat_chains.text[declarations_start..].into(),
            changed: false,
        };
        for chain in self.chains() {
            stale_chains.remove(chain);
        }
    }
}
