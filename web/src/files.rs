//! Files of the user's own, in and out. None leaves the browser.

use gloo::file::futures::read_as_text;
use gloo::file::{Blob, FileList, ObjectUrl};
use gloo::utils::{body, document};
use wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;
use yew::UseReducerDispatcher;
use yew::platform::spawn_local;

use crate::state::{Action, Model};

/// Reads them all and opens what they are.
pub fn open(files: FileList, dispatcher: UseReducerDispatcher<Model>) {
    spawn_local(async move {
        let mut texts = Vec::new();
        for file in files.iter() {
            let Ok(text) = read_as_text(file).await else {
                dispatcher.dispatch(Action::Files(Vec::new()));
                return;
            };
            texts.push(text);
        }
        dispatcher.dispatch(Action::Files(texts));
    });
}

/// Gives a file to the browser to save.
pub fn save(name: &str, contents: Blob) {
    let url = ObjectUrl::from(contents);
    save_url(name, &url);
}

/// As [`save`], what is at an address of the page's own.
pub fn save_url(name: &str, url: &str) -> Option<()> {
    let link: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(url);
    link.set_download(name);
    // Firefox follows only a link that is in the page.
    body().append_child(&link).ok()?;
    link.click();
    link.remove();
    Some(())
}

/// A text as a file of a type.
pub fn text(text: &str, kind: &str) -> Blob {
    Blob::new_with_options(text, Some(kind))
}
