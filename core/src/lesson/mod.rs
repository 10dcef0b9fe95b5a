//! Lessons and challenges: text files that a lab is opened from, with something to predict or to mend, judged by running it.
//!
//! In: Markdown with a head of `key: value` lines and fenced blocks (`cluster`, `do`, `predict`, `goal`, `hint`, `solution`).
//! Out: a [`Lesson`], what its steps do to a [`Session`](crate::session::Session), and whether a [`Condition`] holds there:
//! nobody writes down which answer is right, the model finds it. Left out on purpose: which lessons there are, and who has
//! done which.

mod check;
mod condition;
mod course;
mod head;
mod judge;
mod perform;
mod prose;
mod read;
mod write;

pub use check::check;
pub use condition::Condition;
pub use course::{Belief, Chapter, beliefs, chapters};
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
    pub title: String,
    /// A sentence for the list.
    pub about: String,
    pub minutes: u32,
    /// Numbers of the beliefs that can be tried in it.
    pub beliefs: Vec<u32>,
    /// The text that its lab is opened with.
    pub cluster: Arc<str>,
    /// What is done at once with opening it.
    pub opening: Vec<Deed>,
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

/// Something to think about, to run and to see.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where it begins in its file.
    pub at: Position,
    pub title: String,
    pub before: Vec<Block>,
    pub prediction: Option<Prediction>,
    pub run: Vec<Deed>,
    /// What is told once it has run.
    pub after: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
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
    pub solution: Vec<Deed>,
    /// The fewest actions that are known to do.
    pub par: usize,
    /// What is told once it is solved.
    pub after: Vec<Block>,
}

/// A line of a goal, tried on a copy of the lab.
#[derive(Clone, Debug, PartialEq)]
pub enum Trial {
    Do(Deed),
    Expect(Condition),
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
            let _ = Performed::of(&mut session, &step.run, &View::default());
        }
        Ok(session)
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
