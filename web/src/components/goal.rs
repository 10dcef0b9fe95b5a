use std::rc::Rc;

use datapath_core::lesson::Tested;
use yew::prelude::*;

use crate::text;
use crate::text::say;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub goal: Rc<[Tested]>,
}

/// Which parts of a challenge's goal are reached: what is done for them, and what has to be so then.
#[component]
pub fn Goal(Props { goal }: &Props) -> Html {
    let claims = || goal.iter().filter(|tested| matches!(tested, Tested::Claim { .. }));
    let met = claims().filter(|tested| tested.is_met()).count();
    html! {
        <section class="goal" aria-labelledby="goal-title">
            <h3 id="goal-title">{ say!("goal-title") }</h3>
            <p class="muted" role="status">{ say!("goal-note", met = met, all = claims().count()) }</p>
            <ul>{ for goal.iter().map(part) }</ul>
        </section>
    }
}

fn part(tested: &Tested) -> Html {
    match tested {
        Tested::Done { deed, undone, .. } => html! {
            <li class="mono">
                { deed.to_string() }
                if let Some(why) = undone { <p class="wrong">{ say!("goal-undone", why = why.clone()) }</p> }
            </li>
        },
        Tested::Claim { what, holds, .. } => html! {
            <li class={if *holds { "met" } else { "unmet" }}>
                { text::sentence(what) }
                { " " }
                <small>{ if *holds { say!("goal-met") } else { say!("goal-unmet") } }</small>
            </li>
        },
    }
}
