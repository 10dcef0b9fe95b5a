use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::ModelProps;
use crate::state::Action;
use crate::text::send as t;

/// A source and a destination that are typed: any address, whether rules know it or not.
#[component]
pub fn OtherAddress(props: &ModelProps) -> Html {
    let model = &props.model;
    let (source, destination) = (use_node_ref(), use_node_ref());
    let value = |input: &NodeRef| input.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
    let onsubmit = {
        let (dispatcher, source, destination) = (model.dispatcher(), source.clone(), destination.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatcher.dispatch(Action::Ask { source: value(&source), destination: value(&destination) });
        })
    };
    let field = |label: &'static str, like: &'static str, input: &NodeRef| {
        html! {
            <label class="field">
                <span>{ label }</span>
                <input ref={input} class="mono" placeholder={like} spellcheck="false" autocomplete="off" autocapitalize="off" />
            </label>
        }
    };
    html! {
        <details class="other">
            <summary>{ t::OTHER }</summary>
            <form {onsubmit}>
                { field(t::SOURCE, if model.lab().is_copied() { t::SOURCE_LIKE } else { t::OUTSIDE_LIKE }, &source) }
                { field(t::DESTINATION, t::DESTINATION_LIKE, &destination) }
                <button type="submit">{ t::ASK }</button>
            </form>
            { for model.unasked.as_ref().map(|why| html! { <p class="notice" role="alert">{ &**why }</p> }) }
        </details>
    }
}
