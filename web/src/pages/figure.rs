use std::rc::Rc;

use datapath_core::graph::Still;
use yew::prelude::*;

use super::effects::{use_player, use_printing};
use crate::components::{
    CostCurve, Diagnostics, LabLink, LaneParts, LaneTabs, Lanes, Live, SendBar, Structure, Transport,
};
use crate::figure::{Controls, Part, Trouble};
use crate::state::{Handle, Model};
use crate::text::{self, say};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub start: Rc<Model>,
    pub part: Part,
    pub controls: Controls,
    /// The address of the lab.
    pub lab: Option<String>,
    /// Called once the figure is shown, and after everything that happens in it.
    pub onchange: Callback<Handle>,
}

/// The lab as a figure in somebody else's page: it keeps nothing in the browser and takes no keys from the page.
#[component]
pub fn FigurePage(props: &Props) -> Html {
    let start = props.start.clone();
    let model = use_reducer(move || (*start).clone());
    use_player(&model);
    {
        let (model, onchange) = (model.clone(), props.onchange.clone());
        use_effect_with(model.revision(), move |_| onchange.emit(model));
    }
    let (sends, steps) = match props.controls {
        Controls::All => (true, true),
        Controls::Steps => (false, true),
        Controls::None => (false, false),
    };
    let is_journey = props.part != Part::Chart;
    let paper = use_printing(true).then(|| still(props, &model)).flatten();
    html! {
        <section class="lab figure" lang={text::language().tag()}>
            if let Some(still) = paper { <div class="still">{ Html::from_html_unchecked(still.into()) }</div> }
            <div class="page">
                if sends && is_journey { <SendBar model={model.clone()} /> }
                if steps && is_journey { <Transport model={model.clone()} /> }
                { part(props.part, &model) }
                if let Some(lab) = &props.lab { <LabLink model={model.clone()} lab={lab.clone()} /> }
            </div>
            <Live {model} />
        </section>
    }
}

/// What stands on paper in place of what only a screen can show.
fn still(props: &Props, model: &Handle) -> Option<String> {
    if matches!(props.part, Part::Chart | Part::Rules) {
        return None;
    }
    let packet = model.shown.as_ref().map_or(0, |shown| shown.packet);
    Still { lab: &model.lab(), lanes: &model.lanes(), packet, page: None, say: &text::say }.html()
}

fn part(part: Part, model: &Handle) -> Html {
    let parts = match part {
        Part::Full | Part::Lane => LaneParts::All,
        Part::Trace => LaneParts::Trace,
        Part::Rules => LaneParts::Rules,
        Part::Graph => return html! { <Structure model={model.clone()} /> },
        Part::Chart => {
            return html! { <section class="card compare"><CostCurve theme={model.theme} language={text::language()} /></section> };
        }
    };
    html! {
        <>
            <LaneTabs model={model.clone()} />
            <Lanes model={model.clone()} {parts} />
        </>
    }
}

#[derive(Properties, PartialEq)]
pub struct TroubleProps {
    pub trouble: Trouble,
}

/// In place of a figure that cannot be shown.
#[component]
pub fn TroublePage(TroubleProps { trouble }: &TroubleProps) -> Html {
    html! {
        <section class="lab figure" role="alert" lang={text::language().tag()}>
            <div class="page">
                <div class="card trouble">
                    <h2>{ say!("embed-trouble") }</h2>
                    <p>{ say(&trouble.what) }</p>
                    <Diagnostics diagnostics={trouble.diagnostics.clone()} />
                </div>
            </div>
        </section>
    }
}
