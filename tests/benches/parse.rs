//! How long the rules of 10,000 Services take to be read, and how long the real tools take over the same text, where they
//! are installed and may be run.

use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use datapath_core::iptables::{self, Tables};
use datapath_core::net::Family;
use datapath_core::nftables::{self, Ruleset};
use datapath_core::proxy;
use datapath_tests::large::{config, large_cluster};

/// Says how long the real tool takes, in a network namespace of its own.
fn real(words: &[&str], text: &str) {
    let name = words.join(" ");
    let begin = Instant::now();
    let child = Command::new("unshare").arg("--net").args(words).stdin(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        return println!("{name}: not to be run here");
    };
    if let Some(mut input) = child.stdin.take() {
        // What a tool does not read to the end it refuses, and its status says so.
        let _ = input.write_all(text.as_bytes());
    }
    match child.wait() {
        Ok(status) if status.success() => println!("{name}: {:?} for {} lines", begin.elapsed(), text.lines().count()),
        Ok(status) => println!("{name}: {status}"),
        Err(error) => println!("{name}: {error}"),
    }
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("text of 10,000 Services with 5 endpoints");
    group.sample_size(10);
    let (cluster, config) = (large_cluster(), config());
    let mut tables = Tables::new(Family::V4);
    let sync = proxy::iptables::full_sync(&cluster, &config, Family::V4);
    iptables::restore(&mut tables, &sync.restore, true).expect("rules that load");
    let saved = iptables::save(&tables);
    real(&["iptables-legacy-restore", "--test"], &saved);
    group.bench_function("iptables-save", |bencher| {
        bencher.iter(|| {
            let mut tables = Tables::new(Family::V4);
            iptables::restore(&mut tables, &saved, false).expect("rules that load");
            black_box(tables)
        });
    });
    let mut ruleset = Ruleset::default();
    let sync = proxy::nftables::full_sync(&cluster, &config, Family::V4);
    nftables::apply(&mut ruleset, &sync.transaction).expect("rules that load");
    let listed = nftables::list(&ruleset);
    real(&["nft", "-c", "-f", "-"], &listed);
    group.bench_function("nft list ruleset", |bencher| {
        bencher.iter(|| {
            let mut ruleset = Ruleset::default();
            nftables::apply(&mut ruleset, &listed).expect("rules that load");
            black_box(ruleset)
        });
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
