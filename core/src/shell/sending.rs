//! Packets that programs send, on their way through the lanes.

use std::net::IpAddr;

use super::Host;
use super::call::Call;
use super::errno::Errno;
use crate::k8s::{Cluster, NamespacedName, Service};
use crate::lab::{Client, Dns, DnsData, Journey, Outcome, Packets, Place, Target, Way};
use crate::net::{Endpoint, Family, Protocol};
use crate::netfilter::{Hook, RejectWith, Verdict};
use crate::trace::{Event, Route, Step};

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsent {
    /// The sender has no address of the family.
    NoRoute,
}

/// What a program hears when it connects.
pub(super) enum Met {
    /// Somebody took it.
    Reached,
    /// Its own kernel sends nothing.
    Unsendable(Errno),
    /// An answer says no.
    Refused(Errno),
    Silence,
}

/// A name that stands for no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unresolved {
    /// `EAI_NONAME`
    Unknown,
    /// `EAI_ADDRFAMILY`
    OtherFamily,
}

impl Unresolved {
    /// `gai_strerror`
    pub const fn words(self) -> &'static str {
        match self {
            Self::Unknown => "Name or service not known",
            Self::OtherFamily => "Address family for hostname not supported",
        }
    }
}

impl Call<'_> {
    /// Connects, from a source port if there is to be a certain one.
    pub fn connect(&mut self, protocol: Protocol, destination: Endpoint, port: Option<u16>) -> Met {
        match self.send_from(protocol, destination, port) {
            Err(Unsent::NoRoute) => Met::Unsendable(self.unsendable(destination.address)),
            Ok(Outcome::NoRoute { place: Place::Process(node), way: Way::Request })
                if self.place().is_some_and(|(_, here)| here == node) =>
            {
                Met::Unsendable(self.unsendable(destination.address))
            }
            Ok(outcome) if is_silent(&outcome) => Met::Silence,
            Ok(outcome) => refusal(&outcome).map_or(Met::Reached, Met::Refused),
        }
    }

    /// Why the kernel here sends nothing to an address (`fib_props`).
    pub fn unsendable(&self, towards: IpAddr) -> Errno {
        match self.node().map(|node| node.stack.routing.lookup(towards)) {
            Some(Route::Blackhole) => Errno::InvalidArgument,
            Some(Route::Refused(RejectWith::AdminProhibited)) => Errno::PermissionDenied,
            Some(Route::Refused(RejectWith::HostUnreachable | RejectWith::NoRoute)) => Errno::HostUnreachable,
            _ => Errno::NetworkUnreachable,
        }
    }

    /// Whether a rule of this node's OUTPUT refused the packet that was sent last.
    pub fn was_refused_by_output(&self) -> bool {
        let Some((lane, node)) = self.place() else {
            return false;
        };
        let journey = self.lab.lanes.get(lane).and_then(|lane| lane.journeys.last());
        let first = journey.and_then(|journey| journey.legs.first()).filter(|leg| leg.node == node);
        let refuses =
            |step: &Step| step.hook == Some(Hook::Output) && matches!(step.event, Event::Verdict(Verdict::Reject(_)));
        first.is_some_and(|leg| leg.tracer.trace.steps.iter().any(refuses))
    }

    /// Opens a connection from here in every lane and gives what became of its first packet in this one.
    pub fn send(&mut self, protocol: Protocol, destination: Endpoint) -> Result<Outcome, Unsent> {
        self.send_from(protocol, destination, None)
    }

    fn send_from(&mut self, protocol: Protocol, destination: Endpoint, port: Option<u16>) -> Result<Outcome, Unsent> {
        let client = self.sender(destination.address).ok_or(Unsent::NoRoute)?;
        let known = self
            .lab
            .targets()
            .into_iter()
            .find(|target| target.protocol == protocol && target.destination == destination);
        let target = known.unwrap_or_else(|| Target::address(&destination.to_string(), protocol, destination));
        self.changed = true;
        if !self.lab.send_from(&client, &target, port, Packets::One) {
            return Err(Unsent::NoRoute);
        }
        self.last_outcome().ok_or(Unsent::NoRoute)
    }

    /// Sends the next packet of the connection.
    pub fn send_next(&mut self) -> Option<Outcome> {
        self.lab.send_next();
        self.last_outcome()
    }

    fn last_outcome(&self) -> Option<Outcome> {
        let lane = self.lab.lanes.get(self.at.lane(self.lab)?)?;
        lane.journeys.last().map(|journey: &Journey| journey.outcome.clone())
    }

    fn sender(&self, towards: IpAddr) -> Option<Client> {
        let clients = self.at.clients(self.lab);
        clients.into_iter().find(|client| client.address.is_none_or(|address| address.is_ipv4() == towards.is_ipv4()))
    }

    /// The namespace of the Pod that this runs in.
    fn namespace(&self) -> String {
        let Host::Pod(name) = &self.at.host else {
            return "default".to_owned();
        };
        let pod = self.lab.cluster.pods.iter().find(|pod| pod.name.name == *name);
        pod.map_or_else(|| "default".to_owned(), |pod| pod.name.namespace.to_string())
    }

    /// The Service that a name means to cluster DNS, with the name in full. Nodes and machines outside ask other servers,
    /// which know no Services.
    pub fn service_of(&self, name: &str) -> Option<&Service> {
        if !matches!(self.at.host, Host::Pod(_)) {
            return None;
        }
        self.service_of_cluster(name)
    }

    /// The Service that cluster DNS knows by a name, whoever asks it.
    pub fn service_of_cluster(&self, name: &str) -> Option<&Service> {
        find_service(&self.lab.cluster, name, &self.namespace())
    }

    /// What a name stands for: an address as it is written, or what cluster DNS answers. None if nobody knows it.
    pub fn resolve(&self, name: &str) -> Option<IpAddr> {
        self.addresses_of(name, None).ok()?.into_iter().next()
    }

    /// All that a name stands for in a family (`getaddrinfo`), what can be reached first.
    pub fn addresses_of(&self, name: &str, family: Option<Family>) -> Result<Vec<IpAddr>, Unresolved> {
        let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
        let all = match bare.parse() {
            Ok(address) => vec![address],
            Err(_) if name == "localhost" => self.localhost(),
            Err(_) => {
                self.service_of(name).map(|service| addresses(&Dns::of(&self.lab.cluster, service))).unwrap_or_default()
            }
        };
        if all.is_empty() {
            return Err(Unresolved::Unknown);
        }
        let of_family: Vec<_> =
            all.into_iter().filter(|address| family.is_none_or(|family| Family::of(*address) == family)).collect();
        if of_family.is_empty() { Err(Unresolved::OtherFamily) } else { Ok(of_family) }
    }

    /// `/etc/hosts` of Debian and of the kubelet has it twice; `::1` comes first where the machine has it (RFC 6724).
    fn localhost(&self) -> Vec<IpAddr> {
        let [four, six] = [IpAddr::from([127, 0, 0, 1]), IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)];
        let has_six = self.node().is_some_and(|node| node.stack.routing.source_for(six).is_some());
        if has_six { vec![six, four] } else { vec![four, six] }
    }

    /// The name that cluster DNS has for an address: that of the Service with it (`serviceRecordForIP` of CoreDNS). Those of
    /// Pods with a hostname of their own are left out.
    pub fn name_behind(&self, address: IpAddr) -> Option<String> {
        let is_pod = matches!(self.at.host, Host::Pod(_));
        let mut services = self.lab.cluster.services.iter().filter(|_| is_pod);
        let service = services.find(|service| service.cluster_ips.contains(&address))?;
        Some(Dns::of(&self.lab.cluster, service).name.trim_end_matches('.').to_owned())
    }

    /// The name in full of a name that cluster DNS knows (`AI_CANONNAME`), else as it was written.
    pub fn canonical(&self, name: &str) -> String {
        self.service_of(name).map_or_else(
            || name.to_owned(),
            |service| Dns::of(&self.lab.cluster, service).name.trim_end_matches('.').to_owned(),
        )
    }
}

/// The addresses of the Service's own name.
pub(super) fn addresses(dns: &Dns) -> Vec<IpAddr> {
    let own = dns.records.iter().filter(|record| record.name == dns.name);
    own.filter_map(|record| if let DnsData::Address(address) = record.data { Some(address) } else { None }).collect()
}

/// By the search list of a Pod: its namespace, then all Services, then the cluster.
fn find_service<'c>(cluster: &'c Cluster, name: &str, namespace: &str) -> Option<&'c Service> {
    let name = name.trim_end_matches('.');
    let name = name.strip_suffix(".cluster.local").unwrap_or(name);
    let name = name.strip_suffix(".svc").unwrap_or(name);
    let (name, namespace) = name.split_once('.').unwrap_or((name, namespace));
    let wanted = NamespacedName::new(namespace, name);
    cluster.services.iter().find(|service| service.name == wanted)
}

/// What a client's kernel tells its program about a connection that did not come about.
pub(super) const fn refusal(outcome: &Outcome) -> Option<Errno> {
    match outcome {
        Outcome::Answered { .. } | Outcome::Delivered { .. } => None,
        Outcome::Refused { .. } | Outcome::Mismatched { .. } => Some(Errno::ConnectionRefused),
        Outcome::Rejected { reply, .. } => Some(Errno::of_answer(reply)),
        Outcome::NoRoute { .. } | Outcome::Unknown { .. } => Some(Errno::HostUnreachable),
        Outcome::Dropped { .. } | Outcome::ReplyLost { .. } | Outcome::NodeDown { .. } | Outcome::Looped => {
            Some(Errno::TimedOut)
        }
    }
}

/// Whether the client hears nothing.
pub(super) const fn is_silent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Dropped { .. } | Outcome::ReplyLost { .. } | Outcome::NodeDown { .. } | Outcome::Looped)
}
