use super::Pool;
use crate::ipvs::destination::{Destination, DestinationId};

/// Shortest expected delay: the active connections it would have then, by weight (`ip_vs_sed.c`).
pub fn schedule(pool: Pool<'_>) -> Option<DestinationId> {
    pool.least_loaded(expected).map(|least| least.id)
}

pub(super) fn expected(destination: &Destination) -> u64 {
    u64::from(destination.active_connections) + 1
}
