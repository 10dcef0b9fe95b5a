use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::ModelProps;
use super::icon::Icon;
use super::picker::{Choice, Group, Picker};
use super::segmented::Segmented;
use super::stages::Stages;
use crate::state::{Action, Go, Handle};
use crate::text::{say, transport as t};

/// Where all lanes are, and the ways to move them.
#[component]
pub fn Transport(props: &ModelProps) -> Html {
    let model = &props.model;
    html! {
        <section class="card transport" aria-label={say!("transport-title")}>
            <div class="controls">
                { buttons(model) }
                { pace(model) }
            </div>
            <Stages model={model.clone()} />
            { packets(model) }
            { scrubber(model) }
        </section>
    }
}

fn buttons(model: &Handle) -> Html {
    let (first, last) = (model.tick == 0, model.tick + 1 >= model.ticks());
    let step = if model.sends_next() { "step" } else { "step primary" };
    let (play, play_icon) =
        if model.playing { (say!("transport-pause"), Icon::Pause) } else { (say!("transport-play"), Icon::Play) };
    let button = |label: String, icon: Icon, action: Action, disabled: bool, class: &'static str| {
        let dispatcher = model.dispatcher();
        // One that has the focus keeps it when there is nothing more to do for it.
        let onclick = Callback::from(move |_| {
            if !disabled {
                dispatcher.dispatch(action.clone());
            }
        });
        html! {
            <button type="button" {class} aria-label={label.clone()} title={label.clone()} aria-disabled={disabled.then_some("true")} {onclick}>
                { icon.view() }
                if class.contains("step") { <span>{ label }</span> }
            </button>
        }
    };
    html! {
        <div class="buttons">
            { button(say!("transport-first"), Icon::First, Action::Go(Go::First), first, "") }
            { button(say!("transport-back"), Icon::Back, Action::Go(Go::Back), first, "") }
            { button(say!("transport-step"), Icon::Step, Action::Go(Go::Step), last, step) }
            { button(say!("transport-last"), Icon::Last, Action::Go(Go::Last), last, "") }
            { button(play, play_icon, Action::TogglePlay, model.ticks() < 2, "") }
        </div>
    }
}

fn pace(model: &Handle) -> Html {
    let dispatcher = model.dispatcher();
    let onchoose = Callback::from(move |pace| dispatcher.dispatch(Action::Pace(pace)));
    let choices = t::PACES.iter().enumerate().map(|(value, name)| Choice { value, text: (*name).to_owned() });
    let groups = vec![Group { choices: choices.collect(), ..Group::default() }];
    html! { <Picker class="pace" label={say!("transport-pace")} {groups} chosen={model.pace} {onchoose} /> }
}

fn scrubber(model: &Handle) -> Html {
    let last = model.ticks() - 1;
    let dispatcher = model.dispatcher();
    let oninput = Callback::from(move |event: InputEvent| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value_as_number();
        // A range input gives a whole number between its bounds.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        dispatcher.dispatch(Action::Go(Go::To(value as usize)));
    });
    html! {
        <div class="scrubber">
            <input
                type="range"
                min="0"
                max={last.to_string()}
                value={model.tick.to_string()}
                disabled={last == 0}
                aria-label={say!("transport-scrub")}
                aria-valuetext={say!("transport-position", at = model.tick + 1, all = last + 1)}
                {oninput}
            />
            <output class="number">{ say!("transport-position", at = model.tick + 1, all = last + 1) }</output>
        </div>
    }
}

fn packets(model: &Handle) -> Html {
    let Some(shown) = &model.shown else {
        return html! { <div class="packets" /> };
    };
    let dispatcher = model.dispatcher();
    let onchoose = Callback::from(move |index| dispatcher.dispatch(Action::Packet(index)));
    let options = (0..shown.packets).map(|index| t::packet(shown.past + index).into()).collect::<Vec<_>>();
    let class = classes!("packets", (shown.packets == 1).then_some("only"));
    html! { <Segmented {class} label={say!("transport-packets")} {options} chosen={shown.packet} {onchoose} /> }
}
