use super::Settings;
use super::tables::{Tables, declare};
use crate::net::Family;
use crate::proxy::program::Lines;
use crate::proxy::{Cause, Config, Jump, Setting};

const EXTERNAL: &str = "kubernetes externally-visible service portals";
const PORTALS: &str = "kubernetes service portals";
const FIREWALL: &str = "kubernetes load balancer firewall";

/// `iptablesJumpChains`, then `iptablesKubeletJumpChains`.
pub const JUMPS: [Jump; 14] = [
    Jump::new("filter", "INPUT", "KUBE-EXTERNAL-SERVICES", EXTERNAL, true),
    Jump::new("filter", "FORWARD", "KUBE-EXTERNAL-SERVICES", EXTERNAL, true),
    Jump::new("filter", "INPUT", "KUBE-NODEPORTS", "kubernetes health check service ports", false),
    Jump::new("filter", "FORWARD", "KUBE-SERVICES", PORTALS, true),
    Jump::new("filter", "OUTPUT", "KUBE-SERVICES", PORTALS, true),
    Jump::new("filter", "FORWARD", "KUBE-FORWARD", "kubernetes forwarding rules", false),
    Jump::new("filter", "INPUT", "KUBE-PROXY-FIREWALL", FIREWALL, true),
    Jump::new("filter", "OUTPUT", "KUBE-PROXY-FIREWALL", FIREWALL, true),
    Jump::new("filter", "FORWARD", "KUBE-PROXY-FIREWALL", FIREWALL, true),
    Jump::new("nat", "OUTPUT", "KUBE-SERVICES", PORTALS, false),
    Jump::new("nat", "PREROUTING", "KUBE-SERVICES", PORTALS, false),
    Jump::new("nat", "POSTROUTING", "KUBE-POSTROUTING", "kubernetes postrouting rules", false),
    Jump::new("filter", "INPUT", "KUBE-FIREWALL", "", false),
    Jump::new("filter", "OUTPUT", "KUBE-FIREWALL", "", false),
];

/// The top-level chains, and the rules that kube-proxy writes before those of any service.
pub(super) fn open(settings: &Settings, tables: &mut Tables) {
    for chain in ["KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-FORWARD", "KUBE-NODEPORTS", "KUBE-PROXY-FIREWALL"] {
        declare(&mut tables.filter_chains, Cause::ALWAYS, chain);
    }
    for chain in ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ"] {
        declare(&mut tables.nat_chains, Cause::ALWAYS, chain);
    }
    write_masquerading(&mut tables.nat_rules, &settings.mark, settings.random_fully);

    if settings.family == Family::V4 && settings.localhost_node_ports {
        // Node ports on localhost need route_localnet, which would let neighbours reach what
        // listens on 127.0.0.1: https://issues.k8s.io/90259
        let cause = Cause::set_by(Setting::LocalhostNodePorts);
        declare(&mut tables.filter_chains, cause, "KUBE-FIREWALL");
        tables.filter_rules.push(
            cause,
            &["-A KUBE-FIREWALL -m comment --comment \"block incoming localnet connections\" -d 127.0.0.0/8 \
              ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP"],
        );
    }
}

/// The chains that set the masquerade mark and that act on it; IPVS mode has the same.
pub(in crate::proxy) fn write_masquerading(nat_rules: &mut Lines, mark: &str, random_fully: bool) {
    let random_fully = if random_fully { " --random-fully" } else { "" };
    let mut rule = |pieces: &[&str]| nat_rules.push(Cause::set_by(Setting::MasqueradeBit), pieces);
    rule(&["-A KUBE-POSTROUTING -m mark ! --mark ", mark, "/", mark, " -j RETURN"]);
    // Cleared, so that the packet is not masqueraded again if it passes through once more.
    rule(&["-A KUBE-POSTROUTING -j MARK --xor-mark ", mark]);
    rule(&[
        "-A KUBE-POSTROUTING -m comment --comment \"kubernetes service traffic requiring SNAT\" -j MASQUERADE",
        random_fully,
    ]);
    rule(&["-A KUBE-MARK-MASQ -j MARK --or-mark ", mark]);
}

/// The rules that kube-proxy writes after those of all services.
pub(super) fn close(settings: &Settings, config: &Config, tables: &mut Tables) {
    write_node_port_calls(settings, config, &mut tables.nat_rules);
    if !settings.conntrack_tcp_liberal {
        // A packet outside the window would skip DNAT and reset a good connection:
        // https://issues.k8s.io/74839
        let counter =
            if settings.nfacct_counters { " -m nfacct --nfacct-name ct_state_invalid_dropped_pkts" } else { "" };
        let pieces = ["-A KUBE-FORWARD -m conntrack --ctstate INVALID", counter, " -j DROP"];
        tables.filter_rules.push(Cause::set_by(Setting::TcpBeLiberal), &pieces);
    }
    write_forwarding(&mut tables.filter_rules, &settings.mark);
}

/// Node ports come last, so that every other destination of a service wins over them.
fn write_node_port_calls(settings: &Settings, config: &Config, nat_rules: &mut Lines) {
    let of_addresses = Cause::set_by(Setting::NodePortAddresses);
    let cause =
        if settings.family == Family::V4 { of_addresses.when(Setting::LocalhostNodePorts) } else { of_addresses };
    let mut rule = |destination: &str| {
        let pieces = [
            "-A KUBE-SERVICES -m comment --comment \
             \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\" ",
            destination,
            " -j KUBE-NODEPORTS",
        ];
        nat_rules.push(cause, &pieces);
    };
    if settings.node_ports.match_all() {
        rule(match settings.family {
            Family::V6 => "-m addrtype --dst-type LOCAL ! -d ::1/128",
            Family::V4 if !settings.localhost_node_ports => "-m addrtype --dst-type LOCAL ! -d 127.0.0.0/8",
            Family::V4 => "-m addrtype --dst-type LOCAL",
        });
        return;
    }
    for address in settings.node_ports.node_ips(&config.interfaces) {
        let served = !address.is_loopback() || (settings.family == Family::V4 && settings.localhost_node_ports);
        if served {
            rule(&format!("-d {address}"));
        }
    }
}

/// Lets through what kube-proxy has sent on its way, even where FORWARD drops; IPVS mode has the
/// same.
pub(in crate::proxy) fn write_forwarding(filter_rules: &mut Lines, mark: &str) {
    let marked = [
        "-A KUBE-FORWARD -m comment --comment \"kubernetes forwarding rules\" -m mark --mark ",
        mark,
        "/",
        mark,
        " -j ACCEPT",
    ];
    filter_rules.push(Cause::set_by(Setting::MasqueradeBit), &marked);
    filter_rules.push(
        Cause::ALWAYS,
        &["-A KUBE-FORWARD -m comment --comment \"kubernetes forwarding conntrack rule\" -m conntrack \
          --ctstate RELATED,ESTABLISHED -j ACCEPT"],
    );
}
