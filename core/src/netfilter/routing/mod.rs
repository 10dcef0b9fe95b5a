//! Devices, addresses and routes of a node: which way a packet goes, and which source it gets.
//!
//! In: `ip addr` and `ip route` facts. Out: a routing decision. Left out on purpose: routing caches,
//! multipath, neighbour tables.

mod device;
mod policy;
mod settings;
mod source;
mod table;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;

use ipnet::IpNet;

pub use device::{Device, DeviceKind};
pub use policy::{Flow, PolicyAction, PolicyRule, TABLE_DEFAULT, TABLE_MAIN};
pub use settings::{ArpSettings, DeviceSettings, Forwards};
pub use table::{Destination, RouteEntry, RouteTable};

use super::{PacketType, RejectWith, Skb};
use crate::fixed_hash::HashMap;
use crate::net::Family;
use crate::trace::Route;

/// What an address is to this node (`RTN_*`), as `-m addrtype` and nft's `fib … type` ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressType {
    Unspecified,
    Unicast,
    Local,
    Broadcast,
    Multicast,
    Blackhole,
    Unreachable,
    Prohibit,
}

#[derive(Clone, Debug, Default)]
pub struct Routing {
    devices: Vec<Device>,
    /// Where each device is among them.
    by_name: HashMap<Arc<str>, usize>,
    /// The broadcast addresses of all subnets, and how many addresses of devices bring each about.
    broadcasts: HashMap<Ipv4Addr, usize>,
    /// The number that each device got, which no other gets after it (`ifindex`).
    indices: HashMap<Arc<str>, NonZeroU32>,
    last_index: Option<NonZeroU32>,
    /// The tables `local` and `main`, looked up in this order as the default policy rules do.
    local: RouteTable,
    main: RouteTable,
    /// All other tables, by number.
    others: BTreeMap<u32, RouteTable>,
    /// By priority, without the rules for `local`, `main` and `default`, which every node has.
    policy: Vec<PolicyRule>,
    /// `net.ipv4.conf.all.route_localnet`: 127.0.0.0/8 is an address like any other.
    pub route_localnet: bool,
    /// `net.ipv4.conf.all.arp_ignore` and `arp_announce`.
    pub arp: ArpSettings,
    /// `net.ipv4.conf.all.rp_filter`.
    pub reverse_path: ReversePath,
    pub forwards: Forwards,
    /// What is set for single devices.
    by_device: BTreeMap<Arc<str>, DeviceSettings>,
}

/// What the source of a packet from outside must be (`rp_filter`). IPv4 only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReversePath {
    #[default]
    Any,
    /// An answer leaves by the device that the packet came in by.
    Strict,
    /// There is a route back.
    Loose,
}

impl Routing {
    /// Adds a device with its addresses, and the routes that the kernel makes by itself: each address
    /// is local; the prefix of an address that is no host address is reached through the device.
    pub fn add_device(&mut self, device: Device) {
        for address in &device.addresses {
            self.local.add(RouteEntry::local(address.addr(), device.name.clone()));
            count_broadcast(&mut self.broadcasts, *address);
            if device.kind == DeviceKind::Loopback {
                let source = address.addr().is_ipv4().then_some(address.addr());
                self.local.add(RouteEntry { source, ..RouteEntry::local_prefix(address.trunc(), device.name.clone()) });
            } else if address.prefix_len() < address.max_prefix_len() {
                self.main.add(RouteEntry::on_link(address.trunc(), device.name.clone(), Some(address.addr())));
            }
        }
        self.by_name.entry(device.name.clone()).or_insert(self.devices.len());
        self.indices.entry(device.name.clone()).or_insert_with(|| {
            let next = self.last_index.map_or(NonZeroU32::MIN, |last| last.saturating_add(1));
            *self.last_index.insert(next)
        });
        self.devices.push(device);
    }

    /// Adds one more address to a device, as kube-proxy does with `kube-ipvs0`. Unknown devices are ignored.
    pub fn add_address(&mut self, device: &str, address: IpNet) {
        if let Some(found) = self.by_name.get(device).and_then(|place| self.devices.get_mut(*place)) {
            found.addresses.push(address);
            self.local.add(RouteEntry::local(address.addr(), found.name.clone()));
            count_broadcast(&mut self.broadcasts, address);
        }
    }

    /// Whether a device has the address. The table is asked first: a device may have many thousands.
    pub fn has_address(&self, device: &str, address: IpNet) -> bool {
        let is_known = self.local.has(IpNet::from(address.addr()));
        is_known && self.device(device).is_some_and(|device| device.addresses.contains(&address))
    }

    /// Takes an address from a device, with the route that came with it.
    pub fn remove_address(&mut self, device: &str, address: IpNet) {
        if let Some(found) = self.by_name.get(device).and_then(|place| self.devices.get_mut(*place)) {
            let before = found.addresses.len();
            found.addresses.retain(|known| *known != address);
            (found.addresses.len()..before).for_each(|_| forget_broadcast(&mut self.broadcasts, address));
            let host = IpNet::from(address.addr());
            self.local
                .remove(|route| route.prefix == host && route.to.device().is_some_and(|known| &**known == device));
        }
    }

    /// Takes a device away, with its addresses and all routes through it.
    pub fn remove_device(&mut self, device: &str) {
        for gone in self.devices.extract_if(.., |known| &*known.name == device) {
            gone.addresses.into_iter().for_each(|address| forget_broadcast(&mut self.broadcasts, address));
        }
        let places = self.devices.iter().enumerate().rev();
        self.by_name = places.map(|(place, device)| (device.name.clone(), place)).collect();
        for table in [&mut self.local, &mut self.main] {
            table.remove(|route| route.to.device().is_some_and(|known| &**known == device));
        }
    }

    /// Takes the route with this prefix out of the table `main`.
    pub fn remove_route(&mut self, prefix: IpNet) {
        self.main.remove(|route| route.prefix == prefix);
    }

    pub fn add_route(&mut self, route: RouteEntry) {
        self.main.add(route);
    }

    /// Adds a route to the table `local`, which is asked first.
    pub fn add_local(&mut self, route: RouteEntry) {
        self.local.add(route);
    }

    /// Adds a route to the table with this number.
    pub fn add_route_in(&mut self, table: u32, route: RouteEntry) {
        match table {
            TABLE_MAIN => self.main.add(route),
            other => self.others.entry(other).or_default().add(route),
        }
    }

    /// Of equal priorities the rule that was added first is asked first.
    pub fn add_policy(&mut self, rule: PolicyRule) {
        let place = self.policy.partition_point(|known| known.priority <= rule.priority);
        self.policy.insert(place, rule);
    }

    /// The rules besides those that every node has, by priority.
    pub fn policies(&self) -> impl Iterator<Item = &PolicyRule> {
        self.policy.iter()
    }

    /// Takes one such rule away.
    pub fn remove_policy(&mut self, rule: &PolicyRule) {
        if let Some(place) = self.policy.iter().position(|known| known == rule) {
            self.policy.remove(place);
        }
    }

    /// Adds the route to the subnet of an address that a device has, which the kernel makes by itself.
    pub fn add_subnet(&mut self, device: &str, address: IpNet) {
        if address.prefix_len() < address.max_prefix_len() {
            self.main.add(RouteEntry::on_link(address.trunc(), device.into(), Some(address.addr())));
        }
    }

    /// Takes that route away again.
    pub fn remove_subnet(&mut self, device: &str, address: IpNet) {
        self.main.remove(|route| *route == RouteEntry::on_link(address.trunc(), device.into(), Some(address.addr())));
    }

    pub fn devices(&self) -> &[Device] {
        &self.devices
    }

    pub fn device(&self, name: &str) -> Option<&Device> {
        self.devices.get(*self.by_name.get(name)?)
    }

    /// Whether what comes by the device is in frames of Ethernet.
    pub fn has_frames(&self, device: &str) -> bool {
        self.device(device).is_some_and(|device| device.kind.has_frames())
    }

    pub fn index_of(&self, device: &str) -> Option<NonZeroU32> {
        self.indices.get(device).copied()
    }

    pub fn is_local(&self, address: IpAddr) -> bool {
        self.local.lookup(address).is_some()
    }

    /// To whom a packet came (`eth_type_trans`): only a link layer can tell.
    pub fn packet_type(&self, skb: &Skb) -> PacketType {
        let device = skb.input.as_deref().and_then(|device| self.device(device));
        if !device.is_some_and(|device| device.kind.has_frames()) {
            return PacketType::Host;
        }
        match self.address_type(skb.packet.dst) {
            AddressType::Broadcast => PacketType::Broadcast,
            AddressType::Multicast => PacketType::Multicast,
            _ => PacketType::Host,
        }
    }

    /// What `address` is to this node (`inet_dev_addr_type` without a device).
    pub fn address_type(&self, address: IpAddr) -> AddressType {
        if address.is_unspecified() {
            return AddressType::Unspecified;
        }
        if address.is_multicast() {
            return AddressType::Multicast;
        }
        if let IpAddr::V4(v4) = address
            && (v4.is_broadcast() || self.is_broadcast(address))
        {
            return AddressType::Broadcast;
        }
        if self.is_local(address) {
            return AddressType::Local;
        }
        match self.main.lookup(address).map(|route| &route.to) {
            Some(Destination::Blackhole) => AddressType::Blackhole,
            Some(Destination::Unreachable) => AddressType::Unreachable,
            Some(Destination::Prohibit) => AddressType::Prohibit,
            Some(Destination::Local { .. }) => AddressType::Local,
            // Without a route the kernel still says unicast (`__inet_dev_addr_type` starts with it).
            Some(Destination::Via { .. } | Destination::Throw) | None => AddressType::Unicast,
        }
    }

    /// Whether it is the broadcast address of a device's subnet.
    pub fn is_broadcast(&self, address: IpAddr) -> bool {
        matches!(address, IpAddr::V4(v4) if self.broadcasts.contains_key(&v4))
    }

    /// The routing decision for a destination, without anything that a policy rule may ask.
    pub fn lookup(&self, dst: IpAddr) -> Route {
        self.lookup_flow(&Flow::to(dst))
    }

    /// The routing decision for a packet.
    pub fn lookup_flow(&self, flow: &Flow<'_>) -> Route {
        match self.find(flow) {
            Some(Found::Entry(entry)) => decision(&entry.to, flow.dst),
            Some(Found::Rule(action)) => refusal(action),
            None => Route::Unreachable,
        }
    }

    /// The routing decision for a packet of this node that has to leave by a device: only routes through it count, and
    /// IPv4 takes what none leads to for a neighbour (`ip_route_output_key_hash_rcu`).
    pub fn lookup_through(&self, dst: IpAddr, device: &str) -> Route {
        let leads_there = |entry: &RouteEntry| entry.to.device().is_some_and(|known| &**known == device);
        match self.find_among(&Flow::to(dst), |table| table.lookup_among(dst, leads_there)) {
            Some(Found::Entry(entry)) => decision(&entry.to, dst),
            _ if dst.is_ipv4() => Route::Via { device: device.into(), gateway: None },
            Some(Found::Rule(action)) => refusal(action),
            None => Route::Unreachable,
        }
    }

    fn find(&self, flow: &Flow<'_>) -> Option<Found<'_>> {
        self.find_among(flow, |table| table.lookup(flow.dst))
    }

    /// The route or the policy rule that decides (`fib_lookup`, `fib_rules_lookup`).
    fn find_among<'a>(
        &'a self,
        flow: &Flow<'_>,
        lookup: impl Fn(&'a RouteTable) -> Option<&'a RouteEntry>,
    ) -> Option<Found<'a>> {
        // None if the next table is asked.
        let entry_in =
            |table: &'a RouteTable| lookup(table).filter(|entry| entry.to != Destination::Throw).map(Found::Entry);
        let later = self.policy.partition_point(|rule| rule.priority <= policy::MAIN_PRIORITY);
        let (before, after) = self.policy.split_at(later);
        let asked = |table: u32| match table {
            TABLE_MAIN => entry_in(&self.main),
            other => entry_in(self.others.get(&other)?),
        };
        let by_rules = |rules: &[PolicyRule]| {
            rules.iter().filter(|rule| rule.matches(flow)).find_map(|rule| match rule.action {
                PolicyAction::Lookup(table) => {
                    asked(table).filter(|found| !matches!(found, Found::Entry(entry) if rule.suppresses(entry)))
                }
                action => Some(Found::Rule(action)),
            })
        };
        entry_in(&self.local)
            .or_else(|| by_rules(before))
            .or_else(|| asked(TABLE_MAIN))
            .or_else(|| by_rules(after))
            .or_else(|| asked(TABLE_DEFAULT))
    }

    /// The source address of a packet that this node sends to `dst` (`fib_result_prefsrc`): the route's
    /// own, else the destination itself if it is local, else the first address of the device.
    pub fn source_for(&self, dst: IpAddr) -> Option<IpAddr> {
        if let Some(entry) = self.local.lookup(dst) {
            let source = entry.source.unwrap_or(dst);
            return Some(entry.to.device().map_or(source, |device| self.primary(device, source)));
        }
        let Some(Found::Entry(entry)) = self.find(&Flow::to(dst)) else {
            return None;
        };
        match &entry.to {
            Destination::Via { device, gateway } => {
                entry.source.or_else(|| self.address_of(device, gateway.unwrap_or(dst)))
            }
            _ => None,
        }
    }

    /// Which address of IPv4 stands for one of a device's: of several in a subnet the first (`fib_add_ifaddr`).
    fn primary(&self, device: &str, address: IpAddr) -> IpAddr {
        let known = self.device(device).map_or(&[][..], |device| &device.addresses);
        let net = known.iter().find(|net| net.addr() == address && address.is_ipv4());
        let first = net.and_then(|net| known.iter().find(|first| first.trunc() == net.trunc()));
        first.map_or(address, IpNet::addr)
    }

    /// The address that the node shows on a device. Loopback addresses have the scope of the host and are never shown.
    ///
    /// IPv4: one in the subnet of `towards`, else the device's first, else the first of any other device
    /// (`inet_select_addr`). IPv6: one of the device if it has any, and of several the one that shares most of its
    /// beginning with `towards` (`ipv6_dev_get_saddr`); to itself it shows the very address that it asks for.
    pub fn address_of(&self, device: &str, towards: IpAddr) -> Option<IpAddr> {
        let family = Family::of(towards);
        let shown = |device: &Device| -> Vec<IpNet> {
            let usable = |net: &&IpNet| Family::of(net.addr()) == family && !net.addr().is_loopback();
            device.addresses.iter().filter(usable).copied().collect()
        };
        let own = self.device(device).map(shown).unwrap_or_default();
        let all = || self.devices.iter().filter(|device| leads_outside(device.kind)).flat_map(shown);
        let best = match towards {
            IpAddr::V4(_) => {
                own.iter().find(|net| net.contains(&towards)).or(own.first()).copied().or_else(|| all().next())
            }
            IpAddr::V6(_) if self.is_local(towards) => return Some(towards),
            IpAddr::V6(towards) => {
                let candidates = if own.is_empty() { all().collect() } else { own };
                // Of equal ones the first.
                candidates.into_iter().rev().max_by_key(|net| shared_bits(net.addr(), towards))
            }
        };
        best.map(|net| net.addr())
    }

    /// The routes of both tables, local first, in the order in which they were added.
    pub fn routes(&self) -> impl Iterator<Item = &RouteEntry> {
        self.local.entries().chain(self.main.entries())
    }

    /// The routes of the table `main`, in the order in which they were added.
    pub fn main_routes(&self) -> impl Iterator<Item = &RouteEntry> {
        self.main.entries()
    }

    pub fn device_names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.devices.iter().map(|device| &device.name)
    }
}

/// The broadcast address that comes with an address (`fib_add_ifaddr`).
fn broadcast_of(address: IpNet) -> Option<Ipv4Addr> {
    match address {
        IpNet::V4(net) if net.prefix_len() < 31 => Some(net.broadcast()),
        _ => None,
    }
}

fn count_broadcast(broadcasts: &mut HashMap<Ipv4Addr, usize>, address: IpNet) {
    if let Some(broadcast) = broadcast_of(address) {
        *broadcasts.entry(broadcast).or_default() += 1;
    }
}

fn forget_broadcast(broadcasts: &mut HashMap<Ipv4Addr, usize>, address: IpNet) {
    if let Some(broadcast) = broadcast_of(address)
        && let Some(count) = broadcasts.get_mut(&broadcast)
    {
        *count -= 1;
        if *count == 0 {
            broadcasts.remove(&broadcast);
        }
    }
}

const fn leads_outside(kind: DeviceKind) -> bool {
    matches!(kind, DeviceKind::Ethernet | DeviceKind::Bridge | DeviceKind::Vxlan | DeviceKind::Tunnel)
}

/// How many bits two addresses begin with alike (`ipv6_addr_diff`).
fn shared_bits(address: IpAddr, with: Ipv6Addr) -> u32 {
    match address {
        IpAddr::V6(address) => (u128::from(address) ^ u128::from(with)).leading_zeros(),
        IpAddr::V4(_) => 0,
    }
}

/// What decides about a packet's way.
enum Found<'a> {
    Entry(&'a RouteEntry),
    Rule(PolicyAction),
}

/// The errors are those of `fib_props` and, for IPv6, of `ip6_pkt_discard` and `ip6_pkt_prohibit`.
fn decision(to: &Destination, dst: IpAddr) -> Route {
    match to {
        Destination::Local { device } => Route::Local { device: device.clone() },
        Destination::Via { device, gateway } => Route::Via { device: device.clone(), gateway: *gateway },
        Destination::Blackhole => Route::Blackhole,
        Destination::Unreachable if dst.is_ipv6() => Route::Refused(RejectWith::NoRoute),
        Destination::Unreachable => Route::Refused(RejectWith::HostUnreachable),
        Destination::Prohibit => Route::Refused(RejectWith::AdminProhibited),
        Destination::Throw => Route::Unreachable,
    }
}

/// `fib4_rule_action`: an unreachable rule has another error than a route of this type.
const fn refusal(action: PolicyAction) -> Route {
    match action {
        PolicyAction::Lookup(_) => Route::Unreachable,
        PolicyAction::Blackhole => Route::Blackhole,
        PolicyAction::Unreachable => Route::Refused(RejectWith::NetUnreachable),
        PolicyAction::Prohibit => Route::Refused(RejectWith::AdminProhibited),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broadcast_address_lasts_as_long_as_an_address_of_its_subnet() {
        let device = |name: &str, addresses: &[&str]| Device {
            mac: None,
            name: name.into(),
            kind: DeviceKind::Ethernet,
            addresses: addresses.iter().map(|net| net.parse().unwrap()).collect(),
        };
        let mut routing = Routing::default();
        routing.add_device(device("eth0", &["10.0.0.1/24", "10.1.0.1/31", "fd00::1/64"]));
        routing.add_device(device("eth1", &["10.0.0.2/24"]));
        let kind = |routing: &Routing, address: &str| routing.address_type(address.parse().unwrap());
        assert_eq!(kind(&routing, "10.0.0.255"), AddressType::Broadcast);
        assert_eq!(kind(&routing, "10.1.0.0"), AddressType::Unicast);
        routing.remove_address("eth0", "10.0.0.1/24".parse().unwrap());
        assert_eq!(kind(&routing, "10.0.0.255"), AddressType::Broadcast);
        routing.add_address("eth1", "10.2.0.1/16".parse().unwrap());
        routing.remove_device("eth1");
        assert_eq!(kind(&routing, "10.0.0.255"), AddressType::Unicast);
        assert_eq!(kind(&routing, "10.2.255.255"), AddressType::Unicast);
    }
}
