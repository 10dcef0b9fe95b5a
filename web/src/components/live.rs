use datapath_core::lab::narrate;
use yew::prelude::*;

use super::ModelProps;
use super::story::rejoined;
use crate::text;

/// Says the sentence of the selected lane to those who hear the page.
#[component]
pub fn Live(props: &ModelProps) -> Html {
    html! { <p class="unseen" aria-live="polite" aria-atomic="true">{ said(props) }</p> }
}

fn said(ModelProps { model }: &ModelProps) -> Option<String> {
    let lab = model.lab();
    let shown = model.shown.as_ref()?;
    let lane = lab.lanes.get(model.lane)?;
    let journey = lane.journeys.get(shown.packet)?;
    let moment = model.moment(model.lane).and_then(|index| shown.tracks.get(model.lane)?.moment(index));
    let sentence = match moment {
        Some(moment) => text::say(&narrate(&lane.network, journey, moment)?.text),
        None => String::new(),
    };
    let end = model.is_over(model.lane).then(|| text::say(&journey.outcome.tell(&lane.network).text));
    let parts = [rejoined(model, model.lane), Some(sentence), end].into_iter().flatten();
    Some(format!("{}: {}", text::lane(lane), parts.collect::<Vec<_>>().join(" ")))
}
