//! Listings of the real tools, recorded, come back byte for byte when they are read and printed, and no piece of one
//! makes a parser fail in another way than by saying what is wrong.

use std::fs;
use std::path::Path;

use datapath_core::dump::{Kind, split};
use datapath_core::iproute::{address, route, rule};
use datapath_core::net::Family;
use datapath_core::netfilter::conntrack::listing as conntrack;
use datapath_core::source::Diagnostic;

/// Reads a text and prints it again.
type Again = fn(&str) -> Result<String, Vec<Diagnostic>>;

fn recordings(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/tools").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut texts: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("a text")))
        .collect();
    texts.sort();
    texts
}

fn check(texts: &[(String, String)], again: Again, expected: impl Fn(&str) -> String) {
    assert!(!texts.is_empty(), "no recordings");
    for (name, text) in texts {
        let printed = again(text).unwrap_or_else(|errors| panic!("{name}: {}", said(&errors)));
        pretty(name, &expected(text), &printed);
        pretty(name, &printed, &again(&printed).unwrap_or_else(|errors| panic!("{name}: {}", said(&errors))));
        pretty(name, &printed, &again(&text.replace('\n', "\r\n")).unwrap_or_default());
        mutilated(text, again);
    }
}

fn pretty(name: &str, expected: &str, printed: &str) {
    for (number, (expected, printed)) in (1..).zip(expected.lines().zip(printed.lines())) {
        assert_eq!(printed, expected, "{name}, line {number}");
    }
    assert_eq!(printed.len(), expected.len(), "{name}: one of them has more lines");
}

fn said(errors: &[Diagnostic]) -> String {
    errors.iter().map(|error| format!("{error}\n")).collect()
}

/// Cut short, with a word out of place, with a byte that does not belong there.
fn mutilated(text: &str, again: Again) {
    let located = |text: &str| {
        if let Err(errors) = again(text) {
            let lines = u32::try_from(text.lines().count()).expect("a short text");
            assert!(errors.iter().all(|error| (1..=lines.max(1)).contains(&error.position.line)), "{}", said(&errors));
            assert!(errors.iter().all(|error| !error.advice.is_empty()), "{}", said(&errors));
        }
    };
    for (at, _) in text.char_indices().step_by(7) {
        located(&text[..at]);
    }
    for at in (0..text.len()).step_by(97).filter(|at| text.is_char_boundary(*at)) {
        located(&format!("{}\u{0}é\u{202e} {}", &text[..at], &text[at..]));
    }
    let lines: Vec<_> = text.lines().collect();
    for number in 0..lines.len().min(40) {
        let words: Vec<_> = lines[number].split_whitespace().rev().collect();
        located(&[&lines[..number], &[words.join(" ").as_str()], &lines[number + 1..]].concat().join("\n"));
    }
}

#[test]
fn conntrack_lists() {
    let again = |text: &str| conntrack::parse(text).map(|listing| listing.to_string());
    check(&recordings("conntrack"), again, |text| {
        let lines = text.lines().filter(|line| !line.starts_with("conntrack v"));
        lines.map(|line| format!("{}\n", line.trim_end())).collect()
    });
}

/// The recordings of iproute2 whose names begin so.
fn iproute(prefix: &str) -> Vec<(String, String)> {
    let mut texts = recordings("iproute");
    texts.retain(|(path, _)| path.rsplit('/').next().is_some_and(|name| name.starts_with(prefix)));
    texts
}

#[test]
fn ip_lists() {
    let addresses: Again = |text| address::parse(text).map(|listing| listing.to_string()).map_err(|error| vec![error]);
    let routes: Again = |text| route::parse(text).map(|listing| listing.to_string()).map_err(|error| vec![error]);
    let rules: Again = |text| rule::parse(text, None).map(|rules| rule::list(&rules)).map_err(|error| vec![error]);
    let files = [
        (addresses, ["addr", "link", "model-addr", "model-node"].as_slice()),
        (routes, &["route", "model-route"]),
        (rules, &["rule", "model-rule"]),
    ];
    for (again, prefixes) in files {
        for prefix in prefixes {
            check(&iproute(prefix), again, str::to_owned);
        }
    }
}

/// What the name of a recording says it is.
enum Recorded {
    Of(Kind),
    /// The rules of one table, which the text does not name.
    Rules,
    NoDump,
}

fn recorded(path: &Path) -> Option<Recorded> {
    let path = path.to_string_lossy();
    let name = path.rsplit('/').next()?;
    let family = if name.contains("v6") { Family::V6 } else { Family::V4 };
    let has = |part: &str| path.contains(part);
    Some(Recorded::Of(match name {
        _ if has("tools/conntrack/") => Kind::Conntrack,
        _ if has("tools/iproute/") && (has("addr") || has("link") || has("node")) => Kind::IpAddress,
        _ if has("tools/iproute/") && has("route") && !has("/rule") && !has("-rule") => Kind::IpRoute,
        _ if has("tools/iproute/") => Kind::IpRule,
        "save.txt" if has("tools/ipset/") => Kind::IpsetSave,
        "rules.v4" | "rules.v6" => Kind::IptablesSave(family),
        "ipvsadm-save.txt" | "ipvsadm-restore.txt" => Kind::IpvsadmSave,
        // What was typed in sessions, which is no dump.
        _ if has("cases/shell/") => return None,
        _ if has(".commands") => return Some(Recorded::Rules),
        "cluster.yaml" => return Some(Recorded::NoDump),
        _ if name.ends_with("nft-transaction") || name.ends_with("nft") => Kind::Nft,
        _ => return None,
    }))
}

#[test]
fn recordings_are_recognised_line_by_line() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(recorded) = recorded(&path).filter(|_| !path.ends_with("record.sh")) {
                let text = fs::read_to_string(&path).expect("a text");
                // A cluster without objects has no rules of its own either.
                if !text.trim().is_empty() {
                    check_kind(&path, &text, &recorded);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 500, "only {count} recordings");
}

fn check_kind(path: &Path, text: &str, recorded: &Recorded) {
    let parts = split(text);
    let kinds = parts.as_ref().map(|parts| parts.texts.keys().copied().collect::<Vec<_>>());
    let unknown = parts.map(|parts| parts.unknown).unwrap_or_default();
    let path = path.display();
    match recorded {
        Recorded::Of(kind) => {
            assert_eq!((kinds, unknown), (Some(vec![*kind]), Vec::new()), "{path}");
        }
        Recorded::Rules => {
            let kinds = kinds.unwrap_or_default();
            assert!(
                matches!(kinds.as_slice(), [Kind::IptablesRules(..)]) && unknown.is_empty(),
                "{path}: {kinds:?} {unknown:?}"
            );
        }
        Recorded::NoDump => assert_eq!(kinds, None, "{path}"),
    }
}
