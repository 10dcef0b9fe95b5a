use std::rc::Rc;

use datapath_core::lesson::{Belief, Kind, Lesson};
use yew::prelude::*;

use super::ModelProps;
use super::dialog::use_dialog;
use super::prose::spans;
use crate::address;
use crate::state::{Action, Chapter, Course, Done, Handle, Study};
use crate::text::say;

/// The list of lessons and challenges, with what was done of each, and what people believe.
#[component]
pub fn Learn(props: &ModelProps) -> Html {
    let model = &props.model;
    let dialog = use_dialog(model.menu);
    let dispatcher = model.dispatcher();
    let close = Callback::from(move |()| dispatcher.dispatch(Action::Study(Study::List(false))));
    let dispatcher = model.dispatcher();
    let ontour = Callback::from(move |_: MouseEvent| {
        dispatcher.dispatch(Action::Study(Study::List(false)));
        dispatcher.dispatch(Action::Tour(true));
    });
    html! {
        <dialog ref={dialog} class="sheet learn" aria-labelledby="learn-title" onclose={close.reform(|_: Event| ())}>
            <header>
                <h2 id="learn-title">{ say!("learn-title") }</h2>
                <button type="button" class="quiet round" aria-label={say!("keep-close")} title={say!("keep-close")} onclick={close.reform(|_: MouseEvent| ())}>
                    { "×" }
                </button>
            </header>
            if model.menu {
                <p class="muted">{ say!("learn-note") }</p>
                <div class="buttons"><button type="button" onclick={ontour}>{ say!("learn-tour") }</button></div>
                if let Some(course) = model.course.clone() {
                    { for course.chapters.iter().map(|part| chapter(model, part)) }
                    { for course.refused.iter().map(|why| html! { <p class="wrong mono">{ why }</p> }) }
                    { beliefs(model, &course) }
                } else {
                    <p role="status">{ say!("learn-loading") }</p>
                }
            }
        </dialog>
    }
}

fn chapter(model: &Handle, chapter: &Chapter) -> Html {
    html! {
        <section>
            <h3>{ chapter.title.clone() }</h3>
            <ul class="lessons">{ for chapter.lessons.iter().map(|(name, lesson)| entry(model, name, lesson)) }</ul>
        </section>
    }
}

fn entry(model: &Handle, name: &Rc<str>, lesson: &Rc<Lesson>) -> Html {
    let done = model.progress.get(&**name).cloned().unwrap_or_default();
    let (is_done, state) = state(&done, lesson);
    html! {
        <li class={classes!(is_done.then_some("done"))}>
            <a href={address::of_lesson(name, 0)} onclick={open(model, name)}>{ lesson.title.clone() }</a>
            <span class="muted">{ lesson.about.clone() }</span>
            <span class="muted state">{ state }</span>
        </li>
    }
}

fn state(done: &Done, lesson: &Lesson) -> (bool, String) {
    match (&lesson.kind, done.solved) {
        (Kind::Challenge(challenge), Some(actions)) => {
            (true, say!("learn-solved-in", actions = actions, par = challenge.par))
        }
        (Kind::Challenge(_), None) => (false, say!("learn-minutes", minutes = lesson.minutes)),
        _ => match done.of(lesson) {
            (0, _) => (false, say!("learn-minutes", minutes = lesson.minutes)),
            (done, all) => (done == all, say!("learn-done-of", done = done, all = all)),
        },
    }
}

/// Opens a lesson as a click on its link would, without leaving a trace in the browser's history for each.
fn open(model: &Handle, name: &Rc<str>) -> Callback<MouseEvent> {
    let (dispatcher, name) = (model.dispatcher(), name.clone());
    Callback::from(move |event: MouseEvent| {
        // Another tab was asked for.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        dispatcher.dispatch(Action::Study(Study::Open { name: name.clone(), step: 0 }));
    })
}

fn beliefs(model: &Handle, course: &Course) -> Html {
    if course.beliefs.is_empty() {
        return html! {};
    }
    html! {
        <section>
            <h3>{ say!("learn-beliefs") }</h3>
            <p class="muted">{ say!("learn-beliefs-note") }</p>
            <div class="scroll" tabindex="0" role="group" aria-label={say!("learn-beliefs")}>
                <table class="beliefs">
                    <thead>
                        <tr>
                            <th scope="col">{ say!("learn-belief") }</th>
                            <th scope="col">{ say!("learn-fact") }</th>
                            <th scope="col">{ say!("learn-try") }</th>
                        </tr>
                    </thead>
                    <tbody>{ for course.beliefs.iter().map(|belief| row(model, course, belief)) }</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(model: &Handle, course: &Course, belief: &Belief) -> Html {
    let tried = course.lessons().filter(|(_, lesson)| lesson.beliefs.contains(&belief.number));
    let link = |(name, lesson): &(Rc<str>, Rc<Lesson>)| {
        html! { <li><a href={address::of_lesson(name, 0)} onclick={open(model, name)}>{ lesson.title.clone() }</a></li> }
    };
    html! {
        <tr>
            <th scope="row">{ spans(&belief.belief) }</th>
            <td>{ spans(&belief.fact) }</td>
            <td><ul>{ for tried.map(link) }</ul></td>
        </tr>
    }
}
