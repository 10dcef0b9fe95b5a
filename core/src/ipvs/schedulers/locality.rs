use std::collections::BTreeMap;
use std::net::IpAddr;

use super::hash::{fold, hash_32};
use super::{Pool, is_less_loaded};
use crate::ipvs::destination::Destination;
use crate::netfilter::Seconds;

/// What lblc and lblcr remember for each address asked for, and how they forget it.
#[derive(Clone, Debug)]
pub struct Locality<V> {
    entries: BTreeMap<IpAddr, Entry<V>>,
    next_check: Seconds,
    /// Checks since the last full one.
    checks: u32,
    rover: u32,
}

#[derive(Clone, Debug)]
struct Entry<V> {
    value: V,
    last_use: Seconds,
}

const TABLE_BITS: u32 = 10;
const TABLE_SIZE: u32 = 1 << TABLE_BITS;
/// More entries than this and idle ones go early; half as many again and no more are made.
const MAX_ENTRIES: usize = TABLE_SIZE as usize * 16;
const CHECK_INTERVAL: Seconds = 60;
const CHECKS_FOR_FULL: u32 = 30;
const ENTRY_TIMEOUT: Seconds = 6 * 60;

impl<V> Locality<V> {
    pub fn new(now: Seconds) -> Self {
        Self { entries: BTreeMap::new(), next_check: now + CHECK_INTERVAL, checks: 1, rover: 0 }
    }

    /// Finds an entry and counts this as its use.
    pub fn get_mut(&mut self, address: IpAddr, now: Seconds) -> Option<&mut V> {
        let entry = self.entries.get_mut(&address)?;
        entry.last_use = now;
        Some(&mut entry.value)
    }

    /// Sets an entry, unless the table is too full for a new one.
    pub fn set(&mut self, address: IpAddr, value: V, now: Seconds) {
        if self.entries.contains_key(&address) || self.entries.len() < MAX_ENTRIES * 3 / 2 {
            self.entries.insert(address, Entry { value, last_use: now });
        }
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.values().map(|entry| &entry.value)
    }

    /// Runs the checks that are due (`ip_vs_lblc_check_expire`).
    pub fn advance(&mut self, now: Seconds, expiration: Seconds) {
        if self.entries.is_empty() && self.next_check <= now {
            // Checks of an empty table only count.
            let due = (now - self.next_check) / CHECK_INTERVAL + 1;
            self.next_check += due * CHECK_INTERVAL;
            let position = (u64::from(self.checks) - 1 + due) % u64::from(CHECKS_FOR_FULL);
            self.checks = u32::try_from(position).unwrap_or(0) + 1;
        }
        while self.next_check <= now {
            self.check(self.next_check, expiration);
            self.next_check += CHECK_INTERVAL;
        }
    }

    fn check(&mut self, now: Seconds, expiration: Seconds) {
        if self.checks.is_multiple_of(CHECKS_FOR_FULL) {
            self.entries.retain(|_, entry| now < entry.last_use + expiration);
            self.checks = 1;
        } else if self.entries.len() <= MAX_ENTRIES {
            self.checks += 1;
        } else {
            let excess = self.entries.len() - MAX_ENTRIES;
            self.evict((excess * 4 / 3).min(MAX_ENTRIES / 2), now);
        }
    }

    /// Bucket by bucket from the rover on, until at least `goal` idle entries are gone.
    fn evict(&mut self, goal: usize, now: Seconds) {
        let mut buckets = vec![Vec::new(); TABLE_SIZE as usize];
        for (address, entry) in &self.entries {
            if now >= entry.last_use + ENTRY_TIMEOUT
                && let Some(bucket) = buckets.get_mut(hash_32(fold(*address), TABLE_BITS) as usize)
            {
                bucket.push(*address);
            }
        }
        let mut evicted = 0;
        for _ in 0..TABLE_SIZE {
            self.rover = (self.rover + 1) % TABLE_SIZE;
            for address in &buckets[self.rover as usize] {
                self.entries.remove(address);
                evicted += 1;
            }
            if evicted >= goal {
                break;
            }
        }
    }
}

/// The weighted least connection of the whole list.
pub fn least_loaded(pool: Pool<'_>) -> Option<&Destination> {
    pool.least_loaded(Destination::overhead)
}

/// As [`least_loaded`], of a chosen few.
pub fn least_loaded_of<'a>(few: impl Iterator<Item = &'a Destination>) -> Option<&'a Destination> {
    few.reduce(|least, other| if is_less_loaded(other, least, Destination::overhead) { other } else { least })
}

/// More active connections than its weight, while another has less than half of its own.
pub fn is_overloaded(destination: &Destination, pool: Pool<'_>) -> bool {
    destination.active_connections > destination.config.weight
        && pool.iter().any(|other| u64::from(other.active_connections) * 2 < u64::from(other.config.weight))
}
