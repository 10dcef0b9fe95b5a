use crate::net::Family;
use crate::netfilter::XtTable;

/// A tool's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    IptablesSave(Family),
    /// One table, as the command lists it that takes a rule at a time.
    IptablesRules(Family, XtTable),
    Nft,
    NftJson,
    IpsetSave,
    IpvsadmSave,
    Conntrack,
    IpAddress,
    IpRoute,
    IpRule,
    IpNeighbour,
    Sysctl,
}

impl Kind {
    /// The command that prints it.
    pub const fn command(self) -> &'static str {
        match self {
            Self::IptablesSave(Family::V4) => "iptables-save",
            Self::IptablesSave(Family::V6) => "ip6tables-save",
            Self::IptablesRules(Family::V4, _) => "iptables -S",
            Self::IptablesRules(Family::V6, _) => "ip6tables -S",
            Self::NftJson => "nft -j list ruleset",
            Self::Nft => "nft list ruleset",
            Self::IpsetSave => "ipset save",
            Self::IpvsadmSave => "ipvsadm -S -n",
            Self::Conntrack => "conntrack -L",
            Self::IpAddress => "ip addr",
            Self::IpRoute => "ip route",
            Self::IpRule => "ip rule",
            Self::IpNeighbour => "ip neigh",
            Self::Sysctl => "sysctl -a",
        }
    }
}
