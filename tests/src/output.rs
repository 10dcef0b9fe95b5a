//! What the translators make of a case, under the names and in the formats of the recordings.

use datapath_core::net::Family;
use datapath_core::proxy::{iptables, ipvs, nftables};

use crate::case::{Case, file_name};
use crate::compare::ipvs::State;
use crate::state;

pub struct Output {
    /// `actual.v6.iptables-restore`
    pub file: String,
    pub text: String,
}

/// Every output of every mode for the families of the case.
///
/// # Errors
/// Names the line that kube-proxy's own fakes would not take.
pub fn of(case: &Case) -> Result<Vec<Output>, String> {
    let mut outputs = vec![Output {
        file: "actual.misc.json".to_owned(),
        text: serde_json::to_string_pretty(&state::misc::of(case)).unwrap_or_default(),
    }];
    for family in &case.config.ip_families {
        outputs.extend(of_family(case, *family).map_err(|error| format!("{} {family}: {error}", case.name))?);
    }
    Ok(outputs)
}

fn of_family(case: &Case, family: Family) -> Result<Vec<Output>, String> {
    let iptables = iptables::full_sync(&case.cluster, &case.config, family);
    let nftables = nftables::full_sync(&case.cluster, &case.config, family);
    let ipvs = ipvs::full_sync(&case.cluster, &case.config, family);
    let outputs = [
        ("iptables-save", state::iptables::after(&iptables.jumps, &iptables.restore)?),
        ("iptables-restore", iptables.restore),
        ("nft", state::nftables::after(&nftables.transaction)?),
        ("nft-transaction", nftables.transaction),
        ("ipvs.json", ipvs_json(&ipvs)),
        ("ipvs.iptables-save", state::iptables::after(&ipvs.jumps, &ipvs.restore)?),
        ("ipvs.iptables-restore", ipvs.restore),
    ];
    Ok(outputs.map(|(kind, text)| Output { file: file_name("actual", family, kind), text }).into())
}

fn ipvs_json(sync: &ipvs::Sync) -> String {
    serde_json::to_string_pretty(&State::of(sync)).unwrap_or_default()
}
