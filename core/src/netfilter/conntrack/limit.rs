//! What happens when the table is full.

use super::chains::scale;
use super::store::Store;
use super::{Connection, ConnectionId, Conntrack};
use crate::netfilter::Seconds;

/// `NF_CT_EVICTION_RANGE`
const BUCKETS_SEARCHED: usize = 8;

impl Conntrack {
    /// Whether there is room for one more connection, if need be that of others (`__nf_conntrack_alloc`).
    pub(super) fn make_room(&mut self, hash: u32, now: Seconds) -> bool {
        let is_limited = self.settings.max > 0 && self.store.len() >= self.settings.max as usize;
        let is_full = is_limited || self.store.len() >= Store::MOST;
        if !is_full || self.drop_early(hash, now) {
            return true;
        }
        self.is_short = true;
        false
    }

    /// Gives up what is not assured in the first of a few buckets that has any (`early_drop`). Only these are searched:
    /// a table with many buckets and few entries is full although there are some to give up.
    fn drop_early(&mut self, hash: u32, now: Seconds) -> bool {
        let count = self.settings.buckets as usize;
        let first = scale(hash, count);
        for bucket in (first..).take(BUCKETS_SEARCHED.min(count)) {
            let mut dropped = 0;
            for id in self.store.bucket(bucket % count, count) {
                let Some(entry) = self.store.get(id) else {
                    continue;
                };
                if entry.expires <= now {
                    self.delete(id);
                } else if !entry.status.assured && !entry.status.dying {
                    self.delete(id);
                    dropped += 1;
                }
            }
            if dropped > 0 {
                self.statistics.early_drop += dropped;
                return true;
            }
        }
        false
    }

    /// After somebody found the table full, the next collection takes what may be given up until a twentieth of the
    /// table is free (`gc_worker`).
    pub(super) fn collect(&mut self) {
        let enough = self.settings.max / 100 * 95;
        if !std::mem::take(&mut self.is_short) || enough == 0 {
            return;
        }
        let may_go = |entry: &&Connection| {
            let is_entered = entry.status.confirmed && !entry.status.dying;
            is_entered && (!entry.status.assured || entry.progress.is_closing())
        };
        let candidates: Vec<ConnectionId> = self.store.iter().filter(may_go).map(|entry| entry.id).collect();
        for id in candidates {
            if self.store.len() < enough as usize {
                break;
            }
            self.delete(id);
        }
    }
}
