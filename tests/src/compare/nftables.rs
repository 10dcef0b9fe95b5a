//! The transaction that kube-proxy hands to `nft -f -`, and the objects that it leaves.

use std::collections::BTreeMap;

/// A transaction or a dump of objects in a form that two syncs of the same cluster share: rules in order within their
/// chain, all other commands sorted.
pub fn canonical(transaction: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut rules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in transaction.lines() {
        match line.strip_prefix("add rule ") {
            Some(rule) => rules.entry(chain(rule)).or_default().push(line),
            None => commands.push(line.to_owned()),
        }
    }
    commands.sort();
    commands.extend(rules.into_values().flatten().map(ToOwned::to_owned));
    commands
}

/// `ip kube-proxy services` of a rule that starts so.
fn chain(rule: &str) -> &str {
    let end = rule.match_indices(' ').nth(2).map_or(rule.len(), |(end, _)| end);
    &rule[..end]
}
