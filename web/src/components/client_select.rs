use std::mem::discriminant;

use datapath_core::lab::{Client, ClientKind, Target};
use yew::prelude::*;

use super::SettledProps;
use super::picker::{Choice, Group, Picker};
use crate::state::Action;
use crate::text::{self, say};

/// More than anyone scrolls through; the chosen one is always among them.
const MOST: usize = 200;

/// Who sends. The lab lists its own client pods first, then processes, the outside, and the Services' pods.
#[component]
pub fn ClientSelect(props: &SettledProps) -> Html {
    let model = &props.model;
    let balancers = use_memo(model.edition, |_| model.lab().balancers());
    let chosen = model.clients.iter().position(|client| Some(client) == model.client.as_ref()).unwrap_or_default();
    let by = model.client.as_ref().zip(model.target.as_ref());
    let by = by.and_then(|(client, target)| target.balancer_in(client, &balancers));
    let (clients, dispatcher) = (model.clients.clone(), model.dispatcher());
    let onchoose = {
        let balancers = balancers.clone();
        Callback::from(move |index: usize| {
            let balancer = index.checked_sub(clients.len()).and_then(|place| balancers.get(place));
            match (clients.get(index), balancer) {
                (Some(client), _) => dispatcher.dispatch(Action::Client(client.clone())),
                (None, Some(balancer)) => dispatcher.dispatch(Action::Balancer(balancer.clone())),
                (None, None) => {}
            }
        })
    };
    let mut first = 0;
    let mut groups = Vec::new();
    for members in model.clients.chunk_by(|one, other| discriminant(&one.kind) == discriminant(&other.kind)) {
        groups.push(group(first, members, chosen));
        first += members.len();
        if members.first().is_some_and(|client| client.kind == ClientKind::Outside) {
            groups.push(by_balancer(model.clients.len(), &balancers));
        }
    }
    let chosen = by.map_or(chosen, |place| model.clients.len() + place);
    html! {
        <label class="field client">
            <span>{ say!("send-from") }</span>
            <Picker {groups} {chosen} {onchoose} />
        </label>
    }
}

fn group(first: usize, members: &[Client], chosen: usize) -> Group {
    let name = match members.first().map(|client| &client.kind) {
        Some(ClientKind::Pod { .. }) if first == 0 => say!("send-pods"),
        Some(ClientKind::Pod { .. }) => say!("send-serving"),
        Some(ClientKind::Process { .. }) => say!("send-processes"),
        Some(ClientKind::Behind { .. }) => say!("send-behind"),
        Some(ClientKind::Outside) | None => say!("send-outside"),
    };
    let listed = |value: usize| value < first + MOST || value == chosen;
    let choices = (first..).zip(members).filter(|(value, _)| listed(*value));
    let choices: Vec<_> = choices.map(|(value, client)| Choice { value, text: name_of(client) }).collect();
    Group { name: Some(name.to_owned()), hidden: members.len() - choices.len(), choices }
}

/// Somebody outside, once more by each balancer's address; or what it takes to have one.
fn by_balancer(first: usize, balancers: &[Target]) -> Group {
    let text = |target: &Target| format!("{} · {}", target.service, target.destination.address);
    let choices = (first..).zip(balancers.iter().take(MOST));
    let choices: Vec<_> = choices.map(|(value, target)| Choice { value, text: text(target) }).collect();
    let hidden = balancers.len() - choices.len();
    let name = if balancers.is_empty() { say!("send-no-balancer") } else { say!("send-balancers") };
    Group { name: Some(name), hidden, choices }
}

fn name_of(client: &Client) -> String {
    let name = text::client(&client.kind);
    match client.address {
        Some(address) => format!("{name} · {address}"),
        None => name,
    }
}
