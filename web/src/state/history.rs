use std::rc::Rc;

use datapath_core::session::{Deed, Kept, Undo};

use super::arriving::Whence;
use super::{Bookmark, Model};
use crate::text;

/// A number that no other lab of this browser has.
pub type LabId = u64;

/// A lab that is not open.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub id: LabId,
    pub title: String,
    pub kept: Kept,
    /// What is in the editor, if it is not the lab's text.
    pub draft: Option<Rc<str>>,
    /// The lesson that it is the lab of.
    pub lesson: Option<Bookmark>,
}

impl Known {
    /// A lab that came from elsewhere.
    pub const fn new(id: LabId, kept: Kept) -> Self {
        Self { id, title: String::new(), kept, draft: None, lesson: None }
    }

    /// Whether it opens again as it is without being kept.
    pub fn is_untouched(&self) -> bool {
        let is_as_opened = match &self.lesson {
            Some(lesson) => lesson.is_untouched() && self.kept.steps_done() == 0,
            None => self.kept.is_untouched_example(),
        };
        is_as_opened && self.draft.is_none()
    }
}

/// The labs that were open before this one, and those from which undo came back here.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    pub earlier: Rc<Vec<Rc<Known>>>,
    pub later: Rc<Vec<Rc<Known>>>,
}

impl Past {
    /// What was taken back cannot be done again after something else.
    pub fn forget_later(&mut self) {
        self.later = Rc::default();
    }
}

/// What undo takes back, or redo does again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Deed(Deed),
    /// Another lab was opened: this one.
    Opened(String),
}

impl Model {
    pub fn undoable(&self) -> Option<Change> {
        let session = self.session.borrow();
        let deed = session.undoable().map(|step| Change::Deed(step.deed().clone()));
        deed.or_else(|| (!self.past.earlier.is_empty()).then(|| Change::Opened(text::say(&session.lab().title()))))
    }

    pub fn redoable(&self) -> Option<Change> {
        let deed = self.session.borrow().redoable().map(|step| Change::Deed(step.deed().clone()));
        deed.or_else(|| self.past.later.last().map(|known| Change::Opened(known.title.clone())))
    }

    pub(super) fn undo(&mut self) {
        let view = self.view();
        let undone = self.session.borrow_mut().undo(&view);
        match undone {
            Undo::Done(view) => self.look_again(view),
            Undo::Replay(kept) => self.replay(*kept, Whence::Here),
            Undo::Nothing => {
                if let Some(known) = self.past.earlier.last().cloned() {
                    self.replay(known.kept.clone(), Whence::Earlier(known));
                }
            }
        }
    }

    pub(super) fn redo(&mut self) {
        let view = self.view();
        let redone = self.session.borrow_mut().redo(&view);
        if let Some(view) = redone {
            self.look_again(view);
        } else if let Some(known) = self.past.later.last().cloned() {
            self.replay(known.kept.clone(), Whence::Later(known));
        }
    }
}
