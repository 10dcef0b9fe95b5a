use yew::prelude::*;

use super::SettledProps;
use super::icon::Icon;
use super::segmented::Segmented;
use super::undoing::Undoing;
use crate::state::Action;
use crate::text::{keep, page, tour};
use crate::theme::Theme;

#[component]
pub fn Masthead(props: &SettledProps) -> Html {
    let model = &props.model;
    let dispatcher = model.dispatcher();
    let onchoose = Callback::from(move |index: usize| dispatcher.dispatch(Action::Theme(Theme::ALL[index])));
    let dispatcher = model.dispatcher();
    let onkeys = Callback::from(move |_| dispatcher.dispatch(Action::Keys(true)));
    let dispatcher = model.dispatcher();
    let onkeep = Callback::from(move |_| dispatcher.dispatch(Action::Keeping(true)));
    let dispatcher = model.dispatcher();
    let ontour = Callback::from(move |_| dispatcher.dispatch(Action::Tour(true)));
    let chosen = Theme::ALL.iter().position(|theme| *theme == model.theme).unwrap_or_default();
    html! {
        <header class="masthead">
            <div class="name">
                <h1>{ page::NAME }</h1>
                <p>{ page::PROMISE }</p>
            </div>
            <Undoing model={model.clone()} />
            <button type="button" class="tour-button" onclick={ontour}>{ tour::TITLE }</button>
            <button type="button" class="share" aria-label={keep::TITLE} title={keep::TITLE} onclick={onkeep}>
                { Icon::Share.view() }
                <span>{ keep::OPEN }</span>
            </button>
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
