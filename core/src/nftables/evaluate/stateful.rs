//! Statements that count: `nft_counter.c`, `nft_limit.c`, `nft_quota.c`, `nft_connlimit.c`.

use crate::netfilter::{Context, Seconds};
use crate::nftables::model::{Limit, RateUnit, State, Stateful};
use crate::trace::Tracer;

/// Counts a packet, and says whether it may go on.
pub fn count<T: Tracer>(what: Stateful, state: &mut State, ctx: &Context<'_, T>) -> bool {
    let length = ctx.skb.packet.length;
    match (what, state) {
        (Stateful::Counter, State::Counter { packets, bytes }) => {
            *packets = packets.saturating_add(1);
            *bytes = bytes.saturating_add(length.into());
            true
        }
        (Stateful::Limit(limit), State::Limit { tokens, last }) => pay(&limit, tokens, last, length, ctx.now),
        // `nft_quota_do_eval`
        (Stateful::Quota(quota), State::Quota { used }) => {
            *used = used.saturating_add(length.into());
            (*used >= quota.bytes) == quota.over
        }
        (Stateful::Connections(count), State::Connections(seen)) => (seen.add(ctx) > count.most as usize) == count.over,
        // Each is kept with what is its own.
        _ => false,
    }
}

/// `nft_limit_eval`: credit in nanoseconds.
fn pay(limit: &Limit, tokens: &mut u64, last: &mut Seconds, length: u16, now: Seconds) -> bool {
    const SECOND: u64 = 1_000_000_000;
    let unit = limit.per.seconds() * SECOND;
    let (most, cost) = match limit.unit {
        RateUnit::Packets => ((unit / limit.rate).saturating_mul(limit.burst.into()), unit / limit.rate),
        RateUnit::Bytes => {
            let scaled = |bytes: u64| u128::from(unit) * u128::from(bytes) / u128::from(limit.rate);
            let fit = |value: u128| u64::try_from(value).unwrap_or(u64::MAX);
            (fit(scaled(limit.rate.saturating_add(limit.burst.into()))), fit(scaled(length.into())))
        }
    };
    let credit = tokens.saturating_add(now.saturating_sub(*last).saturating_mul(SECOND)).min(most);
    *last = now;
    let within = credit >= cost;
    *tokens = if within { credit - cost } else { credit };
    within != limit.over
}
