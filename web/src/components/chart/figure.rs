use gloo::events::EventListener;
use gloo::utils::window;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::Chart;
use super::draw::{draw, picture};
use super::legend::entries;
use crate::components::saving::{background, save_csv, save_png};
use crate::text::say;
use crate::theme::Theme;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub chart: Chart,
    /// What its files are called, without an ending.
    pub name: &'static str,
    /// The numbers as a table.
    pub csv: Callback<(), String>,
    pub theme: Theme,
}

/// The legend, whose colours the drawing takes, the drawing, and what saves it.
#[component]
pub fn ChartFigure(props: &Props) -> Html {
    let (legend, canvas) = (use_node_ref(), use_node_ref());
    let surroundings = use_surroundings();
    use_effect_with((props.chart.clone(), props.theme, surroundings), {
        let (legend, canvas) = (legend.clone(), canvas.clone());
        move |(chart, ..)| {
            if let (Some(legend), Some(canvas)) = (legend.cast(), canvas.cast()) {
                // A browser without a canvas still has the table.
                let _ = draw(chart, &legend, &canvas);
            }
        }
    });
    let height = format!("height:{}px", props.chart.height());
    html! {
        <figure class="chart" data-chart={props.name}>
            <figcaption><ul class="legend" ref={&legend}>{ entries(&props.chart) }</ul></figcaption>
            <canvas ref={&canvas} role="img" aria-label={props.chart.spoken.clone()} ~style={height} />
            { buttons(props, &legend, &canvas) }
        </figure>
    }
}

/// What saves a chart whose numbers the page shows otherwise.
#[component]
pub fn ChartFiles(props: &Props) -> Html {
    let (legend, place) = (use_node_ref(), use_node_ref());
    html! {
        <div ref={&place} class="chart" data-chart={props.name}>
            <ul class="legend unseen" ref={&legend} aria-hidden="true">{ entries(&props.chart) }</ul>
            { buttons(props, &legend, &place) }
        </div>
    }
}

/// Saves the chart as wide as what stands in this place.
fn buttons(props: &Props, legend: &NodeRef, place: &NodeRef) -> Html {
    let name = props.name;
    let png = {
        let (chart, legend, place) = (props.chart.clone(), legend.clone(), place.clone());
        Callback::from(move |_: MouseEvent| {
            if let (Some(legend), Some(place)) = (legend.cast(), place.cast()) {
                let _ = save(name, &chart, &legend, &place);
            }
        })
    };
    let csv = {
        let table = props.csv.clone();
        Callback::from(move |_: MouseEvent| save_csv(&format!("{name}.csv"), &table.emit(())))
    };
    html! {
        <div class="buttons">
            <button type="button" class="small" onclick={png}>{ say!("save-png") }</button>
            <button type="button" class="small" onclick={csv}>{ say!("save-csv") }</button>
        </div>
    }
}

fn save(name: &str, chart: &Chart, legend: &HtmlElement, place: &HtmlElement) -> Option<()> {
    let picture = picture(chart, legend, f64::from(place.client_width()), &background(place)?).ok()?;
    save_png(&format!("{name}.png"), &picture)
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
