use datapath_core::lab::{Lab, Refused, WEB_SHOP};

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
        let text = cluster.unwrap_or(WEB_SHOP);
        Lab::open(text, SEED).map(|lab| Self::alive(lab, text))
    }

    /// Loads the draft. The lab that is open stays if that fails.
    pub(super) fn load(&mut self) {
        self.loading = false;
        match Lab::open(&self.draft, SEED) {
            Ok(lab) => {
                let fresh = Self::alive(lab, &self.draft);
                *self = Self {
                    edition: self.edition + 1,
                    pace: self.pace,
                    lane: self.lane,
                    why: self.why,
                    theme: self.theme,
                    kept: self.kept,
                    revision: self.revision,
                    settled: self.settled,
                    ..fresh
                };
            }
            Err(Refused { diagnostics }) => self.refused = diagnostics.into(),
        }
    }

    fn example() -> Result<Self, Refused> {
        Lab::open(WEB_SHOP, SEED).map(|lab| Self::alive(lab, WEB_SHOP))
    }

    /// A lab in which the first packet is on its way.
    fn alive(lab: Lab, draft: &str) -> Self {
        let asked = lab.opening_target();
        let mut model = Self::new(lab, draft);
        model.target = asked.or(model.target);
        model.send();
        model
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
        model.lane = place.lane.min(2);
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
        let client = self.clients.iter().find(|other| other.to_string() == client);
        let target = self.targets.iter().find(|other| other.to_string() == target);
        let found = client.is_some() && target.is_some();
        if let (Some(client), Some(target)) = (client.cloned(), target.cloned()) {
            self.client = Some(client);
            self.target = Some(target);
        }
        found
    }
}
