use datapath_core::lesson::{Challenge, Choice, Prediction, Step, deeds};
use gloo::utils::window;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::goal::Goal;
use super::icon::Icon;
use super::mistakes::Mistakes;
use super::prose::{blocks, spans};
use super::shell::typed;
use crate::state::{Action, Handle, Learning as State, Study};
use crate::text::say;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: Handle,
}

/// The lesson that is open: what to think about, what to run, and what came of it. Before it, what is wrong with the file
/// that came last.
#[component]
pub fn Learning(Props { model }: &Props) -> Html {
    let panel = use_node_ref();
    let shown = model.learning.as_ref().map(|learning| (learning.lesson.title.clone(), learning.step));
    use_effect_with((shown, model.mistakes.clone()), {
        let panel = panel.clone();
        move |_| {
            if let Some(panel) = panel.cast::<HtmlElement>() {
                panel.set_scroll_top(0);
                // Refused only for what is not in the page.
                let _ = panel.focus();
            }
        }
    });
    if model.learning.is_none() && model.mistakes.is_none() {
        return html! {};
    }
    html! {
        <aside ref={panel} class="lesson" tabindex="-1" aria-labelledby={if model.mistakes.is_some() { "mistakes-title" } else { "lesson-title" }}>
            if let Some(mistakes) = model.mistakes.clone() { <Mistakes model={model.clone()} {mistakes} /> }
            if let Some(learning) = &model.learning { { lesson(model, learning) } }
        </aside>
    }
}

fn lesson(model: &Handle, learning: &State) -> Html {
    let steps = learning.lesson.steps().len();
    // What is printed while a lesson is open is its work sheet. Browsers that cannot print do nothing.
    let print = Callback::from(|_: MouseEvent| window().print().unwrap_or_default());
    html! {
        <>
            <header>
                <div>
                    if learning.step().is_some() { <p class="muted">{ learning.lesson.title.clone() }</p> }
                    <h2 id="lesson-title">{ learning.step().map_or_else(|| learning.lesson.title.clone(), |step| step.title.clone()) }</h2>
                </div>
                <button type="button" class="quiet round" aria-label={say!("worksheet-print")} title={say!("worksheet-print")} onclick={print}>{ Icon::Print.view() }</button>
                <button type="button" class="quiet round" aria-label={say!("learn-leave")} title={say!("learn-leave")} onclick={act(model, Action::Study(Study::Leave))}>{ "×" }</button>
            </header>
            if learning.step == 0 {
                <div class="prose">{ blocks(&learning.lesson.prose) }</div>
            }
            if let Some(step) = learning.step() {
                { in_step(model, learning, step) }
            }
            if let Some(challenge) = learning.challenge() {
                { in_challenge(model, learning, challenge) }
            }
            <footer>
                if steps > 1 {
                    <button type="button" disabled={learning.step == 0} onclick={act(model, Action::Study(Study::Step(learning.step.saturating_sub(1))))}>{ say!("learn-before") }</button>
                    <span class="muted">{ say!("learn-place", at = learning.step + 1, all = steps) }</span>
                }
                if learning.step + 1 < steps {
                    <button type="button" class={classes!(learning.is_run().then_some("primary"))} onclick={act(model, Action::Study(Study::Step(learning.step + 1)))}>{ say!("learn-next") }</button>
                } else {
                    <button type="button" onclick={act(model, Action::Study(Study::List(true)))}>{ say!("learn-more") }</button>
                }
            </footer>
        </>
    }
}

fn act(model: &Handle, action: Action) -> Callback<MouseEvent> {
    let dispatcher = model.dispatcher();
    Callback::from(move |_| dispatcher.dispatch(action.clone()))
}

fn in_step(model: &Handle, learning: &State, step: &Step) -> Html {
    let may_run = step.prediction.is_none() || learning.picked.is_some();
    html! {
        <>
            <div class="prose">{ blocks(&step.before) }</div>
            if let Some(asked) = &step.prediction {
                { question(model, learning, asked) }
            }
            if !step.run.is_empty() {
                <details class="deeds">
                    <summary>{ say!("learn-deeds", count = step.run.len()) }</summary>
                    <pre class="mono" tabindex="0">{ for deeds(&step.run).map(|deed| format!("{deed}\n")) }</pre>
                </details>
                <div class="buttons">
                    <button type="button" class={classes!((!learning.is_run()).then_some("primary"))} disabled={!may_run} onclick={act(model, Action::Study(Study::Run))}>
                        { if learning.is_run() { say!("learn-again") } else { say!("learn-run") } }
                    </button>
                    if !may_run { <span class="muted">{ say!("learn-predict-first") }</span> }
                </div>
            }
            <div role="status">
                if let Some(why) = &learning.undone {
                    <p class="wrong">{ say!("learn-undone", why = why.clone()) }</p>
                } else if let (Some(judged), Some(_)) = (&learning.judged, &step.prediction) {
                    { verdict(model, learning.picked, judged) }
                }
            </div>
            if !learning.typed.is_empty() {
                <div class="printed" tabindex="0" role="group" aria-label={say!("learn-printed")}>
                    { for learning.typed.iter().map(typed) }
                </div>
            }
            if learning.is_run() {
                <div class="prose after">{ blocks(&step.after) }</div>
            }
        </>
    }
}

fn verdict(model: &Handle, picked: Option<usize>, judged: &[bool]) -> Html {
    let is_right = picked.and_then(|picked| judged.get(picked)).copied().unwrap_or_default();
    let (class, text) = match (is_right, judged.contains(&true)) {
        (true, _) => ("verdict right", say!("learn-right")),
        (false, true) if model.shown.is_none() => ("verdict otherwise", say!("learn-otherwise-unsent")),
        (false, true) => ("verdict otherwise", say!("learn-otherwise")),
        (false, false) => ("verdict otherwise", say!("learn-none")),
    };
    html! { <p class={class}>{ text }</p> }
}

fn question(model: &Handle, learning: &State, asked: &Prediction) -> Html {
    let choice = |(index, choice): (usize, &Choice)| {
        let dispatcher = model.dispatcher();
        let onchange = Callback::from(move |_: Event| dispatcher.dispatch(Action::Study(Study::Pick(index))));
        let right = learning.judged.as_ref().and_then(|judged| judged.get(index)).copied();
        let is_picked = learning.picked == Some(index);
        let class = match right {
            Some(true) => Some("right"),
            Some(false) if is_picked => Some("otherwise"),
            _ => None,
        };
        let told = right.filter(|right| *right || is_picked).map(|right| {
            html! { <small>{ if right { say!("learn-is-so") } else { say!("learn-is-not-so") } }</small> }
        });
        html! {
            <label class={classes!(class)}>
                <input type="radio" name="prediction" checked={is_picked} disabled={right.is_some()} {onchange} />
                <span>{ spans(&choice.text) }{ for told }</span>
            </label>
        }
    };
    html! {
        <fieldset class="prediction">
            <legend>{ say!("learn-predict") }</legend>
            <div class="prose">{ blocks(&asked.question) }</div>
            { for asked.choices.iter().enumerate().map(choice) }
        </fieldset>
    }
}

fn in_challenge(model: &Handle, learning: &State, challenge: &Challenge) -> Html {
    let actions = model.actions();
    let hint = |(index, hint): (usize, &Vec<_>)| {
        html! { <li><strong>{ say!("learn-hint", number = index + 1) }</strong>{ blocks(hint) }</li> }
    };
    html! {
        <>
            <p class="muted">{ say!("learn-actions", actions = actions, par = challenge.par) }</p>
            <div role="status">
                if learning.is_solved() {
                    <p class="verdict right">{ say!("learn-solved", actions = actions, par = challenge.par) }</p>
                    <div class="prose after">{ blocks(&challenge.after) }</div>
                }
            </div>
            <Goal goal={learning.goal.clone()} />
            <ol class="hints prose">{ for challenge.hints.iter().take(learning.hints).enumerate().map(hint) }</ol>
            <div class="buttons">
                if learning.hints < challenge.hints.len() && !learning.is_solved() {
                    <button type="button" onclick={act(model, Action::Study(Study::Hint))}>{ say!("learn-give-hint") }</button>
                }
                if actions > 0 {
                    <button type="button" onclick={act(model, Action::Study(Study::Step(0)))}>{ say!("learn-start-again") }</button>
                }
            </div>
        </>
    }
}
