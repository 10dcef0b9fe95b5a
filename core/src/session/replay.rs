use std::sync::Arc;

use super::{Deed, Entry, Kept, Session, View};
use crate::lab::{Client, ControlPath, Lab, Refused, Target};

/// A kept lab on its way back: deed by deed, since a large cluster takes seconds.
#[derive(Debug)]
pub struct Replay {
    kept: Kept,
    session: Option<Session>,
    /// Whether what was done with opening it is done again.
    opened: bool,
}

impl Replay {
    pub const fn new(kept: Kept) -> Self {
        Self { kept, session: None, opened: false }
    }

    /// Steps that are done again, and of how many. None before the text was read.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.session.as_ref().map(|session| (session.done, self.kept.done))
    }

    pub fn is_over(&self) -> bool {
        self.opened && self.progress().is_some_and(|(done, all)| done >= all)
    }

    /// Reads the text, or does what was done with opening it, or one step.
    ///
    /// # Errors
    /// Says why the text is no lab.
    pub fn advance(&mut self) -> Result<(), Refused> {
        let Some(session) = &mut self.session else {
            self.session = Some(Session::new(Lab::open(&self.kept.text, Session::SEED)?));
            return Ok(());
        };
        if !self.opened {
            self.kept.opening.iter().for_each(|deed| drop(deed.perform(&mut session.lab)));
            session.opening.clone_from(&self.kept.opening);
            let entry = |step: &super::Step| Entry { step: step.clone(), path: None };
            session.entries = self.kept.steps.iter().map(entry).collect();
            self.opened = true;
        } else if session.done < self.kept.done {
            session.redo(&View::default());
            // Nobody looked.
            session.left_at.clear();
        }
        Ok(())
    }

    /// The lab and what was looked at, once it is over.
    pub fn into_session(self) -> Option<(Session, View)> {
        if self.is_over() { self.session.map(|session| (session, self.kept.view)) } else { None }
    }
}

impl Deed {
    /// Does it. What cannot be done any more is passed over.
    pub(super) fn perform(&self, lab: &mut Lab) -> Option<Arc<ControlPath>> {
        let path = match self {
            Self::Send { client, target } => {
                let (client, target) = (lab.client_of(client)?, lab.target_of(target)?);
                lab.send(&client, &target);
                return None;
            }
            Self::Next => {
                lab.send_next();
                return None;
            }
            Self::Act(action) => lab.act(action),
            Self::Wait(seconds) => lab.wait(*seconds),
        };
        path.ok().filter(|path| self.is_news(path)).map(Arc::new)
    }

    /// Where kube-proxies had nothing to do while time passed, what an earlier action led to is still the last news.
    pub(super) fn is_news(&self, path: &ControlPath) -> bool {
        matches!(self, Self::Act(_)) || path.rounds.iter().any(|round| !round.written.is_empty())
    }
}

impl Lab {
    /// The client that prints these words.
    pub fn client_of(&self, words: &str) -> Option<Client> {
        let listed = self.clients().into_iter().find(|client| client.to_string() == words);
        listed.or_else(|| self.client_at(words).ok())
    }

    /// The target that prints these words.
    pub fn target_of(&self, words: &str) -> Option<Target> {
        let listed = self.targets().into_iter().find(|target| target.to_string() == words);
        listed.or_else(|| Target::parse(words).ok())
    }
}
