use crate::lab::Spot;
use crate::netfilter::Hook;

/// A place of the hook map: a box of [`HEIGHT`], with its left upper corner and its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub spot: Spot,
    pub x: i32,
    pub y: i32,
    pub width: i32,
}

/// Of every place.
pub const HEIGHT: i32 = 24;

/// What the map takes, as the `viewBox` of an SVG says it.
pub const VIEW_BOX: &str = "-1 6 442 72";

/// The hooks of a node and what is between them, as the packet flow of netfilter is commonly drawn.
pub const PLACES: [Place; 9] = [
    place(Spot::In, 0, 8, 26),
    place(Spot::Hook(Hook::Prerouting), 40, 8, 94),
    place(Spot::Routing, 148, 8, 58),
    place(Spot::Hook(Hook::Forward), 218, 8, 70),
    place(Spot::Hook(Hook::Postrouting), 300, 8, 98),
    place(Spot::Out, 412, 8, 28),
    place(Spot::Hook(Hook::Input), 148, 52, 58),
    place(Spot::Process, 220, 52, 66),
    place(Spot::Hook(Hook::Output), 300, 52, 98),
];

/// The ways between the places, as paths of an SVG.
pub const ROADS: [&str; 8] = [
    "M26 20h14",
    "M134 20h14",
    "M206 20h12",
    "M288 20h12",
    "M398 20h14",
    "M177 32v20",
    "M206 64h14M286 64h14",
    "M349 52v-20",
];

const fn place(spot: Spot, x: i32, y: i32, width: i32) -> Place {
    Place { spot, x, y, width }
}
