//! The nodes' interfaces and routes, as pods come and go.

use std::cell::OnceCell;
use std::net::IpAddr;
use std::sync::Arc;

use super::assumptions::{loopback, subnet};
use super::machine::Machine;
use super::{Network, Pod, flannel, hardware};
use crate::k8s::{self, Cluster, Flannel};
use crate::net::Family;
use crate::netfilter::Stack;
use crate::netfilter::routing::{Device, DeviceKind, RouteEntry};
use crate::trace::Route;

/// Bytes of the longest packet on the network that the nodes share.
pub(super) const MTU: u16 = 1500;

impl Network {
    /// The interfaces and routes of a node that starts now.
    pub(super) fn wire(&self, index: usize, stack: &mut Stack, cluster: &Cluster) {
        let flannel = self.assumptions.flannel;
        let routing = &mut stack.routing;
        routing.add_device(Device { name: "lo".into(), kind: DeviceKind::Loopback, mac: None, addresses: loopback() });
        let addresses = cluster.nodes.get(index).map_or(&[][..], |node| &node.internal_ips);
        let subnets: Vec<_> = addresses.iter().filter_map(|address| subnet(*address)).collect();
        let ethernet: Arc<str> = "eth0".into();
        let mac = addresses.first().map(|address| hardware::of_node(*address));
        let kind = DeviceKind::Ethernet;
        routing.add_device(Device { name: ethernet.clone(), kind, mac, addresses: subnets.clone() });
        routing.settings_of(&ethernet).mtu = Some(MTU);
        if let (Some(flannel), Some(node)) = (flannel, cluster.nodes.get(index)) {
            flannel::install(flannel, node, stack);
        }
        let mut strays = vec![Vec::new(); cluster.nodes.len()];
        for (address, pod) in &*self.pods {
            if pod.node == index {
                attach(flannel, stack, *address, pod);
            } else if cluster.nodes.get(pod.node).is_some_and(|owner| is_stray(owner, *address)) {
                strays[pod.node].push(*address);
            }
        }
        for (other, node) in cluster.nodes.iter().enumerate().filter(|(other, _)| *other != index) {
            for gateway in &node.internal_ips {
                route_to_node(flannel, stack, node, *gateway, &strays[other]);
            }
        }
        for subnet in subnets {
            let all = match Family::of(subnet.addr()) {
                Family::V4 => "0.0.0.0/0".parse(),
                Family::V6 => "::/0".parse(),
            };
            let gateway = subnet.hosts().find(|address| !self.node_by_address.contains_key(address));
            if let (Ok(all), Some(gateway)) = (all, gateway) {
                stack.routing.add_route(RouteEntry::through(all, gateway, ethernet.clone()));
            }
        }
    }

    pub(super) fn plug_in(&mut self, address: IpAddr, cluster: &Cluster) {
        let Some(pod) = self.pods.get(&address) else {
            return;
        };
        let owner = cluster.nodes.iter().find(|node| node.name == self.node_names[pod.node]);
        let gateway = owner.filter(|owner| is_stray(owner, address)).and_then(|o| o.internal_ip(Family::of(address)));
        for (index, machine) in self.machines.iter_mut().enumerate() {
            let Some(machine) = machine.get_mut().map(Arc::make_mut) else {
                continue;
            };
            let stack = &mut machine.node.stack;
            if index == pod.node {
                attach(self.assumptions.flannel, stack, address, pod);
            } else if let Some(gateway) = gateway {
                stack.routing.add_route(RouteEntry::through(address.into(), gateway, "eth0".into()));
            }
        }
    }
}

pub(super) fn unplug(flannel: Option<Flannel>, machines: &mut [OnceCell<Arc<Machine>>], address: IpAddr, pod: &Pod) {
    for (index, machine) in machines.iter_mut().enumerate() {
        let Some(machine) = machine.get_mut().map(Arc::make_mut) else {
            continue;
        };
        let stack = &mut machine.node.stack;
        if index == pod.node {
            stack.bridges.remove_port(&pod.device);
            stack.routing.remove_device(&pod.device);
            stack.neighbours.remove(flannel::link(flannel, pod), address);
            stack.routing.remove_route(address.into());
        } else {
            stack.routing.remove_route(address.into());
        }
    }
}

/// Whether a pod's address lies outside the ranges that its node announces.
fn is_stray(owner: &k8s::Node, address: IpAddr) -> bool {
    !owner.pod_cidrs.iter().any(|range| range.contains(&address))
}

/// Routes to another node's pods by one of its addresses, over the overlay if there is one.
pub(super) fn route_to_node(
    flannel: Option<Flannel>,
    stack: &mut Stack,
    node: &k8s::Node,
    gateway: IpAddr,
    strays: &[IpAddr],
) {
    let family = Family::of(gateway);
    let ethernet: Arc<str> = "eth0".into();
    for range in node.pod_cidrs.iter().filter(|range| Family::of(range.addr()) == family) {
        if !flannel.is_some_and(|flannel| flannel::route_to_node(flannel, stack, *range, gateway)) {
            stack.routing.add_route(RouteEntry::through(range.trunc(), gateway, ethernet.clone()));
        }
    }
    let routing = &mut stack.routing;
    for address in strays.iter().filter(|address| Family::of(**address) == family) {
        routing.add_route(RouteEntry::through((*address).into(), gateway, ethernet.clone()));
    }
    if !matches!(routing.lookup(gateway), Route::Via { gateway: None, .. }) {
        routing.add_route(RouteEntry::on_link(gateway.into(), ethernet, None));
    }
}

/// The node's end of a pod's cable, and the way to the pod.
fn attach(flannel: Option<Flannel>, stack: &mut Stack, address: IpAddr, pod: &Pod) {
    let mac = Some(hardware::of_cable(address));
    stack.routing.add_device(Device { name: pod.device.clone(), kind: DeviceKind::Veth, mac, addresses: Vec::new() });
    let link = flannel::link(flannel, pod);
    let mtu = stack.routing.mtu(link).unwrap_or(MTU);
    stack.routing.settings_of(&pod.device).mtu = Some(mtu);
    stack.neighbours.insert(link.into(), address, hardware::of_pod(address));
    match flannel {
        Some(flannel) => flannel::attach(flannel, stack, address, pod),
        None => stack.routing.add_route(RouteEntry::on_link(address.into(), pod.device.clone(), None)),
    }
}
