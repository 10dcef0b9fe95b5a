use std::rc::Rc;

use yew::prelude::*;

use super::broken::Broken;
use super::effects::use_player;
use crate::components::{LaneTabs, Lanes, Live, SendBar, Transport};
use crate::state::Model;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The cluster as YAML; the built-in example without one.
    pub cluster: Option<AttrValue>,
}

/// The lab as a figure in somebody else's page: it keeps nothing in the browser and takes no keys from the page.
#[component]
pub fn FigurePage(props: &Props) -> Html {
    let start = use_memo(props.cluster.clone(), |cluster| Model::figure(cluster.as_deref()).map(Rc::new));
    match &*start {
        Ok(start) => html! { <Figure start={start.clone()} /> },
        Err(refused) => html! { <Broken refused={refused.clone()} /> },
    }
}

#[derive(Properties, PartialEq)]
struct FigureProps {
    start: Rc<Model>,
}

#[component]
fn Figure(props: &FigureProps) -> Html {
    let start = props.start.clone();
    let model = use_reducer(move || (*start).clone());
    use_player(&model);
    html! {
        <section class="lab figure">
            <div class="page">
                <SendBar model={model.clone()} />
                <Transport model={model.clone()} />
                <LaneTabs model={model.clone()} />
                <Lanes model={model.clone()} />
            </div>
            <Live {model} />
        </section>
    }
}
