use std::rc::Rc;

use yew::prelude::*;

use super::diagnostics::Diagnostics;
use crate::state::{Action, Handle, Mistakes as State, Study};
use crate::text::say;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: Handle,
    pub mistakes: Rc<State>,
}

/// All that is wrong with a lesson, for its author.
#[component]
pub fn Mistakes(Props { model, mistakes }: &Props) -> Html {
    let dispatcher = model.dispatcher();
    let close = Callback::from(move |_: MouseEvent| dispatcher.dispatch(Action::Study(Study::Mistakes(None))));
    html! {
        <section class="mistakes">
            <header>
                <div role="alert">
                    if let Some(name) = &mistakes.name { <p class="muted mono">{ name.clone() }</p> }
                    <h2 id="mistakes-title">{ say!("mistakes-title", count = mistakes.wrong.len()) }</h2>
                </div>
                <button type="button" class="quiet round" aria-label={say!("mistakes-close")} title={say!("mistakes-close")} onclick={close}>{ "×" }</button>
            </header>
            <p class="muted">{ say!("mistakes-where") }</p>
            <Diagnostics diagnostics={mistakes.wrong.clone()} />
        </section>
    }
}
