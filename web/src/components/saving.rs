//! Pictures and tables as files of the user's own.

use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, XmlSerializer};

use crate::files;

/// What the style sheet says of a shape, and a file must say itself.
const STYLES: [&str; 8] =
    ["fill", "stroke", "stroke-width", "opacity", "font-family", "font-size", "font-weight", "text-anchor"];

/// Saves a picture as it is shown, with its title in words.
pub fn save_svg(name: &str, title: &str, svg: &Element) -> Option<()> {
    let copy: Element = svg.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    let (shown, copied) = (svg.query_selector_all("*").ok()?, copy.query_selector_all("*").ok()?);
    for index in 0..shown.length().min(copied.length()) {
        let (Some(shown), Some(copied)) = (shown.get(index), copied.get(index)) else {
            continue;
        };
        let (shown, copied): (Element, Element) = (shown.dyn_into().ok()?, copied.dyn_into().ok()?);
        let style = window().get_computed_style(&shown).ok()??;
        for property in STYLES {
            copied.set_attribute(property, &plain(style.get_property_value(property).ok()?)).ok()?;
        }
        for control in ["class", "role", "tabindex", "aria-label"] {
            copied.remove_attribute(control).ok()?;
        }
    }
    let heading = document().create_element_ns(Some("http://www.w3.org/2000/svg"), "title").ok()?;
    heading.set_text_content(Some(title));
    copy.prepend_with_node_1(&heading).ok()?;
    copy.set_attribute("style", &format!("background: {}", background(svg)?)).ok()?;
    let text = XmlSerializer::new().ok()?.serialize_to_string(&copy).ok()?;
    files::save(name, files::text(&text, "image/svg+xml"));
    Some(())
}

/// A colour that the style sheet mixed, `color(srgb 1 0.5 0)`, as programs without such functions read it.
fn plain(value: String) -> String {
    let parts = value.strip_prefix("color(srgb ").map(|rest| rest.trim_end_matches(')').split_whitespace());
    let parts: Option<Vec<f64>> = parts.and_then(|parts| parts.take(3).map(|part| part.parse().ok()).collect());
    match parts.as_deref() {
        Some([red, green, blue]) => {
            let [red, green, blue] = [red, green, blue].map(|part| (part * 255.0).round());
            format!("rgb({red}, {green}, {blue})")
        }
        _ => value,
    }
}

/// Saves a drawing as it is.
pub fn save_png(name: &str, canvas: &HtmlCanvasElement) -> Option<()> {
    files::save_url(name, &canvas.to_data_url().ok()?)
}

/// The colour of the first element around it that has one.
pub fn background(element: &Element) -> Option<String> {
    let mut here = Some(element.clone());
    while let Some(element) = here {
        let color = window().get_computed_style(&element).ok()??.get_property_value("background-color").ok()?;
        if color != "rgba(0, 0, 0, 0)" && color != "transparent" {
            return Some(color);
        }
        here = element.parent_element();
    }
    None
}

pub fn save_csv(name: &str, text: &str) {
    files::save(name, files::text(text, "text/csv;charset=utf-8"));
}
