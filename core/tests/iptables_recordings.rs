//! What `iptables-restore` loads, `iptables-save` gives back: judged by recordings of a real kernel.

use std::fs;
use std::path::{Path, PathBuf};

use datapath_core::iptables::{Tables, restore, save};
use datapath_core::net::Family;

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/kube-proxy");
    let mut cases: Vec<_> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

fn load(family: Family, text: &str) -> Tables {
    let mut tables = Tables::new(family);
    if let Err(diagnostics) = restore(&mut tables, text, true) {
        panic!("{}", diagnostics[0]);
    }
    tables
}

/// What was printed, loaded again, prints the same.
fn reload(tables: &mut Tables, text: &str, case: &Path) {
    if let Err(diagnostics) = restore(tables, text, false) {
        panic!("{}: {}", case.display(), diagnostics[0]);
    }
    let difference = difference(text, &save(tables));
    assert_eq!(difference, None, "printed, read and printed: {}", case.display());
}

/// The first line in which two texts differ.
fn difference(expected: &str, found: &str) -> Option<String> {
    let lines = expected.lines().zip(found.lines());
    let differing = lines.enumerate().find(|(_, (expected, found))| expected != found);
    match differing {
        Some((index, (expected, found))) => Some(format!("line {}\n  kernel {expected}\n  model  {found}", index + 1)),
        None if expected.lines().count() != found.lines().count() => Some("one text is longer".to_owned()),
        None => None,
    }
}

fn check(infix: &str, family: Family) -> (usize, Vec<String>) {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for case in cases() {
        let Ok(kernel) = fs::read_to_string(case.join(format!("expected.{infix}kernel-iptables-save"))) else {
            continue;
        };
        let input = fs::read_to_string(case.join(format!("expected.{infix}iptables-restore"))).unwrap();
        compared += 1;
        let mut tables = load(family, &input);
        let found = save(&tables);
        if let Some(difference) = difference(&kernel, &found) {
            wrong.push(format!("{}: {difference}", case.display()));
        }
        reload(&mut tables, &found, &case);
    }
    (compared, wrong)
}

#[test]
fn kube_proxy_rules_come_back_as_from_the_kernel() {
    let (v4, mut wrong) = check("", Family::V4);
    let (v6, wrong_v6) = check("v6.", Family::V6);
    wrong.extend(wrong_v6);
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), v4 + v6, wrong.join("\n"));
    assert!(v4 > 0 && v6 > 0, "no recordings found");
}

/// The iptables side of IPVS mode: recorded on Linux 6.18 with the sets of the case in place. Cases with
/// `-m ipvs` are not among them, since that kernel has none.
#[test]
fn ipvs_mode_rules_come_back_as_from_the_kernel() {
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/iptables/ipvs");
    let mut compared = 0;
    for entry in fs::read_dir(recordings).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().trim_end_matches(".saved").to_owned();
        let (case, infix, family) = match name.strip_suffix(".v6") {
            Some(case) => (case, "v6.", Family::V6),
            None => (&*name, "", Family::V4),
        };
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/kube-proxy").join(case);
        let input = fs::read_to_string(root.join(format!("expected.{infix}ipvs.iptables-restore"))).unwrap();
        let found = save(&load(family, &input));
        assert_eq!(difference(&fs::read_to_string(&path).unwrap(), &found), None, "{name}");
        compared += 1;
    }
    assert_eq!(compared, 42);
}

#[test]
fn every_recorded_input_loads_and_prints_the_same_again() {
    for case in cases() {
        for (infix, family) in [("", Family::V4), ("v6.", Family::V6)] {
            for kind in ["iptables-restore", "ipvs.iptables-restore"] {
                let Ok(input) = fs::read_to_string(case.join(format!("expected.{infix}{kind}"))) else {
                    continue;
                };
                let mut tables = load(family, &input);
                let found = save(&tables);
                reload(&mut tables, &found, &case);
            }
        }
    }
}
