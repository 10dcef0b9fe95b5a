use std::rc::Rc;

use datapath_core::lab::{Client, Target};
use datapath_core::proxy::Mode;
use datapath_core::session::{Session, View};

use super::{Model, Shown};

impl Model {
    /// A lab as a figure about some datapaths; about all if none is named. Without a view, the first packet is shown from
    /// its first step on.
    pub fn figure(session: Session, view: Option<View>, datapaths: &[Mode]) -> Self {
        let mut model = Self::loaded(session, 0);
        if let Some(view) = &view {
            model.look_again(Some(view.clone()));
        }
        model.datapaths = datapaths.into();
        model.lane = model.nearest_lane(model.lane);
        let here = view.and_then(|_| model.moment(model.lane));
        let packet = model.shown.as_ref().map_or(0, |shown| shown.packet);
        model.show(packet, 0);
        if let (Some(moment), Some(shown)) = (here, &model.shown) {
            model.tick = shown.timeline.tick_of(model.lane, moment);
        }
        model
    }

    /// Opens a connection between others than those who are chosen, and sends its first packet.
    pub(super) fn send_between(&mut self, client: Client, target: Target) {
        self.take_in(Some(client), target);
        self.send();
    }

    /// The step where the chosen lane is, on the clock of all lanes.
    pub(super) fn tick_of_lab(&self) -> usize {
        if self.datapaths.is_empty() {
            return self.tick;
        }
        let lab = self.lab();
        let all: Vec<_> = (0..lab.lanes.len()).collect();
        let shown = self.shown.as_ref().and_then(|shown| Shown::of(&lab, shown.packet, &all));
        let moment = self.moment(self.lane);
        shown.zip(moment).map_or(0, |(shown, moment)| shown.timeline.tick_of(self.lane, moment))
    }

    /// How many packets were sent.
    pub fn sent(&self) -> usize {
        self.session.borrow().packets_sent()
    }

    /// The datapaths that are shown, by their lanes.
    pub fn datapaths(&self) -> Rc<[Mode]> {
        let lab = self.lab();
        self.lanes().into_iter().map(|lane| lab.lanes[lane].mode).collect()
    }
}
