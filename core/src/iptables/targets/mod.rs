//! The targets: for each its data, how it is read from options, printed, and carried out.
//!
//! In: options of one `-j`. Out: a [`Target`]. Left out on purpose: targets that change what the model
//! does not have are [`Target::Kept`]; packets pass them by.

pub(super) mod classify;
pub(super) mod ct;
pub(super) mod header;
pub(super) mod log;
pub(super) mod mark;
pub(super) mod nat;
pub(super) mod netmap;
pub(super) mod nflog;
pub(super) mod nfqueue;
pub(super) mod notrack;
pub(super) mod reject;
pub(super) mod set;
pub(super) mod tcp_options;
pub(super) mod tee;
pub(super) mod tproxy;

use std::sync::Arc;

pub use ct::CtTarget;
pub use header::{TosTarget, TtlChange, TtlTarget};
pub use log::LogTarget;
pub use mark::{ConnmarkTarget, MarkTarget};
pub use nat::NatTarget;
pub use netmap::NetmapTarget;
pub use nflog::{NflogSize, NflogTarget};
pub use nfqueue::NfqueueTarget;
pub use set::{SetKey, SetMap, SetTarget};
pub use tcp_options::{StripTarget, TcpmssTarget};
pub use tee::TeeTarget;
pub use tproxy::TproxyTarget;

use super::given::{Given, Refusal};
use super::list::Names;
use super::matches::Kept;
use crate::net::Family;
use crate::netfilter::RejectWith;

/// What a rule does with the packets that match.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// No `-j`: the rule only counts.
    None,
    Accept,
    Drop,
    Return,
    /// On in another chain, by its number in the table.
    Jump {
        chain: u32,
        goto: bool,
    },
    /// Fills in a checksum that the model's packets do not have.
    Checksum,
    /// The class for queueing disciplines.
    Classify(u32),
    Connmark(ConnmarkTarget),
    Ct(Box<CtTarget>),
    Dnat(Box<NatTarget>),
    /// The new codepoint.
    Dscp(u8),
    Log(Box<LogTarget>),
    Mark(MarkTarget),
    Masquerade(Box<NatTarget>),
    Netmap(Box<NetmapTarget>),
    Nflog(Box<NflogTarget>),
    Nfqueue(NfqueueTarget),
    Notrack,
    Redirect(Box<NatTarget>),
    Reject(RejectWith),
    Set(Box<SetTarget>),
    Snat(Box<NatTarget>),
    /// `-j TCPOPTSTRIP`
    Strip(Box<StripTarget>),
    Tcpmss(TcpmssTarget),
    Tee(Box<TeeTarget>),
    Tos(TosTarget),
    Tproxy(Box<TproxyTarget>),
    /// Every rule that the packet matches from here on is told.
    Trace,
    /// `-j TTL`, and `-j HL` of IPv6.
    Ttl(TtlTarget),
    /// A target that is not modelled: its name and its options as they are written.
    Kept(Box<Kept>),
}

pub(super) fn read_accept(_: &Given<'_>) -> Result<Target, Refusal> {
    Ok(Target::Accept)
}

pub(super) fn read_drop(_: &Given<'_>) -> Result<Target, Refusal> {
    Ok(Target::Drop)
}

pub(super) fn read_checksum(given: &Given<'_>) -> Result<Target, Refusal> {
    let is_given = given.has("--checksum-fill").then_some(());
    given.required(is_given, "CHECKSUM", "--checksum-fill").map(|()| Target::Checksum)
}

pub(super) fn read_trace(_: &Given<'_>) -> Result<Target, Refusal> {
    Ok(Target::Trace)
}

pub(super) fn read_return(_: &Given<'_>) -> Result<Target, Refusal> {
    Ok(Target::Return)
}

impl Target {
    /// The chain that it leads to.
    pub const fn chain(&self) -> Option<u32> {
        match self {
            Self::Jump { chain, .. } => Some(*chain),
            _ => None,
        }
    }

    /// The name of a target that is an extension or a verdict; none for jumps and rules without target.
    pub fn name(&self) -> Option<&str> {
        Some(match self {
            Self::None | Self::Jump { .. } => return None,
            Self::Accept => "ACCEPT",
            Self::Drop => "DROP",
            Self::Return => "RETURN",
            Self::Checksum => "CHECKSUM",
            Self::Classify(_) => "CLASSIFY",
            Self::Connmark(_) => "CONNMARK",
            Self::Ct(_) => "CT",
            Self::Dnat(_) => "DNAT",
            Self::Dscp(_) => "DSCP",
            Self::Log(_) => "LOG",
            Self::Mark(_) => "MARK",
            Self::Masquerade(_) => "MASQUERADE",
            Self::Netmap(_) => "NETMAP",
            Self::Nflog(_) => "NFLOG",
            Self::Nfqueue(_) => "NFQUEUE",
            Self::Notrack => "NOTRACK",
            Self::Redirect(_) => "REDIRECT",
            Self::Reject(_) => "REJECT",
            Self::Set(_) => "SET",
            Self::Snat(_) => "SNAT",
            Self::Strip(_) => "TCPOPTSTRIP",
            Self::Tcpmss(_) => "TCPMSS",
            Self::Tee(_) => "TEE",
            Self::Tos(_) => "TOS",
            Self::Tproxy(_) => "TPROXY",
            Self::Trace => "TRACE",
            Self::Ttl(target) => target.name(),
            Self::Kept(kept) => &kept.name,
        })
    }

    /// Writes ` -j …` or ` -g …` with the options as the extension's `save` does.
    pub(super) fn write(&self, out: &mut String, family: Family, chain_name: impl FnOnce(u32) -> Option<Arc<str>>) {
        match self {
            Self::None => return,
            Self::Jump { chain, goto } => {
                out.push_str(if *goto { " -g " } else { " -j " });
                out.push_str(&chain_name(*chain).unwrap_or_default());
            }
            other => {
                out.push_str(" -j ");
                out.push_str(other.name().unwrap_or_default());
            }
        }
        match self {
            Self::Checksum => out.push_str(" --checksum-fill"),
            Self::Classify(class) => classify::write(out, *class),
            Self::Connmark(target) => target.write(out),
            Self::Ct(target) => target.write(out),
            Self::Dscp(codepoint) => header::write_dscp(out, *codepoint),
            Self::Netmap(target) => target.write(out),
            Self::Nflog(target) => target.write(out),
            Self::Nfqueue(target) => target.write(out),
            Self::Set(target) => target.write(out),
            Self::Strip(target) => target.write(out),
            Self::Tcpmss(target) => target.write(out),
            Self::Tee(target) => target.write(out),
            Self::Tos(target) => target.write(out),
            Self::Tproxy(target) => target.write(out, family),
            Self::Ttl(target) => target.write(out),
            Self::Dnat(target) => target.write(out, "--to-destination"),
            Self::Snat(target) => target.write(out, "--to-source"),
            Self::Masquerade(target) | Self::Redirect(target) => target.write(out, "--to-ports"),
            Self::Log(target) => target.write(out),
            Self::Mark(target) => target.write(out),
            Self::Reject(with) => reject::write(out, *with, family),
            Self::Kept(kept) => out.push_str(&kept.options),
            Self::None | Self::Accept | Self::Drop | Self::Return | Self::Jump { .. } | Self::Notrack | Self::Trace => {
            }
        }
    }

    /// Writes what `iptables -L` says of it behind the matches, with a blank before it.
    pub(super) fn list(&self, out: &mut String, family: Family, names: Names) {
        match self {
            Self::Checksum => out.push_str(" CHECKSUM fill"),
            Self::Classify(class) => classify::list(out, *class),
            Self::Connmark(target) => target.list(out),
            Self::Ct(target) => target.list(out),
            Self::Dscp(codepoint) => header::list_dscp(out, *codepoint),
            Self::Netmap(target) => target.list(out),
            Self::Nflog(target) => target.list(out),
            Self::Nfqueue(target) => target.list(out),
            Self::Set(target) => target.list(out),
            Self::Strip(target) => target.list(out, names == Names::Numeric),
            Self::Tcpmss(target) => target.list(out),
            Self::Tee(target) => target.list(out),
            Self::Tos(target) => target.list(out, names),
            Self::Tproxy(target) => target.list(out, family),
            Self::Ttl(target) => target.list(out),
            Self::Dnat(target) | Self::Snat(target) => target.list(out, "to:"),
            Self::Masquerade(target) => target.list(out, "masq ports: "),
            Self::Redirect(target) => target.list(out, "redir ports "),
            Self::Log(target) => target.list(out, names),
            Self::Mark(target) => target.list(out, "MARK"),
            Self::Notrack => out.push_str(" NOTRACK"),
            Self::Reject(with) => reject::list(out, *with, family),
            Self::Kept(kept) => out.push_str(&kept.options),
            Self::None | Self::Accept | Self::Drop | Self::Return | Self::Jump { .. } | Self::Trace => {}
        }
    }
}
