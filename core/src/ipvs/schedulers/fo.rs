use super::Pool;
use crate::ipvs::destination::{Destination, DestinationId};

/// Weighted failover: the heaviest; of equal ones the first (`ip_vs_fo.c`).
pub fn schedule(pool: Pool<'_>) -> Option<DestinationId> {
    let usable = pool.iter().filter(|destination| destination.takes_connections());
    heaviest(usable).map(|chosen| chosen.id)
}

pub(super) fn heaviest<'a>(destinations: impl Iterator<Item = &'a Destination>) -> Option<&'a Destination> {
    destinations.reduce(|heaviest, other| if other.config.weight > heaviest.config.weight { other } else { heaviest })
}
