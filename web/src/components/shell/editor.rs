use datapath_core::shell::Edit;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::state::{Action, Handle};
use crate::text::say;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: Handle,
    pub edit: Edit,
}

/// The text that a program waits for, in place of the line.
#[component]
pub fn Editor(props: &Props) -> Html {
    let Props { model, edit } = props;
    let field = use_node_ref();
    use_effect_with((field.clone(), edit.clone()), |(field, edit)| {
        if let Some(field) = field.cast::<HtmlTextAreaElement>() {
            field.set_value(&edit.text);
            // Refused only for what is not shown.
            let _ = field.focus();
            let _ = field.set_selection_range(0, 0);
            field.set_scroll_top(0);
        }
    });
    let save = {
        let (model, field) = (model.clone(), field.clone());
        Callback::from(move |()| {
            if let Some(field) = field.cast::<HtmlTextAreaElement>() {
                model.dispatch(Action::SaveEdit(Some(field.value())));
            }
        })
    };
    let cancel = {
        let model = model.clone();
        Callback::from(move |()| model.dispatch(Action::SaveEdit(None)))
    };
    let onkeydown = {
        let (save, cancel) = (save.clone(), cancel.clone());
        Callback::from(move |event: KeyboardEvent| {
            match (event.key().as_str(), event.ctrl_key() || event.meta_key()) {
                ("Enter", true) => save.emit(()),
                ("Escape", _) => cancel.emit(()),
                _ => {}
            }
            // The page has keys of its own.
            event.stop_propagation();
        })
    };
    html! {
        <div class="shell-editor">
            <textarea
                ref={field}
                class="mono"
                rows="14"
                aria-label={say!("shell-edit-text")}
                aria-describedby="shell-edit-hint"
                autocapitalize="off"
                autocomplete="off"
                spellcheck="false"
                wrap="off"
                {onkeydown}
            />
            <p>
                <button type="button" class="primary" onclick={save.reform(|_: MouseEvent| ())}>{ say!("shell-edit-save") }</button>
                <button type="button" onclick={cancel.reform(|_: MouseEvent| ())}>{ say!("shell-edit-cancel") }</button>
                <span id="shell-edit-hint" class="muted">{ say!("shell-edit-hint") }</span>
            </p>
        </div>
    }
}
