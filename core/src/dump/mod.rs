//! Which tool printed a text.
//!
//! In: whatever somebody pastes. Out: its [`Format`], or why it is none that can be read, and what to paste instead. The
//! first lines tell; whether all of the text can be read, its own parser says. Left out on purpose: several dumps in one
//! text.

mod line;

use std::fmt;

use crate::net::Family;
use crate::source::{Diagnostic, Position};

/// What is read, by the command that prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `iptables-save`, or input of `iptables-restore`
    IptablesSave(Family),
    /// `iptables -S`
    IptablesCommands(Family),
    /// `nft list ruleset`, or a script for `nft -f`
    Nft,
    /// `nft -j list ruleset`
    NftJson,
    /// `ipset save`
    IpsetSave,
    /// `ipvsadm -S -n`
    IpvsadmSave,
    /// `conntrack -L`, or `/proc/net/nf_conntrack`
    Conntrack,
    /// `ip addr`, `ip -o addr`, `ip link`
    IpAddress,
    /// `ip route`
    IpRoute,
    /// `ip rule`
    IpRule,
    /// Objects of Kubernetes, in YAML or JSON
    Kubernetes,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IptablesSave(Family::V4) => "iptables-save",
            Self::IptablesSave(Family::V6) => "ip6tables-save",
            Self::IptablesCommands(Family::V4) => "iptables -S",
            Self::IptablesCommands(Family::V6) => "ip6tables -S",
            Self::Nft => "nft list ruleset",
            Self::NftJson => "nft -j list ruleset",
            Self::IpsetSave => "ipset save",
            Self::IpvsadmSave => "ipvsadm -S -n",
            Self::Conntrack => "conntrack -L",
            Self::IpAddress => "ip addr",
            Self::IpRoute => "ip route",
            Self::IpRule => "ip rule",
            Self::Kubernetes => "kubectl get -o yaml",
        })
    }
}

/// A text for which no tool is found may have a long head that says nothing.
const MOST_LINES: usize = 200;

/// Tells which tool printed a text.
///
/// # Errors
/// That no tool is known that prints such a text, or that this form of it cannot be read.
pub fn recognise(text: &str) -> Result<Format, Diagnostic> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = (1..).zip(text.lines()).map(|(number, line)| (number, line.trim_end()));
    let said = lines.filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let mut first = None;
    for (number, line) in said.take(MOST_LINES) {
        first = first.or(Some((number, line)));
        match line::tell(line, text) {
            Some(line::Tells::Format(format)) => return Ok(format),
            Some(line::Tells::Instead { what, command }) => {
                let message = format!("this is what {what} prints, which leaves out what the lab needs");
                let expected = format!("what `{command}` prints");
                return Err(Diagnostic::error(Position::new(number, 1), message, expected, "paste that instead"));
            }
            None => {}
        }
    }
    Err(unknown(first, text))
}

fn unknown(first: Option<(u32, &str)>, text: &str) -> Diagnostic {
    const EXPECTED: &str = "what iptables-save, nft list ruleset, ipset save, ipvsadm -S -n, conntrack -L, ip addr, \
                            ip route, ip rule or kubectl get -o yaml prints";
    const SHOWN: usize = 40;
    let Some((number, line)) = first else {
        let advice = "paste the output of one of these commands";
        return Diagnostic::error(Position::START, "there is nothing to read", EXPECTED, advice);
    };
    let advice = "paste the output of one of these commands, from its first line on";
    let message = if text.contains('\0') {
        "this is no text: it has bytes that no tool prints".to_owned()
    } else {
        format!("no tool is known that prints {:?}", line.chars().take(SHOWN).collect::<String>())
    };
    Diagnostic::error(Position::new(number, 1), message, EXPECTED, advice)
}

#[cfg(test)]
mod tests;
