use datapath_core::lab::CostPoint;
use datapath_core::message::Language;
use datapath_core::proxy::Mode;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry};
use yew::prelude::*;

use super::cost_chart::CostChart;
use super::counters::GROWING;
use super::measuring::{Points, use_points};
use super::segmented::Segmented;
use crate::text::{self, say};
use crate::theme::Theme;

/// How many Services there are in the clusters that are measured.
const SIZES: [usize; 11] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];
/// For each size in order, one for each mode.
const WANTED: [(Mode, usize); SIZES.len() * Mode::ALL.len()] = {
    let mut wanted = [(Mode::Iptables, 0); SIZES.len() * Mode::ALL.len()];
    let mut index = 0;
    while index < wanted.len() {
        wanted[index] = (Mode::ALL[index % Mode::ALL.len()], SIZES[index / Mode::ALL.len()]);
        index += 1;
    }
    wanted
};

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
    let (points, failed) = use_points(&WANTED, seen);
    let counter = use_state_eq(|| 0);
    let following = use_state_eq(|| false);
    let all = WANTED.len();
    let choose_counter = counter.setter();
    let choose_packet = following.setter();
    let counters = GROWING.iter().map(|counter| (counter.short)().into()).collect::<Vec<_>>();
    html! {
        <div class="curve" ref={place}>
            <h3>{ say!("compare-curve") }</h3>
            <p class="muted">{ say!("compare-curve-note") }</p>
            <div class="choices">
                <Segmented
                    label={say!("compare-which")}
                    options={vec![say!("compare-first-packet").into(), say!("compare-following").into()]}
                    chosen={usize::from(*following)}
                    onchoose={Callback::from(move |index| choose_packet.set(index == 1))}
                />
                <Segmented
                    label={say!("compare-measured")}
                    options={counters}
                    chosen={*counter}
                    onchoose={Callback::from(move |index| choose_counter.set(index))}
                />
            </div>
            <CostChart
                points={points.clone()}
                counter={GROWING[*counter]}
                following={*following}
                most={SIZES[SIZES.len() - 1]}
                theme={props.theme}
                language={props.language}
            />
            { status(points.len(), all, failed) }
            { table(&points, *counter, *following) }
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

/// The same as the chart, in numbers.
fn table(points: &Points, counter: usize, following: bool) -> Html {
    let of = GROWING[counter].of;
    let row = |points: &[(Mode, CostPoint)]| {
        html! {
            <tr>
                <th scope="row" class="number">{ text::number(points[0].1.services) }</th>
                { for points.iter().map(|(_, point)| {
                    let cost = if following { &point.following } else { &point.first };
                    html! { <td class="number">{ of(cost) }</td> }
                }) }
            </tr>
        }
    };
    let head = Mode::ALL.map(|mode| html! { <th scope="col">{ text::mode(mode) }</th> });
    html! {
        <details>
            <summary>{ say!("compare-as-table") }</summary>
            <table>
                <thead><tr><th scope="col">{ say!("compare-services") }</th>{ for head }</tr></thead>
                <tbody>{ for points.chunks_exact(Mode::ALL.len()).map(row) }</tbody>
            </table>
        </details>
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
