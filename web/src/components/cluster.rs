use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lab::LoadingStep;
use datapath_core::source::Position;
use gloo::file::callbacks::{FileReader, read_as_text};
use gloo::file::{File, FileList};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::SettledProps;
use super::diagnostics::Diagnostics;
use crate::state::{Action, Handle};
use crate::text::cluster as t;

/// The user's own cluster as text. What is typed stays, and the last good lab too.
#[component]
pub fn Cluster(props: &SettledProps) -> Html {
    let model = &props.model;
    let area = use_node_ref();
    let (ondrop, unreadable) = use_dropped(model);
    let dispatcher = model.dispatcher();
    let oninput = Callback::from(move |event: InputEvent| {
        dispatcher.dispatch(Action::Draft(event.target_unchecked_into::<HtmlTextAreaElement>().value()));
    });
    use_effect_with((area.clone(), model.revealed), |(area, revealed)| {
        if let (Some(area), Some((_, position))) = (area.cast::<HtmlTextAreaElement>(), revealed) {
            show(&area, *position);
        }
    });
    let act = |action: Action| {
        let dispatcher = model.dispatcher();
        Callback::from(move |_: MouseEvent| dispatcher.dispatch(action.clone()))
    };
    let ongo = {
        let area = area.clone();
        Callback::from(move |position| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                show(&area, position);
            }
        })
    };
    html! {
        <section class="card cluster" aria-labelledby="cluster" {ondrop} ondragover={Callback::from(|event: DragEvent| event.prevent_default())}>
            <h2 id="cluster">{ t::TITLE }</h2>
            <p class="muted">{ t::NOTE }{ " " }<code>{ t::COMMAND }</code></p>
            <p class="muted">{ t::NODE_NOTE }{ " " }<code>{ t::NODE_COMMANDS }</code></p>
            <textarea
                ref={area}
                class="mono"
                aria-label={t::LABEL}
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                wrap="off"
                rows="16"
                value={AttrValue::from(model.draft.clone())}
                {oninput}
            />
            <div class="buttons">
                <button type="button" class="primary" disabled={model.loading.is_some()} onclick={act(Action::Load)}>{ t::LOAD }</button>
                if model.loading.is_some() {
                    <button type="button" onclick={act(Action::StopLoading)}>{ t::STOP }</button>
                }
                if model.set_aside.is_some() {
                    <button type="button" onclick={act(Action::BackFromExample)}>{ t::FROM_EXAMPLE }</button>
                } else {
                    <button type="button" onclick={act(Action::Example)}>{ t::EXAMPLE }</button>
                }
                <p class="muted" role="status">{ status(model) }</p>
            </div>
            if unreadable { <p class="notice" role="alert">{ t::UNREADABLE }</p> }
            if !model.kept { <p class="notice" role="status">{ t::NOT_KEPT }</p> }
            { remarks(model, &ongo) }
            <p class="muted">{ crate::text::page::PRIVATE }</p>
        </section>
    }
}

fn status(model: &Handle) -> String {
    match model.loading {
        Some(LoadingStep::Read) => return t::reading(model.draft.len()),
        Some(LoadingStep::Send(mode)) => return t::programming(mode),
        Some(LoadingStep::Done) | None => {}
    }
    let status = if *model.draft == *model.lab.borrow().text { t::LOADED } else { t::CHANGED };
    status.to_owned()
}

/// Why the text was not loaded, or else what is to be said about the one that was.
fn remarks(model: &Handle, ongo: &Callback<Position>) -> Html {
    let remarks = model.lab.borrow().remarks();
    let (title, class, diagnostics) = if !model.refused.is_empty() {
        (t::REFUSED, "refused", model.refused.to_vec())
    } else if remarks.is_empty() {
        return html! {};
    } else {
        (t::NOTED, "noted", remarks)
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

/// Reads the files that are dropped into the draft and loads it. True beside it if the last one could not be read.
#[hook]
fn use_dropped(model: &Handle) -> (Callback<DragEvent>, bool) {
    let reading = use_mut_ref(Vec::<FileReader>::new);
    let unreadable = use_state_eq(|| false);
    let (set, dispatcher) = (unreadable.setter(), model.dispatcher());
    let ondrop = Callback::from(move |event: DragEvent| {
        event.prevent_default();
        let Some(files) = event.data_transfer().and_then(|data| data.files()).map(FileList::from) else {
            return;
        };
        // Several are one text: a node's rules and its addresses are often in files of their own.
        let texts = Rc::new(RefCell::new(vec![None::<String>; files.len()]));
        let read = |(place, file): (usize, &File)| {
            let (set, dispatcher, texts) = (set.clone(), dispatcher.clone(), Rc::clone(&texts));
            read_as_text(file, move |text| {
                set.set(text.is_err());
                let Ok(text) = text else {
                    return;
                };
                texts.borrow_mut()[place] = Some(text);
                if let Some(all) = texts.borrow().iter().cloned().collect::<Option<Vec<_>>>() {
                    dispatcher.dispatch(Action::Draft(all.join("\n")));
                    dispatcher.dispatch(Action::Load);
                }
            })
        };
        reading.replace(files.iter().enumerate().map(read).collect());
    });
    (ondrop, *unreadable)
}
