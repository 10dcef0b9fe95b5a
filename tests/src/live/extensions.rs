//! Matches of iptables that depend on the table or the hook that they stand in.

use datapath_core::net::Family;
use datapath_core::netfilter::{Hook, XtTable};

use super::dice::Dice;

/// Where a rule stands; no hook in a chain of the user's that several may reach.
#[derive(Clone, Copy)]
pub struct Spot {
    pub family: Family,
    pub table: XtTable,
    pub hook: Option<Hook>,
}

/// A match that is allowed there, with the blank before it.
pub fn test(dice: &mut Dice, spot: Spot) -> String {
    let not = if dice.one_in(4) { " !" } else { "" };
    let of_hook = match spot.hook {
        Some(hook) if dice.one_in(2) => at_hook(dice, spot, hook, not),
        _ => None,
    };
    of_hook.unwrap_or_else(|| anywhere(dice, not))
}

fn at_hook(dice: &mut Dice, spot: Spot, hook: Hook, not: &str) -> Option<String> {
    let early = matches!(hook, Hook::Prerouting | Hook::Input);
    Some(match dice.below(4) {
        0 | 1 if hook == Hook::Prerouting && matches!(spot.table, XtTable::Raw | XtTable::Mangle) => {
            let options = ["", " --loose", " --accept-local", " --validmark --invert", " --loose --invert"];
            format!(" -m rpfilter{}", dice.pick(&options))
        }
        0 | 1 if early => format!(" -m socket{}", dice.pick(&["", " --transparent", " --nowildcard"])),
        2 if early || hook == Hook::Forward => format!(" -m mac{not} --mac-source 02:42:ac:11:00:02"),
        0..=2 if matches!(hook, Hook::Output | Hook::Postrouting) => {
            let options = ["--uid-owner 0", "--uid-owner 1000-2000", "--gid-owner 0", "--socket-exists"];
            format!(" -m owner{not} {}", dice.pick(&options))
        }
        _ => return None,
    })
}

fn anywhere(dice: &mut Dice, not: &str) -> String {
    match dice.below(6) {
        0 => format!(" -m tos{not} --tos {}", dice.pick(&["0x10", "0x20/0xf0", "Minimize-Delay", "0x00"])),
        1 => format!(" -m dscp{not} --dscp {}", dice.pick(&["0", "8", "0x2e", "4"])),
        2 => format!(" -m dscp{not} --dscp-class {}", dice.pick(&["EF", "CS1", "BE"])),
        3 => format!(" -m pkttype{not} --pkt-type {}", dice.pick(&["unicast", "broadcast", "multicast"])),
        4 => {
            let mode = dice.pick(&["srcip", "dstip", "srcip,dstport", "srcip,srcport,dstip,dstport"]);
            let limit = dice.pick(&["upto", "above"]);
            let burst = 1 + dice.below(3);
            let lengths = dice.pick(&["", " --hashlimit-srcmask 24", " --hashlimit-dstmask 8"]);
            let name = format!("{limit}{burst}{}{}", mode.replace(',', ""), lengths.len());
            format!(
                " -m hashlimit --hashlimit-{limit} 1/hour --hashlimit-burst {burst} --hashlimit-mode {mode} \
                 --hashlimit-name {name}{lengths}"
            )
        }
        _ => {
            let (range, mode) = dice.pick(&[("1:2", "packets"), ("100:", "bytes"), ("30:50", "avgpkt")]);
            let direction = dice.pick(&["original", "reply", "both"]);
            format!(" -m connbytes{not} --connbytes {range} --connbytes-dir {direction} --connbytes-mode {mode}")
        }
    }
}
