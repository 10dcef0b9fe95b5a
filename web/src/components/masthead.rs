use yew::prelude::*;

use super::SettledProps;
use super::icon::Icon;
use super::picker::{Choice, Group, Picker};
use super::segmented::Segmented;
use super::undoing::Undoing;
use crate::language::Preference;
use crate::state::{Action, Study};
use crate::text::say;
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
    let dispatcher = model.dispatcher();
    let onlearn = Callback::from(move |_| dispatcher.dispatch(Action::Study(Study::List(true))));
    let chosen = Theme::ALL.iter().position(|theme| *theme == model.theme).unwrap_or_default();
    let preferences: Vec<Preference> = Preference::all().collect();
    let spoken = preferences.iter().position(|one| *one == model.language).unwrap_or_default();
    let name = |(value, Preference(language)): (usize, &Preference)| Choice {
        value,
        text: language.map_or_else(|| say!("page-language-auto"), |language| language.name().to_owned()),
    };
    let choices = preferences.iter().enumerate().map(name).collect();
    let groups = vec![Group { choices, ..Group::default() }];
    let dispatcher = model.dispatcher();
    let onspeak = Callback::from(move |index: usize| dispatcher.dispatch(Action::Language(preferences[index])));
    html! {
        <header class="masthead">
            <div class="name">
                <h1>{ say!("page-name") }</h1>
                <p>{ say!("page-promise") }</p>
            </div>
            <Undoing model={model.clone()} />
            <button type="button" class="learn-button" onclick={onlearn}>{ say!("learn-open") }</button>
            <button type="button" class="tour-button" onclick={ontour}>{ say!("tour-title") }</button>
            <button type="button" class="share" aria-label={say!("keep-title")} title={say!("keep-title")} onclick={onkeep}>
                { Icon::Share.view() }
                <span>{ say!("keep-open") }</span>
            </button>
            <Segmented
                class="theme"
                label={say!("page-theme")}
                options={vec![say!("page-theme-auto").into(), say!("page-theme-light").into(), say!("page-theme-dark").into()]}
                {chosen}
                {onchoose}
            />
            <Picker class="language" label={say!("page-language")} {groups} chosen={spoken} onchoose={onspeak} />
            <button type="button" class="quiet round" aria-label={say!("page-keys")} title={say!("page-keys")} onclick={onkeys}>
                { "?" }
            </button>
        </header>
    }
}
