use std::rc::Rc;

use datapath_core::lesson::{Lesson, Prediction, Step, deeds};
use yew::prelude::*;

use super::prose::{blocks, spans};
use crate::text::say;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub lesson: Rc<Lesson>,
}

/// A lesson on paper: its questions with boxes to tick and lines to write on, and none of its answers.
#[component]
pub fn Worksheet(Props { lesson }: &Props) -> Html {
    html! {
        <section class="handout worksheet" aria-labelledby="worksheet">
            <p class="whose"><span>{ say!("worksheet-name") }</span><span>{ say!("worksheet-date") }</span></p>
            <h2 id="worksheet">{ lesson.title.clone() }</h2>
            <p class="about">{ lesson.about.clone() }</p>
            <div class="prose">{ blocks(&lesson.prose) }</div>
            { for lesson.steps().iter().enumerate().filter(|(index, step)| is_asked(step) || index + 1 == lesson.steps().len()).map(step) }
            if lesson.challenge().is_some() {
                { lines(&say!("worksheet-found"), 4) }
                { lines(&say!("worksheet-mended"), 3) }
            }
        </section>
    }
}

/// What a step without a question tells is an answer, but for the last one, which says what to try.
fn is_asked(step: &Step) -> bool {
    step.prediction.is_some() || !step.run.is_empty()
}

fn step((index, step): (usize, &Step)) -> Html {
    html! {
        <section class="step">
            <h3>{ format!("{}. ", index + 1) }{ step.title.clone() }</h3>
            <div class="prose">{ blocks(&step.before) }</div>
            { for step.prediction.as_ref().map(question) }
            if !step.run.is_empty() {
                <pre>{ for deeds(&step.run).map(|deed| format!("{deed}\n")) }</pre>
                { lines(&say!("worksheet-seen"), 2) }
            }
        </section>
    }
}

fn question(asked: &Prediction) -> Html {
    html! {
        <>
            <div class="prose">{ blocks(&asked.question) }</div>
            <ul class="boxes">{ for asked.choices.iter().map(|choice| html! { <li>{ spans(&choice.text) }</li> }) }</ul>
            { lines(&say!("worksheet-because"), 1) }
        </>
    }
}

fn lines(label: &str, count: usize) -> Html {
    html! {
        <div class="lines"><p>{ label }</p>{ for (0..count).map(|_| html! { <hr /> }) }</div>
    }
}
