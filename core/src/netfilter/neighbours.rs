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

    /// By device and address.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, IpAddr, MacAddress)> {
        self.0.iter().flat_map(|(device, known)| known.iter().map(move |(address, mac)| (device, *address, *mac)))
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
