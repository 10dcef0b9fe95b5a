use std::rc::Rc;

use datapath_core::lab::{Control, Input, Subject};
use yew::prelude::*;

use super::form::Field;
use super::picker::{Choice, Group, Picker};
use super::{Settled, SettledProps};
use crate::state::{Action, Form};
use crate::text::{fields as t, say};

/// Objects of a kind that are listed.
const LISTED: usize = 200;

/// The fields of an object: what each is and does. What is chosen happens at once, as `kubectl patch` would do it.
#[component]
pub fn ObjectFields(props: &SettledProps) -> Html {
    let model = &props.model;
    let subjects = use_memo(model.edition, |_| model.lab().subjects());
    let picked = use_state_eq(|| None::<Subject>);
    let asked = model.target.as_ref().map(|target| Subject::Service(target.service.clone()));
    let shown = picked.as_ref().or(asked.as_ref()).filter(|one| subjects.contains(one)).or(subjects.first());
    let Some(shown) = shown else {
        return html! {};
    };
    let chosen = subjects.iter().position(|subject| subject == shown).unwrap_or_default();
    let onchoose = {
        let (set, subjects) = (picked.setter(), subjects.clone());
        Callback::from(move |index: usize| set.set(subjects.get(index).cloned()))
    };
    // Who changes an object goes on with it, whatever is asked after the change.
    let onedit = {
        let (set, shown) = (picked.setter(), shown.clone());
        Callback::from(move |()| set.set(Some(shown.clone())))
    };
    let delete = shown.delete().map(|action| {
        let dispatcher = model.dispatcher();
        let onclick = Callback::from(move |_: MouseEvent| dispatcher.dispatch(Action::Operate(action.clone())));
        html! { <button type="button" class="small" {onclick}>{ say!("fields-delete", subject = shown.to_string()) }</button> }
    });
    html! {
        <details class="fields">
            <summary>{ say!("fields-title") }</summary>
            <p class="muted">{ say!("fields-note") }</p>
            <label class="field"><span>{ say!("fields-object") }</span><Picker groups={groups(&subjects, chosen)} {chosen} {onchoose} /></label>
            <Rows key={shown.to_string()} model={model.clone()} subject={shown.clone()} {onedit} />
            { delete }
        </details>
    }
}

/// The subjects by kind.
fn groups(subjects: &[Subject], chosen: usize) -> Vec<Group> {
    let kind = |subject: &Subject| std::mem::discriminant(subject);
    let mut groups = Vec::new();
    let mut first = 0;
    for members in subjects.chunk_by(|one, other| kind(one) == kind(other)) {
        let listed = |value: usize| value < first + LISTED || value == chosen;
        let choices = (first..).zip(members).filter(|(value, _)| listed(*value));
        let choices: Vec<_> = choices.map(|(value, subject)| Choice { value, text: subject.to_string() }).collect();
        groups.push(Group { name: members.first().map(t::group), hidden: members.len() - choices.len(), choices });
        first += members.len();
    }
    groups
}

#[derive(Properties, PartialEq)]
struct RowsProps {
    model: Settled,
    subject: Subject,
    onedit: Callback<()>,
}

#[component]
fn Rows(RowsProps { model, subject, onedit }: &RowsProps) -> Html {
    let edited = use_state_eq(|| None::<String>);
    let row = |control: Control| {
        let onset = {
            let (model, subject, edited) = (model.clone(), subject.clone(), edited.setter());
            let (path, now, onedit) = (control.path.clone(), control.input.clone(), onedit.clone());
            Callback::from(move |value: String| {
                // A value that is typed back takes what was refused away.
                if now.value() == value && !matches!(now, Input::Button(_)) {
                    return edited.set(None);
                }
                edited.set(Some(path.clone()));
                let action = model.lab().edit(&subject, &path, &value);
                if let Some(action) = action {
                    onedit.emit(());
                    model.dispatch(Action::Fill(Form::Fields, action));
                }
            })
        };
        let undone = model.undone.as_ref().filter(|_| edited.as_ref() == Some(&control.path));
        let why = undone.and_then(|undone| undone.told_by(Some(Form::Fields)));
        let key = control.path.clone();
        html! { <Field {key} form={Rc::<str>::from("change")} {control} {why} {onset} /> }
    };
    html! { <div class="rows">{ for model.lab().form(subject).into_iter().map(row) }</div> }
}
