use datapath_core::lab::{KernelFunction, Sentence, narrate};
use datapath_core::message;
use datapath_core::message::Message;
use yew::prelude::*;

use super::icon::Icon;
use super::lane::LaneProps;
use super::reach::use_whole;
use crate::state::{Action, Handle};
use crate::text::say;

/// The step in one sentence and, on demand, why.
#[component]
pub fn Story(LaneProps { model, lane }: &LaneProps) -> Html {
    let Sentence { text, why } = told(model, *lane);
    let dispatcher = model.dispatcher();
    let onclick = Callback::from(move |_| dispatcher.dispatch(Action::ToggleWhy));
    let is_whole = use_whole();
    html! {
        <div class={classes!("story", model.why.then_some("with-why"))}>
            <p class="sentence">{ say(&text) }</p>
            <p class="aside">
                if why.is_some() {
                    <button type="button" class="link" aria-expanded={model.why.to_string()} {onclick}>
                        { if model.why { say!("lane-why-close") } else { say!("lane-why") } }
                    </button>
                }
                if model.waits(*lane) { <span class="waits">{ Icon::Pause.view() }{ say!("lane-waits") }</span> }
                { apart(model, *lane) }
                if let Some(said) = rejoined(model, *lane) { <span class="rejoined">{ said }</span> }
            </p>
            if model.why && is_whole {
                <p class="why">{ for why.as_ref().map(say) }{ for kernel_function(model, *lane).map(read) }</p>
            } else if model.why {
                <p class="why" role="status">{ say!("page-coming") }</p>
            }
        </div>
    }
}

/// What of the kernel did it.
fn kernel_function(model: &Handle, lane: usize) -> Option<KernelFunction> {
    let (lab, shown) = (model.lab(), model.shown.as_ref()?);
    let of = lab.lanes.get(lane)?;
    let moment = shown.tracks.get(lane)?.moment(model.moment(lane)?)?;
    KernelFunction::of(&of.network, of.journeys.get(shown.packet)?, moment)
}

/// The way to a function's source, which is not the lab's: nothing is asked of it before somebody follows it.
fn read(function: KernelFunction) -> Html {
    html! {
        <>
            { " " }
            <a class="kernel" href={function.url()} target="_blank" rel="noopener noreferrer" title={function.file}>
                { say!("lane-kernel", version = KernelFunction::VERSION) }{ " " }<code>{ function.name }{ "()" }</code>
            </a>
        </>
    }
}

/// Lets the lane go alone, where there are others.
fn apart(model: &Handle, lane: usize) -> Html {
    if model.lanes().len() < 2 || model.moment(lane).is_none() {
        return html! {};
    }
    let dispatcher = model.dispatcher();
    let onclick = Callback::from(move |_| dispatcher.dispatch(Action::Apart(lane)));
    let is_apart = model.is_apart(lane);
    let (name, what) = if is_apart {
        (say!("lane-together"), say!("lane-together-what"))
    } else {
        (say!("lane-apart"), say!("lane-apart-what"))
    };
    html! {
        <button type="button" class="link apart" title={what} {onclick}>{ name }</button>
    }
}

/// Where a lane has gone that was brought back to the others.
pub fn rejoined(model: &Handle, lane: usize) -> Option<String> {
    let from = model.rejoined.filter(|back| back.lane == lane)?.from;
    Some(say!("lane-rejoined", from = from + 1, to = model.moment(lane)? + 1))
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
    told.unwrap_or_else(|| if model.shown.is_some() { message!("lane-over") } else { nothing(model) }.into())
}

/// What is so, or what to do, as long as there is no packet.
fn nothing(model: &Handle) -> Message {
    match model.learning.as_ref() {
        _ if model.path().is_some() => message!("lane-changed"),
        Some(learning) if learning.challenge().is_some() => message!("lane-send"),
        Some(learning) if !learning.is_run() => message!("lane-run"),
        _ => message!("lane-nothing"),
    }
}
