use yew::prelude::*;

use super::SettledProps;
use super::icon::Icon;
use crate::state::Action;
use crate::text::{history as t, say};

/// Takes back and does again; each says what.
#[component]
pub fn Undoing(props: &SettledProps) -> Html {
    let model = &props.model;
    let (undo, redo) = (model.undoable(), model.redoable());
    let button = |label: String, word: String, icon: Icon, action: Action, disabled: bool| {
        let dispatcher = model.dispatcher();
        // One that has the focus keeps it when there is nothing more to do for it.
        let onclick = Callback::from(move |_| {
            if !disabled {
                dispatcher.dispatch(action.clone());
            }
        });
        html! {
            <button type="button" aria-label={label.clone()} title={label} aria-disabled={disabled.then_some("true")} {onclick}>
                { icon.view() }
                <span>{ word }</span>
            </button>
        }
    };
    html! {
        <div class="undoing" role="group" aria-label={say!("history-title")}>
            { button(t::undo(undo.as_ref()), say!("history-undo"), Icon::Undo, Action::Undo, undo.is_none()) }
            { button(t::redo(redo.as_ref()), say!("history-redo"), Icon::Redo, Action::Redo, redo.is_none()) }
        </div>
    }
}
