use crate::fixed_hash::HashMap;

use crate::k8s::{Cluster, Labels, NamespacedName, Service, selects};

/// Services by one label of their selector, so that a Pod does not have to be compared with all of them.
#[derive(Debug, Default)]
pub(super) struct SelectorIndex {
    by_label: HashMap<(String, String), Vec<usize>>,
}

impl SelectorIndex {
    pub(super) fn of(services: &[Service]) -> Self {
        let mut index = Self::default();
        for (place, service) in services.iter().enumerate() {
            if let Some((key, value)) = service.selector.iter().next() {
                index.by_label.entry((key.clone(), value.clone())).or_default().push(place);
            }
        }
        index
    }

    /// The Services of the namespace that select an object with `labels`.
    pub(super) fn select<'c>(
        &self,
        cluster: &'c Cluster,
        namespace: &str,
        labels: &Labels,
    ) -> impl Iterator<Item = &'c NamespacedName> {
        let pairs = labels.iter().filter_map(|(key, value)| self.by_label.get(&(key.clone(), value.clone())));
        let services: Vec<_> = pairs
            .flatten()
            .filter_map(|place| cluster.services.get(*place))
            .filter(|service| *service.name.namespace == *namespace && selects(&service.selector, labels))
            .map(|service| &service.name)
            .collect();
        services.into_iter()
    }
}
