use datapath_core::lab::{Client, Target};
use datapath_core::message;
use datapath_core::message::Message;
use yew::prelude::*;

use super::chosen_packet::ChosenPacket;
use super::client_select::ClientSelect;
use super::other_address::{FORM, OtherAddress};
use super::service_select::ServiceSelect;
use super::{ModelProps, Settled};
use crate::state::{Action, Handle};
use crate::text::{self, say};

#[component]
pub fn SendBar(props: &ModelProps) -> Html {
    let model = &props.model;
    // One that has the focus keeps it when there is nothing more to do for it.
    let act = |action: Action, may: bool| {
        let dispatcher = model.dispatcher();
        Callback::from(move |_: MouseEvent| {
            if may {
                dispatcher.dispatch(action.clone());
            }
        })
    };
    let off = |may: bool| (!may).then_some("true");
    let (sends, closes) = (model.target.is_some(), model.lab().can_close());
    let settled = Settled::from(model);
    let connected = model.is_connected();
    let send = classes!("first", model.sends_next().then_some("primary"));
    let unfolded = use_state_eq(|| false);
    // What is wrong with a field is not left unseen.
    use_effect_with((model.unasked.clone(), complaint(model)), {
        let set = unfolded.setter();
        move |(unasked, complaint)| {
            if unasked.is_some() || complaint.is_some() {
                set.set(true);
            }
        }
    });
    let fold = {
        let unfolded = unfolded.clone();
        Callback::from(move |_: MouseEvent| unfolded.set(!*unfolded))
    };
    html! {
        <section class={classes!("card", "send", unfolded.then_some("unfolded"))} aria-label={say!("send-title")}>
            <ChosenPacket client={model.client.clone()} target={model.target.clone()} unfolded={*unfolded} onclick={fold} />
            <ClientSelect model={settled.clone()} />
            <ServiceSelect model={settled} />
            <div class="buttons">
                <button type="submit" form={FORM} class={send} aria-disabled={off(sends)}>
                    { say!("send-send") }
                </button>
                <button type="button" class="next" aria-disabled={off(connected)} onclick={act(Action::SendNext, connected)} title={say!("send-next")}>
                    { say!("send-next-short") }
                </button>
                <button type="button" aria-disabled={off(closes)} onclick={act(Action::Close, closes)} title={say!("send-close")}>
                    { say!("send-close-short") }
                </button>
            </div>
            <OtherAddress model={model.clone()} />
            if let Some(complaint) = complaint(model) {
                <p class="notice" role="status">{ text::say(&complaint) }</p>
            }
        </section>
    }
}

/// Why what is chosen cannot be sent, or was not.
fn complaint(model: &Handle) -> Option<Message> {
    match (&model.target, &model.shown) {
        (None, _) if model.lab().is_copied() => Some(message!("send-no-address")),
        (None, _) => Some(message!("send-no-target")),
        (Some(target), None) if !model.is_connected() && is_of_another_family(model.client.as_ref(), target) => {
            Some(message!("send-not-sent"))
        }
        _ => None,
    }
}

/// A process takes whatever address its node has.
fn is_of_another_family(client: Option<&Client>, target: &Target) -> bool {
    let address = client.and_then(|client| client.address);
    address.is_some_and(|address| address.is_ipv4() != target.destination.address.is_ipv4())
}
