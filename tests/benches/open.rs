//! How long the lab takes over a large cluster: from its text to the first packet, and for a change of one slice.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use datapath_core::controllers::Controllers;
use datapath_core::k8s::{self, Change, Changed, Cluster};
use datapath_core::lab::{Assumptions, Lab, Network};
use datapath_core::proxy::Mode;
use datapath_tests::large::{large_cluster, text};

fn open(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("10,000 Services with 5 endpoints, from text");
    group.sample_size(10);
    let text = text(&large_cluster());
    group.bench_function("objects", |bencher| bencher.iter(|| black_box(k8s::parse(&text))));
    group.bench_function("controllers", |bencher| {
        let parsed = k8s::parse(&text).cluster;
        let start = |cluster: &mut Cluster| black_box(Controllers::start(cluster, 1));
        bencher.iter_batched_ref(|| parsed.clone(), start, BatchSize::PerIteration);
    });
    group.bench_function("lab", |bencher| bencher.iter(|| black_box(Lab::open(&text, 1)).is_ok()));
    group.finish();
}

fn network(mode: Mode) -> (Arc<Cluster>, Network) {
    let cluster = Arc::new(large_cluster());
    let network = Network::new(Arc::clone(&cluster), Assumptions::of(&cluster), mode);
    (cluster, network)
}

fn start(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("start of a node, 10,000 Services with 5 endpoints");
    group.sample_size(10);
    for mode in Mode::ALL {
        let (_, network) = network(mode);
        group.bench_function(BenchmarkId::from_parameter(mode), |bencher| {
            let start = |network: &mut Network| network.start_all().expect("rules that load");
            bencher.iter_batched_ref(|| network.clone(), start, BatchSize::PerIteration);
        });
    }
    group.finish();
}

/// A slice loses its last endpoint, and gets it back.
fn change(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one slice changed on one node, 10,000 Services with 5 endpoints");
    group.sample_size(10);
    for mode in Mode::ALL {
        let (cluster, mut network) = network(mode);
        network.start_all().expect("rules that load");
        let whole = cluster.endpoint_slices[cluster.endpoint_slices.len() / 2].clone();
        let mut less = whole.clone();
        less.endpoints.pop();
        let changes = [
            Change::EndpointSlice(Changed::modified(whole.clone(), less.clone())),
            Change::EndpointSlice(Changed::modified(less, whole)),
        ];
        let mut shorter = Cluster::clone(&cluster);
        shorter.apply(&changes[0]);
        group.bench_function(BenchmarkId::from_parameter(mode), |bencher| {
            bencher.iter(|| {
                network.change(&changes[..1], &shorter, 1).expect("rules that load");
                network.change(&changes[1..], &cluster, 2).expect("rules that load");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, open, start, change);
criterion_main!(benches);
