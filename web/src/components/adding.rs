use std::collections::BTreeMap;
use std::rc::Rc;

use datapath_core::lab::{Blank, Control, Input};
use yew::prelude::*;

use super::SettledProps;
use super::form::Field;
use super::segmented::Segmented;
use crate::state::{Action, Form};
use crate::text::{self, adding as t, say};

/// A form for what is not there yet, which `kubectl create` makes.
#[component]
pub fn Adding(props: &SettledProps) -> Html {
    let model = &props.model;
    let place = use_state_eq(|| 0_usize);
    let typed = use_state_eq(BTreeMap::<String, String>::new);
    let asked = use_state_eq(|| false);
    let blank = Blank::ALL.get(*place).copied().unwrap_or(Blank::Service);
    {
        let (typed, asked) = (typed.setter(), asked.setter());
        // What was made is no draft any more.
        use_effect_with((model.edition, *place), move |_| {
            typed.set(BTreeMap::new());
            asked.set(false);
        });
    }
    let controls: Vec<Control> =
        model.lab().blank(blank).into_iter().map(|control| overridden(control, &typed)).collect();
    let undone = model.undone.as_ref().filter(|_| *asked);
    let why = undone.and_then(|undone| undone.told_by(Some(Form::Adding)));
    let blamed = why.as_ref().and_then(|why| Control::blamed(&controls, &why.to_string()));
    let choose = place.setter();
    let create = {
        let (model, asked) = (model.clone(), asked.setter());
        let values: BTreeMap<_, _> =
            controls.iter().map(|control| (control.path.clone(), control.input.value())).collect();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let action = model.lab().create(blank, &values);
            asked.set(true);
            model.dispatch(Action::Fill(Form::Adding, action));
        })
    };
    let row = |(index, control): (usize, &Control)| {
        let onset = {
            let (typed, path) = (typed.clone(), control.path.clone());
            Callback::from(move |value: String| {
                let mut values = (*typed).clone();
                values.insert(path.clone(), value);
                typed.set(values);
            })
        };
        let why = why.clone().filter(|_| blamed == Some(index));
        let key = format!("{} {}", blank.kind(), control.path);
        html! { <Field {key} form={Rc::<str>::from("add")} control={control.clone()} {why} {onset} /> }
    };
    html! {
        <details class="fields adding">
            <summary>{ say!("adding-title") }</summary>
            <Segmented
                label={say!("adding-what")}
                options={Blank::ALL.map(|blank| t::name(blank).into()).to_vec()}
                chosen={*place}
                onchoose={Callback::from(move |index| choose.set(index))}
            />
            <p class="muted">{ text::sentence(&blank.what()) }</p>
            <form onsubmit={create}>
                <div class="rows">{ for controls.iter().enumerate().map(row) }</div>
                if let Some(why) = why.filter(|_| blamed.is_none()) { <p class="wrong" role="alert">{ text::sentence(&why) }</p> }
                <button type="submit">{ say!("adding-create", kind = blank.kind()) }</button>
            </form>
        </details>
    }
}

/// The control with what was typed into it.
fn overridden(mut control: Control, typed: &BTreeMap<String, String>) -> Control {
    if let Some(value) = typed.get(&control.path) {
        control.input = match control.input {
            Input::Choice { options, .. } => Input::Choice { options, chosen: value.clone() },
            Input::Toggle(_) => Input::Toggle(value == "true"),
            Input::Text(_) => Input::Text(value.clone()),
            input @ (Input::Fixed(_) | Input::Button(_)) => input,
        };
    }
    control
}
