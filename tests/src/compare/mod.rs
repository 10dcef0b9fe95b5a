//! Compares what was translated with what was recorded.
//!
//! In: two texts of the same format. Out: what differs, as lines. Forgiven is only what the order
//! of Go's maps decides in the real kube-proxy: in which order services come, chains are declared
//! and elements added. The order of the rules of one service in a chain counts.

pub mod iptables;
pub mod ipvs;
pub mod nftables;

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How two lists of lines differ, in at most [`SHOWN`] lines; `None` if they are equal.
pub fn difference(recorded: &[String], actual: &[String]) -> Option<String> {
    if recorded == actual {
        return None;
    }
    let mut surplus: BTreeMap<&str, i64> = BTreeMap::new();
    for line in recorded {
        *surplus.entry(line).or_default() -= 1;
    }
    for line in actual {
        *surplus.entry(line).or_default() += 1;
    }
    let mut lines: Vec<String> = Vec::new();
    for (line, count) in surplus.into_iter().filter(|(_, count)| *count != 0) {
        lines.push(format!("{} {line}", if count < 0 { "-" } else { "+" }));
    }
    if lines.is_empty() {
        let first = recorded.iter().zip(actual).find(|(one, other)| one != other);
        lines.extend(first.map(|(one, other)| format!("order: recorded\n    {one}\n  before\n    {other}")));
    }
    let mut text = String::new();
    for line in lines.iter().take(SHOWN) {
        let _ = writeln!(text, "  {line}");
    }
    if lines.len() > SHOWN {
        let _ = writeln!(text, "  and {} more", lines.len() - SHOWN);
    }
    Some(text)
}

const SHOWN: usize = 8;

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn names_what_is_missing_surplus_or_out_of_order() {
        let lines = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(difference(&lines(&["a", "b"]), &lines(&["a", "b"])), None);
        assert_eq!(difference(&lines(&["a", "b"]), &lines(&["b", "c"])).as_deref(), Some("  - a\n  + c\n"));
        let order = difference(&lines(&["a", "b"]), &lines(&["b", "a"]));
        assert!(order.is_some_and(|text| text.contains("order")));
    }
}
