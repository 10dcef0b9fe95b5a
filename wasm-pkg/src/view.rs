use datapath_core::graph::Still;
use datapath_core::message;
use datapath_core::message::{Catalogue, Language, Message};
use datapath_web::figure::{self, Figure, STYLES, Trouble, Words};
use datapath_web::pages::{TroublePage, TroubleProps};
use datapath_web::state::{Action, Go, Handle};
use datapath_web::text;
use datapath_web::theme::Theme;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::Callback;

use crate::errors::{self, error};
use crate::handle::list;
use crate::{describe, dto};

/// A lab that is shown in an element. It ends with [`View::unmount`].
#[wasm_bindgen]
pub struct View {
    figure: Figure,
}

/// Shows a lab inside `root`. `heard` is called with a `FigureState` once it is shown, and after everything that happens
/// in it. What cannot be shown is said inside `root`, and thrown as a `LabError`.
#[wasm_bindgen]
pub async fn mount(root: Element, options: Ts<dto::FigureOptions>, heard: js_sys::Function) -> Result<View, JsValue> {
    let options = options.to_rust().map_err(|why| error(&why.to_string(), &[]))?;
    let heard = Callback::from(move |model: Handle| {
        if let Ok(state) = describe::figure(&model).into_ts() {
            // What a listener throws is its own.
            let _ = heard.call1(&JsValue::NULL, &state.js_value());
        }
    });
    let opened = match Words::from(options).read() {
        Ok(options) => Figure::open(root.clone(), options, heard).await,
        Err(what) => Err(what.into()),
    };
    opened.map(|figure| View { figure }).map_err(|trouble| show(root, trouble))
}

/// A figure as HTML in which nothing runs: for each datapath the hooks that the packet came by, and how it ended. For what
/// stands inside `<datapath-lab>` until it starts, without JavaScript and on paper. It has no styles, classes or ids.
///
/// It is in English, and the same for every `view` but `chart`, which has none.
///
/// @throws A `LabError` for what the element would not show either, and for a chart.
#[wasm_bindgen]
pub async fn still(options: Option<Ts<dto::FigureOptions>>) -> Result<String, JsValue> {
    let options: dto::FigureOptions = errors::options(options, &dto::FigureOptions::NAMES)?;
    let is_chart = options.view == "chart";
    let opened = match Words::from(options).read() {
        Ok(options) => figure::open(&options).await.map(|model| (model, options.lab)),
        Err(what) => Err(what.into()),
    };
    let (model, lab) = opened.map_err(|trouble| thrown(&trouble))?;
    if is_chart {
        return Err(error("the chart is of no packet, and has no still picture", &[]));
    }
    let link = model.keep().map(|kept| kept.without_undone().to_fragment()).unwrap_or_default();
    let page = lab.map(|lab| format!("{lab}#{link}"));
    let packet = model.shown.as_ref().map_or(0, |shown| shown.packet);
    let lab = model.lab();
    let still = Still { lab: &lab, lanes: &model.lanes(), packet, page: page.as_deref(), say: &text::say };
    still.html().ok_or_else(|| error("no packet is sent in it", &[]))
}

/// Says inside `root` why there is no figure, and returns it as a `LabError`.
fn show(root: Element, trouble: Trouble) -> JsValue {
    let thrown = thrown(&trouble);
    // It stays as long as the element that it is in.
    yew::Renderer::<TroublePage>::with_root_and_props(root, TroubleProps { trouble }).render();
    thrown
}

fn thrown(trouble: &Trouble) -> JsValue {
    let lines = trouble.diagnostics.iter().map(|diagnostic| text::say(&diagnostic.tell()));
    let text = std::iter::once(text::say(&trouble.what)).chain(lines).collect::<Vec<_>>().join("\n");
    errors::told(&text, trouble.diagnostics.iter().map(|diagnostic| dto::Diagnostic::told(diagnostic, text::tell)))
}

/// Says inside `root` why there is no figure: `kind` is `unreachable`, `foreign` (both with an address, the first with a
/// reason) or `versions` (with two versions). Returns it as a `LabError`.
#[wasm_bindgen]
pub fn trouble(root: Element, kind: &str, given: &str, why: &str) -> JsValue {
    let what = match kind {
        "unreachable" => message!("embed-unreachable", address = given, why = why),
        "foreign" => message!("embed-foreign", address = given),
        _ => message!("embed-versions", one = given, other = why),
    };
    show(root, what.into())
}

/// The style sheets that the view needs, for the shadow root that it stands in.
#[wasm_bindgen]
pub fn styles() -> Vec<String> {
    STYLES.map(str::to_owned).into()
}

/// Speaks a language from the next rendering on: English, or the one whose file of messages is given. False where there is
/// no such language.
#[wasm_bindgen]
pub fn speak(tag: &str, messages: Option<String>) -> bool {
    let Some(language) = Language::ALL.into_iter().find(|language| language.tag() == tag) else {
        return false;
    };
    match messages {
        None => text::speak(Catalogue::english()),
        Some(messages) => {
            // What cannot be read is said in English.
            let catalogue = Catalogue::parse(language, &messages).unwrap_or_else(|(readable, _)| readable);
            text::speak(Box::leak(Box::new(catalogue)));
        }
    }
    true
}

#[wasm_bindgen]
impl View {
    /// Takes the lab out of its element. What is left of it goes away by itself a moment later.
    pub fn unmount(self) {
        self.figure.close();
    }

    /// None until it is shown.
    pub fn state(&self) -> Result<Option<Ts<dto::FigureState>>, JsError> {
        Ok(self.figure.model().map(|model| describe::figure(&model).into_ts()).transpose()?)
    }

    /// Opens a connection and sends its first packet. What is left out is as it was chosen last.
    pub fn send(&self, packet: Option<Ts<dto::PacketOptions>>) -> Result<(), JsValue> {
        let packet: dto::PacketOptions = errors::options(packet, &dto::PacketOptions::NAMES)?;
        self.figure.send(&packet.into()).map_err(|why| told(&why))
    }

    #[wasm_bindgen(js_name = sendNext)]
    pub fn send_next(&self) {
        self.figure.act(Action::SendNext);
    }

    pub fn step(&self) {
        self.figure.go(Go::Step);
    }

    pub fn back(&self) {
        self.figure.go(Go::Back);
    }

    /// From 0; the last step where there are fewer.
    #[wasm_bindgen(js_name = goTo)]
    pub fn go_to(&self, step: usize) {
        self.figure.go(Go::To(step));
    }

    /// Steps by itself, or stops doing so.
    pub fn play(&self, on: bool) {
        if self.figure.model().is_some_and(|model| model.playing != on) {
            self.figure.act(Action::TogglePlay);
        }
    }

    /// Does something to the cluster.
    pub fn act(&self, command: &str) -> Result<(), JsValue> {
        self.figure.operate(command).map_err(|why| told(&why))
    }

    #[wasm_bindgen(js_name = setTheme)]
    pub fn set_theme(&self, name: &str) {
        let theme = Theme::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default();
        self.figure.act(Action::Theme(theme));
    }

    /// Renders it anew, in the language that is spoken now.
    pub fn respeak(&self) {
        self.figure.act(Action::Spoken(true));
    }

    /// The latest packet in the datapaths that are shown.
    pub fn journeys(&self) -> Result<Vec<Ts<dto::Journey>>, JsError> {
        let Some(model) = self.figure.model() else {
            return Ok(Vec::new());
        };
        let lab = model.lab();
        list(model.lanes().into_iter().filter_map(|lane| describe::journey(&lab.lanes[lane])))
    }

    /// The fragment of a link to the lab, with all that was done and the step; it is the attribute `link`, too.
    pub fn link(&self) -> String {
        let kept = self.figure.model().and_then(|model| model.keep());
        kept.map(|kept| kept.without_undone().to_fragment()).unwrap_or_default()
    }
}

fn told(why: &Message) -> JsValue {
    error(&text::say(why), &[])
}
