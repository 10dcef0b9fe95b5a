//! The translators against recordings of kube-proxy v1.36.2: 109 clusters, all modes, both
//! families.

use datapath_core::net::Family;
use datapath_core::proxy::{iptables, ipvs, nftables};
use datapath_tests::case::{Case, recorded_kube_proxy_cases};
use datapath_tests::compare::{self, difference};

/// Compares every recording of one kind with what `actual` makes of the same case, and lists all
/// that differ.
fn check<T>(
    kind: &str,
    read: impl Fn(&str) -> T,
    canonical: impl Fn(T) -> Vec<String>,
    actual: impl Fn(&Case, Family) -> T,
) {
    let cases =
        Case::read_all(&recorded_kube_proxy_cases()).unwrap_or_else(|error| panic!("{error}"));
    let mut compared = 0;
    let mut differing = Vec::new();
    for case in &cases {
        for family in case.config.ip_families.iter().copied() {
            let Some(recording) = case.recording(family, kind) else {
                panic!("{}: no {kind} for {family}", case.name)
            };
            compared += 1;
            if let Some(difference) = difference(
                &canonical(read(&recording)),
                &canonical(actual(case, family)),
            ) {
                differing.push(format!("{} {family}\n{difference}", case.name));
            }
        }
    }
    assert!(compared > 0, "there are no recordings to compare with");
    assert!(
        differing.is_empty(),
        "{} of {compared} differ in {kind}:\n{}",
        differing.len(),
        differing.join("\n")
    );
}

#[test]
fn iptables_restore_input() {
    check(
        "iptables-restore",
        str::to_owned,
        |text| compare::iptables::canonical(&text),
        |case, family| iptables::full_sync(&case.cluster, &case.config, family).restore,
    );
}

#[test]
fn iptables_jumps() {
    check(
        "iptables-save",
        compare::iptables::recorded_base_chains,
        |rules| rules,
        |case, family| {
            compare::iptables::base_chains(
                &iptables::full_sync(&case.cluster, &case.config, family).jumps,
            )
        },
    );
}

#[test]
fn nft_transaction() {
    check(
        "nft-transaction",
        str::to_owned,
        |text| compare::nftables::canonical(&text),
        |case, family| nftables::full_sync(&case.cluster, &case.config, family).transaction,
    );
}

#[test]
fn ipvs_servers_sets_and_addresses() {
    let read = |text: &str| serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    check(
        "ipvs.json",
        read,
        |state| compare::ipvs::canonical(&state),
        |case, family| {
            compare::ipvs::State::of(&ipvs::full_sync(&case.cluster, &case.config, family))
        },
    );
}

#[test]
fn ipvs_iptables_restore_input() {
    check(
        "ipvs.iptables-restore",
        str::to_owned,
        |text| compare::iptables::canonical(&text),
        |case, family| ipvs::full_sync(&case.cluster, &case.config, family).restore,
    );
}

#[test]
fn ipvs_jumps() {
    check(
        "ipvs.iptables-save",
        compare::iptables::recorded_base_chains,
        |rules| rules,
        |case, family| {
            compare::iptables::base_chains(
                &ipvs::full_sync(&case.cluster, &case.config, family).jumps,
            )
        },
    );
}
