use web_sys::{HtmlElement, ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use super::ModelProps;
use crate::state::{Action, Stop};
use crate::text::say;

/// A tour of the page: it asks for one thing after the other, and goes on when that is done. It can be left at any time,
/// and is taken up again where it was left.
#[component]
pub fn Tour(props: &ModelProps) -> Html {
    let model = &props.model;
    let card = use_node_ref();
    use_effect_with((card.clone(), model.touring), |(card, touring)| {
        if let Some(card) = card.cast::<HtmlElement>().filter(|_| *touring) {
            // Refused only for what is not in the page.
            let _ = card.focus();
        }
    });
    // Who does what a stop asks for looks at what comes of it: only who asks for the last stop is led away from there.
    let was_asked = use_mut_ref(|| true);
    use_effect_with((model.touring, model.stop), {
        let was_asked = was_asked.clone();
        move |(touring, stop)| {
            if !*touring {
                // Whoever takes it up again asks for where it was left.
                was_asked.replace(true);
            } else if was_asked.replace(false) || *stop != Stop::Change {
                bring_into_sight(*stop);
            }
        }
    });
    if !model.touring {
        return html! {};
    }
    let act = |action: Action| {
        let (dispatcher, was_asked) = (model.dispatcher(), was_asked.clone());
        Callback::from(move |_: MouseEvent| {
            was_asked.replace(matches!(action, Action::TourTo(_)));
            dispatcher.dispatch(action.clone());
        })
    };
    let stop = model.stop;
    let leave = act(Action::Tour(false));
    let (title, text) = told(stop);
    let onkeydown = {
        let dispatcher = model.dispatcher();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                dispatcher.dispatch(Action::Tour(false));
            }
        })
    };
    html! {
        <aside ref={card} class="tour card" tabindex="-1" aria-labelledby="tour-title" {onkeydown}>
            <header>
                <h2 id="tour-title">{ title }</h2>
                <button type="button" class="quiet round" aria-label={say!("tour-leave")} title={say!("tour-leave")} onclick={leave.clone()}>{ "×" }</button>
            </header>
            <p aria-live="polite">{ text }</p>
            <div class="buttons">
                if let Some(before) = stop.before() {
                    <button type="button" class="small" onclick={act(Action::TourTo(before))}>{ say!("tour-back") }</button>
                }
                if let Some(after) = stop.after() {
                    <button type="button" class="small" onclick={act(Action::TourTo(after))}>{ say!("tour-next") }</button>
                } else {
                    <button type="button" class="small" onclick={act(Action::TourTo(Stop::Send))}>{ say!("tour-again") }</button>
                    <button type="button" class="small primary" onclick={leave}>{ say!("tour-done") }</button>
                }
                <span class="muted">{ say!("tour-place", at = stop.index() + 1, all = Stop::ALL.len()) }</span>
            </div>
        </aside>
    }
}

/// The title of a stop, and what it says.
fn told(stop: Stop) -> (String, String) {
    match stop {
        Stop::Send => (say!("tour-send"), say!("tour-send-text")),
        Stop::Step => (say!("tour-step"), say!("tour-step-text")),
        Stop::Chosen => (say!("tour-chosen"), say!("tour-chosen-text")),
        Stop::Home => (say!("tour-home"), say!("tour-home-text")),
        Stop::Next => (say!("tour-second"), say!("tour-second-text")),
        Stop::Change => (say!("tour-change"), say!("tour-change-text")),
    }
}

/// Scrolls what the stop is about into sight.
fn bring_into_sight(stop: Stop) -> Option<()> {
    let place = match stop {
        Stop::Send | Stop::Next => ".send",
        Stop::Step | Stop::Chosen => ".transport",
        Stop::Home => ".lanes",
        Stop::Change => ".operate",
    };
    let place = gloo::utils::document().query_selector(place).ok()??;
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_behavior(ScrollBehavior::Auto);
    if stop == Stop::Change {
        options.set_block(ScrollLogicalPosition::Start);
    }
    place.scroll_into_view_with_scroll_into_view_options(&options);
    Some(())
}
