use js_sys::Promise;
use wasm_bindgen::UnwrapThrowExt;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/rest.js")]
extern "C" {
    fn begin(exports: &JsValue) -> Promise;
    fn ask(text: &JsValue);
}

fn main() {
    let rest = begin(&wasm_bindgen::exports());
    let root = gloo::utils::document().get_element_by_id("lab").expect_throw("the page has an element #lab");
    datapath_web::mount(root, rest, |question| ask(&question.into()));
}
