use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lab::{Loading, Refused, WEB_SHOP, beside};
use datapath_core::session::{Damage, Kept, Replay, Session};

use super::arriving::{Busy, Pending, Whence, is_heavy};
use super::history::Known;
use super::{LabId, Model, Settings};

/// What is said about labs that came or did not.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// This lab came with a link; the one before is in the list.
    FromLink,
    BrokenLink(Damage),
    BrokenFile(Damage),
    Unreadable,
    /// The text of a kept lab is refused: why.
    Refused(String),
    /// The browser keeps it no more.
    Gone,
    /// The lab is open in another tab, and goes on there by itself.
    Forked,
    /// The lab failed when it opened what was kept.
    Failed,
}

/// What the page starts with.
pub struct Start {
    /// The labs to try, the best first, each with what is said if it opens.
    pub labs: Vec<(Known, Option<Notice>)>,
    /// What is said if there is nothing else to say.
    pub notice: Option<Notice>,
    pub settings: Settings,
    /// For a lab that has no number yet, and those after it.
    pub next_id: LabId,
}

impl Model {
    /// The first lab that opens, or the example with a packet already sent.
    pub fn start(Start { labs, notice, settings, next_id }: Start) -> Result<Self, Refused> {
        let mut refused = None;
        let opened = labs.into_iter().find_map(|(known, said)| match Self::restored(known, next_id) {
            Ok(model) => Some((model, said)),
            Err(why) => {
                refused.get_or_insert(why);
                None
            }
        });
        let (mut model, said) = match opened {
            Some(opened) => opened,
            None => (Self::example(next_id)?, None),
        };
        let refused =
            refused.map(|why| Notice::Refused(why.diagnostics.first().map(ToString::to_string).unwrap_or_default()));
        model.notice = notice.or(refused).or(said).map(Rc::new);
        model.next_id = next_id.max(model.id) + 1;
        (model.theme, model.pace, model.why) =
            (settings.theme, settings.pace.min(super::PACES.len() - 1), settings.why);
        model.stop = settings.stop;
        Ok(model)
    }

    /// What a figure starts with: its cluster, or the example, with a packet already sent.
    pub fn figure(cluster: Option<&str>) -> Result<Self, Refused> {
        Ok(Self::loaded(Session::open(cluster.unwrap_or(WEB_SHOP))?, 0))
    }

    fn example(id: LabId) -> Result<Self, Refused> {
        Ok(Self::loaded(Session::open(WEB_SHOP)?, id))
    }

    /// A lab that takes a while comes in turns, so that the page is there meanwhile.
    fn restored(known: Known, next_id: LabId) -> Result<Self, Refused> {
        if is_heavy(&known.kept) {
            let mut model = Self::example(known.id)?;
            model.is_placeholder = true;
            model.next_id = next_id;
            model.replay(known.kept.clone(), Whence::Start(Rc::new(known)));
            return Ok(model);
        }
        let (session, view) = Replay::new(known.kept.clone()).finish()?;
        let mut model = Self::new(session, known.id);
        model.look_again(Some(view));
        if let Some(draft) = &known.draft {
            model.write(draft.clone());
        }
        Ok(model)
    }

    /// The lab that was to be opened did not come: the example is one of its own.
    pub(super) fn stay(&mut self) {
        if self.is_placeholder {
            self.is_placeholder = false;
            self.id = self.next_id;
            self.next_id += 1;
        }
    }

    /// Begins to load the draft. The lab that is open stays until that is done, and if it fails.
    pub(super) fn load(&mut self) {
        let joined = beside(&self.written.text, &self.draft);
        if let Some(joined) = joined {
            self.write(joined.into());
        }
        let loading = Loading::new(&self.draft, Session::SEED);
        self.loading = Some(Busy::Loading(loading.step()));
        self.refused = Rc::new([]);
        self.pending = Rc::new(RefCell::new(Some(Pending::Load(loading))));
    }

    /// Files that were dropped or chosen: a lab that was saved, or texts for the editor, which are loaded.
    pub(super) fn take_files(&mut self, texts: &[String]) {
        self.keeping = false;
        match texts {
            [] => self.notice = Some(Rc::new(Notice::Unreadable)),
            [file] if Kept::is_meant_by(file) => match Kept::from_file(file) {
                Ok(kept) => {
                    let known = Known { id: self.next_id, title: String::new(), kept, draft: None };
                    self.bring(Rc::new(known));
                }
                Err(damage) => self.notice = Some(Rc::new(Notice::BrokenFile(damage))),
            },
            // Several are one text: a node's rules and its addresses are often in files of their own.
            texts => {
                self.write(texts.join("\n").into());
                self.load();
            }
        }
    }
}
