use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use super::{Deed, Entry, Kept, Session, View};
use crate::lab::{Client, ControlPath, Lab, Refused, Target};
use crate::shell;
use crate::task::{block_on, turn};

/// A kept lab on its way back: in turns and deed by deed, since a large cluster takes seconds.
pub struct Replay {
    kept: Kept,
    state: State,
}

enum State {
    Reading(Pin<Box<dyn Future<Output = Result<Lab, Refused>>>>),
    Redoing(Box<Session>),
    Refused(Refused),
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").field("progress", &self.progress()).finish_non_exhaustive()
    }
}

impl Replay {
    pub fn new(kept: Kept) -> Self {
        let reading = open(Arc::clone(&kept.text), kept.opening.clone());
        Self { kept, state: State::Reading(Box::pin(reading)) }
    }

    /// Steps that are done again, and of how many. None before the text was read.
    pub fn progress(&self) -> Option<(usize, usize)> {
        match &self.state {
            State::Redoing(session) => Some((session.done, self.kept.done)),
            State::Reading(_) | State::Refused(_) => None,
        }
    }

    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Refused(_)) || self.progress().is_some_and(|(done, all)| done >= all)
    }

    /// Takes one turn of opening the lab, or does one step.
    pub fn advance(&mut self) {
        match &mut self.state {
            State::Reading(reading) => match turn(reading) {
                Poll::Pending => {}
                Poll::Ready(Ok(lab)) => {
                    let entries = self
                        .kept
                        .steps
                        .iter()
                        .map(|step| Entry { step: step.clone(), path: None, actions: 0 })
                        .collect();
                    let opening = self.kept.opening.clone();
                    self.state = State::Redoing(Box::new(Session { opening, entries, ..Session::new(lab) }));
                }
                Poll::Ready(Err(refused)) => self.state = State::Refused(refused),
            },
            State::Redoing(session) if session.done < self.kept.done => {
                session.redo(&View::default());
                // Nobody looked.
                session.left_at.clear();
            }
            State::Redoing(_) | State::Refused(_) => {}
        }
    }

    /// Does what is left to do. The lab and what was looked at.
    ///
    /// # Errors
    /// Says why the text is no lab.
    pub fn finish(mut self) -> Result<(Session, View), Refused> {
        while !self.is_over() {
            self.advance();
        }
        match self.state {
            State::Redoing(session) => Ok((*session, self.kept.view)),
            State::Refused(refused) => Err(refused),
            State::Reading(_) => Err(Refused { diagnostics: Vec::new() }),
        }
    }
}

/// A lab with what was done at once with opening it.
async fn open(text: Arc<str>, opening: Vec<Deed>) -> Result<Lab, Refused> {
    let mut lab = Lab::open_in_turns(&text, Session::SEED).await?;
    for deed in &opening {
        deed.perform_in_turns(&mut lab).await;
    }
    Ok(lab)
}

/// What came of a deed that was done.
pub(super) struct Done {
    /// What is the last news then.
    pub path: Option<Arc<ControlPath>>,
    pub actions: usize,
}

impl Deed {
    /// Does it. What cannot be done any more is passed over.
    pub(super) fn perform(&self, lab: &mut Lab) -> Option<Done> {
        block_on(self.perform_in_turns(lab))
    }

    /// [`Self::perform`], in turns.
    async fn perform_in_turns(&self, lab: &mut Lab) -> Option<Done> {
        let path = match self {
            Self::Send { client, target, port, packets } => {
                let (client, target) = (lab.client_of(client)?, lab.target_of(target)?);
                lab.send_in_turns(&client, &target, *port, *packets).await;
                return None;
            }
            Self::Next => {
                lab.send_next();
                return None;
            }
            Self::Type { at, line } => {
                let ran = shell::run(lab, at, line);
                return Some(Done { path: ran.path.map(Arc::new), actions: ran.actions });
            }
            Self::Close => {
                lab.close();
                return None;
            }
            Self::Act(action) => lab.act(action),
            Self::Wait(seconds) => lab.wait(*seconds),
        };
        let path = path.ok()?;
        Some(Done { path: self.is_news(&path).then(|| Arc::new(path)), actions: self.actions() })
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
