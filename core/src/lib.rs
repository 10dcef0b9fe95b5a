//! A pure model of kube-proxy's three datapaths and of the Linux node that runs them.

pub mod chance;
pub mod controllers;
pub mod dump;
pub mod export;
mod fixed_hash;
pub mod graph;
pub mod iproute;
pub mod ipset;
pub mod iptables;
pub mod ipvs;
pub mod k8s;
pub mod lab;
pub mod lesson;
pub mod message;
pub mod net;
pub mod netfilter;
pub mod nftables;
pub mod node;
pub mod proxy;
pub mod session;
pub mod shell;
pub mod source;
pub mod task;
pub mod trace;
