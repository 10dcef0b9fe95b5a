use crate::net::Family;

/// A tool's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    IptablesSave(Family),
    Nft,
    IpsetSave,
    IpvsadmSave,
    Conntrack,
    IpAddress,
    IpRoute,
    IpRule,
    Sysctl,
}

impl Kind {
    /// The command that prints it.
    pub const fn command(self) -> &'static str {
        match self {
            Self::IptablesSave(Family::V4) => "iptables-save",
            Self::IptablesSave(Family::V6) => "ip6tables-save",
            Self::Nft => "nft list ruleset",
            Self::IpsetSave => "ipset save",
            Self::IpvsadmSave => "ipvsadm -S -n",
            Self::Conntrack => "conntrack -L",
            Self::IpAddress => "ip addr",
            Self::IpRoute => "ip route",
            Self::IpRule => "ip rule",
            Self::Sysctl => "sysctl -a",
        }
    }
}
