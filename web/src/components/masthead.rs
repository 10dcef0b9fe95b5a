use yew::prelude::*;

use super::SettledProps;
use super::segmented::Segmented;
use crate::state::Action;
use crate::text::page;
use crate::theme::Theme;

#[component]
pub fn Masthead(props: &SettledProps) -> Html {
    let model = &props.model;
    let dispatcher = model.dispatcher();
    let onchoose = Callback::from(move |index: usize| dispatcher.dispatch(Action::Theme(Theme::ALL[index])));
    let dispatcher = model.dispatcher();
    let onkeys = Callback::from(move |_| dispatcher.dispatch(Action::Keys(true)));
    let chosen = Theme::ALL.iter().position(|theme| *theme == model.theme).unwrap_or_default();
    html! {
        <header class="masthead">
            <div class="name">
                <h1>{ page::NAME }</h1>
                <p>{ page::PROMISE }</p>
            </div>
            <Segmented
                class="theme"
                label={page::THEME}
                options={Theme::ALL.map(|theme| theme.name().into()).to_vec()}
                {chosen}
                {onchoose}
            />
            <button type="button" class="quiet round" aria-label={page::KEYS} title={page::KEYS} onclick={onkeys}>
                { "?" }
            </button>
        </header>
    }
}
