use datapath_core::controllers::Action as Operation;
use datapath_core::lab::{Inventory, NodeItem, PodItem, PodState, WorkloadItem};
use yew::prelude::*;

use super::SettledProps;
use super::adding::Adding;
use super::control_path::ControlPathView;
use super::object_fields::ObjectFields;
use crate::state::{Action, Handle};
use crate::text::{self, operate as t};

/// Workloads, and Pods of one of them, that are listed.
const LISTED: usize = 40;

/// What can be done to the cluster, and what the last of it led to.
#[component]
pub fn Operate(props: &SettledProps) -> Html {
    let model = &props.model;
    let lab = model.lab();
    let Inventory { workloads, bare_pods, nodes } = lab.inventory();
    let dispatcher = model.dispatcher();
    let wait = Callback::from(move |_| dispatcher.dispatch(Action::Wait(60)));
    html! {
        <section class="card operate" aria-labelledby="operate">
            <h2 id="operate">{ t::TITLE }</h2>
            <p class="muted">{ t::NOTE }</p>
            <div class="halves">
                <div>
                    <Adding model={props.model.clone()} />
                    <ObjectFields model={props.model.clone()} />
                    if workloads.is_empty() && bare_pods.is_empty() { <p class="hint">{ t::NO_WORKLOADS }</p> }
                    <ul class="workloads">
                        { for workloads.iter().take(LISTED).map(|item| workload(model, item)) }
                        if !bare_pods.is_empty() { <li>{ pods(model, &bare_pods, t::BARE) }</li> }
                    </ul>
                    { more(workloads.len()) }
                    <h3>{ t::NODES }</h3>
                    <ul class="machines">{ for nodes.iter().take(LISTED).map(|item| node(model, item)) }</ul>
                    { more(nodes.len()) }
                    <button type="button" onclick={wait} title={t::WAIT_WHY}>{ t::WAIT }</button>
                </div>
                <div class="path" aria-live="polite">
                    if let Some(why) = &model.undone { <p class="notice" role="alert">{ t::undone(why) }</p> }
                    if let Some(path) = model.path() {
                        <ControlPathView {path} model={props.model.clone()} />
                    } else {
                        <p class="hint">{ t::HINT }</p>
                    }
                </div>
            </div>
        </section>
    }
}

fn workload(model: &Handle, item: &WorkloadItem) -> Html {
    let title = format!("{} {}", item.kind, item.name);
    let label = |what: &str| format!("{what}: {title}");
    html! {
        <li key={title.clone()}>
            <header>
                <h3>{ item.name.to_string() }{ " " }<small>{ item.kind.to_string() }</small></h3>
                if let Some(replicas) = item.replicas {
                    <span class="scale">
                        { button(model, item.scale(-1), "−", &label(t::FEWER)) }
                        <output class="number" aria-label={label(t::REPLICAS)}>{ replicas }</output>
                        { button(model, item.scale(1), "+", &label(t::MORE)) }
                    </span>
                }
                if item.restart().is_some() { { button(model, item.restart(), t::RESTART, &label(t::RESTART)) } }
            </header>
            { pods(model, &item.pods, "") }
        </li>
    }
}

fn pods(model: &Handle, items: &[PodItem], title: &str) -> Html {
    html! {
        <>
            if !title.is_empty() { <h3>{ title }</h3> }
            <ul class="pods">{ for items.iter().take(LISTED).map(|item| pod(model, item)) }</ul>
            { more(items.len()) }
        </>
    }
}

fn pod(model: &Handle, item: &PodItem) -> Html {
    let (class, state) = match item.state {
        PodState::Pending => ("pending", t::PENDING),
        PodState::Ready => ("ready", t::READY),
        PodState::NotReady => ("not-ready", t::NOT_READY),
        PodState::Terminating => ("terminating", t::TERMINATING),
    };
    let probe = if item.state == PodState::Ready { t::FAIL_PROBE } else { t::PASS_PROBE };
    let name = &*item.name.name;
    html! {
        <li key={item.name.to_string()} {class}>
            <span class="who"><code>{ name }</code></span>
            <span class="muted">{ state }{ " · " }{ item.node.as_deref().unwrap_or(t::NO_NODE) }</span>
            if item.toggle_readiness().is_some() {
                { button(model, item.toggle_readiness(), probe, &format!("{probe}: {name}")) }
            }
            if item.delete().is_some() { { button(model, item.delete(), t::DELETE, &format!("{}: {name}", t::DELETE)) } }
        </li>
    }
}

fn node(model: &Handle, item: &NodeItem) -> Html {
    let name = &*item.name;
    let power = if item.is_ready { t::FAIL_NODE } else { t::RECOVER_NODE };
    let drain = if item.is_cordoned { t::UNCORDON } else { t::DRAIN };
    let class = if item.is_ready { "ready" } else { "not-ready" };
    html! {
        <li key={name.to_owned()} {class}>
            <span class="who"><b>{ name }</b></span>
            <span class="muted">{ t::node(item.is_ready, item.is_cordoned, item.pods) }</span>
            { button(model, Some(item.toggle_power()), power, &format!("{power}: {name}")) }
            { button(model, Some(item.toggle_drain()), drain, &format!("{drain}: {name}")) }
        </li>
    }
}

fn button(model: &Handle, operation: Option<Operation>, text: &'static str, label: &str) -> Html {
    let disabled = operation.is_none();
    let dispatcher = model.dispatcher();
    let onclick = Callback::from(move |_| {
        if let Some(operation) = operation.clone() {
            dispatcher.dispatch(Action::Operate(operation));
        }
    });
    html! { <button type="button" class="small" aria-label={label.to_owned()} {disabled} {onclick}>{ text }</button> }
}

fn more(count: usize) -> Option<Html> {
    let hidden = count.checked_sub(LISTED).filter(|hidden| *hidden > 0)?;
    Some(html! { <p class="muted">{ t::more(&text::number(hidden)) }</p> })
}
