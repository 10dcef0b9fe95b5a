//! Does to a node what kube-proxy asks of it, by the node's own tools.

use ipnet::IpNet;

use super::hardware;
use crate::ipset;
use crate::iptables;
use crate::ipvs::{
    ControlError, DestinationConfig, Netmask, Persistence, Scheduler, SchedulerFlags, ServiceConfig, ServiceKey,
};
use crate::message;
use crate::net::{Endpoint, Family};
use crate::netfilter::Seconds;
use crate::netfilter::routing::{Device, DeviceKind};
use crate::nftables;
use crate::node::Node;
use crate::proxy::ipvs::{FLAG_PERSISTENT, FLAG_SOURCE_HASH, SetType};
use crate::proxy::{Flow, IpvsRequest, Operation, Sync, VirtualServerKey, VirtualServerSettings};
use crate::source::{Diagnostic, Position};
use crate::task::{Turns, block_on};

/// The tool that refused, and what it said.
pub type Refusal = (&'static str, Vec<Diagnostic>);

/// Where kube-proxy binds the addresses of Services, so that packets for them come to LOCAL_IN.
pub(super) const DUMMY_DEVICE: &str = "kube-ipvs0";

/// How many of kube-proxy's small operations take a few milliseconds in a browser.
const OPERATIONS_IN_A_TURN: usize = 1_000;

/// Carries out a sync at a second of the node's clock. What was done before a refusal stays done.
pub fn apply(node: &mut Node, sync: &Sync, now: Seconds) -> Result<(), Refusal> {
    block_on(apply_in_turns(node, sync, now))
}

/// [`apply`], in turns.
pub(super) async fn apply_in_turns(node: &mut Node, sync: &Sync, now: Seconds) -> Result<(), Refusal> {
    let mut target = Target { node, family: sync.family, now };
    let mut turns = Turns::of(OPERATIONS_IN_A_TURN);
    for operation in &sync.operations {
        target.apply(operation).await?;
        turns.count().await;
    }
    Ok(())
}

struct Target<'n> {
    node: &'n mut Node,
    family: Family,
    now: Seconds,
}

impl Target<'_> {
    async fn apply(&mut self, operation: &Operation) -> Result<(), Refusal> {
        match operation {
            Operation::EnsureChain { table, chain } => {
                // kube-proxy ignores that the chain exists already.
                let _ = iptables::command(self.node.iptables.of_mut(self.family), &format!("-t {table} -N {chain}"));
            }
            Operation::EnsureJump { present: true, .. } | Operation::Read { .. } => {}
            Operation::EnsureJump { jump, present: false } => {
                iptables::command(self.node.iptables.of_mut(self.family), &jump.to_string())
                    .map_err(|error| ("iptables", vec![error]))?;
            }
            Operation::IptablesRestore(text) => {
                iptables::restore_in_turns(self.node.iptables.of_mut(self.family), text, true)
                    .await
                    .map_err(|errors| ("iptables-restore", errors))?;
            }
            Operation::Nft(text) => {
                let applied = nftables::apply_in_turns(&mut self.node.nftables, text, self.now).await;
                applied.map_err(|errors| ("nft", errors))?;
            }
            Operation::CreateSet { name, kind } => self.ipset(&create_set(name, *kind, self.family))?,
            Operation::AddEntry { set, entry } => self.ipset(&format!("add {set} {entry} -exist"))?,
            Operation::DeleteEntry { set, entry } => self.ipset(&format!("del {set} {entry}"))?,
            Operation::Ipvs(request) => self.ipvs(request)?,
            Operation::EnsureDummyDevice => self.ensure_dummy_device(),
            Operation::Bind(address) => {
                let address = IpNet::from(*address);
                let routing = &mut self.node.stack.routing;
                if !routing.has_address(DUMMY_DEVICE, address) {
                    routing.add_address(DUMMY_DEVICE, address);
                }
            }
            Operation::Unbind(address) => {
                self.node.stack.routing.remove_address(DUMMY_DEVICE, IpNet::from(*address));
            }
            Operation::DeleteConnection(flow) => self.delete_connection(flow),
            // What listens is kube-proxy itself; the model's nodes answer no health checks.
            Operation::OpenHealthCheck { .. }
            | Operation::CloseHealthCheck { .. }
            | Operation::AnswerHealthCheck { .. } => {}
        }
        Ok(())
    }

    fn ipset(&mut self, command: &str) -> Result<(), Refusal> {
        ipset::command(&mut self.node.stack.ipsets, command, self.now).map_err(|error| ("ipset", vec![error]))
    }

    fn ensure_dummy_device(&mut self) {
        let routing = &mut self.node.stack.routing;
        if routing.device(DUMMY_DEVICE).is_none() {
            let (kind, mac) = (DeviceKind::Dummy, Some(hardware::OF_DUMMY));
            routing.add_device(Device { name: DUMMY_DEVICE.into(), kind, mac, addresses: Vec::new() });
            // What programs make through Go's netlink library has no queue, unless they ask for one.
            routing.settings_of(DUMMY_DEVICE).queue_length = Some(0);
        }
    }

    fn delete_connection(&mut self, flow: &Flow) {
        let conntrack = &mut self.node.stack.conntrack;
        if let Some((id, _)) = conntrack.find_flow(&flow.original) {
            conntrack.delete(id);
        }
    }

    fn ipvs(&mut self, request: &IpvsRequest) -> Result<(), Refusal> {
        let ipvs = &mut self.node.ipvs;
        let refused = |error: ControlError| ("ipvs", vec![Diagnostic::note(Position::START, error.to_string())]);
        let destination = |real: &Endpoint, weight: &u32| DestinationConfig {
            weight: *weight,
            ..DestinationConfig::masquerade(*real)
        };
        match request {
            IpvsRequest::NewService { service, settings } => {
                ipvs.add_service(service_key(service), service_config(settings, self.family)?)
            }
            IpvsRequest::SetService { service, settings } => {
                ipvs.edit_service(&service_key(service), service_config(settings, self.family)?)
            }
            IpvsRequest::DeleteService(service) => ipvs.delete_service(&service_key(service)),
            IpvsRequest::NewDestination { service, real, weight } => {
                ipvs.add_destination(&service_key(service), destination(real, weight)).map(|_| ())
            }
            IpvsRequest::SetDestination { service, real, weight } => {
                ipvs.edit_destination(&service_key(service), destination(real, weight))
            }
            IpvsRequest::DeleteDestination { service, real } => ipvs.delete_destination(&service_key(service), *real),
        }
        .map_err(refused)
    }
}

pub(super) const fn service_key(key: &VirtualServerKey) -> ServiceKey {
    ServiceKey::Address { protocol: key.protocol, address: Endpoint::new(key.address, key.port) }
}

fn service_config(settings: &VirtualServerSettings, family: Family) -> Result<ServiceConfig, Refusal> {
    let scheduler = Scheduler::from_name(&settings.scheduler).ok_or_else(|| {
        ("ipvs", vec![Diagnostic::note(Position::START, message!("wrong-no-scheduler", name = &*settings.scheduler))])
    })?;
    let persistent = settings.flags & FLAG_PERSISTENT != 0;
    Ok(ServiceConfig {
        persistence: persistent
            .then(|| Persistence { timeout: u64::from(settings.timeout), netmask: Netmask::host(family) }),
        flags: SchedulerFlags([false, settings.flags & FLAG_SOURCE_HASH != 0, false]),
        ..ServiceConfig::new(scheduler)
    })
}

/// `createSet` of pkg/proxy/ipvs/ipset.
fn create_set(name: &str, kind: SetType, family: Family) -> String {
    let family = match family {
        Family::V4 => "inet",
        Family::V6 => "inet6",
    };
    match kind {
        SetType::BitmapPort => format!("create {name} {kind} range 0-65535 -exist"),
        kind => format!("create {name} {kind} family {family} hashsize 1024 maxelem 65536 -exist"),
    }
}
