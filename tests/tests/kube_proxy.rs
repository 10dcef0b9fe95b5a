//! The translators against recordings of kube-proxy v1.36.2: 109 clusters, all modes, both
//! families.

use std::collections::BTreeMap;

use datapath_core::net::Family;
use datapath_core::proxy::{Cause, iptables, ipvs, nftables};
use datapath_tests::case::{Case, recorded_kube_proxy_cases};
use datapath_tests::compare::{self, difference};
use datapath_tests::state::{self, misc::Misc};

/// Compares every recording of one kind with what `actual` makes of the same case, and lists all
/// that differ.
fn check<T>(
    kind: &str,
    read: impl Fn(&str) -> T,
    canonical: impl Fn(T) -> Vec<String>,
    actual: impl Fn(&Case, Family) -> T,
) {
    let cases = Case::read_all(&recorded_kube_proxy_cases()).unwrap_or_else(|error| panic!("{error}"));
    let mut compared = 0;
    let mut differing = Vec::new();
    for case in &cases {
        for family in case.config.ip_families.iter().copied() {
            let Some(recording) = case.recording(family, kind) else { panic!("{}: no {kind} for {family}", case.name) };
            compared += 1;
            if let Some(difference) = difference(&canonical(read(&recording)), &canonical(actual(case, family))) {
                differing.push(format!("{} {family}\n{difference}", case.name));
            }
        }
    }
    assert!(compared > 0, "there are no recordings to compare with");
    assert!(differing.is_empty(), "{} of {compared} differ in {kind}:\n{}", differing.len(), differing.join("\n"));
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
fn iptables_state() {
    check(
        "iptables-save",
        str::to_owned,
        |text| compare::iptables::canonical(&text),
        |case, family| {
            let sync = iptables::full_sync(&case.cluster, &case.config, family);
            state::iptables::after(&sync.jumps, &sync.restore).unwrap_or_else(|error| panic!("{}: {error}", case.name))
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
fn nft_objects() {
    check(
        "nft",
        str::to_owned,
        |text| compare::nftables::canonical(&text),
        |case, family| {
            let sync = nftables::full_sync(&case.cluster, &case.config, family);
            state::nftables::after(&sync.transaction).unwrap_or_else(|error| panic!("{}: {error}", case.name))
        },
    );
}

#[test]
fn ipvs_servers_sets_and_addresses() {
    let read = |text: &str| serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    check(
        "ipvs.json",
        read,
        |state| compare::ipvs::canonical(&state),
        |case, family| compare::ipvs::State::of(&ipvs::full_sync(&case.cluster, &case.config, family)),
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
fn ipvs_iptables_state() {
    check(
        "ipvs.iptables-save",
        str::to_owned,
        |text| compare::iptables::canonical(&text),
        |case, family| {
            let sync = ipvs::full_sync(&case.cluster, &case.config, family);
            state::iptables::after(&sync.jumps, &sync.restore).unwrap_or_else(|error| panic!("{}: {error}", case.name))
        },
    );
}

/// Health checks, local endpoints and the large-cluster mode, which are recorded for both families at once.
#[test]
fn what_is_decided_beside_the_rules() {
    let cases = Case::read_all(&recorded_kube_proxy_cases()).unwrap_or_else(|error| panic!("{error}"));
    let mut health_checks = 0;
    for case in &cases {
        let recording = case.recording(Family::V4, "misc.json").unwrap_or_else(|| panic!("{}: no misc", case.name));
        let recorded: BTreeMap<String, Misc> =
            serde_json::from_str(&recording).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_eq!(state::misc::of(case), recorded, "{}", case.name);
        health_checks += recorded.values().map(|misc| misc.health_check_node_ports.len()).sum::<usize>();
    }
    assert!(health_checks > 0, "no recording has a health check");
}

/// A line without a cause, or with that of a service that is not there, could not be explained.
#[test]
fn every_line_has_a_cause() {
    let cases = Case::read_all(&recorded_kube_proxy_cases()).unwrap_or_else(|error| panic!("{error}"));
    for case in &cases {
        for family in case.config.ip_families.iter().copied() {
            let iptables = iptables::full_sync(&case.cluster, &case.config, family);
            let nftables = nftables::full_sync(&case.cluster, &case.config, family);
            let ipvs = ipvs::full_sync(&case.cluster, &case.config, family);
            let programs = [
                (iptables.restore, iptables.causes),
                (nftables.transaction, nftables.causes),
                (ipvs.restore, ipvs.causes),
            ];
            for (text, causes) in programs {
                assert_eq!(text.lines().count(), causes.len(), "{}", case.name);
                for (line, cause) in text.lines().zip(causes) {
                    assert!(names_its_cause(case, line, cause), "{}: {cause:?}: {line}", case.name);
                }
            }
        }
    }
}

/// Whether a line that names a service is put down to that service, and no other.
fn names_its_cause(case: &Case, line: &str, cause: Cause) -> bool {
    let full_name = |service: &datapath_core::k8s::Service| service.name.to_string();
    let named = case.cluster.services.iter().any(|service| line.contains(&full_name(service)));
    match cause.service_port {
        None => !named,
        Some((service, port)) => {
            let service = &case.cluster.services[service as usize];
            assert!((port as usize) < service.ports.len(), "{}: {line}", case.name);
            !named || line.contains(&full_name(service))
        }
    }
}
