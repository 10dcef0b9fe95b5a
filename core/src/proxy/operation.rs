use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use super::ipvs::{Entry, SetType};
use super::{Jump, Mode};
use crate::k8s::NamespacedName;
use crate::net::{Endpoint, Family, Protocol, Tuple};

/// What one sync of one proxier hands to the node, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sync {
    pub mode: Mode,
    pub family: Family,
    pub extent: Extent,
    pub operations: Vec<Operation>,
}

/// How much a sync writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything.
    Full(FullSyncReason),
    /// Only what belongs to Services that changed; in iptables mode, the shared chains too.
    Partial,
    /// IPVS mode compares everything with the kernel each time, and writes what differs.
    Differences,
    /// Only real servers whose connections were waited for.
    Termination,
}

/// Why kube-proxy does not make do with a partial sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FullSyncReason {
    First,
    /// The zone label of the node changed.
    Topology,
    /// The last full sync was more than an hour ago.
    Period,
    /// The last sync failed, and what it would have written is not known any more.
    Failure,
}

/// One run of a tool, one request over netlink, or one thing that kube-proxy does by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `iptables -t TABLE -N CHAIN`; that the chain is there already does not matter.
    EnsureChain {
        table: &'static str,
        chain: &'static str,
    },
    /// `iptables -C`, and `iptables -I` if the rule is not there.
    EnsureJump {
        jump: Jump,
        present: bool,
    },
    /// `iptables-restore --noflush --counters` with this input.
    IptablesRestore(String),
    /// `nft -f -` with this input.
    Nft(String),
    /// `ipset create NAME … -exist`.
    CreateSet {
        name: Arc<str>,
        kind: SetType,
    },
    /// `ipset add NAME ENTRY -exist`.
    AddEntry {
        set: Arc<str>,
        entry: Entry,
    },
    /// `ipset del NAME ENTRY`, the entry as `ipset list` printed it.
    DeleteEntry {
        set: Arc<str>,
        entry: String,
    },
    Ipvs(IpvsRequest),
    /// Makes the dummy interface `kube-ipvs0` unless it is there.
    EnsureDummyDevice,
    /// Adds an address to `kube-ipvs0`.
    Bind(IpAddr),
    /// Removes an address from `kube-ipvs0`.
    Unbind(IpAddr),
    /// Deletes a conntrack entry, by its original and reply tuples.
    DeleteConnection(Flow),
    /// kube-proxy listens on the health check port of a Service.
    OpenHealthCheck {
        service: NamespacedName,
        port: u16,
    },
    CloseHealthCheck {
        service: NamespacedName,
        port: u16,
    },
    /// What the health check of a Service answers from now on: 200, or 503 where no endpoint is on this node.
    AnswerHealthCheck {
        service: NamespacedName,
        local_endpoints: usize,
    },
    /// Something that kube-proxy only reads, so many times.
    Read {
        source: Source,
        times: usize,
    },
}

/// What kube-proxy looks at before it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `iptables-save -t nat`
    NatTable,
    /// `nft --json --terse list table …`
    NftTable,
    /// `nft --json list set …` or `list map …`
    NftElements,
    /// `ipset list NAME`
    SetEntries,
    /// `IPVS_CMD_GET_SERVICE`, for one or all.
    VirtualServers,
    /// `IPVS_CMD_GET_DEST`
    RealServers,
    /// Addresses of the node's interfaces.
    Addresses,
    /// `CTNETLINK` dump.
    Conntrack,
}

impl Source {
    /// Whether a tool is run for it; netlink otherwise.
    pub const fn is_tool(self) -> bool {
        matches!(self, Self::NatTable | Self::NftTable | Self::NftElements | Self::SetEntries)
    }
}

/// A request of kube-proxy's IPVS library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IpvsRequest {
    NewService { service: VirtualServerKey, settings: VirtualServerSettings },
    SetService { service: VirtualServerKey, settings: VirtualServerSettings },
    DeleteService(VirtualServerKey),
    NewDestination { service: VirtualServerKey, real: Endpoint, weight: u32 },
    SetDestination { service: VirtualServerKey, real: Endpoint, weight: u32 },
    DeleteDestination { service: VirtualServerKey, real: Endpoint },
}

/// What identifies a virtual server, printed `10.96.0.1:80/TCP` as kube-proxy does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VirtualServerKey {
    pub address: IpAddr,
    pub port: u16,
    pub protocol: Protocol,
}

impl fmt::Display for VirtualServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = self.protocol.to_string().to_uppercase();
        write!(f, "{}/{protocol}", Endpoint::new(self.address, self.port))
    }
}

/// What can be changed of a virtual server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualServerSettings {
    pub scheduler: Arc<str>,
    /// [`super::ipvs::FLAG_PERSISTENT`] and [`super::ipvs::FLAG_SOURCE_HASH`].
    pub flags: u32,
    /// Seconds for which a client keeps its real server; 0 if it does not.
    pub timeout: u32,
}

/// A connection in the node's conntrack table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    pub original: Tuple,
    pub reply: Tuple,
}
