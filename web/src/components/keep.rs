use std::rc::Rc;

use datapath_core::message::Language;
use gloo::file::FileList;
use gloo::utils::window;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::ModelProps;
use super::copying::use_copying;
use super::dialog::use_dialog;
use super::embedding::Embedding;
use crate::shelf::{self, Entry};
use crate::state::{Action, Handle, Notice};
use crate::text::{self, cluster, keep as t, say};
use crate::{address, files};

/// What the browser is asked to name a lab's file.
const FILE_NAME: &str = "datapath-lab.json";
const SCENARIO_NAME: &str = "scenario.md";

/// The lab as a link, a file or on paper, and the others that the browser keeps.
#[component]
pub fn Keep(props: &ModelProps) -> Html {
    let model = &props.model;
    let dialog = use_dialog(model.keeping);
    let dispatcher = model.dispatcher();
    let close = Callback::from(move |()| dispatcher.dispatch(Action::Keeping(false)));
    html! {
        <dialog ref={dialog} class="sheet keep" aria-labelledby="keep-title" onclose={close.reform(|_: Event| ())}>
            <header>
                <h2 id="keep-title">{ say!("keep-title") }</h2>
                <button type="button" class="quiet round" aria-label={say!("keep-close")} title={say!("keep-close")} onclick={close.reform(|_: MouseEvent| ())}>
                    { "×" }
                </button>
            </header>
            if model.keeping {
                <Link model={model.clone()} />
                <Embedding model={model.clone()} />
                <Files model={model.clone()} />
                <Recent model={model.clone()} />
            }
        </dialog>
    }
}

/// Packed once, when the sheet opens: nothing changes under it.
#[component]
fn Link(props: &ModelProps) -> Html {
    let link =
        use_memo((), |()| props.model.keep().map(|kept| address::of(&kept.without_undone())).unwrap_or_default());
    let (copied, copy) = use_copying();
    let too_long = link.len() > t::TOO_LONG;
    let onclick = {
        let link = Rc::clone(&link);
        Callback::from(move |_: MouseEvent| copy.emit((*link).clone()))
    };
    let said = copied.map(|done| if done { say!("take-away-copied") } else { say!("take-away-not-copied-text") });
    html! {
        <section>
            <h3>{ say!("keep-link") }</h3>
            <p class="muted">{ say!("keep-link-note") }</p>
            <div class="buttons">
                if !too_long {
                    <input class="mono" readonly=true aria-label={say!("keep-address")} value={(*link).clone()} />
                }
                <button type="button" class="primary" disabled={too_long} {onclick}>{ say!("keep-copy") }</button>
            </div>
            <p class="muted">{ t::length(link.len()) }{ " " }<span role="status">{ said }</span></p>
        </section>
    }
}

#[component]
fn Files(props: &ModelProps) -> Html {
    let model = &props.model;
    let save = {
        let model = model.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(kept) = model.keep() {
                files::save(FILE_NAME, files::text(&kept.without_undone().to_file(), "application/json"));
            }
        })
    };
    let save_scenario = {
        let model = model.clone();
        Callback::from(move |_: MouseEvent| {
            let file = model.scenario();
            files::save(SCENARIO_NAME, files::text(&file, "text/markdown"));
        })
    };
    let dispatcher = model.dispatcher();
    let onchange = Callback::from(move |event: Event| {
        if let Some(list) = event.target_unchecked_into::<HtmlInputElement>().files() {
            files::open(FileList::from(list), dispatcher.clone());
        }
    });
    let dispatcher = model.dispatcher();
    let print = Callback::from(move |_: MouseEvent| {
        dispatcher.dispatch(Action::Keeping(false));
        // Refused where pages may not print; there the browser's own menu cannot either.
        let _ = window().print();
    });
    html! {
        <div class="halves">
            <section>
                <h3>{ say!("keep-file") }</h3>
                <p class="muted">{ say!("keep-file-note") }</p>
                <div class="buttons">
                    <button type="button" onclick={save}>{ say!("keep-save") }</button>
                    <button type="button" onclick={save_scenario}>{ say!("learn-save-scenario") }</button>
                    <label class="button">
                        { say!("keep-choose") }
                        <input class="unseen" type="file" multiple=true {onchange} />
                    </label>
                </div>
            </section>
            <section>
                <h3>{ say!("keep-paper") }</h3>
                <p class="muted">{ say!("keep-paper-note") }</p>
                <div class="buttons"><button type="button" onclick={print}>{ say!("keep-print") }</button></div>
            </section>
        </div>
    }
}

/// The list is read when the sheet opens.
#[component]
fn Recent(props: &ModelProps) -> Html {
    let model = &props.model;
    let list = use_state(|| {
        // What is not written yet is part of it.
        if let Some(known) = model.known() {
            let _ = shelf::store(&known);
        }
        shelf::list()
    });
    let changed = {
        let list = list.clone();
        Callback::from(move |()| list.set(shelf::list()))
    };
    let row = |entry: &Entry| html! { <Row key={entry.id} model={model.clone()} entry={entry.clone()} onchange={changed.clone()} /> };
    html! {
        <section>
            <h3>{ say!("keep-recent") }</h3>
            if let Some(why) = model.unkept {
                <p class="notice">{ cluster::unkept(why) }</p>
            } else {
                <p class="muted">{ say!("keep-recent-note") }</p>
            }
            if list.is_empty() { <p class="hint">{ say!("keep-none") }</p> }
            <ul class="recent">{ for list.iter().map(row) }</ul>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    model: Handle,
    entry: Entry,
    /// The list has changed.
    onchange: Callback<()>,
}

/// A lab that is kept: to be opened, renamed or removed.
#[component]
fn Row(RowProps { model, entry, onchange }: &RowProps) -> Html {
    let naming = use_state_eq(|| false);
    let field = use_node_ref();
    use_effect_with((field.clone(), *naming), |(field, naming)| {
        if let Some(field) = field.cast::<HtmlInputElement>().filter(|_| *naming) {
            // Refused only for what is not in the page.
            let _ = field.focus();
        }
    });
    let is_here = entry.id == model.id;
    let (dispatcher, id) = (model.dispatcher(), entry.id);
    let open = Callback::from(move |_: MouseEvent| {
        dispatcher.dispatch(match shelf::load(id) {
            Some(known) => Action::Bring(Rc::new(known)),
            None => Action::Notice(Some(Notice::Gone)),
        });
    });
    let remove = onchange.reform(move |_: MouseEvent| shelf::remove(id));
    let begin = {
        let naming = naming.setter();
        Callback::from(move |_: MouseEvent| naming.set(true))
    };
    let rename = {
        let (naming, field, onchange) = (naming.setter(), field.clone(), onchange.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = field.cast::<HtmlInputElement>().map(|field| field.value()).unwrap_or_default();
            // What cannot be kept keeps its old name, and the list shows it.
            let _ = shelf::rename(id, &name);
            naming.set(false);
            onchange.emit(());
        })
    };
    if *naming {
        return html! {
            <li>
                <form class="naming" onsubmit={rename}>
                    <input ref={field} class="mono" aria-label={say!("keep-name")} value={entry.called().to_owned()} />
                    <button type="submit" class="small">{ say!("keep-keep-name") }</button>
                </form>
            </li>
        };
    }
    html! {
        <li>
            <button type="button" class="link" aria-current={is_here.then_some("true")} disabled={is_here} onclick={open}>{ entry.shown() }</button>
            <span class="muted">{ when(entry.when) }{ " · " }{ t::size(entry) }</span>
            <span class="deeds">
                <button type="button" class="small" aria-label={say!("keep-rename-what", title = entry.shown())} onclick={begin}>{ say!("keep-rename") }</button>
                if is_here {
                    <span class="muted">{ say!("keep-here") }</span>
                } else {
                    <button type="button" class="small" aria-label={say!("keep-remove-what", title = entry.shown())} onclick={remove}>{ say!("keep-remove") }</button>
                }
            </span>
        </li>
    }
}

/// `22 Nov 2026, 14:05`, in the user's own zone.
fn when(milliseconds: f64) -> String {
    let locale = if text::language() == Language::English { "en-GB" } else { text::language().tag() };
    let date = js_sys::Date::new(&milliseconds.into());
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // Setting a field of a new object is never refused.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    date.to_locale_string(locale, &options).into()
}
