use std::fmt::Write as _;
use std::net::Ipv4Addr;

use super::order::sort_by_address;
use crate::ipvs::{
    Connection, Destination, Encapsulation, Forwarding, Ipvs, Kind, Netmask, Scheduler, ServiceKey, Timeouts,
    TunnelChecksum, VirtualService,
};
use crate::net::{Endpoint, Family, Protocol};
use crate::netfilter::Seconds;

/// Which columns `ipvsadm -L -n` shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Columns {
    #[default]
    Forwarding,
    /// `--thresholds`
    Thresholds,
    /// `--persistent-conn`
    PersistentConnections,
}

/// The first line of every list, with the number of buckets that the kernel has by itself.
pub(super) const VERSION: &str = "IP Virtual Server version 1.2.1 (size=4096)\n";

/// `ipvsadm -S -n`.
pub fn save(ipvs: &Ipvs) -> String {
    let mut out = String::new();
    for service in sorted_services(ipvs) {
        write_service(&mut out, service, &sorted_destinations(ipvs, service));
    }
    out
}

/// The virtual services in the order in which [`save`] prints them.
pub fn in_order(ipvs: &Ipvs) -> Vec<ServiceKey> {
    sorted_services(ipvs).into_iter().map(|service| service.key).collect()
}

/// What [`save`] prints of one virtual service and its real servers.
pub fn save_one(ipvs: &Ipvs, key: &ServiceKey) -> String {
    let mut out = String::new();
    if let Some(service) = ipvs.service(key) {
        write_service(&mut out, service, &sorted_destinations(ipvs, service));
    }
    out
}

/// The input of `ipvsadm -R` that brings about this state. Unlike [`save`], it keeps the order in which real servers
/// were added, by which some schedulers go.
pub fn restore_input(ipvs: &Ipvs) -> String {
    let mut out = String::new();
    for service in sorted_services(ipvs) {
        // The kernel puts the newest first.
        let mut destinations: Vec<_> = ipvs.destinations_of(service).collect();
        destinations.reverse();
        write_service(&mut out, service, &destinations);
    }
    out
}

fn write_service(out: &mut String, service: &VirtualService, destinations: &[&Destination]) {
    let name = service_option(&service.key);
    // Writing to a String never fails; so in every function below.
    let _ = writeln!(out, "-A {name} -s {}{}", service.config.scheduler, rule_flags(service));
    for destination in destinations {
        let config = destination.config;
        let method = match config.forwarding {
            Forwarding::Masquerade => "-m",
            Forwarding::Route | Forwarding::Local => "-g",
            Forwarding::Tunnel(_) => "-i",
        };
        let tunnel = tunnel_options(config.forwarding);
        let _ = writeln!(out, "-a {name} -r {} {method} -w {}{tunnel}", config.real, config.weight);
    }
}

/// `ipvsadm -L -n`.
pub fn list(ipvs: &Ipvs, columns: Columns) -> String {
    let mut out = String::from(VERSION);
    out.push_str(match columns {
        Columns::Forwarding => {
            "Prot LocalAddress:Port Scheduler Flags\n  \
             -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n"
        }
        Columns::Thresholds => {
            "Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn \n  -> RemoteAddress:Port\n"
        }
        Columns::PersistentConnections => {
            "Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn \n  -> RemoteAddress:Port\n"
        }
    });
    for service in sorted_services(ipvs) {
        let scheduler = service.config.scheduler;
        let _ = writeln!(out, "{} {scheduler}{}", service_column(&service.key), list_flags(service));
        for destination in sorted_destinations(ipvs, service) {
            destination_line(&mut out, destination, columns);
        }
    }
    out
}

fn destination_line(out: &mut String, destination: &Destination, columns: Columns) {
    let config = &destination.config;
    let _ = write!(out, "  -> {:<28} ", config.real.to_string());
    let _ = match columns {
        Columns::Forwarding => write!(out, "{:<7} {:<6} ", config.forwarding, config.weight),
        Columns::Thresholds => write!(out, "{:<10} {:<10} ", config.upper_threshold, config.lower_threshold),
        Columns::PersistentConnections => {
            write!(out, "{:<9} {:<11} ", config.weight, destination.persistent_connections)
        }
    };
    let _ = writeln!(out, "{:<10} {:<10}", destination.active_connections, destination.inactive_connections());
}

/// `ipvsadm -L --timeout`, in seconds.
pub fn timeouts(ipvs: &Ipvs) -> String {
    let Timeouts { tcp, tcp_fin, udp } = ipvs.timeouts;
    format!("Timeout (tcp tcpfin udp): {tcp} {tcp_fin} {udp}\n")
}

/// `ipvsadm -L -n -c` at the second `now`. The kernel lists by hash bucket, with a hash that changes at each
/// boot; here the order is that in which the connections were made.
pub fn connections(ipvs: &Ipvs, now: Seconds) -> String {
    let mut out = String::from(
        "IPVS connection entries\npro expire state       source             virtual            destination\n",
    );
    for line in connection_lines(ipvs.connections().iter(), now) {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// A line for each of the entries that have not expired.
pub fn connection_lines<'a>(
    connections: impl Iterator<Item = &'a Connection>,
    now: Seconds,
) -> impl Iterator<Item = String> {
    // An entry goes when its timer fires; the model's goes when it is next looked for.
    connections.filter(move |connection| connection.expires > now).map(move |connection| {
        let left = connection.expires - now;
        format!(
            "{:<3} {:02}:{:02}  {:<11} {:<18} {:<18} {}",
            protocol_name(connection.protocol),
            left / 60,
            left % 60,
            state_name(connection),
            connection.client.to_string(),
            connection.virtual_end.to_string(),
            connection.real,
        )
    })
}

fn state_name(connection: &Connection) -> String {
    match connection.kind {
        Kind::Template { assured: true } => "ASSURED".to_owned(),
        Kind::Template { assured: false } => "NONE".to_owned(),
        Kind::Ordinary | Kind::OnePacket => connection.state.to_string(),
    }
}

const fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
        Protocol::Sctp => "SCTP",
        _ => "IP",
    }
}

/// By mark, family, protocol, address and port, as ipvsadm sorts them (`ipvs_cmp_services`).
pub(super) fn sorted_services(ipvs: &Ipvs) -> Vec<&VirtualService> {
    let mut services: Vec<_> = ipvs.services().collect();
    let group = |service: &&VirtualService| match service.key {
        ServiceKey::Address { protocol, address } => (0, Family::of(address.address), protocol.number()),
        ServiceKey::Mark { family, mark } => (mark.get(), family, 0),
    };
    let end = |service: &&VirtualService| match service.key {
        ServiceKey::Address { address, .. } => address,
        ServiceKey::Mark { .. } => Endpoint::new(Ipv4Addr::UNSPECIFIED.into(), 0),
    };
    services.sort_by_key(group);
    for services in services.chunk_by_mut(|one, other| group(one) == group(other)) {
        sort_by_address(services, |service| end(service).address, |service| end(service).port);
    }
    services
}

pub(super) fn sorted_destinations<'a>(ipvs: &'a Ipvs, service: &'a VirtualService) -> Vec<&'a Destination> {
    let mut destinations: Vec<_> = ipvs.destinations_of(service).collect();
    let real = |destination: &&Destination| destination.config.real;
    sort_by_address(&mut destinations, |destination| real(destination).address, |destination| real(destination).port);
    destinations
}

fn service_option(key: &ServiceKey) -> String {
    match key {
        ServiceKey::Address { protocol: Protocol::Udp, address } => format!("-u {address}"),
        ServiceKey::Address { protocol: Protocol::Sctp, address } => format!("--sctp-service {address}"),
        ServiceKey::Address { address, .. } => format!("-t {address}"),
        ServiceKey::Mark { family: Family::V4, mark } => format!("-f {mark}"),
        ServiceKey::Mark { family: Family::V6, mark } => format!("-f {mark} -6"),
    }
}

pub(super) fn service_column(key: &ServiceKey) -> String {
    match key {
        ServiceKey::Address { protocol, address } => {
            format!("{:<4} {address}", protocol_name(*protocol))
        }
        ServiceKey::Mark { family: Family::V4, mark } => format!("FWM  {mark}"),
        ServiceKey::Mark { family: Family::V6, mark } => format!("FWM  {mark} IPv6"),
    }
}

fn rule_flags(service: &VirtualService) -> String {
    let mut out = String::new();
    if let Some(persistence) = service.config.persistence {
        let _ = write!(out, " -p {}", persistence.timeout);
        if let Some(netmask) = netmask(persistence.netmask) {
            let _ = write!(out, " -M {netmask}");
        }
    }
    if service.config.one_packet {
        out.push_str(" -o");
    }
    if let Some(flags) = scheduler_flags(service) {
        let _ = write!(out, " -b {flags}");
    }
    out
}

fn list_flags(service: &VirtualService) -> String {
    let mut out = String::new();
    if let Some(flags) = scheduler_flags(service) {
        let _ = write!(out, " ({flags})");
    }
    if let Some(persistence) = service.config.persistence {
        let _ = write!(out, " persistent {}", persistence.timeout);
        if let Some(netmask) = netmask(persistence.netmask) {
            let _ = write!(out, " mask {netmask}");
        }
    }
    if service.config.one_packet {
        out.push_str(" ops");
    }
    out
}

/// Only one that is not a single host is shown.
fn netmask(netmask: Netmask) -> Option<String> {
    match netmask {
        Netmask::V4(Ipv4Addr::BROADCAST) | Netmask::V6(128) => None,
        Netmask::V4(mask) => Some(mask.to_string()),
        Netmask::V6(length) => Some(length.to_string()),
    }
}

fn scheduler_flags(service: &VirtualService) -> Option<String> {
    let names = match service.config.scheduler {
        Scheduler::SourceHashing => ["sh-fallback", "sh-port", "flag-3"],
        Scheduler::MaglevHashing => ["mh-fallback", "mh-port", "flag-3"],
        _ => ["flag-1", "flag-2", "flag-3"],
    };
    let set: Vec<_> =
        names.into_iter().zip(service.config.flags.0).filter(|(_, set)| *set).map(|(name, _)| name).collect();
    (!set.is_empty()).then(|| set.join(","))
}

fn tunnel_options(forwarding: Forwarding) -> String {
    let checksum = |checksum| match checksum {
        TunnelChecksum::None => "--tun-nocsum",
        TunnelChecksum::Full => "--tun-csum",
        TunnelChecksum::Remote => "--tun-remcsum",
    };
    match forwarding {
        Forwarding::Tunnel(Encapsulation::Ipip) => " --tun-type ipip".to_owned(),
        Forwarding::Tunnel(Encapsulation::Gue { port, checksum: sum }) => {
            format!(" --tun-type gue --tun-port {port} {}", checksum(sum))
        }
        Forwarding::Tunnel(Encapsulation::Gre { checksum: sum }) => {
            format!(" --tun-type gre {}", checksum(sum))
        }
        _ => String::new(),
    }
}
