use yew::prelude::*;

use crate::components::ModelProps;
use crate::state::{Action, Busy};
use crate::text::{history, keep, page};

/// What is shown while a heavy lab is brought back.
#[component]
pub fn Returning(props: &ModelProps) -> Html {
    let model = &props.model;
    let progress = match model.loading {
        Some(Busy::Replaying(progress)) => progress,
        _ => None,
    };
    let dispatcher = model.dispatcher();
    let stop = Callback::from(move |_: MouseEvent| dispatcher.dispatch(Action::StopLoading));
    html! {
        <main class="loading">
            <h1 class="loading-name">{ page::NAME }</h1>
            <p role="status">{ history::replaying(progress) }</p>
            if let Some((done, all)) = progress {
                <progress max={all.to_string()} value={done.to_string()} aria-label={history::replaying(progress)} />
            }
            <p><button type="button" onclick={stop}>{ keep::INSTEAD }</button></p>
        </main>
    }
}
