use yew::prelude::*;

use super::ModelProps;
use super::dialog::use_dialog;
use super::reach::use_whole;
use crate::state::Action;
use crate::text::say;

/// The keys, in a dialog of the browser's own: it keeps the focus and closes on Escape.
#[component]
pub fn KeySheet(props: &ModelProps) -> Html {
    let dialog = use_dialog(props.model.keys);
    let is_whole = use_whole();
    let dispatcher = props.model.dispatcher();
    let close = Callback::from(move |()| dispatcher.dispatch(Action::Keys(false)));
    let onclose = close.reform(|_: Event| ());
    let onclick = close.reform(|_: MouseEvent| ());
    html! {
        <dialog ref={dialog} class="keys" aria-labelledby="keys-title" {onclose}>
            if props.model.keys && is_whole {
                <h2 id="keys-title">{ say!("keys-title") }</h2>
                <dl>{ for keys().into_iter().map(row) }</dl>
                <button type="button" {onclick}>{ say!("keys-close") }</button>
            } else if props.model.keys {
                <p id="keys-title" role="status">{ say!("page-coming") }</p>
            }
        </dialog>
    }
}

fn keys() -> [(&'static [&'static str], String); 17] {
    [
        (&["→"], say!("keys-step")),
        (&["←"], say!("keys-back")),
        (&["O"], say!("keys-over")),
        (&["V"], say!("keys-verdict")),
        (&["Home"], say!("keys-first")),
        (&["End"], say!("keys-last")),
        (&["Space"], say!("keys-play")),
        (&["S"], say!("keys-send")),
        (&["N"], say!("keys-next")),
        (&["C"], say!("keys-close-connection")),
        (&["1", "2", "3"], say!("keys-lanes")),
        (&["A"], say!("keys-apart")),
        (&["W"], say!("keys-why")),
        (&["Ctrl Z"], say!("keys-undo")),
        (&["Ctrl Y"], say!("keys-redo")),
        (&["T"], say!("shell-key")),
        (&["?"], say!("keys-sheet")),
    ]
}

fn row((names, what): (&[&str], String)) -> Html {
    html! {
        <div>
            <dt>{ for names.iter().map(|name| html! { <kbd>{ *name }</kbd> }) }</dt>
            <dd>{ what }</dd>
        </div>
    }
}
