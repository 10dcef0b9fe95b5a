//! What a proxier writes first is what was recorded.

use datapath_core::net::Family;
use datapath_core::proxy::{Mode, Operation, Proxier, Sync, Untouched, iptables, ipvs, nftables};
use datapath_tests::case::{Case, recorded_kube_proxy_cases};

fn cases() -> Vec<Case> {
    Case::read_all(&recorded_kube_proxy_cases()).unwrap_or_else(|error| panic!("{error}"))
}

fn first_sync(case: &Case, family: Family, mode: Mode) -> Sync {
    Proxier::new(&case.cluster, &case.config, family, mode).sync(0, &Untouched)
}

fn restore(sync: &Sync) -> &str {
    let texts = sync.operations.iter().filter_map(|operation| match operation {
        Operation::IptablesRestore(text) | Operation::Nft(text) => Some(text),
        _ => None,
    });
    let [text] = texts.collect::<Vec<_>>()[..] else { panic!("one text in {sync:#?}") };
    text
}

/// `kube_proxy.rs` holds the other side against the recordings.
#[test]
fn the_first_sync_is_the_recorded_one() {
    for case in cases() {
        for family in case.config.ip_families.iter().copied() {
            let expected = iptables::full_sync(&case.cluster, &case.config, family).restore;
            assert_eq!(restore(&first_sync(&case, family, Mode::Iptables)), expected, "{}", case.name);
            let expected = nftables::full_sync(&case.cluster, &case.config, family).transaction;
            assert_eq!(restore(&first_sync(&case, family, Mode::Nftables)), expected, "{}", case.name);
            let expected = ipvs::full_sync(&case.cluster, &case.config, family).restore;
            assert_eq!(restore(&first_sync(&case, family, Mode::Ipvs)), expected, "{}", case.name);
        }
    }
}
