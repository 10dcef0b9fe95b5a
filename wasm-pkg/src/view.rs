use datapath_web::pages::FigurePage;
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// A lab that is shown in an element. It ends with [`View::unmount`].
#[wasm_bindgen]
pub struct View {
    app: yew::AppHandle<FigurePage>,
}

#[wasm_bindgen]
impl View {
    /// Takes the lab out of its element. What is left of it goes away by itself a moment later.
    pub fn unmount(self) {
        self.app.destroy();
    }
}

/// Shows the lab inside `root`; without a cluster, the built-in web shop.
#[wasm_bindgen]
pub fn mount(root: Element, cluster: Option<String>) -> View {
    View { app: datapath_web::mount_figure(root, cluster) }
}

/// The style sheets that the view needs, for the shadow root that it stands in.
#[wasm_bindgen]
pub fn styles() -> Vec<String> {
    datapath_web::FIGURE_STYLES.map(str::to_owned).into()
}
