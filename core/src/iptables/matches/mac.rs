use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not};
use super::{Match, Outcome, write_value};
use crate::netfilter::routing::DeviceKind;
use crate::netfilter::{Routing, Skb};

/// `-m mac`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MacMatch {
    pub source: [u8; 6],
    pub inverted: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let text = given.required(given.text("--mac-source"), "mac", "--mac-source")?;
    let Some(source) = parse(text) else {
        let message = "Invalid MAC address specified.";
        return Err(given.wrong("--mac-source", message, "six bytes such as 02:42:ac:11:00:02", "correct the address"));
    };
    Ok(Match::Mac(MacMatch { source, inverted: given.inverted("--mac-source") }))
}

/// `xtopt_parse_ethermac`: one or two hexadecimal digits for each byte.
fn parse(text: &str) -> Option<[u8; 6]> {
    let mut bytes = [0; 6];
    let mut parts = text.split(':');
    for byte in &mut bytes {
        let part = parts.next().filter(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(part, 16).ok().filter(|_| part.len() <= 2)?;
    }
    parts.next().is_none().then_some(bytes)
}

impl MacMatch {
    /// `mac_mt`: only devices with an Ethernet header have such addresses, and the model does not say which.
    pub(super) fn test(self, skb: &Skb, routing: &Routing) -> Outcome {
        let device = skb.input.as_deref().and_then(|device| routing.device(device));
        match device.map(|device| device.kind) {
            None | Some(DeviceKind::Loopback | DeviceKind::Tunnel) => Outcome::No,
            Some(
                DeviceKind::Ethernet | DeviceKind::Veth | DeviceKind::Bridge | DeviceKind::Vxlan | DeviceKind::Dummy,
            ) => Outcome::NotModelled,
        }
    }

    pub fn write(self, out: &mut String) {
        let bytes = self.source.map(|byte| format!("{byte:02x}"));
        write_value(out, self.inverted, "--mac-source", bytes.join(":"));
    }

    /// `mac_print`
    pub fn list(self, out: &mut String) {
        let bytes = self.source.map(|byte| format!("{byte:02x}"));
        let _ = write!(out, " MAC {}{}", if self.inverted { "! " } else { "" }, bytes.join(":"));
    }

    /// `mac_xlate`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        let source: Vec<_> = self.source.iter().map(|byte| format!("{byte:02x}")).collect();
        to.add(&format!("ether saddr {}{}", not(self.inverted), source.join(":")));
    }
}
