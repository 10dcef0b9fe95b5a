use datapath_core::trace::{Calibration, Cost};
use yew::prelude::*;

use super::lane::LaneProps;
use crate::text::{self, say};

/// A count: how it is called, in full and in short, and where it stands in a cost.
#[derive(Clone, Copy)]
pub struct Counter {
    /// The same in every language.
    pub key: &'static str,
    pub name: fn() -> String,
    pub short: fn() -> String,
    pub of: fn(&Cost) -> u32,
}

impl PartialEq for Counter {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

pub const COUNTERS: [Counter; 6] = [
    Counter { key: "Rules", name: || say!("cost-rules"), short: || say!("cost-rules-short"), of: |cost| cost.rules },
    Counter {
        key: "Tests",
        name: || say!("cost-matches"),
        short: || say!("cost-matches-short"),
        of: |cost| cost.matches,
    },
    Counter {
        key: "Look-ups",
        name: || say!("cost-probes"),
        short: || say!("cost-probes-short"),
        of: |cost| cost.probes,
    },
    Counter {
        key: "Conntrack",
        name: || say!("cost-connections"),
        short: || say!("cost-connections-short"),
        of: |cost| cost.connections,
    },
    Counter {
        key: "Rewrites",
        name: || say!("cost-rewrites"),
        short: || say!("cost-rewrites-short"),
        of: |cost| cost.rewrites,
    },
    Counter { key: "≈ ns", name: || say!("cost-time"), short: || say!("cost-time-short"), of: nanoseconds },
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
            <div data-counter={counter.key} data-now={now.to_string()} data-total={all.to_string()}>
                <dt>{ (counter.name)() }</dt>
                <dd>
                    <span class="unseen">{ say!("cost-spoken", name = (counter.name)(), now = now, all = all) }</span>
                    <span class="bar" aria-hidden="true" ~style={widths(now, all, most)}><i /><b /></span>
                    <span class="number" aria-hidden="true"><b>{ text::number(now as usize) }</b>{ " / " }{ text::number(all as usize) }</span>
                </dd>
            </div>
        }
    };
    html! {
        <div class="counters" role="group" aria-label={say!("cost-title")}>
            <dl>{ for COUNTERS.iter().map(row) }</dl>
        </div>
    }
}

fn widths(now: u32, all: u32, most: u32) -> String {
    let percent = |count: u32| f64::from(count) * 100.0 / f64::from(most.max(1));
    format!("--now:{:.2}%;--all:{:.2}%", percent(now), percent(all))
}
