use datapath_core::lab::{Sentence, narrate};
use yew::prelude::*;

use super::lane::LaneProps;
use crate::state::{Action, Handle};
use crate::text::lane as t;

/// The step in one sentence and, on demand, why.
#[component]
pub fn Story(LaneProps { model, lane }: &LaneProps) -> Html {
    let Sentence { text, why } = told(model, *lane);
    let waits =
        model.shown.as_ref().is_some_and(|shown| shown.timeline.waits(*lane, model.tick)) && !model.is_over(*lane);
    let dispatcher = model.dispatcher();
    let onclick = Callback::from(move |_| dispatcher.dispatch(Action::ToggleWhy));
    html! {
        <div class={classes!("story", model.why.then_some("with-why"))}>
            <p class="sentence">{ text }</p>
            <p class="aside">
                if !why.is_empty() {
                    <button type="button" class="link" aria-expanded={model.why.to_string()} {onclick}>
                        { if model.why { t::WHY_CLOSE } else { t::WHY } }
                    </button>
                }
                if waits { <span class="waits">{ t::WAITS }</span> }
            </p>
            if model.why { <p class="why">{ why }</p> }
        </div>
    }
}

/// The end has its own sentence where no node saw the packet.
fn told(model: &Handle, lane: usize) -> Sentence {
    let lab = model.lab();
    let told = model.shown.as_ref().and_then(|shown| {
        let of = lab.lanes.get(lane)?;
        let journey = of.journeys.get(shown.packet)?;
        match model.moment(lane) {
            Some(index) => narrate(&of.network, journey, shown.tracks.get(lane)?.moment(index)?),
            None => Some(journey.outcome.tell(&of.network)),
        }
    });
    let nothing = if model.path().is_some() { t::CHANGED } else { t::NOTHING };
    told.unwrap_or_else(|| Sentence { text: nothing.to_owned(), why: String::new() })
}
