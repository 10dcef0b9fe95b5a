use super::hash::{fold, hash_32};
use super::{Pool, Request};
use crate::ipvs::destination::DestinationId;

/// Source hashing: the client's address decides, with its port if asked for (`ip_vs_sh.c`).
#[derive(Clone, Debug)]
pub struct SourceHashing {
    /// Each real server as often in a row as its weight says, but at least once; over and over again.
    buckets: Vec<DestinationId>,
}

impl SourceHashing {
    const BITS: u32 = 8;
    const SIZE: u32 = 1 << Self::BITS;

    pub fn new(pool: Pool<'_>) -> Self {
        let size = Self::SIZE as usize;
        let one_round = pool.iter().flat_map(|destination| {
            let times = (destination.config.weight as usize).clamp(1, size);
            std::iter::repeat_n(destination.id, times)
        });
        Self { buckets: one_round.cycle().take(size).collect() }
    }

    pub fn schedule(&self, pool: Pool<'_>, request: &Request) -> Option<DestinationId> {
        let port = if request.flags.port() { request.client_port } else { 0 };
        let hash = hash_32(u32::from(port).wrapping_add(fold(request.client)), Self::BITS);
        let at = |offset: u32| {
            let bucket = offset.wrapping_add(hash) % Self::SIZE;
            self.buckets.get(bucket as usize).and_then(|id| pool.all.get(id))
        };
        let preferred = at(0)?;
        if preferred.takes_connections() {
            return Some(preferred.id);
        }
        if !request.flags.fallback() {
            return None;
        }
        // The offset starts from the hash itself and is added to it once more.
        (0..Self::SIZE)
            .filter_map(|offset| at(offset + hash))
            .find(|other| other.takes_connections())
            .map(|other| other.id)
    }
}
