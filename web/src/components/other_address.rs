use datapath_core::lab::{Asked, AskedField, Means, Packets, SourcePort};
use gloo::utils::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::ModelProps;
use super::picker::{Choice, Group, Picker};
use crate::state::{Action, Handle};
use crate::text::{self, say};

/// What may be typed, for example.
const CLIENT_OF_NODE: &str = "10.0.0.5 behind eth0";
const CLIENT_OUTSIDE: &str = "198.51.100.7";
const PORT: &str = "40000";
const DESTINATION: &str = "10.96.0.1:80/tcp";
const ECHOED: &str = "10.96.0.1";

/// Whose buttons send the packet, wherever they stand.
pub const FORM: &str = "packet";

/// A packet as nobody lists it: by any protocol, from any port, between any addresses, whether rules know them or not.
/// What is folded away is not asked.
#[component]
pub fn OtherAddress(props: &ModelProps) -> Html {
    let model = &props.model;
    let (means, port) = (use_state_eq(|| 0_usize), use_state_eq(|| 0_usize));
    let (source, destination, number, twice) = (use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref());
    let by = means.checked_sub(1).and_then(|place| Means::ALL.get(place).copied());
    let is_echo = by == Some(Means::Echo);
    let row = use_node_ref();
    let onsubmit = {
        let (dispatcher, port) = (model.dispatcher(), *port);
        let (row, can_send) = (row.clone(), model.target.is_some());
        let (source, destination, number, twice) = (source.clone(), destination.clone(), number.clone(), twice.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !is_unfolded(&row) {
                if can_send {
                    dispatcher.dispatch(Action::Send);
                }
                return;
            }
            let at_once = twice.cast::<HtmlInputElement>().is_some_and(|input| input.checked());
            let packets = if at_once { Packets::TwoAtOnce } else { Packets::One };
            let port = match port {
                _ if is_echo => SourcePort::Next,
                1 => SourcePort::Random,
                2 => SourcePort::This(value(&number)),
                _ => SourcePort::Next,
            };
            let asked = Asked { source: value(&source), destination: value(&destination), protocol: by, port };
            dispatcher.dispatch(Action::Ask(asked, packets));
        })
    };
    let protocols = [say!("send-as-chosen"), "TCP".to_owned(), "UDP".to_owned(), "SCTP".to_owned(), say!("send-echo")];
    let ports = [say!("send-port-next"), say!("send-port-random"), say!("send-port-this")];
    let like = |input: &NodeRef, field, label, like| field_of(model, field, label, like, input);
    let client = if model.lab().is_copied() { CLIENT_OF_NODE } else { CLIENT_OUTSIDE };
    html! {
        <details class="other" ref={row}>
            <summary>{ say!("send-other") }</summary>
            <form id={FORM} {onsubmit}>
                { list(say!("send-protocol"), protocols.to_vec(), &means) }
                if !is_echo {
                    { list(say!("send-source-port"), ports.to_vec(), &port) }
                    if *port == 2 { { like(&number, AskedField::Port, say!("send-port-number"), PORT) } }
                }
                { like(&source, AskedField::Source, say!("send-source"), client) }
                { like(&destination, AskedField::Destination, say!("send-destination"), if is_echo { ECHOED } else { DESTINATION }) }
                <label class="check" title={say!("send-twice-why")}>
                    <input ref={twice} type="checkbox" />
                    <span>{ say!("send-twice") }</span>
                </label>
                <div class="buttons">
                    <button type="submit">{ say!("send-ask") }</button>
                    { again(model) }
                </div>
            </form>
        </details>
    }
}

/// Sends what the form says, as its button does.
pub fn press_send() {
    let button = document().query_selector(&format!("button[form={FORM}]")).ok().flatten();
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        button.click();
    }
}

/// Whether the fields are there to be seen: on a phone more than the row is folded.
fn is_unfolded(row: &NodeRef) -> bool {
    row.cast::<HtmlElement>().is_some_and(|row| row.has_attribute("open") && row.offset_height() > 0)
}

fn value(input: &NodeRef) -> String {
    input.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
}

fn list(label: String, options: Vec<String>, chosen: &UseStateHandle<usize>) -> Html {
    let choices = options.into_iter().enumerate().map(|(value, text)| Choice { value, text }).collect();
    let set = chosen.setter();
    html! {
        <label class="field short">
            <span>{ label }</span>
            <Picker groups={vec![Group { choices, ..Group::default() }]} chosen={**chosen} onchoose={Callback::from(move |index| set.set(index))} />
        </label>
    }
}

/// Why it was not sent stands below the field that it is about.
fn field_of(model: &Handle, field: AskedField, label: String, like: &'static str, input: &NodeRef) -> Html {
    let why = model.unasked.as_ref().filter(|unasked| unasked.field == field).map(|unasked| &unasked.why);
    let id = format!("asked-{field:?}");
    html! {
        <div class="field">
            <label>
                <span>{ label }</span>
                <input ref={input} class="mono" placeholder={like} spellcheck="false" autocomplete="off" autocapitalize="off"
                    aria-invalid={why.is_some().to_string()} aria-describedby={why.is_some().then(|| id.clone())} />
            </label>
            if let Some(why) = why { <span {id} class="wrong" role="alert">{ text::say(why) }</span> }
        </div>
    }
}

/// The connection of before, opened once more.
fn again(model: &Handle) -> Html {
    let may = model.is_connected();
    let dispatcher = model.dispatcher();
    let onclick = Callback::from(move |_: MouseEvent| {
        if may {
            dispatcher.dispatch(Action::SendAgain);
        }
    });
    html! {
        <button type="button" aria-disabled={(!may).then_some("true")} title={say!("send-again-why")} {onclick}>{ say!("send-again") }</button>
    }
}
