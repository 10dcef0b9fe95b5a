use super::{Change, Pool};
use crate::ipvs::destination::{Destination, DestinationId};

/// Round robin: the next one in the list (`ip_vs_rr.c`).
#[derive(Clone, Debug, Default)]
pub struct RoundRobin {
    /// Whom the last connection went to; none is the head of the list.
    last: Option<DestinationId>,
}

impl RoundRobin {
    pub fn changed(&mut self, change: Change) {
        if let Change::Removed { removed, before } = change
            && self.last == Some(removed)
        {
            self.last = before;
        }
    }

    pub fn schedule(&mut self, pool: Pool<'_>) -> Option<DestinationId> {
        // From the one after the last to the end, then from the start up to the last itself.
        let next = self.last.and_then(|last| pool.place(last)).map_or(0, |place| place + 1);
        let order = pool.order;
        let mut round = order.range(next..).chain(order.range(..next)).filter_map(|id| pool.all.get(id));
        let chosen = round.find(|destination| Destination::takes_connections(destination))?.id;
        self.last = Some(chosen);
        Some(chosen)
    }
}
