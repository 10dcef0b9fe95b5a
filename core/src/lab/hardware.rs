//! The hardware addresses that the lab gives, made of IP addresses, so that each is the same whenever a lab is opened.
//!
//! Real ones are drawn at random, but for two habits that are taken up here: Docker made those of its containers of their
//! IPv4 addresses (`02:42:…`), and network plugins those of pods and bridges (`0a:58:…`).

use std::net::IpAddr;

use crate::net::MacAddress;

/// The router between the nodes and the world.
pub const ROUTER: MacAddress = MacAddress([0x02, 0x42, 0xcb, 0x00, 0x71, 0x01]);

/// That of `kube-ipvs0`, which nothing leaves or comes in by.
pub const OF_DUMMY: MacAddress = MacAddress([0x02, 0x58, 0, 0, 0, 0x01]);

/// A node's, on the network of all nodes.
pub fn of_node(address: IpAddr) -> MacAddress {
    made_of([0x02, 0x42], address)
}

/// A pod's, or that of the bridge with this address.
pub fn of_pod(address: IpAddr) -> MacAddress {
    made_of([0x0a, 0x58], address)
}

/// The node's end of a pod's cable.
pub fn of_cable(address: IpAddr) -> MacAddress {
    made_of([0x0e, 0x58], address)
}

/// The end of an overlay that has this address on it.
pub fn of_overlay(address: IpAddr) -> MacAddress {
    made_of([0x06, 0x58], address)
}

/// The last four bytes of an IPv6 address are what tells machines apart.
fn made_of(prefix: [u8; 2], address: IpAddr) -> MacAddress {
    let [a, b] = prefix;
    let last = match address {
        IpAddr::V4(address) => address.octets(),
        IpAddr::V6(address) => {
            let [.., first, second, third, fourth] = address.octets();
            [first, second, third, fourth]
        }
    };
    let [c, d, e, f] = last;
    MacAddress([a, b, c, d, e, f])
}
