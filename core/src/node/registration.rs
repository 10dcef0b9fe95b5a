//! In which order tools have registered their functions at the hooks.

use super::Node;
use crate::net::Family;
use crate::netfilter::{Hook, XtTable};
use crate::nftables;
use crate::trace::ChainId;

/// Who registers a function at a hook: a table of iptables, or a base chain of nft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Registrant {
    Table(Family, XtTable, Hook),
    Chain(ChainId),
}

impl Node {
    /// Remembers what was loaded since the last call as registered after everything before. Of equal priorities the
    /// kernel calls the function that was registered last first (`nf_hook_entries_grow`).
    ///
    /// To be called between two tools; what is loaded without that counts as one step, iptables before nft.
    pub fn note_registrations(&mut self) {
        let now = self.registrants();
        self.registered.retain(|known| now.contains(known));
        for registrant in now {
            if !self.registered.contains(&registrant) {
                self.registered.push(registrant);
            }
        }
    }

    fn registrants(&self) -> Vec<Registrant> {
        let mut found = Vec::new();
        for family in [Family::V4, Family::V6] {
            let tables = self.iptables.of(family);
            for table in XtTable::ALL {
                let hooks = table.hooks().iter().filter(|hook| tables.is_registered(table, **hook));
                found.extend(hooks.map(|hook| Registrant::Table(family, table, *hook)));
            }
        }
        for (family, hook) in
            [Family::V4, Family::V6].into_iter().flat_map(|family| Hook::ALL.map(|hook| (family, hook)))
        {
            for chain in nftables::base_chains(&self.nftables, family, hook).iter().rev() {
                let registrant = Registrant::Chain(chain.id);
                if !found.contains(&registrant) {
                    found.push(registrant);
                }
            }
        }
        found
    }
}

/// Greater for what was registered later; greatest for what nobody has noted.
pub(super) fn place(registered: &[Registrant], of: Registrant) -> usize {
    registered.iter().position(|known| *known == of).unwrap_or(usize::MAX)
}
