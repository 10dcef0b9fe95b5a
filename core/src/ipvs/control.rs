//! What ipvsadm and kube-proxy do to the tables: `ip_vs_ctl.c` (Linux 6.1).

use std::collections::{BTreeMap, VecDeque};

use crate::fixed_hash::HashMap;

use super::connection::{Connection, ConnectionId, Connections};
use super::destination::{Destination, DestinationConfig, DestinationId, Destinations, Forwarding};
use super::schedulers::{Change, Pool, SchedulerState};
use super::service::{ControlError, Netmask, ServiceConfig, ServiceKey, VirtualService};
use super::statistics::{Counted, Statistics};
use super::sysctl::{Sysctls, Timeouts};
use crate::net::{Endpoint, Family, Protocol};
use crate::netfilter::{Conntrack, Seconds};

pub(super) const FTP_PORT: u16 = 21;

/// The IPVS state of one node.
#[derive(Clone, Debug, Default)]
pub struct Ipvs {
    pub sysctls: Sysctls,
    pub timeouts: Timeouts,
    pub(super) services: BTreeMap<u32, VirtualService>,
    by_key: HashMap<ServiceKey, u32>,
    pub(super) destinations: Destinations,
    pub(super) connections: Connections,
    trash: Trash,
    now: Seconds,
    next_service: u32,
    next_destination: u32,
    pub(super) counters: Counters,
}

/// Removed real servers that connections may still point to, the newest first. Adding one of them again
/// takes it from here with its counters.
#[derive(Clone, Debug, Default)]
struct Trash {
    destinations: VecDeque<DestinationId>,
    next_check: Seconds,
    /// Connections to removed real servers are to be forgotten (`expire_nodest_conn_work`).
    flush_connections: bool,
}

/// Which kinds of virtual services there are, so that look-ups that must fail are never made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counters {
    v4: u32,
    v6: u32,
    pub ftp: u32,
    /// Port 0: services for every port, and those for a mark.
    pub any_port: u32,
}

impl Counters {
    fn count(&mut self, key: &ServiceKey, change: impl Fn(u32) -> u32) {
        let family = match key.family() {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        };
        *family = change(*family);
        match key.port() {
            FTP_PORT => self.ftp = change(self.ftp),
            0 => self.any_port = change(self.any_port),
            _ => {}
        }
    }
}

/// `IP_VS_DEST_TRASH_PERIOD`; looked at twice as often.
const TRASH_PERIOD: Seconds = 120;

impl Ipvs {
    pub fn new(sysctls: Sysctls) -> Self {
        Self { sysctls, ..Self::default() }
    }

    /// The hooks of a family are registered with its first service and go with its last.
    pub fn is_hooked(&self, family: Family) -> bool {
        match family {
            Family::V4 => self.counters.v4 > 0,
            Family::V6 => self.counters.v6 > 0,
        }
    }

    /// The virtual services in the order in which they were added.
    pub fn services(&self) -> impl Iterator<Item = &VirtualService> {
        self.services.values()
    }

    pub fn service(&self, key: &ServiceKey) -> Option<&VirtualService> {
        self.services.get(self.by_key.get(key)?)
    }

    /// A real server, also one that was removed but still has connections.
    pub fn destination(&self, id: DestinationId) -> Option<&Destination> {
        self.destinations.get(&id)
    }

    /// The real servers of a service in the kernel's order, the newest first.
    pub fn destinations_of(&self, service: &VirtualService) -> impl Iterator<Item = &Destination> {
        service.destinations.iter().filter_map(|id| self.destinations.get(id))
    }

    /// Keeps what connections are before they change, until [`Self::changed`].
    pub fn watch(&mut self) {
        self.connections.watch();
    }

    /// What the connections were that have changed since [`Self::watch`].
    pub fn changed(&mut self) -> BTreeMap<ConnectionId, Option<Connection>> {
        self.connections.changed()
    }

    pub const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// A service to change, with the real servers of all services to look at.
    pub(super) fn service_and_destinations(
        &mut self,
        key: &ServiceKey,
    ) -> Option<(&mut VirtualService, &Destinations)> {
        Some((self.services.get_mut(self.by_key.get(key)?)?, &self.destinations))
    }

    /// `ipvsadm -A`.
    pub fn add_service(&mut self, key: ServiceKey, config: ServiceConfig) -> Result<(), ControlError> {
        validate_service(&key, &config)?;
        if self.by_key.contains_key(&key) {
            return Err(ControlError::ServiceExists);
        }
        let pool = Pool { order: &VecDeque::new(), all: &self.destinations };
        let state = SchedulerState::new(config.scheduler, pool, self.now);
        self.counters.count(&key, |count| count + 1);
        self.by_key.insert(key, self.next_service);
        self.services.insert(
            self.next_service,
            VirtualService {
                key,
                config,
                destinations: VecDeque::new(),
                by_real: HashMap::default(),
                state,
                statistics: Statistics::default(),
            },
        );
        self.next_service += 1;
        Ok(())
    }

    /// `ipvsadm -E`. Only another scheduler starts anew.
    pub fn edit_service(&mut self, key: &ServiceKey, config: ServiceConfig) -> Result<(), ControlError> {
        validate_service(key, &config)?;
        let id = self.by_key.get(key).ok_or(ControlError::NoSuchService)?;
        let service = self.services.get_mut(id).ok_or(ControlError::NoSuchService)?;
        if service.config.scheduler != config.scheduler {
            let pool = Pool { order: &service.destinations, all: &self.destinations };
            service.state = SchedulerState::new(config.scheduler, pool, self.now);
        }
        service.config = config;
        Ok(())
    }

    /// `ipvsadm -D`. Its real servers go to the trash.
    pub fn delete_service(&mut self, key: &ServiceKey) -> Result<(), ControlError> {
        let id = self.by_key.remove(key).ok_or(ControlError::NoSuchService)?;
        let service = self.services.remove(&id).ok_or(ControlError::NoSuchService)?;
        self.counters.count(key, |count| count.saturating_sub(1));
        for id in service.destinations {
            self.discard(id);
            // One that comes back from the trash into a new service begins anew (`__ip_vs_update_dest`).
            if let Some(destination) = self.destinations.get_mut(&id) {
                destination.statistics.zero(self.now);
            }
        }
        Ok(())
    }

    /// `ipvsadm -Z`: the counters of a service and its real servers, or of all.
    pub fn zero(&mut self, key: Option<&ServiceKey>) -> Result<(), ControlError> {
        let only = key.map(|key| self.by_key.get(key).copied().ok_or(ControlError::NoSuchService)).transpose()?;
        for (_, service) in self.services.iter_mut().filter(|(id, _)| only.is_none_or(|only| only == **id)) {
            service.statistics.zero(self.now);
            for id in &service.destinations {
                if let Some(destination) = self.destinations.get_mut(id) {
                    destination.statistics.zero(self.now);
                }
            }
        }
        Ok(())
    }

    /// Counts something of a real server and of its service, unless it is in the trash.
    pub(super) fn count(&mut self, id: DestinationId, counted: Counted) {
        let Some(destination) = self.destinations.get_mut(&id).filter(|destination| destination.available) else {
            return;
        };
        destination.statistics.count(counted, self.now);
        let service = self.by_key.get(&destination.service).and_then(|id| self.services.get_mut(id));
        if let Some(service) = service {
            service.statistics.count(counted, self.now);
        }
    }

    /// The latest second that it has heard of.
    pub const fn now(&self) -> Seconds {
        self.now
    }

    /// `ipvsadm -C`.
    pub fn clear(&mut self) {
        for key in self.services.values().map(|service| service.key).collect::<Vec<_>>() {
            // Every key comes from the table, so that none of them is missing.
            let _ = self.delete_service(&key);
        }
    }

    /// `ipvsadm -a`. The new real server is the first of the list from now on.
    pub fn add_destination(
        &mut self,
        key: &ServiceKey,
        config: DestinationConfig,
    ) -> Result<DestinationId, ControlError> {
        validate_destination(key, &config)?;
        let service =
            self.by_key.get(key).and_then(|id| self.services.get_mut(id)).ok_or(ControlError::ServiceNotDefined)?;
        if service.by_real.contains_key(&config.real) {
            return Err(ControlError::DestinationExists);
        }
        let in_trash = self.trash.destinations.iter().position(|id| {
            self.destinations.get(id).is_some_and(|old| old.service == *key && old.config.real == config.real)
        });
        let id = if let Some(id) = in_trash.and_then(|place| self.trash.destinations.remove(place)) {
            id
        } else {
            let id = DestinationId(self.next_destination);
            self.next_destination += 1;
            let mut destination = Destination::new(id, *key, config);
            destination.config.upper_threshold = 0;
            destination.config.lower_threshold = 0;
            self.destinations.insert(id, destination);
            id
        };
        if let Some(destination) = self.destinations.get_mut(&id) {
            destination.configure(config, true);
            destination.statistics.start(self.now);
        }
        service.destinations.push_front(id);
        service.by_real.insert(config.real, id);
        service.state.changed(Change::Added, Pool { order: &service.destinations, all: &self.destinations });
        Ok(id)
    }

    /// `ipvsadm -e`. The real server keeps its place in the list.
    pub fn edit_destination(&mut self, key: &ServiceKey, config: DestinationConfig) -> Result<(), ControlError> {
        validate_destination(key, &config)?;
        let service =
            self.by_key.get(key).and_then(|id| self.services.get_mut(id)).ok_or(ControlError::ServiceNotDefined)?;
        let id = service.by_real.get(&config.real).copied().ok_or(ControlError::NoSuchDestination)?;
        if let Some(destination) = self.destinations.get_mut(&id) {
            destination.configure(config, false);
        }
        service.state.changed(Change::Updated, Pool { order: &service.destinations, all: &self.destinations });
        Ok(())
    }

    /// `ipvsadm -d`.
    pub fn delete_destination(&mut self, key: &ServiceKey, real: Endpoint) -> Result<(), ControlError> {
        let service =
            self.by_key.get(key).and_then(|id| self.services.get_mut(id)).ok_or(ControlError::ServiceNotDefined)?;
        let removed = service.by_real.remove(&real).ok_or(ControlError::NoSuchDestination)?;
        let place = service.destinations.iter().position(|id| *id == removed).ok_or(ControlError::NoSuchDestination)?;
        service.destinations.remove(place);
        let before = place.checked_sub(1).and_then(|before| service.destinations.get(before)).copied();
        let pool = Pool { order: &service.destinations, all: &self.destinations };
        service.state.changed(Change::Removed { removed, before }, pool);
        self.discard(removed);
        Ok(())
    }

    /// Moves a real server to the trash (`__ip_vs_del_dest`).
    fn discard(&mut self, id: DestinationId) {
        if let Some(destination) = self.destinations.get_mut(&id) {
            destination.available = false;
            destination.idle_since = None;
            destination.statistics.stop(self.now);
        }
        if self.trash.destinations.is_empty() {
            self.trash.next_check = self.now + TRASH_PERIOD / 2;
        }
        self.trash.destinations.push_front(id);
        self.trash.flush_connections |= self.sysctls.expire_nodest_conn;
    }

    /// Lets connections, the trash and what schedulers remember age until `now`. The hooks do so for
    /// every packet; with a virtual clock it is to be called when the clock moves, too.
    pub fn advance(&mut self, now: Seconds, conntrack: &mut Conntrack) {
        if self.trash.flush_connections {
            self.trash.flush_connections = false;
            self.flush_nodest_connections(conntrack);
        }
        while !self.trash.destinations.is_empty() && self.trash.next_check <= now {
            let at = self.trash.next_check;
            self.expire_connections(at, conntrack);
            self.empty_trash(at);
            self.trash.next_check = at + TRASH_PERIOD / 2;
        }
        self.expire_connections(now, conntrack);
        if now > self.now {
            self.now = now;
            for service in self.services.values_mut() {
                service.state.advance(now, self.sysctls.locality_expiration);
            }
        }
    }

    /// Real servers that nothing points to any more go when they have been idle for a period
    /// (`ip_vs_dest_trash_expire`).
    fn empty_trash(&mut self, now: Seconds) {
        let (destinations, services) = (&mut self.destinations, &self.services);
        self.trash.destinations.retain(|id| {
            let Some(destination) = destinations.get_mut(id) else {
                return false;
            };
            let in_use = destination.total_connections + destination.persistent_connections > 0
                || services.values().any(|service| service.state.remembers(*id));
            if in_use {
                return true;
            }
            let since = *destination.idle_since.get_or_insert(now);
            let keep = now < since + TRASH_PERIOD;
            if !keep {
                destinations.remove(id);
            }
            keep
        });
    }
}

fn validate_service(key: &ServiceKey, config: &ServiceConfig) -> Result<(), ControlError> {
    let protocol_is_known = match key {
        ServiceKey::Address { protocol, .. } => {
            matches!(protocol, Protocol::Tcp | Protocol::Udp | Protocol::Sctp)
        }
        ServiceKey::Mark { .. } => true,
    };
    let netmask_fits = config.persistence.is_none_or(|persistence| match persistence.netmask {
        Netmask::V4(_) => key.family() == Family::V4,
        Netmask::V6(length) => key.family() == Family::V6 && (1..=128).contains(&length),
    });
    if protocol_is_known && netmask_fits { Ok(()) } else { Err(ControlError::InvalidArgument) }
}

fn validate_destination(key: &ServiceKey, config: &DestinationConfig) -> Result<(), ControlError> {
    const INT_MAX: u32 = i32::MAX.unsigned_abs();
    if config.weight > INT_MAX || config.lower_threshold > config.upper_threshold {
        return Err(ControlError::OutOfRange);
    }
    let address = config.real.address;
    let is_broadcast = matches!(address, std::net::IpAddr::V4(v4) if v4.is_broadcast());
    // Both families in one service: only through a tunnel (`ip_vs_genl_set_cmd`).
    let family_fits = Family::of(address) == key.family() || matches!(config.forwarding, Forwarding::Tunnel(_));
    if config.upper_threshold > INT_MAX
        || !family_fits
        || address.is_multicast()
        || address.is_unspecified()
        || is_broadcast
    {
        return Err(ControlError::InvalidArgument);
    }
    Ok(())
}
