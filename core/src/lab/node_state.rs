//! What kube-proxy reads from a node.

use std::net::IpAddr;

use ipnet::IpNet;

use super::apply::{DUMMY_DEVICE, service_key};
use crate::ipset;
use crate::iptables::{self, Tables};
use crate::ipvs::{Destination, ServiceKey, VirtualService};
use crate::net::{Family, Protocol};
use crate::netfilter::XtTable;
use crate::nftables::{self, Table};
use crate::node::Node;
use crate::proxy::ipvs::{FLAG_PERSISTENT, FLAG_SOURCE_HASH};
use crate::proxy::{
    AppliedRealServer, AppliedServer, Flow, Jump, NftObjects, NodeState, VirtualServerKey, VirtualServerSettings,
};
use crate::trace::{ChainId, RuleId};

impl NodeState for Node {
    fn has_jump(&self, family: Family, jump: &Jump) -> bool {
        let wanted = format!("-A {} {}", jump.chain, jump.rule());
        rules_of(self.iptables.of(family), jump).is_some_and(|mut rules| rules.any(|rule| rule == wanted))
    }

    fn nat_chains(&self, family: Family) -> Vec<String> {
        let Some(table) = self.iptables.of(family).table(XtTable::Nat) else {
            return Vec::new();
        };
        table.chains().map(|(_, chain)| chain.name.to_string()).collect()
    }

    fn nft_objects(&self, family: Family) -> NftObjects {
        let Some((_, table)) = nft_table(self, family) else {
            return NftObjects::default();
        };
        NftObjects {
            chains: table.chains.iter().map(|(_, chain)| chain.name.to_string()).collect(),
            sets: table.sets.iter().map(|(_, set)| set.name.to_string()).collect(),
        }
    }

    fn nft_elements(&self, family: Family, container: &str) -> Vec<(String, String)> {
        let Some((number, _)) = nft_table(self, family) else {
            return Vec::new();
        };
        let elements = nftables::elements(&self.nftables, number, container);
        elements.iter().map(|(element, _)| key_and_value(element)).collect()
    }

    fn virtual_servers(&self, family: Family) -> Vec<VirtualServerKey> {
        self.ipvs.services().filter_map(|service| virtual_server_key(&service.key)).filter(of_family(family)).collect()
    }

    fn virtual_server(&self, key: &VirtualServerKey) -> Option<AppliedServer> {
        let service = self.ipvs.service(&service_key(key))?;
        let real_server = |destination: &Destination| AppliedRealServer {
            real: destination.config.real,
            weight: destination.config.weight,
            connections: destination.active_connections + destination.inactive_connections(),
        };
        let real_servers = self.ipvs.destinations_of(service).map(real_server).collect();
        Some(AppliedServer { settings: settings(service), real_servers })
    }

    fn set_entries(&self, set: &str) -> Vec<String> {
        let set = self.stack.ipsets.get(set);
        set.map_or_else(Vec::new, |set: &ipset::IpSet| {
            set.sorted().iter().map(|(element, _)| element.to_string()).collect()
        })
    }

    /// Loopback and link-local addresses do not count (`GetLocalAddresses`).
    fn bound_addresses(&self, family: Family) -> Vec<IpAddr> {
        let addresses = self.stack.routing.device(DUMMY_DEVICE).map_or(&[][..], |device| &device.addresses);
        let is_link_local = |address: &IpAddr| matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local());
        let addresses = addresses.iter().map(IpNet::addr).filter(|address| Family::of(*address) == family);
        addresses.filter(|address| !address.is_loopback() && !is_link_local(address)).collect()
    }

    fn udp_flows(&self, family: Family) -> Vec<Flow> {
        let entries = self.stack.conntrack.entries();
        entries
            .filter(|entry| entry.original.protocol == Protocol::Udp && entry.original.family() == family)
            .map(|entry| Flow { original: entry.original, reply: entry.reply })
            .collect()
    }
}

fn rules_of<'t>(tables: &'t Tables, jump: &Jump) -> Option<impl Iterator<Item = String> + 't> {
    let name = XtTable::from_name(jump.table)?;
    let table = tables.table(name)?;
    let number = table.find(jump.chain)?;
    let chain = ChainId::Iptables { family: tables.family(), table: name, chain: number };
    let count = u32::try_from(table.chain(number)?.rules().len()).unwrap_or(u32::MAX);
    Some((0..count).filter_map(move |index| iptables::rule_text(tables, RuleId { chain, index })))
}

fn nft_table(node: &Node, family: Family) -> Option<(u32, &Table)> {
    node.nftables.tables().find(|(_, table)| &*table.name == "kube-proxy" && table.family.sees(family))
}

/// `10.0.0.1 . tcp . 80 comment "a/b" : drop`, taken apart.
fn key_and_value(element: &str) -> (String, String) {
    let (key, value) = element.split_once(" : ").unwrap_or((element, ""));
    let key = key.split_once(" comment ").map_or(key, |(key, _)| key);
    (key.to_owned(), value.to_owned())
}

/// None for a service that packets reach by a mark, of which kube-proxy has none.
const fn virtual_server_key(key: &ServiceKey) -> Option<VirtualServerKey> {
    match key {
        ServiceKey::Address { protocol, address } => {
            Some(VirtualServerKey { address: address.address, port: address.port, protocol: *protocol })
        }
        ServiceKey::Mark { .. } => None,
    }
}

fn of_family(family: Family) -> impl Fn(&VirtualServerKey) -> bool {
    move |key| Family::of(key.address) == family
}

fn settings(service: &VirtualService) -> VirtualServerSettings {
    let persistence = service.config.persistence;
    let persistent = if persistence.is_some() { FLAG_PERSISTENT } else { 0 };
    let source_hash = if service.config.flags.port() { FLAG_SOURCE_HASH } else { 0 };
    VirtualServerSettings {
        scheduler: service.config.scheduler.name().into(),
        flags: persistent | source_hash,
        timeout: persistence.map_or(0, |persistence| u32::try_from(persistence.timeout).unwrap_or(u32::MAX)),
    }
}
