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
    datapath_web::mount(root.clone());
    settle().await;
    root
}

/// Until what was dispatched is rendered.
async fn settle() {
    sleep(Duration::from_millis(250)).await;
}

fn find(root: &Element, selector: &str) -> HtmlElement {
    let found = root.query_selector(selector).expect("a selector");
    found.unwrap_or_else(|| panic!("no {selector}")).dyn_into().expect("HTML")
}

fn position(root: &Element) -> f64 {
    find(root, "input[type=range]").unchecked_into::<HtmlInputElement>().value_as_number()
}

async fn press(key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).expect("an event");
    body().dispatch_event(&event).expect("dispatched");
    settle().await;
}

#[wasm_bindgen_test]
async fn it_shows_three_lanes_steps_and_goes_back() {
    let root = shown().await;
    assert!(root.query_selector("[data-ready]").expect("a selector").is_some());
    assert_eq!(root.query_selector_all(".lane").expect("a selector").length(), 3);
    find(&root, "button.step").click();
    settle().await;
    let stepped = position(&root);
    press("ArrowRight").await;
    press("ArrowLeft").await;
    assert!((position(&root) - stepped).abs() < f64::EPSILON);
    press("End").await;
    assert_eq!(root.query_selector_all("[data-outcome]").expect("a selector").length(), 3);
    press("Home").await;
    assert!(position(&root).abs() < f64::EPSILON);
}

#[wasm_bindgen_test]
async fn a_text_that_is_no_cluster_leaves_the_lab_as_it_was() {
    let root = shown().await;
    let area: web_sys::HtmlTextAreaElement = find(&root, "textarea").unchecked_into();
    area.set_value("kind: [");
    area.dispatch_event(&bubbling("input")).expect("dispatched");
    settle().await;
    find(&root, ".cluster .primary").click();
    settle().await;
    assert!(root.query_selector(".diagnostics .error").expect("a selector").is_some());
    assert_eq!(area.value(), "kind: [");
    assert_eq!(root.query_selector_all(".lane").expect("a selector").length(), 3);
}

fn bubbling(name: &str) -> web_sys::Event {
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    web_sys::Event::new_with_event_init_dict(name, &init).expect("an event")
}
