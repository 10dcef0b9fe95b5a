use datapath_core::lab::{Control, Input};
use datapath_core::message::Message;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::text;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// Tells the fields of several forms apart.
    pub form: AttrValue,
    pub control: Control,
    /// Why the value that was typed was not taken.
    pub why: Option<Message>,
    pub onset: Callback<String>,
}

/// One field: its path, its control, and what it does.
#[component]
pub fn Field(Props { form, control, why, onset }: &Props) -> Html {
    let id = format!("{form}:{}", control.path);
    let note = format!("{id}:note");
    let is_refused = why.is_some();
    // What was refused stays, to be mended.
    let typed = use_state_eq(String::new);
    let input = match &control.input {
        Input::Choice { options, chosen } => {
            let onchange = onset.reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
            html! {
                <select id={id.clone()} aria-describedby={note.clone()} aria-invalid={is_refused.to_string()} {onchange}>
                    { for options.iter().map(|option| html! { <option selected={option == chosen}>{ option }</option> }) }
                </select>
            }
        }
        Input::Toggle(on) => {
            let onchange =
                onset.reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().checked().to_string());
            html! { <input type="checkbox" id={id.clone()} aria-describedby={note.clone()} checked={*on} {onchange} /> }
        }
        Input::Text(value) => {
            let (onset, set) = (onset.clone(), typed.setter());
            let onchange = Callback::from(move |event: Event| {
                let value = event.target_unchecked_into::<HtmlInputElement>().value();
                set.set(value.clone());
                onset.emit(value);
            });
            let value = if is_refused { (*typed).clone() } else { value.clone() };
            html! {
                <input type="text" id={id.clone()} class="mono" autocomplete="off" autocapitalize="off" spellcheck="false"
                    aria-describedby={note.clone()} aria-invalid={is_refused.to_string()} {value} {onchange} />
            }
        }
    };
    html! {
        <div class="row">
            <label for={id}><code>{ &control.path }</code></label>
            { input }
            <p id={note} class="muted">
                { text::sentence(&control.what) }
                if let Some(why) = why { <span class="wrong" role="alert">{ text::sentence(why) }</span> }
            </p>
        </div>
    }
}
