use super::locality::{self, Locality};
use super::{Pool, Request, is_less_loaded};
use crate::ipvs::destination::{Destination, DestinationId};
use crate::netfilter::Seconds;

/// Locality-based least connection with replication: an address asked for has a set of real servers,
/// which grows under load (`ip_vs_lblcr.c`).
#[derive(Clone, Debug)]
pub struct Replicated {
    table: Locality<Replicas>,
}

#[derive(Clone, Debug)]
struct Replicas {
    /// The newest first.
    members: Vec<DestinationId>,
    last_change: Seconds,
}

impl Replicas {
    fn iter<'a>(&'a self, pool: Pool<'a>) -> impl Iterator<Item = &'a Destination> {
        self.members.iter().filter_map(move |id| pool.all.get(id))
    }

    fn insert(&mut self, id: DestinationId, now: Seconds) {
        if !self.members.contains(&id) {
            self.members.insert(0, id);
            self.last_change = now;
        }
    }

    /// Who gets the connection (`ip_vs_dest_set_min`).
    fn least_loaded(&self, pool: Pool<'_>) -> Option<DestinationId> {
        let usable = self.iter(pool).filter(|member| member.available && member.takes_connections());
        locality::least_loaded_of(usable).map(|least| least.id)
    }

    /// Takes out the most loaded one (`ip_vs_dest_set_max`).
    fn shrink(&mut self, pool: Pool<'_>, now: Seconds) {
        let weighted = self.iter(pool).filter(|member| member.config.weight > 0);
        let most = weighted.reduce(
            |most, other| {
                if is_less_loaded(most, other, Destination::overhead) { other } else { most }
            },
        );
        if let Some(id) = most.map(|most| most.id) {
            self.members.retain(|member| *member != id);
            self.last_change = now;
        }
    }
}

impl Replicated {
    pub fn new(now: Seconds) -> Self {
        Self { table: Locality::new(now) }
    }

    pub fn schedule(&mut self, pool: Pool<'_>, request: &Request) -> Option<DestinationId> {
        let Some(replicas) = self.table.get_mut(request.virtual_address, request.now) else {
            let least = locality::least_loaded(pool)?.id;
            let replicas = Replicas { members: vec![least], last_change: request.now };
            self.table.set(request.virtual_address, replicas, request.now);
            return Some(least);
        };
        let least = replicas.least_loaded(pool).and_then(|id| pool.all.get(&id));
        if replicas.members.len() > 1 && request.now > replicas.last_change + request.locality_expiration {
            replicas.shrink(pool, request.now);
        }
        if let Some(least) = least
            && !locality::is_overloaded(least, pool)
        {
            return Some(least.id);
        }
        let least = locality::least_loaded(pool)?.id;
        replicas.insert(least, request.now);
        Some(least)
    }

    pub fn advance(&mut self, now: Seconds, expiration: Seconds) {
        self.table.advance(now, expiration);
    }

    pub fn remembers(&self, id: DestinationId) -> bool {
        self.table.values().any(|replicas| replicas.members.contains(&id))
    }
}
