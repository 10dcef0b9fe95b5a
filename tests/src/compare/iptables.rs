//! `iptables-restore` input, and the state after it in the same format.

use std::collections::BTreeMap;

/// Chains that hold rules of several services, whose order among each other Go's map decides.
const SHARED_CHAINS: [&str; 7] = [
    "filter KUBE-EXTERNAL-SERVICES",
    "filter KUBE-IPVS-OUT-FILTER",
    "filter KUBE-NODEPORTS",
    "filter KUBE-PROXY-FIREWALL",
    "filter KUBE-SERVICES",
    "nat KUBE-NODEPORTS",
    "nat KUBE-SERVICES",
];

/// The one rule that has to come after those of all services; there is one for each node address.
const LAST_RULE: &str = "NOTE: this must be the last rule in this chain";

/// `iptables-restore` input, or a dump, in a form that two syncs of the same cluster share.
pub fn canonical(restore: &str) -> Vec<String> {
    let mut declarations = Vec::new();
    let mut rules: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut table = "";
    let mut tables = Vec::new();
    for line in restore.lines() {
        if let Some(name) = line.strip_prefix('*') {
            table = name;
            tables.push(line.to_owned());
        } else if let Some((chain, rule)) =
            line.strip_prefix("-A ").map(|rule| rule.split_once(' ').unwrap_or((rule, "")))
        {
            rules.entry(format!("{table} {chain}")).or_default().push(rule);
        } else {
            declarations.push(format!("{table} {line}"));
        }
    }
    declarations.sort();
    let mut lines = tables;
    lines.append(&mut declarations);
    for (chain, rules) in rules {
        let rules = if SHARED_CHAINS.contains(&chain.as_str()) { by_service(&chain, rules) } else { rules };
        lines.extend(rules.iter().map(|rule| format!("{chain} {rule}")));
    }
    lines
}

/// Sorts the rules of a shared chain by service port, keeps the order of those of one service port,
/// and leaves the last rules last only if they are.
fn by_service<'r>(chain: &str, mut rules: Vec<&'r str>) -> Vec<&'r str> {
    if chain == "filter KUBE-IPVS-OUT-FILTER" {
        rules.sort_unstable();
        return rules;
    }
    let last = rules.iter().rev().take_while(|rule| rule.contains(LAST_RULE)).count();
    let mut tail = rules.split_off(rules.len() - last);
    tail.sort_unstable();
    rules.sort_by_key(|rule| owner(rule));
    rules.append(&mut tail);
    rules
}

/// The service that the comment names, and the protocol, since comments name no protocols.
fn owner(rule: &str) -> (&str, &str) {
    let after = |option: &str| rule.split_once(option).map_or("", |(_, rest)| rest);
    let word = |text: &'static str| after(text).split(' ').next().unwrap_or_default();
    let comment = after("--comment ");
    let comment = match comment.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => comment.split(' ').next().unwrap_or_default(),
    };
    let service = comment.split(' ').find(|word| word.contains('/')).unwrap_or_default();
    (service, word("-p "))
}

#[cfg(test)]
mod tests {
    use super::canonical;

    const ONE: &str = "-A KUBE-SERVICES -m comment --comment \"a/b:c cluster IP\" -p tcp -j X";
    const OTHER: &str = "-A KUBE-SERVICES -m comment --comment \"a/d cluster IP\" -p tcp -j Y";
    const LAST: &str =
        "-A KUBE-SERVICES -m comment --comment \"x; NOTE: this must be the last rule in this chain\" -j Z";

    fn nat(rules: &[&str]) -> Vec<String> {
        canonical(&format!("*nat\n{}\nCOMMIT\n", rules.join("\n")))
    }

    #[test]
    fn services_may_come_in_any_order() {
        assert_eq!(nat(&[ONE, OTHER, LAST]), nat(&[OTHER, ONE, LAST]));
    }

    #[test]
    fn the_last_rule_may_not_come_before_a_service() {
        assert_ne!(nat(&[ONE, OTHER, LAST]), nat(&[ONE, LAST, OTHER]));
    }

    #[test]
    fn rules_of_one_service_keep_their_order() {
        let again = ONE.replace("cluster", "external");
        assert_ne!(nat(&[ONE, &again]), nat(&[&again, ONE]));
    }
}
