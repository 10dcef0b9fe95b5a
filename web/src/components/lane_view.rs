use std::ops::Deref;

use crate::state::{Handle, Seen};

/// The state for one lane: the same while nothing changes of what the lane shows. A lane that waits for the others is not
/// rendered again with each of their steps.
#[derive(Clone)]
pub struct LaneView {
    model: Handle,
    seen: Seen,
}

impl LaneView {
    pub fn of(model: &Handle, lane: usize) -> Self {
        Self { model: model.clone(), seen: model.seen(lane) }
    }
}

impl PartialEq for LaneView {
    fn eq(&self, other: &Self) -> bool {
        self.seen == other.seen
    }
}

impl Deref for LaneView {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.model
    }
}
