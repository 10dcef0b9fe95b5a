//! kube-proxies that go on: what kube-proxy v1.36.2 wrote first, and after each of a few random changes.

use std::fs;
use std::path::Path;

use datapath_tests::case::Case;
use datapath_tests::compare::{self, difference};
use datapath_tests::{later, output};

#[test]
fn every_sync_is_the_recorded_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/kube-proxy-syncs");
    let cases = Case::read_all(&folder).unwrap_or_else(|error| panic!("{error}"));
    assert!(!cases.is_empty());
    let mut differing = Vec::new();
    for case in &cases {
        let mut outputs = output::of(case).unwrap_or_else(|error| panic!("{error}"));
        outputs.extend(later::of(case).unwrap_or_else(|error| panic!("{error}")));
        for file in recordings(case) {
            let actual = outputs.iter().find(|output| output.file == file.replacen("expected", "actual", 1));
            let actual = &actual.unwrap_or_else(|| panic!("{}: nothing to compare with {file}", case.name)).text;
            let recorded =
                fs::read_to_string(case.folder.join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            if let Some(difference) = difference(&canonical(&file, &recorded), &canonical(&file, actual)) {
                differing.push(format!("{}/{file}\n{difference}", case.name));
            }
        }
    }
    assert!(differing.is_empty(), "{} differ:\n{}", differing.len(), differing.join("\n"));
}

/// The names of the recordings of a case, of which each mode has one for every state of the cluster.
fn recordings(case: &Case) -> Vec<String> {
    let entries = fs::read_dir(&case.folder).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let (recordings, given): (Vec<_>, Vec<_>) = names.partition(|name| name.starts_with("expected."));
    let states = given.iter().filter(|name| name.ends_with(".yaml")).count();
    let families = case.config.ip_families.len();
    for kind in ["iptables-restore", "nft-transaction", "ipvs.json", "ipvs.iptables-restore"] {
        let of_kind = recordings.iter().filter(|name| is_of_kind(name, kind));
        assert_eq!(of_kind.count(), states * families, "{}: {kind}", case.name);
    }
    recordings
}

/// Whether a recording is of this kind; the input of `iptables-restore` is one of two modes.
fn is_of_kind(name: &str, kind: &str) -> bool {
    name.ends_with(&format!(".{kind}")) && (kind.starts_with("ipvs") || !name.contains(".ipvs."))
}

fn canonical(file: &str, text: &str) -> Vec<String> {
    if file.ends_with(".json") {
        let state = serde_json::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        compare::ipvs::canonical(&state)
    } else if file.ends_with(".nft-transaction") {
        compare::nftables::canonical(text)
    } else {
        compare::iptables::canonical(text)
    }
}
