use super::Node;
use crate::iptables;
use crate::nftables;
use crate::trace::{ChainId, RuleId};

impl Node {
    /// A chain as its tool names it, with its table where names repeat: `nat KUBE-SERVICES`; empty if it is gone.
    pub fn chain_name(&self, id: ChainId) -> String {
        match id {
            ChainId::Iptables { family, table, .. } => {
                self.iptables.of(family).chain_name(id).map_or_else(String::new, |name| format!("{table} {name}"))
            }
            ChainId::Nftables { .. } => {
                nftables::chain_name(&self.nftables, id).map_or_else(String::new, |name| name.to_string())
            }
        }
    }

    /// A rule as its tool prints it; empty if it is gone.
    pub fn rule_text(&self, id: RuleId) -> String {
        let text = match id.chain {
            ChainId::Iptables { family, .. } => iptables::rule_text(self.iptables.of(family), id),
            ChainId::Nftables { .. } => nftables::rule_text(&self.nftables, id),
        };
        text.unwrap_or_default()
    }

    /// Whether the kernel itself calls the chain, at a hook.
    pub fn is_base_chain(&self, id: ChainId) -> bool {
        match id {
            ChainId::Iptables { family, .. } => {
                self.iptables.of(family).chain(id).is_some_and(|chain| chain.base.is_some())
            }
            ChainId::Nftables { .. } => nftables::is_base_chain(&self.nftables, id),
        }
    }
}
