use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::net::MacAddress;

/// Who has which hardware address on the links of a node (`ip neigh`).
#[derive(Clone, Debug, Default)]
pub struct Neighbours(BTreeMap<Arc<str>, BTreeMap<IpAddr, MacAddress>>);

impl Neighbours {
    pub fn insert(&mut self, device: Arc<str>, address: IpAddr, mac: MacAddress) {
        self.0.entry(device).or_default().insert(address, mac);
    }

    pub fn get(&self, device: &str, address: IpAddr) -> Option<MacAddress> {
        self.0.get(device)?.get(&address).copied()
    }

    pub fn remove(&mut self, device: &str, address: IpAddr) {
        if let Some(known) = self.0.get_mut(device) {
            known.remove(&address);
        }
    }

    /// Forgets everybody on a link.
    pub fn remove_device(&mut self, device: &str) {
        self.0.remove(device);
    }
}
