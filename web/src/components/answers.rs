use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lab::{Answer, Answers, ChiSquare, LaneAnswers};
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::SettledProps;
use super::answers_chart::chart;
use super::chart::ChartFigure;
use super::csv;
use super::segmented::Segmented;
use crate::state::Handle;
use crate::text::{self, answers as t, say};

const SIZES: [u32; 3] = [100, 1_000, 10_000];
/// Milliseconds of work between two frames.
const SLICE: f64 = 30.0;
/// Milliseconds for the page between two slices.
const BREATH: u32 = 10;
/// Answers that are listed; a Service may have thousands of endpoints.
pub const LISTED: usize = 12;

/// Who answers new connections: what chance makes of each datapath, and a sample of connections.
#[component]
pub fn WhoAnswers(props: &SettledProps) -> Html {
    let model = &props.model;
    let size = use_state_eq(|| 1);
    let (answers, is_running, onrun) = use_answers(model, SIZES[*size]);
    let wanted = SIZES[*size] * u32::try_from(model.lab().lanes.len()).unwrap_or_default();
    let choose = size.setter();
    let shown = answers.as_ref().map(|answers| {
        let csv = {
            let answers = Rc::clone(answers);
            Callback::from(move |()| csv::answers(&answers.borrow()))
        };
        let answers = answers.borrow();
        let done = answers.opened();
        let chart = (!is_running).then(|| chart(&answers)).flatten();
        html! {
            <>
                <p class="muted progress" data-done={(!is_running).then_some("")}>
                    <progress max={wanted.to_string()} value={done.to_string()} aria-label={say!("answers-progress")} />
                    { t::progress(done as usize, wanted as usize, is_running) }
                </p>
                <div class="thirds">{ for answers.lanes().map(|lane| in_lane(&lane)) }</div>
                if let Some(chart) = chart {
                    <h4>{ &chart.title }</h4>
                    <p class="muted">{ &chart.about }</p>
                    <ChartFigure {chart} name="answers" {csv} theme={model.theme} />
                    <p class="muted">{ say!("answers-chi-square") }</p>
                }
            </>
        }
    });
    html! {
        <div class="answers">
            <h3>{ say!("answers-title") }</h3>
            <p class="muted">{ say!("answers-note") }</p>
            <div class="choices">
                <Segmented
                    label={say!("answers-connections")}
                    options={SIZES.map(|size| text::number(size as usize).into()).to_vec()}
                    chosen={*size}
                    onchoose={Callback::from(move |index| choose.set(index))}
                />
                <button type="button" disabled={model.client.is_none() || model.target.is_none()} onclick={onrun}>
                    { if is_running { say!("answers-stop") } else { say!("answers-open") } }
                </button>
            </div>
            // A place of its own also while it is empty: else what stands before it is made anew, and loses the focus.
            <>{ shown }</>
        </div>
    }
}

fn in_lane(lane: &LaneAnswers<'_>) -> Html {
    let mode = lane.mode.to_string();
    let most = lane.answers.iter().map(|answer| answer.sampled).max().unwrap_or(0).max(1);
    html! {
        <div class={mode.clone()} data-mode={mode.clone()}>
            <h4><span class="swatch" />{ text::mode(lane.mode) }</h4>
            <div class="scroll" data-scrolls="" tabindex="0" role="group" aria-label={format!("{}: {}", say!("answers-title"), text::mode(lane.mode))}>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{ say!("answers-answered-by") }</th>
                            <th scope="col">{ say!("answers-chance") }</th>
                            <th scope="col">{ say!("answers-expected") }</th>
                            <th scope="col">{ say!("answers-counted", connections = lane.connections) }</th>
                        </tr>
                    </thead>
                    <tbody>{ for lane.answers.iter().take(LISTED).map(|answer| row(answer, lane, most)) }</tbody>
                </table>
            </div>
            if lane.answers.len() > LISTED {
                <p class="muted">{ say!("answers-more", count = lane.answers.len() - LISTED) }</p>
            }
            <p class="muted">{ finding(lane) }</p>
        </div>
    }
}

fn row(answer: &Answer, lane: &LaneAnswers<'_>, most: u32) -> Html {
    let share = f64::from(answer.sampled) * 100.0 / f64::from(most);
    let chance = if lane.draws { t::chance(answer) } else { t::NO_CHANCE.to_owned() };
    html! {
        <tr>
            <td>{ say(&answer.text) }</td>
            <td class="number">{ chance }{ for t::draws(answer).map(|draws| html! { <small>{ draws }</small> }) }</td>
            <td class="number">{ t::expected(lane.expected(answer.probability)) }</td>
            <td class="number" ~style={format!("--share:{share:.2}%")}>{ text::number(answer.sampled as usize) }</td>
        </tr>
    }
}

fn finding(lane: &LaneAnswers<'_>) -> String {
    match lane.fit() {
        _ if !lane.draws => say!("answers-turns"),
        Some(ChiSquare { statistic, degrees, probability }) => t::fit(statistic, degrees, probability),
        None if lane.has_more_ways => say!("answers-more-ways"),
        None => String::new(),
    }
}

type Run = (Option<Rc<RefCell<Answers>>>, bool, Callback<MouseEvent>);

/// Opens connections, with time for the page between them. What was found goes once something else is asked, or the
/// cluster changes.
#[hook]
fn use_answers(model: &Handle, wanted: u32) -> Run {
    let answers = use_state(|| None::<Rc<RefCell<Answers>>>);
    let slices = use_state_eq(|| None::<u32>);
    let asked = (model.edition, model.client.clone(), model.target.clone(), wanted);
    {
        let (answers, slices) = (answers.setter(), slices.setter());
        use_effect_with(asked, move |_| {
            answers.set(None);
            slices.set(None);
        });
    }
    {
        let (of, slices) = ((*answers).clone(), slices.clone());
        use_effect_with(*slices, move |slice| {
            let timer = slice.zip(of).map(|(slice, of)| {
                Timeout::new(BREATH, move || {
                    let end = js_sys::Date::now() + SLICE;
                    let mut goes_on = true;
                    while goes_on && js_sys::Date::now() < end {
                        goes_on = of.borrow_mut().advance(wanted);
                    }
                    slices.set(goes_on.then_some(slice + 1));
                })
            });
            move || drop(timer)
        });
    }
    let onrun = {
        let (model, answers, slices) = (model.clone(), answers.clone(), slices.clone());
        Callback::from(move |_: MouseEvent| {
            if slices.is_some() {
                slices.set(None);
            } else if let (Some(client), Some(target)) = (&model.client, &model.target) {
                answers.set(Some(Rc::new(RefCell::new(Answers::new(&model.lab(), client, target)))));
                slices.set(Some(0));
            }
        })
    };
    ((*answers).clone(), slices.is_some(), onrun)
}
