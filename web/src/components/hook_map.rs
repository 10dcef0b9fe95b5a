use datapath_core::lab::Spot;
use datapath_core::netfilter::Hook;
use yew::prelude::*;

use super::lane::LaneProps;
use crate::text::say;

/// A place of the map: what it stands for, and its box.
struct Place(Spot, i32, i32, i32);

const HEIGHT: i32 = 24;
const PLACES: [Place; 9] = [
    Place(Spot::In, 0, 8, 26),
    Place(Spot::Hook(Hook::Prerouting), 40, 8, 94),
    Place(Spot::Routing, 148, 8, 58),
    Place(Spot::Hook(Hook::Forward), 218, 8, 70),
    Place(Spot::Hook(Hook::Postrouting), 300, 8, 98),
    Place(Spot::Out, 412, 8, 28),
    Place(Spot::Hook(Hook::Input), 148, 52, 58),
    Place(Spot::Process, 220, 52, 66),
    Place(Spot::Hook(Hook::Output), 300, 52, 98),
];
const ROADS: [&str; 8] = [
    "M26 20h14",
    "M134 20h14",
    "M206 20h12",
    "M288 20h12",
    "M398 20h14",
    "M177 32v20",
    "M206 64h14M286 64h14",
    "M349 52v-20",
];

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
    let place = |Place(spot, x, y, width): &Place| {
        let class = classes!(
            (here == Some(*spot)).then_some("here"),
            passed.contains(spot).then_some("passed"),
            matches!(spot, Spot::Hook(_)).then_some("hook"),
        );
        html! {
            <g {class}>
                <rect x={x.to_string()} y={y.to_string()} width={width.to_string()} height={HEIGHT.to_string()} rx="5" />
                <text x={(x + width / 2).to_string()} y={(y + 16).to_string()}>{ label(*spot) }</text>
            </g>
        }
    };
    let label = here.map_or_else(|| say!("lane-map-empty"), |spot| say!("lane-map", node = node, spot = label(spot)));
    html! {
        <svg class="map" viewBox="-1 6 442 72" role="img" aria-label={label}>
            { for ROADS.iter().map(|d| html! { <path d={*d} /> }) }
            { for PLACES.iter().map(place) }
        </svg>
    }
}

fn label(spot: Spot) -> String {
    match spot {
        Spot::In => say!("spot-in"),
        Spot::Hook(hook) => hook.chain().to_owned(),
        Spot::Routing => say!("spot-routing"),
        Spot::Process => say!("spot-process"),
        Spot::Out => say!("spot-out"),
    }
}
