//! What is shown when the program itself fails: what happened, the lab as a file, and the way on.

use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;
use std::sync::Once;

use gloo::events::EventListener;
use gloo::file::ObjectUrl;
use gloo::utils::{body, document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlTextAreaElement};

use crate::state::Known;
use crate::text::say;
use crate::{files, shelf};

thread_local! {
    /// The lab as it was when the page was last shown as a whole.
    static LAST_GOOD: RefCell<Option<Known>> = const { RefCell::new(None) };
    static HAPPENED: Cell<bool> = const { Cell::new(false) };
}

/// Every panic, and every error of the browser that the program did not expect, becomes a visible message. The page as
/// it was is left in place under it.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // By way of Yew, which sets a hook of its own otherwise.
        yew::set_custom_panic_hook(Box::new(|info: &PanicHookInfo<'_>| fail(&info.to_string())));
        EventListener::new(&window(), "error", |event| {
            if let Some(what) = thrown_here(event) {
                fail(&what);
            }
        })
        .forget();
    });
}

/// What was thrown, with its stack, if it went through this program: a browser's extensions have errors of their own.
fn thrown_here(event: &Event) -> Option<String> {
    let error = js_sys::Reflect::get(event, &"error".into()).ok()?;
    let stack = js_sys::Reflect::get(&error, &"stack".into()).ok()?.as_string()?;
    stack.contains(".wasm").then_some(stack)
}

/// Remembers a lab that is shown.
pub fn note(known: Option<Known>) {
    if !has_happened() {
        LAST_GOOD.with(|last| last.replace(known));
    }
}

pub fn has_happened() -> bool {
    HAPPENED.get()
}

fn fail(what: &str) {
    let what = format!("{what}\n\n{}", env!("CARGO_PKG_VERSION"));
    web_sys::console::error_1(&what.as_str().into());
    // What follows from the first is no news.
    if HAPPENED.replace(true) {
        return;
    }
    let last = LAST_GOOD.with(RefCell::take);
    if let Some(last) = &last {
        // Whether it could be kept, the file tells: it is offered in any case.
        let _ = shelf::store(last);
        shelf::opened();
    }
    show(&what, last.map(|last| last.kept.to_file()).as_deref());
}

/// Builds the message without Yew, which cannot be relied on any more.
pub fn show(what: &str, lab: Option<&str>) -> Option<()> {
    let dialog = child(&body().into(), "section", "crash")?;
    dialog.set_attribute("role", "alertdialog").ok()?;
    dialog.set_attribute("aria-label", &say!("crash-title")).ok()?;
    child(&dialog, "h2", "")?.set_text_content(Some(&say!("crash-title")));
    child(&dialog, "p", "")?.set_text_content(Some(&say!("crash-body")));
    let buttons = child(&dialog, "p", "buttons")?;
    let again = link(&buttons, &say!("crash-again"), "button primary", "")?;
    if let Some(lab) = lab {
        let url = ObjectUrl::from(files::text(lab, "application/json"));
        link(&buttons, &say!("crash-save"), "button", &url)?.set_attribute("download", "datapath-lab.json").ok()?;
        // The address must work as long as the message is there.
        std::mem::forget(url);
    }
    area(&dialog, &say!("crash-report"), what)?;
    let typed = document().query_selector(".cluster textarea").ok().flatten();
    let text = typed.and_then(|area| Some(area.dyn_into::<HtmlTextAreaElement>().ok()?.value())).unwrap_or_default();
    area(&dialog, &say!("crash-text"), &text)?;
    again.dyn_into::<HtmlElement>().ok()?.focus().ok()
}

fn link(parent: &Element, text: &str, class: &str, to: &str) -> Option<Element> {
    let link = child(parent, "a", class)?;
    link.set_attribute("href", to).ok()?;
    link.set_text_content(Some(text));
    Some(link)
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
