//! What a large cluster and its proxier keep in memory. Pointers of a 64-bit machine are twice those of wasm, so that
//! what holds here holds there.

use datapath_core::net::Family;
use datapath_core::proxy::{Mode, Proxier, Untouched};
use datapath_tests::large::{config, large_cluster};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const MOST_MEGABYTES: f32 = 100.0;

/// One test, since others at the same time would be counted too.
#[test]
fn ten_thousand_services_and_a_proxier_fit() {
    let cluster = large_cluster();
    let objects = ALLOCATOR.current_usage_as_mb();
    for mode in Mode::ALL {
        ALLOCATOR.reset_peak_usage();
        let mut proxier = Proxier::new(&cluster, &config(), Family::V4, mode);
        drop(proxier.sync(0, &Untouched));
        let (kept, peak) = (ALLOCATOR.current_usage_as_mb(), ALLOCATOR.peak_usage_as_mb());
        println!("{mode}: objects {objects:.1} MB, with the proxier {kept:.1} MB, at most {peak:.1} MB");
        assert!(kept < MOST_MEGABYTES, "{mode}: {kept} MB");
        drop(proxier);
    }
}
