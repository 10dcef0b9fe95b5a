use gloo::utils::window;
use wasm_bindgen::JsValue;
use yew::platform::spawn_local;
use yew::prelude::*;

/// Copies texts. Browsers refuse where the page is not trusted or the user says no: whether the last one was copied
/// stands beside the way to do it.
#[hook]
pub fn use_copying() -> (Option<bool>, Callback<String>) {
    let copied = use_state_eq(|| None::<bool>);
    let set = copied.setter();
    let copy = Callback::from(move |text: String| {
        let clipboard = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard"));
        if clipboard.is_ok_and(|clipboard| clipboard.is_undefined()) {
            set.set(Some(false));
            return;
        }
        let (written, set) = (window().navigator().clipboard().write_text(&text), set.clone());
        spawn_local(async move {
            set.set(Some(wasm_bindgen_futures::JsFuture::from(written).await.is_ok()));
        });
    });
    (*copied, copy)
}
