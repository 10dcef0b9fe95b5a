use datapath_core::lab::Packets;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::ModelProps;
use crate::state::Action;
use crate::text::{self, say};

/// What may be typed, for example.
const CLIENT_OF_NODE: &str = "10.0.0.5 behind eth0";
const CLIENT_OUTSIDE: &str = "198.51.100.7";
const SOURCE_PORT: &str = "40000";
const DESTINATION: &str = "10.96.0.1:80/tcp";

/// A source and a destination that are typed: any address, whether rules know it or not. The same flow is sent again by the
/// source port that it had.
#[component]
pub fn OtherAddress(props: &ModelProps) -> Html {
    let model = &props.model;
    let (source, destination, port) = (use_node_ref(), use_node_ref(), use_node_ref());
    let twice = use_node_ref();
    let value = |input: &NodeRef| input.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
    let onsubmit = {
        let (dispatcher, source, destination, port, twice) =
            (model.dispatcher(), source.clone(), destination.clone(), port.clone(), twice.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (source, destination, port) = (value(&source), value(&destination), value(&port));
            let at_once = twice.cast::<HtmlInputElement>().is_some_and(|input| input.checked());
            let packets = if at_once { Packets::TwoAtOnce } else { Packets::One };
            dispatcher.dispatch(Action::Ask { source, destination, port, packets });
        })
    };
    let field = |label: String, like: &'static str, input: &NodeRef| {
        html! {
            <label class="field">
                <span>{ label }</span>
                <input ref={input} class="mono" placeholder={like} spellcheck="false" autocomplete="off" autocapitalize="off" />
            </label>
        }
    };
    html! {
        <details class="other">
            <summary>{ say!("send-other") }</summary>
            <form {onsubmit}>
                { field(say!("send-source"), if model.lab().is_copied() { CLIENT_OF_NODE } else { CLIENT_OUTSIDE }, &source) }
                { field(say!("send-source-port"), SOURCE_PORT, &port) }
                { field(say!("send-destination"), DESTINATION, &destination) }
                <label class="check" title={say!("send-twice-why")}>
                    <input ref={twice} type="checkbox" />
                    <span>{ say!("send-twice") }</span>
                </label>
                <button type="submit">{ say!("send-ask") }</button>
            </form>
            { for model.unasked.as_ref().map(|why| html! { <p class="notice" role="alert">{ text::say(why) }</p> }) }
        </details>
    }
}
