use datapath_core::lab::{Leg, Way};
use yew::prelude::*;

use super::lane::LaneProps;
use crate::state::{Action, Go};
use crate::text::{self, say};

/// The nodes that the packet and its answer pass, in order; each is a way to go there.
#[component]
pub fn Route(LaneProps { model, lane }: &LaneProps) -> Html {
    let lab = model.lab();
    let shown = model.shown.as_ref();
    let journey = shown.and_then(|shown| lab.lanes.get(*lane)?.journeys.get(shown.packet));
    let track = shown.and_then(|shown| shown.tracks.get(*lane));
    let (Some(journey), Some(track)) = (journey, track) else {
        return html! { <ol class="route" aria-label={say!("lane-route")} /> };
    };
    let here = model.moment(*lane).and_then(|index| track.moment(index)).map(|moment| moment.leg);
    let stop = |(index, leg): (usize, &Leg)| {
        let moment = track.moments.iter().position(|moment| moment.leg == index);
        let lane = *lane;
        let dispatcher = model.dispatcher();
        let onclick = Callback::from(move |_| {
            if let Some(moment) = moment {
                dispatcher.dispatch(Action::Go(Go::Moment { lane, moment }));
            }
        });
        let way = match leg.way {
            Way::Request => "request",
            Way::Reply => "answer",
        };
        let class = classes!(way, (Some(index) <= here).then_some("passed"));
        let current = (Some(index) == here).then_some("location");
        html! {
            <li {class}>
                <button type="button" title={text::way(leg.way)} aria-current={current} {onclick}>
                    if leg.way == Way::Reply { <span aria-hidden="true">{ "← " }</span> }
                    { &*leg.node_name }
                    if leg.way == Way::Request { <span aria-hidden="true">{ " →" }</span> }
                </button>
            </li>
        }
    };
    html! {
        <ol class="route" aria-label={say!("lane-route")}>
            { for journey.legs.iter().enumerate().map(stop) }
            if journey.legs.is_empty() { <li class="none">{ say!("lane-no-steps") }</li> }
        </ol>
    }
}
