use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lab::{Client, Loading, LoadingStep, Refused, Target};
use datapath_core::session::{Kept, Replay, Session, View};
use datapath_core::source::Diagnostic;

use super::history::Known;
use super::{LabId, Model, Notice};

/// Bytes of a text, and steps, that are brought back at once, before the next frame.
const AT_ONCE: (usize, usize) = (100_000, 300);
/// Milliseconds: less than a frame, and on a phone four times slower than the machines that this is made on, less than
/// the 50 from which on a page counts as standing still.
pub const TURNS_FOR: f64 = 5.0;

/// A lab on its way here.
pub enum Pending {
    Load {
        loading: Loading,
        /// What is wrong with it is said over the page: the text is not where one looks.
        is_file: bool,
    },
    Replay {
        replay: Box<Replay>,
        whence: Whence,
    },
}

/// What opening another lab is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    Loading(LoadingStep),
    /// Steps that are done again, and of how many; None while the text is read.
    Replaying(Option<(usize, usize)>),
}

/// Where a lab comes from.
#[derive(Clone)]
pub enum Whence {
    /// The same lab as it was some steps ago.
    Here,
    /// By undo, from those that were open before.
    Earlier(Rc<Known>),
    /// By redo.
    Later(Rc<Known>),
    /// From a link, a file or the list of those that the browser keeps.
    Kept(Rc<Known>),
    /// It is what the page starts with, and what is said then.
    Start(Rc<Known>, Option<Notice>),
}

impl Model {
    /// Brings a lab back as it was kept. The one that is open stays until that is done, and if it fails.
    pub(super) fn replay(&mut self, kept: Kept, whence: Whence) {
        let at_once = kept.text.len() <= AT_ONCE.0 && kept.steps_done() <= AT_ONCE.1;
        let replay = Box::new(Replay::new(kept));
        if at_once {
            return self.arrive(*replay, whence);
        }
        self.loading = Some(Busy::Replaying(None));
        self.pending = Rc::new(RefCell::new(Some(Pending::Replay { replay, whence })));
    }

    /// Opens a lab that came as a link or file, or is in the list.
    pub(super) fn bring(&mut self, known: Rc<Known>) {
        self.keeping = false;
        self.notice = None;
        self.replay(known.kept.clone(), Whence::Kept(known));
    }

    /// Takes some turns of what is pending. True when there is something to tell.
    pub fn take_turns(&self) -> bool {
        let end = js_sys::Date::now() + TURNS_FOR;
        let is_time = || js_sys::Date::now() < end;
        match &mut *self.pending.borrow_mut() {
            Some(Pending::Load { loading, .. }) => {
                while self.loading == Some(Busy::Loading(loading.step())) && is_time() {
                    loading.advance();
                }
                self.loading != Some(Busy::Loading(loading.step()))
            }
            Some(Pending::Replay { replay, .. }) => {
                while !replay.is_over() && is_time() {
                    replay.advance();
                }
                replay.is_over() || self.loading != Some(Busy::Replaying(replay.progress()))
            }
            None => false,
        }
    }

    /// Tells how far it is, and shows the lab once that is there.
    pub(super) fn load_on(&mut self) {
        let done = self.pending.borrow_mut().take_if(|pending| match pending {
            Pending::Load { loading, .. } => loading.step() == LoadingStep::Done,
            Pending::Replay { replay, .. } => replay.is_over(),
        });
        self.loading = self.pending.borrow().as_ref().map(|pending| match pending {
            Pending::Load { loading, .. } => Busy::Loading(loading.step()),
            Pending::Replay { replay, .. } => Busy::Replaying(replay.progress()),
        });
        match done {
            None => {}
            Some(Pending::Load { loading, is_file }) => match loading.finish() {
                Ok((lab, packet)) => self.arrive_new(Session::opened(lab, packet)),
                Err(Refused { diagnostics }) => {
                    if let Some(first) = diagnostics.first().filter(|_| is_file) {
                        let said = Notice::FileRefused { why: first.clone(), more: diagnostics.len() - 1 };
                        self.notice = Some(Rc::new(said));
                    }
                    self.refused = diagnostics.into();
                }
            },
            Some(Pending::Replay { replay, whence }) => self.arrive(*replay, whence),
        }
    }

    pub(super) fn stop_loading(&mut self) {
        self.loading = None;
        self.pending = Rc::default();
        if self.is_placeholder {
            self.coming = Vec::new();
            self.start_next();
        }
    }

    pub(super) fn refuse(&mut self, diagnostics: &[Diagnostic]) {
        let why = diagnostics.first().map(Diagnostic::tell);
        if self.is_placeholder {
            self.notice.get_or_insert_with(|| Rc::new(Notice::Refused(why)));
            return self.start_next();
        }
        self.notice = Some(Rc::new(Notice::Refused(why)));
    }

    fn arrive(&mut self, replay: Replay, whence: Whence) {
        let (session, view) = match replay.finish() {
            Ok(arrived) => arrived,
            Err(Refused { diagnostics }) => return self.refuse(&diagnostics),
        };
        let here = self.known().map(Rc::new);
        let known = match whence {
            Whence::Here => {
                self.session = Rc::new(RefCell::new(session));
                return self.look_again(Some(view));
            }
            Whence::Earlier(known) => {
                Rc::make_mut(&mut self.past.earlier).pop();
                Rc::make_mut(&mut self.past.later).extend(here.clone());
                known
            }
            Whence::Later(known) => {
                Rc::make_mut(&mut self.past.later).pop();
                Rc::make_mut(&mut self.past.earlier).extend(here.clone());
                known
            }
            Whence::Start(known, said) => {
                self.notice = self.notice.take().or_else(|| said.map(Rc::new));
                known
            }
            Whence::Kept(known) => {
                self.past.forget_later();
                Rc::make_mut(&mut self.past.earlier).extend(here.clone());
                known
            }
        };
        self.left = here;
        // What was typed and not loaded is nobody's: it stays where it is seen, unless the lab brings its own.
        let typed = self.edited.then(|| self.draft.clone());
        let learning = known.lesson.as_ref().and_then(|lesson| lesson.open(&session));
        self.replace(Self::new(session, known.id));
        if let Some(draft) = known.draft.clone().or(typed) {
            self.write(draft);
        }
        self.learning = learning.map(Rc::new);
        self.look_again(Some(view));
    }

    /// A lab that was not there before comes in place of this one.
    pub(super) fn arrive_new(&mut self, session: Session) {
        // What was typed is this lab's text now, and no draft of the one before.
        let is_loaded = *self.draft == *session.lab().text;
        let left = self.known().map(|known| Known { draft: known.draft.filter(|_| !is_loaded), ..known });
        self.left = left.map(Rc::new);
        self.past.forget_later();
        Rc::make_mut(&mut self.past.earlier).extend(self.left.clone());
        let id = self.next_id;
        // It may have been typed on meanwhile.
        let draft = (!self.is_placeholder).then(|| self.draft.clone());
        self.replace(Self::loaded(session, id));
        if let Some(draft) = draft {
            self.write(draft);
        }
    }

    /// A lab whose first packet is on its way.
    pub(super) fn loaded(session: Session, id: LabId) -> Self {
        let mut model = Self::new(session, id);
        model.choose_last_sent();
        model.show(0, 0);
        model
    }

    /// Chooses between whom the last connection was opened.
    pub(super) fn choose_last_sent(&mut self) {
        let between = self.session.borrow().last_sent().map(|(client, target)| (client.to_owned(), target.to_owned()));
        if let Some((client, target)) = between {
            self.choose(&client, &target);
        }
    }

    /// What has to do with the page, and not with the lab, stays.
    fn replace(&mut self, fresh: Self) {
        *self = Self {
            edition: self.edition + 1,
            pace: self.pace,
            lane: fresh.nearest_lane(self.lane),
            why: self.why,
            theme: self.theme,
            language: self.language,
            touring: self.touring,
            stop: self.stop,
            datapaths: self.datapaths.clone(),
            unkept: self.unkept,
            revision: self.revision,
            settled: self.settled,
            set_aside: self.set_aside.clone(),
            next_id: self.next_id.max(fresh.next_id),
            past: self.past.clone(),
            left: self.left.clone(),
            notice: self.notice.clone(),
            course: self.course.clone(),
            progress: self.progress.clone(),
            terminal: Rc::new(self.terminal.elsewhere()),
            ..fresh
        };
    }

    /// Shows what was looked at after a step, or its last packet.
    pub(super) fn look_again(&mut self, view: Option<View>) {
        self.edition += 1;
        self.undone = None;
        self.refresh_choices();
        self.bring_up_to_date(false);
        let Some(view) = view else {
            return self.show(usize::MAX, 0);
        };
        self.choose(&view.client, &view.target);
        self.lane = self.nearest_lane(view.lane);
        self.show(view.packet, view.tick);
        self.bring_apart(view.apart);
    }

    /// Chooses client and target by the words that they print, as far as there are such.
    pub(super) fn choose(&mut self, client: &str, target: &str) {
        let client: Option<Client> = self.lab().client_of(client);
        let target: Option<Target> = self.lab().target_of(target);
        if let (Some(client), Some(target)) = (client, target) {
            self.take_in(Some(client), target);
        }
    }
}
