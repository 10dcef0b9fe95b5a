use std::sync::Arc;

use super::{DeviceKind, ReversePath, Routing};
use crate::net::Family;
use crate::netfilter::Skb;
use crate::trace::Route;

/// `net.ipv4.ip_forward` and `net.ipv6.conf.all.forwarding`: whether packets that are not for the node go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forwards {
    pub v4: bool,
    pub v6: bool,
}

/// A node of a cluster forwards.
impl Default for Forwards {
    fn default() -> Self {
        Self { v4: true, v6: true }
    }
}

impl Forwards {
    pub const fn of(self, family: Family) -> bool {
        match family {
            Family::V4 => self.v4,
            Family::V6 => self.v6,
        }
    }
}

/// `arp_ignore` and `arp_announce`: who is answered, and by which address the node asks. 0 is the usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArpSettings {
    pub ignore: u8,
    pub announce: u8,
}

/// `net.ipv4.conf.DEVICE`, and what `ip link` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceSettings {
    pub route_localnet: bool,
    pub reverse_path: ReversePath,
    /// Bytes of the longest packet that leaves by it; none has no end.
    pub mtu: Option<u16>,
    /// Packets that wait before it (`txqueuelen`); none is what the kernel gives.
    pub queue_length: Option<u32>,
    pub arp: ArpSettings,
}

impl Routing {
    /// The settings of a device, which need not be there yet.
    pub fn settings_of(&mut self, device: &str) -> &mut DeviceSettings {
        self.by_device.entry(Arc::from(device)).or_default()
    }

    pub fn mtu(&self, device: &str) -> Option<u16> {
        self.by_device.get(device)?.mtu
    }

    pub fn queue_length(&self, device: &str) -> u32 {
        /// `DEFAULT_TX_QUEUE_LEN`
        const USUAL: u32 = 1000;
        self.by_device.get(device).and_then(|settings| settings.queue_length).unwrap_or(USUAL)
    }

    /// The bytes of the longest packet that fits through the devices of both directions (`tcpmss_reverse_mtu`); none if
    /// that depends on a device of which it is not known.
    pub fn mtu_both_ways(&self, skb: &Skb) -> Option<u32> {
        /// That of `lo`, if nothing else is said.
        const LOOPBACK: u32 = 65_536;
        let through = |device: &str| match self.mtu(device) {
            Some(mtu) => Some(u32::from(mtu)),
            None => self.device(device).filter(|found| found.kind == DeviceKind::Loopback).map(|_| LOOPBACK),
        };
        let there = through(skb.output.as_deref()?)?;
        Some(match self.lookup(skb.packet.src) {
            Route::Via { device, .. } => there.min(through(&device)?),
            Route::Local { .. } => there.min(LOOPBACK),
            Route::Unreachable | Route::Blackhole | Route::Refused(_) => there,
        })
    }

    /// `IN_DEV_ROUTE_LOCALNET`: for all devices, or for this one.
    pub fn routes_localnet(&self, device: &str) -> bool {
        self.route_localnet || self.by_device.get(device).is_some_and(|settings| settings.route_localnet)
    }

    /// `IN_DEV_ARP_IGNORE`: the greater of both numbers.
    pub fn arp_ignore(&self, device: &str) -> u8 {
        self.by_device.get(device).map_or(0, |settings| settings.arp.ignore).max(self.arp.ignore)
    }

    /// `IN_DEV_ARP_ANNOUNCE`: the greater of both numbers.
    pub fn arp_announce(&self, device: &str) -> u8 {
        self.by_device.get(device).map_or(0, |settings| settings.arp.announce).max(self.arp.announce)
    }

    /// `IN_DEV_RPFILTER`: the greater of both numbers.
    pub fn reverse_path_of(&self, device: &str) -> ReversePath {
        let own = self.by_device.get(device).map(|settings| settings.reverse_path).unwrap_or_default();
        self.reverse_path.max(own)
    }
}
