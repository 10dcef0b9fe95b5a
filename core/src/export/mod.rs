//! Taking it away: the cluster, kube-proxy's configuration, and one node's rules, as files that the real tools load.
//!
//! In: a [`Subject`] and a [`Format`]. Out: [`File`]s. Each begins with comments that say what made it, how to load it,
//! and how to undo that; where the tool takes no comments, the note beside the file says it. Rules are what the node's
//! listings show, which is what packets meet; loaded into an empty network namespace, the tool lists them again as the
//! lab does. And the whole cluster as a script for [`namespaces`]. Left out on purpose: counters, connections and whatever else packets left behind.

mod addresses;
mod head;
mod ipset;
mod ipvsadm;
mod namespaces;
mod nftables;
mod objects;
mod proxy_configuration;
mod shell;
mod xtables;

pub use namespaces::namespaces;

use crate::message;
use crate::message::Message;
use std::fmt;

use crate::k8s::Cluster;
use crate::k8s::write::yaml::Yaml;
use crate::lab::Lab;
use crate::node::Node;
use crate::proxy::{Config, Mode};

/// One node as the kube-proxy of one mode programmed it.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    pub cluster: &'a Cluster,
    pub config: Config,
    pub mode: Mode,
    pub node: &'a Node,
}

impl<'a> Subject<'a> {
    /// A node of the lab by its index; none where there is no such node or lane.
    pub fn of(lab: &'a Lab, mode: Mode, node: usize) -> Option<Self> {
        let lane = lab.lanes.iter().find(|lane| lane.mode == mode)?;
        let config = lab.assumptions.in_mode(mode).proxy_config(lab.cluster.nodes.get(node)?);
        Some(Self { cluster: &lab.cluster, config, mode, node: lane.network.node(node)? })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Services, EndpointSlices and Nodes for `kubectl apply -f`.
    Objects,
    /// The ConfigMap with a KubeProxyConfiguration.
    ProxyConfiguration,
    /// Input of `iptables-restore` and `ip6tables-restore`.
    IptablesRestore,
    /// Single `iptables` and `ip6tables` commands.
    IptablesCommands,
    /// Input of `nft -f`.
    Nft,
    /// Input of `ipset restore`.
    IpsetRestore,
    /// Single `ipset` commands.
    IpsetCommands,
    /// Input of `ipvsadm -R`.
    IpvsadmRestore,
    /// Single `ipvsadm` commands.
    IpvsadmCommands,
    /// The modules, settings and addresses that IPVS mode needs.
    IpvsAddresses,
}

impl Format {
    pub const ALL: [Self; 10] = [
        Self::Objects,
        Self::ProxyConfiguration,
        Self::IptablesRestore,
        Self::IptablesCommands,
        Self::Nft,
        Self::IpvsAddresses,
        Self::IpsetRestore,
        Self::IpsetCommands,
        Self::IpvsadmRestore,
        Self::IpvsadmCommands,
    ];

    /// Whether a node in this mode has anything to say in this format.
    pub const fn applies_to(self, mode: Mode) -> bool {
        match self {
            Self::Objects | Self::ProxyConfiguration => true,
            Self::IptablesRestore | Self::IptablesCommands => matches!(mode, Mode::Iptables | Mode::Ipvs),
            Self::Nft => matches!(mode, Mode::Nftables),
            Self::IpsetRestore
            | Self::IpsetCommands
            | Self::IpvsadmRestore
            | Self::IpvsadmCommands
            | Self::IpvsAddresses => matches!(mode, Mode::Ipvs),
        }
    }
}

/// What a reader calls it.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Objects => "Kubernetes objects",
            Self::ProxyConfiguration => "kube-proxy's ConfigMap",
            Self::IptablesRestore => "iptables-restore input",
            Self::IptablesCommands => "iptables commands",
            Self::Nft => "nft file",
            Self::IpsetRestore => "ipset restore input",
            Self::IpsetCommands => "ipset commands",
            Self::IpvsadmRestore => "ipvsadm -R input",
            Self::IpvsadmCommands => "ipvsadm commands",
            Self::IpvsAddresses => "ip addr commands",
        })
    }
}

/// A file to save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Without folders, in characters that every system takes.
    pub name: String,
    pub text: String,
    /// What it is and how to use it, in a sentence or two.
    pub note: Message,
}

/// The files of one format: none where the mode has nothing of it, several where the tools need several (one for each
/// family, or for each kind of object).
pub fn export(subject: &Subject<'_>, format: Format) -> Vec<File> {
    if !format.applies_to(subject.mode) {
        return Vec::new();
    }
    match format {
        Format::Objects => object_files(subject),
        Format::ProxyConfiguration => vec![proxy_configuration::file(subject)],
        Format::IptablesRestore => xtables::restore_files(subject),
        Format::IptablesCommands => xtables::command_files(subject),
        Format::Nft => vec![nftables::file(subject)],
        Format::IpsetRestore => vec![ipset::restore_file(subject)],
        Format::IpsetCommands => vec![ipset::command_file(subject)],
        Format::IpvsadmRestore => vec![ipvsadm::restore_file(subject)],
        Format::IpvsadmCommands => vec![ipvsadm::command_file(subject)],
        Format::IpvsAddresses => vec![addresses::file(subject)],
    }
}

/// One kind of object: the file's name, its note, how many there are, and their writer.
type Objects = (&'static str, Message, fn(&Cluster) -> usize, fn(&Cluster, &mut Yaml));

const OBJECTS: [Objects; 5] = [
    ("services.yaml", message!("export-services"), |cluster| cluster.services.len(), objects::services),
    (
        "endpointslices.yaml",
        message!("export-slices"),
        |cluster| cluster.endpoint_slices.len(),
        objects::endpoint_slices,
    ),
    ("nodes.yaml", message!("export-nodes"), |cluster| cluster.nodes.len(), objects::nodes),
    ("workloads.yaml", message!("export-workloads"), |cluster| cluster.workloads.len(), objects::workloads),
    ("pods.yaml", message!("export-pods"), |cluster| cluster.pods.len(), objects::pods),
];

/// kubectl refuses a file without objects, so that there is none.
fn object_files(subject: &Subject<'_>) -> Vec<File> {
    let kinds = OBJECTS.into_iter().filter(|(_, _, count, _)| count(subject.cluster) > 0);
    kinds
        .map(|(name, note, _, write)| {
            let mut yaml = Yaml::default();
            yaml.comment(head::MADE_BY);
            yaml.comment(&note.to_string());
            yaml.comment(&format!("Load: kubectl apply -f {name}"));
            yaml.comment(&format!("Undo: kubectl delete -f {name}"));
            write(subject.cluster, &mut yaml);
            File { name: name.to_owned(), text: yaml.into_text(), note }
        })
        .collect()
}
