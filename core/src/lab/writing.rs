//! What a kube-proxy writes, as the commands that would do the same.

use crate::net::{Endpoint, Family, Protocol};
use crate::proxy::ipvs::{FLAG_PERSISTENT, FLAG_SOURCE_HASH};
use crate::proxy::{IpvsRequest, Operation, Source, Sync, VirtualServerKey, VirtualServerSettings};

/// One operation of a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// Requests over netlink are written as the command for the same.
    pub command: String,
    /// What the command reads from its standard input.
    pub input: Option<String>,
    /// Whether it changes nothing on the node.
    pub only_reads: bool,
}

/// The operations of a sync in their order.
pub fn writings(sync: &Sync) -> Vec<Writing> {
    sync.operations.iter().map(|operation| writing(operation, sync.family)).collect()
}

fn writing(operation: &Operation, family: Family) -> Writing {
    let iptables = match family {
        Family::V4 => "iptables",
        Family::V6 => "ip6tables",
    };
    let mut input = None;
    let mut only_reads = false;
    let command = match operation {
        Operation::EnsureChain { table, chain } => format!("{iptables} -w 5 -N {chain} -t {table}"),
        Operation::EnsureJump { jump, present } => {
            only_reads = *present;
            let jump = jump.to_string();
            format!("{iptables} -w 5 {}", if *present { jump.replacen(" -I ", " -C ", 1) } else { jump })
        }
        Operation::IptablesRestore(text) => {
            input = Some(text.clone());
            format!("{iptables}-restore -w 5 --noflush --counters")
        }
        Operation::Nft(text) => {
            input = Some(text.clone());
            "nft -f -".to_owned()
        }
        Operation::CreateSet { name, kind } => format!("ipset create {name} {kind} -exist"),
        Operation::AddEntry { set, entry } => format!("ipset add {set} {entry} -exist"),
        Operation::DeleteEntry { set, entry } => format!("ipset del {set} {entry}"),
        Operation::Ipvs(request) => ipvsadm(request),
        Operation::EnsureDummyDevice => "ip link add kube-ipvs0 type dummy".to_owned(),
        Operation::Bind(address) => format!("ip addr add {address} dev kube-ipvs0"),
        Operation::Unbind(address) => format!("ip addr del {address} dev kube-ipvs0"),
        Operation::DeleteConnection(flow) => format!("conntrack -D: {}", flow.original),
        Operation::OpenHealthCheck { service, port } => format!("listens on health check port {port} of {service}"),
        Operation::CloseHealthCheck { service, port } => format!("closes health check port {port} of {service}"),
        Operation::AnswerHealthCheck { service, local_endpoints } => {
            let status = if *local_endpoints == 0 { 503 } else { 200 };
            format!("answers health checks of {service} with {status}: {local_endpoints} endpoints on this node")
        }
        Operation::Read { source, times } => {
            only_reads = true;
            let times = if *times == 1 { String::new() } else { format!(" ({times} times)") };
            format!("{}{times}", read(*source, iptables))
        }
    };
    Writing { command, input, only_reads }
}

fn read(source: Source, iptables: &str) -> String {
    match source {
        Source::NatTable => return format!("{iptables}-save -t nat"),
        Source::NftTable => "nft --json --terse list table",
        Source::NftElements => "nft --json list set or map",
        Source::SetEntries => "ipset list",
        Source::VirtualServers => "netlink: the virtual servers",
        Source::RealServers => "netlink: the real servers",
        Source::Addresses => "netlink: the addresses of the node",
        Source::Conntrack => "netlink: the conntrack table",
    }
    .to_owned()
}

fn ipvsadm(request: &IpvsRequest) -> String {
    match request {
        IpvsRequest::NewService { service, settings } => format!("ipvsadm -A {}{}", key(service), options(settings)),
        IpvsRequest::SetService { service, settings } => format!("ipvsadm -E {}{}", key(service), options(settings)),
        IpvsRequest::DeleteService(service) => format!("ipvsadm -D {}", key(service)),
        IpvsRequest::NewDestination { service, real, weight } => {
            format!("ipvsadm -a {} -r {real} -m -w {weight}", key(service))
        }
        IpvsRequest::SetDestination { service, real, weight } => {
            format!("ipvsadm -e {} -r {real} -m -w {weight}", key(service))
        }
        IpvsRequest::DeleteDestination { service, real } => format!("ipvsadm -d {} -r {real}", key(service)),
    }
}

fn key(service: &VirtualServerKey) -> String {
    let address = Endpoint::new(service.address, service.port);
    match service.protocol {
        Protocol::Tcp => format!("-t {address}"),
        Protocol::Udp => format!("-u {address}"),
        _ => format!("--sctp-service {address}"),
    }
}

fn options(settings: &VirtualServerSettings) -> String {
    let mut text = format!(" -s {}", settings.scheduler);
    if settings.flags & FLAG_PERSISTENT != 0 {
        text += &format!(" -p {}", settings.timeout);
    }
    if settings.flags & FLAG_SOURCE_HASH != 0 {
        text += " -b mh-port";
    }
    text
}
