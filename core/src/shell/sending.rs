//! Packets that programs send, on their way through the lanes.

use std::net::IpAddr;

use super::Host;
use super::call::Call;
use crate::k8s::{Cluster, NamespacedName, Service};
use crate::lab::{Client, Dns, DnsData, Journey, Outcome, Target};
use crate::net::{Endpoint, Protocol};

/// Why nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsent {
    /// The sender has no address of the family.
    NoRoute,
}

impl Call<'_> {
    /// Opens a connection from here in every lane and gives what became of its first packet in this one.
    pub fn send(&mut self, protocol: Protocol, destination: Endpoint) -> Result<Outcome, Unsent> {
        let client = self.sender(destination.address).ok_or(Unsent::NoRoute)?;
        let known = self
            .lab
            .targets()
            .into_iter()
            .find(|target| target.protocol == protocol && target.destination == destination);
        let target = known.unwrap_or_else(|| Target::address(&destination.to_string(), protocol, destination));
        self.changed = true;
        if !self.lab.send(&client, &target) {
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
        let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
        if let Ok(address) = bare.parse() {
            return Some(address);
        }
        if name == "localhost" {
            return "127.0.0.1".parse().ok();
        }
        let service = self.service_of(name)?;
        addresses(&Dns::of(&self.lab.cluster, service)).into_iter().next()
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
pub(super) const fn refusal(outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Answered { .. } | Outcome::Delivered { .. } => None,
        Outcome::Refused { .. } | Outcome::Mismatched { .. } => Some("Connection refused"),
        Outcome::Rejected { reply, .. } => Some(of_error(reply)),
        Outcome::NoRoute { .. } => Some("No route to host"),
        Outcome::Dropped { .. } | Outcome::ReplyLost { .. } | Outcome::NodeDown { .. } | Outcome::Looped => {
            Some("Connection timed out")
        }
    }
}

/// Whether the client hears nothing.
pub(super) const fn is_silent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Dropped { .. } | Outcome::ReplyLost { .. } | Outcome::NodeDown { .. } | Outcome::Looped)
}

/// `icmp_err_convert`, `tcp_v6_err`
const fn of_error(reply: &crate::net::Packet) -> &'static str {
    use crate::net::Transport;
    match &reply.transport {
        Transport::Icmp(icmp) => match (icmp.kind, icmp.code) {
            (3, 0 | 6 | 9 | 11) | (1, 0) => "Network is unreachable",
            (3, 3) | (1, 4) => "Connection refused",
            (1, 1) => "Permission denied",
            _ => "No route to host",
        },
        _ => "Connection refused",
    }
}
