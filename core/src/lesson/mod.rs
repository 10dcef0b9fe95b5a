//! Lessons and challenges: text files that a lab is opened from, with something to predict or to mend, judged by running it.
//!
//! In: Markdown with a head of `key: value` lines and fenced blocks (`cluster`, `do`, `predict`, `goal`, `hint`, `solution`).
//! Out: a [`Lesson`], what its steps do to a [`Session`](crate::session::Session), and whether a [`Condition`] holds there:
//! nobody writes down which answer is right, the model finds it. Left out on purpose: which lessons there are, and who has
//! done which.

mod astray;
mod check;
mod condition;
mod course;
mod head;
mod judge;
mod perform;
mod prose;
mod read;
mod sentence;
mod write;

pub use check::{check, examine};
pub use condition::Condition;
pub use course::{Belief, Chapter, beliefs, chapters};
pub use judge::Tested;
pub use perform::{Performed, Undone};
pub use prose::{Block, Span, plain};
pub use write::scenario;

use std::sync::Arc;

use crate::lab::Refused;
use crate::session::{Deed, Session, View};
use crate::source::Position;

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// The file as it was read.
    pub source: Arc<str>,
    pub title: String,
    /// A sentence for the list.
    pub about: String,
    pub minutes: u32,
    /// Numbers of the beliefs that can be tried in it.
    pub beliefs: Vec<u32>,
    /// Where the text begins that its lab is opened with.
    pub cluster_at: Position,
    pub cluster: Arc<str>,
    /// What is done at once with opening it.
    pub opening: Vec<Line>,
    /// What stands above the first step.
    pub prose: Vec<Block>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Lesson {
        steps: Vec<Step>,
    },
    Challenge(Box<Challenge>),
    /// Nothing to answer or to mend: a lab with an introduction.
    Scenario,
}

/// A line of a file that does something, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at: Position,
    pub deed: Deed,
}

/// Something to think about, to run and to see.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where it begins in its file.
    pub at: Position,
    pub title: String,
    pub before: Vec<Block>,
    pub prediction: Option<Prediction>,
    pub run: Vec<Line>,
    /// What is told once it has run.
    pub after: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Where its answers begin in their file.
    pub at: Position,
    pub question: Vec<Block>,
    /// At least two.
    pub choices: Vec<Choice>,
}

/// An answer, and what holds after the run if it is right.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub text: Vec<Span>,
    pub condition: Condition,
}

/// Something that does not work.
#[derive(Clone, Debug, PartialEq)]
pub struct Challenge {
    /// Where its goal is in its file.
    pub at: Position,
    pub goal: Vec<Trial>,
    /// From a nudge to the answer.
    pub hints: [Vec<Block>; 3],
    pub solution: Vec<Line>,
    /// The fewest actions that are known to do.
    pub par: usize,
    /// What is told once it is solved.
    pub after: Vec<Block>,
}

/// A line of a goal, tried on a copy of the lab.
#[derive(Clone, Debug, PartialEq)]
pub enum Trial {
    Do(Line),
    Expect { at: Position, condition: Condition },
}

impl Lesson {
    /// Whether a text is meant to be one, and not a cluster: as far as its beginning tells.
    pub fn is_meant_by(text: &str) -> bool {
        head::begins(text)
    }

    /// The session that a step begins with: those before it have run.
    ///
    /// # Errors
    /// Says why its cluster is no lab.
    pub fn at_step(&self, step: usize) -> Result<Session, Refused> {
        let mut session = self.open()?;
        for step in self.steps().iter().take(step) {
            // What cannot be done in a lesson that nobody has checked is passed over.
            let _ = Performed::of(&mut session, deeds(&step.run), &View::default());
        }
        Ok(session)
    }

    /// Whether another file runs and judges the same, as a translation does.
    pub fn runs_as(&self, other: &Self) -> bool {
        let steps = |lesson: &Self| -> Vec<_> {
            let run = |step: &Step| deeds(&step.run).cloned().collect::<Vec<_>>();
            let claims = |step: &Step| {
                let choices = step.prediction.iter().flat_map(|asked| &asked.choices);
                choices.map(|choice| choice.condition.clone()).collect::<Vec<_>>()
            };
            lesson.steps().iter().map(|step| (run(step), claims(step))).collect()
        };
        let goal = |lesson: &Self| -> Vec<_> {
            let goal = lesson.challenge().into_iter().flat_map(|challenge| &challenge.goal);
            goal.map(|trial| match trial {
                Trial::Do(line) => Ok(line.deed.clone()),
                Trial::Expect { condition, .. } => Err(condition.clone()),
            })
            .collect()
        };
        self.cluster == other.cluster
            && deeds(&self.opening).eq(deeds(&other.opening))
            && steps(self) == steps(other)
            && goal(self) == goal(other)
    }

    /// Between whom a connection is opened first, from a step on or for a challenge's goal: by the words that client and
    /// target print.
    pub fn between(&self, step: usize) -> Option<(&str, &str)> {
        let steps = self.steps().iter().skip(step).flat_map(|step| deeds(&step.run));
        let goal = self.challenge().into_iter().flat_map(|challenge| &challenge.goal);
        let goal = goal.filter_map(|trial| match trial {
            Trial::Do(line) => Some(&line.deed),
            Trial::Expect { .. } => None,
        });
        steps.chain(goal).find_map(Deed::between)
    }

    pub fn steps(&self) -> &[Step] {
        match &self.kind {
            Kind::Lesson { steps } => steps,
            Kind::Challenge(_) | Kind::Scenario => &[],
        }
    }

    pub const fn challenge(&self) -> Option<&Challenge> {
        match &self.kind {
            Kind::Challenge(challenge) => Some(challenge),
            Kind::Lesson { .. } | Kind::Scenario => None,
        }
    }
}

/// What lines do, in order.
pub fn deeds(lines: &[Line]) -> impl Iterator<Item = &Deed> {
    lines.iter().map(|line| &line.deed)
}
