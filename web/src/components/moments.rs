use std::ops::Range;

use datapath_core::lab::{Journey, Moment, Network, Spot, Way, narrate};
use yew::prelude::*;

use crate::state::{Action, Go, Handle};
use crate::text::{self, say};

/// Steps that are listed on either side of the current one.
const AROUND: usize = 60;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: Handle,
    pub lane: usize,
    /// Whether it begins so.
    pub unfolded: bool,
}

/// Every step of the lane, folded away until it is asked for.
#[component]
pub fn Moments(Props { model, lane, unfolded }: &Props) -> Html {
    let open = use_state_eq(|| *unfolded);
    let onclick = {
        let open = open.clone();
        Callback::from(move |_| open.set(!*open))
    };
    let track = model.shown.as_ref().and_then(|shown| shown.tracks.get(*lane));
    let moments = track.map_or(&[][..], |track| &track.moments);
    let here = model.moment(*lane).unwrap_or_default();
    let window = here.saturating_sub(AROUND)..moments.len().min(here + AROUND + 1);
    html! {
        <section class="moments">
            <button type="button" class="disclosure" aria-expanded={open.to_string()} {onclick}>
                { say!("lane-steps") }
                <span class="number">{ text::number(moments.len()) }</span>
            </button>
            if *open {
                <div class="list" data-scrolls="" tabindex="0" role="group" aria-label={say!("lane-steps")}>
                    if window.start > 0 { <p class="fold">{ say!("lane-earlier", count = window.start) }</p> }
                    <ol start={(window.start + 1).to_string()}>
                        { rows(model, *lane, moments, here, &window) }
                    </ol>
                    if window.end < moments.len() {
                        <p class="fold">{ say!("lane-later", count = moments.len() - window.end) }</p>
                    }
                </div>
            }
        </section>
    }
}

fn rows(model: &Handle, lane: usize, moments: &[Moment], here: usize, window: &Range<usize>) -> Option<Html> {
    let lab = model.lab();
    let of = lab.lanes.get(lane)?;
    let journey = of.journeys.get(model.shown.as_ref()?.packet)?;
    let row = |index: usize| {
        let moment = moments[index];
        let place = place(journey, &moment);
        let moved = index == window.start || place != self::place(journey, &moments[index - 1]);
        let dispatcher = model.dispatcher();
        let onclick = Callback::from(move |_| dispatcher.dispatch(Action::Go(Go::Moment { lane, moment: index })));
        html! {
            <li key={index}>
                if moved { <h3>{ place }</h3> }
                <button type="button" aria-current={(index == here).then_some("step")} {onclick}>
                    { sentence(&of.network, journey, &moment) }
                </button>
            </li>
        }
    };
    Some(html! { <>{ for window.clone().map(row) }</> })
}

/// `node1 · PREROUTING`
pub fn place(journey: &Journey, moment: &Moment) -> Option<String> {
    let leg = journey.legs.get(moment.leg)?;
    let spot = text::say(&journey.step(moment).map(Spot::of)?.name());
    let answer = if leg.way == Way::Reply { format!(" · {}", text::way(leg.way)) } else { String::new() };
    Some(format!("{} · {spot}{answer}", leg.node_name))
}

fn sentence(network: &Network, journey: &Journey, moment: &Moment) -> Option<String> {
    narrate(network, journey, moment).map(|sentence| text::say(&sentence.text))
}
