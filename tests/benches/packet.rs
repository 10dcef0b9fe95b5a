//! How long the model takes for one packet, as time and per rule visited. Ratios within one run are what counts.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use datapath_core::chance::Chance;
use datapath_core::lab::{Assumptions, Client, ClientKind, Flow, Network, Target, synthetic};
use datapath_core::proxy::Mode;
use datapath_core::trace::{Meter, Recorder, Silent, Tracer};

const SERVICES: usize = 10_000;

fn last_service(mode: Mode) -> (Network, Client, Target) {
    let cluster = Arc::new(synthetic(SERVICES));
    let network = Network::new(Arc::clone(&cluster), Assumptions::of(&cluster), mode);
    network.start_all().expect("rules that load");
    let client =
        network.clients().into_iter().find(|client| matches!(client.kind, ClientKind::Pod { .. })).expect("a client");
    let target = Target::all(&cluster).pop().expect("a Service");
    (network, client, target)
}

/// Opens a new connection each time: a new source port, so that no packet takes the short way.
fn open<T: Tracer + Default>(network: &mut Network, client: &Client, target: &Target, port: &mut u16) {
    *port = port.checked_add(1).unwrap_or(1024);
    let mut flow = Flow::open(network, client, target, *port).expect("an address of the family");
    black_box(network.exchange::<T>(&mut flow, &mut Chance::seeded(1), 0));
}

fn first_packet(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(format!("first packet and its answer, last of {SERVICES} Services"));
    for mode in Mode::ALL {
        let (mut network, client, target) = last_service(mode);
        let mut flow = Flow::open(&network, &client, &target, 1023).expect("an address of the family");
        let rules = u64::from(
            network
                .clone()
                .exchange::<Meter>(&mut flow, &mut Chance::seeded(1), 0)
                .legs
                .iter()
                .map(|leg| leg.tracer.cost.rules)
                .sum::<u32>(),
        );
        group.throughput(Throughput::Elements(rules));
        let mut port = 1024;
        group.bench_function(BenchmarkId::new("untraced", mode), |bencher| {
            bencher.iter(|| open::<Silent>(&mut network, &client, &target, &mut port));
        });
        group.bench_function(BenchmarkId::new("metered", mode), |bencher| {
            bencher.iter(|| open::<Meter>(&mut network, &client, &target, &mut port));
        });
        group.bench_function(BenchmarkId::new("traced", mode), |bencher| {
            bencher.iter(|| open::<Recorder>(&mut network, &client, &target, &mut port));
        });
    }
    group.finish();
}

fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("objects to loaded rules, 1000 Services");
    group.sample_size(10);
    let cluster = Arc::new(synthetic(1000));
    let assumptions = Assumptions::of(&cluster);
    for mode in Mode::ALL {
        group.bench_function(BenchmarkId::from_parameter(mode), |bencher| {
            bencher.iter(|| {
                let network = Network::new(Arc::clone(&cluster), assumptions.clone(), mode);
                network.start_all().expect("rules that load");
                black_box(network)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, first_packet, build);
criterion_main!(benches);
