//! What a first sync leaves behind, as kube-proxy's own fakes keep it: in kube-proxy's spelling, with
//! nothing of a kernel in between.

pub mod iptables;
pub mod misc;
pub mod nftables;
