//! What crosses into JavaScript. Only these types are serialisable; the model's own are not.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Who can send.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// What `Lab.send` takes.
    pub index: usize,
    pub label: String,
    /// None for a process on a node: its kernel picks the source by the route.
    #[tsify(optional)]
    pub address: Option<String>,
}

/// What can be asked: one port of a Service by one of its addresses.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// What `Lab.send` takes.
    pub index: usize,
    pub label: String,
    /// `namespace/name`
    pub service: String,
    /// Address and port.
    pub destination: String,
    /// `tcp`, `udp` or `sctp`
    pub protocol: String,
}

/// Something about the text that was given.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    #[tsify(type = "\"error\" | \"warning\" | \"note\"")]
    pub severity: &'static str,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    pub message: String,
    pub expected: String,
    pub advice: String,
}

/// What packets made the kernel do.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    pub rules: u32,
    pub matches: u32,
    /// Look-ups in ipsets, nft sets and maps, and IPVS tables.
    pub probes: u32,
    /// Look-ups in the conntrack table.
    pub connections: u32,
    /// Connections entered in the conntrack table.
    pub openings: u32,
    /// Header fields rewritten.
    pub rewrites: u32,
    /// What netfilter adds to the packet on a kernel that was measured, in nanoseconds: an estimate.
    pub estimated_nanoseconds: f64,
}

/// One packet and its answer in one datapath.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Journey {
    #[tsify(type = "\"iptables\" | \"nftables\" | \"ipvs\"")]
    pub datapath: String,
    pub outcome: Outcome,
    pub request: Cost,
    pub reply: Cost,
    pub moments: Vec<Moment>,
}

#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    #[tsify(type = "\"answered\" | \"rejected\" | \"dropped\"")]
    pub ending: &'static str,
    pub text: String,
    pub why: String,
}

/// One stop on the way.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    pub node: String,
    #[tsify(type = "\"request\" | \"reply\"")]
    pub way: &'static str,
    /// The netfilter hook, if one was running.
    #[tsify(optional)]
    pub hook: Option<String>,
    pub text: String,
    pub why: String,
    pub cost: Cost,
    pub packet: Packet,
}

/// What one command prints of a node's rules.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct RulesetSection {
    /// The command.
    pub command: String,
    pub lines: Vec<RulesetLine>,
}

#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct RulesetLine {
    pub text: String,
    /// Why the line is there; empty for punctuation.
    pub reasons: Vec<Reason>,
}

/// Why a line is there: a field of an object, a setting of kube-proxy, or nothing: it is there in every cluster.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// `Service`, `EndpointSlice`, `KubeProxyConfiguration` or `ServiceCIDR`.
    #[tsify(optional)]
    pub kind: Option<&'static str>,
    /// `namespace/name`
    #[tsify(optional)]
    pub object: Option<String>,
    /// As in `spec.ports[0].nodePort` or `iptables.masqueradeBit`.
    #[tsify(optional)]
    pub field: Option<String>,
    pub text: String,
}

/// What an action on the cluster led to.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ControlPath {
    pub command: String,
    pub rounds: Vec<ControlRound>,
}

/// What one actor did at once, and what the kube-proxies made of it.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ControlRound {
    /// As in `deployment-controller`.
    pub actor: String,
    pub text: String,
    /// As in `modified EndpointSlice shop/web-9lhx4`.
    pub objects: Vec<String>,
    /// The Services that kube-proxy holds for changed.
    pub services: Vec<String>,
    pub syncs: Vec<Sync>,
}

/// What one kube-proxy wrote to its node.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Sync {
    #[tsify(type = "\"iptables\" | \"nftables\" | \"ipvs\"")]
    pub datapath: String,
    pub node: String,
    pub commands: Vec<Command>,
    pub effort: Effort,
}

#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Command {
    /// Requests over netlink are written as the command for the same.
    pub text: String,
    #[tsify(optional)]
    pub input: Option<String>,
    pub only_reads: bool,
}

/// What a sync costs the control plane.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Effort {
    pub tool_runs: usize,
    pub netlink_requests: usize,
    pub transactions: usize,
    pub bytes: usize,
    pub lines: usize,
    pub rules_written: usize,
    pub chains_written: usize,
    pub chains_deleted: usize,
    pub elements_written: usize,
    pub elements_deleted: usize,
    pub virtual_servers_written: usize,
    pub virtual_servers_deleted: usize,
    pub real_servers_written: usize,
    pub real_servers_deleted: usize,
    pub connections_deleted: usize,
}

/// A file for the real tools.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ExportedFile {
    /// What it holds, as in `iptables-restore input`.
    pub format: String,
    pub name: String,
    pub text: String,
    /// What it is and how to use it.
    pub note: String,
}

/// The header after a moment.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Packet {
    pub protocol: String,
    pub source: String,
    pub destination: String,
    pub ttl: u8,
    /// The packet mark of the node that it is on.
    pub mark: u32,
}

/// What `parse` finds in a text.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Parsed {
    /// Whether it can be shown: a text with errors in some objects can, without these.
    pub usable: bool,
    /// A cluster, or a node as its tools print it.
    #[tsify(type = "\"cluster\" | \"node\"")]
    pub kind: &'static str,
    /// What tells it from others in a list.
    pub title: String,
    pub nodes: Vec<String>,
    /// `namespace/name`, in the order of the text.
    pub services: Vec<String>,
    pub clients: Vec<Client>,
    pub targets: Vec<Target>,
    pub diagnostics: Vec<Diagnostic>,
}

/// What `translate` is asked for.
#[derive(Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct TranslateOptions {
    /// All three without one.
    #[tsify(optional, type = "\"iptables\" | \"nftables\" | \"ipvs\"")]
    pub datapath: Option<String>,
    /// Name of a Node; the first without one.
    #[tsify(optional)]
    pub node: Option<String>,
    /// As in `iptables-restore input`; every format of the datapath without one.
    #[tsify(optional)]
    pub format: Option<String>,
    /// For random choices: 1 without one.
    #[tsify(optional)]
    pub seed: Option<u32>,
}

/// A file of `translate`, and whose rules it has.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Translation {
    #[tsify(type = "\"iptables\" | \"nftables\" | \"ipvs\"")]
    pub datapath: String,
    pub node: String,
    /// What it holds, as in `iptables-restore input`.
    pub format: String,
    pub name: String,
    pub text: String,
    /// What it is and how to use it.
    pub note: String,
}

/// Between whom a packet goes. What is left out, the lab chooses.
#[derive(Clone, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct PacketOptions {
    /// A Pod's name, a Node's (a process on it), `outside`, an address, or the label of a `Client`.
    #[tsify(optional)]
    pub client: Option<String>,
    /// `namespace/name` of a Service, an address with a port as `10.96.0.1:80/tcp`, or the label of a `Target`.
    #[tsify(optional)]
    pub target: Option<String>,
    /// Number or name of the Service's port.
    #[tsify(optional, type = "string | number")]
    pub port: Option<Port>,
    #[tsify(optional, type = "\"tcp\" | \"udp\" | \"sctp\"")]
    pub protocol: Option<String>,
}

impl PacketOptions {
    pub const NAMES: [&str; 4] = ["client", "target", "port", "protocol"];
}

/// A port by number or by name.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Port {
    Number(u16),
    Name(String),
}

/// What `trace` is asked for.
#[derive(Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct TraceOptions {
    #[tsify(optional)]
    pub packet: Option<PacketOptions>,
    /// All three if none is named.
    #[tsify(type = "(\"iptables\" | \"nftables\" | \"ipvs\")[]", optional)]
    pub datapaths: Vec<String>,
    /// How many packets the connection has: 1 without it, 1000 at most. The journeys are those of the last one.
    #[tsify(optional)]
    pub packets: Option<u32>,
    /// For random choices: 1 without one.
    #[tsify(optional)]
    pub seed: Option<u32>,
}

/// What a packet costs in a cluster of so many Services, to the one in the middle.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct CostPoint {
    #[tsify(type = "\"iptables\" | \"nftables\" | \"ipvs\"")]
    pub datapath: String,
    pub services: usize,
    /// The packet that opens the connection.
    pub first: Cost,
    /// One of those that follow.
    pub following: Cost,
}

/// What the attributes of a figure say; what is left out or empty says nothing.
#[derive(Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default)]
pub struct FigureOptions {
    pub text: String,
    pub link: String,
    pub scenario: String,
    pub datapaths: String,
    pub view: String,
    pub client: String,
    pub target: String,
    pub port: String,
    pub protocol: String,
    pub step: String,
    pub controls: String,
    pub lab: String,
}

impl FigureOptions {
    pub const NAMES: [&str; 12] = [
        "text",
        "link",
        "scenario",
        "datapaths",
        "view",
        "client",
        "target",
        "port",
        "protocol",
        "step",
        "controls",
        "lab",
    ];
}

/// Where a figure is.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FigureState {
    /// From 0.
    pub step: usize,
    pub steps: usize,
    /// Of the connection's packets, from 0.
    pub packet: usize,
    /// How many packets were sent since the figure opened.
    pub sent: usize,
    pub playing: bool,
    /// The datapaths that are shown.
    #[tsify(type = "(\"iptables\" | \"nftables\" | \"ipvs\")[]")]
    pub datapaths: Vec<String>,
    /// The one that is chosen.
    #[tsify(type = "\"iptables\" | \"nftables\" | \"ipvs\"")]
    pub datapath: String,
    pub client: String,
    pub target: String,
}
