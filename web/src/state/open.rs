use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lab::{Client, Lab, Loading, LoadingStep, Refused, Target, WEB_SHOP, beside};

use super::Model;
use crate::saved::{Deed, Saved, Sent};

/// The same choices on every opening, so that a reload shows what was there.
const SEED: u64 = 1;
/// Connections that a reload sends again, at most.
const REPLAYED: usize = 200;

impl Model {
    /// What the page starts with: what was saved, or the example with a packet already sent.
    pub fn start(saved: Option<Saved>, may_open: bool) -> Result<Self, Refused> {
        let Some(saved) = saved else {
            return Self::example();
        };
        let restored = if may_open { Self::restored(&saved) } else { None };
        let mut model = restored.map_or_else(Self::example, Ok)?;
        if let Some(draft) = saved.texts.draft.or(saved.texts.open) {
            model.draft = draft.into();
        }
        model.theme = saved.place.theme;
        Ok(model)
    }

    /// What a figure starts with: its cluster, or the example, with a packet already sent.
    pub fn figure(cluster: Option<&str>) -> Result<Self, Refused> {
        Self::opened(cluster.unwrap_or(WEB_SHOP))
    }

    fn opened(text: &str) -> Result<Self, Refused> {
        let (lab, packet) = Loading::new(text, SEED).finish()?;
        Ok(Self::loaded(lab, packet, text))
    }

    /// Begins to load the draft. The lab that is open stays until that is done, and if it fails.
    pub(super) fn load(&mut self) {
        if let Some(joined) = beside(&self.lab.borrow().text, &self.draft) {
            self.draft = joined.into();
        }
        let loading = Loading::new(&self.draft, SEED);
        self.loading = Some(loading.step());
        self.refused = Rc::new([]);
        self.underway = Rc::new(RefCell::new(Some(loading)));
    }

    /// Takes turns until a time of the browser's clock, in milliseconds. True when there is something to tell.
    pub fn load_until(&self, end: f64) -> bool {
        let mut underway = self.underway.borrow_mut();
        let Some(loading) = underway.as_mut() else {
            return false;
        };
        while Some(loading.step()) == self.loading && js_sys::Date::now() < end {
            loading.advance();
        }
        Some(loading.step()) != self.loading
    }

    /// Tells how far loading is, and shows the lab once that is done.
    pub(super) fn load_on(&mut self) {
        let done = self.underway.borrow_mut().take_if(|loading| loading.step() == LoadingStep::Done);
        self.loading = self.underway.borrow().as_ref().map(Loading::step);
        match done.map(Loading::finish) {
            None => {}
            Some(Ok((lab, packet))) => self.replace(Self::loaded(lab, packet, &self.draft)),
            Some(Err(Refused { diagnostics })) => self.refused = diagnostics.into(),
        }
    }

    pub(super) fn stop_loading(&mut self) {
        self.loading = None;
        self.underway = Rc::default();
    }

    /// What has to do with the page, and not with the lab, stays.
    fn replace(&mut self, fresh: Self) {
        *self = Self {
            edition: self.edition + 1,
            pace: self.pace,
            lane: fresh.nearest_lane(self.lane),
            why: self.why,
            theme: self.theme,
            kept: self.kept,
            revision: self.revision,
            settled: self.settled,
            set_aside: self.set_aside.clone(),
            ..fresh
        };
    }

    /// A lab whose first packet is on its way.
    fn loaded(lab: Lab, packet: Option<(Client, Target)>, draft: &str) -> Self {
        let mut model = Self::new(lab, draft);
        if let Some((client, target)) = packet {
            (model.client, model.target) = (Some(client), Some(target));
            model.note_sent();
        }
        model
    }

    fn example() -> Result<Self, Refused> {
        Self::opened(WEB_SHOP)
    }

    /// None if the saved text does not open any more.
    fn restored(Saved { place, texts }: &Saved) -> Option<Self> {
        let text = texts.open.as_deref().unwrap_or(WEB_SHOP);
        let mut model = Self::new(Lab::open(text, SEED).ok()?, text);
        // What was done to the cluster counts whatever came after; of connections, the last ones will do.
        let sent = place.deeds.iter().filter(|deed| matches!(deed, Deed::Sent(_))).count();
        let mut skipped = sent.saturating_sub(REPLAYED);
        for deed in &place.deeds {
            match deed {
                Deed::Sent(_) if skipped > 0 => skipped -= 1,
                Deed::Sent(sent) => model.resend(sent),
                Deed::Acted(command) => model.redo(command),
            }
        }
        model.choose(&place.client, &place.target);
        model.lane = model.nearest_lane(place.lane);
        model.why = place.why;
        model.pace = place.pace.min(super::PACES.len() - 1);
        model.show(place.packet, place.tick);
        Some(model)
    }

    fn resend(&mut self, sent: &Sent) {
        if sent.continues {
            (0..sent.packets).for_each(|_| self.send_next());
        } else if self.choose(&sent.client, &sent.target) {
            self.send();
            (1..sent.packets).for_each(|_| self.send_next());
        }
    }

    /// False if there is no such client or target.
    fn choose(&mut self, client: &str, target: &str) -> bool {
        let listed = self.clients.iter().find(|other| other.to_string() == client).cloned();
        let client = listed.or_else(|| self.lab.borrow().client_at(client).ok());
        let listed = self.targets.iter().find(|other| other.to_string() == target).cloned();
        let target = listed.or_else(|| Target::parse(target).ok());
        match (client, target) {
            (Some(client), Some(target)) => {
                self.take_in(Some(client), target);
                true
            }
            _ => false,
        }
    }
}
