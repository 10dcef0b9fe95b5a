//! Pictures and tables as files.

use std::fmt::Write;

use datapath_core::lab::{Answers, CostPoint, FIRST_PACKET, Published};
use datapath_core::proxy::Mode;
use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, XmlSerializer};

use super::counters::COUNTERS;
use super::measuring::Points;
use super::published::count;
use crate::{files, text};

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

/// Saves a drawing on the colour that it is shown on.
pub fn save_png(name: &str, canvas: &HtmlCanvasElement) -> Option<()> {
    let copy: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    copy.set_width(canvas.width());
    copy.set_height(canvas.height());
    let context: CanvasRenderingContext2d = copy.get_context("2d").ok()??.dyn_into().ok()?;
    context.set_fill_style_str(&background(canvas)?);
    context.fill_rect(0.0, 0.0, f64::from(copy.width()), f64::from(copy.height()));
    context.draw_image_with_html_canvas_element(canvas, 0.0, 0.0).ok()?;
    files::save_url(name, &copy.to_data_url().ok()?)
}

/// The colour of the first element around it that has one.
fn background(element: &Element) -> Option<String> {
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

/// Every count that was measured: a row for each size, datapath and packet.
pub fn cost_csv(points: &Points) -> String {
    let mut text = "services,datapath,packet".to_owned();
    for counter in &COUNTERS {
        text.push(',');
        text.push_str(&field(&(counter.name)()));
    }
    text.push('\n');
    for (mode, CostPoint { services, first, following }) in points {
        for (packet, cost) in [("first", first), ("following", following)] {
            // Writing into a string never fails.
            let _ = write!(text, "{services},{mode},{packet}");
            for counter in &COUNTERS {
                let _ = write!(text, ",{}", (counter.of)(cost));
            }
            text.push('\n');
        }
    }
    text
}

/// Who answered how often, beside what chance makes of it: no probability where nothing is drawn.
pub fn answers_csv(answers: &Answers) -> String {
    let mut text = "datapath,answered by,probability,connections,of\n".to_owned();
    for lane in answers.lanes() {
        for answer in lane.answers {
            let probability = if lane.draws { answer.probability.to_string() } else { String::new() };
            let (by, sampled, all) = (field(&text::say(&answer.text)), answer.sampled, lane.connections);
            let _ = writeln!(text, "{},{by},{probability},{sampled},{all}", lane.mode);
        }
    }
    text
}

/// RFC 4180: in quotes if it must be.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Published measurements with the model's counts beside them.
pub fn published_csv(points: &[(Mode, CostPoint)]) -> String {
    let mut csv = "services,datapath,p50_us,p99_us,rules_and_lookups\n".to_owned();
    for published in &FIRST_PACKET {
        let count = count(published, points).map(|count| count.to_string()).unwrap_or_default();
        let Published { services, mode, p50, p99 } = published;
        // Writing to a string cannot fail.
        let _ = writeln!(csv, "{services},{mode},{p50},{p99},{count}");
    }
    csv
}
