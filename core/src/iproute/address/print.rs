use std::fmt;
use std::net::IpAddr;

use super::{Address, Interface, Listing};

/// `print_linkinfo`, `print_addrinfo`
impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.one_line { "\\" } else { "\n" };
        for interface in &self.interfaces {
            if let Some(facts) = &interface.facts {
                interface.write_name(f)?;
                write!(f, ": {facts}")?;
                for detail in &interface.details {
                    write!(f, "{end}{detail}")?;
                }
                f.write_str("\n")?;
            }
            for address in &interface.addresses {
                if self.one_line {
                    write!(f, "{}: {}", interface.index, interface.name)?;
                }
                write!(f, "{address}")?;
                if let Some(lifetimes) = &address.lifetimes {
                    write!(f, "{end}       {lifetimes}")?;
                }
                f.write_str("\n")?;
            }
            for line in &interface.statistics {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

impl Interface {
    fn write_name(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.index, self.name)?;
        self.link.as_ref().map_or(Ok(()), |link| write!(f, "@{link}"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = match self.local {
            IpAddr::V4(_) => "inet",
            IpAddr::V6(_) => "inet6",
        };
        write!(f, "    {family} {}", self.local)?;
        if let Some(peer) = self.peer {
            write!(f, " peer {peer}")?;
        }
        write!(f, "/{}", self.prefix_length)?;
        for word in &self.words {
            write!(f, " {word}")?;
        }
        // Every word has a blank behind it but the label, which IPv6 does not have.
        if self.local.is_ipv6() { f.write_str(" ") } else { Ok(()) }
    }
}
