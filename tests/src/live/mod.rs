//! Generated cases, run by the model and by the running kernel side by side.
//!
//! In: a seed. Out: whether both did the same with every packet, and where not, the smallest case that shows it. Needs
//! root, network namespaces, TUN devices and the real tools. Left out on purpose: what the kernel draws at random, and
//! what depends on how long something takes.

mod dice;
mod generate;
mod iptables;
mod judge;
mod kernel;
mod namespace;
mod netlink;
mod nftables;
mod place;
mod script;
mod shrink;
mod wire;

pub use generate::{Tool, case};
pub use judge::{Disagreement, Recording, Trial, run};
pub use shrink::shrink;

/// Why there is no kernel to ask here, if there is none.
pub fn missing() -> Option<String> {
    judge::run(&place::node("bare".to_owned()), &[]).err().or_else(|| {
        let (case, steps) = case(Tool::Legacy, 0);
        let _ = (case, steps);
        None
    })
}
