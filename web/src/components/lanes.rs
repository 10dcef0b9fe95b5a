use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::lane::{Lane, LaneParts};
use super::lane_view::LaneView;
use crate::state::{Action, Handle};

#[derive(Properties, PartialEq)]
pub struct LanesProps {
    pub model: Handle,
    /// How many thirds are there already, while the page comes up part by part.
    #[prop_or(usize::MAX)]
    pub thirds: usize,
    #[prop_or_default]
    pub parts: LaneParts,
}

/// Pixels that a finger must go sideways for a swipe.
const SWIPE: i32 = 60;

/// The same packet in all datapaths, side by side.
#[component]
pub fn Lanes(props: &LanesProps) -> Html {
    let model = &props.model;
    let touched = use_mut_ref(|| None::<(i32, i32)>);
    let ontouchstart = {
        let touched = touched.clone();
        Callback::from(move |event: TouchEvent| *touched.borrow_mut() = start_of_swipe(&event))
    };
    let ontouchend = {
        let model = model.clone();
        Callback::from(move |event: TouchEvent| {
            if let (Some(from), Some(to)) = (touched.take(), finger(&event.changed_touches())) {
                swipe(&model, from, to);
            }
        })
    };
    let lanes = model.lanes();
    html! {
        <div class="lanes" id="lanes" tabindex="-1" data-lanes={lanes.len().to_string()} {ontouchstart} {ontouchend}>
            { for lanes.into_iter().enumerate().take(props.thirds.div_ceil(LaneParts::THIRDS)).map(|(place, lane)| html! {
                <Lane
                    key={lane}
                    {lane}
                    model={LaneView::of(model, lane)}
                    parts={props.parts}
                    thirds={props.thirds.saturating_sub(place * LaneParts::THIRDS).min(LaneParts::THIRDS)}
                />
            }) }
        </div>
    }
}

/// None where the finger scrolls something of its own.
fn start_of_swipe(event: &TouchEvent) -> Option<(i32, i32)> {
    let element: Element = event.target()?.dyn_into().ok()?;
    let scrolls = element.closest("[data-scrolls]").ok()?.is_some();
    if scrolls { None } else { finger(&event.changed_touches()) }
}

fn finger(touches: &web_sys::TouchList) -> Option<(i32, i32)> {
    touches.get(0).map(|touch| (touch.client_x(), touch.client_y()))
}

fn swipe(model: &Handle, (from_x, from_y): (i32, i32), (to_x, to_y): (i32, i32)) {
    let (x, y) = (to_x - from_x, to_y - from_y);
    if x.abs() < SWIPE || x.abs() < 2 * y.abs() {
        return;
    }
    let to = if x < 0 { model.lane + 1 } else { model.lane.saturating_sub(1) };
    model.dispatch(Action::Lane(to));
}
