use crate::lab::Lab;

/// Copies of a lab as it was after so many steps, so that going back there takes no replay.
#[derive(Debug)]
pub(super) struct Checkpoints {
    /// In the order of their steps.
    kept: Vec<(usize, Lab)>,
}

impl Checkpoints {
    pub const NONE: Self = Self { kept: Vec::new() };

    /// [`weight`] up to which a copy takes less than a frame, so that every step may have one.
    const LIGHT: usize = 3_000;
    /// Weight of all copies together.
    const BUDGET: usize = 30 * Self::LIGHT;

    /// Keeps a copy; of a heavy lab only where there is none to start from.
    pub fn keep(&mut self, done: usize, lab: &Lab) {
        self.kept.retain(|(at, _)| *at < done);
        let weight = weight(lab);
        if weight > Self::LIGHT && !self.kept.is_empty() {
            return;
        }
        self.kept.push((done, lab.clone()));
        let most = (Self::BUDGET / weight.max(1)).max(1);
        if self.kept.len() > most {
            self.kept.drain(..self.kept.len() - most);
        }
    }

    /// The copy of just then.
    pub fn take(&mut self, done: usize) -> Option<Lab> {
        let index = self.kept.iter().position(|(at, _)| *at == done)?;
        Some(self.kept.remove(index).1)
    }

    /// The last copy of no later than then, with its steps.
    pub fn before(&self, done: usize) -> Option<(usize, &Lab)> {
        self.kept.iter().rev().find(|(at, _)| *at <= done).map(|(at, lab)| (*at, lab))
    }
}

/// What a copy costs: Services and endpoints, once for each node that was started in a lane.
fn weight(lab: &Lab) -> usize {
    let endpoints: usize = lab.cluster.endpoint_slices.iter().map(|slice| slice.endpoints.len()).sum();
    let nodes = |lane: &crate::lab::Lane| {
        (0..lane.network.node_names.len()).filter(|node| lane.network.is_started(*node)).count()
    };
    let started: usize = lab.lanes.iter().map(nodes).sum();
    let read = lab.text.len() / BYTES_OF_AN_ENDPOINT;
    started * (lab.cluster.services.len() + endpoints) + read
}

/// Of a copied node only its text tells how large it is.
const BYTES_OF_AN_ENDPOINT: usize = 200;
