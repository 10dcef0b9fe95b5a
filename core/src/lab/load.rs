//! Hands what kube-proxy writes to the node's tools, as the real one does.

use ipnet::IpNet;

use crate::ipset;
use crate::iptables;
use crate::ipvs::{
    ControlError, DestinationConfig, Netmask, Persistence, Scheduler, SchedulerFlags, ServiceConfig, ServiceKey,
    Sysctls,
};
use crate::k8s::Cluster;
use crate::net::{Endpoint, Family};
use crate::netfilter::routing::{Device, DeviceKind};
use crate::nftables;
use crate::node::Node;
use crate::proxy::ipvs::{SetType, VirtualServer};
use crate::proxy::{self, Config, Jump, Mode};
use crate::source::{Diagnostic, Position};

/// The tool that refused, and what it said.
pub type Refusal = (&'static str, Vec<Diagnostic>);

/// Programs one node with the first full sync of its kube-proxy.
pub fn program(node: &mut Node, cluster: &Cluster, config: &Config, mode: Mode) -> Result<(), Refusal> {
    for family in &config.ip_families {
        match mode {
            Mode::Iptables => {
                let sync = proxy::iptables::full_sync(cluster, config, *family);
                // `NewProxier` of pkg/proxy/iptables sets route_localnet for NodePorts on 127.0.0.1.
                node.stack.routing.route_localnet |= config.localhost_node_ports && *family == Family::V4;
                load_iptables(node, *family, &sync.jumps, &sync.restore)?;
            }
            Mode::Nftables => {
                let sync = proxy::nftables::full_sync(cluster, config, *family);
                nftables::apply(&mut node.nftables, &sync.transaction).map_err(|errors| ("nft", errors))?;
            }
            Mode::Ipvs => {
                let sync = proxy::ipvs::full_sync(cluster, config, *family);
                load_ipvs(node, *family, &sync)?;
                load_iptables(node, *family, &sync.jumps, &sync.restore)?;
            }
        }
    }
    Ok(())
}

fn load_iptables(node: &mut Node, family: Family, jumps: &[Jump], restore: &str) -> Result<(), Refusal> {
    let tables = node.iptables.of_mut(family);
    for jump in jumps {
        // kube-proxy ignores that the chain exists already (`EnsureChain`).
        let _ = iptables::command(tables, &format!("-t {} -N {}", jump.table, jump.target));
        iptables::command(tables, &jump.to_string()).map_err(|error| ("iptables", vec![error]))?;
    }
    iptables::restore(tables, restore, true).map_err(|errors| ("iptables-restore", errors))
}

/// IPVS mode: the ipsets, the addresses of kube-ipvs0, and the virtual servers over netlink.
fn load_ipvs(node: &mut Node, family: Family, sync: &proxy::ipvs::Sync) -> Result<(), Refusal> {
    node.ipvs.sysctls = Sysctls::kube_proxy();
    ipset::restore(&mut node.stack.ipsets, &restore_sets(&sync.ipsets), false, 0)
        .map_err(|error| ("ipset", vec![error]))?;
    let routing = &mut node.stack.routing;
    if routing.device(DUMMY_DEVICE).is_none() {
        routing.add_device(Device { name: DUMMY_DEVICE.into(), kind: DeviceKind::Dummy, addresses: Vec::new() });
    }
    for address in &sync.addresses {
        routing.add_address(DUMMY_DEVICE, IpNet::from(*address));
    }
    let refused = |error: ControlError| ("ipvs", vec![Diagnostic::note(Position::START, error.to_string())]);
    for server in &sync.virtual_servers {
        let key =
            ServiceKey::Address { protocol: server.protocol, address: Endpoint::new(server.address, server.port) };
        let config = service_config(server, family).ok_or_else(|| {
            ("ipvs", vec![Diagnostic::note(Position::START, format!("no scheduler {}", server.scheduler))])
        })?;
        node.ipvs.add_service(key, config).map_err(refused)?;
        for real in &server.real_servers {
            let config = DestinationConfig {
                weight: real.weight,
                ..DestinationConfig::masquerade(Endpoint::new(real.address, real.port))
            };
            node.ipvs.add_destination(&key, config).map_err(refused)?;
        }
    }
    Ok(())
}

/// Where kube-proxy binds the addresses of Services, so that packets for them come to LOCAL_IN.
pub(super) const DUMMY_DEVICE: &str = "kube-ipvs0";

/// None where the kernel has no such scheduler.
fn service_config(server: &VirtualServer, family: Family) -> Option<ServiceConfig> {
    let scheduler = Scheduler::from_name(&server.scheduler)?;
    let persistent = server.flags & proxy::ipvs::FLAG_PERSISTENT != 0;
    Some(ServiceConfig {
        persistence: persistent
            .then(|| Persistence { timeout: u64::from(server.timeout), netmask: Netmask::host(family) }),
        flags: SchedulerFlags([false, server.flags & proxy::ipvs::FLAG_SOURCE_HASH != 0, false]),
        ..ServiceConfig::new(scheduler)
    })
}

/// `ipset restore` input, as kube-proxy creates its sets (`EnsureIPSet` in pkg/proxy/ipvs/ipset.go).
fn restore_sets(sets: &[proxy::ipvs::IpSet]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for set in sets {
        let family = match set.family {
            Family::V4 => "inet",
            Family::V6 => "inet6",
        };
        // Writing to a String cannot fail.
        let _ = match set.set_type {
            SetType::BitmapPort => {
                writeln!(text, "create {} {} range 0-65535", set.name, set.set_type)
            }
            kind => writeln!(text, "create {} {kind} family {family} hashsize 1024 maxelem 65536", set.name),
        };
        for entry in &set.entries {
            let _ = writeln!(text, "add {} {entry}", set.name);
        }
    }
    text
}
