use super::service::Destination;
use super::sets::{Filled, Set};
use crate::k8s::Node;
use crate::net::Family;
use crate::proxy::iptables::{declare, write_forwarding, write_masquerading};
use crate::proxy::local_detector::LocalDetector;
use crate::proxy::program::Lines;
use crate::proxy::{Cause, Config, Jump, Setting};

/// `iptablesJumpChain`
pub const JUMPS: [Jump; 9] = [
    Jump::new("nat", "OUTPUT", "KUBE-SERVICES", "kubernetes service portals", false),
    Jump::new("nat", "PREROUTING", "KUBE-SERVICES", "kubernetes service portals", false),
    Jump::new("nat", "POSTROUTING", "KUBE-POSTROUTING", "kubernetes postrouting rules", false),
    Jump::new("filter", "FORWARD", "KUBE-FORWARD", "kubernetes forwarding rules", false),
    Jump::new("filter", "INPUT", "KUBE-NODE-PORT", "kubernetes health check rules", false),
    Jump::new("filter", "INPUT", "KUBE-PROXY-FIREWALL", "kube-proxy firewall rules", false),
    Jump::new("filter", "FORWARD", "KUBE-PROXY-FIREWALL", "kube-proxy firewall rules", false),
    Jump::new("filter", "INPUT", "KUBE-IPVS-FILTER", "kubernetes ipvs access filter", false),
    Jump::new("filter", "OUTPUT", "KUBE-IPVS-OUT-FILTER", "kubernetes ipvs access filter", false),
];

pub(super) const NAT_CHAINS: [&str; 5] =
    ["KUBE-SERVICES", "KUBE-POSTROUTING", "KUBE-NODE-PORT", "KUBE-LOAD-BALANCER", "KUBE-MARK-MASQ"];

pub(super) const FILTER_CHAINS: [&str; 6] = [
    "KUBE-FORWARD",
    "KUBE-NODE-PORT",
    "KUBE-PROXY-FIREWALL",
    "KUBE-SOURCE-RANGES-FIREWALL",
    "KUBE-IPVS-FILTER",
    "KUBE-IPVS-OUT-FILTER",
];

/// Set, chain, protocol, directions, target (`ipsetWithIptablesChain`). Sets of `Local` node ports
/// come before those of all node ports, so that their packets keep their source.
const NAT_SET_RULES: [(Set, &str, &str, &str, &str); 9] = [
    (Set::LoopBack, "KUBE-POSTROUTING", "", "dst,dst,src", "MASQUERADE"),
    (Set::LoadBalancer, "KUBE-SERVICES", "", "dst,dst", "KUBE-LOAD-BALANCER"),
    (Set::LoadBalancerLocal, "KUBE-LOAD-BALANCER", "", "dst,dst", "RETURN"),
    (Set::NodePortLocalTcp, "KUBE-NODE-PORT", " -p tcp", "dst", "RETURN"),
    (Set::NodePortTcp, "KUBE-NODE-PORT", " -p tcp", "dst", "KUBE-MARK-MASQ"),
    (Set::NodePortLocalUdp, "KUBE-NODE-PORT", " -p udp", "dst", "RETURN"),
    (Set::NodePortUdp, "KUBE-NODE-PORT", " -p udp", "dst", "KUBE-MARK-MASQ"),
    (Set::NodePortLocalSctp, "KUBE-NODE-PORT", " -p sctp", "dst,dst", "RETURN"),
    (Set::NodePortSctp, "KUBE-NODE-PORT", " -p sctp", "dst,dst", "KUBE-MARK-MASQ"),
];

const FILTER_SET_RULES: [(Set, &str, &str, &str, &str); 3] = [
    (Set::LoadBalancerFirewall, "KUBE-PROXY-FIREWALL", "", "dst,dst", "KUBE-SOURCE-RANGES-FIREWALL"),
    (Set::LoadBalancerSourceCidr, "KUBE-SOURCE-RANGES-FIREWALL", "", "dst,dst,src", "RETURN"),
    (Set::LoadBalancerSourceIp, "KUBE-SOURCE-RANGES-FIREWALL", "", "dst,dst,src", "RETURN"),
];

/// Writes the rules around IPVS (`createAndLinkKubeChain` and `writeIptablesRules`) to `lines`.
pub(super) fn write(
    config: &Config,
    node: Option<&Node>,
    family: Family,
    filled: &Filled,
    unreachable_from_node: impl Iterator<Item = (Cause, Destination)>,
    lines: &mut Lines,
) {
    let mark = config.masquerade_mark();
    let detector = LocalDetector::of(config, node, family);
    lines.push(Cause::ALWAYS, &["*nat"]);
    for chain in NAT_CHAINS {
        declare(lines, Cause::ALWAYS, chain);
    }
    let mut nat = Rules { lines, family, filled };
    nat.write_services(config.masquerade_all, detector.as_ref());
    write_masquerading(nat.lines, &mark, config.random_fully);
    lines.push(Cause::ALWAYS, &["COMMIT"]);

    lines.push(Cause::ALWAYS, &["*filter"]);
    for chain in FILTER_CHAINS {
        declare(lines, Cause::ALWAYS, chain);
    }
    let mut filter = Rules { lines, family, filled };
    filter.write_firewall(unreachable_from_node);
    write_forwarding(filter.lines, &mark);
    filter.write_access_filter();
    lines.push(Cause::ALWAYS, &["COMMIT"]);
}

/// The rules of one table, which match sets.
struct Rules<'r> {
    lines: &'r mut Lines,
    family: Family,
    filled: &'r Filled,
}

impl Rules<'_> {
    fn rule(&mut self, pieces: &[&str]) {
        self.lines.push(Cause::ALWAYS, pieces);
    }

    /// Why there is something in the set, if there is.
    fn filled(&self, set: Set) -> Option<Cause> {
        self.filled[set as usize]
    }

    /// ` -m comment --comment "…" -m set --match-set NAME`
    fn commented_match(&self, set: Set) -> String {
        let name = set.name(self.family);
        [" -m comment --comment \"", set.comment(), "\" -m set --match-set ", &name, " "].concat()
    }

    fn write_set_rules(&mut self, rules: &[(Set, &str, &str, &str, &str)]) {
        for (set, chain, protocol, directions, target) in rules {
            if let Some(cause) = self.filled(*set) {
                let matches = self.commented_match(*set);
                self.lines.push(cause, &["-A ", chain, protocol, &matches, directions, " -j ", target]);
            }
        }
    }

    fn write_services(&mut self, masquerade_all: bool, detector: Option<&LocalDetector>) {
        let loopback = match self.family {
            Family::V4 => "127.0.0.0/8",
            Family::V6 => "::1/128",
        };
        self.rule(&["-A KUBE-SERVICES -s ", loopback, " -j RETURN"]);
        self.write_set_rules(&NAT_SET_RULES);
        if self.filled(Set::ClusterIp).is_some() {
            self.write_cluster_ip_masquerading(masquerade_all, detector);
        }
        if let Some(cause) = self.filled(Set::ExternalIp) {
            let matches = self.commented_match(Set::ExternalIp);
            self.lines.push(cause, &["-A KUBE-SERVICES", &matches, "dst,dst -j KUBE-MARK-MASQ"]);
        }
        for set in [Set::ExternalIp, Set::ExternalIpLocal] {
            if let Some(cause) = self.filled(set) {
                self.write_external_ip_acceptance(set, cause);
            }
        }
        self.rule(&["-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT"]);
        self.rule(&["-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ"]);
        for set in [Set::ClusterIp, Set::LoadBalancer] {
            if let Some(cause) = self.filled(set) {
                let name = &set.name(self.family);
                self.lines.push(cause, &["-A KUBE-SERVICES -m set --match-set ", name, " dst,dst -j ACCEPT"]);
            }
        }
    }

    fn write_cluster_ip_masquerading(&mut self, masquerade_all: bool, detector: Option<&LocalDetector>) {
        let matches = self.commented_match(Set::ClusterIp);
        let not_local;
        let (condition, setting) = match detector {
            _ if masquerade_all => ("dst,dst", Setting::MasqueradeAll),
            Some(detector) => {
                not_local = ["dst,dst ", &detector.iptables(false)].concat();
                (not_local.as_str(), Setting::DetectLocal)
            }
            // With all cluster IPs bound on kube-ipvs0, a packet from this node to one of them has
            // it as its source too, which only SNAT can mend.
            None => ("src,dst", Setting::DetectLocal),
        };
        let rule = ["-A KUBE-SERVICES", &matches, condition, " -j KUBE-MARK-MASQ"];
        self.lines.push(Cause::set_by(setting).when(Setting::MasqueradeAll), &rule);
    }

    /// Lets what comes from off the machine, and what is for it, skip the node ports.
    fn write_external_ip_acceptance(&mut self, set: Set, cause: Cause) {
        let matches = self.commented_match(set);
        let from_outside = "dst,dst -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT";
        self.lines.push(cause, &["-A KUBE-SERVICES", &matches, from_outside]);
        self.lines.push(cause, &["-A KUBE-SERVICES", &matches, "dst,dst -m addrtype --dst-type LOCAL -j ACCEPT"]);
    }

    fn write_firewall(&mut self, unreachable_from_node: impl Iterator<Item = (Cause, Destination)>) {
        self.write_set_rules(&FILTER_SET_RULES);
        self.rule(&["-A KUBE-SOURCE-RANGES-FIREWALL -j DROP"]);
        for (cause, Destination { address, protocol, port }) in unreachable_from_node {
            let rule = format!(
                "-A KUBE-IPVS-OUT-FILTER -s {address} -m ipvs --vaddr {address} --vproto {protocol} --vport {port} -j DROP"
            );
            self.lines.push(cause, &[&rule]);
        }
    }

    /// Keeps what listens on the node from being reached through the addresses of kube-ipvs0:
    /// <https://issues.k8s.io/72236>
    fn write_access_filter(&mut self) {
        let health_checks = self.commented_match(Set::HealthCheckNodePort);
        self.rule(&["-A KUBE-NODE-PORT", &health_checks, "dst -j ACCEPT"]);
        let allowed = [
            (Set::LoadBalancer, "dst,dst"),
            (Set::ClusterIp, "dst,dst"),
            (Set::ExternalIp, "dst,dst"),
            (Set::ExternalIpLocal, "dst,dst"),
            (Set::HealthCheckNodePort, "dst"),
        ];
        for (set, directions) in allowed {
            let name = &set.name(self.family);
            self.rule(&["-A KUBE-IPVS-FILTER -m set --match-set ", name, " ", directions, " -j RETURN"]);
        }
        let name = &Set::IpvsIps.name(self.family);
        let start = "-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set ";
        self.rule(&[start, name, " dst -j REJECT"]);
    }
}
