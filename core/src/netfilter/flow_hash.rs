use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::chance::Chance;
use crate::net::Packet;

/// The kernel's hash of flows (`__skb_get_hash_symmetric`). Its key is drawn at boot and told to nobody, so that a hash is
/// a choice: the same for each packet of a flow, in both directions and in every rule that asks.
#[derive(Clone, Debug, Default)]
pub struct FlowHashes(BTreeMap<Flow, Drawn>);

/// What is hashed: addresses and ports, each pair by itself in order. So two flows that have each other's ports have one
/// hash, as Linux 6.18 was seen to give them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Flow {
    protocol: u8,
    addresses: (IpAddr, IpAddr),
    ports: (u16, u16),
}

/// A hash as far as answers have told: it is one of `from` up to, but not with, `to`.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    from: u64,
    to: u64,
}

const ALL: u64 = 1 << 32;

impl FlowHashes {
    /// The hash of the packet's flow, scaled to a number below `modulus` (`reciprocal_scale`).
    pub fn scaled(&mut self, packet: &Packet, modulus: u32, chance: &mut Chance) -> u32 {
        let drawn = self.0.entry(Flow::of(packet)).or_insert(Drawn { from: 0, to: ALL });
        drawn.answer(modulus.into(), chance)
    }
}

impl Flow {
    fn of(packet: &Packet) -> Self {
        let ports = packet.ports().filter(|_| packet.fragment.is_none()).unwrap_or_default();
        Self {
            protocol: packet.protocol().number(),
            addresses: (packet.src.min(packet.dst), packet.src.max(packet.dst)),
            ports: (ports.0.min(ports.1), ports.0.max(ports.1)),
        }
    }
}

impl Drawn {
    fn answer(&mut self, modulus: u64, chance: &mut Chance) -> u32 {
        if (self.from, self.to) == (0, ALL) {
            let number = chance.below(u32::try_from(modulus).unwrap_or(u32::MAX)).into();
            self.keep(number, modulus);
            return u32::try_from(number).unwrap_or(u32::MAX);
        }
        // Another modulus has told something of the hash: each number that is left has its own share.
        let mut number = self.from * modulus / ALL;
        let last = (self.to - 1) * modulus / ALL;
        while number < last {
            let end = first_of(number + 1, modulus);
            let share = (u128::from(end - self.from) << 31) / u128::from(self.to - self.from);
            if chance.statistic(u32::try_from(share).unwrap_or(Chance::STATISTIC_SCALE)) {
                break;
            }
            self.from = end;
            number += 1;
        }
        self.keep(number, modulus);
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    fn keep(&mut self, number: u64, modulus: u64) {
        self.from = self.from.max(first_of(number, modulus));
        self.to = self.to.min(first_of(number + 1, modulus));
    }
}

/// The smallest hash that is scaled to a number.
const fn first_of(number: u64, modulus: u64) -> u64 {
    (number * ALL).div_ceil(modulus)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::explore;
    use crate::net::Endpoint;

    fn datagram(src: (u8, u16), dst: (u8, u16)) -> Packet {
        let end = |(host, port)| Endpoint::new(IpAddr::from([127, 0, 0, host]), port);
        Packet::udp(end(src), end(dst))
    }

    /// Which datagrams Linux 6.18 gave the same hash, of `meta mark set symhash mod 1000000`.
    #[test]
    fn flows_have_one_hash_as_in_the_kernel() {
        let seen = [
            ((1, 1001), (2, 2003), 0x4_ad86),
            ((1, 1001), (1, 2002), 0x8_7c89),
            ((1, 2002), (1, 1001), 0x8_7c89),
            ((2, 1001), (1, 2002), 0xa_2266),
            ((1, 1001), (2, 2002), 0xa_2266),
            ((2, 2002), (1, 1001), 0xa_2266),
            ((1, 2002), (2, 1001), 0xa_2266),
        ];
        let (mut hashes, mut chance) = (FlowHashes::default(), Chance::seeded(7));
        let mut drawn: BTreeMap<u32, u32> = BTreeMap::new();
        for (src, dst, kernel) in seen {
            let hash = hashes.scaled(&datagram(src, dst), 1_000_000, &mut chance);
            assert_eq!(*drawn.entry(kernel).or_insert(hash), hash, "{src:?} {dst:?}");
        }
        assert_eq!(chance.taken().len(), 3);
    }

    #[test]
    fn answers_to_two_moduli_are_of_one_hash() {
        let ask = |chance: &mut Chance| {
            let mut hashes = FlowHashes::default();
            [2, 3, 2, 3].map(|modulus| hashes.scaled(&datagram((1, 1), (2, 2)), modulus, chance))
        };
        let ways = explore(100, ask);
        let share = |of: [u32; 2]| {
            let found = ways.iter().filter(|(answers, _)| answers[..2] == of);
            found.map(|(_, probability)| probability).sum::<f64>()
        };
        for (answers, expected) in
            [([0, 0], 1.0 / 3.0), ([0, 1], 1.0 / 6.0), ([0, 2], 0.0), ([1, 1], 1.0 / 6.0), ([1, 2], 1.0 / 3.0)]
        {
            assert!((share(answers) - expected).abs() < 1e-6, "{answers:?}: {}", share(answers));
        }
        assert!(ways.iter().all(|(answers, _)| answers[..2] == answers[2..]));
    }
}
