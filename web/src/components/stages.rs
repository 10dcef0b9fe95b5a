use datapath_core::lab::{Ending, Journey, Stage, Way};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::ModelProps;
use crate::state::{Action, Go, Handle};
use crate::text::{self, say};

/// The stages that every datapath comes to: chips that take all lanes there.
#[component]
pub fn Stages(props: &ModelProps) -> Html {
    let list = use_node_ref();
    let stage = current(props);
    use_effect_with((list.clone(), stage), |(list, _)| bring_into_sight(list));
    // On a phone they scroll, which the keyboard can do only from something that takes the focus.
    let tabindex = props.model.shown.is_none().then_some("0");
    html! {
        <ol class="stages" ref={list} {tabindex} aria-label={say!("transport-stages")}>
            { for Stage::ALL.iter().map(|stage| chip(props, *stage)) }
        </ol>
    }
}

fn chip(props: &ModelProps, stage: Stage) -> Html {
    let model = &props.model;
    let place = model.stage(stage);
    let done = place.is_some_and(|place| place <= model.at());
    let dispatcher = model.dispatcher();
    let onclick = Callback::from(move |_| dispatcher.dispatch(Action::Go(Go::Stage(stage))));
    html! {
        <li class={classes!(done.then_some("done"))}>
            <button
                type="button"
                disabled={place.is_none()}
                aria-current={(current(props) == Some(stage)).then_some("step")}
                {onclick}
            >
                { name(model, stage) }
            </button>
        </li>
    }
}

/// Nobody is home where the packet is dropped, or gets no answer, in every lane.
fn name(model: &Handle, stage: Stage) -> String {
    let lab = model.lab();
    let ends = |journey: &Journey| match journey.outcome.ending() {
        Ending::Dropped => true,
        Ending::Answered => journey.legs.iter().all(|leg| leg.way == Way::Request),
        Ending::Rejected => false,
    };
    let has_ended = model.shown.as_ref().is_some_and(|shown| {
        let journeys = lab.lanes.iter().map(|lane| lane.journeys.get(shown.packet));
        journeys.flatten().all(ends)
    });
    if stage == Stage::Home && has_ended { say!("stage-ended") } else { text::stage(stage) }
}

/// The stage that was come to last.
fn current(ModelProps { model }: &ModelProps) -> Option<Stage> {
    let is_behind = |stage: &Stage| model.stage(*stage).is_some_and(|place| place <= model.at());
    Stage::ALL.into_iter().rev().find(is_behind)
}

/// Scrolls the chips, and never the page, to the current one.
fn bring_into_sight(list: &NodeRef) {
    let Some(list) = list.cast::<HtmlElement>() else {
        return;
    };
    let chip = list.query_selector("[aria-current]").ok().flatten();
    if let Some(chip) = chip.and_then(|chip| chip.dyn_into::<HtmlElement>().ok()) {
        list.set_scroll_left(chip.offset_left() - list.offset_left() - (list.client_width() - chip.offset_width()) / 2);
    }
}
