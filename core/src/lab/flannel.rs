//! The devices and routes that Flannel gives a node (`vxlan_network.go`, `hostgw_network.go`, its CNI plugin).

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::wiring::MTU;
use super::{Pod, hardware};
use crate::k8s::{self, Flannel, FlannelBackend};
use crate::net::Family;
use crate::netfilter::routing::{Device, DeviceKind, RouteEntry};
use crate::netfilter::{Peer, Stack, Vxlan};

const BRIDGE: &str = "cni0";

/// The bridge of the pods, and the device of the overlay of each family.
pub(super) fn devices(flannel: Flannel, node: &k8s::Node) -> Vec<Device> {
    let gateway = |range: &IpNet| IpNet::new(range.hosts().next()?, range.prefix_len()).ok();
    let addresses: Vec<IpNet> = node.pod_cidrs.iter().filter_map(gateway).collect();
    let mac = addresses.first().map(|net| hardware::of_pod(net.addr()));
    let mut devices = vec![Device { name: BRIDGE.into(), kind: DeviceKind::Bridge, mac, addresses }];
    if let FlannelBackend::Vxlan { id, .. } = flannel.backend {
        for range in &node.pod_cidrs {
            let name = overlay(id, Family::of(range.addr()));
            let mac = Some(hardware::of_overlay(range.network()));
            devices.push(Device { name, kind: DeviceKind::Vxlan, mac, addresses: vec![range.network().into()] });
        }
    }
    devices
}

fn overlay(id: u32, family: Family) -> Arc<str> {
    match family {
        Family::V4 => format!("flannel.{id}").into(),
        Family::V6 => format!("flannel-v6.{id}").into(),
    }
}

/// Gives a node its devices. Nobody else is on the overlay yet.
pub(super) fn install(flannel: Flannel, node: &k8s::Node, stack: &mut Stack) {
    for device in devices(flannel, node) {
        if device.kind == DeviceKind::Bridge {
            stack.bridges.add(device.name.clone());
        }
        stack.routing.add_device(device);
    }
    if let FlannelBackend::Vxlan { id, port } = flannel.backend {
        for family in [Family::V4, Family::V6] {
            if let Some(local) = node.internal_ip(family) {
                let source_ports = Vxlan::SOURCE_PORTS;
                let vxlan = Vxlan { id, port, local, source_ports, peers: [].into() };
                stack.vxlans.insert(overlay(id, family), vxlan);
                let settings = stack.routing.settings_of(&overlay(id, family));
                settings.mtu = Some(MTU - Vxlan::overhead(family));
                settings.queue_length = Some(0);
            }
        }
        let overheads = node.internal_ips.iter().map(|address| Vxlan::overhead(Family::of(*address)));
        stack.routing.settings_of(BRIDGE).mtu = overheads.max().map(|overhead| MTU - overhead);
    }
}

/// Tells the overlay of another node, and routes to its pods by it. False if there is none for the range.
pub(super) fn route_to_node(flannel: Flannel, stack: &mut Stack, range: IpNet, gateway: IpAddr) -> bool {
    let FlannelBackend::Vxlan { id, .. } = flannel.backend else {
        return false;
    };
    let device = overlay(id, Family::of(gateway));
    let Some(vxlan) = stack.vxlans.get_mut(&device) else {
        return false;
    };
    // The other end has the first address of its range on the overlay.
    let mac = Some(hardware::of_overlay(range.network()));
    vxlan.peers.insert(range.network(), Peer { below: gateway, mac });
    stack.routing.add_route(RouteEntry::through(range.trunc(), range.network(), device));
    true
}

/// Forgets a node that is gone (`handleSubnetEvents`).
pub(super) fn forget(stack: &mut Stack, node: &k8s::Node) {
    for vxlan in stack.vxlans.values_mut() {
        for range in &node.pod_cidrs {
            vxlan.peers.remove(&range.network());
        }
    }
}

/// The link that a pod is a neighbour on.
pub(super) fn link(flannel: Option<Flannel>, pod: &Pod) -> &str {
    if flannel.is_some() { BRIDGE } else { &pod.device }
}

/// Makes the node's end of a pod's cable a port of the bridge.
pub(super) fn attach(flannel: Flannel, stack: &mut Stack, address: IpAddr, pod: &Pod) {
    let bridge: Arc<str> = BRIDGE.into();
    stack.bridges.add_port(&bridge, pod.device.clone(), flannel.hairpin);
    stack.bridges.learn(address, &pod.device);
    let in_subnet =
        stack.routing.device(BRIDGE).is_some_and(|device| device.addresses.iter().any(|net| net.contains(&address)));
    if !in_subnet {
        stack.routing.add_route(RouteEntry::on_link(address.into(), bridge, None));
    }
}
