use std::collections::BTreeSet;
use std::sync::Arc;

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::fixed_hash::HashMap;

use super::transaction::Transaction;
use crate::proxy::{Cause, ServicePortName};

/// A set or map whose elements come from services, in the order in which kube-proxy cleans them up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    pub const ALL: [Self; 7] = [
        Self::ClusterIps,
        Self::ServiceIps,
        Self::FirewallIps,
        Self::NoEndpointServices,
        Self::NoEndpointNodePorts,
        Self::ServiceNodePorts,
        Self::HairpinConnections,
    ];

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

    /// Whether its elements carry the name of their service port as comment.
    const fn names_services(self) -> bool {
        matches!(self, Self::NoEndpointServices | Self::NoEndpointNodePorts)
    }
}

/// Names an element: `10.96.0.1 . tcp . 80`.
pub(super) type Key = (Container, SmolStr);

/// What the sets and maps hold by now, and for whom (`nftElementStorage`).
#[derive(Clone, Debug, Default)]
pub(super) struct Containers {
    elements: [HashMap<SmolStr, Element>; Container::ALL.len()],
    /// Elements that service ports want to have different values.
    contested: BTreeSet<Key>,
    /// Elements that a service port let go of in this sync.
    released: BTreeSet<Key>,
}

#[derive(Clone, Debug)]
struct Element {
    /// What the kernel has; empty in a set.
    value: SmolStr,
    /// By owner. Nobody claims what is left over from an earlier sync.
    claims: SmallVec<[Claim; 1]>,
}

#[derive(Clone, Debug)]
struct Claim {
    owner: Arc<ServicePortName>,
    value: SmolStr,
    cause: Cause,
}

impl Element {
    fn is_contested(&self) -> bool {
        self.claims.windows(2).any(|pair| pair[0].value != pair[1].value)
    }

    /// Gives the element the value of a claim, unless it has it.
    fn settle(&mut self, key: &Key, claim: usize, transaction: &mut Transaction) {
        let Claim { owner, value, cause } = &self.claims[claim];
        if *value != self.value {
            transaction.delete_element(*cause, key.0.name(), &key.1);
            add(key, owner, value, *cause, transaction);
            self.value = value.clone();
        }
    }
}

fn add((container, key): &Key, owner: &ServicePortName, value: &str, cause: Cause, transaction: &mut Transaction) {
    let comment = if container.names_services() { owner.to_string() } else { String::new() };
    transaction.add_element(cause, container.name(), key, &comment, value);
}

impl Containers {
    /// Makes room for the elements that each service port has.
    pub fn reserve(&mut self, ports: usize) {
        for container in [Container::ClusterIps, Container::ServiceIps] {
            self.elements[container as usize].reserve(ports);
        }
    }

    /// Takes the contents of a container over as they are in the kernel, for nobody (`readOrReset`).
    pub fn read(&mut self, container: Container, elements: Vec<(String, String)>) {
        let unclaimed = |(key, value): (String, String)| {
            (SmolStr::from(key), Element { value: value.into(), claims: SmallVec::new() })
        };
        self.elements[container as usize] = elements.into_iter().map(unclaimed).collect();
        self.contested.retain(|(other, _)| *other != container);
        self.released.extend(self.elements[container as usize].keys().map(|key| (container, key.clone())));
    }

    /// Forgets what a service port wanted.
    pub fn release(&mut self, owner: &ServicePortName, keys: Vec<Key>) {
        for key in keys {
            if let Some(element) = self.elements[key.0 as usize].get_mut(&key.1) {
                element.claims.retain(|claim| *claim.owner != *owner);
            }
            self.released.insert(key);
        }
    }

    /// Adds an element unless it is there (`ensureElem`). `value` is empty in a set.
    pub fn ensure(
        &mut self,
        owner: &Arc<ServicePortName>,
        cause: Cause,
        (container, key): (Container, &str),
        value: &str,
        transaction: &mut Transaction,
    ) -> Key {
        let elements = &mut self.elements[container as usize];
        let Some((known, _)) = elements.get_key_value(key) else {
            let (key, value): (Key, SmolStr) = ((container, key.into()), value.into());
            add(&key, owner, &value, cause, transaction);
            let claim = Claim { owner: owner.clone(), value: value.clone(), cause };
            elements.insert(key.1.clone(), Element { value, claims: SmallVec::from_buf([claim]) });
            return key;
        };
        let key = (container, known.clone());
        let Some(element) = elements.get_mut(&key.1) else {
            return key;
        };
        if element.claims.iter().any(|claim| claim.owner == *owner && *claim.value == *value) {
            return key;
        }
        let value = if *element.value == *value { element.value.clone() } else { value.into() };
        let place = element.claims.partition_point(|claim| claim.owner <= *owner);
        element.claims.insert(place, Claim { owner: owner.clone(), value, cause });
        if element.is_contested() {
            self.contested.insert(key.clone());
        } else {
            element.settle(&key, place, transaction);
        }
        key
    }

    /// Of several wanted values the last one counts. kube-proxy ensures one after the other in every sync, and so
    /// deletes and adds the element again and again.
    pub fn settle_contests(&mut self, transaction: &mut Transaction) {
        self.contested.retain(|key| {
            let Some(element) = self.elements[key.0 as usize].get_mut(&key.1) else {
                return false;
            };
            for claim in 0..element.claims.len() {
                element.settle(key, claim, transaction);
            }
            element.is_contested()
        });
    }

    /// Deletes what nobody wants any more (`cleanupLeftoverKeys`).
    pub fn delete_leftovers(&mut self, transaction: &mut Transaction) {
        for (container, key) in std::mem::take(&mut self.released) {
            let elements = &mut self.elements[container as usize];
            if elements.get(&key).is_some_and(|element| element.claims.is_empty()) {
                elements.remove(&key);
                transaction.delete_element(Cause::ALWAYS, container.name(), &key);
            }
        }
    }
}
