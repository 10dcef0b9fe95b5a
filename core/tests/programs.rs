//! Whole rulesets of real programs, as the kernel gave them back (`tests/cases/programs/record.sh`): what is pasted is
//! read, printed back as it was, and evaluated but for what is listed here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use datapath_core::ipset::{self, IpSets};
use datapath_core::iptables::{self, Match, Tables, Target};
use datapath_core::net::Family;
use datapath_core::netfilter::XtTable;
use datapath_core::nftables::{self, Ruleset, Statement};

fn programs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/programs");
    let mut found: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

/// The recordings with this name, by the name of the program.
fn recordings(file: &str) -> Vec<(String, String)> {
    let read = |program: PathBuf| {
        let text = fs::read_to_string(program.join(file)).ok()?;
        Some((format!("{}/{file}", program.file_name()?.to_string_lossy()), text))
    };
    let found: Vec<_> = programs().into_iter().filter_map(read).collect();
    assert!(found.len() > 2, "only {} of {file} were found", found.len());
    found
}

fn difference(name: &str, recorded: &str, printed: &str) -> Option<String> {
    let (recorded, printed): (Vec<_>, Vec<_>) = (recorded.lines().collect(), printed.lines().collect());
    let at = (0..recorded.len().max(printed.len())).find(|at| recorded.get(*at) != printed.get(*at))?;
    Some(format!("{name}, line {}\n  kernel {:?}\n  model  {:?}", at + 1, recorded.get(at), printed.get(at)))
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

fn loaded(family: Family, name: &str, text: &str) -> Result<Tables, String> {
    let mut tables = Tables::new(family);
    iptables::restore(&mut tables, text, true).map_err(|refused| format!("{name}: {}", refused[0]))?;
    Ok(tables)
}

fn of_iptables() -> Vec<(Family, String, String)> {
    [(Family::V4, "rules.v4"), (Family::V6, "rules.v6")]
        .into_iter()
        .flat_map(|(family, file)| recordings(file).into_iter().map(move |(name, text)| (family, name, text)))
        .collect()
}

#[test]
fn iptables_rules_come_back_as_they_were_saved() {
    let mut faults = Vec::new();
    for (family, name, text) in of_iptables() {
        // Policies count, and each table has a line of when.
        let plain: String = text.lines().filter(|line| !line.starts_with('#')).map(without_counts).collect();
        match loaded(family, &name, &text) {
            Ok(tables) => {
                let printed = iptables::save(&tables);
                let printed: String =
                    printed.lines().filter(|line| !line.starts_with('#')).map(without_counts).collect();
                faults.extend(difference(&name, &sorted_tables(&plain), &sorted_tables(&printed)));
            }
            Err(refused) => faults.push(refused),
        }
    }
    assert_none(&faults);
}

fn without_counts(line: &str) -> String {
    let line = if line.starts_with(':') { line.split(" [").next().unwrap_or(line) } else { line };
    with_end(line)
}

/// The table that was used first comes last, and `restore` uses those first that come first.
fn sorted_tables(text: &str) -> String {
    let mut tables: Vec<_> = text.split("COMMIT\n").collect();
    tables.sort_unstable();
    tables.join("COMMIT\n")
}

/// nft has words of its own for what only iptables-nft can read (`xt`), ARP is none of a node's that routes, and that no
/// packet of the model has a header for routing is known (`rt type`).
#[test]
fn every_nft_statement_is_evaluated() {
    let mut kept = BTreeSet::new();
    for (name, text) in recordings("rules.nft") {
        let mut ruleset = Ruleset::default();
        if nftables::apply(&mut ruleset, &text).is_err() {
            continue;
        }
        let rules = ruleset.tables().flat_map(|(_, table)| table.chains.iter()).flat_map(|(_, chain)| &chain.rules);
        kept.extend(rules.flat_map(|rule| &rule.statements).filter_map(|statement| match statement {
            Statement::Unknown(words) if !["xt ", "arp ", "rt type "].iter().any(|known| words.contains(known)) => {
                Some(format!("{name}: {words}"))
            }
            _ => None,
        }));
    }
    assert_none(&kept.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_iptables_rule_is_evaluated() {
    let mut kept = BTreeSet::new();
    for (family, name, text) in of_iptables() {
        let Ok(tables) = loaded(family, &name, &text) else { continue };
        for table in XtTable::ALL {
            for rule in tables.chains(table).flat_map(|chain| tables.rules(chain)).map(|(_, rule)| rule) {
                kept.extend(rule.matches.iter().filter_map(|test| match test {
                    Match::Kept(kept) => Some(format!("{name}: -m {}{}", kept.name, kept.options)),
                    _ => None,
                }));
                if let Target::Kept(target) = &rule.target {
                    kept.insert(format!("{name}: -j {}{}", target.name, target.options));
                }
            }
        }
    }
    assert_none(&kept.into_iter().collect::<Vec<_>>());
}

/// Rules that are iptables-nft's come back as nft lists them once it has read them itself, but for what it cannot read.
#[test]
fn nft_rulesets_come_back_as_they_were_listed() {
    let mut faults = Vec::new();
    let relisted: BTreeMap<_, _> = recordings("relisted.nft").into_iter().collect();
    for (name, text) in recordings("rules.nft") {
        let mut ruleset = Ruleset::default();
        if let Err(refused) = nftables::apply(&mut ruleset, &text) {
            faults.push(format!("{name}: {}", refused[0]));
            continue;
        }
        let listed = nftables::list(&ruleset);
        faults.extend(match relisted.get(&name.replace("rules", "relisted")) {
            Some(relisted) => {
                let listed: String = listed.lines().filter(|line| !line.contains(" xt ")).map(with_end).collect();
                difference(&name, relisted, &listed)
            }
            None => difference(&name, &text, &listed),
        });
    }
    assert_none(&faults);
}

fn with_end(line: &str) -> String {
    format!("{line}\n")
}

/// The JSON of a ruleset says the same as its listing, but for what JSON has no words for.
#[test]
fn nft_json_is_the_ruleset_that_was_listed() {
    const UNSAID: [&str; 4] = ["flags dynamic", "auto-merge", "flags interval", "comment \"rules for"];
    let said = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !UNSAID.iter().any(|unsaid| line.contains(unsaid)));
        // Neither are comments of chains, and what iptables-nft's rules ask.
        let lines = lines.filter(|line| !line.trim_start().starts_with("comment ") && !line.contains("xt "));
        lines.map(str::to_owned).collect()
    };
    let mut faults = Vec::new();
    let json: BTreeMap<_, _> = recordings("rules.json").into_iter().collect();
    for (name, text) in recordings("rules.nft") {
        let mut listed = Ruleset::default();
        nftables::apply(&mut listed, &text).unwrap();
        let mut read = Ruleset::default();
        match nftables::json::apply(&mut read, &json[&name.replace("rules.nft", "rules.json")], 0) {
            // Of rules that are iptables-nft's JSON says even less.
            Ok(()) if name.contains("-nft/") => {}
            Ok(()) => {
                let (listed, read) = (said(&nftables::list(&listed)), said(&nftables::list(&read)));
                faults.extend(difference(&name, &listed.join("\n"), &read.join("\n")));
            }
            Err(refused) => faults.push(format!("{name}: {}", refused[0])),
        }
    }
    assert_none(&faults);
}

/// Elements are in the order of the kernel's hash tables, which begin at random.
fn sorted(text: &str) -> String {
    let mut lines: Vec<_> = text.lines().map(with_end).collect();
    lines.sort_by_key(|line| line.split(' ').nth(1).unwrap_or_default().to_owned() + line);
    lines.concat()
}

#[test]
fn sets_come_back_as_they_were_saved() {
    let mut faults = Vec::new();
    for (name, text) in recordings("sets.ipset") {
        let mut sets = IpSets::default();
        match ipset::restore(&mut sets, &text, false, 0) {
            Ok(()) => faults.extend(difference(&name, &sorted(&text), &sorted(&ipset::save(&sets, 0)))),
            Err(refused) => faults.push(format!("{name}: {refused}")),
        }
    }
    assert_none(&faults);
}
