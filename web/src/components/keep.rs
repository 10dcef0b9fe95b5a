use std::rc::Rc;

use gloo::file::FileList;
use gloo::utils::window;
use web_sys::{HtmlDialogElement, HtmlInputElement};
use yew::prelude::*;

use super::ModelProps;
use super::copying::use_copying;
use crate::shelf::{self, Entry};
use crate::state::{Action, Handle, Notice};
use crate::text::{keep as t, take_away};
use crate::{address, files};

/// What the browser is asked to name a lab's file.
const FILE_NAME: &str = "datapath-lab.json";

/// The lab as a link, a file or on paper, and the others that the browser keeps.
#[component]
pub fn Keep(props: &ModelProps) -> Html {
    let model = &props.model;
    let dialog = use_node_ref();
    use_effect_with((dialog.clone(), model.keeping), |(dialog, open)| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            if *open && !dialog.open() {
                // Refused only for a dialog that is open or not in the page.
                let _ = dialog.show_modal();
            } else if !open {
                dialog.close();
            }
        }
    });
    let dispatcher = model.dispatcher();
    let close = Callback::from(move |()| dispatcher.dispatch(Action::Keeping(false)));
    html! {
        <dialog ref={dialog} class="sheet keep" aria-labelledby="keep-title" onclose={close.reform(|_: Event| ())}>
            <header>
                <h2 id="keep-title">{ t::TITLE }</h2>
                <button type="button" class="quiet round" aria-label={t::CLOSE} title={t::CLOSE} onclick={close.reform(|_: MouseEvent| ())}>
                    { "×" }
                </button>
            </header>
            if model.keeping {
                <Link model={model.clone()} />
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
    let said = copied.map(|done| if done { take_away::COPIED } else { take_away::NOT_COPIED_TEXT });
    html! {
        <section>
            <h3>{ t::LINK }</h3>
            <p class="muted">{ t::LINK_NOTE }</p>
            <div class="buttons">
                if !too_long {
                    <input class="mono" readonly=true aria-label={t::ADDRESS} value={(*link).clone()} />
                }
                <button type="button" class="primary" disabled={too_long} {onclick}>{ t::COPY }</button>
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
                <h3>{ t::FILE }</h3>
                <p class="muted">{ t::FILE_NOTE }</p>
                <div class="buttons">
                    <button type="button" onclick={save}>{ t::SAVE }</button>
                    <label class="button">
                        { t::CHOOSE }
                        <input class="unseen" type="file" multiple=true {onchange} />
                    </label>
                </div>
            </section>
            <section>
                <h3>{ t::PAPER }</h3>
                <p class="muted">{ t::PAPER_NOTE }</p>
                <div class="buttons"><button type="button" onclick={print}>{ t::PRINT }</button></div>
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
            <h3>{ t::RECENT }</h3>
            <p class="muted">{ t::RECENT_NOTE }</p>
            if list.is_empty() { <p class="hint">{ t::NONE }</p> }
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
                    <input ref={field} class="mono" aria-label={t::NAME} value={entry.shown().to_owned()} />
                    <button type="submit" class="small">{ t::KEEP_NAME }</button>
                </form>
            </li>
        };
    }
    html! {
        <li>
            <button type="button" class="link" aria-current={is_here.then_some("true")} disabled={is_here} onclick={open}>{ entry.shown() }</button>
            <span class="muted">{ when(entry.when) }{ " · " }{ t::size(entry) }</span>
            <span class="deeds">
                <button type="button" class="small" aria-label={t::rename(entry.shown())} onclick={begin}>{ t::RENAME }</button>
                if is_here {
                    <span class="muted">{ t::HERE }</span>
                } else {
                    <button type="button" class="small" aria-label={t::remove(entry.shown())} onclick={remove}>{ t::REMOVE }</button>
                }
            </span>
        </li>
    }
}

/// `22 Nov 2026, 14:05`, in the user's own zone.
fn when(milliseconds: f64) -> String {
    let date = js_sys::Date::new(&milliseconds.into());
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // Setting a field of a new object is never refused.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    date.to_locale_string("en-GB", &options).into()
}
