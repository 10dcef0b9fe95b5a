use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::ModelProps;
use super::icon::Icon;
use super::picker::{Choice, Group, Picker};
use super::segmented::Segmented;
use super::stages::Stages;
use crate::state::{Action, Go, Handle};
use crate::text::{self, say, transport as t};

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
    let (first, last) = (model.at() == 0, model.at() >= model.last());
    let step = if model.sends_next() { "step" } else { "step primary" };
    let (play, play_icon) =
        if model.playing { (say!("transport-pause"), Icon::Pause) } else { (say!("transport-play"), Icon::Play) };
    let lab = model.lab();
    let lane = lab.lanes.get(model.lane).map(text::lane).unwrap_or_default();
    let button = |label: String,
                  title: Option<String>,
                  icon: Icon,
                  action: Action,
                  disabled: bool,
                  class: &'static str| {
        let dispatcher = model.dispatcher();
        // One that has the focus keeps it when there is nothing more to do for it.
        let onclick = Callback::from(move |_| {
            if !disabled {
                dispatcher.dispatch(action.clone());
            }
        });
        let title = title.unwrap_or_else(|| label.clone());
        html! {
            <button type="button" {class} aria-label={label.clone()} {title} aria-disabled={disabled.then_some("true")} {onclick}>
                { icon.view() }
                if class.contains("step") { <span>{ label }</span> }
            </button>
        }
    };
    let over = Some(say!("transport-over-what", lane = lane.clone()));
    let verdict = Some(say!("transport-verdict-what", lane = lane));
    html! {
        <div class="buttons">
            { button(say!("transport-first"), None, Icon::First, Action::Go(Go::First), first, "") }
            { button(say!("transport-back"), None, Icon::Back, Action::Go(Go::Back), first, "") }
            { button(say!("transport-step"), None, Icon::Step, Action::Go(Go::Step), last, step) }
            { button(say!("transport-over"), over, Icon::Over, Action::Go(Go::Over), last, "") }
            { button(say!("transport-verdict"), verdict, Icon::Verdict, Action::Go(Go::Verdict), last, "") }
            { button(say!("transport-last"), None, Icon::Last, Action::Go(Go::Last), last, "last") }
            { button(play, None, play_icon, Action::TogglePlay, model.last() == 0, "") }
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
    let (at, last) = (model.at(), model.last());
    let position = position(model, at + 1, last + 1);
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
                value={at.to_string()}
                disabled={last == 0}
                aria-label={say!("transport-scrub")}
                aria-valuetext={position.clone()}
                {oninput}
            />
            <output class="number">{ position }</output>
        </div>
    }
}

fn position(model: &Handle, at: usize, all: usize) -> String {
    let lab = model.lab();
    match model.alone().and_then(|lane| lab.lanes.get(lane)) {
        Some(lane) => say!("transport-position-alone", lane = text::lane(lane), at = at, all = all),
        None => say!("transport-position", at = at, all = all),
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
