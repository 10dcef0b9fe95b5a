use super::{Pool, is_less_loaded};
use crate::chance::Chance;
use crate::ipvs::destination::{Destination, DestinationId};

/// Power of two choices: the less loaded of two drawn by weight (`ip_vs_twos.c`).
pub fn schedule(pool: Pool<'_>, chance: &mut Chance) -> Option<DestinationId> {
    let usable = pool.iter().filter(|destination| destination.takes_connections());
    let total: u64 = usable.clone().map(|destination| u64::from(destination.config.weight)).sum();
    if total == 0 {
        return None;
    }
    // The kernel draws from 0 up to and with the sum, which favours the first a little.
    let outcomes = u32::try_from(total + 1).unwrap_or(u32::MAX);
    let (first, second) = (chance.below(outcomes), chance.below(outcomes));
    let first = draw(usable.clone(), first)?;
    let second = draw(usable, second)?;
    Some(if is_less_loaded(second, first, Destination::overhead) { second.id } else { first.id })
}

fn draw<'a>(mut usable: impl Iterator<Item = &'a Destination>, drawn: u32) -> Option<&'a Destination> {
    let mut sum = 0;
    usable.find(|destination| {
        sum += u64::from(destination.config.weight);
        u64::from(drawn) <= sum
    })
}
