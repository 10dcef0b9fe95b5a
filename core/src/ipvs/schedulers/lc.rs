use super::Pool;
use crate::ipvs::destination::{Destination, DestinationId};

/// Least connection, whatever the weights (`ip_vs_lc.c`).
pub fn schedule(pool: Pool<'_>) -> Option<DestinationId> {
    let usable = pool.iter().filter(|destination| destination.takes_connections());
    usable.min_by_key(|destination| Destination::overhead(destination)).map(|least| least.id)
}
