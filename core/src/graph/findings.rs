use super::{Dead, Reach};
use crate::message;
use crate::message::Message;
use crate::node::Node;
use crate::trace::{ChainId, RuleId};

/// What no packet comes to in a node's rules, as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    pub chains: Vec<Finding>,
    pub rules: Vec<Finding>,
    /// Chains that lead back to themselves, in words.
    pub cycles: Vec<String>,
    /// Chains and rules that are not listed.
    pub more: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The chain, or the rule's own text.
    pub text: String,
    /// A sentence without a full stop.
    pub why: Message,
    /// The chain, or that of the rule.
    pub chain: ChainId,
}

impl Findings {
    /// Chains, and rules of chains that packets do come to; of each so many at most.
    pub fn of(node: &Node, reach: &Reach, most: usize) -> Self {
        let mut found =
            Self { cycles: reach.cycles().iter().map(|cycle| circle(node, cycle)).collect(), ..Self::default() };
        for chain in reach.dead_chains() {
            if found.chains.len() == most {
                found.more += 1;
                continue;
            }
            let why = message!("finding-chain");
            found.chains.push(Finding { text: node.chain_name(chain), why, chain });
        }
        for rule in reach.dead_rules() {
            let Some(Dead::Behind(last)) = reach.dead(rule) else { continue };
            if found.rules.len() == most {
                found.more += 1;
                continue;
            }
            found.rules.push(Finding { text: node.rule_text(rule), why: why_behind(node, last), chain: rule.chain });
        }
        found
    }

    pub fn is_empty(&self) -> bool {
        self.chains.is_empty() && self.rules.is_empty() && self.cycles.is_empty()
    }
}

impl Reach {
    /// Why no packet comes to a rule, in a sentence without a full stop; none if one may.
    pub fn why_dead(&self, node: &Node, rule: RuleId) -> Option<Message> {
        self.dead(rule).map(|dead| match dead {
            Dead::Chain => message!("finding-in-chain", chain = node.chain_name(rule.chain)),
            Dead::Behind(last) => why_behind(node, last),
        })
    }
}

fn why_behind(node: &Node, last: RuleId) -> Message {
    message!("finding-behind", rule = node.rule_text(last))
}

/// `A → B → A`
fn circle(node: &Node, cycle: &[ChainId]) -> String {
    let names = cycle.iter().chain(cycle.first()).map(|chain| node.chain_name(*chain));
    names.collect::<Vec<_>>().join(" → ")
}

#[cfg(test)]
mod tests {
    use super::Findings;
    use crate::graph::{Reach, draw};
    use crate::iptables;
    use crate::net::Family;
    use crate::node::Node;

    #[test]
    fn dead_rules_and_chains_are_told_with_why() {
        let mut node = Node::new("node".into());
        let text = "*filter\n:INPUT ACCEPT [0:0]\n:UNUSED - [0:0]\n:USED - [0:0]\n-A INPUT -p tcp -j USED\n-A INPUT -j DROP\n\
            -A INPUT -p udp -j ACCEPT\n-A UNUSED -j RETURN\n-A USED -j RETURN\nCOMMIT\n";
        iptables::restore(node.iptables.of_mut(Family::V4), text, false).expect("it loads");
        let reach = Reach::of(&node);
        let found = Findings::of(&node, &reach, 10);
        assert_eq!(found.chains.len(), 1);
        assert_eq!(found.chains[0].text, "filter UNUSED");
        assert_eq!(found.rules.len(), 1);
        assert!(
            found.rules[0].text.contains("-p udp") && found.rules[0].why.to_string().contains("-j DROP"),
            "{found:?}"
        );
        assert_eq!(Findings::of(&node, &reach, 0).more, 2);
        let picture = draw(&node, None, Some(&reach));
        let dead: Vec<_> = picture.vertices.iter().filter(|vertex| vertex.dead).map(|vertex| &*vertex.label).collect();
        assert_eq!(dead, ["filter UNUSED"]);
    }
}
