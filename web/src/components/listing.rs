use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lab::{Lane, Listing, Network, Printing};
use datapath_core::netfilter::Seconds;
use datapath_core::proxy::Mode;
use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::state::Handle;

/// Bytes of a text whose nodes take no longer than a frame to be printed.
const SMALL: usize = 200_000;
/// Milliseconds: so that the moments of all lanes, one after the other, leave a frame to whoever steps on meanwhile.
const READ_FOR: f64 = 4.0;
/// Milliseconds: long enough for what the user does, and for a frame.
const READ_EVERY: u32 = 12;

enum Reading {
    /// To be printed in moments of its own.
    Postponed,
    Underway(Printing),
    Done(Rc<Listing>),
}

/// A node's rules as the tools print them; None while a large listing is read, in moments between what the user does.
#[hook]
pub fn use_listing(model: &Handle, lane: usize, node: usize) -> Option<Rc<Listing>> {
    let now = model.lab().now;
    let last = use_mut_ref(Rc::<Listing>::default);
    let is_small = model.lab().text.len() < SMALL;
    // Packets leave elements in sets, which are printed anew after each where that takes no longer than a frame. The
    // counters of built-in chains come from [`datapath_core::lab::Lab::declarations_at`].
    let leaves = |of: &&Lane| is_small && (of.mode == Mode::Nftables || of.network.is_copied());
    let sent = model.lab().lanes.get(lane).filter(leaves).map(|of| (of.sent, now));
    let key = (model.edition, lane, node, sent);
    let reading = use_memo(key, |_| {
        let lab = model.lab();
        let of = lab.lanes.get(lane).filter(|_| is_small);
        let printed = of.map(|of| Listing::of(&of.network, node, now)).map(|printed| {
            // One that says the same is the same: nothing that was worked out from it is worked out again.
            let mut last = last.borrow_mut();
            if **last != printed {
                *last = Rc::new(printed);
            }
            Reading::Done(Rc::clone(&last))
        });
        Rc::new(RefCell::new(printed.unwrap_or(Reading::Postponed)))
    });
    let listing = match &*reading.borrow() {
        Reading::Done(listing) => Some(Rc::clone(listing)),
        Reading::Postponed | Reading::Underway(_) => None,
    };
    let (update, model) = (use_force_update(), model.clone());
    use_effect_with((key, listing.is_some()), move |(_, is_done)| {
        let timer = (!is_done).then(|| {
            Interval::new(READ_EVERY, move || {
                let lab = model.lab();
                if let Some(of) = lab.lanes.get(lane)
                    && go_on(&mut reading.borrow_mut(), &of.network, node, lab.now)
                {
                    update.force_update();
                }
            })
        });
        move || drop(timer)
    });
    listing
}

/// Prints for a moment. True if that was the last one.
fn go_on(state: &mut Reading, network: &Network, node: usize, now: Seconds) -> bool {
    if matches!(state, Reading::Postponed) {
        *state = Reading::Underway(Printing::of(network, node, now));
    }
    let Reading::Underway(printing) = state else {
        return false;
    };
    let end = js_sys::Date::now() + READ_FOR;
    while !printing.is_over() && js_sys::Date::now() < end {
        printing.advance(network);
    }
    if !printing.is_over() {
        return false;
    }
    let printed = std::mem::take(printing);
    *state = Reading::Done(Rc::new(printed.finish(network)));
    true
}
