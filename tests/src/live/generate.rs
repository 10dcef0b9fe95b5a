//! Cases by number.

use datapath_core::net::Family;

use super::dice::Dice;
use super::script::{self, Step};
use super::{iptables, nftables, place};
use crate::kernel::{Case, Load};

/// The tools whose rules are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Legacy,
    OverNfTables,
    Nft,
}

/// The case of a seed: a node with rules of the tool, and what is sent to it.
pub fn case(tool: Tool, seed: u64) -> (Case, Vec<Step>) {
    let dice = &mut Dice::new(seed);
    let family = if dice.one_in(4) { Family::V6 } else { Family::V4 };
    let mut case = place::node(format!("{tool:?} {seed}"));
    let program = match family {
        Family::V4 => "iptables",
        Family::V6 => "ip6tables",
    };
    match tool {
        Tool::Legacy => {
            case.load.push(fed("ipset restore", iptables::SETS));
            case.load.push(fed(&format!("{program}-legacy-restore"), &iptables::rules(dice, family)));
        }
        Tool::OverNfTables => {
            case.load.push(fed("ipset restore", iptables::SETS));
            case.load.push(fed(&format!("{program}-nft-restore"), &iptables::rules(dice, family)));
        }
        Tool::Nft => case.load.push(fed("nft -f -", &nftables::script(dice, family))),
    }
    (case, script::steps(dice, family))
}

/// A case whose rules need everything of the kernel that generated ones may need.
pub fn everything(tool: Tool) -> Case {
    let mut case = place::node(format!("{tool:?} everything"));
    let sets = || fed("ipset restore", iptables::SETS);
    case.load = match tool {
        Tool::Legacy => vec![
            sets(),
            fed("iptables-legacy-restore", iptables::EVERYTHING),
            fed("ip6tables-legacy-restore", "*nat\n-A PREROUTING -j REDIRECT\nCOMMIT\n"),
        ],
        Tool::OverNfTables => vec![
            sets(),
            fed("iptables-nft-restore", iptables::EVERYTHING),
            fed("ip6tables-nft-restore", "*nat\n-A PREROUTING -j REDIRECT\nCOMMIT\n"),
        ],
        Tool::Nft => vec![fed("nft -f -", nftables::EVERYTHING)],
    };
    case
}

fn fed(command: &str, text: &str) -> Load {
    Load::Fed(command.split(' ').map(str::to_owned).collect(), text.to_owned())
}
