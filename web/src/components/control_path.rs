use std::sync::Arc;

use datapath_core::lab::{ChangedObject, ControlPath, ControlRound, NodeSync, Verb, Writing, writings};
use datapath_core::proxy::{Effort, Extent, FullSyncReason, Mode, Objects};
use yew::prelude::*;

use super::Settled;
use super::change_chart::ChangeChart;
use crate::text::{self, operate as t, say};

/// Lines of a command's input, and commands of a sync, that are shown.
const SHOWN: usize = 120;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub path: Arc<ControlPath>,
    pub model: Settled,
}

/// From the object that was changed to what reached the nodes' kernels.
#[component]
pub fn ControlPathView(Props { path, model }: &Props) -> Html {
    let lab = model.lab();
    let modes: Vec<Mode> = lab.lanes.iter().map(|lane| lane.mode).collect();
    let nodes: Vec<String> = lab.cluster.nodes.iter().map(|node| node.name.to_string()).collect();
    html! {
        <>
            <h3>{ say!("operate-path") }</h3>
            <p><code>{ &path.command }</code></p>
            { efforts(path, &modes) }
            <ChangeChart path={path.clone()} modes={modes.clone()} theme={model.theme} />
            if path.nodes_left_out > 0 { <p class="hint">{ say!("operate-left-out", nodes = path.nodes_left_out) }</p> }
            <ol class="rounds">{ for path.rounds.iter().map(|each| round(each, &modes, &nodes)) }</ol>
        </>
    }
}

/// What all of it cost the kube-proxies.
fn efforts(path: &ControlPath, modes: &[Mode]) -> Html {
    let row = |(lane, mode): (usize, &Mode)| {
        let (count, effort) = path.effort(lane);
        html! {
            <tr class={mode.to_string()} data-mode={mode.to_string()}>
                <th scope="row"><span class="swatch" />{ text::mode(*mode) }</th>
                <td class="number">{ text::number(count) }</td>
                <td class="number">{ text::number(effort.tool_runs) }</td>
                <td class="number">{ text::number(effort.netlink_requests) }</td>
                <td class="number">{ text::number(effort.lines) }</td>
                <td class="number">{ text::number(effort.bytes) }</td>
                <td class="wide">{ objects(&effort) }</td>
            </tr>
        }
    };
    html! {
        <div class="scroll" data-scrolls="" tabindex="0" role="group" aria-label={say!("operate-cost")}>
            <table class="efforts">
                <thead><tr>{ for t::columns().into_iter().map(column) }</tr></thead>
                <tbody>{ for modes.iter().enumerate().map(row) }</tbody>
            </table>
        </div>
    }
}

/// `12 rules, 3 chains (−2)`
fn objects(effort: &Effort) -> String {
    type Name = fn(usize) -> String;
    let all: [(Name, Objects); 7] = [
        (|count| say!("operate-rules", count = count), effort.rules),
        (|count| say!("operate-chains", count = count), effort.chains),
        (|count| say!("operate-elements", count = count), effort.elements),
        (|count| say!("operate-virtual-servers", count = count), effort.virtual_servers),
        (|count| say!("operate-real-servers", count = count), effort.real_servers),
        (|count| say!("operate-addresses", count = count), effort.addresses),
        (
            |count| say!("operate-connections", count = count),
            Objects { written: 0, deleted: effort.connections_deleted },
        ),
    ];
    let told = all.iter().filter(|(_, objects)| *objects != Objects::default()).map(|(name, objects)| {
        let Objects { written, deleted } = objects;
        match (written, deleted) {
            (written, 0) => name(*written),
            (0, deleted) => format!("−{}", name(*deleted)),
            (written, deleted) => format!("{}, −{}", name(*written), text::number(*deleted)),
        }
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { say!("operate-nothing-written") } else { told.join("; ") }
}

fn column((name, note): (String, Option<String>)) -> Html {
    html! { <th scope="col">{ name }{ for note.map(|note| html! { <small>{ note }</small> }) }</th> }
}

fn listed(services: &[impl ToString]) -> String {
    services.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn round(round: &ControlRound, modes: &[Mode], nodes: &[String]) -> Html {
    let lane = |(lane, mode): (usize, &Mode)| {
        let syncs = round.written.get(lane).filter(|syncs| !syncs.is_empty())?;
        Some(written(*mode, &round.effort(lane), syncs, nodes))
    };
    html! {
        <li>
            <p><b>{ round.actor.to_string() }</b>{ ": " }{ say!("sentence", what = round.what.clone()) }</p>
            <ul class="objects">{ for round.objects.iter().take(SHOWN).map(object) }</ul>
            if !round.services.is_empty() {
                <p class="muted">{ say!("operate-tracker", services = listed(&round.services)) }</p>
            }
            { for modes.iter().enumerate().filter_map(lane) }
        </li>
    }
}

fn object(object: &ChangedObject) -> Html {
    let (class, sign, spoken) = match object.verb {
        Verb::Added => ("added", "+", say!("operate-added")),
        Verb::Modified => ("modified", "~", say!("operate-modified")),
        Verb::Deleted => ("deleted", "−", say!("operate-deleted")),
    };
    html! { <li {class}><span aria-hidden="true">{ sign }</span>{ " " }<span class="unseen">{ spoken }</span>{ format!("{} {}", object.kind, object.name) }</li> }
}

/// What the kube-proxies of one mode wrote, node by node.
fn written(mode: Mode, effort: &Effort, syncs: &[NodeSync], nodes: &[String]) -> Html {
    let node = |written: &NodeSync| {
        let name = nodes.get(written.node).map_or("", String::as_str);
        let writings = writings(&written.sync);
        let hidden = writings.len().saturating_sub(SHOWN);
        html! {
            <li>
                <p><b>{ name }</b>{ " " }<span class="muted">{ extent(written.sync.extent) }</span></p>
                <ol class="commands">{ for writings.iter().take(SHOWN).map(command) }</ol>
                if hidden > 0 { <p class="muted">{ say!("more", count = hidden) }</p> }
            </li>
        }
    };
    html! {
        <details class={classes!("written", mode.to_string())}>
            <summary><span class="swatch" />{ text::mode(mode) }{ ": " }{ objects(effort) }</summary>
            <ul>{ for syncs.iter().map(node) }</ul>
        </details>
    }
}

fn command(writing: &Writing) -> Html {
    let class = writing.only_reads.then_some("muted");
    let input = writing.input.as_ref().map(|input| {
        let lines = input.lines().count();
        let beginning: String = input.split_inclusive('\n').take(SHOWN).collect();
        html! {
            <>
                <pre class="mono" tabindex="0" data-scrolls="">{ beginning }</pre>
                if lines > SHOWN { <p class="muted">{ say!("more", count = lines - SHOWN) }</p> }
            </>
        }
    });
    html! { <li><code {class}>{ &writing.command }</code>{ input }</li> }
}

fn extent(extent: Extent) -> String {
    match extent {
        Extent::Full(FullSyncReason::First) => say!("operate-full-first"),
        Extent::Full(FullSyncReason::Topology) => say!("operate-full-topology"),
        Extent::Full(FullSyncReason::Period) => say!("operate-full-period"),
        Extent::Full(FullSyncReason::Failure) => say!("operate-full-failure"),
        Extent::Partial => say!("operate-partial"),
        Extent::Differences => say!("operate-differences"),
        Extent::Termination => say!("operate-termination"),
    }
}
