//! A pure model of kube-proxy's three datapaths and of the Linux node that runs them.

pub mod k8s;
pub mod net;
pub mod source;
