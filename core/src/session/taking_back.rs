use super::{Kept, Session, Step, View};
use crate::lab::Lab;

/// What taking a step back came to.
#[derive(Debug)]
pub enum Undo {
    /// It is done, and this is what was looked at then, as far as known.
    Done(Option<View>),
    /// It takes a replay of this.
    Replay(Box<Kept>),
    /// Nothing is left to take back but the opening of the text.
    Nothing,
}

impl Session {
    /// The step that [`Self::undo`] takes back.
    pub fn undoable(&self) -> Option<&Step> {
        self.done.checked_sub(1).map(|last| &self.entries[last].step)
    }

    /// The step that [`Self::redo`] does again.
    pub fn redoable(&self) -> Option<&Step> {
        self.entries.get(self.done).map(|entry| &entry.step)
    }

    /// Takes the last step back.
    pub fn undo(&mut self, from: &View) -> Undo {
        let Some(earlier) = self.done.checked_sub(1) else {
            return Undo::Nothing;
        };
        self.leave(from);
        match self.back_to(earlier) {
            Some(lab) => self.lab = lab,
            None => {
                return Undo::Replay(Box::new(Kept {
                    done: earlier,
                    ..self.keep(self.left_at.get(&earlier).cloned().unwrap_or_default())
                }));
            }
        }
        self.done = earlier;
        Undo::Done(self.left_at.get(&earlier).cloned())
    }

    /// Does again what was taken back last. None if there is nothing.
    pub fn redo(&mut self, from: &View) -> Option<Option<View>> {
        let deeds = self.redoable()?.deeds.clone();
        self.leave(from);
        self.checkpoints.keep(self.done, &self.lab);
        let done: Vec<_> = deeds.iter().filter_map(|deed| deed.perform(&mut self.lab)).collect();
        let entry = &mut self.entries[self.done];
        entry.actions = done.iter().map(|done| done.actions).sum();
        entry.path = done.into_iter().find_map(|done| done.path);
        self.done += 1;
        Some(self.left_at.get(&self.done).cloned())
    }

    /// The lab as it was after so many steps: a copy, or an earlier one in which the steps since are done again.
    fn back_to(&mut self, done: usize) -> Option<Lab> {
        if let Some(lab) = self.checkpoints.take(done) {
            return Some(lab);
        }
        let (at, lab) = self.checkpoints.before(done)?;
        let mut lab = lab.clone();
        for entry in &self.entries[at..done] {
            entry.step.deeds.iter().for_each(|deed| drop(deed.perform(&mut lab)));
        }
        Some(lab)
    }
}
