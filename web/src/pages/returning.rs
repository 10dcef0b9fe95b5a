use yew::prelude::*;

use crate::components::ModelProps;
use crate::state::{Action, Busy};
use crate::text::{history, say};

#[derive(Properties, PartialEq)]
pub struct WaitingProps {
    pub told: AttrValue,
    #[prop_or_default]
    pub children: Html,
}

/// What is shown until the lab is there: as the page that has not started yet.
#[component]
pub fn Waiting(WaitingProps { told, children }: &WaitingProps) -> Html {
    html! {
        <main class="loading">
            <h1 class="loading-name">{ say!("page-name") }</h1>
            <p class="loading-promise">{ say!("page-promise") }</p>
            <p role="status">{ told }</p>
            { children.clone() }
        </main>
    }
}

/// The same with progress, where it takes longer.
#[component]
pub fn Returning(props: &ModelProps) -> Html {
    let model = &props.model;
    let dispatcher = model.dispatcher();
    let stop = Callback::from(move |_: MouseEvent| dispatcher.dispatch(Action::StopLoading));
    let told = match model.loading {
        Some(Busy::Replaying(progress)) => history::replaying(progress),
        _ => say!("page-loading"),
    };
    html! {
        <Waiting told={told.clone()}>
            if let Some(Busy::Replaying(progress)) = model.loading {
                if let Some((done, all)) = progress {
                    <progress max={all.to_string()} value={done.to_string()} aria-label={told} />
                }
                <p class="instead"><button type="button" onclick={stop}>{ say!("keep-instead") }</button></p>
            }
        </Waiting>
    }
}
