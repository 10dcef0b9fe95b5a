use std::collections::BTreeMap;
use std::rc::Rc;

use datapath_core::lab::Listing;
use datapath_core::trace::RuleId;
use yew::prelude::*;

use super::code::Code;
use super::lane::LaneProps;
use super::picker::{Choice, Group, Picker};
use crate::state::{Action, Handle};
use crate::text::{self, ruleset as t};

/// A line of the listing, by section and line.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    section: usize,
    line: usize,
    /// Whether the step comes from this very line.
    current: bool,
}

/// The ruleset of the node that the packet is on, at the current rule.
#[component]
pub fn Ruleset(LaneProps { model, lane }: &LaneProps) -> Html {
    let (node, tested) = whereabouts(model, *lane);
    let listing = use_memo((model.opened, *lane, node), |_| {
        let lab = model.lab.borrow();
        lab.lanes.get(*lane).map(|lane| Listing::of(&lane.network, node)).unwrap_or_default()
    });
    let place = place(model, *lane, &listing);
    let chosen = use_state_eq(|| None::<(usize, usize)>);
    let section = chosen.filter(|(tick, _)| *tick == model.tick).map(|(_, section)| section);
    let at = place.filter(|place| section.is_none_or(|section| section == place.section));
    let section = section.or(place.map(|place| place.section)).unwrap_or_default();
    let lab = model.lab.borrow();
    let Some(of) = lab.lanes.get(*lane) else {
        return html! {};
    };
    let node_name = of.network.nodes.get(node).map_or("", |node| &node.name);
    let choose = {
        let (chosen, tick, dispatcher) = (chosen.setter(), model.tick, model.dispatcher());
        Callback::from(move |section: usize| {
            dispatcher.dispatch(Action::Peek(None));
            chosen.set(Some((tick, section)));
        })
    };
    html! {
        <section class="ruleset" aria-label={t::label(text::mode(of.mode), node_name)}>
            <header>
                { sections(&listing, section, choose) }
                { way_back(model, *lane) }
            </header>
            <Code
                {listing}
                {section}
                line={at.map(|place| place.line)}
                current={at.is_some_and(|place| place.current)}
                {tested}
                visible={model.lane == *lane}
            />
        </section>
    }
}

/// Index of the node that the packet is on, and the rules that it has met there.
fn whereabouts(model: &Handle, lane: usize) -> (usize, Rc<BTreeMap<RuleId, bool>>) {
    let lab = model.lab.borrow();
    let found = model.shown.as_ref().and_then(|shown| {
        let journey = lab.lanes.get(lane)?.journeys.get(shown.packet)?;
        let moment = shown.tracks.get(lane)?.moment(model.moment(lane)?)?;
        Some((journey.legs.get(moment.leg)?.node, Rc::new(journey.tested(moment))))
    });
    found.unwrap_or_default()
}

/// What was asked for, else the line of the step, else that of the last step before it that has one.
fn place(model: &Handle, lane: usize, listing: &Listing) -> Option<Place> {
    if let Some((_, chain)) = model.peek.filter(|(of, _)| *of == lane) {
        return listing.start_of(chain).map(|(section, line)| Place { section, line, current: true });
    }
    let lab = model.lab.borrow();
    let shown = model.shown.as_ref()?;
    let journey = lab.lanes.get(lane)?.journeys.get(shown.packet)?;
    let moment = shown.tracks.get(lane)?.moment(model.moment(lane)?)?;
    let steps = journey.steps_until(moment).iter().rev();
    let (ago, (section, line)) = steps.enumerate().find_map(|(ago, step)| Some((ago, listing.line_of(step)?)))?;
    Some(Place { section, line, current: ago == 0 })
}

/// The commands that print the parts; one is chosen.
fn sections(listing: &Listing, chosen: usize, choose: Callback<usize>) -> Html {
    if listing.sections.len() < 2 {
        let title = listing.sections.first().map(|section| section.title.clone());
        return html! { <code>{ title }</code> };
    }
    let titles = listing.sections.iter().map(|section| section.title.clone());
    let choices = titles.enumerate().map(|(value, text)| Choice { value, text }).collect();
    let groups = vec![Group { choices, ..Group::default() }];
    html! { <Picker class="mono" label={t::SECTION} {groups} {chosen} onchoose={choose} /> }
}

fn way_back(model: &Handle, lane: usize) -> Option<Html> {
    model.peek.filter(|(of, _)| *of == lane)?;
    let dispatcher = model.dispatcher();
    let onclick = Callback::from(move |_| dispatcher.dispatch(Action::Peek(None)));
    Some(html! { <button type="button" class="link" {onclick}>{ t::HERE }</button> })
}
