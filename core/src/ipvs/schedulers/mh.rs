use super::hash::{fold, gcd, hsiphash};
use super::{Pool, Request};
use crate::ipvs::destination::{Destination, DestinationId};

/// Maglev hashing: a table that changes little when a real server goes (`ip_vs_mh.c`).
#[derive(Clone, Debug)]
pub struct Maglev {
    /// Empty until some real server had a weight.
    table: Vec<DestinationId>,
}

/// The order in which one real server claims places, and how many at a time.
struct Claim {
    id: DestinationId,
    next: u32,
    skip: u32,
    turns: u32,
}

impl Maglev {
    /// The prime for `CONFIG_IP_VS_MH_TAB_INDEX=12`.
    const SIZE: u32 = 4093;
    /// Weights are shifted to fit so many bits.
    const WEIGHT_BITS: u32 = 6;
    const OFFSET_KEY: u64 = 2_654_435_761;
    const SKIP_KEY: u64 = 2_654_446_892;

    pub fn new(pool: Pool<'_>) -> Self {
        let mut maglev = Self { table: Vec::new() };
        maglev.reassign(pool);
        maglev
    }

    /// `ip_vs_mh_reassign`. The kernel refuses to fill the table for more real servers than it has
    /// places, and keeps the old one.
    pub fn reassign(&mut self, pool: Pool<'_>) {
        if pool.order.len() <= Self::SIZE as usize {
            self.table = populate(claims(pool));
        }
    }

    pub fn schedule(&self, pool: Pool<'_>, request: &Request) -> Option<DestinationId> {
        let port = if request.flags.port() { request.client_port } else { 0 };
        let key = u32::from(port).wrapping_add(fold(request.client));
        let place = |offset: u32| hsiphash(offset.wrapping_add(key), Self::OFFSET_KEY) % Self::SIZE;
        let at = |offset: u32| self.table.get(place(offset) as usize).and_then(|id| pool.all.get(id));
        let preferred = at(0)?;
        if preferred.takes_connections() {
            return Some(preferred.id);
        }
        if !request.flags.fallback() {
            return None;
        }
        let first = place(0);
        let mut others = (0..Self::SIZE).filter_map(|offset| at((offset + first) % Self::SIZE));
        others.find(|other| other.takes_connections()).map(|other| other.id)
    }
}

/// `ip_vs_mh_permutate`. A weight of 0 set later keeps its places, so that the others' do not move.
fn claims(pool: Pool<'_>) -> Vec<Claim> {
    let divisor = pool.iter().map(|destination| destination.last_weight).fold(0, gcd);
    if divisor == 0 {
        return Vec::new();
    }
    let heaviest = pool.iter().map(|destination| destination.last_weight / divisor).max().unwrap_or(0);
    let shift = (u32::BITS - heaviest.leading_zeros()).saturating_sub(Maglev::WEIGHT_BITS);
    let claim = |destination: &Destination| {
        let real = destination.config.real;
        let key = u32::from(real.port).wrapping_add(fold(real.address));
        let turns = (destination.last_weight / divisor) >> shift;
        Claim {
            id: destination.id,
            next: hsiphash(key, Maglev::OFFSET_KEY) % Maglev::SIZE,
            skip: hsiphash(key, Maglev::SKIP_KEY) % (Maglev::SIZE - 1) + 1,
            turns: turns.max(u32::from(destination.last_weight != 0)),
        }
    };
    pool.iter().map(claim).filter(|claim| claim.turns > 0).collect()
}

/// `ip_vs_mh_populate`: in turns, each claims the next free places of its own order.
fn populate(mut claims: Vec<Claim>) -> Vec<DestinationId> {
    let mut places = vec![None; if claims.is_empty() { 0 } else { Maglev::SIZE as usize }];
    let mut free = places.len();
    while free > 0 {
        for claim in &mut claims {
            for _ in 0..claim.turns {
                if free == 0 {
                    break;
                }
                while let Some(Some(_)) = places.get(claim.next as usize) {
                    claim.next = (claim.next + claim.skip) % Maglev::SIZE;
                }
                if let Some(place) = places.get_mut(claim.next as usize) {
                    *place = Some(claim.id);
                    free -= 1;
                }
            }
        }
    }
    places.into_iter().flatten().collect()
}
