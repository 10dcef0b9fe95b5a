//! ipsets: named sets that iptables rules ask with `-m set`.

/// The sets of a node, by name.
#[derive(Clone, Debug, Default)]
pub struct IpSets;
