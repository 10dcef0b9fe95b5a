use wasm_bindgen::UnwrapThrowExt;

fn main() {
    let root = gloo::utils::document().get_element_by_id("lab").expect_throw("the page has an element #lab");
    datapath_web::mount(root);
}
