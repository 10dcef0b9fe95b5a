use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use datapath_core::lab::Refused;
use datapath_core::lesson::{Belief, Challenge, Lesson, Performed, Step, Tested, deeds, scenario};
use datapath_core::message::{Language, Message};
use datapath_core::session::{Session, View};
use datapath_core::source::Diagnostic;
use serde::{Deserialize, Serialize};

use super::{Model, Notice, Study, Typed, Written};
use crate::text;

/// The lessons that there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    pub language: Language,
    pub chapters: Vec<Chapter>,
    pub beliefs: Vec<Belief>,
    /// Files that are no lessons, and why.
    pub refused: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Chapter {
    pub title: String,
    /// By the names by which links know them.
    pub lessons: Vec<(Rc<str>, Rc<Lesson>)>,
}

/// A lesson that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Learning {
    /// By which links and the record of what was done know it; none for a file of the user's.
    pub name: Option<Rc<str>>,
    pub lesson: Rc<Lesson>,
    pub step: usize,
    pub picked: Option<usize>,
    /// Of each answer, whether it is right, once the step has run.
    pub judged: Option<Rc<[bool]>>,
    /// What the lines that the step typed printed.
    pub typed: Rc<[Rc<Typed>]>,
    /// Why the step could not be run.
    pub undone: Option<Message>,
    /// How many hints are shown.
    pub hints: usize,
    /// How far the goal is reached; nothing where there is none.
    pub goal: Rc<[Tested]>,
}

/// What is wrong with a file that is meant to be a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistakes {
    /// None for a file of the user's.
    pub name: Option<Rc<str>>,
    pub wrong: Vec<Diagnostic>,
}

/// What was done in lessons, by their names.
pub type Progress = BTreeMap<String, Done>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Done {
    pub steps: BTreeSet<usize>,
    /// The fewest actions that solved it.
    pub solved: Option<usize>,
}

impl Course {
    pub fn lessons(&self) -> impl Iterator<Item = &(Rc<str>, Rc<Lesson>)> {
        self.chapters.iter().flat_map(|chapter| &chapter.lessons)
    }

    pub fn lesson(&self, name: &str) -> Option<(Rc<str>, Rc<Lesson>)> {
        let mut all = self.lessons();
        all.find(|(own, _)| **own == *name).cloned()
    }
}

impl Learning {
    /// A step of which nothing was done.
    pub(super) fn begun(name: Option<Rc<str>>, lesson: Rc<Lesson>, step: usize, goal: Rc<[Tested]>) -> Self {
        let (typed, undone) = (Rc::default(), None);
        Self { name, lesson, step, picked: None, judged: None, typed, undone, hints: 0, goal }
    }

    /// Runs the step from where it begins, whatever was tried meanwhile: the lab after it, and what came of it.
    pub(super) fn ran(&self) -> Option<(Session, Self)> {
        let step = self.step()?;
        let mut session = self.lesson.at_step(self.step).ok()?;
        let (judged, typed, undone) = match Performed::of(&mut session, deeds(&step.run), &View::default()) {
            Ok(performed) => {
                let judged = step.prediction.as_ref().map_or(Vec::new(), |asked| asked.judge(&session, &performed));
                (judged, performed.typed, None)
            }
            Err(undone) => (Vec::new(), Vec::new(), Some(undone.tell())),
        };
        let typed = typed
            .into_iter()
            .map(|(at, line, output)| Rc::new(Typed { prompt: at.to_string(), line: line.into(), output }));
        let judged = Some(judged.into());
        Some((session, Self { judged, typed: typed.collect(), undone, ..self.clone() }))
    }

    pub fn is_solved(&self) -> bool {
        !self.goal.is_empty() && self.goal.iter().all(Tested::is_met)
    }

    pub fn step(&self) -> Option<&Step> {
        self.lesson.steps().get(self.step)
    }

    pub fn challenge(&self) -> Option<&Challenge> {
        self.lesson.challenge()
    }

    /// Whether there is nothing left to run in the step.
    pub fn is_run(&self) -> bool {
        self.judged.is_some() || self.step().is_none_or(|step| step.run.is_empty())
    }
}

/// How far a session is as a challenge wants it.
pub(super) fn tested(lesson: &Lesson, session: &Session) -> Rc<[Tested]> {
    lesson.challenge().map_or_else(Rc::default, |challenge| challenge.tested(session).into())
}

impl Done {
    /// How many of a lesson's steps that can run have run, and how many there are.
    pub fn of(&self, lesson: &Lesson) -> (usize, usize) {
        let runs = lesson.steps().iter().enumerate().filter(|(_, step)| !step.run.is_empty());
        let all: Vec<usize> = runs.map(|(index, _)| index).collect();
        (all.iter().filter(|index| self.steps.contains(index)).count(), all.len())
    }
}

impl Model {
    pub(super) fn study(&mut self, study: Study) {
        match study {
            Study::List(open) => self.menu = open,
            Study::Course(course) => self.take_course(course),
            Study::Bring { name, lesson, step } => self.learn(Some(name), lesson, step),
            Study::Reread { name, lesson } => self.reread(&name, lesson),
            Study::Mistakes(mistakes) => self.mistakes = mistakes,
            Study::Open { name, step } => self.open_lesson(&name, step),
            Study::Step(step) => self.go_to_step(step),
            Study::Pick(choice) => self.pick(choice),
            Study::Run => self.run_step(),
            Study::Hint => self.hint(),
            Study::Leave => self.learning = None,
        }
    }

    /// The lesson that is open goes on in the course's language.
    fn take_course(&mut self, course: Rc<Course>) {
        let name = self.learning.as_ref().and_then(|learning| learning.name.clone());
        if let Some((name, lesson)) = name.and_then(|name| course.lesson(&name)) {
            self.reread(&name, lesson);
        }
        self.course = Some(course);
    }

    /// The file of the lesson that is open, in another language or as it is by now: what was done stays if it still can.
    fn reread(&mut self, name: &str, lesson: Rc<Lesson>) {
        let Some(learning) = &mut self.learning else { return };
        if learning.name.as_deref() != Some(name) || learning.lesson.source == lesson.source {
            return;
        }
        if learning.lesson.runs_as(&lesson) {
            Rc::make_mut(learning).lesson = lesson;
        } else {
            let step = learning.step;
            self.learn(Some(name.into()), lesson, step);
        }
    }

    /// Opens a lesson of the course at a step.
    fn open_lesson(&mut self, name: &str, step: usize) {
        match self.course.as_ref().and_then(|course| course.lesson(name)) {
            Some((name, lesson)) => self.learn(Some(name), lesson, step),
            None => self.notice = Some(Rc::new(Notice::NoLesson(name.to_owned()))),
        }
    }

    pub(super) fn learn(&mut self, name: Option<Rc<str>>, lesson: Rc<Lesson>, step: usize) {
        let step = step.min(lesson.steps().len().saturating_sub(1));
        let goal = match lesson.at_step(step) {
            Ok(session) => {
                let goal = tested(&lesson, &session);
                let is_sent = session.last_sent().is_some();
                self.come_to(session);
                if let Some((client, target)) = lesson.between(step).filter(|_| !is_sent) {
                    self.choose(client, target);
                }
                goal
            }
            Err(Refused { diagnostics }) => return self.refuse(&diagnostics),
        };
        (self.menu, self.mistakes) = (false, None);
        self.learning = Some(Rc::new(Learning::begun(name, lesson, step, goal)));
    }

    fn go_to_step(&mut self, step: usize) {
        if let Some(learning) = self.learning.clone() {
            self.learn(learning.name.clone(), learning.lesson.clone(), step);
        }
    }

    fn pick(&mut self, choice: usize) {
        if let Some(learning) = self.learning.as_mut().filter(|learning| learning.judged.is_none()) {
            Rc::make_mut(learning).picked = Some(choice);
        }
    }

    fn hint(&mut self) {
        if let Some(learning) = &mut self.learning {
            Rc::make_mut(learning).hints += 1;
        }
    }

    /// Runs the step that the lesson is at.
    fn run_step(&mut self) {
        let Some((session, learned)) = self.learning.as_ref().and_then(|learning| learning.ran()) else { return };
        self.come_to(session);
        if let Some(name) = &learned.name {
            let progress = Rc::make_mut(&mut self.progress);
            progress.entry(name.to_string()).or_default().steps.insert(learned.step);
        }
        self.learning = Some(Rc::new(learned));
    }

    /// How far what was just done has solved the challenge.
    pub(super) fn try_goal(&mut self) {
        let Some(learning) = self.learning.clone() else { return };
        let goal = tested(&learning.lesson, &self.session.borrow());
        if goal == learning.goal {
            return;
        }
        let was_solved = learning.is_solved();
        let learning = Learning { goal, ..(*learning).clone() };
        if let Some(name) = learning.name.as_ref().filter(|_| learning.is_solved() && !was_solved) {
            let actions = self.actions();
            let done = Rc::make_mut(&mut self.progress).entry(name.to_string()).or_default();
            done.solved = Some(done.solved.map_or(actions, |fewest| fewest.min(actions)));
        }
        self.learning = Some(Rc::new(learning));
    }

    /// The lab with what was done in it, as a file for others to write a lesson around.
    pub fn scenario(&self) -> String {
        let session = self.session.borrow();
        scenario(&session, &text::say(&session.lab().title()))
    }

    /// How many actions on the cluster were done and not taken back.
    pub fn actions(&self) -> usize {
        self.session.borrow().actions()
    }

    /// Another session takes the place of the one that is open. What was open before a lesson began is kept.
    fn come_to(&mut self, session: Session) {
        if self.learning.is_some() {
            self.written = Rc::new(Written::of(session.lab(), false));
            (self.draft, self.edited) = (self.written.text.clone(), false);
            self.session = Rc::new(RefCell::new(session));
            self.look_again(None);
            return self.choose_last_sent();
        }
        self.write(session.lab().text.as_str().into());
        self.arrive_new(session);
        self.choose_last_sent();
    }
}
