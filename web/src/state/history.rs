use std::rc::Rc;

use datapath_core::session::{Deed, Kept, Undo};

use super::Model;
use super::arriving::Whence;
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
