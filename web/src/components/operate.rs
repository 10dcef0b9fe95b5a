use datapath_core::controllers::Action as Operation;
use datapath_core::lab::{Inventory, NodeItem, PodItem, PodState, WorkloadItem};
use gloo::utils::document;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::SettledProps;
use super::adding::Adding;
use super::control_path::ControlPathView;
use super::object_fields::ObjectFields;
use crate::state::{Action, Handle};
use crate::text::{self, operate as t, say};

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
    let (outcome, onclick) = use_outcome(model.edition);
    // Told in a live region; a form tells it at its field.
    let undone = model.undone.as_ref().and_then(|undone| undone.told_by(None));
    html! {
        <section class="card operate" aria-labelledby="operate" {onclick}>
            <h2 id="operate">{ say!("operate-title") }</h2>
            <p class="muted">{ say!("operate-note") }</p>
            <div class="halves">
                <div>
                    <Adding model={props.model.clone()} />
                    <ObjectFields model={props.model.clone()} />
                    if workloads.is_empty() && bare_pods.is_empty() { <p class="hint">{ say!("operate-no-workloads") }</p> }
                    <ul class="workloads">
                        { for workloads.iter().take(LISTED).map(|item| workload(model, item)) }
                        if !bare_pods.is_empty() { <li>{ pods(model, &bare_pods, &say!("operate-bare")) }</li> }
                    </ul>
                    { more(workloads.len()) }
                    <h3>{ say!("operate-nodes") }</h3>
                    <ul class="machines">{ for nodes.iter().take(LISTED).map(|item| node(model, item)) }</ul>
                    { more(nodes.len()) }
                    <button type="button" onclick={wait} title={say!("operate-wait-why")}>{ say!("operate-wait") }</button>
                </div>
                <div ref={outcome} class="path" aria-live="polite" tabindex="-1">
                    if let Some(why) = undone {
                        <p class="notice">{ say!("operate-undone", why = why) }</p>
                    }
                    if let Some(path) = model.path() {
                        <ControlPathView {path} model={props.model.clone()} />
                    } else {
                        <p class="hint">{ say!("operate-hint") }</p>
                    }
                </div>
            </div>
        </section>
    }
}

/// What was pressed may go with its Pod: then the focus goes to what it led to.
#[hook]
fn use_outcome(edition: u32) -> (NodeRef, Callback<MouseEvent>) {
    let (outcome, pressed) = (use_node_ref(), use_mut_ref(|| false));
    let onclick = {
        let pressed = pressed.clone();
        Callback::from(move |_: MouseEvent| *pressed.borrow_mut() = true)
    };
    use_effect_with((outcome.clone(), edition), move |(outcome, _)| {
        let is_lost = document().active_element().is_none_or(|focused| focused.tag_name() == "BODY");
        if pressed.take()
            && is_lost
            && let Some(outcome) = outcome.cast::<HtmlElement>()
        {
            let _ = outcome.focus();
        }
    });
    (outcome, onclick)
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
                        { button(model, item.scale(-1), "−", &label(&say!("operate-fewer"))) }
                        <output class="number" aria-label={label(&say!("operate-replicas"))}>{ text::number(replicas as usize) }</output>
                        { button(model, item.scale(1), "+", &label(&say!("operate-more"))) }
                    </span>
                }
                if item.restart().is_some() { { button(model, item.restart(), say!("operate-restart"), &label(&say!("operate-restart"))) } }
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
        PodState::Pending => ("pending", say!("operate-pending")),
        PodState::Ready => ("ready", say!("operate-ready")),
        PodState::NotReady => ("not-ready", say!("operate-not-ready")),
        PodState::Terminating => ("terminating", say!("operate-terminating")),
    };
    let probe = if item.state == PodState::Ready { say!("operate-fail-probe") } else { say!("operate-pass-probe") };
    let name = &*item.name.name;
    html! {
        <li key={item.name.to_string()} {class}>
            <span class="who"><code>{ name }</code></span>
            <span class="muted">{ state }{ " · " }{ item.node.as_deref().unwrap_or(&say!("operate-no-node")) }</span>
            if item.toggle_readiness().is_some() {
                { button(model, item.toggle_readiness(), probe.clone(), &format!("{probe}: {name}")) }
            }
            if item.delete().is_some() { { button(model, item.delete(), say!("operate-delete"), &format!("{}: {name}", say!("operate-delete"))) } }
        </li>
    }
}

fn node(model: &Handle, item: &NodeItem) -> Html {
    let name = &*item.name;
    let power = if item.is_ready { say!("operate-fail-node") } else { say!("operate-recover-node") };
    let drain = if item.is_cordoned { say!("operate-uncordon") } else { say!("operate-drain") };
    let class = if item.is_ready { "ready" } else { "not-ready" };
    html! {
        <li key={name.to_owned()} {class}>
            <span class="who"><b>{ name }</b></span>
            <span class="muted">{ t::node(item.is_ready, item.is_cordoned, item.pods) }</span>
            { button(model, Some(item.toggle_power()), power.clone(), &format!("{power}: {name}")) }
            { button(model, Some(item.toggle_drain()), drain.clone(), &format!("{drain}: {name}")) }
        </li>
    }
}

fn button(model: &Handle, operation: Option<Operation>, text: impl Into<AttrValue>, label: &str) -> Html {
    let disabled = operation.is_none();
    let dispatcher = model.dispatcher();
    let onclick = Callback::from(move |_| {
        if let Some(operation) = operation.clone() {
            dispatcher.dispatch(Action::Operate(operation));
        }
    });
    html! { <button type="button" class="small" aria-label={label.to_owned()} {disabled} {onclick}>{ text.into() }</button> }
}

fn more(count: usize) -> Option<Html> {
    let hidden = count.checked_sub(LISTED).filter(|hidden| *hidden > 0)?;
    Some(html! { <p class="muted">{ say!("more", count = hidden) }</p> })
}
