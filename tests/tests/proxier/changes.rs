//! Random changes: what partial syncs lead to is what one full sync would have written.

use std::collections::BTreeSet;

use datapath_core::k8s::{Change, Cluster, NamespacedName};
use datapath_core::net::Family;
use datapath_core::proxy::{Extent, Mode, Operation, Sync, iptables};
use datapath_tests::compare::difference;
use proptest::prelude::*;

use crate::clusters::{Step, change, cluster, config, steps};
use crate::kernel::Machine;

/// Makes the changes of one batch, and tells the proxiers.
fn happen(batch: &[Step], cluster: &mut Cluster, machine: &mut Machine) -> Vec<Change> {
    let mut changes = Vec::new();
    for step in batch {
        let Some(change) = change(step, cluster) else { continue };
        cluster.apply(&change);
        for proxier in &mut machine.proxiers {
            proxier.note(&change);
        }
        changes.push(change);
    }
    changes
}

fn check_convergence(mut cluster: Cluster, batches: &[Vec<Step>], pause: u64, mode: Mode) {
    let mut machine = Machine::start(&cluster, mode);
    for batch in batches {
        happen(batch, &mut cluster, &mut machine);
        machine.now += pause;
        machine.sync();
    }
    // nftables deletes chains only in a sync more than a second after they were emptied.
    machine.now += 10;
    machine.sync();
    let fresh = Machine::start(&cluster, mode);
    let lines = |machine: &Machine| machine.kernel().lines().map(str::to_owned).collect::<Vec<_>>();
    if let Some(difference) = difference(&lines(&fresh), &lines(&machine)) {
        panic!("{mode}: after a fresh start (-) and after partial syncs (+):\n{difference}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn partial_syncs_lead_where_a_full_one_does(
        cluster in cluster(),
        batches in steps(),
        pause in 0_u64..4,
        mode in prop::sample::select(Mode::ALL.to_vec()),
    ) {
        check_convergence(cluster, &batches, pause, mode);
    }

    #[test]
    fn a_partial_iptables_sync_touches_only_chains_of_changed_services(cluster in cluster(), batches in steps()) {
        let mut cluster = cluster;
        let mut machine = Machine::start(&cluster, Mode::Iptables);
        for batch in &batches {
            let before = cluster.clone();
            let changes = happen(batch, &mut cluster, &mut machine);
            let changed: BTreeSet<NamespacedName> = changes.iter().filter_map(service_of).collect();
            for sync in machine.sync() {
                if sync.extent != Extent::Partial {
                    continue;
                }
                let allowed: BTreeSet<String> =
                    [&before, &cluster].into_iter().flat_map(|cluster| chains(cluster, &changed, sync.family)).collect();
                let touched = own_chains(&restore(&sync));
                prop_assert!(touched.is_subset(&allowed), "{touched:?} are not all in {allowed:?}");
            }
        }
    }
}

fn service_of(change: &Change) -> Option<NamespacedName> {
    match change {
        Change::Service(changed) => changed.after().or(changed.before()).map(|service| service.name.clone()),
        Change::EndpointSlice(changed) => changed.after().or(changed.before())?.service(),
        Change::Node(_) | Change::Pod(_) | Change::Workload(_) | Change::ProxyConfiguration(_) => None,
    }
}

/// The chains that the Services have by themselves.
fn chains(cluster: &Cluster, services: &BTreeSet<NamespacedName>, family: Family) -> BTreeSet<String> {
    let mut cluster = cluster.clone();
    cluster.services.retain(|service| services.contains(&service.name));
    own_chains(&iptables::full_sync(&cluster, &config(), family).restore)
}

fn own_chains(restore: &str) -> BTreeSet<String> {
    let own = ["KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-", "KUBE-FW-", "KUBE-EXT-"];
    let declared = restore.lines().filter_map(|line| line.strip_prefix(':')?.strip_suffix(" - [0:0]"));
    declared.filter(|chain| own.iter().any(|prefix| chain.starts_with(prefix))).map(str::to_owned).collect()
}

fn restore(sync: &Sync) -> String {
    let text = sync.operations.iter().find_map(|operation| match operation {
        Operation::IptablesRestore(text) => Some(text.clone()),
        _ => None,
    });
    text.expect("iptables-restore in every sync")
}
