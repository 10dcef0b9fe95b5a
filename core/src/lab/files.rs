use std::collections::BTreeMap;
use std::sync::Arc;

use crate::proxy::Mode;

/// The files that somebody wrote on the lab's machines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    texts: BTreeMap<Path, Arc<String>>,
    bytes: usize,
}

/// Each machine of each lane has files of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path {
    pub mode: Mode,
    pub machine: String,
    pub name: String,
}

/// No space is left on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Files {
    /// What all of them may have together: several times the rules of 10,000 Services.
    pub const MOST_BYTES: usize = 64 << 20;

    pub fn text(&self, path: &Path) -> Option<&str> {
        self.texts.get(path).map(|text| text.as_str())
    }

    /// Those of a machine, from the root.
    pub fn names<'f>(&'f self, mode: Mode, machine: &'f str) -> impl Iterator<Item = &'f str> {
        let is_there = move |path: &&Path| path.mode == mode && path.machine == machine;
        self.texts.keys().filter(is_there).map(|path| path.name.as_str())
    }

    /// Makes one where there is none.
    pub fn open(&mut self, path: Path) {
        self.texts.entry(path).or_default();
    }

    /// Makes one that is empty.
    pub fn empty(&mut self, path: Path) {
        let before = self.texts.insert(path, Arc::default());
        self.bytes -= before.map_or(0, |text| text.len());
    }

    /// Writes behind what it has.
    pub fn append(&mut self, path: Path, text: &str) -> Result<(), Full> {
        if self.bytes + text.len() > Self::MOST_BYTES {
            return Err(Full);
        }
        self.bytes += text.len();
        Arc::make_mut(self.texts.entry(path).or_default()).push_str(text);
        Ok(())
    }
}
