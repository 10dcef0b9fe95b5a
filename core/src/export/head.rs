//! The comments at the start of a file of rules.

use super::Subject;

pub(super) const MADE_BY: &str = "Made by Datapath Lab.";

/// The network namespace that the comments name, in which rules can be tried without harm.
pub(super) const NAMESPACE: &str = "kube-proxy-lab";

/// Comments in `#` lines, which all of the tools take: what it is, what it needs, how to load and to undo it.
pub(super) struct Head<'a> {
    pub what: &'a str,
    pub needs: &'a [String],
    pub load: &'a str,
    pub undo: &'a str,
}

impl Head<'_> {
    pub fn write(&self, subject: &Subject<'_>) -> String {
        let Head { what, needs, load, undo } = self;
        let (node, mode) = (&subject.node.name, subject.mode);
        let mut lines = vec![
            format!("{what} of node {node} under kube-proxy v1.36 in mode {mode}. {MADE_BY}"),
            format!(
                "In a namespace of its own it harms nobody: ip netns add {NAMESPACE}; ip netns exec {NAMESPACE} sh"
            ),
        ];
        lines.extend(needs.iter().map(|needed| format!("Needs: {needed}")));
        lines.push(format!("Load: {load}"));
        lines.push(format!("Undo: {undo}"));
        lines.iter().map(|line| format!("# {line}\n")).collect()
    }
}

/// A name of a file for a node: `worker-1.iptables.rules`.
pub(super) fn file_name(subject: &Subject<'_>, rest: &str) -> String {
    format!("{}.{rest}", subject.node.name)
}
