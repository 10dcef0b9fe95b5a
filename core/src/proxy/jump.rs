use std::fmt;

/// A rule that leads from a built-in chain into one of kube-proxy's. kube-proxy first creates
/// `target`, then prepends the rule unless it is there; what is ensured last therefore comes first
/// in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    pub table: &'static str,
    pub chain: &'static str,
    pub target: &'static str,
    /// Empty for the chain that kubelet shares.
    pub comment: &'static str,
    /// Whether only the first packet of a connection takes it.
    pub new_connections_only: bool,
}

impl Jump {
    pub(super) const fn new(
        table: &'static str,
        chain: &'static str,
        target: &'static str,
        comment: &'static str,
        new_connections_only: bool,
    ) -> Self {
        Self { table, chain, target, comment, new_connections_only }
    }

    /// The matches and the target, as after `iptables -t TABLE -I CHAIN`.
    pub fn rule(&self) -> String {
        let mut rule = String::new();
        if self.new_connections_only {
            rule.push_str("-m conntrack --ctstate NEW ");
        }
        if !self.comment.is_empty() {
            rule.push_str("-m comment --comment \"");
            rule.push_str(self.comment);
            rule.push_str("\" ");
        }
        rule.push_str("-j ");
        rule.push_str(self.target);
        rule
    }
}

/// The arguments of the `iptables` command that adds it.
impl fmt::Display for Jump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "-t {} -I {} {}", self.table, self.chain, self.rule())
    }
}
