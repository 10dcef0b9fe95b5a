use crate::fixed_hash::HashMap;

use super::transaction::Transaction;
use crate::proxy::Cause;

/// A set or map whose elements come from services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    ClusterIps,
    ServiceIps,
    FirewallIps,
    NoEndpointServices,
    NoEndpointNodePorts,
    ServiceNodePorts,
    HairpinConnections,
}

impl Container {
    const COUNT: usize = 7;

    pub const fn name(self) -> &'static str {
        match self {
            Self::ClusterIps => "cluster-ips",
            Self::ServiceIps => "service-ips",
            Self::FirewallIps => "firewall-ips",
            Self::NoEndpointServices => "no-endpoint-services",
            Self::NoEndpointNodePorts => "no-endpoint-nodeports",
            Self::ServiceNodePorts => "service-nodeports",
            Self::HairpinConnections => "hairpin-connections",
        }
    }
}

/// An element with what a map maps it to; sets have no value.
pub(super) struct Element<'e> {
    pub container: Container,
    pub key: &'e str,
    pub value: &'e str,
    pub comment: &'e str,
}

/// What the sets and maps hold by now (`nftElementStorage`).
#[derive(Default)]
pub(super) struct Containers {
    elements: [HashMap<Box<str>, Box<str>>; Container::COUNT],
}

impl Containers {
    /// Adds an element unless it is there; where it is there with another value, the later one
    /// counts.
    pub fn ensure(&mut self, cause: Cause, element: &Element, transaction: &mut Transaction) {
        let Element { container, key, value, comment } = *element;
        let elements = &mut self.elements[container as usize];
        match elements.get_mut(key) {
            Some(present) if **present == *value => return,
            Some(present) => {
                transaction.delete_element(cause, container.name(), key);
                *present = value.into();
            }
            None => {
                elements.insert(key.into(), value.into());
            }
        }
        transaction.add_element(cause, container.name(), key, comment, value);
    }
}
