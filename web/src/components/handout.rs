use std::collections::BTreeMap;

use datapath_core::lab::{Header, Journey, Lane, Line, Listing, Moment, narrate};
use datapath_core::trace::Event;
use yew::prelude::*;

use super::ModelProps;
use super::moments::place;
use super::packet_header::protocol;
use crate::state::Track;
use crate::text::{self, handout as t, say};

/// Steps that are put on paper.
const PRINTED: usize = 500;
/// Rules of a step that are.
const RULES: usize = 8;

/// The chosen lane's steps on paper: what happened, and the header before and after.
#[component]
pub fn Handout(ModelProps { model }: &ModelProps) -> Html {
    let lab = model.lab();
    let of = model.shown.as_ref().and_then(|shown| {
        let lane = lab.lanes.get(model.lane)?;
        Some((lane, lane.journeys.get(shown.packet)?, shown.tracks.get(model.lane)?, shown.past + shown.packet))
    });
    let Some((lane, journey, track, packet)) = of else {
        let why = if model.shown.is_some() { say!("lane-over") } else { say!("lane-nothing") };
        return html! { <section class="handout"><p>{ why }</p></section> };
    };
    let between = model.client.as_ref().zip(model.target.as_ref());
    let left_out = track.moments.len().saturating_sub(PRINTED);
    html! {
        <section class="handout" aria-labelledby="handout">
            <h2 id="handout">{ t::title(&text::lane(lane), &say(&lab.title())) }</h2>
            if let Some((client, target)) = between {
                <p>{ say!("handout-between", packet = text::transport::packet(packet), client = client.to_string(), target = target.to_string()) }</p>
            }
            <p>{ say(&journey.outcome.tell(&lane.network).text) }</p>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{ say!("handout-number") }</th>
                        <th scope="col">{ say!("handout-step") }</th>
                        <th scope="col">{ say!("handout-header") }</th>
                    </tr>
                </thead>
                <tbody>{ rows(lane, journey, track) }</tbody>
            </table>
            if left_out > 0 { <p>{ say!("handout-left-out", steps = left_out) }</p> }
        </section>
    }
}

fn rows(lane: &Lane, journey: &Journey, track: &Track) -> Html {
    let mut before = None::<[String; 5]>;
    let mut at = None::<String>;
    let mut listings = BTreeMap::new();
    let rows = track.moments.iter().take(PRINTED).enumerate().map(|(index, moment)| {
        let after = journey.header(moment).map(|header| fields(&header));
        let header = after.as_ref().map(|after| changes(before.as_ref(), after));
        let here = place(journey, moment);
        let moved = (here != at).then(|| here.clone()).flatten();
        (before, at) = (after.or(before.take()), here);
        html! {
            <>
                if let Some(place) = moved { <tr class="place"><th colspan="3" scope="rowgroup">{ place }</th></tr> }
                <tr>
                    <td class="number">{ index + 1 }</td>
                    <td>
                        { narrate(&lane.network, journey, moment).map(|told| say(&told.text)) }
                        { for lines(lane, journey, moment, &mut listings) }
                    </td>
                    <td>{ header }</td>
                </tr>
            </>
        }
    });
    html! { <>{ for rows }</> }
}

/// The rules or the entry that the step is about, as the node's own tools list them.
fn lines(lane: &Lane, journey: &Journey, moment: &Moment, listings: &mut BTreeMap<usize, Listing>) -> Option<Html> {
    let step = journey.step(moment)?;
    // Of a way into a chain and out of it the sentence says all.
    if matches!(step.event, Event::ChainEntered { .. } | Event::ChainLeft { .. }) {
        return None;
    }
    let node = journey.legs.get(moment.leg)?.node;
    let lines = listings.entry(node).or_insert_with(|| Listing::of(&lane.network, node, journey.at)).lines_of(step);
    let left_out = lines.len().saturating_sub(RULES);
    let line = |line: &&Line| html! { <code>{ line.text.trim().to_owned() }</code> };
    Some(html! {
        <>
            { for lines.iter().take(RULES).map(line) }
            if left_out > 0 { <p>{ say!("more", count = left_out) }</p> }
        </>
    })
}

fn fields(header: &Header<'_>) -> [String; 5] {
    let tuple = header.packet.tuple();
    let mark = if header.mark == 0 { say!("lane-no-mark") } else { format!("{:#x}", header.mark) };
    [tuple.src.to_string(), tuple.dst.to_string(), protocol(header.packet), header.packet.ttl.to_string(), mark]
}

fn names() -> [String; 5] {
    [say!("lane-source"), say!("lane-destination"), say!("lane-protocol"), say!("lane-ttl"), say!("lane-mark")]
}

/// The whole header at the start; later what this step changed.
fn changes(before: Option<&[String; 5]>, after: &[String; 5]) -> Html {
    let changed = (0..after.len()).filter(|index| before.is_none_or(|before| before[*index] != after[*index]));
    let names = names();
    let field = |index: usize| {
        let was = before.map(|before| html! { <><del>{ &before[index] }</del>{ " → " }</> });
        html! { <div>{ &names[index] }{ " " }{ was }<b>{ &after[index] }</b></div> }
    };
    html! { <>{ for changed.map(field) }</> }
}
