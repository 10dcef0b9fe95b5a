use datapath_core::lab::Wanted;
use datapath_core::proxy::Mode;

/// What a figure shows, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub source: Source,
    /// All if none is named.
    pub datapaths: Vec<Mode>,
    pub part: Part,
    /// The packet that is sent when it opens.
    pub packet: Wanted,
    pub start: Option<Start>,
    pub controls: Controls,
    /// The address of the lab, for the way there.
    pub lab: Option<String>,
}

/// Where the lab comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A cluster, a copied node, a saved lab, or a lesson.
    Text(String),
    /// A cluster that is built in.
    Scenario(String),
    /// The fragment of a link to a lab, or the whole link.
    Link(String),
}

/// What of the lab is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// All lanes beside each other.
    #[default]
    Full,
    /// One lane.
    Lane,
    /// The steps of the packet.
    Trace,
    /// The rules, at the one that the packet is at.
    Rules,
    /// The chains, with the packet's path lit.
    Graph,
    /// How the cost of a packet grows with the cluster.
    Chart,
}

/// What the reader can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Controls {
    /// Choose a packet, send it, and move along its way.
    #[default]
    All,
    /// Move along the packet's way.
    Steps,
    None,
}

/// The step that is shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// From 0; the last where there are fewer.
    At(usize),
    Last,
}

/// The words of a type in attributes and addresses.
pub trait Named: Copy + 'static {
    const NAMES: &'static [(&'static str, Self)];

    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn names() -> String {
        Self::NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

impl Named for Mode {
    const NAMES: &'static [(&'static str, Self)] =
        &[("iptables", Self::Iptables), ("nftables", Self::Nftables), ("ipvs", Self::Ipvs)];
}

impl Named for Part {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("full", Self::Full),
        ("lane", Self::Lane),
        ("trace", Self::Trace),
        ("rules", Self::Rules),
        ("graph", Self::Graph),
        ("chart", Self::Chart),
    ];
}

impl Named for Controls {
    const NAMES: &'static [(&'static str, Self)] = &[("all", Self::All), ("steps", Self::Steps), ("none", Self::None)];
}
