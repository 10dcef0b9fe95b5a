use datapath_core::lab::Header;
use datapath_core::net::{Endpoint, Packet, Transport};
use datapath_core::netfilter::Manip;
use yew::prelude::*;

use super::lane::LaneProps;
use crate::text::say;

/// The packet as it is now; what is no longer as its sender wrote it stands beside what it was.
#[component]
pub fn PacketHeader(LaneProps { model, lane }: &LaneProps) -> Html {
    let lab = model.lab();
    let header = model.shown.as_ref().and_then(|shown| {
        let journey = lab.lanes.get(*lane)?.journeys.get(shown.packet)?;
        journey.header(shown.tracks.get(*lane)?.moment(model.moment(*lane)?)?)
    });
    html! {
        <dl class="header" aria-label={say!("lane-header")}>{ for header.map(|header| rows(&header)) }</dl>
    }
}

fn rows(header: &Header<'_>) -> Html {
    let Header { original, packet, mark, rewritten, marked, counted } = header;
    let (from, was) = (packet.tuple(), original.tuple());
    let was_ttl = (original.ttl != packet.ttl).then(|| original.ttl.to_string());
    html! {
        <>
            { end(say!("lane-source"), packet, from.src, was.src, *rewritten == Some(Manip::Source)) }
            { end(say!("lane-destination"), packet, from.dst, was.dst, *rewritten == Some(Manip::Destination)) }
            { field(say!("lane-protocol"), html! { { protocol(packet) } }, "") }
            { field(say!("lane-ttl"), changed(was_ttl, packet.ttl.to_string()), if *counted { "just" } else { "" }) }
            { field(say!("lane-mark"), mark_of(*mark), if *marked { "just" } else { "" }) }
        </>
    }
}

/// Both addresses of a changed end: what it is, and what its sender wrote.
fn end(name: String, packet: &Packet, now: Endpoint, was: Endpoint, just: bool) -> Html {
    let show = |end: Endpoint| match packet.ports() {
        Some(_) => end.to_string(),
        None => end.address.to_string(),
    };
    let value = changed((now != was).then(|| show(was)), show(now));
    field(name, value, if just { "whole just" } else { "whole" })
}

/// What it is, beside what it was if that differs.
fn changed(was: Option<String>, now: String) -> Html {
    match was {
        None => html! { <span>{ now }</span> },
        Some(was) => html! {
            <>
                <del><span class="unseen">{ say!("lane-was") }{ " " }</span>{ was }</del>
                <ins>{ now }</ins>
            </>
        },
    }
}

fn field(name: String, value: Html, class: &'static str) -> Html {
    html! {
        <div {class}>
            <dt>{ name }</dt>
            <dd>{ value }</dd>
        </div>
    }
}

fn mark_of(mark: u32) -> Html {
    if mark == 0 {
        html! { <span class="muted">{ say!("lane-no-mark") }</span> }
    } else {
        html! { <ins>{ format!("{mark:#x}") }</ins> }
    }
}

/// `TCP SYN`
pub fn protocol(packet: &Packet) -> String {
    let name = packet.protocol().to_string().to_uppercase();
    match &packet.transport {
        Transport::Tcp { flags, .. } => format!("{name} {flags}"),
        Transport::Icmp(icmp) => format!("{name} {}/{}", icmp.kind, icmp.code),
        _ => name,
    }
}
