use super::Pool;
use crate::ipvs::destination::{Destination, DestinationId};

/// Weighted least connection (`ip_vs_wlc.c`).
pub fn schedule(pool: Pool<'_>) -> Option<DestinationId> {
    pool.least_loaded(Destination::overhead).map(|least| least.id)
}
