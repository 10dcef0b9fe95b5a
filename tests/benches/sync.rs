//! How long kube-proxy's own part takes: the first sync of a large cluster to text and objects, and the sync after one
//! slice changed. The recorded figures of the real generator are those of the first sync in iptables and nftables mode.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use datapath_core::k8s::{Change, Changed, Cluster, EndpointSlice};
use datapath_core::net::Family;
use datapath_core::proxy::{Mode, Proxier, Untouched, iptables, ipvs, nftables};
use datapath_tests::large::{config, large_cluster};

fn explained(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("full_sync with causes, 10,000 Services with 5 endpoints");
    group.sample_size(10);
    let (cluster, config) = (large_cluster(), config());
    for mode in Mode::ALL {
        group.bench_function(BenchmarkId::from_parameter(mode), |bencher| {
            bencher.iter(|| match mode {
                Mode::Iptables => drop(black_box(iptables::full_sync(&cluster, &config, Family::V4))),
                Mode::Nftables => drop(black_box(nftables::full_sync(&cluster, &config, Family::V4))),
                Mode::Ipvs => drop(black_box(ipvs::full_sync(&cluster, &config, Family::V4))),
            });
        });
    }
    group.finish();
}

fn first(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("first sync of a proxier, 10,000 Services with 5 endpoints");
    group.sample_size(10);
    let (cluster, config) = (large_cluster(), config());
    for mode in Mode::ALL {
        let new = || Proxier::new(&cluster, &config, Family::V4, mode);
        group.bench_function(BenchmarkId::from_parameter(mode), |bencher| {
            bencher.iter_batched_ref(new, |proxier| proxier.sync(0, &Untouched), criterion::BatchSize::PerIteration);
        });
    }
    group.finish();
}

/// One slice that loses its last endpoint, and gets it back.
fn toggles(cluster: &Cluster) -> [Change; 2] {
    let whole = cluster.endpoint_slices[cluster.endpoint_slices.len() / 2].clone();
    let mut less = whole.clone();
    less.endpoints.pop();
    let change =
        |old: &EndpointSlice, new: &EndpointSlice| Change::EndpointSlice(Changed::modified(old.clone(), new.clone()));
    [change(&whole, &less), change(&less, &whole)]
}

fn repeated(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sync after one slice changed, 10,000 Services with 5 endpoints");
    let cluster = large_cluster();
    let toggles = toggles(&cluster);
    for mode in Mode::ALL {
        let mut proxier = Proxier::new(&cluster, &config(), Family::V4, mode);
        proxier.sync(0, &Untouched);
        group.bench_function(BenchmarkId::from_parameter(mode), |bencher| {
            bencher.iter_custom(|times| {
                let mut total = Duration::ZERO;
                for time in 0..times {
                    let change = &toggles[usize::from(time % 2 == 1)];
                    let start = Instant::now();
                    proxier.note(change);
                    let sync = proxier.sync(1, &Untouched);
                    total += start.elapsed();
                    drop(black_box(sync));
                }
                // An odd number would leave the slice short for the next round.
                proxier.note(&toggles[1]);
                proxier.sync(1, &Untouched);
                total
            });
        });
    }
    group.finish();
}

criterion_group!(benches, explained, first, repeated);
criterion_main!(benches);
