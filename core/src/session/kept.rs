use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Deed, Session, Step};
use crate::lab::WEB_SHOP;

/// The built-in examples, by number from 1. A link or file may name one, so that each stays as it is for ever.
pub const EXAMPLES: [&str; 1] = [WEB_SHOP];

/// All that it takes to come back to a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The text that the lab was opened with.
    pub text: Arc<str>,
    pub(super) opening: Vec<Deed>,
    pub(super) steps: Vec<Step>,
    /// How many of the steps are done; those behind were taken back.
    pub(super) done: usize,
    pub view: View,
}

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Who is chosen to send, by the words that it prints.
    pub client: String,
    pub target: String,
    /// Index of the packet in its connection, of those since the rules changed last.
    pub packet: usize,
    /// Step of the timeline.
    pub tick: usize,
    pub lane: usize,
    /// The lanes that go alone, each with the index of its moment.
    pub apart: BTreeMap<usize, usize>,
}

impl Kept {
    /// A lab in which nothing was done, not even a packet sent.
    pub fn untouched(text: &str) -> Self {
        Self { text: text.into(), opening: Vec::new(), steps: Vec::new(), done: 0, view: View::default() }
    }

    /// Without what was taken back: for somebody else.
    pub fn without_undone(mut self) -> Self {
        self.steps.truncate(self.done);
        self
    }

    /// Whether it is an example as it opens, which nobody needs to keep.
    pub fn is_untouched_example(&self) -> bool {
        self.steps.is_empty() && EXAMPLES.contains(&&*self.text)
    }

    /// What the user did last.
    pub fn last_deed(&self) -> Option<&Deed> {
        self.steps.get(self.done.checked_sub(1)?).map(Step::deed)
    }

    pub const fn steps_done(&self) -> usize {
        self.done
    }
}

impl Session {
    pub fn keep(&self, view: View) -> Kept {
        Kept {
            text: Arc::clone(&self.text),
            opening: self.opening.clone(),
            steps: self.entries.iter().map(|entry| entry.step.clone()).collect(),
            done: self.done,
            view,
        }
    }
}
