//! Which language the page is shown in, and the file that has its words.

use std::cell::RefCell;

use datapath_core::message::{Catalogue, Language};
use gloo::utils::{document_element, window};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::text;

thread_local! {
    /// Each is loaded once, and stays as long as the page.
    static LOADED: RefCell<Vec<&'static Catalogue>> = const { RefCell::new(Vec::new()) };
}

/// What the user wants; None goes by what the browser is set to. It is kept as a tag, or as `auto`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Preference(pub Option<Language>);

const AUTO: &str = "auto";

impl From<String> for Preference {
    fn from(tag: String) -> Self {
        Self(Language::ALL.into_iter().find(|language| language.tag() == tag))
    }
}

impl From<Preference> for String {
    fn from(Preference(language): Preference) -> Self {
        language.map_or(AUTO, Language::tag).to_owned()
    }
}

impl Preference {
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self(None)).chain(Language::ALL.into_iter().map(|language| Self(Some(language))))
    }

    pub fn language(self) -> Language {
        self.0.or_else(of_browser).unwrap_or_default()
    }
}

fn of_browser() -> Option<Language> {
    let tags: Vec<String> = window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect();
    Language::preferred(tags.iter().map(String::as_str))
}

/// Shows the page in a language from the next rendering on.
pub fn speak(catalogue: &'static Catalogue) {
    text::speak(catalogue);
    // An attribute of a plain name is never refused.
    let _ = document_element().set_attribute("lang", catalogue.language().tag());
}

/// The words of a language; None where its file cannot be had.
pub async fn load(language: Language) -> Option<&'static Catalogue> {
    if language == Language::English {
        return Some(Catalogue::english());
    }
    let loaded = LOADED.with_borrow(|all| all.iter().copied().find(|one| one.language() == language));
    if loaded.is_some() {
        return loaded;
    }
    let file = file(&format!("{}.ftl", language.tag())).await?;
    // What cannot be read is said in English.
    let catalogue = Catalogue::parse(language, &file).unwrap_or_else(|(readable, _)| readable);
    let catalogue: &'static Catalogue = Box::leak(Box::new(catalogue));
    LOADED.with_borrow_mut(|all| all.push(catalogue));
    Some(catalogue)
}

/// A file beside the page.
pub async fn file(name: &str) -> Option<String> {
    let response: Response = JsFuture::from(window().fetch_with_str(name)).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}
