//! A node with its proxiers, and what is in its kernel as text.

use datapath_core::k8s::Cluster;
use datapath_core::lab::apply;
use datapath_core::net::Family;
use datapath_core::node::Node;
use datapath_core::proxy::{Mode, NodeState, Proxier, Sync};
use datapath_core::{ipset, iptables, nftables};

use crate::clusters::{NODE, config};

pub struct Machine {
    pub node: Node,
    pub proxiers: Vec<Proxier>,
    pub now: u64,
}

impl Machine {
    /// A node whose kube-proxy has just started and synced once.
    pub fn start(cluster: &Cluster, mode: Mode) -> Self {
        let config = config();
        let proxiers = config.ip_families.iter().map(|family| Proxier::new(cluster, &config, *family, mode)).collect();
        let mut machine = Self { node: Node::new(NODE.into()), proxiers, now: 0 };
        machine.sync();
        machine
    }

    /// Both proxiers sync.
    pub fn sync(&mut self) -> Vec<Sync> {
        let mut syncs = Vec::new();
        for proxier in &mut self.proxiers {
            let sync = proxier.sync(self.now, &self.node);
            apply(&mut self.node, &sync, self.now)
                .unwrap_or_else(|(tool, errors)| panic!("{tool}: {errors:#?}\n{sync:#?}"));
            syncs.push(sync);
        }
        syncs
    }

    /// What is in the kernel, without regard to the order in which chains, sets and servers were made.
    pub fn kernel(&self) -> String {
        let mut text = String::new();
        for family in [Family::V4, Family::V6] {
            text += &iptables::save(self.node.iptables.of(family));
        }
        text += &nft_objects(&nftables::list(&self.node.nftables)).join("\n");
        text += &ipset::save(&self.node.stack.ipsets, self.now);
        text += &self.ipvs().join("\n");
        text
    }

    fn ipvs(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for family in [Family::V4, Family::V6] {
            for key in self.node.virtual_servers(family) {
                let mut server = self.node.virtual_server(&key).expect("a server that was listed");
                server.real_servers.sort_by_key(|real| real.real);
                lines.push(format!("{key} {server:?}"));
            }
            lines.extend(self.node.bound_addresses(family).iter().map(|address| format!("bound {address}")));
        }
        lines.sort();
        lines
    }
}

/// The chains, sets and maps of a listing, each by itself, sorted.
fn nft_objects(listing: &str) -> Vec<String> {
    let mut objects: Vec<String> = Vec::new();
    let mut table = "";
    for line in listing.lines() {
        if line.starts_with("table ") {
            table = line;
        } else if line.starts_with('\t') && !line.starts_with("\t\t") && line.ends_with('{') {
            objects.push(format!("{table} {line}\n"));
        } else if line.starts_with("\t\t")
            && let Some(object) = objects.last_mut()
        {
            *object += &format!("{}\n", without_owner(line));
        }
    }
    objects.sort();
    objects
}

/// An element of a map without its comment. kube-proxy does not look at comments: where several Services turn packets
/// for one address away alike, the element names the one that came first.
fn without_owner(line: &str) -> String {
    match (line.split_once(" comment \""), line.rsplit_once("\" : ")) {
        (Some((key, _)), Some((_, value))) => format!("{key} : {value}"),
        _ => line.to_owned(),
    }
}
