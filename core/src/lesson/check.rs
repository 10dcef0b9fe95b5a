use super::{Challenge, Choice, Kind, Lesson, Performed, Step};
use crate::lab::{Lab, Refused};
use crate::session::{Deed, Session, View};
use crate::source::{Diagnostic, Position};

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
    wrong
}

impl Lesson {
    /// The session that it begins with.
    ///
    /// # Errors
    /// Says why its cluster is no lab.
    pub fn open(&self) -> Result<Session, Refused> {
        let mut session = Session::new(Lab::open(&self.cluster, Session::SEED)?);
        session.open_with(&self.opening);
        Ok(session)
    }
}

fn opened(lesson: &Lesson, wrong: &mut Vec<Diagnostic>) -> Option<Session> {
    let mut session = match Lab::open(&lesson.cluster, Session::SEED) {
        Ok(lab) => Session::new(lab),
        Err(Refused { diagnostics }) => {
            wrong.extend(diagnostics);
            return None;
        }
    };
    perform(&mut session, &lesson.opening, Position::START, wrong);
    lesson.open().ok()
}

fn perform(session: &mut Session, deeds: &[Deed], at: Position, wrong: &mut Vec<Diagnostic>) -> Performed {
    let mut performed = Performed::default();
    for deed in deeds {
        if let Err(undone) = performed.perform(session, deed, &View::default()) {
            let expected = "something that can be done in the lab as it is then";
            wrong.push(Diagnostic::error(at, format!("{deed}: {}", undone.tell()), expected, "correct the line"));
        }
    }
    performed
}

fn run(step: &Step, session: &mut Session, wrong: &mut Vec<Diagnostic>) {
    let performed = perform(session, &step.run, step.at, wrong);
    let Some(prediction) = &step.prediction else { return };
    let right = prediction.judge(session, &performed);
    if right.iter().filter(|right| **right).count() != 1 {
        let number = |number: Option<f64>| number.map_or_else(|| "nothing".to_owned(), |number| number.to_string());
        let verdict = |(choice, right): (&Choice, &bool)| {
            let compared = choice.condition.compared(session, &performed).into_iter();
            let compared = compared.map(|(left, right)| format!(" ({} and {} compared)", number(left), number(right)));
            format!("{}{}", if *right { "right" } else { "wrong" }, compared.collect::<String>())
        };
        let verdicts: Vec<_> = prediction.choices.iter().zip(&right).map(verdict).collect();
        wrong.push(Diagnostic::error(
            step.at,
            format!("the answers to {:?} are {}", step.title, verdicts.join(", ")),
            "exactly one that is right after the run",
            "correct the conditions, or what is claimed",
        ));
    }
}

fn solve(challenge: &Challenge, mut session: Session, wrong: &mut Vec<Diagnostic>) {
    let mut expect = |is_so: bool, message: &str, expected: &str| {
        if !is_so {
            wrong.push(Diagnostic::error(challenge.at, message, expected, "correct the goal or the solution"));
        }
    };
    expect(
        !challenge.is_solved(&session),
        "the goal is reached by doing nothing",
        "a goal that something has to be done for",
    );
    let undone = Performed::of(&mut session, &challenge.solution, &View::default()).err();
    let why = undone.map(|undone| undone.tell().to_string());
    expect(
        why.is_none(),
        &format!("the solution cannot be done: {}", why.as_deref().unwrap_or_default()),
        "one that can",
    );
    expect(challenge.is_solved(&session), "the solution does not reach the goal", "a solution that does");
}
