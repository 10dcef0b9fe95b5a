use std::rc::Rc;

use datapath_core::lab::Refused;
use yew::prelude::*;

use super::arrival;
use super::broken::Broken;
use super::effects::{
    use_arrivals, use_drops, use_keys, use_language, use_loading, use_player, use_printing, use_ready, use_saving,
    use_theme,
};
use super::returning::Returning;
use crate::components::{
    Assumed, Cluster, Compare, ConnectionTables, Footer, Handout, Keep, KeySheet, LaneTabs, Lanes, Live, Masthead,
    Names, Notices, Operate, SendBar, Settled, Structure, TakeAway, Tour, Transport,
};
use crate::offline::use_news;
use crate::state::Model;
use crate::text::say;

/// The whole page.
#[component]
pub fn LabPage() -> Html {
    let start = use_memo((), |()| Model::start(arrival::start()).map(Rc::new));
    match &*start {
        Ok(start) => html! { <Open start={start.clone()} /> },
        Err(Refused { diagnostics }) => {
            html! { <Broken refused={Refused { diagnostics: diagnostics.clone() }} /> }
        }
    }
}

#[derive(Properties, PartialEq)]
struct OpenProps {
    start: Rc<Model>,
}

#[component]
fn Open(props: &OpenProps) -> Html {
    let start = props.start.clone();
    let model = use_reducer(move || (*start).clone());
    use_theme(&model);
    use_language(&model);
    use_saving(&model);
    use_loading(&model);
    use_player(&model);
    use_keys(&model);
    use_arrivals(&model);
    let held = use_drops(&model);
    let news = use_news();
    let printing = use_printing();
    let settled = Settled::from(&model);
    let is_cluster = !model.lab().is_copied();
    let ready = use_ready(&model).then_some("");
    if model.is_placeholder && !model.refused.is_empty() {
        return html! { <Broken refused={Refused { diagnostics: model.refused.to_vec() }} /> };
    }
    if model.is_placeholder {
        return html! { <Returning model={model.clone()} /> };
    }
    html! {
        <div class="lab" data-ready={ready} data-tour={model.touring.then(|| model.stop.name())}>
            <a class="skip" href="#lanes">{ say!("page-skip") }</a>
            <Masthead model={settled.clone()} />
            <main class="page">
                <div class="journey">
                    <SendBar model={model.clone()} />
                    <Transport model={model.clone()} />
                    <LaneTabs model={model.clone()} />
                    <Lanes model={model.clone()} />
                </div>
                <Compare model={settled.clone()} />
                <ConnectionTables model={settled.clone()} />
                <Structure model={model.clone()} />
                if is_cluster {
                    <Operate model={settled.clone()} />
                }
                <Cluster model={settled.clone()} />
                if is_cluster {
                    <Names model={settled.clone()} />
                    <TakeAway model={settled.clone()} lane={model.lane} />
                }
                <Assumed model={settled.clone()} />
            </main>
            <Footer model={settled} />
            if printing { <Handout model={model.clone()} /> }
            <Live model={model.clone()} />
            <Notices model={model.clone()} {news} />
            <Tour model={model.clone()} />
            <Keep model={model.clone()} />
            <KeySheet {model} />
            if held { <p class="drop">{ say!("page-drop") }</p> }
        </div>
    }
}
