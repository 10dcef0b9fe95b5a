use std::ops::Deref;
use std::rc::Rc;

use datapath_core::graph::Reach;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::state::Handle;

/// Bytes of a text whose nodes' rules are looked through in less than a frame.
const SMALL: usize = 200_000;

/// Whether all of the program is there: what nobody needs at first waits for it. Where nobody says so, as in a figure, it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IsWhole(pub bool);

#[hook]
pub fn use_whole() -> bool {
    use_context::<IsWhole>().is_none_or(|IsWhole(is_whole)| is_whole)
}

/// The same, but where the rest of the program comes only now, whatever waits for it has a turn of its own.
#[hook]
pub fn use_whole_in_turn() -> bool {
    let is_whole = use_whole();
    let later = use_state_eq(|| is_whole);
    let set = later.setter();
    use_effect_with(is_whole, move |&is_whole| {
        let timer = Timeout::new(0, move || set.set(is_whole));
        move || drop(timer)
    });
    *later
}

/// What is known of a node's rules: the same only if it was found out at once.
#[derive(Clone)]
pub struct Reached(Rc<Reach>);

impl PartialEq for Reached {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Reached {
    type Target = Reach;

    fn deref(&self) -> &Reach {
        &self.0
    }
}

/// What packets can come to on a node. Of a large one it is only found out when it is asked for.
#[hook]
pub fn use_reach(model: &Handle, lane: usize, node: usize) -> (Option<Reached>, Callback<MouseEvent>) {
    let asked = use_state_eq(|| None::<u32>);
    let is_whole = use_whole_in_turn();
    let wanted = is_whole && (model.lab().text.len() < SMALL || *asked == Some(model.edition));
    let reach = use_memo((model.edition, lane, node, wanted), |(_, lane, node, wanted)| {
        let lab = model.lab();
        let machine = lab.lanes.get(*lane).filter(|_| *wanted)?.network.node(*node)?;
        Some(Reached(Rc::new(Reach::of(machine))))
    });
    let (set, edition) = (asked.setter(), model.edition);
    ((*reach).clone(), Callback::from(move |_| set.set(Some(edition))))
}
