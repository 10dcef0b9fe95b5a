use datapath_core::graph::hooks::{HEIGHT, PLACES, Place, ROADS, VIEW_BOX};
use datapath_core::lab::Spot;
use yew::prelude::*;

use super::lane::LaneProps;
use crate::text::{self, say};

/// The hooks of a node, with the packet on it.
#[component]
pub fn HookMap(LaneProps { model, lane }: &LaneProps) -> Html {
    let lab = model.lab();
    let found = model.shown.as_ref().and_then(|shown| {
        let journey = lab.lanes.get(*lane)?.journeys.get(shown.packet)?;
        let moment = shown.tracks.get(*lane)?.moment(model.moment(*lane)?)?;
        Some((&*journey.legs.get(moment.leg)?.node_name, journey.steps_until(moment)))
    });
    let (node, steps) = found.unwrap_or_default();
    let here = steps.last().map(Spot::of);
    let passed: Vec<_> = steps.iter().map(Spot::of).collect();
    let place = |Place { spot, x, y, width }: &Place| {
        let class = classes!(
            (here == Some(*spot)).then_some("here"),
            passed.contains(spot).then_some("passed"),
            matches!(spot, Spot::Hook(_)).then_some("hook"),
        );
        html! {
            <g {class}>
                <rect x={x.to_string()} y={y.to_string()} width={width.to_string()} height={HEIGHT.to_string()} rx="5" />
                <text x={(x + width / 2).to_string()} y={(y + 16).to_string()}>{ text::say(&spot.name()) }</text>
            </g>
        }
    };
    let label = here
        .map_or_else(|| say!("lane-map-empty"), |spot| say!("lane-map", node = node, spot = text::say(&spot.name())));
    html! {
        <svg class="map" viewBox={VIEW_BOX} role="img" aria-label={label}>
            { for ROADS.iter().map(|d| html! { <path d={*d} /> }) }
            { for PLACES.iter().map(place) }
        </svg>
    }
}
