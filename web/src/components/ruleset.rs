use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use datapath_core::graph::Reach;
use datapath_core::lab::{LineRef, Listing, MetRules, Provenance, Reason};
use datapath_core::trace::RuleId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition, SvgElement};
use yew::prelude::*;

use super::because::{Because, marked};
use super::code::Code;
use super::lane::LaneProps;
use super::listing::use_listing;
use super::picker::{Choice, Group, Picker};
use super::reach::{use_reach, use_whole_in_turn};
use crate::state::{Action, Handle};
use crate::text::{self, say};

/// Of longer listings, why each line is there is only worked out when it is asked for.
const LONG: usize = 20_000;

/// A line of the listing, by section and line.
#[derive(Clone, PartialEq, Eq)]
struct Place {
    section: usize,
    /// None where the step is about no line of the section.
    line: Option<usize>,
    /// Whether the step comes from this very line.
    current: bool,
    /// Where in it the test stands that failed, in bytes.
    failed: Option<Range<usize>>,
}

/// Where the user looks, away from the packet, until the next step.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    /// Of the lane.
    moment: Option<usize>,
    section: usize,
    /// The line to bring into sight.
    line: Option<usize>,
    /// The line that was asked about.
    asked: Option<usize>,
}

/// The ruleset of the node that the packet is on, at the current rule.
#[component]
pub fn Ruleset(LaneProps { model, lane }: &LaneProps) -> Html {
    let (node, met) = whereabouts(model, *lane);
    let read = use_listing(model, *lane, node);
    let is_reading = read.is_none();
    let listing = read.unwrap_or_default();
    let place = place(model, *lane, &listing);
    let looking = use_state_eq(|| None::<Look>);
    let look = looking.filter(|look| look.moment == model.moment(*lane));
    let section = look.map(|look| look.section).or(place.as_ref().map(|place| place.section)).unwrap_or_default();
    let at = place.filter(|place| section == place.section);
    let line = look.and_then(|look| look.line).or(at.as_ref().and_then(|place| place.line));
    let asked = look.and_then(|look| look.asked);
    let see = {
        let (set, moment, dispatcher) = (looking.setter(), model.moment(*lane), model.dispatcher());
        Callback::from(move |(section, line, asked): (usize, Option<usize>, Option<usize>)| {
            dispatcher.dispatch(Action::Peek(None));
            set.set(Some(Look { moment, section, line, asked }));
        })
    };
    let (reach, _) = use_reach(model, *lane, node);
    let dead = use_memo((Rc::as_ptr(&listing).addr(), reach.clone()), |(_, reach)| {
        reach.iter().flat_map(|reach| reach.dead_rules()).collect::<BTreeSet<RuleId>>()
    });
    let is_whole = use_whole_in_turn();
    let (provenance, show_why) = use_provenance(model, *lane, node, &listing, is_whole);
    let field = use_state_eq(|| None::<Reason>);
    let lines = provenance.as_deref().map(|known| marked(known, field.as_ref(), section));
    let read_line = asked.and_then(|line| listing.sections.get(section)?.lines.get(line)?.at.clone());
    let place_in_page = use_node_ref();
    let chosen = model.peek.as_ref().filter(|peek| peek.lane == *lane && !is_reading);
    use_arrival(&place_in_page, chosen.map(|_| model.peeks));
    let lab = model.lab();
    let Some(of) = lab.lanes.get(*lane) else {
        return html! {};
    };
    let shown = model.shown.as_ref().zip(model.moment(*lane));
    let step = shown.and_then(|(shown, moment)| Some((shown.packet, shown.tracks.get(*lane)?.moment(moment)?)));
    let declared = Rc::new(lab.declarations_at(*lane, node, step));
    let node_name = of.network.node_names.get(node).map_or("", |name| name);
    html! {
        <section ref={place_in_page} class="ruleset" aria-label={say!("ruleset-label", mode = text::lane(of), node = node_name)}>
            <header>
                { sections(&listing, section, see.reform(|section| (section, None, None))) }
                { way_back(model, *lane) }
            </header>
            if is_reading {
                <p class="code" role="status">{ say!("ruleset-reading") }</p>
            } else {
                <Code
                    {listing}
                    {section}
                    {line}
                    current={at.as_ref().is_some_and(|place| place.current && place.line == line)}
                    failed={at.filter(|place| place.line == line).and_then(|place| place.failed)}
                    {met}
                    marked={Rc::<BTreeSet<usize>>::new(lines.unwrap_or_default())}
                    {dead}
                    {declared}
                    {asked}
                    onask={see.reform(move |asked| (section, line, Some(asked)))}
                    visible={model.lane == *lane}
                />
            }
            { why_dead(model, *lane, node, &read_line, reach.as_deref()) }
            if let Some(provenance) = provenance.filter(|_| !of.network.is_copied()) {
                <Because
                    model={model.clone()}
                    {provenance}
                    line={asked.or(line).map(|line| (section, line))}
                    field={(*field).clone()}
                    onmark={let set = field.setter(); Callback::from(move |reason| set.set(reason))}
                    ongo={see.reform(|(section, line)| (section, Some(line), Some(line)))}
                />
            } else if let Some(onclick) = show_why.filter(|_| !of.network.is_copied()) {
                <p class="because"><button type="button" class="link" {onclick}>{ say!("because-show") }</button></p>
            } else if !is_whole && !of.network.is_copied() {
                // Its room, so that nothing jumps.
                <div class="because" aria-hidden="true"><ul /><div class="field-lines" /></div>
            }
        </section>
    }
}

/// Why no packet comes to the line that was asked about.
fn why_dead(model: &Handle, lane: usize, node: usize, line: &Option<LineRef>, reach: Option<&Reach>) -> Option<Html> {
    let Some(LineRef::Rule(rule)) = line else {
        return None;
    };
    let lab = model.lab();
    let why = reach?.why_dead(lab.lanes.get(lane)?.network.node(node)?, *rule)?;
    Some(html! { <p class="because">{ say!("ruleset-dead") }{ ": " }{ say(&why) }{ "." }</p> })
}

/// Why each line is there, once all of the program is. For a long listing, it is to be asked for.
#[hook]
fn use_provenance(
    model: &Handle,
    lane: usize,
    node: usize,
    listing: &Rc<Listing>,
    is_whole: bool,
) -> (Option<Rc<Provenance>>, Option<Callback<MouseEvent>>) {
    let wanted = use_state_eq(|| false);
    // Why a line is there is worked out anew with every edition of the lab, and every listing.
    let lines: usize = listing.sections.iter().map(|section| section.lines.len()).sum();
    let is_wanted = lines > 0 && is_whole && (*wanted || lines <= LONG);
    let known = use_memo((model.edition, Rc::as_ptr(listing).addr(), is_wanted), |(.., is_wanted)| {
        is_wanted.then(|| Rc::new(Provenance::of(&model.lab(), lane, node, listing)))
    });
    let set = wanted.setter();
    let ask = (lines > LONG && !*wanted).then(|| Callback::from(move |_| set.set(true)));
    ((*known).clone(), ask)
}

/// Index of the node that a chain was chosen on, else that the packet is on, and the rules that it has met there.
fn whereabouts(model: &Handle, lane: usize) -> (usize, Rc<MetRules>) {
    let lab = model.lab();
    let peek = model.peek.as_ref().filter(|peek| peek.lane == lane);
    let found = model.shown.as_ref().and_then(|shown| {
        let journey = lab.lanes.get(lane)?.journeys.get(shown.packet)?;
        let moment = shown.tracks.get(lane)?.moment(model.moment(lane)?)?;
        Some((journey.legs.get(moment.leg)?.node, Rc::new(journey.met(moment))))
    });
    let (node, met) = found.unwrap_or_default();
    match peek {
        Some(peek) if peek.node != node => (peek.node, Rc::default()),
        _ => (node, met),
    }
}

/// What was asked for, else the line of the step, else that of the last step before it that has one.
fn place(model: &Handle, lane: usize, listing: &Listing) -> Option<Place> {
    if let Some(peek) = model.peek.as_ref().filter(|peek| peek.lane == lane) {
        let place = listing.line_of_origin(&peek.origin, peek.word.as_deref());
        return place.map(|(section, line)| Place { section, line: Some(line), current: true, failed: None });
    }
    let lab = model.lab();
    let shown = model.shown.as_ref()?;
    let journey = lab.lanes.get(lane)?.journeys.get(shown.packet)?;
    let moment = shown.tracks.get(lane)?.moment(model.moment(lane)?)?;
    let steps = journey.steps_until(moment);
    let now = steps.last()?;
    if listing.line_of(now).is_none()
        && let Some(section) = listing.section_of(now)
    {
        return Some(Place { section, line: None, current: false, failed: None });
    }
    let steps = steps.iter().rev();
    let found = steps.enumerate().find_map(|(ago, step)| Some((ago == 0, step, listing.line_of(step)?)));
    let (current, step, (section, line)) = found?;
    let failed = listing.sections.get(section)?.lines.get(line)?.failed_test(step).filter(|_| current);
    Some(Place { section, line: Some(line), current, failed })
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
    html! { <Picker class="mono" label={say!("ruleset-section")} {groups} {chosen} onchoose={choose} /> }
}

fn way_back(model: &Handle, lane: usize) -> Option<Html> {
    model.peek.as_ref().filter(|peek| peek.lane == lane)?;
    let dispatcher = model.dispatcher();
    let onclick = Callback::from(move |_| dispatcher.dispatch(Action::Peek(None)));
    let ongraph = Callback::from(|event: MouseEvent| {
        to_graph(&event);
    });
    Some(html! {
        <>
            <button type="button" class="link" onclick={ongraph}>{ say!("ruleset-graph") }</button>
            <button type="button" class="link" {onclick}>{ say!("ruleset-here") }</button>
        </>
    })
}

/// Where the chain was chosen; the graph itself if it does not draw the chain.
fn to_graph(event: &MouseEvent) -> Option<()> {
    let page = event.target_dyn_into::<Element>()?.closest(".page").ok()??;
    let found = |what| page.query_selector(what).ok().flatten();
    let chosen = found(".picture [aria-current]").or_else(|| found(".picture"))?;
    chosen.scroll_into_view_with_scroll_into_view_options(&amid());
    // The way there is the page's, and not that of the focus, which would move it as little as it can.
    chosen
        .dyn_into::<SvgElement>()
        .map_or_else(|graph| graph.unchecked_into::<HtmlElement>().focus(), |chain| chain.focus())
        .ok()
}

/// Brings the chain that was chosen into sight, and those there who go by keys or hear the page.
#[hook]
fn use_arrival(place: &NodeRef, chosen: Option<u32>) {
    use_effect_with((place.clone(), chosen), |(place, chosen)| {
        let place = place.cast::<Element>().filter(|_| chosen.is_some());
        let line = place.and_then(|place| {
            let found = |what| place.query_selector(what).ok().flatten();
            found(".line.current").or_else(|| found(".code"))
        });
        if let Some(line) = line.and_then(|line| line.dyn_into::<HtmlElement>().ok()) {
            let _ = line.focus();
            line.scroll_into_view_with_scroll_into_view_options(&amid());
        }
    });
}

fn amid() -> ScrollIntoViewOptions {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    options
}
