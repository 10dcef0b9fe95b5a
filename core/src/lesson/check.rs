use super::{Challenge, Kind, Lesson, Line, Performed, Prediction, Step, Tested, deeds};
use crate::lab::{Lab, Refused};
use crate::message;
use crate::message::Argument;
use crate::session::{Session, View};
use crate::source::{Diagnostic, Position};

/// Reads a file and runs what is in it: the lesson, as far as it can be read, and all that is wrong with it.
pub fn examine(text: &str) -> (Option<Lesson>, Vec<Diagnostic>) {
    match Lesson::read(text) {
        Ok(lesson) => {
            let wrong = check(&lesson);
            (Some(lesson), wrong)
        }
        Err(wrong) => (None, wrong),
    }
}

/// Runs a lesson from beginning to end, and tells what is wrong with it: a deed that cannot be done, a question without
/// exactly one right answer, a challenge that is solved by doing nothing or not solved by its solution.
pub fn check(lesson: &Lesson) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    let Some(mut session) = opened(lesson, &mut wrong) else {
        return wrong;
    };
    match &lesson.kind {
        Kind::Scenario => {}
        Kind::Lesson { steps } => steps.iter().for_each(|step| run(step, &mut session, &mut wrong)),
        Kind::Challenge(challenge) => solve(challenge, session, &mut wrong),
    }
    wrong.sort_by_key(|wrong| wrong.position);
    wrong
}

impl Lesson {
    /// The session that it begins with.
    ///
    /// # Errors
    /// Says why its cluster is no lab.
    pub fn open(&self) -> Result<Session, Refused> {
        let mut session = Session::new(Lab::open(&self.cluster, Session::SEED)?);
        session.open_with(deeds(&self.opening));
        Ok(session)
    }
}

fn opened(lesson: &Lesson, wrong: &mut Vec<Diagnostic>) -> Option<Session> {
    let mut session = match Lab::open(&lesson.cluster, Session::SEED) {
        Ok(lab) => Session::new(lab),
        Err(Refused { diagnostics }) => {
            wrong.extend(diagnostics.into_iter().map(|diagnostic| in_file(diagnostic, lesson.cluster_at)));
            return None;
        }
    };
    perform(&mut session, &lesson.opening, wrong);
    lesson.open().ok()
}

/// What is said of a text, said of the file in which it begins at some line.
fn in_file(diagnostic: Diagnostic, at: Position) -> Diagnostic {
    let line = diagnostic.position.line + at.line - 1;
    Diagnostic { position: Position::new(line, diagnostic.position.column), ..diagnostic }
}

fn perform(session: &mut Session, lines: &[Line], wrong: &mut Vec<Diagnostic>) -> Performed {
    let mut performed = Performed::default();
    for Line { at, deed } in lines {
        if let Err(undone) = performed.perform(session, deed, &View::default()) {
            let written = deed.to_string();
            let before = undone.words().and_then(|words| written.split_once(words)).map_or("", |(before, _)| before);
            let column = at.column + u32::try_from(before.chars().count()).unwrap_or_default();
            let expected = message!("expected-doable");
            let message = message!("wrong-cannot-be-done", why = undone.tell());
            wrong.push(Diagnostic::error(Position::new(at.line, column), message, expected, message!("advice-line")));
        }
    }
    performed
}

fn run(step: &Step, session: &mut Session, wrong: &mut Vec<Diagnostic>) {
    let performed = perform(session, &step.run, wrong);
    if let Some(prediction) = &step.prediction {
        wrong.extend(ambiguous(prediction, session, &performed));
    }
}

/// That not exactly one answer is right.
fn ambiguous(prediction: &Prediction, session: &Session, performed: &Performed) -> Option<Diagnostic> {
    let right = prediction.judge(session, performed);
    if right.iter().filter(|right| **right).count() == 1 {
        return None;
    }
    let verdicts = prediction.choices.iter().zip(&right).map(|(choice, right)| {
        let compared = compared(&choice.condition.compared(session, performed));
        Argument::from(if *right {
            message!("wrong-answer-right", compared = compared)
        } else {
            message!("wrong-answer-wrong", compared = compared)
        })
    });
    let verdicts = verdicts.rev().reduce(|rest, first| message!("wrong-list", first = first, rest = rest).into());
    Some(Diagnostic::error(
        prediction.at,
        message!("wrong-answers", verdicts = verdicts.unwrap_or_else(|| "".into())),
        message!("expected-one-right"),
        message!("advice-conditions"),
    ))
}

/// What was compared, comparison by comparison.
fn compared(pairs: &[(Option<f64>, Option<f64>)]) -> Argument {
    let number = |number: Option<f64>| match number {
        Some(number) => Argument::from(number.to_string()),
        None => message!("wrong-nothing").into(),
    };
    let one = |(left, right): &(Option<f64>, Option<f64>)| {
        Argument::from(message!("wrong-compared", left = number(*left), right = number(*right)))
    };
    let all = pairs.iter().map(one).reduce(|one, next| message!("wrong-together", one = one, next = next).into());
    all.unwrap_or_else(|| "".into())
}

fn solve(challenge: &Challenge, mut session: Session, wrong: &mut Vec<Diagnostic>) {
    let is_solved = |session: &Session| challenge.tested(session).iter().all(Tested::is_met);
    if is_solved(&session) {
        let expected = message!("expected-goal");
        let message = message!("wrong-goal-reached");
        wrong.push(Diagnostic::error(challenge.at, message, expected, message!("advice-goal-or-opening")));
    }
    perform(&mut session, &challenge.solution, wrong);
    for tested in challenge.tested(&session).iter().filter(|tested| !tested.is_met()) {
        let (at, message) = match tested {
            Tested::Done { undone, at, .. } => {
                let why = undone.clone().map_or_else(|| Argument::from(""), Argument::from);
                (*at, message!("wrong-solution-undone", why = why))
            }
            Tested::Claim { what, at, .. } => (*at, message!("wrong-solution-goal", what = what.to_string())),
        };
        wrong.push(Diagnostic::error(at, message, message!("expected-solution"), message!("advice-goal-or-solution")));
    }
}
