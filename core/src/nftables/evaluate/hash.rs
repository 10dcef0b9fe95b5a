//! `jhash` (`include/linux/jhash.h`, `nft_hash.c`).

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

    pub fn hash(&self, seed: u32) -> u32 {
        jhash(&self.bytes, seed)
    }
}

/// `reciprocal_scale`
pub fn scaled(value: u32, modulus: u32) -> u32 {
    // The upper half of a 64-bit product fits 32 bits.
    u32::try_from((u64::from(value) * u64::from(modulus)) >> 32).unwrap_or(u32::MAX)
}

fn jhash(mut key: &[u8], seed: u32) -> u32 {
    const INITIAL: u32 = 0xdead_beef;
    let length = u32::try_from(key.len()).unwrap_or(u32::MAX);
    let start = INITIAL.wrapping_add(length).wrapping_add(seed);
    let [mut a, mut b, mut c] = [start; 3];
    while key.len() > 12 {
        let (words, rest) = key.split_at(12);
        a = a.wrapping_add(word(&words[..4]));
        b = b.wrapping_add(word(&words[4..8]));
        c = c.wrapping_add(word(&words[8..]));
        (a, b, c) = mix(a, b, c);
        key = rest;
    }
    if key.is_empty() {
        return c;
    }
    let part = |from: usize| word(key.get(from..key.len().min(from + 4)).unwrap_or_default());
    a = a.wrapping_add(part(0));
    b = b.wrapping_add(part(4));
    c = c.wrapping_add(part(8));
    last(a, b, c)
}

/// Up to four bytes as a little-endian number.
fn word(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

const fn mix(mut a: u32, mut b: u32, mut c: u32) -> (u32, u32, u32) {
    a = a.wrapping_sub(c) ^ c.rotate_left(4);
    c = c.wrapping_add(b);
    b = b.wrapping_sub(a) ^ a.rotate_left(6);
    a = a.wrapping_add(c);
    c = c.wrapping_sub(b) ^ b.rotate_left(8);
    b = b.wrapping_add(a);
    a = a.wrapping_sub(c) ^ c.rotate_left(16);
    c = c.wrapping_add(b);
    b = b.wrapping_sub(a) ^ a.rotate_left(19);
    a = a.wrapping_add(c);
    c = c.wrapping_sub(b) ^ b.rotate_left(4);
    b = b.wrapping_add(a);
    (a, b, c)
}

const fn last(mut a: u32, mut b: u32, mut c: u32) -> u32 {
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
}

#[cfg(test)]
mod tests {
    use super::*;

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
