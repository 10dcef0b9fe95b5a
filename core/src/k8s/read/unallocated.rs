//! What a manifest leaves to the API server: cluster IPs, node ports and health check node ports.
//!
//! Mirrors `allocateCreate` of pkg/registry/core/service/storage/alloc.go, without its dice: the first free
//! value of the range that it draws from is taken.

use crate::fixed_hash::{HashMap, HashSet};
use std::iter::Chain;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::{Range, RangeInclusive};

use ipnet::IpNet;

use super::cursor::Cursor;
use super::report::{Remedy, Report};
use super::{service, service_address, value};
use crate::k8s::{Cluster, Service, ServicePort, ServiceType, TrafficPolicy};
use crate::message;
use crate::net::Family;
use crate::source::{Diagnostic, Position};

/// Of a `--service-cluster-ip-range` this many addresses are kept for Services that name theirs, the network
/// itself included (`calculateRangeOffset` of a range with 4,096 addresses or more).
const STATIC_ADDRESSES: u128 = 257;

/// Node ports that are kept in the same way, of the default range.
const STATIC_NODE_PORTS: Range<u16> = 30_000..30_086;
const DYNAMIC_NODE_PORTS: RangeInclusive<u16> = 30_086..=32_767;

/// Allocated values that a note repeats.
const MAX_NAMED: usize = 6;

fn full_remedy() -> Remedy {
    Remedy::new(message!("expected-free-value"), message!("advice-allocate"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FamilyPolicy {
    Single,
    PreferDual,
    RequireDual,
}

const POLICIES: [(&str, FamilyPolicy); 3] = [
    ("PreferDualStack", FamilyPolicy::PreferDual),
    ("RequireDualStack", FamilyPolicy::RequireDual),
    ("SingleStack", FamilyPolicy::Single),
];

/// One Service of a manifest and what it lacks.
pub(super) struct Unallocated {
    /// Its place among the Services of the cluster.
    service: usize,
    position: Position,
    /// None where its addresses are final: headless, or printed by an API server.
    addresses: Option<FamilyPolicy>,
    node_ports: bool,
    health_check: bool,
}

impl Unallocated {
    /// None where nothing may be lacking. `place` is where the Service comes to stand in the cluster.
    pub(super) fn of(object: &Cursor<'_>, service: &Service, place: usize, report: &mut Report) -> Option<Self> {
        let spec = object.field("spec")?;
        let policy = value::choice(&spec, "ipFamilyPolicy", &POLICIES, FamilyPolicy::Single, report)?;
        let wants_load_balancer_ports = spec.boolean("allocateLoadBalancerNodePorts", report);
        // The list is the API server's; an object without it has not been there.
        let is_printed = service_address::has_list(&spec);
        let addresses = (!is_printed && service_address::is_allocated(&spec, service.service_type)).then_some(policy);
        if let Some(at) = spec.field("ipFamilies")
            && addresses == Some(FamilyPolicy::Single)
            && service.ip_families.len() > 1
        {
            let rule =
                "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified".to_owned();
            let message = format!("{}: Invalid value: \"SingleStack\": {rule}", spec.path_of("ipFamilyPolicy"));
            let remedy = Remedy::new(message!("expected-policy-for-both"), message!("advice-policy"));
            report.error(at.position(), message, remedy);
        }
        let node_ports = match service.service_type {
            ServiceType::NodePort => true,
            ServiceType::LoadBalancer => wants_load_balancer_ports.unwrap_or(!is_printed),
            ServiceType::ClusterIp | ServiceType::ExternalName => false,
        } && service.ports.iter().any(|port| port.node_port.is_none());
        let health_check = service.service_type == ServiceType::LoadBalancer
            && service.external_traffic_policy == TrafficPolicy::Local
            && service.health_check_node_port.is_none();
        let position = object.position();
        (addresses.is_some() || node_ports || health_check).then_some(Self {
            service: place,
            position,
            addresses,
            node_ports,
            health_check,
        })
    }
}

/// Gives every Service what it lacks, with one note for each; Services that get nothing any more are left out.
pub(super) fn allocate(requests: &[Unallocated], cluster: &mut Cluster, report: &mut Report) {
    if requests.is_empty() {
        return;
    }
    let mut pools = Pools::of(cluster);
    let mut refused = HashSet::default();
    for request in requests {
        let service = &mut cluster.services[request.service];
        match pools.serve(request, service) {
            Ok(taken) if taken.is_empty() => {}
            Ok(taken) => report.push(note(request.position, service, &taken)),
            Err(rule) => {
                let message = format!("Service {}: Internal error occurred: {rule}", service::title(service));
                report.error(request.position, message, full_remedy());
                refused.insert(request.service);
            }
        }
    }
    let mut place = 0..;
    cluster.services.retain(|_| place.next().is_none_or(|place| !refused.contains(&place)));
}

fn note(position: Position, service: &Service, taken: &[String]) -> Diagnostic {
    let named = taken.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let rest = if taken.len() > MAX_NAMED { ", …" } else { "" };
    let title = service::title(service);
    Diagnostic::note(position, message!("wrong-allocated", service = title, values = format!("{named}{rest}")))
}

struct Pools {
    addresses: [(Family, AddressPool); 2],
    node_ports: PortPool,
    /// The family of Services that name none.
    default_family: Family,
    is_dual_stack: bool,
}

impl Pools {
    fn of(cluster: &Cluster) -> Self {
        let written: Vec<IpAddr> = cluster.services.iter().flat_map(|service| &service.cluster_ips).copied().collect();
        let of_nodes = || cluster.nodes.iter().flat_map(|node| &node.internal_ips).copied();
        let first = written.first().copied().or_else(|| of_nodes().next());
        let has = |family| written.iter().copied().chain(of_nodes()).any(|address| Family::of(address) == family);
        Self {
            addresses: [Family::V4, Family::V6].map(|family| (family, AddressPool::of(family, &written))),
            node_ports: PortPool::of(cluster),
            default_family: first.map_or(Family::V4, Family::of),
            is_dual_stack: has(Family::V4) && has(Family::V6),
        }
    }

    /// What was taken, in words; or why there is nothing to take.
    fn serve(&mut self, request: &Unallocated, service: &mut Service) -> Result<Vec<String>, &'static str> {
        let mut taken = Vec::new();
        if let Some(policy) = request.addresses {
            self.addresses(policy, service, &mut taken)?;
        }
        if request.node_ports {
            self.node_ports.assign(&mut service.ports, &mut taken)?;
        }
        if request.health_check {
            let port = self.node_ports.take().ok_or("failed to allocate a HealthCheck NodePort: range is full")?;
            service.health_check_node_port = Some(port);
            taken.push(format!("health check node port {port}"));
        }
        Ok(taken)
    }

    /// `initIPFamilyFields` and `allocClusterIPs`.
    fn addresses(
        &mut self,
        policy: FamilyPolicy,
        service: &mut Service,
        taken: &mut Vec<String>,
    ) -> Result<(), &'static str> {
        if service.ip_families.is_empty() {
            service.ip_families.push(self.default_family);
        }
        let wants_both = match policy {
            FamilyPolicy::Single => false,
            FamilyPolicy::PreferDual => self.is_dual_stack,
            FamilyPolicy::RequireDual => true,
        };
        if let [only] = service.ip_families[..]
            && wants_both
        {
            service.ip_families.push(match only {
                Family::V4 => Family::V6,
                Family::V6 => Family::V4,
            });
        }
        for family in service.ip_families.iter().skip(service.cluster_ips.len()) {
            let pools = self.addresses.iter_mut();
            let address = pools.filter(|(of, _)| of == family).find_map(|(_, pool)| pool.take());
            let address = address.ok_or("failed to allocate a serviceIP: range is full")?;
            taken.push(format!("cluster IP {address}"));
            service.cluster_ips.push(address);
        }
        Ok(())
    }
}

/// The addresses after the first that the cluster's range gives without being asked for one.
struct AddressPool {
    family: Family,
    taken: HashSet<IpAddr>,
    rest: RangeInclusive<u128>,
}

impl AddressPool {
    /// kubeadm's default range, unless all `written` addresses are elsewhere: then their neighbours.
    fn of(family: Family, written: &[IpAddr]) -> Self {
        let (default, length) = match family {
            Family::V4 => (IpNet::new_assert(IpAddr::V4(Ipv4Addr::new(10, 96, 0, 0)), 12), 16),
            Family::V6 => (IpNet::new_assert(IpAddr::V6(Ipv6Addr::new(0xfd00, 0x10, 0x96, 0, 0, 0, 0, 0)), 112), 112),
        };
        let taken: HashSet<IpAddr> = written.iter().copied().filter(|address| Family::of(*address) == family).collect();
        let first = written.iter().find(|address| taken.contains(address));
        let elsewhere = first.filter(|_| !taken.iter().any(|address| default.contains(address)));
        let rest = match elsewhere {
            Some(first) => number(*first)..=number(IpNet::new_assert(*first, length).broadcast()) - 1,
            None => number(default.network()) + STATIC_ADDRESSES..=number(default.broadcast()) - 1,
        };
        Self { family, taken, rest }
    }

    fn take(&mut self) -> Option<IpAddr> {
        let Self { family, taken, rest } = self;
        rest.map(|number| address(*family, number)).find(|address| !taken.contains(address))
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn address(family: Family, number: u128) -> IpAddr {
    match (family, u32::try_from(number)) {
        (Family::V4, Ok(number)) => IpAddr::V4(Ipv4Addr::from_bits(number)),
        (Family::V4, Err(_)) | (Family::V6, _) => IpAddr::V6(Ipv6Addr::from_bits(number)),
    }
}

/// Node ports of both kinds. The API server has one set of them for all protocols.
struct PortPool {
    taken: HashSet<u16>,
    rest: Chain<RangeInclusive<u16>, Range<u16>>,
}

impl PortPool {
    fn of(cluster: &Cluster) -> Self {
        let of_service = |service: &Service| {
            let node_ports: Vec<u16> = service.ports.iter().filter_map(|port| port.node_port).collect();
            node_ports.into_iter().chain(service.health_check_node_port)
        };
        let taken = cluster.services.iter().flat_map(of_service).collect();
        Self { taken, rest: DYNAMIC_NODE_PORTS.chain(STATIC_NODE_PORTS) }
    }

    fn take(&mut self) -> Option<u16> {
        let Self { taken, rest } = self;
        rest.find(|port| !taken.contains(port))
    }

    /// One node port for each port number, whatever its protocols (`initNodePorts`).
    fn assign(&mut self, ports: &mut [ServicePort], taken: &mut Vec<String>) -> Result<(), &'static str> {
        let mut by_port: HashMap<u16, u16> = HashMap::default();
        for port in ports.iter() {
            if let Some(node_port) = port.node_port {
                by_port.entry(port.port).or_insert(node_port);
            }
        }
        for port in ports.iter_mut().filter(|port| port.node_port.is_none()) {
            let node_port = match by_port.get(&port.port) {
                Some(node_port) => *node_port,
                None => self.take().ok_or("failed to allocate a nodePort: range is full")?,
            };
            by_port.insert(port.port, node_port);
            port.node_port = Some(node_port);
            taken.push(format!("node port {node_port} for port {}/{}", port.port, port.protocol));
        }
        Ok(())
    }
}
