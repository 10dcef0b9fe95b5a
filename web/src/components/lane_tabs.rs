use yew::prelude::*;

use super::ModelProps;
use crate::state::Action;
use crate::text::{self, say};

/// On narrow screens one lane shows at a time; here the others are told of and reached.
#[component]
pub fn LaneTabs(props: &ModelProps) -> Html {
    let model = &props.model;
    let lab = model.lab();
    let lanes = model.lanes();
    let tab = |index: usize| {
        let of = lab.lanes.get(index)?;
        let dispatcher = model.dispatcher();
        let onclick = Callback::from(move |_| dispatcher.dispatch(Action::Lane(index)));
        let track = model.shown.as_ref().and_then(|shown| shown.tracks.get(index));
        let rules = track.map_or(0, |track| track.tally(model.moment(index)).total().rules);
        Some(html! {
            <button
                type="button"
                class={of.mode.to_string()}
                aria-pressed={(index == model.lane).to_string()}
                {onclick}
            >
                <b>{ text::lane(of) }</b>
                <small class="number">{ format!("{} {}", text::number(rules as usize), say!("cost-rules-unit")) }</small>
            </button>
        })
    };
    if lanes.len() < 2 && !lab.is_copied() {
        return html! {};
    }
    html! {
        <div class="lane-tabs" role="group" aria-label={say!("lane-tabs")}>
            { for lanes.into_iter().filter_map(tab) }
        </div>
    }
}
