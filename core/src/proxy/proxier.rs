use super::health_checks::HealthChecks;
use super::node_state::NodeState;
use super::operation::{Extent, FullSyncReason, Operation, Source, Sync};
use super::ports::Ports;
use super::round::{Round, read};
use super::service_changes::ServiceChanges;
use super::slice_cache::SliceCache;
use super::udp_cleanup::stale_flows;
use super::{Config, Mode, iptables, ipvs, nftables};
use crate::k8s::{Change, Changed, Cluster, Node};
use crate::net::Family;
use crate::task::{block_on, yield_now};

/// kube-proxy on one node, for one family, for as long as it runs.
#[derive(Clone, Debug)]
pub struct Proxier {
    config: Config,
    family: Family,
    own_node: Option<Node>,
    services: ServiceChanges,
    slices: SliceCache,
    ports: Ports,
    health_checks: HealthChecks,
    datapath: Datapath,
    /// Why the next sync has to be full, if it does.
    full_sync: Option<FullSyncReason>,
    last_full_sync: u64,
}

#[derive(Clone, Debug)]
enum Datapath {
    Iptables(iptables::Datapath),
    Nftables(Box<nftables::Datapath>),
    Ipvs(Box<ipvs::Datapath>),
}

/// `FullSyncPeriod`, seconds.
const FULL_SYNC_PERIOD: u64 = 3600;

impl Proxier {
    /// Seconds between two looks at the real servers whose connections are waited for.
    pub const TERMINATION_PERIOD: u64 = 60;

    /// A proxier that knows all objects of the cluster and has written nothing yet.
    pub fn new(cluster: &Cluster, config: &Config, family: Family, mode: Mode) -> Self {
        let mut proxier = Self {
            family,
            own_node: config.own_node(cluster).cloned(),
            services: ServiceChanges::new(family, config.label_selector),
            slices: SliceCache::new(family, config),
            ports: Ports::default(),
            health_checks: HealthChecks::default(),
            datapath: match mode {
                Mode::Iptables => Datapath::Iptables(iptables::Datapath::default()),
                Mode::Nftables => Datapath::Nftables(Box::default()),
                Mode::Ipvs => Datapath::Ipvs(Box::new(ipvs::Datapath::new(family))),
            },
            full_sync: Some(FullSyncReason::First),
            last_full_sync: 0,
            config: config.clone(),
        };
        for service in &cluster.services {
            proxier.services.note(None, Some(service));
        }
        for slice in &cluster.endpoint_slices {
            proxier.slices.note(None, Some(slice));
        }
        proxier
    }

    pub const fn family(&self) -> Family {
        self.family
    }

    pub const fn mode(&self) -> Mode {
        match self.datapath {
            Datapath::Iptables(_) => Mode::Iptables,
            Datapath::Nftables(_) => Mode::Nftables,
            Datapath::Ipvs(_) => Mode::Ipvs,
        }
    }

    /// Seconds after which kube-proxy syncs though nothing has changed.
    pub const fn period(&self) -> u64 {
        match self.datapath {
            Datapath::Iptables(_) | Datapath::Nftables(_) => FULL_SYNC_PERIOD,
            // `ipvs.syncPeriod`
            Datapath::Ipvs(_) => 30,
        }
    }

    /// Takes note of a change. True if kube-proxy syncs because of it.
    pub fn note(&mut self, change: &Change) -> bool {
        match change {
            Change::Service(changed) => self.services.note(changed.before(), changed.after()),
            Change::EndpointSlice(changed) => self.slices.note(changed.before(), changed.after()),
            Change::Node(changed) => self.note_node(changed),
            // kube-proxy does not watch them; its own configuration it reads when it starts.
            Change::Pod(_) | Change::Workload(_) | Change::ProxyConfiguration(_) => false,
        }
    }

    /// Of its own Node kube-proxy follows the zone only: with `NodeCIDR` it ends where the pod range changes, and is
    /// started anew. That a Node goes has no effect (`NodeTopologyConfig`, `NodeManager`).
    fn note_node(&mut self, changed: &Changed<Node>) -> bool {
        let Some(node) = changed.after().filter(|node| *node.name == *self.config.node_name) else {
            return false;
        };
        let same_zone = self.own_node.as_ref().and_then(Node::zone) == node.zone();
        match &mut self.own_node {
            Some(own) => own.labels.clone_from(&node.labels),
            None => self.own_node = Some(node.clone()),
        }
        if !same_zone {
            self.full_sync.get_or_insert(FullSyncReason::Topology);
        }
        !same_zone
    }

    /// The node refused what the last sync wanted, so that the next one has to write everything.
    pub fn note_failure(&mut self) {
        self.full_sync = Some(FullSyncReason::Failure);
        if let Datapath::Nftables(datapath) = &mut self.datapath {
            datapath.fail();
        }
    }

    /// What kube-proxy does now, at second `now` since it was started (`syncProxyRules`).
    pub fn sync(&mut self, now: u64, node: &dyn NodeState) -> Sync {
        block_on(self.sync_in_turns(now, node))
    }

    /// [`Self::sync`], in turns.
    pub async fn sync_in_turns(&mut self, now: u64, node: &dyn NodeState) -> Sync {
        let hourly = match &self.datapath {
            Datapath::Iptables(datapath) => datapath.syncs_fully_every_hour(),
            Datapath::Nftables(_) => true,
            Datapath::Ipvs(_) => false,
        };
        let is_due = hourly && now.saturating_sub(self.last_full_sync) > FULL_SYNC_PERIOD;
        let full = self.full_sync.take().or(is_due.then_some(FullSyncReason::Period));
        if full.is_some() {
            self.last_full_sync = now;
        }

        let applied = self.ports.apply(self.services.check_out(), self.slices.check_out());
        yield_now().await;
        let mut operations = Vec::new();
        let round = Round {
            now,
            full: full.is_some(),
            config: &self.config,
            family: self.family,
            own_node: self.own_node.as_ref(),
            ports: &self.ports,
            changed: &applied.ports,
            node,
        };
        match &mut self.datapath {
            Datapath::Iptables(datapath) => datapath.sync(&round, &mut operations).await,
            Datapath::Nftables(datapath) => datapath.sync(&round, &mut operations).await,
            Datapath::Ipvs(datapath) => datapath.sync(&round, &mut operations).await,
        }
        self.health_checks.sync(&applied.health_checked, &self.ports, &mut operations);
        if applied.udp {
            operations.push(read(Source::Conntrack, 1));
            let stale = stale_flows(&self.ports, node.udp_flows(self.family));
            operations.extend(stale.into_iter().map(Operation::DeleteConnection));
        }
        let extent = match (full, &self.datapath) {
            (_, Datapath::Ipvs(_)) => Extent::Differences,
            (Some(reason), _) => Extent::Full(reason),
            (None, _) => Extent::Partial,
        };
        Sync { mode: self.mode(), family: self.family, extent, operations }
    }

    /// What kube-proxy does each [`Self::TERMINATION_PERIOD`], besides syncs; none where it does nothing.
    pub fn tick(&mut self, node: &dyn NodeState) -> Option<Sync> {
        let Datapath::Ipvs(datapath) = &mut self.datapath else {
            return None;
        };
        let mut operations = Vec::new();
        datapath.tick(node, &mut operations);
        let sync = Sync { mode: Mode::Ipvs, family: self.family, extent: Extent::Termination, operations };
        (!sync.operations.is_empty()).then_some(sync)
    }
}
