//! What `nft_jhash_eval` hashes.

use crate::netfilter::jhash::jhash;
use crate::nftables::model::DataType;

/// The bytes that the kernel hashes: its registers, each field filled up to 32 bits.
#[derive(Default)]
pub struct Registers {
    bytes: Vec<u8>,
}

impl Registers {
    pub fn push(&mut self, data_type: DataType, host_order: bool, value: u128) {
        let width = data_type.bytes();
        let bytes = value.to_be_bytes();
        if host_order {
            self.bytes.extend(bytes[16 - width..].iter().rev());
        } else {
            self.bytes.extend(&bytes[16 - width..]);
        }
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    pub fn into_bytes(self) -> Box<[u8]> {
        self.bytes.into()
    }

    pub fn hash(&self, seed: u32) -> u32 {
        jhash(&self.bytes, seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netfilter::jhash::scaled;

    /// As Linux 6.18 answered `meta mark set jhash …` for a datagram of 30 bytes from 127.0.0.1 to port 9.
    #[test]
    fn hashes_are_the_kernel_s() {
        let loopback = (DataType::Ipv4Addr, false, 0x7f00_0001);
        let port = (DataType::InetService, false, 9);
        let hash = |fields: &[(DataType, bool, u128)], seed: u32, modulus: u32| {
            let mut registers = Registers::default();
            fields.iter().for_each(|(data_type, host_order, value)| registers.push(*data_type, *host_order, *value));
            scaled(registers.hash(seed), modulus)
        };
        assert_eq!(hash(&[loopback, port], 0xdead_beef, 65536), 0x2f8d);
        assert_eq!(hash(&[loopback], 7, 1_000_000), 0x1_d0fc);
        let udp = (DataType::InetProto, true, 17);
        let length = (DataType::Integer(32), true, 30);
        assert_eq!(hash(&[loopback, loopback, port, udp, length], 7, 1_000_000) + 3, 0xe_b290);
    }
}
