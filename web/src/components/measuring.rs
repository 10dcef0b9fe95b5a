use std::rc::Rc;

use datapath_core::lab::{ClusterSize, CostPoint, Measuring};
use datapath_core::proxy::Mode;
use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::state::TURNS_FOR;

/// A datapath, and the cluster that it is to be measured in.
pub type Wanted = (Mode, ClusterSize);

/// What was measured, in the order in which it was asked for.
pub type Points = Vec<(Mode, CostPoint)>;

/// Milliseconds from the turns of one frame to those of the next.
const EVERY: u32 = 20;

/// Runs the model at one size after the other while it may, in turns. True beside the points if one failed.
#[hook]
pub fn use_points(wanted: &'static [Wanted], may: bool) -> (Rc<Points>, bool) {
    let points = use_state(|| Rc::new(Points::new()));
    let failed = use_state_eq(|| false);
    let (set, fail) = (points.setter(), failed.setter());
    let before = (*points).clone();
    use_effect_with((may && !*failed, points.len()), move |(go, done)| {
        let timer = wanted.get(*done).filter(|_| *go).map(|&(mode, size)| {
            let mut underway = Some(Measuring::of(mode, size));
            Interval::new(EVERY, move || {
                let end = js_sys::Date::now() + TURNS_FOR;
                while let Some(measuring) = &mut underway
                    && js_sys::Date::now() < end
                {
                    let Some(result) = measuring.advance() else { continue };
                    underway = None;
                    match result {
                        Ok(point) => {
                            let mut after = (*before).clone();
                            after.push((mode, point));
                            set.set(Rc::new(after));
                        }
                        Err(_) => fail.set(true),
                    }
                }
            })
        });
        move || drop(timer)
    });
    ((*points).clone(), *failed)
}
