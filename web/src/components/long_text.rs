use std::ops::Range;
use std::rc::Rc;

use datapath_core::source::Position;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::text::say;

/// Lines are as high as the style says, in CSS pixels.
const LINE: i32 = 20;
/// Lines that are there beyond those in sight, for who scrolls.
const BESIDE: usize = 20;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub text: Rc<str>,
    /// The place to show; another number shows the same place again.
    pub place: Option<(u32, Position)>,
    /// Another text is to take its place.
    pub onreplace: Callback<String>,
}

/// A text that is too long for a browser's field, which would stand still for it: only the lines in sight are there.
#[component]
pub fn LongText(Props { text, place, onreplace }: &Props) -> Html {
    let starts = use_memo(text.clone(), |text| line_starts(text));
    let area = use_node_ref();
    let top = use_state_eq(|| 0);
    let onscroll = {
        let (area, top) = (area.clone(), top.setter());
        Callback::from(move |_: Event| {
            if let Some(area) = area.cast::<HtmlElement>() {
                top.set(area.scroll_top() / LINE);
            }
        })
    };
    use_effect_with((area.clone(), *place), |(area, place)| {
        if let (Some(area), Some((_, Position { line, .. }))) = (area.cast::<HtmlElement>(), place) {
            let line = i32::try_from(*line).unwrap_or(i32::MAX);
            area.set_scroll_top(line.saturating_sub(1).saturating_mul(LINE) - area.client_height() / 3);
            // Refused only for what is not in the page.
            let _ = area.focus();
        }
    });
    let onpaste = {
        let onreplace = onreplace.clone();
        Callback::from(move |event: Event| {
            if let Some(pasted) = pasted(&event) {
                event.prevent_default();
                onreplace.emit(pasted);
            }
        })
    };
    let window = window(usize::try_from(*top).unwrap_or_default(), starts.len());
    let shown = place.map(|(_, Position { line, .. })| line as usize);
    let row = |index: usize| {
        let end = starts.get(index + 1).map_or(text.len(), |next| next - 1);
        let class = (shown == Some(index + 1)).then_some("place");
        html! { <li key={index} {class}><span class="muted" aria-hidden="true">{ index + 1 }</span>{ &text[starts[index]..end] }</li> }
    };
    let height = format!("height:{}px", i64::from(LINE) * i64::try_from(starts.len()).unwrap_or(i64::MAX / 64));
    let before =
        format!("transform:translateY({}px)", i64::from(LINE) * i64::try_from(window.start).unwrap_or_default());
    let onclick = onreplace.reform(|_: MouseEvent| String::new());
    html! {
        <div class="long-text">
            <p class="notice">
                { say!("cluster-long", lines = starts.len(), kilobytes = text.len().div_ceil(1_000)) }{ " " }
                <button type="button" class="small" {onclick}>{ say!("cluster-long-empty") }</button>
            </p>
            <div ref={area} class="mono" tabindex="0" data-scrolls="" role="group" aria-label={say!("cluster-label")} {onscroll} {onpaste}>
                <div ~style={height}><ol ~style={before}>{ for window.map(row) }</ol></div>
            </div>
        </div>
    }
}

/// The text on the clipboard, of an event that pastes it.
pub fn pasted(event: &Event) -> Option<String> {
    let event: &web_sys::ClipboardEvent = event.dyn_ref()?;
    event.clipboard_data()?.get_data("text/plain").ok()
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(end, _)| end + 1)).collect()
}

/// The lines that are there when so many are above.
fn window(top: usize, lines: usize) -> Range<usize> {
    const IN_SIGHT: usize = 40;
    top.saturating_sub(BESIDE).min(lines)..(top + IN_SIGHT + BESIDE).min(lines)
}
