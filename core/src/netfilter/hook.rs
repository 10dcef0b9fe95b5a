use std::fmt;

/// The five hooks of the IP families (`enum nf_inet_hooks`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hook {
    Prerouting,
    Input,
    Forward,
    Output,
    Postrouting,
}

impl Hook {
    pub const ALL: [Self; 5] = [Self::Prerouting, Self::Input, Self::Forward, Self::Output, Self::Postrouting];

    /// The name of the iptables chain at this hook.
    pub const fn chain(self) -> &'static str {
        match self {
            Self::Prerouting => "PREROUTING",
            Self::Input => "INPUT",
            Self::Forward => "FORWARD",
            Self::Output => "OUTPUT",
            Self::Postrouting => "POSTROUTING",
        }
    }

    /// The name in an nft base chain.
    pub const fn nft_name(self) -> &'static str {
        match self {
            Self::Prerouting => "prerouting",
            Self::Input => "input",
            Self::Forward => "forward",
            Self::Output => "output",
            Self::Postrouting => "postrouting",
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.chain())
    }
}

/// The tables of iptables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum XtTable {
    Raw,
    Mangle,
    Nat,
    Filter,
    Security,
}

impl XtTable {
    pub const ALL: [Self; 5] = [Self::Raw, Self::Mangle, Self::Nat, Self::Filter, Self::Security];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Mangle => "mangle",
            Self::Nat => "nat",
            Self::Filter => "filter",
            Self::Security => "security",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// The hooks at which the table has a built-in chain, in the order of `iptables-save`.
    pub const fn hooks(self) -> &'static [Hook] {
        match self {
            Self::Raw => &[Hook::Prerouting, Hook::Output],
            Self::Mangle => &Hook::ALL,
            Self::Nat => &[Hook::Prerouting, Hook::Input, Hook::Output, Hook::Postrouting],
            Self::Filter | Self::Security => &[Hook::Input, Hook::Forward, Hook::Output],
        }
    }

    /// The priority at which the table's chain runs at a hook.
    pub const fn priority(self, hook: Hook) -> i32 {
        match self {
            Self::Raw => priority::RAW,
            Self::Mangle => priority::MANGLE,
            Self::Nat => match hook {
                Hook::Prerouting | Hook::Output | Hook::Forward => priority::NAT_DST,
                Hook::Input | Hook::Postrouting => priority::NAT_SRC,
            },
            Self::Filter => priority::FILTER,
            Self::Security => priority::SECURITY,
        }
    }
}

impl fmt::Display for XtTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `enum nf_ip_hook_priorities`, and the priorities of IPVS (`ip_vs_core.c: ip_vs_ops4`).
pub mod priority {
    pub const CONNTRACK_DEFRAG: i32 = -400;
    pub const RAW: i32 = -300;
    pub const CONNTRACK: i32 = -200;
    pub const MANGLE: i32 = -150;
    pub const NAT_DST: i32 = -100;
    pub const FILTER: i32 = 0;
    pub const SECURITY: i32 = 50;
    pub const NAT_SRC: i32 = 100;
    pub const CONNTRACK_CONFIRM: i32 = i32::MAX;

    pub const IPVS_LOCAL_IN_REPLY: i32 = NAT_SRC - 2;
    pub const IPVS_LOCAL_IN_REQUEST: i32 = NAT_SRC - 1;
    pub const IPVS_LOCAL_OUT_REPLY: i32 = NAT_DST + 1;
    pub const IPVS_LOCAL_OUT_REQUEST: i32 = NAT_DST + 2;
    pub const IPVS_FORWARD_ICMP: i32 = 99;
    pub const IPVS_FORWARD_REPLY: i32 = 100;
}
