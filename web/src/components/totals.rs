use datapath_core::lab::{Lane, Tally};
use yew::prelude::*;

use super::chart::ChartFiles;
use super::counters::{COUNTERS, Counter};
use super::totals_chart::chart;
use super::{SettledProps, csv};
use crate::state::{Shown, Track};
use crate::text::{self, compare as t, say};

/// What the first packet of the connection cost, and what the latest one after it did.
#[component]
pub fn Totals(props: &SettledProps) -> Html {
    let model = &props.model;
    let lab = model.lab();
    let Some(shown) = &model.shown else {
        return html! {};
    };
    let files = {
        let (lab, shown) = (lab.clone(), shown.clone());
        Callback::from(move |()| csv::totals(&lab.lanes, &shown.tracks))
    };
    let rows = lab.lanes.iter().zip(&shown.tracks).map(|(lane, track)| rows(lane, track, shown));
    html! {
        <div class="totals">
            <h3>{ say!("compare-totals") }</h3>
            <p class="muted">{ say!("compare-totals-note") }</p>
            <div class="scroll" data-scrolls="" tabindex="0" role="group" aria-label={say!("compare-totals")}>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{ say!("compare-datapath") }</th>
                            <th scope="col">{ say!("compare-packet") }</th>
                            { for COUNTERS.iter().map(|counter| html! { <th scope="col">{ (counter.short)() }</th> }) }
                        </tr>
                    </thead>
                    { for rows }
                </table>
            </div>
            <ChartFiles chart={chart(&lab.lanes, shown)} name="packets" csv={files} theme={model.theme} />
            { for lab.on_other_nodes().iter().map(|other| html! { <p class="hint" data-other-node="">{ text::say(&other.tell()) }</p> }) }
            <p class="hint">{ if shown.past + shown.packets < 2 { say!("compare-totals-hint") } else { say!("compare-totals-finding") } }</p>
        </div>
    }
}

fn rows(lane: &Lane, track: &Track, shown: &Shown) -> Html {
    let mode = lane.mode.to_string();
    let following = track.totals.len().checked_sub(1).filter(|last| *last > 0);
    html! {
        <tbody class={mode.clone()} data-mode={mode.clone()}>
            <tr data-packet="first">
                <th scope="rowgroup" rowspan="2"><span class="swatch" />{ text::lane(lane) }</th>
                <td>{ say!("compare-first") }</td>
                { cells(track.totals.first(), shown) }
            </tr>
            <tr data-packet="following">
                <td>{ following.map_or_else(|| say!("compare-next"), t::nth) }</td>
                { cells(following.and_then(|last| track.totals.get(last)), shown) }
            </tr>
        </tbody>
    }
}

/// Each number on a bar whose scale all lanes and packets share.
fn cells(tally: Option<&Tally>, shown: &Shown) -> Html {
    let cell = |counter: &Counter| {
        let Some(tally) = tally else {
            return html! { <td class="muted">{ "–" }</td> };
        };
        let (count, most) = ((counter.of)(&tally.total()), (counter.of)(&shown.scale));
        let share = f64::from(count) * 100.0 / f64::from(most.max(1));
        html! { <td class="number" ~style={format!("--share:{share:.2}%")}>{ text::number(count as usize) }</td> }
    };
    html! { <>{ for COUNTERS.iter().map(cell) }</> }
}
