use super::{Pool, fo};
use crate::ipvs::destination::DestinationId;

/// Weighted overflow: the heaviest that has no more active connections than its weight (`ip_vs_ovf.c`).
pub fn schedule(pool: Pool<'_>) -> Option<DestinationId> {
    let has_room = pool.iter().filter(|destination| {
        destination.takes_connections() && destination.active_connections <= destination.config.weight
    });
    fo::heaviest(has_room).map(|chosen| chosen.id)
}
