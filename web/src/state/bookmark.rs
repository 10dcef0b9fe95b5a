use std::rc::Rc;

use datapath_core::lesson::Lesson;
use datapath_core::session::Session;
use serde::{Deserialize, Serialize};

use super::Learning;
use super::learning::tested;

/// What it takes to come back to a lesson, but for its lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// By which links know it; none for a file of the user's.
    name: Option<String>,
    pub title: String,
    /// The lesson's file.
    source: String,
    step: usize,
    picked: Option<usize>,
    is_run: bool,
    hints: usize,
}

impl Bookmark {
    pub fn of(learning: &Learning) -> Self {
        Self {
            name: learning.name.as_deref().map(str::to_owned),
            title: learning.lesson.title.clone(),
            source: learning.lesson.source.to_string(),
            step: learning.step,
            picked: learning.picked,
            is_run: learning.judged.is_some(),
            hints: learning.hints,
        }
    }

    /// Whether its link leads to the same place.
    pub const fn is_untouched(&self) -> bool {
        self.name.is_some() && self.step == 0 && self.picked.is_none() && !self.is_run && self.hints == 0
    }

    /// The lesson as it was left, with the lab that was kept beside it. None if this version of the lab cannot read it.
    pub fn open(&self, session: &Session) -> Option<Learning> {
        let lesson = Rc::new(Lesson::read(&self.source).ok()?);
        let goal = tested(&lesson, session);
        let learning = Learning {
            picked: self.picked,
            hints: self.hints,
            ..Learning::begun(self.name.as_deref().map(Rc::from), lesson, self.step, goal)
        };
        let ran = if self.is_run { learning.ran() } else { None };
        Some(ran.map_or_else(|| learning.clone(), |(_, learned)| learned))
    }
}
