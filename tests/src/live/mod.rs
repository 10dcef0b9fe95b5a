//! Generated cases, run by the model and by the running kernel side by side.
//!
//! In: a seed. Out: whether both did the same with every packet, and where not, the smallest case that shows it. Needs
//! root, network namespaces, TUN devices and the real tools. Left out on purpose: what the kernel draws at random, and
//! what depends on how long something takes.

pub mod arp;
mod dice;
pub mod elsewhere;
mod extensions;
mod generate;
mod iptables;
mod ipvs;
mod judge;
mod kernel;
mod link;
mod namespace;
mod netlink;
mod nftables;
pub mod pace;
mod place;
mod proc;
mod programs;
mod script;
mod sctp;
mod shrink;
pub mod walk;
mod wire;

pub use generate::{Tool, case};
pub use judge::{End, Recording, Trial, run, run_in_time, steps_of};
pub use programs::{Program, programs};
pub use script::Step;
pub use shrink::shrink;

/// Why the kernel cannot be asked here what it does with the tool's rules, if it cannot.
pub fn missing(tool: Tool) -> Option<String> {
    // A case with rules: modules that are missing show there.
    match run(&generate::everything(tool), &[]) {
        Ok(Trial { ended: End::Refused { kernel, .. }, .. }) => kernel,
        Ok(_) => None,
        Err(error) => Some(error),
    }
}
