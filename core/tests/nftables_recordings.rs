//! kube-proxy's nftables transactions against what the real kernel gave back after loading them.

use std::fs;
use std::path::{Path, PathBuf};

use datapath_core::nftables::{Ruleset, apply, list};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/kube-proxy")
}

/// The transactions of every case with the kernel's listing, by name.
fn recordings() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut directories: Vec<_> = fs::read_dir(cases()).unwrap().map(|entry| entry.unwrap().path()).collect();
    directories.sort();
    for directory in directories {
        for infix in ["", ".v6"] {
            let read = |name: &str| fs::read_to_string(directory.join(format!("{name}{infix}"))).ok();
            if let (Some(transaction), Some(listing)) = (read("expected.nft-transaction"), read("expected.kernel-nft"))
            {
                let name = directory.file_name().unwrap().to_string_lossy().into_owned();
                found.push((format!("{name}{infix}"), transaction, listing));
            }
        }
    }
    found
}

fn loaded(name: &str, text: &str) -> Ruleset {
    let mut ruleset = Ruleset::default();
    if let Err(complaints) = apply(&mut ruleset, text) {
        let complaints: Vec<_> = complaints.iter().map(ToString::to_string).collect();
        panic!("{name}: {}", complaints.join("\n"));
    }
    ruleset
}

#[track_caller]
fn assert_same(name: &str, expected: &str, found: &str) {
    for (line, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
        assert_eq!(expected, found, "{name}, line {}", line + 1);
    }
    assert_eq!(expected.lines().count(), found.lines().count(), "{name}: lines");
}

#[test]
fn every_transaction_lists_as_the_kernel_listed_it() {
    let recordings = recordings();
    assert!(recordings.len() >= 100, "only {} recordings were found", recordings.len());
    for (name, transaction, listing) in recordings {
        assert_same(&name, &listing, &list(&loaded(&name, &transaction)));
    }
}

/// Loaded again, a listing comes out as it was, but for one thing that real nft does as well: intervals
/// that were merged into one are one element now, and lose their braces.
#[test]
fn every_listing_lists_as_itself() {
    for (name, _, listing) in recordings() {
        let unbraced: Vec<_> = listing.lines().map(without_braces_of_one).collect();
        assert_same(&name, &unbraced.join("\n"), &list(&loaded(&name, &listing)));
    }
}

fn without_braces_of_one(line: &str) -> String {
    let single = line.split_once("addr { ").and_then(|(before, rest)| {
        let (element, after) = rest.split_once(" }")?;
        (!element.contains(',')).then(|| format!("{before}addr {element}{after}"))
    });
    single.unwrap_or_else(|| line.to_owned())
}

#[test]
fn a_transaction_can_be_applied_again() {
    for (name, transaction, _) in recordings() {
        let mut ruleset = loaded(&name, &transaction);
        let complaints = apply(&mut ruleset, &transaction);
        assert!(complaints.is_ok(), "{name}: {complaints:?}");
    }
}

/// Whole rulesets of every kind of object (`nftables_rulesets`, recorded by `nftables_record_rulesets.sh`).
#[test]
fn every_ruleset_lists_as_nft_listed_it() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nftables_rulesets");
    let mut scripts: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "nft"));
    scripts.sort();
    assert!(!scripts.is_empty());
    for script in scripts {
        let name = script.display().to_string();
        let listing = fs::read_to_string(script.with_extension("list")).unwrap();
        assert_same(&name, &listing, &list(&loaded(&name, &fs::read_to_string(&script).unwrap())));
        assert_same(&name, &listing, &list(&loaded(&name, &listing)));
    }
}
