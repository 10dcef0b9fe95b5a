use super::{Pool, sed};
use crate::ipvs::destination::DestinationId;

/// Never queue: an idle one, else the shortest expected delay (`ip_vs_nq.c`).
pub fn schedule(pool: Pool<'_>) -> Option<DestinationId> {
    let idle = pool.iter().find(|destination| destination.takes_connections() && destination.active_connections == 0);
    idle.or_else(|| pool.least_loaded(sed::expected)).map(|chosen| chosen.id)
}
