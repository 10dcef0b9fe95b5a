//! Copies of packets that rules make: who gets one, and how it differs from the packet that goes on.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Hook, IpvsHandled, Sender, Skb};
use crate::trace::RuleId;

/// A copy that a rule made and that has not been sent yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    pub skb: Skb,
    pub to: Receiver,
    pub rule: RuleId,
}

/// Who gets a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// By the route to this machine, by this device if one is named (`-j TEE`, `dup to ADDRESS`).
    Machine { address: IpAddr, device: Option<Arc<str>> },
    /// Whoever is behind the device, past all hooks (`dup to DEVICE` of nft's family `netdev`).
    Device(Arc<str>),
}

impl Duplicate {
    /// A copy for a machine (`nf_dup_ipv4`, `nf_dup_ipv6`): no connection counts it, and where the hops have not been
    /// counted down yet it has one less. None if the packet is a copy itself.
    pub fn for_machine(skb: &Skb, hook: Hook, address: IpAddr, device: Option<Arc<str>>, rule: RuleId) -> Option<Self> {
        if skb.is_copy {
            return None;
        }
        let mut packet = skb.packet.clone();
        packet.dont_fragment |= packet.src.is_ipv4();
        if matches!(hook, Hook::Prerouting | Hook::Input) {
            packet.ttl = packet.ttl.wrapping_sub(1);
        }
        let copy = Skb {
            packet,
            input: None,
            ethernet: None,
            output: None,
            gateway: None,
            connection: None,
            untracked: true,
            template: None,
            rerouted: None,
            sender: Sender::Nobody,
            is_copy: true,
            ..skb.clone()
        };
        Some(Self { skb: copy, to: Receiver::Machine { address, device }, rule })
    }

    /// A copy for whoever is behind a device, just as the packet is (`nf_dup_netdev_egress`).
    pub fn for_device(skb: &Skb, device: Arc<str>, rule: RuleId) -> Self {
        let copy = Skb { ipvs: IpvsHandled::No, is_copy: true, ..skb.clone() };
        Self { skb: copy, to: Receiver::Device(device), rule }
    }
}
