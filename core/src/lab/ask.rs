//! Who sends and what is asked, as people type it.

use crate::message;
use crate::message::Message;
use std::net::IpAddr;

use super::client::OUTSIDE_AT;
use super::{Client, ClientKind, Lab, Target};
use crate::net::{Endpoint, Protocol};
use crate::trace::Route;

impl Target {
    /// Reads `10.96.0.1:80`, `[fd00::1]:53/udp`, `10.96.0.1/icmp` for an echo request, or the same behind a name and ` at `, as a [`Target`] prints it.
    ///
    /// # Errors
    /// Says what is wrong and what was expected.
    pub fn parse(text: &str) -> Result<Self, Message> {
        let (name, place) =
            text.trim().rsplit_once(" at ").map_or((None, text.trim()), |(name, place)| (Some(name), place));
        let (address, protocol) = place.rsplit_once('/').unwrap_or((place, "tcp"));
        let protocol = match protocol {
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            "sctp" => Protocol::Sctp,
            "icmp" | "icmpv6" | "ipv6-icmp" | "ping" => {
                // As it is printed, or as people type it.
                let bare = address.strip_suffix(":0").unwrap_or(address).trim_matches(['[', ']']);
                let address: IpAddr = bare.parse().map_err(|_| message!("ask-destination", given = bare))?;
                let protocol = if address.is_ipv4() { Protocol::Icmp } else { Protocol::Icmpv6 };
                return Ok(Self::address(name.unwrap_or(bare), protocol, Endpoint::new(address, 0)));
            }
            other => return Err(message!("ask-protocol", given = other)),
        };
        let socket: std::net::SocketAddr = address.parse().map_err(|_| message!("ask-destination", given = address))?;
        let destination = Endpoint::new(socket.ip(), socket.port());
        Ok(Self::address(name.unwrap_or(&destination.to_string()), protocol, destination))
    }
}

impl Lab {
    /// Someone who sends, by address: a pod, a node's process, or a machine outside of the cluster. To a copied node:
    /// `10.0.0.5`, behind the device that the node would answer by, or `10.0.0.5 behind eth0`, as a [`Client`] prints it.
    ///
    /// # Errors
    /// Says what is wrong and what was expected.
    pub fn client_at(&self, text: &str) -> Result<Client, Message> {
        let network = self.lanes.first().map(|lane| &lane.network).filter(|network| network.is_copied());
        let Some(node) = network.and_then(|network| network.node(0)) else {
            return self.client_of_cluster(text.trim());
        };
        let routing = &node.stack.routing;
        let (address, device) =
            text.trim().split_once(" behind ").map_or((text.trim(), None), |(address, device)| (address, Some(device)));
        let address: IpAddr = address.parse().map_err(|_| message!("ask-source", given = address))?;
        let device = match device {
            Some(device) => match routing.device(device) {
                Some(device) => device.name.clone(),
                None => return Err(message!("ask-device", given = device)),
            },
            None => match routing.lookup(address) {
                Route::Via { device, .. } => device,
                Route::Local { .. } => return Err(message!("ask-own", address = address.to_string())),
                _ => return Err(message!("ask-no-way", address = address.to_string())),
            },
        };
        Ok(Client { kind: ClientKind::Behind { device }, address: Some(address) })
    }

    fn client_of_cluster(&self, text: &str) -> Result<Client, Message> {
        let address = text.strip_prefix(OUTSIDE_AT).unwrap_or(text);
        let address: IpAddr = address.parse().map_err(|_| message!("ask-outside", given = address))?;
        if let Some(known) = self.clients().into_iter().find(|client| client.address == Some(address)) {
            return Ok(known);
        }
        let nodes = &self.cluster.nodes;
        if let Some(node) = nodes.iter().find(|node| node.internal_ips.contains(&address)) {
            return Ok(Client { kind: ClientKind::Process { node: node.name.clone() }, address: None });
        }
        if let Some(node) = nodes.iter().find(|node| node.pod_cidrs.iter().any(|range| range.contains(&address))) {
            return Err(message!("ask-no-pod", address = address.to_string(), node = &node.name));
        }
        Ok(Client { kind: ClientKind::Outside, address: Some(address) })
    }
}

#[cfg(test)]
mod tests {
    use super::Target;
    use crate::lab::{Lab, WEB_SHOP};

    #[test]
    fn what_a_target_prints_is_read() {
        for text in ["10.96.0.1:80/tcp", "[fd00::1]:53/udp", "shop/web at 10.96.0.1:80/tcp"] {
            let target = Target::parse(text).expect(text);
            assert_eq!(Target::parse(&target.to_string()).expect(text), target);
        }
        assert_eq!(Target::parse("10.96.0.1:80"), Target::parse("10.96.0.1:80/tcp"));
        for text in ["10.96.0.1/icmp", "fd00::1/icmp", "[fd00::1]:0/icmp"] {
            let target = Target::parse(text).expect(text);
            assert_eq!(Target::parse(&target.to_string()), Ok(target), "{text}");
        }
        for (text, wrong) in [("10.96.0.1", "no address with a port"), ("1.2.3.4:5/igmp", "igmp")] {
            let error = Target::parse(text).expect_err(text);
            assert!(error.to_string().contains(wrong), "{error}");
        }
    }

    #[test]
    fn someone_behind_a_device_of_a_copied_node() {
        let text = "1: lo: <LOOPBACK,UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n\
            2: eth0: <BROADCAST,UP> mtu 1500\n    inet 192.168.0.11/24 scope global eth0\n";
        let lab = Lab::open(text, 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
        let client = lab.client_at("192.168.0.7").expect("on the link");
        assert_eq!(client.to_string(), "192.168.0.7 behind eth0");
        assert_eq!(lab.client_at(&client.to_string()), Ok(client));
        for text in ["192.168.0.11", "10.0.0.1", "10.0.0.1 behind eth9", "x"] {
            assert!(lab.client_at(text).is_err(), "{text}");
        }
    }

    #[test]
    fn someone_in_a_cluster_or_outside_of_it() {
        let lab = Lab::open(WEB_SHOP, 1).expect("the example");
        for (text, words) in [
            ("198.51.100.7", "outside the cluster at 198.51.100.7"),
            ("203.0.113.10", "outside the cluster"),
            ("192.168.0.11", "process on node1"),
        ] {
            let client = lab.client_at(text).expect(text);
            assert_eq!(client.to_string(), words);
            assert_eq!(lab.client_of(words), Some(client));
        }
        for text in ["10.244.1.77", "nobody"] {
            assert!(lab.client_at(text).is_err(), "{text}");
        }
    }
}
