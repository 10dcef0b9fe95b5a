//! Replays what a live kernel did with cases about which the model was once wrong, and with one of each scheduler of IPVS.
//!
//! `make kernel-soak` wrote them; the kernel was Linux 6.18 with iptables 1.8.9 and nft 1.0.6, and for those with IPVS
//! Linux 6.1.176 with ipvsadm 1.31 in user-mode-linux.

use std::fs;
use std::path::Path;

use datapath_core::chance::Chance;
use datapath_tests::kernel::{Case, Machine, Observation};
use serde::Deserialize;

#[derive(Deserialize)]
struct Recording {
    case: Case,
    kernel: Vec<Observation>,
}

#[test]
fn the_model_does_what_the_kernel_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/kernel/generated");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let mut faults = Vec::new();
    let mut packets = 0;
    for file in &files {
        let text = fs::read_to_string(file).expect("a case");
        let Recording { case, kernel } =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let mut machine = Machine::new(&case).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let mut chance = Chance::seeded(1);
        assert_eq!(case.packets.len(), kernel.len(), "{file:?}");
        for (packet, kernel) in case.packets.iter().zip(&kernel) {
            packets += 1;
            let model = match &packet.run {
                Some(words) => machine.run(words),
                None => machine.observe(&packet.iface, packet.headers().expect("a packet"), &mut chance),
            };
            if let Some(what) = model.difference(kernel) {
                faults.push(format!("{file:?}: {packet:?}: {what}:\n model  {model:?}\n kernel {kernel:?}"));
                break;
            }
        }
    }
    assert!(packets > 0, "no packets");
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), files.len(), faults.join("\n"));
}
