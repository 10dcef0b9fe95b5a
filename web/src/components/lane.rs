use datapath_core::lab::{Ending, Lane as CoreLane, Outcome};
use yew::prelude::*;

use super::counters::Counters;
use super::hook_map::HookMap;
use super::lane_view::LaneView;
use super::moments::Moments;
use super::packet_header::PacketHeader;
use super::route::Route;
use super::ruleset::Ruleset;
use super::story::Story;
use crate::state::{Action, Handle};
use crate::text::{self, say};

/// What the parts of a lane take.
#[derive(Properties, PartialEq)]
pub struct LaneProps {
    pub model: Handle,
    pub lane: usize,
}

/// The parts of a lane that are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LaneParts {
    #[default]
    All,
    /// Where the packet is and what happened, step by step.
    Trace,
    Rules,
}

impl LaneParts {
    /// A lane comes up in so many turns, between which the page answers.
    pub const THIRDS: usize = 3;
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: LaneView,
    pub lane: usize,
    pub parts: LaneParts,
    /// How many thirds of it are there.
    pub thirds: usize,
}

/// One datapath: where the packet is, what just happened to it, and what it has cost.
#[component]
pub fn Lane(props: &Props) -> Html {
    let Props { model, lane, parts, thirds } = props;
    let lab = model.lab();
    let Some(of) = lab.lanes.get(*lane) else {
        return html! {};
    };
    let selected = model.lane == *lane;
    let dispatcher = model.dispatcher();
    let select = {
        let lane = *lane;
        Callback::from(move |_: FocusEvent| dispatcher.dispatch(Action::Lane(lane)))
    };
    let onfocusin = (!selected).then_some(select);
    let id = format!("lane-{}", of.mode);
    let handle = || Handle::clone(model);
    html! {
        <article
            class={classes!("card", "lane", of.mode.to_string(), selected.then_some("selected"), model.is_apart(*lane).then_some("apart"))}
            aria-labelledby={id.clone()}
            data-mode={of.mode.to_string()}
            {onfocusin}
        >
            <header>
                <h2 {id}>{ text::lane(of) }</h2>
                <p>{ text::motto(of.mode) }</p>
                { badge(model, *lane, of) }
            </header>
            if *parts != LaneParts::Rules {
                <Route model={handle()} lane={*lane} />
                <HookMap model={handle()} lane={*lane} />
            }
            <Story model={handle()} lane={*lane} />
            if *parts == LaneParts::All { <PacketHeader model={handle()} lane={*lane} /> }
            if *thirds > 1 && *parts != LaneParts::Trace { <Ruleset model={handle()} lane={*lane} /> }
            if *thirds > 2 {
                if *parts == LaneParts::All { <Counters model={handle()} lane={*lane} /> }
                if *parts != LaneParts::Rules {
                    <Moments model={handle()} lane={*lane} unfolded={*parts == LaneParts::Trace} />
                }
            }
        </article>
    }
}

/// How it ended, once it has.
fn badge(model: &Handle, lane: usize, of: &CoreLane) -> Html {
    let journey = model.shown.as_ref().and_then(|shown| of.journeys.get(shown.packet));
    let Some(journey) = journey else {
        // With a packet that the other lanes have.
        let why = if model.shown.is_some() { say!("lane-over") } else { say!("lane-nothing") };
        return html! { <p class="badge">{ why }</p> };
    };
    if !model.is_over(lane) {
        return html! { <p class="badge">{ say!("lane-on-its-way") }</p> };
    }
    let sentence = journey.outcome.tell(&of.network);
    let (class, sign) = verdict(&journey.outcome);
    html! {
        <p class={classes!("badge", class)} title={sentence.why.as_ref().map(say)} data-outcome={class}>
            <span aria-hidden="true">{ sign }</span>
            { say(&sentence.text) }
        </p>
    }
}

const fn verdict(outcome: &Outcome) -> (&'static str, &'static str) {
    match outcome.ending() {
        Ending::Answered => ("accepted", "✓ "),
        Ending::Rejected => ("rejected", "⊘ "),
        Ending::Dropped => ("dropped", "✕ "),
    }
}
