//! Single rules in nft's every spelling, against what the real nft 1.0.6 listed after loading them
//! (`nftables_rules.txt`, recorded by `nftables_record.sh`).

use datapath_core::nftables::{Ruleset, apply, list};

/// A rule, where it was loaded, and nft's answer.
#[derive(Clone, Copy)]
struct Recorded<'a> {
    family: &'a str,
    kind: &'a str,
    hook: &'a str,
    rule: &'a str,
    /// The rule as it was listed, or why it was refused.
    answer: Result<&'a str, &'a str>,
}

fn recorded() -> Vec<Recorded<'static>> {
    let mut place = ["ip", "filter", "input"];
    let mut found = Vec::new();
    for line in include_str!("nftables_rules.txt").lines().filter(|line| !line.is_empty()) {
        if let Some(heading) = line.strip_prefix("# ") {
            let words: Vec<_> = heading.split(' ').collect();
            place = words.try_into().unwrap();
            continue;
        }
        let (rule, answer) = line.split_once('\t').unwrap();
        let answer = answer.strip_prefix("! ").map_or(Ok(answer), Err);
        found.push(Recorded { family: place[0], kind: place[1], hook: place[2], rule, answer });
    }
    found
}

fn load(recorded: &Recorded) -> Result<String, String> {
    let Recorded { family, kind, hook, rule, .. } = recorded;
    let text = format!(
        "table {family} t {{\n chain c2 {{}}\n chain c {{ type {kind} hook {hook} priority 0; }}\n}}\nadd rule {family} t c {rule}\n"
    );
    let mut ruleset = Ruleset::default();
    match apply(&mut ruleset, &text) {
        Ok(()) => {
            let listing = list(&ruleset);
            let line = listing.lines().skip_while(|line| *line != "\tchain c {").nth(2).unwrap_or_default();
            Ok(line.trim_start_matches('\t').to_owned())
        }
        Err(complaints) => Err(complaints[0].to_string()),
    }
}

/// Syntax that is only kept is not checked and keeps its spelling; nft's own spelling comes out unchanged.
fn is_kept(row: &Recorded) -> bool {
    let words = ["rt ", "socket ", "ct secmark", "exthdr ", "dnat ip prefix", "osf ", "dup "];
    let unchanged = row.answer.is_err()
        || load(&Recorded { rule: row.answer.unwrap_or_default(), ..*row }).ok().as_deref() == row.answer.ok();
    words.iter().any(|word| row.rule.contains(word)) && unchanged
}

/// What this kernel lacks (`nft_queue`, `nft_rt` for MSS) says nothing about the rule.
fn is_the_kernels_lack(reason: &str, rule: &str) -> bool {
    (rule.starts_with("queue") && reason.contains("No such file")) || rule.contains("rt mtu")
}

#[test]
fn every_rule_lists_as_nft_lists_it_or_is_refused_as_well() {
    let mut wrong = Vec::new();
    let rows = recorded();
    for row in &rows {
        let found = load(row);
        let agrees = match (&row.answer, &found) {
            (Ok(listed), Ok(found)) => listed == found,
            (Err(reason), _) if is_the_kernels_lack(reason, row.rule) => true,
            (Err(_), Err(_)) => true,
            _ => false,
        };
        if !agrees && !is_kept(row) {
            wrong.push(format!("{} {}: {}\n  nft: {:?}\n  own: {found:?}", row.family, row.hook, row.rule, row.answer));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn what_was_listed_lists_as_itself() {
    let mut wrong = Vec::new();
    for mut row in recorded() {
        let Ok(listed) = load(&row) else { continue };
        row.rule = &listed;
        let again = load(&row);
        // Intervals that were merged into one are one element now, and lose their braces, as in real nft.
        let unbraced = listed.replacen("{ ", "", 1).replacen(" }", "", 1);
        if again.as_deref() != Ok(&listed) && again.as_deref() != Ok(&unbraced) {
            wrong.push(format!("{}: {listed}\n  again: {again:?}", row.family));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
