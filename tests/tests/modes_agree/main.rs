//! Random clusters: in all three modes, every client reaches the same endpoints of every target, or is refused in the
//! same way, except where kube-proxy itself is different. Each exception names the line of kube-proxy that makes it.

mod random_cluster;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use datapath_core::chance::{Chance, explore};
use datapath_core::k8s::{Cluster, Service, TrafficPolicy};
use datapath_core::lab::{Assumptions, Client, ClientKind, Flow, Journey, Network, Outcome, Target, Through};
use datapath_core::proxy::Mode;
use datapath_core::trace::Silent;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// The ways in which a connection can end, as its client sees it.
type Ends = BTreeSet<String>;

/// More choices than the clusters have endpoints.
const MOST_WAYS: usize = 64;

fn ends(network: &Network, client: &Client, target: &Target) -> Ends {
    match network.mode {
        Mode::Ipvs => in_turn(network, client, target),
        _ => {
            let ways = explore(MOST_WAYS, |chance| {
                let mut network = network.clone();
                connect(&mut network, client, target, 40_000, chance)
            });
            ways.into_iter().filter_map(|(end, _)| end).collect()
        }
    }
}

/// Round robin chooses without chance: as many connections as there are endpoints see them all.
fn in_turn(network: &Network, client: &Client, target: &Target) -> Ends {
    let mut network = network.clone();
    let mut chance = Chance::seeded(1);
    (40_000..40_008).filter_map(|port| connect(&mut network, client, target, port, &mut chance)).collect()
}

fn connect(network: &mut Network, client: &Client, target: &Target, port: u16, chance: &mut Chance) -> Option<String> {
    let mut flow = Flow::open(network, client, target, port)?;
    let journey: Journey<Silent> = network.exchange(&mut flow, chance, 1);
    Some(match journey.outcome {
        Outcome::Answered { request, .. } | Outcome::Delivered { request, .. } => {
            format!("answered by {}", request.tuple().dst)
        }
        Outcome::Refused { .. } | Outcome::Rejected { .. } => "rejected".to_owned(),
        Outcome::Dropped { .. } => "dropped".to_owned(),
        Outcome::Mismatched { .. } => "mismatched".to_owned(),
        Outcome::ReplyLost { .. } => "answer lost".to_owned(),
        Outcome::NodeDown { .. } => "node down".to_owned(),
        Outcome::NoRoute { .. } | Outcome::Unknown { .. } => "no route".to_owned(),
        Outcome::Looped => "looped".to_owned(),
    })
}

/// One question that two modes answer differently.
struct Difference {
    client: Client,
    target: Target,
    service: Service,
    iptables: Ends,
    other: Ends,
}

impl Difference {
    fn is_external(&self) -> bool {
        self.target.through != Through::ClusterIp
    }

    fn is_local_policy(&self) -> bool {
        self.is_external() && self.service.external_traffic_policy == TrafficPolicy::Local
    }

    fn is_restricted(&self) -> bool {
        self.target.through == Through::LoadBalancer && !self.service.load_balancer_source_ranges.is_empty()
    }

    fn is(&self, iptables: &str, other: &[&str]) -> bool {
        self.iptables.iter().eq([iptables])
            && self.other.len() == 1
            && self.other.iter().all(|end| other.contains(&end.as_str()))
    }

    /// iptables mode jumps to KUBE-EXTERNAL-SERVICES from INPUT and FORWARD, not from OUTPUT
    /// (`iptablesJumpChains`): what a node itself sends to an external address without endpoints leaves the node. In
    /// nftables mode service-endpoints-check is called from filter-output too, and in IPVS mode the virtual server
    /// without real servers is asked first.
    fn leaves_the_node(&self) -> bool {
        matches!(self.client.kind, ClientKind::Process { .. })
            && matches!(self.target.through, Through::ExternalIp | Through::LoadBalancer)
            && self.is("no route", &["rejected", "dropped"])
    }

    /// iptables mode writes a firewall chain only where there are endpoints (`usesFWChain`); nftables mode and the
    /// sets of IPVS mode have the source ranges always, and ask them first.
    fn is_firewalled_without_endpoints(&self) -> bool {
        self.is_restricted() && self.is("rejected", &["dropped"])
    }

    /// KUBE-FORWARD of iptables mode drops what conntrack calls INVALID; the other modes have no such rule. An answer
    /// that comes home another way than its request is lost in the one and refused by the client in the others.
    fn drops_invalid_answers(&self) -> bool {
        let delivered = |end: &String| if end == "answer lost" { "mismatched".to_owned() } else { end.clone() };
        self.is_local_policy() && self.iptables.iter().map(delivered).collect::<Ends>() == self.other
    }

    /// In nftables mode only endpoints of the same node are in the set hairpin-connections, in iptables mode each
    /// endpoint's chain masquerades that endpoint. A pod that another node sends back to it takes the answer in
    /// iptables mode only.
    fn is_a_hairpin_over_another_node(&self) -> bool {
        let own = self.client.address.map(|address| format!("answered by {address}:8080")).unwrap_or_default();
        let rest = |ends: &Ends| {
            ends.iter()
                .filter(|end| **end != own && !["mismatched", "answer lost"].contains(&end.as_str()))
                .cloned()
                .collect::<Ends>()
        };
        self.is_local_policy()
            && self.iptables.contains(&own)
            && self.other.contains("mismatched")
            && rest(&self.iptables) == rest(&self.other)
    }

    /// `syncEndpoint` of IPVS mode takes the endpoints of the whole cluster where a node has none, or none where
    /// nothing but the ClusterIP leads to the Service; iptables mode drops.
    fn falls_back_from_internal_local(&self) -> bool {
        !self.is_external()
            && self.service.internal_traffic_policy == TrafficPolicy::Local
            && self.iptables.iter().eq(["dropped"])
            && self.other.iter().all(|end| end.starts_with("answered by ") || end == "rejected")
    }

    /// A virtual server of IPVS mode serves everyone alike: no short cut for pods and processes of the node, no
    /// masquerading of what the node itself sends, and endpoints of the whole cluster where it has none.
    fn serves_external_local_alike(&self) -> bool {
        let has_local_endpoint = self.iptables.iter().any(|end| end.starts_with("answered by "));
        self.is_local_policy() && (self.client.kind != ClientKind::Outside || !has_local_endpoint)
    }
}

type Exception = (&'static str, fn(&Difference) -> bool);

const NFTABLES: [Exception; 4] = [
    ("leaves the node", Difference::leaves_the_node),
    ("firewalled without endpoints", Difference::is_firewalled_without_endpoints),
    ("drops invalid answers", Difference::drops_invalid_answers),
    ("hairpin over another node", Difference::is_a_hairpin_over_another_node),
];

const IPVS: [Exception; 4] = [
    ("leaves the node", Difference::leaves_the_node),
    ("firewalled without endpoints", Difference::is_firewalled_without_endpoints),
    ("internal Local falls back", Difference::falls_back_from_internal_local),
    ("external Local for all alike", Difference::serves_external_local_alike),
];

/// Which exceptions were met, by mode; an error for a difference that none explains.
fn check(cluster: &Cluster) -> Result<Vec<(Mode, &'static str)>, String> {
    let assumptions = Assumptions::of(cluster);
    let shared = Arc::new(cluster.clone());
    let build = |mode| {
        let network = Network::new(Arc::clone(&shared), assumptions.clone(), mode);
        network.start_all().map_err(|error| format!("{error:?}"))?;
        Ok::<_, String>(network)
    };
    let iptables = build(Mode::Iptables)?;
    let others = [(build(Mode::Nftables)?, &NFTABLES[..]), (build(Mode::Ipvs)?, &IPVS[..])];
    let mut met = Vec::new();
    for client in iptables.clients() {
        for target in Target::all(cluster) {
            let service = cluster.services.iter().find(|service| service.name == target.service);
            let service = service.ok_or("a target without a Service")?;
            let expected = ends(&iptables, &client, &target);
            for (network, exceptions) in &others {
                let other = ends(network, &client, &target);
                if other == expected {
                    continue;
                }
                let difference = Difference {
                    client: client.clone(),
                    target: target.clone(),
                    service: service.clone(),
                    iptables: expected.clone(),
                    other,
                };
                let exception = exceptions.iter().find(|(_, applies)| applies(&difference));
                let (name, _) = exception.ok_or_else(|| {
                    let Difference { iptables, other, .. } = &difference;
                    format!("{client} → {target}: iptables {iptables:?}, {} {other:?}", network.mode)
                })?;
                met.push((network.mode, *name));
            }
        }
    }
    Ok(met)
}

#[test]
fn modes_agree_except_where_kube_proxy_differs() {
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let met = RefCell::new(BTreeSet::new());
    let outcome = runner.run(&random_cluster::clusters(), |cluster| {
        met.borrow_mut().extend(check(&cluster).map_err(TestCaseError::fail)?);
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    // An exception that is never met is one that kube-proxy does not make.
    for (mode, exceptions) in [(Mode::Nftables, &NFTABLES[..]), (Mode::Ipvs, &IPVS[..])] {
        for (name, _) in exceptions {
            assert!(met.borrow().contains(&(mode, *name)), "{mode}: {name}: not met");
        }
    }
}
