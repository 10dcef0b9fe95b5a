use std::rc::Rc;

use datapath_core::lab::{Lab, Rewritten};

use super::Model;

/// The text of the cluster that the lanes show.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub text: Rc<str>,
    pub state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it was loaded: nothing was done since.
    Loaded,
    /// With what was done since written into it.
    UpToDate,
    /// All of it was written anew, since the text that was loaded could not be kept.
    Anew,
    /// As it was loaded, though something was done since: bringing so long a text up to date takes a while, and is done
    /// when asked for.
    Behind,
}

impl Written {
    /// Bytes of a text that is brought up to date with every action.
    const AT_ONCE: usize = 300_000;

    pub(super) fn of(lab: &Lab, at_any_length: bool) -> Self {
        let loaded = |state| Self { text: lab.text.as_str().into(), state };
        if !lab.has_changed() {
            return loaded(State::Loaded);
        }
        if lab.text.len() > Self::AT_ONCE && !at_any_length {
            return loaded(State::Behind);
        }
        let Rewritten { text, is_anew } = lab.written();
        Self { text: text.into(), state: if is_anew { State::Anew } else { State::UpToDate } }
    }
}

impl Model {
    /// Writes what was done into the text, and into the editor unless somebody types there.
    pub(super) fn bring_up_to_date(&mut self, at_any_length: bool) {
        let written = Written::of(&self.lab(), at_any_length);
        self.written = Rc::new(written);
        if self.edited {
            self.write(self.draft.clone());
        } else {
            self.draft = self.written.text.clone();
        }
    }

    /// Puts the text of the cluster into the editor. What was typed there can be taken back.
    pub(super) fn discard(&mut self) {
        self.discarded = self.edited.then(|| self.draft.clone());
        self.write(self.written.text.clone());
    }

    pub(super) fn bring_back_discarded(&mut self) {
        if let Some(draft) = self.discarded.take() {
            self.write(draft);
        }
    }
}
