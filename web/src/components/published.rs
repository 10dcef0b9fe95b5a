use std::sync::LazyLock;

use datapath_core::lab::{CostPoint, FIRST_PACKET, Published};
use datapath_core::message::Language;
use datapath_core::proxy::Mode;
use yew::prelude::*;

use super::measuring::use_points;
use super::saving::{published_csv, save_csv};
use crate::text::{self, published as t, say};

/// Services up to which the model is run; more take longer than anybody waits.
const MOST: usize = 10_000;
static WANTED: LazyLock<Vec<(Mode, usize)>> = LazyLock::new(|| {
    let measurable = FIRST_PACKET.iter().filter(|published| published.services <= MOST);
    measurable.map(|published| (published.mode, published.services)).collect()
});

#[derive(Properties, PartialEq)]
pub struct Props {
    pub language: Language,
}

/// What others have measured, beside what the model counts in clusters of the same size.
#[component]
pub fn PublishedNumbers(_: &Props) -> Html {
    let started = use_state_eq(|| false);
    let (points, failed) = use_points(&WANTED, *started);
    let all = WANTED.len();
    let is_running = *started && !failed && points.len() < all;
    let start = started.setter();
    let onclick = Callback::from(move |_| start.set(true));
    let csv = {
        let points = points.clone();
        Callback::from(move |_: MouseEvent| save_csv("published.csv", &published_csv(&points)))
    };
    html! {
        <div class="published">
            <h3>{ say!("published-title") }</h3>
            <p class="muted">{ say!("published-note") }</p>
            <div class="scroll" data-scrolls="" tabindex="0" role="group" aria-label={say!("published-title")}>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{ say!("published-services") }</th>
                            <th scope="col">{ say!("published-datapath") }</th>
                            <th scope="col">{ say!("published-p50") }<small>{ say!("published-microseconds") }</small></th>
                            <th scope="col">{ say!("published-p99") }<small>{ say!("published-microseconds") }</small></th>
                            <th scope="col">{ say!("published-model") }<small>{ say!("published-model-unit") }</small></th>
                        </tr>
                    </thead>
                    <tbody>{ for FIRST_PACKET.iter().map(|published| row(published, &points)) }</tbody>
                </table>
            </div>
            <div class="buttons">
                <button type="button" class="small" aria-disabled={(*started && !failed).then_some("true")} {onclick}>{ say!("published-run") }</button>
                <button type="button" class="small" onclick={csv}>{ say!("save-csv") }</button>
                <span class="muted" role="status">{ (is_running).then(|| say!("published-running", done = points.len(), all = all)) }</span>
            </div>
        </div>
    }
}

fn row(published: &Published, points: &[(Mode, CostPoint)]) -> Html {
    let mode = published.mode.to_string();
    let count = count(published, points).map_or_else(|| t::NOT_RUN.to_owned(), |count| text::number(count as usize));
    html! {
        <tr class={mode.clone()} data-mode={mode.clone()}>
            <td class="number">{ text::number(published.services) }</td>
            <th scope="row"><span class="swatch" />{ text::mode(published.mode) }</th>
            <td class="number">{ published.p50 }</td>
            <td class="number">{ published.p99 }</td>
            <td class="number">{ count }</td>
        </tr>
    }
}

/// What the model counted for the first packet: rules, and look-ups in sets and maps.
pub fn count(published: &Published, points: &[(Mode, CostPoint)]) -> Option<u32> {
    let is_it = |(mode, point): &&(Mode, CostPoint)| *mode == published.mode && point.services == published.services;
    points.iter().find(is_it).map(|(_, point)| point.first.rules + point.first.probes)
}
