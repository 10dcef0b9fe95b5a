//! How long it takes to find an entry of a small and of a large conntrack table, and to enter one.

use std::collections::HashMap;
use std::hint::black_box;
use std::net::Ipv4Addr;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use datapath_core::net::{Endpoint, Packet};
use datapath_core::netfilter::conntrack::{Conntrack, Tracked, Zone};

fn packet(number: u32) -> Packet {
    let client = Ipv4Addr::from_bits(0x0a00_0000 + number / 60_000).into();
    Packet::udp(Endpoint::new(client, 1024 + (number % 60_000) as u16), Endpoint::new([10, 96, 0, 10].into(), 53))
}

fn table(count: u32) -> Conntrack {
    let mut table = Conntrack::default();
    table.settings.max = 0;
    for number in 0..count {
        enter(&mut table, number);
    }
    table
}

fn enter(table: &mut Conntrack, number: u32) {
    if let Tracked::Created(link) = table.track(&packet(number), Zone::USUAL, 0) {
        table.confirm(link, 0);
    }
}

fn look_up(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("conntrack: a packet of a connection, by entries");
    for count in [1_000, 1_000_000] {
        let mut table = table(count);
        let mut number = 0_u32;
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                // A large prime, so that neighbours are not next.
                number = (number + 700_001) % count;
                black_box(table.track(&packet(number), Zone::USUAL, 1))
            });
        });
    }
    group.finish();
}

/// What a table of that size costs whoever looks something up in it: most of it is memory that no cache has.
fn plain_map(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("conntrack: beside it, a hash map with as large entries");
    for count in [1_000, 1_000_000] {
        let entry = [0_u64; 20];
        let mut map: HashMap<_, _> = (0..count).map(|number| (packet(number).tuple(), entry)).collect();
        let mut number = 0_u32;
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                number = (number + 700_001) % count;
                if let Some(entry) = map.get_mut(&packet(number).tuple()) {
                    entry[0] += 1;
                }
            });
        });
    }
    group.finish();
}

fn begin(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("conntrack: a new connection, by entries");
    for count in [1_000, 1_000_000] {
        let mut table = table(count);
        let mut number = count;
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                number += 1;
                enter(&mut table, number);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, look_up, plain_map, begin);
criterion_main!(benches);
