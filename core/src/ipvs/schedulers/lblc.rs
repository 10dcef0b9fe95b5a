use super::locality::{self, Locality};
use super::{Pool, Request};
use crate::ipvs::destination::DestinationId;
use crate::netfilter::Seconds;

/// Locality-based least connection: an address asked for stays with its real server (`ip_vs_lblc.c`).
#[derive(Clone, Debug)]
pub struct LocalityBased {
    table: Locality<DestinationId>,
}

impl LocalityBased {
    pub fn new(now: Seconds) -> Self {
        Self { table: Locality::new(now) }
    }

    pub fn schedule(&mut self, pool: Pool<'_>, request: &Request) -> Option<DestinationId> {
        let known = self.table.get_mut(request.virtual_address, request.now).and_then(|id| pool.all.get(id));
        if let Some(known) = known
            && known.available
            && known.config.weight > 0
            && !locality::is_overloaded(known, pool)
        {
            return Some(known.id);
        }
        let least = locality::least_loaded(pool)?.id;
        self.table.set(request.virtual_address, least, request.now);
        Some(least)
    }

    pub fn advance(&mut self, now: Seconds, expiration: Seconds) {
        self.table.advance(now, expiration);
    }

    pub fn remembers(&self, id: DestinationId) -> bool {
        self.table.values().any(|known| *known == id)
    }
}
