use datapath_core::lab::Stage;
use yew::prelude::*;

use super::ModelProps;
use crate::state::{Action, Go};
use crate::text::{self, transport};

/// The stages that every datapath comes to: chips that take all lanes there.
#[component]
pub fn Stages(props: &ModelProps) -> Html {
    html! {
        <ol class="stages" aria-label={transport::STAGES}>
            { for Stage::ALL.iter().map(|stage| chip(props, *stage)) }
        </ol>
    }
}

fn chip(ModelProps { model }: &ModelProps, stage: Stage) -> Html {
    let timeline = model.shown.as_ref().map(|shown| &shown.timeline);
    let tick = timeline.and_then(|timeline| timeline.stage(stage));
    let done = tick.is_some_and(|tick| tick <= model.tick);
    let current = timeline.and_then(|timeline| timeline.stage_at(model.tick)) == Some(stage);
    let dispatcher = model.dispatcher();
    let onclick = Callback::from(move |_| dispatcher.dispatch(Action::Go(Go::Stage(stage))));
    html! {
        <li class={classes!(done.then_some("done"))}>
            <button
                type="button"
                disabled={tick.is_none()}
                aria-current={current.then_some("step")}
                {onclick}
            >
                { text::stage(stage) }
            </button>
        </li>
    }
}
