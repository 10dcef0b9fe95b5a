use datapath_core::lab::{ConnectionListing, Connections, Lane};
use yew::prelude::*;

use super::SettledProps;
use crate::state::Action;
use crate::text::{self, connections as t, say};

/// The tables of connections of every lane, and the clock by which they age.
#[component]
pub fn ConnectionTables(props: &SettledProps) -> Html {
    let model = &props.model;
    let lab = model.lab();
    let wait = |seconds: u64| {
        let dispatcher = model.dispatcher();
        let onclick = Callback::from(move |_| dispatcher.dispatch(Action::Wait(seconds)));
        html! { <button type="button" {onclick}>{ t::step(seconds) }</button> }
    };
    html! {
        <section class="card connections" aria-labelledby="connections">
            <h2 id="connections">{ say!("connections-title") }</h2>
            <p class="muted">{ say!("connections-note") }</p>
            <div class="choices" role="group" aria-label={say!("connections-wait")}>
                <span class="muted">{ say!("connections-wait") }</span>
                { for t::STEPS.map(wait) }
                <output class="number">{ t::clock(lab.now) }</output>
            </div>
            <div class="thirds">
                { for lab.lanes.iter().zip(lab.connections()).map(|(lane, tables)| in_lane(lane, &tables)) }
            </div>
        </section>
    }
}

fn in_lane(lane: &Lane, tables: &[Connections]) -> Html {
    let mode = lane.mode.to_string();
    html! {
        <div class={mode.clone()} data-mode={mode.clone()}>
            <h3><span class="swatch" />{ text::lane(lane) }</h3>
            if tables.is_empty() { <p class="muted">{ say!("connections-none") }</p> }
            { for tables.iter().flat_map(|Connections { node, listings }| listings.iter().map(|listing| table(node, listing))) }
        </div>
    }
}

fn table(node: &str, listing: &ConnectionListing) -> Html {
    let title = format!("{node}: {}", listing.command);
    html! {
        <figure key={title.clone()}>
            <figcaption class="muted">{ title.clone() }</figcaption>
            <div class="listing mono" data-scrolls="" tabindex="0" role="group" aria-label={title}>
                { for listing.lines.iter().map(|line| html! { <div>{ line }</div> }) }
            </div>
            if listing.left_out > 0 { <p class="muted">{ say!("more", count = listing.left_out) }</p> }
        </figure>
    }
}
