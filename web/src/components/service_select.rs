use datapath_core::lab::{Target, Through};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::SettledProps;
use super::picker::{Choice, Group, Picker};
use crate::state::{Action, Handle};
use crate::text::{self, say};

/// With more Services than this, a field to find them stands above the list.
const MANY: usize = 100;

/// Which port of which Service is asked, and through which of its addresses.
#[component]
pub fn ServiceSelect(props: &SettledProps) -> Html {
    let model = &props.model;
    let wanted = use_state_eq(String::new);
    // An address that was typed is listed, too, in the same edition.
    let ports = use_memo(model.targets.clone(), |targets| ports(targets));
    let set = wanted.setter();
    let oninput = Callback::from(move |event: InputEvent| {
        set.set(event.target_unchecked_into::<HtmlInputElement>().value());
    });
    let asked = |index: &usize| model.target.as_ref().is_some_and(|asked| same_port(asked, &model.targets[*index]));
    let port = ports.iter().copied().find(asked).unwrap_or_default();
    let groups = use_memo((model.targets.clone(), wanted.clone(), port), |_| services(model, &ports, &wanted, port));
    let is_unknown = !wanted.is_empty() && !ports.iter().any(|index| has(&model.targets[*index], &wanted));
    let ways = model.targets.iter().enumerate().filter(|(index, _)| asked(index));
    let ways = ways.map(|(value, target)| Choice { value, text: way(target) }).collect();
    let way = model.targets.iter().position(|target| Some(target) == model.target.as_ref()).unwrap_or_default();
    let is_cluster = !model.lab().is_copied();
    html! {
        <>
            <label class="field service">
                <span>{ if is_cluster { say!("send-to") } else { say!("send-to-address") } }</span>
                if ports.len() > MANY {
                    <input type="search" placeholder={say!("send-filter")} aria-label={say!("send-filter")} {oninput} />
                    <small class="wrong" role="status">{ is_unknown.then(|| say!("send-unknown", wanted = wanted.as_str())) }</small>
                }
                <Picker groups={(*groups).clone()} chosen={port} onchoose={choose(model)} />
            </label>
            if is_cluster {
            <label class="field through">
                <span>{ say!("send-through") }</span>
                <Picker groups={vec![Group { choices: ways, ..Group::default() }]} chosen={way} onchoose={choose(model)} />
            </label>
            }
        </>
    }
}

/// The index of the first target of each Service port.
fn ports(targets: &[Target]) -> Vec<usize> {
    (0..targets.len()).filter(|index| *index == 0 || !same_port(&targets[*index], &targets[*index - 1])).collect()
}

fn same_port(one: &Target, other: &Target) -> bool {
    let same = one.service == other.service && one.port_name == other.port_name && one.protocol == other.protocol;
    // What has no Service is known by its address alone.
    same && (one.through != Through::Address || one.destination == other.destination)
}

fn has(target: &Target, wanted: &str) -> bool {
    target.to_string().contains(wanted)
}

/// The ports whose names hold what was typed, and the chosen one, by namespace.
fn services(model: &Handle, ports: &[usize], wanted: &str, chosen: usize) -> Vec<Group> {
    let namespace = |index: usize| &model.targets[index].service.namespace;
    let found = || ports.iter().copied().filter(|index| has(&model.targets[*index], wanted));
    let mut listed: Vec<_> = found().take(MANY).collect();
    if ports.contains(&chosen) && !listed.contains(&chosen) {
        listed.insert(0, chosen);
    }
    let choice = |index: &usize| Choice { value: *index, text: name_of(&model.targets[*index]) };
    let group = |members: &[usize]| Group {
        name: members.first().map(|index| namespace(*index).to_string()),
        choices: members.iter().map(choice).collect(),
        hidden: 0,
    };
    let mut groups: Vec<_> = listed.chunk_by(|one, other| namespace(*one) == namespace(*other)).map(group).collect();
    groups.push(Group { hidden: found().count().saturating_sub(MANY), ..Group::default() });
    groups
}

fn choose(model: &Handle) -> Callback<usize> {
    let (targets, dispatcher) = (model.targets.clone(), model.dispatcher());
    Callback::from(move |index: usize| {
        if let Some(target) = targets.get(index) {
            dispatcher.dispatch(Action::Target(target.clone()));
        }
    })
}

/// `web:http · TCP 80`
fn name_of(target: &Target) -> String {
    let port = if target.port_name.is_empty() { String::new() } else { format!(":{}", target.port_name) };
    let protocol = target.protocol.to_string().to_uppercase();
    match target.through {
        Through::Address => format!("{} · {protocol} {}", target.service.name, target.place()),
        _ => format!("{}{port} · {protocol} {}", target.service.name, target.destination.port),
    }
}

/// `ClusterIP 10.96.0.1:80`
fn way(target: &Target) -> String {
    format!("{} {}", text::through(&target.through), target.place())
}
