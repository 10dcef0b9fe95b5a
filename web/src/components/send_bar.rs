use yew::prelude::*;

use super::client_select::ClientSelect;
use super::other_address::OtherAddress;
use super::service_select::ServiceSelect;
use super::{ModelProps, Settled};
use crate::state::Action;
use crate::text::send;

#[component]
pub fn SendBar(props: &ModelProps) -> Html {
    let model = &props.model;
    let act = |action: Action| {
        let dispatcher = model.dispatcher();
        Callback::from(move |_: MouseEvent| dispatcher.dispatch(action.clone()))
    };
    let settled = Settled::from(model);
    let connected = model.is_connected();
    let send = model.sends_next().then_some("primary");
    html! {
        <section class="card send" aria-label={send::TITLE}>
            <ClientSelect model={settled.clone()} />
            <ServiceSelect model={settled} />
            <div class="buttons">
                <button type="button" class={classes!(send)} disabled={model.target.is_none()} onclick={act(Action::Send)}>
                    { send::SEND }
                </button>
                <button type="button" disabled={!connected} onclick={act(Action::SendNext)} title={send::NEXT}>
                    { send::NEXT_SHORT }
                </button>
            </div>
            <OtherAddress model={model.clone()} />
            { notice(props) }
        </section>
    }
}

fn notice(ModelProps { model }: &ModelProps) -> Html {
    let text = match (&model.target, &model.shown) {
        (None, _) if model.lab().is_copied() => send::NO_ADDRESS,
        (None, _) => send::NO_TARGET,
        (Some(_), None) if !model.is_connected() => send::NOT_SENT,
        _ => return html! {},
    };
    html! { <p class="notice" role="status">{ text }</p> }
}
