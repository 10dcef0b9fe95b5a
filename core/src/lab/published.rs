//! Measurements that others have published, to stand beside the model's counts.

use crate::proxy::Mode;

/// Round trip of the first packet of a connection, in microseconds, at the 50th and the 99th percentile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    pub services: usize,
    pub mode: Mode,
    pub p50: u32,
    pub p99: u32,
}

/// Read off the charts of KEP-3866 and of the Kubernetes blog of 28 February 2025; those of iptables within 2 µs.
pub const FIRST_PACKET: [Published; 9] = [
    of(5_000, Mode::Iptables, 49, 156),
    of(5_000, Mode::Nftables, 14, 39),
    of(5_000, Mode::Ipvs, 23, 48),
    of(10_000, Mode::Iptables, 61, 262),
    of(10_000, Mode::Nftables, 14, 37),
    of(10_000, Mode::Ipvs, 24, 49),
    of(30_000, Mode::Iptables, 274, 716),
    of(30_000, Mode::Nftables, 14, 39),
    of(30_000, Mode::Ipvs, 28, 57),
];

const fn of(services: usize, mode: Mode, p50: u32, p99: u32) -> Published {
    Published { services, mode, p50, p99 }
}
