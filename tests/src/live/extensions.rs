//! Matches and targets of iptables that depend on the table or the hook that they stand in.

use datapath_core::net::{Family, MacAddress};
use datapath_core::netfilter::{Hook, XtTable};

use super::dice::Dice;
use super::place::Place;
use crate::kernel::hardware::{OF_BRIDGE, SENDER_ON_OVERLAY, of_station};

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
    if hook != Hook::Prerouting && spot.family == Family::V4 && dice.one_in(5) {
        return Some(format!(" -m realm{not} --realm {}", dice.pick(&["0", "3", "0/0xff"])));
    }
    Some(match dice.below(5) {
        4 if hook != Hook::Output => {
            let options = ["--physdev-is-in", "--physdev-in veth0", "--physdev-in veth+", "--physdev-is-bridged"];
            let out = ["--physdev-is-out", "--physdev-out veth1", "--physdev-out veth0 --physdev-is-bridged"];
            format!(" -m physdev{not} {}", dice.pick(&[&options[..], &out].concat()))
        }
        0 | 1 if hook == Hook::Prerouting && matches!(spot.table, XtTable::Raw | XtTable::Mangle) => {
            let options = ["", " --loose", " --accept-local", " --validmark --invert", " --loose --invert"];
            format!(" -m rpfilter{}", dice.pick(&options))
        }
        0 | 1 if early => format!(" -m socket{}", dice.pick(&["", " --transparent", " --nowildcard"])),
        2 if early || hook == Hook::Forward => {
            format!(" -m mac{not} --mac-source {}", hardware(dice))
        }
        0..=2 if matches!(hook, Hook::Output | Hook::Postrouting) => {
            let options = ["--uid-owner 0", "--uid-owner 1000-2000", "--gid-owner 0", "--socket-exists"];
            format!(" -m owner{not} {}", dice.pick(&options))
        }
        _ => return None,
    })
}

/// Whose frames come by bridges and overlays, or nobody's.
pub fn hardware(dice: &mut Dice) -> String {
    let family = dice.pick(&[Family::V4, Family::V6]);
    let pod = dice.pick(Place::of(family).pods);
    match pod.parse() {
        Ok(address) if dice.one_in(2) => of_station(address).to_string(),
        _ => dice.pick(&[SENDER_ON_OVERLAY, OF_BRIDGE, MacAddress([2, 0x42, 0xac, 0x11, 0, 2])]).to_string(),
    }
}

fn anywhere(dice: &mut Dice, not: &str) -> String {
    match dice.below(11) {
        8 => format!(" -m ecn{not} --ecn-ip-ect {}", dice.below(4)),
        9 | 10 => {
            let nodes = 1 + dice.below(5);
            let (node, seed) = (1 + dice.below(nodes), dice.below(1000));
            format!(
                " -m cluster --cluster-total-nodes {nodes}{not} --cluster-local-node {node} --cluster-hash-seed {seed}"
            )
        }
        6 => format!(" -m quota{not} --quota {}", dice.pick(&["100", "41", "300"])),
        7 => format!(" -m helper{not} --helper ftp"),
        0 => format!(" -m tos{not} --tos {}", dice.pick(&["0x10", "0x20/0xf0", "Minimize-Delay", "0x00"])),
        1 => format!(" -m dscp{not} --dscp {}", dice.pick(&["0", "8", "0x2e", "4"])),
        2 => format!(" -m dscp{not} --dscp-class {}", dice.pick(&["EF", "CS1", "BE"])),
        3 => format!(" -m pkttype{not} --pkt-type {}", dice.pick(&["unicast", "broadcast", "multicast"])),
        4 => hashlimit(dice),
        _ => {
            let (range, mode) = dice.pick(&[("1:2", "packets"), ("100:", "bytes"), ("30:50", "avgpkt")]);
            let direction = dice.pick(&["original", "reply", "both"]);
            format!(" -m connbytes{not} --connbytes {range} --connbytes-dir {direction} --connbytes-mode {mode}")
        }
    }
}

fn hashlimit(dice: &mut Dice) -> String {
    let mode = dice.pick(&["srcip", "dstip", "srcip,dstport", "srcip,srcport,dstip,dstport"]);
    let limit = dice.pick(&["upto", "above"]);
    let lengths = dice.pick(&["", " --hashlimit-srcmask 24", " --hashlimit-dstmask 8"]);
    // Slow enough for no packet to be paid for by the time since the last one.
    let rate = match 1 + dice.below(5) {
        burst @ 1..=3 => format!("1/hour --hashlimit-burst {burst}"),
        4 => "16b/s --hashlimit-burst 48b".to_owned(),
        _ => "16b/s".to_owned(),
    };
    let rate_name = rate.replace([' ', '/', '-'], "").replace("hashlimitburst", "b");
    let name = format!("{limit}{rate_name}{}{}", mode.replace(',', ""), lengths.len());
    format!(" -m hashlimit --hashlimit-{limit} {rate} --hashlimit-mode {mode} --hashlimit-name {name}{lengths}")
}

/// A target that goes on, or decides without chance, with the blank before it. None where the table has few.
pub fn target(dice: &mut Dice, spot: Spot, protocol: &str) -> Option<String> {
    let words = match spot.table {
        XtTable::Raw => {
            let options = ["CT --notrack", "CT --zone 1", "CT --zone-orig 2", "CT --zone-reply 3", "CT --zone mark"];
            dice.pick(&[&options[..], &["CT --ctevents new,reply", "TRACE", "NFLOG --nflog-group 5"]].concat())
        }
        XtTable::Mangle
            if spot.hook == Some(Hook::Prerouting) && matches!(protocol, "tcp" | "udp") && dice.one_in(6) =>
        {
            "TPROXY --on-port 15001 --tproxy-mark 0x1/0x1"
        }
        XtTable::Mangle => {
            let of_family = match spot.family {
                Family::V4 => ["TTL --ttl-set 33", "TTL --ttl-dec 2", "TTL --ttl-inc 200"],
                Family::V6 => ["HL --hl-set 33", "HL --hl-dec 2", "HL --hl-inc 200"],
            };
            let options = ["TOS --set-tos 0x10", "TOS --or-tos 0x04", "TOS --xor-tos 0x30", "DSCP --set-dscp-class EF"];
            dice.pick(&[&of_family[..], &options, &["CHECKSUM --checksum-fill", "NFLOG"]].concat())
        }
        XtTable::Nat if matches!(spot.family, Family::V4) => {
            dice.pick(&["NETMAP --to 10.244.1.0/24", "NETMAP --to 192.168.1.50"])
        }
        XtTable::Nat => dice.pick(&["NETMAP --to fd44:1::/64", "NETMAP --to fd01::50"]),
        XtTable::Filter | XtTable::Security if matches!(spot.hook, Some(Hook::Forward)) && dice.one_in(3) => {
            dice.pick(&["CLASSIFY --set-class 1:20", "NFQUEUE --queue-num 0", "NFQUEUE --queue-bypass"])
        }
        XtTable::Filter | XtTable::Security => return Some(set(dice, spot.family)),
    };
    Some(format!(" -j {words}"))
}

fn set(dice: &mut Dice, family: Family) -> String {
    let number = if family == Family::V4 { "4" } else { "6" };
    let (set, ways) = dice.pick(&[("hosts", "src"), ("hosts", "dst"), ("nets", "src"), ("svcs", "dst,dst")]);
    format!(" -j SET --{}-set {set}{number} {ways}", dice.pick(&["add", "del"]))
}
