use std::fmt::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};

use super::symbols::{self, Symbols};

/// The types of nft's values that are modelled (`nft describe TYPE`; `src/datatype.c`).
///
/// Every value fits 128 bits. Strings (device names) keep their first character in the highest byte, so
/// that a wildcard is a prefix. An interface index keeps the name in the same way, since a ruleset does
/// not know the indices of the node that it will run on; small numbers are indices without a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataType {
    Ipv4Addr,
    Ipv6Addr,
    EtherAddr,
    EtherType,
    InetProto,
    InetService,
    Mark,
    IfName,
    IfIndex,
    IfType,
    NfProto,
    CtState,
    CtDir,
    CtStatus,
    TcpFlag,
    IcmpType,
    Icmpv6Type,
    IcmpCode,
    Icmpv6Code,
    Dscp,
    Ecn,
    FibAddrType,
    PktType,
    Uid,
    Gid,
    Realm,
    ClassId,
    DevGroup,
    Time,
    /// Of the week, from Sunday.
    Day,
    /// Seconds of a day, in UTC.
    Hour,
    /// Nanoseconds since 1970.
    Date,
    Boolean,
    /// A plain number of so many bits, at most 64.
    Integer(u8),
    /// So many bits of a packet, at most 64: numbers that print in hexadecimal.
    Bits(u8),
}

impl DataType {
    /// The types that a set declaration may name.
    const NAMED: [Self; 30] = [
        Self::Ipv4Addr,
        Self::Ipv6Addr,
        Self::EtherAddr,
        Self::EtherType,
        Self::InetProto,
        Self::InetService,
        Self::Mark,
        Self::IfName,
        Self::IfIndex,
        Self::IfType,
        Self::NfProto,
        Self::CtState,
        Self::CtDir,
        Self::CtStatus,
        Self::TcpFlag,
        Self::IcmpType,
        Self::Icmpv6Type,
        Self::IcmpCode,
        Self::Icmpv6Code,
        Self::Dscp,
        Self::Ecn,
        Self::FibAddrType,
        Self::PktType,
        Self::Uid,
        Self::Gid,
        Self::Realm,
        Self::ClassId,
        Self::DevGroup,
        Self::Time,
        Self::Boolean,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Ipv4Addr => "ipv4_addr",
            Self::Ipv6Addr => "ipv6_addr",
            Self::EtherAddr => "ether_addr",
            Self::EtherType => "ether_type",
            Self::InetProto => "inet_proto",
            Self::InetService => "inet_service",
            Self::Mark => "mark",
            Self::IfName => "ifname",
            Self::IfIndex => "iface_index",
            Self::IfType => "iface_type",
            Self::NfProto => "nf_proto",
            Self::CtState => "ct_state",
            Self::CtDir => "ct_dir",
            Self::CtStatus => "ct_status",
            Self::TcpFlag => "tcp_flag",
            Self::IcmpType => "icmp_type",
            Self::Icmpv6Type => "icmpv6_type",
            Self::IcmpCode => "icmp_code",
            Self::Icmpv6Code => "icmpv6_code",
            Self::Dscp => "dscp",
            Self::Ecn => "ecn",
            Self::FibAddrType => "fib_addrtype",
            Self::PktType => "pkt_type",
            Self::Uid => "uid",
            Self::Gid => "gid",
            Self::Realm => "realm",
            Self::ClassId => "classid",
            Self::DevGroup => "devgroup",
            Self::Time | Self::Date => "time",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Boolean => "boolean",
            Self::Integer(_) | Self::Bits(_) => "integer",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMED.into_iter().find(|known| known.name() == name)
    }

    /// What nft calls a value of the type in its messages.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Ipv4Addr => "IPv4 address",
            Self::Ipv6Addr => "IPv6 address",
            Self::EtherAddr => "Ethernet address",
            Self::EtherType => "Ethernet protocol",
            Self::InetProto => "Internet protocol",
            Self::InetService => "internet network service",
            Self::Mark => "packet mark",
            Self::IfName => "network interface name",
            Self::IfIndex => "network interface index",
            Self::IfType => "network interface type",
            Self::NfProto => "netfilter protocol",
            Self::CtState => "conntrack state",
            Self::CtDir => "conntrack direction",
            Self::CtStatus => "conntrack status",
            Self::TcpFlag => "TCP flag",
            Self::IcmpType => "ICMP type",
            Self::Icmpv6Type => "ICMPv6 type",
            Self::IcmpCode => "icmp code",
            Self::Icmpv6Code => "icmpv6 code",
            Self::Dscp => "Differentiated Services Code Point",
            Self::Ecn => "Explicit Congestion Notification",
            Self::FibAddrType => "fib address type",
            Self::PktType => "packet type",
            Self::Uid => "user ID",
            Self::Gid => "group ID",
            Self::Realm => "routing realm",
            Self::ClassId => "TC classid",
            Self::DevGroup => "devgroup name",
            Self::Time => "relative time",
            Self::Day => "Day of week of packet reception",
            Self::Hour => "Hour of day of packet reception",
            Self::Date => "Relative time of packet reception",
            Self::Boolean => "boolean type",
            Self::Integer(_) | Self::Bits(_) => "integer",
        }
    }

    pub const fn bits(self) -> u32 {
        match self {
            Self::Ecn => 2,
            Self::Dscp => 6,
            Self::InetProto
            | Self::NfProto
            | Self::CtDir
            | Self::TcpFlag
            | Self::IcmpType
            | Self::Icmpv6Type
            | Self::IcmpCode
            | Self::Icmpv6Code
            | Self::PktType
            | Self::Day
            | Self::Boolean => 8,
            Self::EtherType | Self::InetService | Self::IfType => 16,
            Self::Ipv4Addr
            | Self::Mark
            | Self::CtState
            | Self::CtStatus
            | Self::FibAddrType
            | Self::Uid
            | Self::Gid
            | Self::Realm
            | Self::ClassId
            | Self::DevGroup
            | Self::Hour => 32,
            Self::EtherAddr => 48,
            Self::Time | Self::Date => 64,
            Self::Ipv6Addr | Self::IfName | Self::IfIndex => 128,
            Self::Integer(bits) | Self::Bits(bits) => bits as u32,
        }
    }

    /// Bytes that a value takes in a set's key.
    pub const fn bytes(self) -> usize {
        self.bits().div_ceil(8) as usize
    }

    /// The largest value, and the mask that leaves a value as it is.
    pub const fn max(self) -> u128 {
        u128::MAX >> (128 - self.bits())
    }

    /// Whether nft stores the type in the byte order of a little-endian host (`BYTEORDER_HOST_ENDIAN`);
    /// decides in which order elements are listed.
    pub const fn is_host_order(self) -> bool {
        matches!(
            self,
            Self::Mark
                | Self::IfIndex
                | Self::IfType
                | Self::CtState
                | Self::CtStatus
                | Self::FibAddrType
                | Self::Uid
                | Self::Gid
                | Self::Realm
                | Self::ClassId
                | Self::DevGroup
                | Self::Time
                | Self::Hour
                | Self::Date
        )
    }

    pub const fn is_string(self) -> bool {
        matches!(self, Self::IfName | Self::IfIndex)
    }

    /// Values are sets of flags (`basetype = &bitmask_type`).
    pub const fn is_bitmask(self) -> bool {
        matches!(self, Self::CtState | Self::CtStatus | Self::TcpFlag)
    }

    /// Masks that are prefixes print as prefixes (`DTYPE_F_PREFIX`).
    pub const fn has_prefixes(self) -> bool {
        matches!(self, Self::Ipv4Addr | Self::Ipv6Addr | Self::Mark | Self::Realm | Self::DevGroup)
    }

    /// Whether a value of one type may stand where the other is asked for.
    pub fn accepts(self, other: Self) -> bool {
        self == other || matches!((self, other), (Self::Integer(_) | Self::Bits(_), Self::Integer(_) | Self::Bits(_)))
    }

    pub(super) const fn symbols(self) -> Option<Symbols> {
        Some(match self {
            Self::EtherType => symbols::ETHER_TYPE,
            Self::InetProto => symbols::INET_PROTO,
            Self::IfType => symbols::IF_TYPE,
            Self::NfProto => symbols::NF_PROTO,
            Self::CtState => symbols::CT_STATE,
            Self::CtDir => symbols::CT_DIR,
            Self::CtStatus => symbols::CT_STATUS,
            Self::TcpFlag => symbols::TCP_FLAG,
            Self::IcmpType => symbols::ICMP_TYPE,
            Self::Icmpv6Type => symbols::ICMPV6_TYPE,
            Self::IcmpCode => symbols::ICMP_CODE,
            Self::Icmpv6Code => symbols::ICMPV6_CODE,
            Self::Dscp => symbols::DSCP,
            Self::Ecn => symbols::ECN,
            Self::FibAddrType => symbols::FIB_ADDR_TYPE,
            Self::PktType => symbols::PKT_TYPE,
            Self::Boolean => symbols::BOOLEAN,
            Self::Day => symbols::DAY,
            Self::ClassId => symbols::CLASS_ID,
            Self::InetService => symbols::INET_SERVICE,
            Self::Uid | Self::Gid => symbols::ROOT,
            _ => return None,
        })
    }

    /// Reads a value as a rule spells it. None if the word is no value of the type.
    pub fn parse(self, word: &str) -> Option<u128> {
        let value = match self {
            Self::Ipv4Addr => match word.parse::<Ipv4Addr>() {
                Ok(address) => u128::from(u32::from(address)),
                Err(_) => number(word)?,
            },
            Self::Ipv6Addr if word.starts_with("0x") => number(word)?,
            Self::Ipv6Addr => u128::from(word.parse::<Ipv6Addr>().ok()?),
            Self::EtherAddr => ether_addr(word)?,
            Self::IfName => string(word)?,
            Self::IfIndex => number(word).or_else(|| string(word))?,
            Self::Time => u128::from(super::duration::parse(word)?),
            Self::Day => number(word).or_else(|| self.symbol(word)).filter(|day| *day < 7)?,
            Self::Hour => super::clock::parse_hour(word)?.into(),
            Self::Date => super::clock::parse_date(word)?.into(),
            Self::ClassId => class_id(word).or_else(|| number(word)).or_else(|| self.symbol(word))?,
            _ => number(word).or_else(|| self.symbol(word))?,
        };
        (value <= self.max()).then_some(value)
    }

    fn symbol(self, word: &str) -> Option<u128> {
        let found = self.symbols()?.iter().find(|(name, _)| *name == word);
        found.map(|(_, value)| u128::from(*value))
    }

    /// Writes a value as `nft list` does.
    pub fn write(self, value: u128, out: &mut String) {
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Ipv4Addr => write!(out, "{}", Ipv4Addr::from(u32::try_from(value).unwrap_or(u32::MAX))),
            Self::Ipv6Addr => write!(out, "{}", Ipv6Addr::from(value)),
            Self::EtherAddr => write_ether(value, out),
            Self::Mark => write!(out, "{value:#010x}"),
            Self::IfName => write_string(value, out),
            Self::IfIndex if value > u128::from(u32::MAX) => write_string(value, out),
            Self::Time => {
                super::duration::write(u64::try_from(value).unwrap_or(u64::MAX), out);
                Ok(())
            }
            Self::Hour => super::clock::write_hour(value, out),
            Self::Date => super::clock::write_date(value, out),
            Self::Day => write!(out, "\"{}\"", self.name_of(value).unwrap_or_default()),
            Self::ClassId => self.write_class_id(value, out),
            _ if self.is_bitmask() => {
                self.write_flags(value, ",", out);
                Ok(())
            }
            Self::InetService | Self::Uid | Self::Gid => write!(out, "{value}"),
            Self::Bits(_) => write!(out, "{value:#x}"),
            _ => match self.name_of(value) {
                Some(name) => out.write_str(name),
                None if matches!(self, Self::Dscp | Self::Ecn | Self::EtherType) => {
                    write!(out, "0x{value:0width$x}", width = self.bytes() * 2)
                }
                None => write!(out, "{value}"),
            },
        };
    }

    pub fn text(self, value: u128) -> String {
        let mut out = String::new();
        self.write(value, &mut out);
        out
    }

    fn name_of(self, value: u128) -> Option<&'static str> {
        let found = self.symbols()?.iter().find(|(_, known)| u128::from(*known) == value);
        found.map(|(name, _)| *name)
    }

    fn write_class_id(self, value: u128, out: &mut String) -> fmt::Result {
        match self.name_of(value) {
            Some(name) => out.write_str(name),
            None => write!(out, "{:x}:{:x}", value >> 16, value & 0xffff),
        }
    }

    /// The names of the flags that are set, lowest bit first.
    pub fn write_flags(self, value: u128, delimiter: &str, out: &mut String) {
        if value == 0 {
            out.push_str("0x0");
            return;
        }
        let mut first = true;
        for bit in 0..self.bits() {
            let flag = 1u128 << bit;
            if value & flag == 0 {
                continue;
            }
            if !first {
                out.push_str(delimiter);
            }
            first = false;
            let _ = match self.name_of(flag) {
                Some(name) => out.write_str(name),
                None => write!(out, "{flag:#x}"),
            };
        }
    }

    /// `mask` leaves the first so many bits and no others (`expr_mask_is_prefix`).
    pub fn prefix_of_mask(self, mask: u128) -> Option<u8> {
        let length = (mask << (128 - self.bits())).leading_ones();
        (mask == self.mask_of_prefix(u8::try_from(length).ok()?)).then(|| u8::try_from(length).ok()).flatten()
    }

    pub const fn mask_of_prefix(self, length: u8) -> u128 {
        let bits = self.bits();
        if length as u32 >= bits {
            return self.max();
        }
        !(self.max() >> length) & self.max()
    }
}

fn number(word: &str) -> Option<u128> {
    match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(hex) if !hex.starts_with('+') => u128::from_str_radix(hex, 16).ok(),
        _ if word.starts_with('+') => None,
        _ => word.parse().ok(),
    }
}

fn ether_addr(word: &str) -> Option<u128> {
    let mut value = 0;
    let mut bytes = 0;
    for byte in word.split(':') {
        if byte.is_empty() || byte.len() > 2 || byte.starts_with('+') {
            return None;
        }
        value = value << 8 | u128::from_str_radix(byte, 16).ok()?;
        bytes += 1;
    }
    (bytes == 6).then_some(value)
}

fn write_ether(value: u128, out: &mut String) -> fmt::Result {
    for byte in (0..6).rev() {
        write!(out, "{:02x}{}", value >> (8 * byte) & 0xff, if byte > 0 { ":" } else { "" })?;
    }
    Ok(())
}

/// Up to 15 characters, as `IFNAMSIZ` with its final NUL allows.
fn string(word: &str) -> Option<u128> {
    let bytes = word.as_bytes();
    if bytes.is_empty() || bytes.len() > 15 || bytes.contains(&0) {
        return None;
    }
    let mut padded = [0; 16];
    padded[..bytes.len()].copy_from_slice(bytes);
    Some(u128::from_be_bytes(padded))
}

/// The value of a device's name; names that are no device names have none.
pub fn name_value(name: &str) -> Option<u128> {
    string(name)
}

/// The characters of a string value.
pub fn string_of(value: u128) -> String {
    let bytes = value.to_be_bytes();
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

fn write_string(value: u128, out: &mut String) -> fmt::Result {
    let text = string_of(value);
    match text.strip_suffix('*') {
        // Only so is a star at the end no wildcard.
        Some(start) => write!(out, "\"{start}\\*\""),
        None => write!(out, "\"{text}\""),
    }
}

fn class_id(word: &str) -> Option<u128> {
    let (major, minor) = word.split_once(':')?;
    let part = |text: &str| {
        if text.is_empty() { Some(0) } else { u16::from_str_radix(text, 16).ok() }
    };
    Some(u128::from(part(major)?) << 16 | u128::from(part(minor)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_as_they_are_read() {
        let rows = [
            (DataType::Ipv4Addr, "10.0.0.1"),
            (DataType::Ipv6Addr, "fd00:10:96::a"),
            (DataType::EtherAddr, "00:11:22:33:44:55"),
            (DataType::InetProto, "tcp"),
            (DataType::InetService, "8080"),
            (DataType::Mark, "0x00004000"),
            (DataType::IfName, "\"eth0\""),
            (DataType::CtState, "new"),
            (DataType::Time, "1h30m"),
            (DataType::Dscp, "af11"),
        ];
        for (data_type, text) in rows {
            let value = data_type.parse(text.trim_matches('"')).unwrap();
            assert_eq!(data_type.text(value), text);
        }
        assert_eq!(DataType::InetService.parse("65536"), None);
        assert_eq!(DataType::IfName.parse("sixteen-letters!"), None);
    }

    #[test]
    fn masks_and_prefixes_are_inverse() {
        for length in 0..=32 {
            assert_eq!(DataType::Mark.prefix_of_mask(DataType::Mark.mask_of_prefix(length)), Some(length));
        }
        assert_eq!(DataType::Mark.prefix_of_mask(0x4000), None);
        assert_eq!(DataType::Ipv6Addr.prefix_of_mask(u128::MAX << 64), Some(64));
    }
}
