use std::sync::LazyLock;

use datapath_core::lab::{ClusterSize, FIRST_PACKET, Published};
use datapath_core::message::Language;
use datapath_core::trace::Calibration;
use yew::prelude::*;

use super::chart::ChartFigure;
use super::csv;
use super::measuring::{Points, Wanted, use_points};
use super::published_chart::chart;
use crate::text::{self, published as t, say};
use crate::theme::Theme;

static WANTED: LazyLock<Vec<Wanted>> = LazyLock::new(|| {
    FIRST_PACKET.iter().map(|published| (published.mode, ClusterSize::of_services(published.services))).collect()
});

#[derive(Properties, PartialEq)]
pub struct Props {
    pub theme: Theme,
    pub language: Language,
}

/// What others have measured, beside what the model counts in clusters of the same size.
#[component]
pub fn PublishedNumbers(props: &Props) -> Html {
    let started = use_state_eq(|| false);
    let (points, failed) = use_points(&WANTED, *started);
    let all = WANTED.len();
    let is_running = *started && !failed && points.len() < all;
    let start = started.setter();
    let onclick = Callback::from(move |_| start.set(true));
    let csv = {
        let points = points.clone();
        Callback::from(move |()| csv::published(&points))
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
                            <th scope="col">{ say!("published-time") }<small>{ say!("published-time-unit") }</small></th>
                            <th scope="col">{ say!("published-model") }<small>{ say!("published-model-unit") }</small></th>
                        </tr>
                    </thead>
                    <tbody>{ for FIRST_PACKET.iter().map(|published| row(published, &points)) }</tbody>
                </table>
            </div>
            <div class="buttons">
                <button type="button" class="small" aria-disabled={(*started && !failed).then_some("true")} {onclick}>{ say!("published-run") }</button>
                <span class="muted" role="status">{ (is_running).then(|| say!("published-running", done = points.len(), all = all)) }</span>
            </div>
            <p class="muted">{ say!("published-note-model") }</p>
            <ChartFigure chart={chart(&points)} name="published" {csv} theme={props.theme} />
        </div>
    }
}

fn row(published: &Published, points: &Points) -> Html {
    let mode = published.mode.to_string();
    let model = of_model(published, points);
    let count = model.map_or_else(|| t::NOT_RUN.to_owned(), |model| text::number(model.count as usize));
    let time = model.map_or_else(|| t::NOT_RUN.to_owned(), |model| t::microseconds(model.microseconds()));
    html! {
        <tr class={mode.clone()} data-mode={mode.clone()}>
            <td class="number">{ text::number(published.services) }</td>
            <th scope="row"><span class="swatch" />{ text::mode(published.mode) }</th>
            <td class="number">{ text::number(published.p50 as usize) }</td>
            <td class="number">{ text::number(published.p99 as usize) }</td>
            <td class="number">{ time }</td>
            <td class="number">{ count }</td>
        </tr>
    }
}

/// What the model has of a first packet in a cluster of the published size.
#[derive(Clone, Copy)]
pub struct OfModel {
    /// Rules, and look-ups in sets and maps.
    pub count: u32,
    nanoseconds: f64,
}

impl OfModel {
    pub fn microseconds(&self) -> f64 {
        self.nanoseconds / 1_000.0
    }
}

/// None where the model has not run.
pub fn of_model(published: &Published, points: &Points) -> Option<OfModel> {
    let size = ClusterSize::of_services(published.services);
    let (_, point) = points.iter().find(|(mode, point)| *mode == published.mode && point.size == size)?;
    let cost = &point.first;
    Some(OfModel { count: cost.rules + cost.probes, nanoseconds: Calibration::LINUX_6_18.nanoseconds(cost) })
}
