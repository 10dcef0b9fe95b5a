use datapath_core::lab::Refused;
use yew::prelude::*;

use crate::components::Diagnostics;
use crate::text::say;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub refused: Refused,
}

/// The built-in example does not open: a defect of the lab.
#[component]
pub fn Broken(props: &Props) -> Html {
    html! {
        <main class="page">
            <h1>{ say!("crash-title") }</h1>
            <Diagnostics diagnostics={props.refused.diagnostics.clone()} />
        </main>
    }
}
