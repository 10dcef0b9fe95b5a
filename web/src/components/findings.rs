use datapath_core::graph::{Finding, Findings};
use datapath_core::trace::ChainId;
use yew::prelude::*;

use super::Settled;
use super::reach::Reached;
use crate::state::{Action, Handle, Peek};
use crate::text::{self, say, structure as t};

/// Chains and rules that are listed.
const LISTED: usize = 40;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: Settled,
    pub lane: usize,
    pub node: usize,
    /// The chain that is chosen.
    pub peek: Option<ChainId>,
    pub reach: Option<Reached>,
    pub onask: Callback<MouseEvent>,
}

/// What no packet comes to, and through what every packet in the chosen chain has come.
#[component]
pub fn FindingsView(Props { model, lane, node, peek, reach, onask }: &Props) -> Html {
    let lab = model.lab();
    let machine = lab.lanes.get(*lane).and_then(|lane| lane.network.node(*node));
    let (Some(reach), Some(machine)) = (reach, machine) else {
        return html! { <div class="buttons"><button type="button" class="small" onclick={onask.clone()}>{ say!("structure-look") }</button></div> };
    };
    let found = Findings::of(machine, reach, LISTED);
    let above = peek.map(|chain| {
        let names: Vec<String> = reach.dominators(chain).into_iter().map(|above| machine.chain_name(above)).collect();
        html! { <p>{ t::above(&machine.chain_name(chain), &names, reach.is_reached(chain)) }</p> }
    });
    let all = |title: String, findings: &[Finding]| {
        let list = findings.iter().map(|finding| row(model, *lane, *node, finding));
        html! { if !findings.is_empty() { <h3>{ title }</h3><ul>{ for list }</ul> } }
    };
    html! {
        <div class="findings">
            <div role="status">{ above.unwrap_or_else(|| html! { <p class="muted">{ say!("structure-choose") }</p> }) }</div>
            { for found.cycles.iter().map(|cycle| html! { <p class="notice">{ say!("structure-cycle", cycle = cycle) }</p> }) }
            if found.is_empty() {
                <p class="muted">{ say!("structure-all-reached") }</p>
            } else {
                <details>
                    <summary>{ t::dead(found.chains.len(), found.rules.len(), found.more) }</summary>
                    { all(say!("structure-dead-chains"), &found.chains) }
                    { all(say!("structure-dead-rules"), &found.rules) }
                    if found.more > 0 { <p class="muted">{ say!("structure-more", count = found.more) }</p> }
                </details>
            }
        </div>
    }
}

fn row(model: &Handle, lane: usize, node: usize, finding: &Finding) -> Html {
    let (dispatcher, chain) = (model.dispatcher(), finding.chain);
    let onclick =
        Callback::from(move |_: MouseEvent| dispatcher.dispatch(Action::Peek(Some(Peek::chain(lane, node, chain)))));
    html! {
        <li>
            <button type="button" class="link mono" {onclick}>{ &finding.text }</button>
            <span class="muted">{ text::sentence(&finding.why) }</span>
        </li>
    }
}
