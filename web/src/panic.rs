//! What is shown when the program itself fails: what happened, the text to copy, and the way back.

use std::panic::PanicHookInfo;
use std::sync::Once;

use gloo::utils::{body, document};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement};

use crate::text::crash;

/// Every panic becomes a visible message. The page as it was is left in place under it.
pub fn install() {
    static ONCE: Once = Once::new();
    // By way of Yew, which sets a hook of its own otherwise.
    ONCE.call_once(|| yew::set_custom_panic_hook(Box::new(report)));
}

fn report(info: &PanicHookInfo<'_>) {
    let what = format!("{info}\n\n{}", env!("CARGO_PKG_VERSION"));
    web_sys::console::error_1(&what.as_str().into());
    show(&what);
}

/// Builds the message without Yew, which cannot be relied on any more.
pub fn show(what: &str) -> Option<()> {
    let typed = document().query_selector(".cluster textarea").ok().flatten();
    let text = typed.and_then(|area| Some(area.dyn_into::<HtmlTextAreaElement>().ok()?.value())).unwrap_or_default();
    let dialog = child(&body().into(), "section", "crash")?;
    dialog.set_attribute("role", "alertdialog").ok()?;
    dialog.set_attribute("aria-label", crash::TITLE).ok()?;
    child(&dialog, "h2", "")?.set_text_content(Some(crash::TITLE));
    child(&dialog, "p", "")?.set_text_content(Some(crash::BODY));
    area(&dialog, crash::REPORT, what)?;
    area(&dialog, crash::TEXT, &text)?;
    let again = child(&dialog, "a", "button primary")?;
    again.set_attribute("href", "").ok()?;
    again.set_text_content(Some(crash::AGAIN));
    Some(())
}

fn area(parent: &Element, label: &str, text: &str) -> Option<()> {
    let outer = child(parent, "label", "")?;
    outer.set_text_content(Some(label));
    let area = child(&outer, "textarea", "mono")?;
    area.set_attribute("readonly", "").ok()?;
    area.dyn_into::<HtmlTextAreaElement>().ok()?.set_value(text);
    Some(())
}

fn child(parent: &Element, tag: &str, class: &str) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    element.set_class_name(class);
    parent.append_child(&element).ok()?;
    Some(element)
}
