use yew::prelude::*;

use crate::offline::News;
use crate::state::{Action, Busy, Handle};
use crate::text::{cluster, history, notice as t, say};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: Handle,
    /// A new version that waits.
    pub news: Option<News>,
}

/// What is said over the page, so that nothing in it moves.
#[component]
pub fn Notices(Props { model, news }: &Props) -> Html {
    let act = |action: Action| {
        let dispatcher = model.dispatcher();
        Callback::from(move |_: MouseEvent| dispatcher.dispatch(action.clone()))
    };
    let reload = news.clone().map(|news| Callback::from(move |_: MouseEvent| news.open()));
    let replaying = match model.loading {
        Some(Busy::Replaying(progress)) => Some(progress),
        _ => None,
    };
    let read = use_state_eq(|| false);
    let onread = {
        let read = read.setter();
        Callback::from(move |_: MouseEvent| read.set(true))
    };
    use_effect_with(model.unkept.is_some(), {
        let read = read.setter();
        move |_| read.set(false)
    });
    html! {
        <div class="notices">
            if let Some(why) = model.unkept.filter(|_| !*read) {
                <div class="card" role="status">
                    <p>{ cluster::unkept(why) }</p>
                    <button type="button" class="quiet round" aria-label={say!("notice-close")} title={say!("notice-close")} onclick={onread}>{ "×" }</button>
                </div>
            }
            if let Some(progress) = replaying {
                <div class="card" role="status">
                    <p>{ history::replaying(progress) }</p>
                    <button type="button" onclick={act(Action::StopLoading)}>{ say!("cluster-stop") }</button>
                </div>
            }
            if let Some(notice) = &model.notice {
                <div class="card" role="alert">
                    <p>{ t::text(notice) }</p>
                    <button type="button" class="quiet round" aria-label={say!("notice-close")} title={say!("notice-close")} onclick={act(Action::Notice(None))}>{ "×" }</button>
                </div>
            }
            if let Some(onclick) = reload {
                <div class="card" role="status">
                    <p>{ say!("notice-news") }</p>
                    <button type="button" {onclick}>{ say!("notice-reload") }</button>
                </div>
            }
        </div>
    }
}
