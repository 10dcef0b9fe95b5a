//! What an entry of the conntrack table costs in memory.

use std::net::Ipv4Addr;

use datapath_core::net::{Endpoint, Packet};
use datapath_core::netfilter::conntrack::{Confirmed, Conntrack, Tracked, Zone};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Bytes, with all that finds the entry.
const MOST: usize = 200;

#[test]
fn entries_are_small() {
    // Neither of these is where the memory just grew, nor where it is about to.
    for count in [70_000, 100_000] {
        let before = ALLOCATOR.current_usage();
        let mut table = Conntrack::default();
        for number in 0..count {
            let client = Endpoint::new(
                Ipv4Addr::from_bits(0x0a00_0000 + number / 60_000).into(),
                1024 + (number % 60_000) as u16,
            );
            let packet = Packet::udp(client, Endpoint::new([10, 96, 0, 10].into(), 53));
            let Tracked::Created(link) = table.track(&packet, Zone::USUAL, 0) else {
                panic!("a new connection");
            };
            assert_eq!(table.confirm(link, 0), Confirmed::Entered);
        }
        let each = (ALLOCATOR.current_usage() - before) / count as usize;
        assert!(each <= MOST, "{each} bytes for each of {count} entries");
        assert_eq!(table.count(), count as usize);
    }
}
