use std::collections::BTreeMap;

use crate::k8s::ServiceType;

use super::{Client, Lab, Target, Through};

impl Lab {
    /// Between whom the first packet goes.
    pub fn opening_packet(&self) -> Option<(Client, Target)> {
        let target = self.opening_target().or_else(|| self.targets().into_iter().next())?;
        Some((self.clients().into_iter().next()?, target))
    }

    /// What a newcomer is best shown first: the ClusterIP of the Service that does most, which is one with several
    /// endpoints that the outside can reach too.
    pub fn opening_target(&self) -> Option<Target> {
        let mut endpoints = BTreeMap::new();
        for slice in &self.cluster.endpoint_slices {
            if let Some(service) = slice.service() {
                *endpoints.entry(service).or_insert(0) += slice.endpoints.len();
            }
        }
        let worth = |target: &Target| {
            let service = self.cluster.services.iter().find(|service| service.name == target.service);
            let outside = service.is_some_and(|service| service.service_type != ServiceType::ClusterIp);
            let count = endpoints.get(&target.service).copied().unwrap_or_default();
            (count > 1, outside, count)
        };
        let mut targets = self.targets();
        targets.retain(|target| matches!(target.through, Through::ClusterIp | Through::Address));
        targets.truncate(Self::CONSIDERED);
        // Of equals the first: `max_by_key` takes the last.
        targets.into_iter().rev().max_by_key(worth)
    }

    /// Enough to find a good one, and few enough to be quick in a cluster of thousands.
    const CONSIDERED: usize = 500;
}
