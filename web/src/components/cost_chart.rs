use std::rc::Rc;

use datapath_core::lab::CostPoint;
use datapath_core::message::Language;
use datapath_core::proxy::Mode;
use gloo::events::EventListener;
use gloo::utils::window;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::counters::Counter;
use super::drawing::{Drawing, Series, draw};
use super::measuring::Points;
use super::saving::{cost_csv, save_csv, save_png};
use crate::text::{self, say};
use crate::theme::Theme;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub points: Rc<Points>,
    pub counter: Counter,
    pub following: bool,
    /// The largest cluster that will be measured.
    pub most: usize,
    pub theme: Theme,
    pub language: Language,
}

/// The legend, whose colours the drawing takes, and the drawing.
#[component]
pub fn CostChart(props: &Props) -> Html {
    let (legend, canvas) = (use_node_ref(), use_node_ref());
    let surroundings = use_surroundings();
    let series = Mode::ALL.map(|mode| of_mode(props, mode));
    let drawing = Drawing {
        series: series.to_vec(),
        most: props.most,
        x_axis: say!("compare-x-axis"),
        y_axis: say!("compare-y-axis", name = (props.counter.name)()),
    };
    let label = said(&drawing);
    use_effect_with((drawing, props.theme, surroundings), {
        let (legend, canvas) = (legend.clone(), canvas.clone());
        move |(drawing, ..)| {
            if let (Some(legend), Some(canvas)) = (legend.cast::<HtmlElement>(), canvas.cast()) {
                // A browser without a canvas still has the table below.
                let _ = draw(drawing, &legend, &canvas);
            }
        }
    });
    let png = Callback::from({
        let canvas = canvas.clone();
        move |_: MouseEvent| {
            if let Some(canvas) = canvas.cast() {
                save_png("cost.png", &canvas);
            }
        }
    });
    let points = props.points.clone();
    let csv = Callback::from(move |_: MouseEvent| save_csv("cost.csv", &cost_csv(&points)));
    html! {
        <figure class="chart">
            <figcaption>
                <ul class="legend" ref={legend}>{ for Mode::ALL.iter().map(|mode| sample(*mode)) }</ul>
            </figcaption>
            <canvas ref={canvas.clone()} role="img" aria-label={label} />
            <div class="buttons">
                <button type="button" class="small" onclick={png}>{ say!("save-png") }</button>
                <button type="button" class="small" onclick={csv}>{ say!("save-csv") }</button>
            </div>
        </figure>
    }
}

fn of_mode(props: &Props, mode: Mode) -> Series {
    let cost = |point: &CostPoint| {
        if props.following { point.following } else { point.first }
    };
    let points = props.points.iter().filter(|(of, _)| *of == mode);
    Series { mode, points: points.map(|(_, point)| (point.services, (props.counter.of)(&cost(point)))).collect() }
}

/// The chart in words: where each line ends.
fn said(drawing: &Drawing) -> String {
    let ends = drawing.series.iter().filter_map(|series| {
        let (services, count) = series.points.last()?;
        Some(say!("compare-end", mode = text::mode(series.mode), count = *count, services = *services))
    });
    std::iter::once(drawing.y_axis.clone()).chain(ends).collect::<Vec<_>>().join("; ")
}

fn sample(mode: Mode) -> Html {
    let marker = match mode {
        Mode::Iptables => html! { <circle cx="16" cy="6" r="3.5" /> },
        Mode::Nftables => html! { <path d="M16 1.8 20.2 9H11.8z" /> },
        Mode::Ipvs => html! { <rect class="hollow" x="12" y="2" width="8" height="8" /> },
    };
    html! {
        <li class={mode.to_string()}>
            <svg viewBox="0 0 32 12" aria-hidden="true"><path class="dash" d="M0 6h32" />{ marker }</svg>
            { text::mode(mode) }
        </li>
    }
}

/// Changes with what a drawing depends on beside its data: the width of the window and the system's colours.
#[hook]
fn use_surroundings() -> u32 {
    let count = use_state_eq(|| 0_u32);
    let now = *count;
    let set = count.setter();
    use_effect_with(now, move |now| {
        let next = now.wrapping_add(1);
        let scheme = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
        let recolour = set.clone();
        let listeners = (
            scheme.map(|scheme| EventListener::once(&scheme, "change", move |_| recolour.set(next))),
            EventListener::once(&window(), "resize", move |_| set.set(next)),
        );
        move || drop(listeners)
    });
    now
}
