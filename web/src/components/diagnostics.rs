use datapath_core::source::{Diagnostic, Position, Severity};
use yew::prelude::*;

use crate::text::{say, tell};

/// More are told of, not shown.
const MOST: usize = 50;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub diagnostics: Vec<Diagnostic>,
    /// Goes to a place in the text.
    #[prop_or_default]
    pub ongo: Option<Callback<Position>>,
}

/// What is wrong, where, what was expected, and what to do.
#[component]
pub fn Diagnostics(props: &Props) -> Html {
    let hidden = props.diagnostics.len().saturating_sub(MOST);
    html! {
        <>
            <ul class="diagnostics">
                { for props.diagnostics.iter().take(MOST).map(|diagnostic| item(diagnostic, props.ongo.as_ref())) }
            </ul>
            if hidden > 0 { <p class="muted">{ say!("cluster-more", count = hidden) }</p> }
        </>
    }
}

fn item(diagnostic: &Diagnostic, ongo: Option<&Callback<Position>>) -> Html {
    let (class, name) = match diagnostic.severity {
        Severity::Error => ("error", say!("severity-error")),
        Severity::Warning => ("warning", say!("severity-warning")),
        Severity::Note => ("note", say!("severity-note")),
    };
    let place = diagnostic.position.to_string();
    html! {
        <li {class}>
            <p>
                <strong>{ name }</strong>
                { " " }
                { match ongo {
                    Some(ongo) => go(diagnostic.position, place, ongo),
                    None => html! { { place } },
                } }
                { " " }
                { tell(&diagnostic.message) }
            </p>
            if !diagnostic.expected.is_empty() { <p>{ say!("cluster-expected") }{ " " }{ tell(&diagnostic.expected) }</p> }
            if !diagnostic.advice.is_empty() { <p>{ tell(&diagnostic.advice) }</p> }
        </li>
    }
}

fn go(position: Position, place: String, ongo: &Callback<Position>) -> Html {
    let onclick = ongo.reform(move |_| position);
    html! { <button type="button" class="link number" title={say!("cluster-go")} {onclick}>{ place }</button> }
}
