//! Cases by number.

use datapath_core::net::Family;

use super::dice::Dice;
use super::script::{self, Step};
use super::{iptables, ipvs, nftables, place};
use crate::kernel::{Case, Load};

/// The tools whose rules are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Legacy,
    OverNfTables,
    Nft,
    /// With iptables-legacy.
    Ipvs,
}

/// The case of a seed: a node with rules of the tool, and what is sent to it.
pub fn case(tool: Tool, seed: u64) -> (Case, Vec<Step>) {
    let dice = &mut Dice::new(seed);
    let family = if dice.one_in(4) { Family::V6 } else { Family::V4 };
    let mut case = place::node(format!("{tool:?} {seed}"));
    if dice.one_in(3) {
        case.rules = policy(dice, family);
    }
    if dice.one_in(6) {
        case.sysctl.insert("net/ipv4/conf/all/rp_filter".to_owned(), dice.pick(&[1, 2]).into());
    }
    if dice.one_in(8) {
        let (name, value) = dice.pick(&[
            ("net/netfilter/nf_conntrack_tcp_loose", 0),
            ("net/netfilter/nf_conntrack_udp_timeout", 77),
            ("net/netfilter/nf_conntrack_sctp_timeout_closed", 55),
            ("net/ipv4/conf/eth0/rp_filter", 1),
            ("net/ipv4/ip_forward", 0),
            ("net/ipv6/conf/all/forwarding", 0),
        ]);
        case.sysctl.insert(name.to_owned(), value.into());
    }
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
        Tool::Ipvs => {
            let scheduler = ipvs::SCHEDULERS[(seed % ipvs::SCHEDULERS.len() as u64) as usize];
            let balancing = ipvs::balancing(dice, family, scheduler);
            let services = place::Place::of(family).services;
            case.ifaces.insert("kube-ipvs0".to_owned(), services.iter().map(ToString::to_string).collect());
            // The addresses of services are the node's own, and the other family would only take time.
            let other = |text: &String| text.contains(':') != (family == Family::V6);
            case.ifaces.values_mut().for_each(|addresses| addresses.retain(|address| !other(address)));
            case.routes.retain(|route| !other(route));
            case.routes
                .retain(|route| !["10.96.", "172.16.", "fd96:", "2001:"].iter().any(|net| route.starts_with(net)));
            case.load = balancing.load;
            case.sysctl = balancing.sysctl;
            return (case, balancing.steps);
        }
    }
    let mut steps = script::steps(dice, family);
    join(dice, family, &mut case, &mut steps);
    (case, steps)
}

/// Puts pods on a bridge, or on an overlay, in some cases. Not where rules ask for hardware addresses, which the model's
/// packets do not have.
fn join(dice: &mut Dice, family: Family, case: &mut Case, steps: &mut [Step]) {
    if case.load.iter().any(|load| matches!(load, Load::Fed(_, text) if text.contains("--mac-source"))) {
        return;
    }
    if dice.one_in(4) {
        place::bridge_pods(case, dice.one_in(2));
        if dice.one_in(4) {
            case.sysctl.insert("net/bridge/bridge-nf-call-iptables".to_owned(), 0.into());
            case.sysctl.insert("net/bridge/bridge-nf-call-ip6tables".to_owned(), 0.into());
        }
        for step in &mut *steps {
            if let Step::Open(packet) = step
                && packet.iface == "pod0"
            {
                packet.iface = place::port_of(&packet.src).to_owned();
            }
        }
    }
    if family == Family::V4 && dice.one_in(5) {
        place::overlay(case);
        for step in &mut *steps {
            if let Step::Open(packet) = step {
                **packet = place::over_overlay(std::mem::take(packet));
            }
        }
    }
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
        Tool::Ipvs => vec![
            fed("ipvsadm -R", ipvs::EVERYTHING),
            fed("iptables-legacy-restore", "*nat\n-A POSTROUTING -m ipvs --ipvs -j MASQUERADE\nCOMMIT\n"),
            fed("ip6tables-legacy-restore", "*nat\n-A POSTROUTING -m ipvs --ipvs -j MASQUERADE\nCOMMIT\n"),
        ],
    };
    case
}

fn fed(command: &str, text: &str) -> Load {
    Load::Fed(command.split(' ').map(str::to_owned).collect(), text.to_owned())
}

fn policy(dice: &mut Dice, family: Family) -> Vec<String> {
    let of_v4 = [
        "fwmark 0x1/0x1 lookup 100",
        "from 192.168.1.50/32 lookup 101",
        "to 10.244.1.3/32 lookup 100",
        "fwmark 0x4/0x4 prohibit",
        "iif pod0 lookup 101",
        "to 10.96.0.11/32 unreachable",
        "fwmark 0x2/0x2 blackhole",
        "not from 192.168.1.50/32 lookup 101",
        "not fwmark 0x1/0x1 lookup 101",
        "to 10.244.0.0/16 lookup 100 suppress_prefixlength 0",
        "from 192.168.1.50/32 lookup 101 suppress_prefixlength 24",
    ];
    let of_v6 = [
        "-6 fwmark 0x1/0x1 lookup 101",
        "-6 from fd01::50/128 lookup 101",
        "-6 to fd96::11/128 prohibit",
        "-6 not from fd01::50/128 lookup 101",
        "-6 from fd01::50/128 lookup 101 suppress_prefixlength 64",
    ];
    let from = if family == Family::V4 { &of_v4[..] } else { &of_v6 };
    dice.several(1, 2, |dice| dice.pick(from).to_owned())
}
