//! What the translators make of a case, under the names and in the formats of the recordings.

use datapath_core::net::Family;
use datapath_core::proxy::{iptables, ipvs, nftables};

use crate::case::{Case, file_name};
use crate::compare::ipvs::State;

pub struct Output {
    /// `actual.v6.iptables-restore`
    pub file: String,
    pub text: String,
}

/// Every output of every mode for the families of the case.
pub fn of(case: &Case) -> Vec<Output> {
    case.config.ip_families.iter().flat_map(|family| of_family(case, *family)).collect()
}

fn of_family(case: &Case, family: Family) -> Vec<Output> {
    let iptables = iptables::full_sync(&case.cluster, &case.config, family);
    let nftables = nftables::full_sync(&case.cluster, &case.config, family);
    let ipvs = ipvs::full_sync(&case.cluster, &case.config, family);
    let outputs = [
        ("iptables-restore", iptables.restore),
        ("nft-transaction", nftables.transaction),
        ("ipvs.json", ipvs_json(&ipvs)),
        ("ipvs.iptables-restore", ipvs.restore),
    ];
    outputs.map(|(kind, text)| Output { file: file_name("actual", family, kind), text }).into()
}

fn ipvs_json(sync: &ipvs::Sync) -> String {
    serde_json::to_string_pretty(&State::of(sync)).unwrap_or_default()
}
