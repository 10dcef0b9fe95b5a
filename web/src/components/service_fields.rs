use datapath_core::lab::{Control, Input, ServiceField};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::SettledProps;
use super::picker::{Choice, Group, Picker};
use crate::state::Action;
use crate::text::fields as t;

/// Services that are listed.
const LISTED: usize = 200;

/// The fields of a Service that change rules: what each is and does. What is chosen happens at once, as `kubectl patch`
/// would do it.
#[component]
pub fn ServiceFields(props: &SettledProps) -> Html {
    let model = &props.model;
    let lab = model.lab();
    let names = use_memo(model.edition, |_| lab.editable_services());
    let picked = use_state_eq(|| None);
    let edited = use_state_eq(|| None::<ServiceField>);
    let asked = model.target.as_ref().map(|target| &target.service);
    let shown = picked.as_ref().or(asked).filter(|name| names.contains(name)).or(names.first());
    let Some(shown) = shown else {
        return html! {};
    };
    let place = names.iter().position(|name| name == shown).unwrap_or_default();
    let mut choices: Vec<_> =
        names.iter().enumerate().take(LISTED).map(|(value, name)| Choice { value, text: name.to_string() }).collect();
    if place >= LISTED {
        choices.push(Choice { value: place, text: shown.to_string() });
    }
    let groups = vec![Group { choices, hidden: names.len().saturating_sub(LISTED), ..Group::default() }];
    let onchoose = {
        let (set, names) = (picked.setter(), names.clone());
        Callback::from(move |index: usize| set.set(names.get(index).cloned()))
    };
    let row = |Control { field, input }: Control| {
        let onset = {
            let (model, service, edited, now) = (model.clone(), shown.clone(), edited.setter(), input.clone());
            Callback::from(move |value: String| {
                if now == Input::Text(value.clone()) {
                    return edited.set(None);
                }
                edited.set(Some(field));
                let action = model.lab().edit(&service, field, &value);
                if let Some(action) = action {
                    model.dispatch(Action::Operate(action));
                }
            })
        };
        let why = model.undone.clone().filter(|_| *edited == Some(field));
        html! { <Field key={format!("{shown} {}", field.path())} {field} {input} {why} {onset} /> }
    };
    html! {
        <details class="fields">
            <summary>{ t::TITLE }</summary>
            <p class="muted">{ t::NOTE }</p>
            <label class="field"><span>{ t::SERVICE }</span><Picker {groups} chosen={place} {onchoose} /></label>
            <div class="rows">{ for lab.service_form(shown).into_iter().map(row) }</div>
        </details>
    }
}

#[derive(Properties, PartialEq)]
struct FieldProps {
    field: ServiceField,
    input: Input,
    /// Why the value that was typed was not taken.
    why: Option<std::rc::Rc<str>>,
    onset: Callback<String>,
}

#[component]
fn Field(FieldProps { field, input, why, onset }: &FieldProps) -> Html {
    let id = field.path();
    let note = format!("{id} note");
    let is_refused = why.is_some();
    // What was refused stays, to be mended.
    let typed = use_state_eq(String::new);
    let control = match input {
        Input::Choice { options, chosen } => {
            let onchange = onset.reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
            html! {
                <select id={id.clone()} aria-describedby={note.clone()} aria-invalid={is_refused.to_string()} {onchange}>
                    { for options.iter().map(|option| html! { <option selected={option == chosen}>{ *option }</option> }) }
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
                <input type="text" id={id.clone()} class="mono" autocomplete="off" spellcheck="false"
                    aria-describedby={note.clone()} aria-invalid={is_refused.to_string()} {value} {onchange} />
            }
        }
    };
    html! {
        <div class="row">
            <label for={id.clone()}><code>{ id }</code></label>
            { control }
            <p id={note} class="muted">
                { t::sentence(field.what()) }
                if let Some(why) = why { <span class="wrong" role="alert">{ why.to_string() }</span> }
            </p>
        </div>
    }
}
