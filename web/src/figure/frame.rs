//! The lab as a figure in a frame: `./?embed&view=…#v1.…`, for places that allow no scripts of others.

use datapath_core::message::Language;
use gloo::utils::{document, document_element, window};
use web_sys::UrlSearchParams;
use yew::Callback;
use yew::platform::spawn_local;

use super::{Figure, Trouble, Words};
use crate::language;
use crate::pages::TroublePage;

/// What makes an address that of a frame.
const EMBED: &str = "embed";

fn parameters() -> Option<UrlSearchParams> {
    UrlSearchParams::new_with_str(&window().location().search().ok()?).ok()
}

/// Whether the page's address asks for a figure.
pub fn is_wanted() -> bool {
    parameters().is_some_and(|parameters| parameters.has(EMBED))
}

/// Shows the figure that the page's address asks for.
pub fn mount(root: web_sys::Element) {
    let Some(parameters) = parameters() else {
        return;
    };
    let get = |name: &str| parameters.get(name).unwrap_or_default();
    let hash = window().location().hash().unwrap_or_default();
    let words = Words {
        text: String::new(),
        link: if hash.len() > 1 { hash } else { get("link") },
        scenario: get("scenario"),
        datapaths: get("datapaths"),
        view: get("view"),
        client: get("client"),
        target: get("target"),
        port: get("port"),
        protocol: get("protocol"),
        step: get("step"),
        controls: get("controls"),
        lab: own_address(),
    };
    dress(&get("theme"));
    let wanted = Language::preferred([get("language").as_str()]).unwrap_or_default();
    spawn_local(async move {
        if let Some(catalogue) = language::load(wanted).await {
            language::speak(catalogue);
        }
        let opened = match words.read() {
            Ok(options) => Figure::open(root.clone(), options, Callback::noop()).await.map(std::mem::forget),
            Err(what) => Err(Trouble::from(what)),
        };
        if let Err(trouble) = opened {
            yew::Renderer::<TroublePage>::with_root_and_props(root, crate::pages::TroubleProps { trouble }).render();
        }
    });
}

/// The address of the lab, without what makes it a frame.
fn own_address() -> String {
    let location = window().location();
    format!("{}{}", location.origin().unwrap_or_default(), location.pathname().unwrap_or_default())
}

/// The page is a frame's content: its sheet, its theme, and its links lead out of the frame.
fn dress(theme: &str) {
    if matches!(theme, "light" | "dark") {
        // An attribute of a plain name is never refused.
        let _ = document_element().set_attribute("data-theme", theme);
    }
    let _ = document_element().set_attribute("data-framed", "");
    let sheet = document().create_element("link").ok().zip(document().head());
    if let Some((sheet, head)) = sheet {
        let _ = sheet.set_attribute("rel", "stylesheet");
        let _ = sheet.set_attribute("href", "figure.css");
        let _ = head.append_child(&sheet);
    }
}
