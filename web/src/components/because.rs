use std::collections::BTreeSet;
use std::rc::Rc;

use datapath_core::lab::{Provenance, Reason};
use yew::prelude::*;

use super::picker::{Choice, Group, Picker};
use crate::state::{Action, Handle, TextState};
use crate::text::{because as t, say};

/// Reasons that are told of a line; a line of nftables may hold many elements and endpoints.
const TOLD: usize = 12;
/// Fields that can be chosen from; more belong to a search, not to a list.
const LISTED: usize = 400;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: Handle,
    pub provenance: Rc<Provenance>,
    /// The line that is asked about, by section and place.
    pub line: Option<(usize, usize)>,
    /// The field whose lines are marked.
    pub field: Option<Reason>,
    /// Marks the lines of a field, or none.
    pub onmark: Callback<Option<Reason>>,
    /// Shows a line.
    pub ongo: Callback<(usize, usize)>,
}

/// Why the line is there, and the lines that are there for a field.
#[component]
pub fn Because(props: &Props) -> Html {
    let Props { provenance, field, onmark, .. } = props;
    html! {
        <div role="group" class="because" aria-label={say!("because-title")}>
            <ul>{ reasons(props) }</ul>
            <div class="field-lines">
                { fields(provenance, field.as_ref(), onmark) }
                { field.as_ref().map(|field| walk(props, field)) }
            </div>
        </div>
    }
}

fn reasons(props: &Props) -> Html {
    let Props { model, provenance, line, onmark, .. } = props;
    let Some((section, line)) = *line else {
        return html! { <li>{ say!("because-choose") }</li> };
    };
    let mut reasons = provenance.reasons(section, line).take(TOLD).peekable();
    if reasons.peek().is_none() {
        return html! { <li>{ say!("because-none") }</li> };
    }
    let lead = |place| if place == 0 { say!("because-because") } else { say!("because-and") };
    html! { <>{ for reasons.enumerate().map(|(place, reason)| told(model, &lead(place), reason, onmark)) }</> }
}

/// One reason, with the way to its place in the text.
fn told(model: &Handle, lead: &str, reason: &Reason, onmark: &Callback<Option<Reason>>) -> Html {
    let (whose, path, meaning) = match reason {
        Reason::Always => return html! { <li>{ say!("because-always") }</li> },
        Reason::Setting { kind, path, meaning } => ((*kind).to_owned(), (*path).to_owned(), meaning),
        Reason::Every { kind, path, meaning } => (say!("because-every", kind = *kind), (*path).to_owned(), meaning),
        Reason::Field { kind, object, path, meaning, .. } => (format!("{kind} {object}"), path.clone(), meaning),
    };
    let mark = {
        let reason = reason.clone();
        onmark.reform(move |_: MouseEvent| Some(reason.clone()))
    };
    html! {
        <li title={say(meaning)}>
            { lead }{ " " }{ whose }{ " " }
            <code>{ path }</code>{ " " }
            <button type="button" class="link" aria-label={say!("because-all-lines")} onclick={mark}>{ say!("because-lines") }</button>{ " " }
            { reason.is_written(&model.lab()).then(|| in_text(model, reason)) }
        </li>
    }
}

fn in_text(model: &Handle, reason: &Reason) -> Html {
    let is_loaded = !model.edited && model.written.state != TextState::Behind;
    let (dispatcher, reason) = (model.dispatcher(), reason.clone());
    let onclick = Callback::from(move |_| dispatcher.dispatch(Action::Reveal(reason.clone())));
    html! {
        <button type="button" class="link in-text" aria-label={say!("because-in-text")} disabled={!is_loaded} {onclick}>{ say!("because-text") }</button>
    }
}

/// Every setting and field that has lines, the fields by Service.
fn fields(provenance: &Provenance, field: Option<&Reason>, onmark: &Callback<Option<Reason>>) -> Html {
    let all = provenance.all();
    let fields = || all.iter().enumerate().filter(|(_, reason)| **reason != Reason::Always);
    let mut groups = vec![Group { choices: vec![Choice { value: 0, text: say!("because-find") }], ..Group::default() }];
    for (index, reason) in fields().take(LISTED) {
        let name = Some(reason.service().map_or_else(|| say!("because-settings"), ToString::to_string));
        if groups.last().is_none_or(|group| group.name != name) {
            groups.push(Group { name, ..Group::default() });
        }
        if let Some(group) = groups.last_mut() {
            group.choices.push(Choice { value: index + 1, text: choice(reason) });
        }
    }
    groups.push(Group { hidden: fields().count().saturating_sub(LISTED), ..Group::default() });
    let chosen = field.and_then(|field| all.iter().position(|reason| reason == field)).map_or(0, |index| index + 1);
    let reasons: Vec<Reason> = all.to_vec();
    let onchoose =
        onmark.reform(move |index: usize| index.checked_sub(1).and_then(|index| reasons.get(index).cloned()));
    html! { <Picker label={say!("because-find")} {groups} {chosen} {onchoose} /> }
}

fn choice(reason: &Reason) -> String {
    match reason {
        Reason::Always => say!("because-always"),
        Reason::Setting { path, .. } => (*path).to_owned(),
        Reason::Every { kind, path, .. } => format!("{}: {path}", say!("because-every", kind = *kind)),
        Reason::Field { object, path, .. } => format!("{}: {path}", object.name),
    }
}

/// From one line of a field to the next.
fn walk(props: &Props, field: &Reason) -> Html {
    let lines = props.provenance.lines(field);
    let at = props.line.and_then(|line| lines.iter().position(|other| *other == line));
    let step = |to: Option<usize>| {
        let line = to.and_then(|to| lines.get(to)).copied();
        let ongo = props.ongo.clone();
        (line.is_none(), Callback::from(move |_: MouseEvent| line.iter().for_each(|line| ongo.emit(*line))))
    };
    let next_of = |line: (usize, usize)| lines.iter().position(|other| *other > line);
    let after = at.map_or_else(|| props.line.and_then(next_of).or(Some(0)), |at| Some(at + 1));
    let before = at.map_or_else(|| after.and_then(|after| after.checked_sub(1)), |at| at.checked_sub(1));
    let ((first, back), (last, on)) = (step(before), step(after));
    let clear = props.onmark.reform(|_: MouseEvent| None);
    html! {
        <>
            <span role="status">{ t::count(at, lines.len()) }</span>
            <button type="button" aria-label={say!("because-previous")} disabled={first} onclick={back}>{ "‹" }</button>
            <button type="button" aria-label={say!("because-next")} disabled={last} onclick={on}>{ "›" }</button>
            <button type="button" aria-label={say!("because-clear")} onclick={clear}>{ "×" }</button>
        </>
    }
}

/// The places within a section of the lines of a field.
pub fn marked(provenance: &Provenance, field: Option<&Reason>, section: usize) -> BTreeSet<usize> {
    let lines = field.map(|field| provenance.lines(field)).unwrap_or_default();
    lines.into_iter().filter(|(of, _)| *of == section).map(|(_, line)| line).collect()
}
