use super::hash::{fold, hash_32};
use super::{Change, Pool, Request};
use crate::ipvs::destination::DestinationId;

/// Destination hashing: the address asked for decides (`ip_vs_dh.c`).
#[derive(Clone, Debug)]
pub struct DestinationHashing {
    /// Empty without real servers.
    buckets: Vec<DestinationId>,
}

impl DestinationHashing {
    const BITS: u32 = 8;

    pub fn new(pool: Pool<'_>) -> Self {
        Self { buckets: pool.order.iter().copied().cycle().take(1 << Self::BITS).collect() }
    }

    pub fn changed(&mut self, change: Change, pool: Pool<'_>) {
        // A weight has no share in the table, so that an update leaves it alone.
        if !matches!(change, Change::Updated) {
            *self = Self::new(pool);
        }
    }

    pub fn schedule(&self, pool: Pool<'_>, request: &Request) -> Option<DestinationId> {
        let bucket = hash_32(fold(request.virtual_address), Self::BITS);
        let destination = pool.all.get(self.buckets.get(bucket as usize)?)?;
        (destination.available && destination.takes_connections()).then_some(destination.id)
    }
}
