use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use datapath_core::lab::{Listing, Printed};
use datapath_core::task::turn;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::state::Handle;

/// Bytes of a text whose nodes take no longer than a frame to be printed.
const SMALL: usize = 200_000;
/// Milliseconds: all lanes together fit into a moment that nobody notices.
const READ_FOR: f64 = 15.0;
/// Milliseconds: long enough for what the user does, and for a frame.
const READ_EVERY: u32 = 10;

enum Reading {
    /// To be printed in a moment of its own.
    Postponed,
    Due,
    Underway(Pin<Box<dyn Future<Output = Listing>>>),
    Done(Rc<Listing>),
}

/// A node's rules as the tools print them; None while a large listing is read, in turns.
#[hook]
pub fn use_listing(model: &Handle, lane: usize, node: usize) -> Option<Rc<Listing>> {
    let reading = use_memo((model.edition, lane, node), |_| {
        let is_small = model.lab().text.len() < SMALL;
        Rc::new(RefCell::new(if is_small { Reading::Due } else { Reading::Postponed }))
    });
    let update = use_force_update();
    let mut state = reading.borrow_mut();
    if matches!(*state, Reading::Due) {
        let lab = model.lab();
        let printed = lab.lanes.get(lane).map(|lane| Printed::of(&lane.network, node)).unwrap_or_default();
        *state = Reading::Underway(Box::pin(printed.read()));
    }
    let end = js_sys::Date::now() + READ_FOR;
    while let Reading::Underway(task) = &mut *state
        && js_sys::Date::now() < end
    {
        if let Poll::Ready(listing) = turn(task) {
            *state = Reading::Done(Rc::new(listing));
        }
    }
    let listing = match &*state {
        Reading::Done(listing) => Some(Rc::clone(listing)),
        _ => None,
    };
    drop(state);
    let waiting = listing.is_none().then(|| Rc::clone(&reading));
    use_effect(move || {
        let timer = waiting.map(|reading| {
            Timeout::new(READ_EVERY, move || {
                if matches!(*reading.borrow(), Reading::Postponed) {
                    reading.replace(Reading::Due);
                }
                update.force_update();
            })
        });
        move || drop(timer)
    });
    listing
}
