//! The page in a browser: it shows, steps and listens.
#![cfg(target_arch = "wasm32")]

use std::time::Duration;

use gloo::timers::future::sleep;
use gloo::utils::{body, document};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent, KeyboardEventInit};

wasm_bindgen_test_configure!(run_in_browser);

/// A fresh page, shown and listening.
async fn shown() -> Element {
    if let Some(old) = document().get_element_by_id("lab") {
        old.remove();
    }
    let root = document().create_element("div").expect("an element");
    root.set_id("lab");
    body().append_child(&root).expect("a page");
    datapath_web::mount(root.clone(), js_sys::Promise::resolve(&wasm_bindgen::JsValue::NULL), |_| ());
    until("the page is ready", || count(&root, "[data-ready]") == 1).await;
    root
}

/// Waits until something holds: rendering takes its time, and on a busy machine more of it.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("ten seconds have passed, and not: {what}");
}

fn count(root: &Element, selector: &str) -> u32 {
    root.query_selector_all(selector).expect("a selector").length()
}

fn find(root: &Element, selector: &str) -> HtmlElement {
    let found = root.query_selector(selector).expect("a selector");
    found.unwrap_or_else(|| panic!("no {selector}")).dyn_into().expect("HTML")
}

fn position(root: &Element) -> f64 {
    find(root, "input[type=range]").unchecked_into::<HtmlInputElement>().value_as_number()
}

fn press(key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).expect("an event");
    body().dispatch_event(&event).expect("dispatched");
}

async fn arrives(root: &Element, at: f64) {
    until("the packet is at the step", || (position(root) - at).abs() < f64::EPSILON).await;
}

#[wasm_bindgen_test]
async fn it_shows_three_lanes_steps_and_goes_back() {
    let root = shown().await;
    assert_eq!(count(&root, ".lane"), 3);
    press("Home");
    arrives(&root, 0.0).await;
    find(&root, "button.step").click();
    arrives(&root, 1.0).await;
    press("ArrowRight");
    arrives(&root, 2.0).await;
    press("ArrowLeft");
    arrives(&root, 1.0).await;
    press("End");
    until("every lane has its outcome", || count(&root, "[data-outcome]") == 3).await;
}

#[wasm_bindgen_test]
async fn a_text_that_is_no_cluster_leaves_the_lab_as_it_was() {
    let root = shown().await;
    let area: web_sys::HtmlTextAreaElement = find(&root, "textarea").unchecked_into();
    area.set_value("kind: [");
    area.dispatch_event(&bubbling("input")).expect("dispatched");
    // The click must find the text in the state.
    sleep(Duration::from_millis(250)).await;
    find(&root, ".cluster .primary").click();
    until("the error is shown", || count(&root, ".diagnostics .error") > 0).await;
    assert_eq!(area.value(), "kind: [");
    assert_eq!(count(&root, ".lane"), 3);
}

#[wasm_bindgen_test]
async fn a_failure_is_told_with_the_text_to_copy() {
    let root = shown().await;
    datapath_web::panic::show("panicked at …", Some("{}")).expect("shown");
    let crash: Element = find(&body().into(), ".crash").into();
    let texts = [find(&crash, "textarea"), find(&crash, "label:nth-of-type(2) textarea")];
    let [report, text] = texts.map(|area| area.unchecked_into::<web_sys::HtmlTextAreaElement>().value());
    assert_eq!(report, "panicked at …");
    assert!(text.contains("kind: Service"), "{text}");
    assert_eq!(count(&root, ".lane"), 3);
    crash.remove();
}

fn bubbling(name: &str) -> web_sys::Event {
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    web_sys::Event::new_with_event_init_dict(name, &init).expect("an event")
}
