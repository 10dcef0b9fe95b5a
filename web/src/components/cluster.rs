use datapath_core::lab::LoadingStep;
use datapath_core::source::Position;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::SettledProps;
use super::diagnostics::Diagnostics;
use super::long_text::{LongText, pasted};
use crate::state::{Action, Busy, Handle, TextState};
use crate::text::{self, cluster as t, say};

/// Bytes from which on a text is shown and no longer edited: Chromium lays out the whole of a field for each change of it,
/// which takes a second for so much, and minutes for some megabytes.
const LONG: usize = 256_000;

/// The user's own cluster as text. What is typed stays, and the last good lab too.
#[component]
pub fn Cluster(props: &SettledProps) -> Html {
    let model = &props.model;
    let area = use_node_ref();
    let dispatcher = model.dispatcher();
    let oninput = Callback::from(move |event: InputEvent| {
        dispatcher.dispatch(Action::Draft(event.target_unchecked_into::<HtmlTextAreaElement>().value()));
    });
    let place = use_state_eq(|| None::<(u32, Position)>);
    use_effect_with(model.revealed, {
        let place = place.setter();
        move |revealed| {
            if let Some((time, position)) = *revealed {
                place.set(Some((time.wrapping_mul(2), position)));
            }
        }
    });
    use_effect_with((area.clone(), *place), |(area, place)| {
        if let (Some(area), Some((_, position))) = (area.cast::<HtmlTextAreaElement>(), place) {
            show(&area, *position);
        }
    });
    let dispatcher = model.dispatcher();
    let onreplace = Callback::from(move |text: String| dispatcher.dispatch(Action::Draft(text)));
    let onpaste = onpaste(&area, &onreplace);
    let act = |action: Action| {
        let dispatcher = model.dispatcher();
        Callback::from(move |_: MouseEvent| dispatcher.dispatch(action.clone()))
    };
    let busy = model.loading.is_some();
    // It has the focus while its text is read.
    let load = if busy { Callback::noop() } else { act(Action::Load) };
    let ongo = {
        // Odd, and another one each time, so that the same place is shown again.
        let (place, time) = (place.setter(), place.map_or(1, |(time, _)| (time | 1).wrapping_add(2)));
        Callback::from(move |position| place.set(Some((time, position))))
    };
    html! {
        <section class="card cluster" aria-labelledby="cluster">
            <h2 id="cluster">{ say!("cluster-title") }</h2>
            <p class="muted">{ say!("cluster-note") }{ " " }<code>{ t::COMMAND }</code></p>
            <p class="muted">{ say!("cluster-node-note") }{ " " }<code>{ t::NODE_COMMANDS }</code></p>
            if model.draft.len() > LONG {
                <LongText text={model.draft.clone()} place={*place} {onreplace} />
            } else {
                <textarea
                    ref={area}
                    class="mono"
                    aria-label={say!("cluster-label")}
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    wrap="off"
                    rows="16"
                    value={AttrValue::from(model.draft.clone())}
                    {oninput}
                    {onpaste}
                />
            }
            <div class="buttons">
                <button type="button" class="primary" aria-disabled={busy.then_some("true")} onclick={load}>{ say!("cluster-load") }</button>
                if model.loading.is_some() {
                    <button type="button" onclick={act(Action::StopLoading)}>{ say!("cluster-stop") }</button>
                }
                if model.set_aside.is_some() {
                    <button type="button" onclick={act(Action::BackFromExample)}>{ say!("cluster-from-example") }</button>
                } else {
                    <button type="button" onclick={act(Action::Example)}>{ say!("cluster-example") }</button>
                }
                if model.written.state == TextState::Behind && model.loading.is_none() {
                    <button type="button" onclick={act(Action::BringUpToDate)}>{ say!("cluster-bring") }</button>
                }
                if model.edited {
                    <button type="button" onclick={act(Action::Discard)}>{ say!("cluster-discard") }</button>
                } else if model.discarded.is_some() {
                    <button type="button" onclick={act(Action::BackFromDiscard)}>{ say!("cluster-back-from-discard") }</button>
                }
                <p class="muted" role="status">{ status(model) }</p>
                if model.loading.is_none() && !model.edited {
                    <button type="button" class="link" onclick={Callback::from(|_: MouseEvent| { to_lanes(); })}>{ say!("cluster-see") }</button>
                }
            </div>
            { remarks(model, &ongo) }
            <p class="muted">{ say!("page-private") }</p>
        </section>
    }
}

/// Takes what is pasted if the field would stand still for it: what is selected makes room, as it would there.
fn onpaste(area: &NodeRef, onreplace: &Callback<String>) -> Callback<Event> {
    let (area, onreplace) = (area.clone(), onreplace.clone());
    Callback::from(move |event: Event| {
        let (Some(pasted), Some(area)) = (pasted(&event), area.cast::<HtmlTextAreaElement>()) else {
            return;
        };
        let text = area.value();
        if text.len() + pasted.len() <= LONG {
            return;
        }
        event.prevent_default();
        let utf16: Vec<u16> = text.encode_utf16().collect();
        let edge = |edge: Result<Option<u32>, _>| edge.ok().flatten().map_or(utf16.len(), |edge| edge as usize);
        let (start, end) = (edge(area.selection_start()).min(utf16.len()), edge(area.selection_end()).min(utf16.len()));
        let part = |part: &[u16]| String::from_utf16_lossy(part);
        onreplace.emit(format!("{}{pasted}{}", part(&utf16[..start.min(end)]), part(&utf16[end..])));
    })
}

/// Far above.
fn to_lanes() -> Option<()> {
    let send: HtmlElement = gloo::utils::document().query_selector(".send button.first").ok()??.dyn_into().ok()?;
    // Refused only for what is not in the page; a browser scrolls to what it gives the focus.
    send.focus().ok()
}

fn status(model: &Handle) -> String {
    match model.loading {
        Some(Busy::Loading(LoadingStep::Read)) => return t::reading(model.draft.len()),
        Some(Busy::Loading(LoadingStep::Send(mode))) => return say!("cluster-programming", mode = text::mode(mode)),
        Some(Busy::Loading(LoadingStep::Done) | Busy::Replaying(_)) | None => {}
    }
    let status = match (model.edited, model.written.state) {
        (true, TextState::Loaded) => say!("cluster-changed"),
        (true, _) => say!("cluster-both-changed"),
        (false, TextState::Loaded) => say!("cluster-loaded"),
        (false, TextState::UpToDate) => say!("cluster-up-to-date"),
        (false, TextState::Anew) => say!("cluster-anew"),
        (false, TextState::Behind) => say!("cluster-moved-on"),
    };
    status.to_owned()
}

/// Why the text was not loaded, or else what is to be said about the one that was.
fn remarks(model: &Handle, ongo: &Callback<Position>) -> Html {
    let remarks = model.lab().remarks();
    let (title, class, diagnostics) = if !model.refused.is_empty() {
        (say!("cluster-refused"), "refused", model.refused.to_vec())
    } else if remarks.is_empty() {
        return html! {};
    } else {
        (say!("cluster-noted"), "noted", remarks)
    };
    html! {
        <div {class} role="alert">
            <p>{ title }</p>
            <Diagnostics {diagnostics} {ongo} />
        </div>
    }
}

/// Puts the caret at a place, selects the rest of its line and brings it into sight.
fn show(area: &HtmlTextAreaElement, Position { line, column }: Position) {
    let text = area.value();
    let index = line.saturating_sub(1) as usize;
    let utf16 = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    let before: u32 = text.split('\n').take(index).map(|line| utf16(line) + 1).sum();
    let here = text.split('\n').nth(index).unwrap_or_default();
    let start: String = here.chars().take(column.saturating_sub(1) as usize).collect();
    // Focus first: a browser scrolls to the caret when it is given one.
    let _ = area.focus();
    let _ = area.set_selection_range(before + utf16(&start), before + utf16(here));
    let lines = i32::try_from(text.split('\n').count()).unwrap_or(i32::MAX).max(1);
    let line = i32::try_from(index).unwrap_or(i32::MAX);
    area.set_scroll_top(area.scroll_height() / lines * line - area.client_height() / 3);
}
