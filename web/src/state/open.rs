use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lab::{Loading, Refused, WEB_SHOP, beside};
use datapath_core::lesson::{Lesson, examine};
use datapath_core::message::Message;
use datapath_core::session::{Damage, Kept, Replay, Session};
use datapath_core::source::Diagnostic;

use super::arriving::{Busy, Pending, Whence};
use super::history::Known;
use super::{LabId, Mistakes, Model, Progress, Settings, Terminal};

/// What is said about labs that came or did not.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// This lab came with a link; the one before is in the list.
    FromLink,
    BrokenLink(Damage),
    BrokenFile(Damage),
    /// The file is no text.
    Unreadable,
    /// The text of a file is refused: why, and for how many reasons more.
    FileRefused {
        why: Diagnostic,
        more: usize,
    },
    /// The file of a language could not be had.
    NoLanguage,
    /// The files of the lessons could not be had.
    NoLessons,
    /// There is no such lesson.
    NoLesson(String),
    /// The text of a kept lab is refused: why.
    Refused(Option<Message>),
    /// The browser keeps it no more.
    Gone,
    /// The lab is open in another tab, and goes on there by itself.
    Forked,
    /// The lab failed when it opened what was kept.
    Failed,
}

/// What stands in place of a lab that is on its way.
const NOTHING: &str = "apiVersion: v1\nkind: Node\nmetadata: {name: node}\n\
    status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}\n";

/// What the page starts with.
pub struct Start {
    /// The labs to try, the best first, each with what is said if it opens.
    pub labs: Vec<(Known, Option<Notice>)>,
    /// What is said if there is nothing else to say.
    pub notice: Option<Notice>,
    pub settings: Settings,
    pub progress: Progress,
    /// The lines that were typed in the command line before, the newest last.
    pub typed: Vec<Rc<str>>,
    /// For a lab that has no number yet, and those after it.
    pub next_id: LabId,
}

impl Model {
    /// Begins to make what [`Self::start`] puts in place of a lab that is on its way.
    pub fn nothing() -> Loading {
        Loading::new(NOTHING, Session::SEED)
    }

    /// Begins to open the first lab that opens, or else the example: in turns, so that the page is there meanwhile.
    pub fn start(
        nothing: Loading,
        Start { labs, notice, settings, progress, typed, next_id }: Start,
    ) -> Result<Self, Refused> {
        let (lab, _) = nothing.finish()?;
        let mut model = Self::new(Session::new(lab), next_id);
        model.is_placeholder = true;
        model.coming = labs.into_iter().rev().map(|(known, said)| (Rc::new(known), said)).collect();
        model.notice = notice.map(Rc::new);
        (model.theme, model.pace, model.why) =
            (settings.theme, settings.pace.min(super::PACES.len() - 1), settings.why);
        model.stop = settings.stop;
        model.language = settings.language;
        model.progress = Rc::new(progress);
        model.terminal = Rc::new(Terminal::with_history(typed));
        model.start_next();
        Ok(model)
    }

    /// The next lab to try, and after the last the example.
    pub(super) fn start_next(&mut self) {
        let pending = match self.coming.pop() {
            Some((known, said)) => {
                self.loading = Some(Busy::Replaying(None));
                let replay = Box::new(Replay::new(known.kept.clone()));
                Pending::Replay { replay, whence: Whence::Start(known, said) }
            }
            None => {
                let loading = Loading::new(WEB_SHOP, Session::SEED);
                self.loading = Some(Busy::Loading(loading.step()));
                Pending::Load { loading, is_file: false }
            }
        };
        self.pending = Rc::new(RefCell::new(Some(pending)));
    }

    /// Begins to load the draft. The lab that is open stays until that is done, and if it fails.
    pub(super) fn load(&mut self) {
        self.load_from(false);
    }

    fn load_from(&mut self, is_file: bool) {
        let joined = beside(&self.written.text, &self.draft);
        if let Some(joined) = joined {
            self.write(joined.into());
        }
        let loading = Loading::new(&self.draft, Session::SEED);
        self.loading = Some(Busy::Loading(loading.step()));
        self.refused = Rc::new([]);
        self.pending = Rc::new(RefCell::new(Some(Pending::Load { loading, is_file })));
    }

    /// Loads the example, and keeps the text that it takes the place of.
    pub(super) fn load_example(&mut self) {
        self.set_aside = (*self.draft != *WEB_SHOP).then(|| self.draft.clone());
        self.write(WEB_SHOP.into());
        self.load();
    }

    pub(super) fn load_set_aside(&mut self) {
        if let Some(draft) = self.set_aside.take() {
            self.write(draft);
            self.load();
        }
    }

    /// Files that were dropped or chosen: a lab that was saved, or texts for the editor, which are loaded.
    pub(super) fn take_files(&mut self, texts: &[String]) {
        self.keeping = false;
        self.notice = None;
        // As what is no text is read.
        let is_text = |text: &String| !text.contains(['\u{fffd}', '\0']);
        match texts {
            texts if texts.is_empty() || !texts.iter().all(is_text) => self.notice = Some(Rc::new(Notice::Unreadable)),
            [file] if Kept::is_meant_by(file) => match Kept::from_file(file) {
                Ok(kept) => {
                    let known = Known::new(self.next_id, kept);
                    self.bring(Rc::new(known));
                }
                Err(damage) => self.notice = Some(Rc::new(Notice::BrokenFile(damage))),
            },
            [file] if Lesson::is_meant_by(file) => {
                let (lesson, wrong) = examine(file);
                if let Some(lesson) = lesson {
                    self.learn(None, Rc::new(lesson), 0);
                }
                self.mistakes = (!wrong.is_empty()).then(|| Rc::new(Mistakes { name: None, wrong }));
            }
            // Several are one text: a node's rules and its addresses are often in files of their own.
            texts => {
                self.discarded = self.edited.then(|| self.draft.clone());
                self.write(texts.join("\n").into());
                self.load_from(true);
            }
        }
    }
}
