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
    let list = use_node_ref();
    // As in `Picker`; what was refused is gone once something else is tried.
    use_effect_with((list.clone(), control.input.clone(), is_refused), |(list, input, is_refused)| {
        if let (Some(list), Input::Choice { chosen, .. }, false) = (list.cast::<HtmlSelectElement>(), input, is_refused)
        {
            list.set_value(chosen);
        }
    });
    let input = match &control.input {
        Input::Choice { options, chosen } => {
            let onchange = onset.reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
            html! {
                <select ref={list} id={id.clone()} aria-describedby={note.clone()} aria-invalid={is_refused.to_string()} {onchange}>
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
        Input::Fixed(value) => html! {
            <input type="text" id={id.clone()} class="mono" readonly=true aria-describedby={note.clone()} value={value.clone()} />
        },
        Input::Button(words) => {
            let words = text::say(words);
            let label = format!("{words}: {}", control.path);
            let onclick = onset.reform(|_: MouseEvent| String::new());
            html! { <button type="button" class="small" aria-label={label} aria-describedby={note.clone()} {onclick}>{ words }</button> }
        }
    };
    let path = html! { <code>{ &control.path }</code> };
    let is_button = matches!(control.input, Input::Button(_));
    html! {
        <div class="row">
            if is_button { <span>{ path }</span> } else { <label for={id}>{ path }</label> }
            { input }
            <p id={note} class="muted">
                { text::sentence(&control.what) }
                if let Some(why) = why { <span class="wrong" role="alert">{ text::sentence(why) }</span> }
            </p>
        </div>
    }
}
