use std::rc::Rc;

use datapath_core::graph::Still;
use datapath_core::message::Language;
use datapath_core::proxy::Mode;
use gloo::utils::window;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use super::ModelProps;
use super::copying::use_copying;
use super::picker::{Choice, Group, Picker};
use super::segmented::Segmented;
use crate::figure::{Code, Words};
use crate::state::Handle;
use crate::text::{self, say};

const VIEWS: [&str; 6] = ["full", "lane", "trace", "rules", "graph", "chart"];
const CONTROLS: [&str; 3] = ["all", "steps", "none"];
const THEMES: [&str; 3] = ["auto", "light", "dark"];
/// How much room a figure has that is looked at beforehand, as the style sheet names it.
const WIDTHS: [&str; 3] = ["all", "page", "phone"];
/// Pixels.
const HEIGHT: u32 = 640;

/// What was chosen, as places in the lists of what there is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Chosen {
    view: usize,
    /// 0 for all.
    datapath: usize,
    controls: usize,
    theme: usize,
    /// 0 for that of the page.
    language: usize,
    height: u32,
    /// Whether a still picture is in the code.
    still: bool,
}

/// The lab as a figure in another page: what to copy, and what it looks like.
#[component]
pub fn Embedding(props: &ModelProps) -> Html {
    let open = use_state_eq(|| false);
    let ontoggle = {
        let set = open.setter();
        Callback::from(move |event: Event| set.set(event.target_unchecked_into::<Element>().has_attribute("open")))
    };
    html! {
        <section>
            <details class="embedding" {ontoggle}>
                <summary><h3>{ say!("embed-title") }</h3></summary>
                if *open { <Making model={props.model.clone()} /> }
            </details>
        </section>
    }
}

#[component]
fn Making(props: &ModelProps) -> Html {
    let model = &props.model;
    let chosen = use_state_eq(|| Chosen {
        view: 0,
        datapath: 0,
        controls: 0,
        theme: 0,
        language: 0,
        height: HEIGHT,
        still: true,
    });
    let link = use_memo((), |()| model.keep().map(|kept| kept.without_undone().to_fragment()).unwrap_or_default());
    let code = code(model, &link, *chosen);
    let width = use_state_eq(|| 0);
    let widths = [say!("embed-width-all"), say!("embed-width-page"), say!("embed-width-phone")];
    let widths = widths.into_iter().enumerate().map(|(value, text)| Choice { value, text }).collect();
    let onwidth = {
        let set = width.setter();
        Callback::from(move |at: usize| set.set(at))
    };
    html! {
        <>
            <p class="muted">{ say!("embed-note") }</p>
            { choices(model, &chosen) }
            <Copied name={say!("embed-element")} note={element_note(&code)} code={code.element()} />
            <Copied name={say!("embed-frame")} note={say!("embed-frame-note")} code={code.frame()} />
            <h4>{ say!("embed-preview") }</h4>
            <label class="field">
                <span>{ say!("embed-width") }</span>
                <Picker groups={vec![Group { choices: widths, ..Group::default() }]} chosen={*width} onchoose={onwidth} />
            </label>
            <iframe class="preview" data-width={WIDTHS[*width]} key={code.address()} src={code.address()} title={say!("embed-preview")} height={chosen.height.to_string()} />
        </>
    }
}

/// The chart is not about the lab that is open.
fn code(model: &Handle, link: &str, chosen: Chosen) -> Code {
    let said = |list: &[&str], at: usize| if at == 0 { String::new() } else { list[at].to_owned() };
    let datapath = chosen.datapath.checked_sub(1).and_then(|at| Mode::ALL.get(at)).map(ToString::to_string);
    let lane = model.lab().lanes.get(model.lane).map(|lane| lane.mode.to_string());
    let is_lane = VIEWS[chosen.view] == "lane";
    let location = window().location();
    let words = Words {
        link: link.to_owned(),
        view: said(&VIEWS, chosen.view),
        datapaths: datapath.or(lane.filter(|_| is_lane)).unwrap_or_default(),
        controls: said(&CONTROLS, chosen.controls),
        lab: format!("{}{}", location.origin().unwrap_or_default(), location.pathname().unwrap_or_default()),
        ..Words::default()
    };
    let language = chosen.language.checked_sub(1).and_then(|at| Language::ALL.get(at)).map(|one| one.tag().to_owned());
    let mut code = Code {
        words,
        theme: said(&THEMES, chosen.theme),
        language: language.unwrap_or_default(),
        height: Some(chosen.height),
        title: text::say(&model.lab().title()),
        still: None,
    };
    code.still = (chosen.still && can_have_still(chosen)).then(|| still(model, &code)).flatten();
    code
}

/// The chart is of no packet, and the words of another language than the page's are not here.
fn can_have_still(chosen: Chosen) -> bool {
    let language = chosen.language.checked_sub(1).and_then(|at| Language::ALL.get(at));
    VIEWS[chosen.view] != "chart" && language.is_none_or(|language| *language == text::language())
}

fn element_note(code: &Code) -> String {
    let note = say!("embed-element-note");
    if code.still.is_some() { format!("{note} {}", say!("embed-still-note")) } else { note }
}

/// The packet that is shown, in the lanes that the figure has.
fn still(model: &Handle, code: &Code) -> Option<String> {
    let lab = model.lab();
    let is_wanted =
        |lane: &usize| code.words.datapaths.is_empty() || lab.lanes[*lane].mode.to_string() == code.words.datapaths;
    let lanes: Vec<usize> = (0..lab.lanes.len()).filter(is_wanted).collect();
    let packet = model.shown.as_ref().map_or(0, |shown| shown.packet);
    Still { lab: &lab, lanes: &lanes, packet, page: Some(&code.page()), say: &text::say }.html()
}

fn choices(model: &Handle, chosen: &UseStateHandle<Chosen>) -> Html {
    let set = |change: fn(&mut Chosen, usize)| {
        let chosen = chosen.clone();
        Callback::from(move |at: usize| {
            let mut next = *chosen;
            change(&mut next, at);
            chosen.set(next);
        })
    };
    let picker = |label: String, texts: Vec<String>, at: usize, onchoose: Callback<usize>| {
        let choices = texts.into_iter().enumerate().map(|(value, text)| Choice { value, text }).collect();
        html! {
            <label class="field">
                <span>{ label }</span>
                <Picker groups={vec![Group { choices, ..Group::default() }]} chosen={at} {onchoose} />
            </label>
        }
    };
    let views = vec![
        say!("embed-view-full"),
        say!("embed-view-lane"),
        say!("embed-view-trace"),
        say!("embed-view-rules"),
        say!("embed-view-graph"),
        say!("embed-view-chart"),
    ];
    let datapaths =
        std::iter::once(say!("embed-all")).chain(Mode::ALL.map(|mode| text::mode(mode).to_owned())).collect();
    let controls = vec![say!("embed-controls-all"), say!("embed-controls-steps"), say!("embed-controls-none")];
    let languages = Language::ALL.into_iter().map(|language| language.name().to_owned());
    let languages = std::iter::once(say!("embed-of-page")).chain(languages).collect();
    let themes = vec![say!("page-theme-auto").into(), say!("page-theme-light").into(), say!("page-theme-dark").into()];
    let onheight = {
        let chosen = chosen.clone();
        Callback::from(move |event: Event| {
            let given = event.target_unchecked_into::<HtmlInputElement>().value();
            // What is below is too low, not unreadable.
            let asked = given.parse::<i64>().ok().and_then(|height| u32::try_from(height.clamp(200, 4000)).ok());
            chosen.set(Chosen { height: asked.unwrap_or(chosen.height), ..*chosen });
        })
    };
    let onstill = {
        let chosen = chosen.clone();
        Callback::from(move |event: Event| {
            let still = event.target_unchecked_into::<HtmlInputElement>().checked();
            chosen.set(Chosen { still, ..*chosen });
        })
    };
    html! {
        <div class="making">
            { picker(say!("embed-view"), views, chosen.view, set(|chosen, at| chosen.view = at)) }
            if !model.lab().is_copied() {
                { picker(say!("take-away-datapath"), datapaths, chosen.datapath, set(|chosen, at| chosen.datapath = at)) }
            }
            { picker(say!("embed-controls"), controls, chosen.controls, set(|chosen, at| chosen.controls = at)) }
            { picker(say!("page-language"), languages, chosen.language, set(|chosen, at| chosen.language = at)) }
            <label class="field">
                <span>{ say!("embed-height") }</span>
                <input type="number" min="200" max="4000" step="20" value={chosen.height.to_string()} onchange={onheight} />
            </label>
            <label class="field">
                <span>{ say!("embed-still") }</span>
                <input type="checkbox" checked={chosen.still && can_have_still(**chosen)} disabled={!can_have_still(**chosen)} onchange={onstill} />
            </label>
            <Segmented label={say!("page-theme")} options={themes} chosen={chosen.theme} onchoose={set(|chosen, at| chosen.theme = at)} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct CopiedProps {
    name: String,
    note: String,
    code: String,
}

#[component]
fn Copied(CopiedProps { name, note, code }: &CopiedProps) -> Html {
    let (copied, copy) = use_copying();
    let onclick = {
        let code = Rc::new(code.clone());
        Callback::from(move |_: MouseEvent| copy.emit((*code).clone()))
    };
    let said = copied.map(|done| if done { say!("take-away-copied") } else { say!("take-away-not-copied-text") });
    html! {
        <div class="copied">
            <h4>{ name }</h4>
            <p class="muted">{ note }</p>
            <textarea class="mono" readonly=true rows="6" aria-label={name.clone()} value={code.clone()} />
            <div class="buttons">
                <button type="button" aria-label={format!("{}: {name}", say!("take-away-copy"))} {onclick}>{ say!("take-away-copy") }</button>
                <span class="muted" role="status">{ said }</span>
            </div>
        </div>
    }
}
