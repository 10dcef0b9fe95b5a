use std::fmt;
use std::net::IpAddr;

use super::{Ends, Entry, Fact, Flow, Form, Listing, State};
use crate::net::{Family, Protocol};

/// Line by line as the program prints it (`__snprintf_conntrack_default`, `ct_seq_show`).
impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in &self.entries {
            entry.write(f, self.form)?;
            f.write_str("\n")?;
        }
        Ok(())
    }
}

/// As in `conntrack -L`.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, Form::Plain)
    }
}

impl Entry {
    fn write(&self, f: &mut fmt::Formatter<'_>, form: Form) -> fmt::Result {
        if form != Form::Plain {
            let (name, number) = match Family::of(self.original.src) {
                Family::V4 => ("ipv4", 2),
                Family::V6 => ("ipv6", 10),
            };
            write!(f, "{name:<8} {number} ")?;
        }
        write!(f, "{:<8} {}", name(self.protocol), self.protocol.number())?;
        if let Some(timeout) = self.timeout {
            write!(f, " {timeout}")?;
        }
        match &self.state {
            Some(State::Tcp(state)) => write!(f, " {state}")?,
            Some(State::Sctp(state)) => write!(f, " {state}")?,
            Some(State::Kept(text)) => write!(f, " {text}")?,
            None => {}
        }
        self.original.write(f, form, "zone-orig")?;
        if self.unreplied {
            f.write_str(" [UNREPLIED]")?;
        }
        self.reply.write(f, form, "zone-reply")?;
        if let Some(hold) = self.hold {
            write!(f, " {}", hold.text())?;
        }
        for fact in &self.facts {
            match fact {
                Fact::Mark(mark) => write!(f, " mark={mark}")?,
                Fact::Zone(zone) => write!(f, " zone={zone}")?,
                Fact::Use(count) => write!(f, " use={count}")?,
                Fact::Id(id) => write!(f, " id={id}")?,
                Fact::Kept(text) => write!(f, " {text}")?,
            }
        }
        Ok(())
    }
}

impl Flow {
    fn write(&self, f: &mut fmt::Formatter<'_>, form: Form, zone: &str) -> fmt::Result {
        f.write_str(" src=")?;
        write_address(f, self.src, form)?;
        f.write_str(" dst=")?;
        write_address(f, self.dst, form)?;
        match self.ends {
            Ends::Ports { src, dst } => write!(f, " sport={src} dport={dst}")?,
            Ends::Icmp { kind, code, id } => write!(f, " type={kind} code={code} id={id}")?,
            Ends::Keys { src, dst } => write!(f, " srckey={src:#x} dstkey={dst:#x}")?,
            Ends::None => {}
        }
        if let Some(number) = self.zone {
            write!(f, " {zone}={number}")?;
        }
        if let Some((packets, bytes)) = self.counters {
            write!(f, " packets={packets} bytes={bytes}")?;
        }
        Ok(())
    }
}

/// The kernel's `%pI6` writes all digits.
fn write_address(f: &mut fmt::Formatter<'_>, address: IpAddr, form: Form) -> fmt::Result {
    match (address, form) {
        (IpAddr::V6(address), Form::Proc) => {
            for (number, group) in address.segments().iter().enumerate() {
                write!(f, "{}{group:04x}", if number == 0 { "" } else { ":" })?;
            }
            Ok(())
        }
        _ => write!(f, "{address}"),
    }
}

/// `proto2str`
const fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Icmp => "icmp",
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
        Protocol::Icmpv6 => "icmpv6",
        Protocol::Sctp => "sctp",
        Protocol::Other(33) => "dccp",
        Protocol::Other(47) => "gre",
        Protocol::Other(136) => "udplite",
        Protocol::Other(_) => "unknown",
    }
}
