use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The hardware address of a machine on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddress(pub [u8; 6]);

/// The addresses of a frame's header, as far as somebody has said who is who.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ethernet {
    pub source: Option<MacAddress>,
    pub destination: Option<MacAddress>,
}

/// It is not six bytes with colons between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMacAddress;

impl MacAddress {
    pub const BROADCAST: Self = Self([0xff; 6]);

    /// Of everybody in a group (`ip_eth_mc_map`, `ipv6_eth_mc_map`).
    pub fn of_group(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => {
                let [_, second, third, fourth] = address.octets();
                Self([0x01, 0x00, 0x5e, second & 0x7f, third, fourth])
            }
            IpAddr::V6(address) => {
                let [.., first, second, third, fourth] = address.octets();
                Self([0x33, 0x33, first, second, third, fourth])
            }
        }
    }

    pub fn bits(self) -> u64 {
        self.0.into_iter().fold(0, |bits, byte| bits << 8 | u64::from(byte))
    }
}

/// One or two hexadecimal digits for each byte, as `ether_aton` takes them.
impl FromStr for MacAddress {
    type Err = NoMacAddress;

    fn from_str(text: &str) -> Result<Self, NoMacAddress> {
        let mut bytes = [0; 6];
        let mut parts = text.split(':');
        for byte in &mut bytes {
            let digits = |part: &&str| part.len() <= 2 && part.bytes().all(|digit| digit.is_ascii_hexdigit());
            let part = parts.next().filter(digits).ok_or(NoMacAddress)?;
            *byte = u8::from_str_radix(part, 16).map_err(|_| NoMacAddress)?;
        }
        if parts.next().is_none() { Ok(Self(bytes)) } else { Err(NoMacAddress) }
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = self.0;
        write!(f, "{first:02x}")?;
        rest.iter().try_for_each(|byte| write!(f, ":{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_as_read() {
        let address: MacAddress = "2:42:AC:11:0:2".parse().unwrap();
        assert_eq!(address.to_string(), "02:42:ac:11:00:02");
        assert_eq!(address.bits(), 0x0242_ac11_0002);
        for text in ["", "02:42:ac:11:00", "02:42:ac:11:00:02:03", "02:42:ac:11:00:0002", "02:42:ac:11:00:+2", ":::::"]
        {
            assert_eq!(text.parse::<MacAddress>(), Err(NoMacAddress), "{text}");
        }
    }
}
