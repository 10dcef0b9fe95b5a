use datapath_core::lab::{Client, Target};
use yew::prelude::*;

use crate::text::{self, say};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub client: Option<Client>,
    pub target: Option<Target>,
    pub unfolded: bool,
    pub onclick: Callback<MouseEvent>,
}

/// On a phone: what would be sent, in two lines, in place of the fields that say it, and the way to them.
#[component]
pub fn ChosenPacket(Props { client, target, unfolded, onclick }: &Props) -> Html {
    let from = client.as_ref().map(|client| text::client(&client.kind));
    let source = client.as_ref().and_then(|client| client.address).map(|address| address.to_string());
    let place =
        target.as_ref().map(|target| format!("{} {}", target.place(), target.protocol.to_string().to_uppercase()));
    html! {
        <button type="button" class="chosen" aria-expanded={unfolded.to_string()} {onclick}>
            <span class="ends">
                <span class="unseen">{ say!("send-from") }{ " " }</span>
                <b>{ from }</b>
                <span aria-hidden="true">{ " → " }</span>
                <span class="unseen">{ " " }{ say!("send-to") }{ " " }</span>
                <b>{ target.as_ref().map(name_of) }</b>
            </span>
            <span class="mono">{ for source.map(|source| format!("{source} → ")) }{ place }</span>
            <span class="change">{ say!("send-change") }</span>
        </button>
    }
}

/// `web:http`
fn name_of(target: &Target) -> String {
    match target.port_name.as_ref() {
        "" => target.service.name.to_string(),
        port => format!("{}:{port}", target.service.name),
    }
}
