use std::rc::Rc;
use std::sync::LazyLock;

use datapath_core::lab::{ClusterSize, CostPoint};
use datapath_core::message::Language;
use datapath_core::proxy::Mode;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry};
use yew::prelude::*;

use super::chart::{Chart, ChartFigure, Lines, Plot, Series};
use super::counters::{Counter, GROWING};
use super::csv;
use super::measuring::{Points, Wanted, use_points};
use super::segmented::Segmented;
use crate::text::{self, say};
use crate::theme::Theme;

/// What there is more of from one cluster to the next.
#[derive(Clone, Copy, PartialEq)]
enum Growing {
    Services,
    Endpoints,
}

const SERVICES: [usize; 11] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];
const ENDPOINTS: [usize; 10] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
static OF_SERVICES: LazyLock<Vec<Wanted>> = LazyLock::new(|| wanted(&SERVICES, ClusterSize::of_services));
static OF_ENDPOINTS: LazyLock<Vec<Wanted>> = LazyLock::new(|| wanted(&ENDPOINTS, ClusterSize::of_endpoints));

/// For each size in order, one for each mode.
fn wanted(sizes: &[usize], cluster: fn(usize) -> ClusterSize) -> Vec<Wanted> {
    sizes.iter().flat_map(|size| Mode::ALL.map(|mode| (mode, cluster(*size)))).collect()
}

impl Growing {
    const ALL: [Self; 2] = [Self::Services, Self::Endpoints];

    fn name(self) -> String {
        match self {
            Self::Services => say!("compare-services"),
            Self::Endpoints => say!("compare-endpoints"),
        }
    }

    fn title(self) -> String {
        match self {
            Self::Services => say!("compare-curve"),
            Self::Endpoints => say!("compare-curve-endpoints"),
        }
    }

    fn note(self) -> String {
        match self {
            Self::Services => say!("compare-curve-note"),
            Self::Endpoints => say!("compare-curve-endpoints-note"),
        }
    }

    fn axis(self) -> String {
        match self {
            Self::Services => say!("compare-x-axis"),
            Self::Endpoints => say!("compare-x-axis-endpoints"),
        }
    }

    /// The chart in words: where each line ends.
    fn end(self, mode: Mode, count: u32, size: usize) -> String {
        match self {
            Self::Services => say!("compare-end", mode = text::mode(mode), count = count, services = size),
            Self::Endpoints => say!("compare-end-endpoints", mode = text::mode(mode), count = count, endpoints = size),
        }
    }

    const fn most(self) -> usize {
        match self {
            Self::Services => SERVICES[SERVICES.len() - 1],
            Self::Endpoints => ENDPOINTS[ENDPOINTS.len() - 1],
        }
    }

    const fn of(self, size: ClusterSize) -> usize {
        match self {
            Self::Services => size.services,
            Self::Endpoints => size.endpoints,
        }
    }
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub theme: Theme,
    pub language: Language,
}

/// How the cost of a packet grows with the cluster, measured by running the model once this comes into sight.
#[component]
pub fn CostCurve(props: &Props) -> Html {
    let place = use_node_ref();
    let seen = use_seen(&place);
    let growing = use_state_eq(|| Growing::Services);
    let of_services = use_points(&OF_SERVICES, seen && *growing == Growing::Services);
    let of_endpoints = use_points(&OF_ENDPOINTS, seen && *growing == Growing::Endpoints);
    let ((points, failed), all) = match *growing {
        Growing::Services => (of_services, OF_SERVICES.len()),
        Growing::Endpoints => (of_endpoints, OF_ENDPOINTS.len()),
    };
    let counter = use_state_eq(|| 0);
    let following = use_state_eq(|| false);
    let shown = Shown { growing: *growing, counter: GROWING[*counter], following: *following };
    let csv = Callback::from({
        let points = Rc::clone(&points);
        move |()| csv::costs(&points)
    });
    let (choose_growing, choose_packet, choose_counter) = (growing.setter(), following.setter(), counter.setter());
    html! {
        <div class="curve" ref={place}>
            <h3>{ growing.title() }</h3>
            <p class="muted">{ growing.note() }</p>
            <div class="choices">
                <Segmented
                    label={say!("compare-growing")}
                    options={Growing::ALL.map(|growing| growing.name().into()).to_vec()}
                    chosen={usize::from(*growing == Growing::Endpoints)}
                    onchoose={Callback::from(move |index: usize| choose_growing.set(Growing::ALL[index]))}
                />
                <Segmented
                    label={say!("compare-which")}
                    options={vec![say!("compare-first-packet").into(), say!("compare-following").into()]}
                    chosen={usize::from(*following)}
                    onchoose={Callback::from(move |index| choose_packet.set(index == 1))}
                />
                <Segmented
                    label={say!("compare-measured")}
                    options={GROWING.iter().map(|counter| (counter.short)().into()).collect::<Vec<_>>()}
                    chosen={*counter}
                    onchoose={Callback::from(move |index| choose_counter.set(index))}
                />
            </div>
            <ChartFigure chart={shown.chart(&points)} name="cost" {csv} theme={props.theme} />
            { status(points.len(), all, failed) }
            { shown.table(&points) }
        </div>
    }
}

fn status(done: usize, all: usize, failed: bool) -> Html {
    let text = match (failed, done == all) {
        (true, _) => say!("compare-failed"),
        (false, false) => say!("compare-progress", done = done, all = all),
        (false, true) => say!("compare-done"),
    };
    html! {
        <p class="muted progress" data-done={(done == all).then_some("")}>
            <progress max={all.to_string()} value={done.to_string()} aria-label={text.clone()} />
            { text }
        </p>
    }
}

/// What was chosen to be shown.
struct Shown {
    growing: Growing,
    counter: Counter,
    following: bool,
}

impl Shown {
    fn count(&self, point: &CostPoint) -> u32 {
        (self.counter.of)(if self.following { &point.following } else { &point.first })
    }

    fn chart(&self, points: &Points) -> Chart {
        let at = |point: &CostPoint| (self.growing.of(point.size), self.count(point));
        let of_mode = |mode: Mode| Series {
            mode,
            points: points.iter().filter(|(of, _)| *of == mode).map(|(_, point)| at(point)).collect(),
        };
        let series = Mode::ALL.map(of_mode).to_vec();
        let ends = series.iter().filter_map(|series| {
            let (size, count) = series.points.last()?;
            Some(self.growing.end(series.mode, *count, *size))
        });
        let about = if self.following { say!("compare-following") } else { say!("compare-first-packet") };
        let y_axis = say!("compare-y-axis", name = (self.counter.name)());
        let spoken = [self.growing.title(), about.clone(), y_axis.clone()].into_iter().chain(ends);
        Chart {
            spoken: spoken.collect::<Vec<_>>().join("; "),
            title: self.growing.title(),
            about,
            plot: Plot::Lines(Lines { x_axis: self.growing.axis(), y_axis, most: self.growing.most(), series }),
        }
    }

    /// The same as the chart, in numbers.
    fn table(&self, points: &Points) -> Html {
        let row = |points: &[(Mode, CostPoint)]| {
            html! {
                <tr>
                    <th scope="row" class="number">{ text::number(self.growing.of(points[0].1.size)) }</th>
                    { for points.iter().map(|(_, point)| {
                        html! { <td class="number">{ text::number(self.count(point) as usize) }</td> }
                    }) }
                </tr>
            }
        };
        let head = Mode::ALL.map(|mode| html! { <th scope="col">{ text::mode(mode) }</th> });
        html! {
            <details>
                <summary>{ say!("compare-as-table") }</summary>
                <table>
                    <thead><tr><th scope="col">{ self.growing.name() }</th>{ for head }</tr></thead>
                    <tbody>{ for points.chunks_exact(Mode::ALL.len()).map(row) }</tbody>
                </table>
            </details>
        }
    }
}

/// True once the element has come into sight.
#[hook]
fn use_seen(place: &NodeRef) -> bool {
    let seen = use_state_eq(|| false);
    let set = seen.setter();
    use_effect_with(place.clone(), move |place| {
        let watching = place.cast::<Element>().and_then(|element| watch(&element, move || set.set(true)));
        move || {
            if let Some((observer, _)) = &watching {
                observer.disconnect();
            }
        }
    });
    *seen
}

type Watch = Closure<dyn FnMut(Vec<IntersectionObserverEntry>)>;

fn watch(element: &Element, when: impl Fn() + 'static) -> Option<(IntersectionObserver, Watch)> {
    let heard = Watch::new(move |entries: Vec<IntersectionObserverEntry>| {
        if entries.iter().any(IntersectionObserverEntry::is_intersecting) {
            when();
        }
    });
    let observer = IntersectionObserver::new(heard.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some((observer, heard))
}
