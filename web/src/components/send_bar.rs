use datapath_core::lab::{Client, Target};
use yew::prelude::*;

use super::client_select::ClientSelect;
use super::other_address::OtherAddress;
use super::service_select::ServiceSelect;
use super::{ModelProps, Settled};
use crate::state::Action;
use crate::text::say;

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
    html! {
        <section class="card send" aria-label={say!("send-title")}>
            <ClientSelect model={settled.clone()} />
            <ServiceSelect model={settled} />
            <div class="buttons">
                <button type="button" class={send} aria-disabled={off(sends)} onclick={act(Action::Send, sends)}>
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
            { notice(props) }
        </section>
    }
}

fn notice(ModelProps { model }: &ModelProps) -> Html {
    let text = match (&model.target, &model.shown) {
        (None, _) if model.lab().is_copied() => say!("send-no-address"),
        (None, _) => say!("send-no-target"),
        (Some(target), None) if !model.is_connected() && is_of_another_family(model.client.as_ref(), target) => {
            say!("send-not-sent")
        }
        _ => return html! {},
    };
    html! { <p class="notice" role="status">{ text }</p> }
}

/// A process takes whatever address its node has.
fn is_of_another_family(client: Option<&Client>, target: &Target) -> bool {
    let address = client.and_then(|client| client.address);
    address.is_some_and(|address| address.is_ipv4() != target.destination.address.is_ipv4())
}
