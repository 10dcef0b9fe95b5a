use std::net::IpAddr;

use crate::net::{Endpoint, Protocol};

/// The sockets of a node that wait for packets, as far as rules ask about them.
#[derive(Clone, Debug, Default)]
pub struct Sockets {
    listeners: Vec<Listener>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    pub protocol: Protocol,
    /// Unspecified for one that takes all addresses of the node.
    pub address: IpAddr,
    pub port: u16,
    /// It may have addresses that are not the node's (`IP_TRANSPARENT`).
    pub transparent: bool,
    /// `SO_MARK`.
    pub mark: u32,
}

/// Nobody has said which sockets a node has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NobodyKnows;

impl Sockets {
    pub fn listen(&mut self, listener: Listener) {
        self.listeners.push(listener);
    }

    /// Who gets a packet to this end: a socket with its address before one that takes all (`inet_lookup_listener`).
    pub fn listener(&self, protocol: Protocol, local: Endpoint) -> Option<&Listener> {
        let mut fitting = self.listeners.iter().filter(|listener| {
            let fits = listener.address.is_unspecified() && listener.address.is_ipv4() == local.address.is_ipv4();
            listener.protocol == protocol && listener.port == local.port && (fits || listener.address == local.address)
        });
        fitting.clone().find(|listener| !listener.address.is_unspecified()).or_else(|| fitting.next())
    }
}
