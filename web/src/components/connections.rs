use datapath_core::lab::{ConnectionListing, Connections, Lane, Moment};
use yew::prelude::*;

use super::later::use_later;
use super::{ModelProps, Settled};
use crate::state::{Action, Handle};
use crate::text::{self, connections as t, say};

/// The tables of connections of every lane as the step that is shown left them, a moment after it, and the clock by which
/// they age.
#[component]
pub fn ConnectionTables(ModelProps { model }: &ModelProps) -> Html {
    let moments: Vec<_> = (0..model.lab().lanes.len()).map(|lane| model.moment(lane)).collect();
    let at = use_later(moments.clone());
    let busy = (at != moments).to_string();
    html! {
        <section class="card connections" aria-labelledby="connections" aria-busy={busy}>
            <h2 id="connections">{ say!("connections-title") }</h2>
            <p class="muted">{ say!("connections-note") }</p>
            <Tables model={Settled::from(model)} {at} />
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    model: Settled,
    /// Once it changes, the tables are those of the moments at which the lanes are then.
    at: Vec<Option<usize>>,
}

#[component]
fn Tables(Props { model, .. }: &Props) -> Html {
    let lab = model.lab();
    let wait = |seconds: u64| {
        let dispatcher = model.dispatcher();
        let onclick = Callback::from(move |_| dispatcher.dispatch(Action::Wait(seconds)));
        html! { <button type="button" {onclick}>{ t::step(seconds) }</button> }
    };
    let tables: Option<Vec<_>> = (0..lab.lanes.len()).map(|lane| at_step(model, lane)).collect();
    let is_at_step = tables.is_some();
    let tables = tables.unwrap_or_else(|| lab.connections().into_iter().map(InLane::of_now).collect());
    html! {
        <>
            <div class="choices" role="group" aria-label={say!("connections-wait")}>
                <span class="muted">{ say!("connections-wait") }</span>
                { for t::STEPS.map(wait) }
                <output class="number">{ t::clock(lab.now) }</output>
                <span class="muted when">
                    { if is_at_step { say!("connections-at-step") } else { say!("connections-now") } }
                </span>
            </div>
            <div class="thirds">
                { for lab.lanes.iter().zip(&tables).map(|(lane, tables)| in_lane(lane, tables)) }
            </div>
        </>
    }
}

/// The tables of a lane, and as they were a step before.
struct InLane {
    now: Vec<Connections>,
    before: Option<Vec<Connections>>,
}

impl InLane {
    const fn of_now(now: Vec<Connections>) -> Self {
        Self { now, before: None }
    }

    /// Whether the step that is shown has written a line.
    fn is_new(&self, node: &str, command: &str, line: &String) -> bool {
        self.before.as_ref().is_some_and(|before| {
            let tables = before.iter().filter(|tables| *tables.node == *node).flat_map(|tables| &tables.listings);
            let mut listings = tables.filter(|listing| listing.command == command);
            !listings.any(|listing| listing.lines.contains(line))
        })
    }
}

/// None where no packet is shown, or the clock has gone on since.
fn at_step(model: &Handle, lane: usize) -> Option<InLane> {
    let (lab, shown) = (model.lab(), model.shown.as_ref()?);
    let at = |index: usize| {
        let moment: &Moment = shown.tracks.get(lane)?.moment(index)?;
        lab.connections_at(lane, shown.packet, moment)
    };
    let index = model.moment(lane)?;
    Some(InLane { now: at(index)?, before: index.checked_sub(1).and_then(at) })
}

fn in_lane(lane: &Lane, tables: &InLane) -> Html {
    let mode = lane.mode.to_string();
    let listings = tables
        .now
        .iter()
        .flat_map(|Connections { node, listings }| listings.iter().map(|listing| table(node, listing, tables)));
    html! {
        <div class={mode.clone()} data-mode={mode.clone()}>
            <h3><span class="swatch" />{ text::lane(lane) }</h3>
            if tables.now.is_empty() { <p class="muted">{ say!("connections-none") }</p> }
            { for listings }
        </div>
    }
}

fn table(node: &str, listing: &ConnectionListing, tables: &InLane) -> Html {
    let title = format!("{node}: {}", listing.command);
    let line = |line: &String| {
        let is_new = tables.is_new(node, listing.command, line);
        html! { <div class={is_new.then_some("written")}>{ line }</div> }
    };
    html! {
        <figure key={title.clone()}>
            <figcaption class="muted">{ title.clone() }</figcaption>
            <div class="listing mono" data-scrolls="" tabindex="0" role="group" aria-label={title}>
                { for listing.lines.iter().map(line) }
            </div>
            if listing.left_out > 0 { <p class="muted">{ say!("more", count = listing.left_out) }</p> }
        </figure>
    }
}
