use std::collections::BTreeSet;

use crate::net::{Endpoint, Protocol};
use crate::proxy::node_state::{AppliedServer, NodeState};
use crate::proxy::operation::{IpvsRequest, Operation, Source, VirtualServerKey};
use crate::proxy::round::read;

/// Real servers that get no new connections and go when they have none left (`GracefulTerminationManager`).
///
/// As there, one whose virtual server is deleted meanwhile stays on the list, and may so be deleted once more when both
/// have come back.
#[derive(Clone, Debug, Default)]
pub(super) struct Termination {
    waiting: BTreeSet<(VirtualServerKey, Endpoint)>,
}

impl Termination {
    pub fn holds(&self, service: VirtualServerKey, real: Endpoint) -> bool {
        self.waiting.contains(&(service, real))
    }

    /// A real server that is wanted again is deleted at once, to be added anew (`MoveRSOutofGracefulDeleteList`).
    pub fn take_back(&mut self, service: VirtualServerKey, real: Endpoint, operations: &mut Vec<Operation>) {
        if self.waiting.remove(&(service, real)) {
            operations.push(Operation::Ipvs(IpvsRequest::DeleteDestination { service, real }));
        }
    }

    /// Deletes a real server, or has it wait without new connections (`GracefulDeleteRS`).
    pub fn delete(
        &mut self,
        service: VirtualServerKey,
        real: Endpoint,
        applied: &AppliedServer,
        operations: &mut Vec<Operation>,
    ) {
        operations.push(read(Source::RealServers, 1));
        if is_busy(service, real, applied) {
            operations.push(Operation::Ipvs(IpvsRequest::SetDestination { service, real, weight: 0 }));
            self.waiting.insert((service, real));
        } else {
            operations.push(Operation::Ipvs(IpvsRequest::DeleteDestination { service, real }));
        }
    }

    /// Looks through the list, as happens every minute (`tryDeleteRs`).
    pub fn tick(&mut self, node: &dyn NodeState, operations: &mut Vec<Operation>) {
        self.waiting.retain(|(service, real)| {
            operations.push(read(Source::RealServers, 1));
            let Some(applied) = node.virtual_server(service) else {
                return true;
            };
            if !applied.real_servers.iter().any(|server| server.real == *real) {
                return false;
            }
            let busy = is_busy(*service, *real, &applied);
            if !busy {
                operations.push(Operation::Ipvs(IpvsRequest::DeleteDestination { service: *service, real: *real }));
            }
            busy
        });
    }
}

/// For UDP and SCTP nobody waits: the next packet of a connection finds its real server gone, and the connection ends
/// (`IsRsGracefulTerminationNeeded`).
fn is_busy(service: VirtualServerKey, real: Endpoint, applied: &AppliedServer) -> bool {
    let connections = applied.real_servers.iter().find(|server| server.real == real).map(|server| server.connections);
    !matches!(service.protocol, Protocol::Udp | Protocol::Sctp) && connections.is_some_and(|count| count != 0)
}
