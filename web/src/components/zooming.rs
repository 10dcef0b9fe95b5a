use std::cell::Cell;

use datapath_core::graph::{Sight, Size, Window};
use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, TouchEvent, WheelEvent};
use yew::prelude::*;

use crate::text::{self, say};

/// What one press of a button or a key does.
const STEP: f64 = 1.3;
/// How much a wheel's pixel changes, as browsers do it with pages.
const WHEEL: f64 = 0.0025;
/// Pixels that a pressed mouse goes before it drags, and does not choose what it was pressed on.
const DRAGS: i32 = 4;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the picture is, in words.
    pub label: AttrValue,
    /// Its size at scale 1.
    pub size: Size,
    /// Where it is looked at first, at scale 1.
    pub about: (f64, f64),
    pub frame: NodeRef,
    pub children: Html,
}

/// As wide as there is room, or as somebody made it; then the frame stays as high as it was, so that nothing below moves.
#[derive(Clone, Copy, PartialEq)]
enum Zoom {
    Fitted,
    By { sight: Sight, height: i32 },
}

/// A picture that is made larger and smaller, by buttons, keys, Ctrl with the wheel, and two fingers. It moves as all that
/// scrolls does, with the page going on where it ends, and by dragging.
#[component]
pub fn Zooming(props: &Props) -> Html {
    let zoom = use_state_eq(|| Zoom::Fitted);
    // What was asked for and is not shown yet: gestures are faster than frames.
    let coming = use_mut_ref(|| None::<Sight>);
    let (frame, size) = (&props.frame, props.size);
    let by = {
        let (frame, zoom, coming) = (frame.clone(), zoom.setter(), coming.clone());
        Callback::from(move |(times, point): (f64, Option<(f64, f64)>)| {
            if let Some(frame) = frame.cast::<HtmlElement>() {
                let from = coming.take().unwrap_or_else(|| in_sight(&frame, size));
                let sight = zoomed(&frame, size, from, times, point);
                *coming.borrow_mut() = Some(sight);
                zoom.set(Zoom::By { sight, height: frame.offset_height() });
            }
        })
    };
    use_effect_with((frame.clone(), *zoom), move |(frame, zoom)| {
        coming.take();
        if let (Some(frame), Zoom::By { sight, .. }) = (frame.cast::<HtmlElement>(), *zoom) {
            scroll(&frame, sight.left, sight.top);
        }
    });
    use_gestures(frame, &by);
    use_effect_with(frame.clone(), {
        let (zoom, about) = (zoom.setter(), props.about);
        move |frame| {
            if let Some(frame) = frame.cast::<HtmlElement>() {
                open(&frame, size, about, &zoom);
            }
        }
    });
    let fit = Callback::from({
        let zoom = zoom.setter();
        move |()| zoom.set(Zoom::Fitted)
    });
    let onkeydown = {
        let (by, fit) = (by.clone(), fit.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            match event.key().as_str() {
                "+" | "=" => by.emit((STEP, None)),
                "-" => by.emit((1.0 / STEP, None)),
                "0" => fit.emit(()),
                _ => {}
            }
        })
    };
    let width = size.width;
    let (shown, framed) = match *zoom {
        Zoom::Fitted => (format!("width: min(100%, {width}px)"), String::new()),
        Zoom::By { sight, height } => (format!("width: {:.2}px", width * sight.scale), format!("height: {height}px")),
    };
    let press = |times: f64| by.reform(move |_: MouseEvent| (times, None));
    let (onpointerdown, onpointermove) = use_dragging(frame);
    html! {
        <>
            <div class="zooming" role="group" aria-label={say!("zoom-label")}>
                <button type="button" class="small" aria-label={say!("zoom-out")} title={say!("zoom-out")} onclick={press(1.0 / STEP)}>{ "−" }</button>
                <button type="button" class="small" aria-label={say!("zoom-in")} title={say!("zoom-in")} onclick={press(STEP)}>{ "+" }</button>
                <button type="button" class="small" onclick={fit.reform(|_: MouseEvent| ())}>{ say!("zoom-fit") }</button>
                <output>{ said(*zoom) }</output>
            </div>
            <div
                ref={frame.clone()}
                class="picture"
                data-scrolls=""
                tabindex="0"
                role="group"
                aria-label={props.label.clone()}
                ~style={framed}
                {onkeydown}
                {onpointerdown}
                {onpointermove}
            >
                <div ~style={shown}>{ props.children.clone() }</div>
            </div>
        </>
    }
}

fn said(zoom: Zoom) -> String {
    match zoom {
        Zoom::Fitted => say!("zoom-fitted"),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 400")]
        Zoom::By { sight, .. } => say!("zoom-scale", percent = text::number((sight.scale * 100.0).round() as usize)),
    }
}

/// Where the picture is too wide to be read when it is fitted.
fn open(frame: &HtmlElement, picture: Size, about: (f64, f64), zoom: &UseStateSetter<Zoom>) {
    /// The window's height, in CSS pixels.
    const HIGH: i32 = 420;
    let width = f64::from(frame.client_width());
    let window = Window { picture, window: Size { width, height: f64::from(HIGH) } };
    if let Some(sight) = window.opened(about) {
        #[expect(clippy::cast_possible_truncation, reason = "lengths on a screen")]
        let needed = (picture.height * sight.scale).ceil() as i32 + 2;
        zoom.set(Zoom::By { sight, height: needed.min(HIGH) });
    }
}

fn window(frame: &HtmlElement, picture: Size) -> Window {
    let (width, height) = (f64::from(frame.client_width()), f64::from(frame.client_height()));
    Window { picture, window: Size { width, height } }
}

fn in_sight(frame: &HtmlElement, size: Size) -> Sight {
    let shown = frame.first_element_child().map_or(0.0, |picture| picture.get_bounding_client_rect().width());
    let scale = if shown > 0.0 { shown / size.width } else { window(frame, size).fitted() };
    Sight { scale, left: f64::from(frame.scroll_left()), top: f64::from(frame.scroll_top()) }
}

/// About a point of the frame, or its middle.
fn zoomed(frame: &HtmlElement, size: Size, from: Sight, times: f64, point: Option<(f64, f64)>) -> Sight {
    let window = window(frame, size);
    let middle = (window.window.width / 2.0, window.window.height / 2.0);
    window.zoomed(from, times, point.unwrap_or(middle))
}

#[expect(clippy::cast_possible_truncation, reason = "lengths on a screen")]
fn scroll(frame: &HtmlElement, left: f64, top: f64) {
    frame.set_scroll_left(left.round() as i32);
    frame.set_scroll_top(top.round() as i32);
}

/// A mouse that is pressed moves the picture; a finger does by itself.
#[hook]
fn use_dragging(frame: &NodeRef) -> (Callback<PointerEvent>, Callback<PointerEvent>) {
    let from = use_mut_ref(|| None::<(i32, i32)>);
    let down = {
        let from = from.clone();
        Callback::from(move |event: PointerEvent| {
            let presses = event.pointer_type() == "mouse" && event.button() == 0;
            *from.borrow_mut() = presses.then(|| (event.client_x(), event.client_y()));
        })
    };
    let frame = frame.clone();
    let moved = Callback::from(move |event: PointerEvent| {
        let Some(frame) = frame.cast::<HtmlElement>().filter(|_| event.buttons() & 1 == 1) else {
            return;
        };
        let Some((x, y)) = *from.borrow() else { return };
        let (right, down) = (event.client_x() - x, event.client_y() - y);
        let drags = frame.has_pointer_capture(event.pointer_id());
        if !drags && right.abs().max(down.abs()) < DRAGS {
            return;
        }
        // From here on the click that ends this is the frame's, and chooses nothing.
        let _ = frame.set_pointer_capture(event.pointer_id());
        frame.set_scroll_left(frame.scroll_left() - right);
        frame.set_scroll_top(frame.scroll_top() - down);
        *from.borrow_mut() = Some((event.client_x(), event.client_y()));
    });
    (down, moved)
}

/// Ctrl with the wheel (which is also what a pinch on a touchpad is) and two fingers: of these the page must not make its own.
#[hook]
fn use_gestures(frame: &NodeRef, by: &Callback<(f64, Option<(f64, f64)>)>) {
    let apart = use_memo((), |()| Cell::new(None::<f64>));
    use_effect_with((frame.clone(), by.clone()), move |(frame, by)| {
        let options = EventListenerOptions::enable_prevent_default();
        let listeners = frame.cast::<HtmlElement>().map(|frame| {
            let (on_wheel, on_touch) = ((frame.clone(), by.clone()), (frame.clone(), by.clone()));
            let anew = apart.clone();
            (
                EventListener::new_with_options(&frame, "wheel", options, move |event| turn(event, &on_wheel)),
                EventListener::new(&frame, "touchstart", move |_| anew.set(None)),
                EventListener::new_with_options(&frame, "touchmove", options, move |event| {
                    apart.set(pinch(event, apart.get(), &on_touch));
                }),
            )
        });
        move || drop(listeners)
    });
}

type Zoomer = (HtmlElement, Callback<(f64, Option<(f64, f64)>)>);

fn turn(event: &Event, (frame, by): &Zoomer) {
    let Some(event) = event.dyn_ref::<WheelEvent>().filter(|event| event.ctrl_key() || event.meta_key()) else {
        return;
    };
    event.prevent_default();
    let pixels =
        if event.delta_mode() == WheelEvent::DOM_DELTA_LINE { event.delta_y() * 16.0 } else { event.delta_y() };
    let point = within(frame, f64::from(event.client_x()), f64::from(event.client_y()));
    by.emit(((-pixels * WHEEL).exp(), Some(point)));
}

/// How far the fingers are apart now; None unless there are two.
fn pinch(event: &Event, before: Option<f64>, (frame, by): &Zoomer) -> Option<f64> {
    let touches = event.dyn_ref::<TouchEvent>()?.touches();
    if touches.length() != 2 {
        return None;
    }
    let at = |index| touches.get(index).map(|touch| (f64::from(touch.client_x()), f64::from(touch.client_y())));
    let ((a_x, a_y), (b_x, b_y)) = (at(0)?, at(1)?);
    event.prevent_default();
    let now = (a_x - b_x).hypot(a_y - b_y);
    if let Some(before) = before.filter(|before| *before > 0.0) {
        by.emit((now / before, Some(within(frame, f64::midpoint(a_x, b_x), f64::midpoint(a_y, b_y)))));
    }
    Some(now)
}

fn within(frame: &HtmlElement, x: f64, y: f64) -> (f64, f64) {
    let place = frame.get_bounding_client_rect();
    (x - place.left(), y - place.top())
}
