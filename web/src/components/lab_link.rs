use wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;
use yew::prelude::*;

use crate::state::Handle;
use crate::text::say;

/// Bytes of a text that is packed into the link with every step; a longer one is packed when the link is reached for.
const AT_ONCE: usize = 50_000;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: Handle,
    /// The address of the lab.
    pub lab: String,
}

/// The way from a figure to the lab, with all that was done and the step.
#[component]
pub fn LabLink(Props { model, lab }: &Props) -> Html {
    let is_short = model.lab().text.len() <= AT_ONCE;
    let href = if is_short { address(model, lab) } else { lab.clone() };
    let pack = {
        let (model, lab) = (model.clone(), lab.clone());
        Callback::from(move |target: Option<web_sys::EventTarget>| {
            if let Some(link) = target.and_then(|target| target.dyn_into::<HtmlAnchorElement>().ok()) {
                link.set_href(&address(&model, &lab));
            }
        })
    };
    let onpointerdown = pack.reform(|event: PointerEvent| event.current_target());
    let onfocus = pack.reform(|event: FocusEvent| event.current_target());
    html! {
        <p class="lab-link">
            <a {href} target="_blank" rel="noopener" {onpointerdown} {onfocus}>{ say!("embed-open") }</a>
        </p>
    }
}

fn address(model: &Handle, lab: &str) -> String {
    let page = lab.split('#').next().unwrap_or_default();
    model.keep().map_or_else(|| page.to_owned(), |kept| format!("{page}#{}", kept.without_undone().to_fragment()))
}
