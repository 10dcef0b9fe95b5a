use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lab::{Listing, Network, Printing};
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::state::Handle;

/// Bytes of a text whose nodes take no longer than a frame to be printed.
const SMALL: usize = 200_000;
/// Milliseconds: all lanes together fit into a moment that nobody notices.
const READ_FOR: f64 = 10.0;
/// Milliseconds: long enough for what the user does, and for a frame.
const READ_EVERY: u32 = 10;

enum Reading {
    /// To be printed in a moment of its own.
    Postponed,
    Due,
    Underway(Printing),
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
    let lab = model.lab();
    if let Some(of) = lab.lanes.get(lane) {
        go_on(&mut state, &of.network, node);
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

/// Prints for as long as a moment takes.
fn go_on(state: &mut Reading, network: &Network, node: usize) {
    if matches!(state, Reading::Due) {
        *state = Reading::Underway(Printing::of(network, node));
    }
    let Reading::Underway(printing) = state else {
        return;
    };
    let end = js_sys::Date::now() + READ_FOR;
    while !printing.is_over() && js_sys::Date::now() < end {
        printing.advance(network);
    }
    if printing.is_over() {
        let printed = std::mem::take(printing);
        *state = Reading::Done(Rc::new(printed.finish(network)));
    }
}
