use std::rc::Rc;

use datapath_core::lab::Refused;
use wasm_bindgen::JsValue;
use yew::prelude::*;

use super::broken::Broken;
use super::effects::{
    use_arrivals, use_drops, use_keys, use_language, use_lessons, use_loading, use_player, use_printing, use_saving,
    use_start, use_theme,
};
use super::parts::{Parts, use_narrow, use_parts, use_ready};
use super::returning::{Returning, Waiting};
use crate::components::{
    Assumed, Cluster, Compare, ConnectionTables, Footer, Handout, IsWhole, Keep, KeySheet, LaneParts, LaneTabs, Lanes,
    Learn, Learning, Live, Masthead, Names, Notices, Operate, SendBar, Settled, Shell, Structure, TakeAway, Tour,
    Transport, Worksheet,
};
use crate::offline::use_news;
use crate::state::Model;
use crate::text::say;

/// One after the other come what stands above the lanes and over the page, the lanes by thirds, and what stands below.
const ABOVE: usize = 3;
const LANE: usize = LaneParts::THIRDS;
const LANES: usize = ABOVE + 3 * LANE;
const PARTS: usize = LANES + 7;

/// How many parts somebody sees who does not do anything yet.
fn seen_first(model: &Model, is_narrow: bool) -> usize {
    if model.touring {
        PARTS
    } else if is_narrow && model.lane == 0 {
        ABOVE + LANE
    } else {
        LANES
    }
}

#[derive(Properties, PartialEq)]
pub struct LabPageProps {
    /// A promise that is kept when all of the program is there, or cannot be had by itself.
    pub rest: JsValue,
}

/// The whole page. It is shown before anything is opened.
#[component]
pub fn LabPage(props: &LabPageProps) -> Html {
    let start = use_start();
    match start {
        None => html! { <Waiting told={say!("page-loading")} /> },
        Some(Ok(start)) => html! { <Open {start} rest={props.rest.clone()} /> },
        Some(Err(refused)) => html! { <Broken {refused} /> },
    }
}

#[derive(Properties, PartialEq)]
struct OpenProps {
    start: Rc<Model>,
    rest: JsValue,
}

#[component]
fn Open(props: &OpenProps) -> Html {
    let start = props.start.clone();
    let model = use_reducer(move || (*start).clone());
    use_theme(&model);
    use_language(&model);
    let is_narrow = use_narrow();
    let Parts { shown: parts, is_whole, is_waiting } =
        use_parts(&model, seen_first(&model, is_narrow), PARTS, &props.rest);
    use_saving(&model, is_whole);
    use_loading(&model);
    use_player(&model);
    use_keys(&model);
    use_arrivals(&model);
    use_lessons(&model);
    let held = use_drops(&model);
    let news = use_news(is_whole);
    let printing = use_printing(is_whole);
    let settled = Settled::from(&model);
    let is_cluster = !model.lab().is_copied();
    let ready = use_ready(parts == PARTS).then_some("");
    if model.is_placeholder && !model.refused.is_empty() {
        return html! { <Broken refused={Refused { diagnostics: model.refused.to_vec() }} /> };
    }
    if model.is_placeholder {
        return html! { <Returning model={model.clone()} /> };
    }
    html! {
        <ContextProvider<IsWhole> context={IsWhole(is_whole)}>
            <div class="lab" data-ready={ready} data-tour={model.touring.then(|| model.stop.name())} data-learning={(model.learning.is_some() || model.mistakes.is_some()).then_some("")}>
                <a class="skip" href="#lanes">{ say!("page-skip") }</a>
                <Masthead model={settled.clone()} />
                <Learning model={model.clone()} />
                <main class="page">
                    <div class="journey">
                        if parts > 0 { <SendBar model={model.clone()} /> }
                        if parts > 1 {
                            <Transport model={model.clone()} />
                            <LaneTabs model={model.clone()} />
                        }
                        <Lanes model={model.clone()} thirds={parts.saturating_sub(ABOVE)} />
                    </div>
                    if is_waiting && parts < PARTS { <p class="coming" role="status">{ say!("page-coming") }</p> }
                    if parts > LANES { <Compare model={settled.clone()} /> }
                    if parts > LANES + 1 { <ConnectionTables model={model.clone()} /> }
                    if parts > LANES + 2 { <Structure model={model.clone()} /> }
                    if parts > LANES + 3 && is_cluster { <Operate model={settled.clone()} /> }
                    if parts > LANES + 4 { <Cluster model={settled.clone()} /> }
                    if parts > LANES + 5 && is_cluster {
                        <Names model={settled.clone()} />
                        <TakeAway model={settled.clone()} lane={model.lane} />
                    }
                    if parts > LANES + 6 { <Assumed model={settled.clone()} /> }
                </main>
                if parts == PARTS { <Footer model={settled} /> }
                if printing {
                    if let Some(learning) = &model.learning {
                        <Worksheet lesson={learning.lesson.clone()} />
                    } else {
                        <Handout model={model.clone()} />
                    }
                }
                <Live model={model.clone()} />
                <Notices model={model.clone()} {news} />
                if parts >= ABOVE {
                    <Tour model={model.clone()} />
                    <Learn model={model.clone()} />
                    <Keep model={model.clone()} />
                    <Shell model={model.clone()} />
                    <KeySheet {model} />
                }
                if held { <p class="drop">{ say!("page-drop") }</p> }
            </div>
        </ContextProvider<IsWhole>>
    }
}
