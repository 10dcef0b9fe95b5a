use datapath_core::trace::{Calibration, Cost};
use yew::prelude::*;

use super::lane::LaneProps;
use crate::text::cost as t;

/// A count: how it is called, in full and in short, and where it stands in a cost.
#[derive(Clone, Copy)]
pub struct Counter {
    pub name: &'static str,
    pub short: &'static str,
    pub of: fn(&Cost) -> u32,
}

impl PartialEq for Counter {
    fn eq(&self, other: &Self) -> bool {
        self.short == other.short
    }
}

pub const COUNTERS: [Counter; 6] = [
    Counter { name: t::RULES, short: t::RULES_SHORT, of: |cost| cost.rules },
    Counter { name: t::MATCHES, short: t::MATCHES_SHORT, of: |cost| cost.matches },
    Counter { name: t::PROBES, short: t::PROBES_SHORT, of: |cost| cost.probes },
    Counter { name: t::CONNECTIONS, short: t::CONNECTIONS_SHORT, of: |cost| cost.connections },
    Counter { name: t::REWRITES, short: t::REWRITES_SHORT, of: |cost| cost.rewrites },
    Counter { name: t::TIME, short: t::TIME_SHORT, of: nanoseconds },
];

/// Those that grow with a cluster.
pub const GROWING: [Counter; 5] = [COUNTERS[0], COUNTERS[1], COUNTERS[2], COUNTERS[3], COUNTERS[5]];

fn nanoseconds(cost: &Cost) -> u32 {
    Calibration::LINUX_6_18.nanoseconds(cost).round() as u32
}

/// What the packet and its answer have cost so far, beside what they cost in all. The bars of all lanes have one scale.
#[component]
pub fn Counters(LaneProps { model, lane }: &LaneProps) -> Html {
    let Some(shown) = &model.shown else {
        return html! { <div class="counters" /> };
    };
    let Some(track) = shown.tracks.get(*lane) else {
        return html! { <div class="counters" /> };
    };
    let so_far = track.tally(model.moment(*lane)).total();
    let total = track.totals.get(shown.packet).copied().unwrap_or_default().total();
    let row = |counter: &Counter| {
        let (now, all, most) = ((counter.of)(&so_far), (counter.of)(&total), (counter.of)(&shown.scale));
        html! {
            <div data-counter={counter.short} data-now={now.to_string()} data-total={all.to_string()}>
                <dt>{ counter.name }</dt>
                <dd>
                    <span class="unseen">{ t::spoken(counter.name, now, all) }</span>
                    <span class="bar" aria-hidden="true" style={widths(now, all, most)}><i /><b /></span>
                    <span class="number" aria-hidden="true"><b>{ now }</b>{ " / " }{ all }</span>
                </dd>
            </div>
        }
    };
    html! {
        <div class="counters" role="group" aria-label={t::TITLE}>
            <dl>{ for COUNTERS.iter().map(row) }</dl>
        </div>
    }
}

fn widths(now: u32, all: u32, most: u32) -> String {
    let percent = |count: u32| f64::from(count) * 100.0 / f64::from(most.max(1));
    format!("--now:{:.2}%;--all:{:.2}%", percent(now), percent(all))
}
