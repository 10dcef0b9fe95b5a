use super::{Cluster, EndpointSlice, KubeProxyConfiguration, Node, Pod, Service, Workload};

/// One object that changed, as a watch of the API server reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Node(Changed<Node>),
    Service(Changed<Service>),
    EndpointSlice(Changed<EndpointSlice>),
    Pod(Changed<Pod>),
    Workload(Changed<Workload>),
    /// That of kube-proxy, which reads it when it starts.
    ProxyConfiguration(Changed<KubeProxyConfiguration>),
}

/// An object before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed<T> {
    Added(Box<T>),
    Modified { old: Box<T>, new: Box<T> },
    Deleted(Box<T>),
}

impl<T> Changed<T> {
    pub fn added(object: T) -> Self {
        Self::Added(Box::new(object))
    }

    pub fn modified(old: T, new: T) -> Self {
        Self::Modified { old: Box::new(old), new: Box::new(new) }
    }

    pub fn deleted(object: T) -> Self {
        Self::Deleted(Box::new(object))
    }

    pub fn before(&self) -> Option<&T> {
        match self {
            Self::Added(_) => None,
            Self::Modified { old, .. } | Self::Deleted(old) => Some(old),
        }
    }

    pub fn after(&self) -> Option<&T> {
        match self {
            Self::Added(new) | Self::Modified { new, .. } => Some(new),
            Self::Deleted(_) => None,
        }
    }
}

impl Cluster {
    /// Makes the change. Objects that are there keep their order; a new one is the last.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Node(changed) => replace(&mut self.nodes, changed, |node| &*node.name),
            Change::Service(changed) => replace(&mut self.services, changed, |service: &Service| &service.name),
            Change::EndpointSlice(changed) => {
                replace(&mut self.endpoint_slices, changed, |slice: &EndpointSlice| &slice.name);
            }
            Change::Pod(changed) => replace(&mut self.pods, changed, |pod: &Pod| &pod.name),
            Change::Workload(changed) => {
                let same = |one: &Workload, other: &Workload| one.kind() == other.kind() && one.name == other.name;
                replace_where(&mut self.workloads, changed, same);
            }
            Change::ProxyConfiguration(changed) => self.proxy_configuration = changed.after().cloned(),
        }
    }
}

fn replace<T: Clone, K: PartialEq + ?Sized>(objects: &mut Vec<T>, changed: &Changed<T>, name: impl Fn(&T) -> &K) {
    replace_where(objects, changed, |one, other| name(one) == name(other));
}

fn replace_where<T: Clone>(objects: &mut Vec<T>, changed: &Changed<T>, same: impl Fn(&T, &T) -> bool) {
    let place = |object: &T| objects.iter().rposition(|other| same(other, object));
    let place = changed.before().or(changed.after()).and_then(place);
    match (place, changed.after()) {
        (Some(place), Some(new)) => objects[place] = new.clone(),
        (Some(place), None) => {
            objects.remove(place);
        }
        (None, Some(new)) => objects.push(new.clone()),
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Changed};
    use crate::k8s;

    #[test]
    fn objects_come_change_and_go() {
        let text = |name: &str| format!("apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{}}}}\n");
        let node = |name: &str| k8s::parse(&text(name)).cluster.nodes.remove(0);
        let mut cluster = k8s::Cluster::default();
        cluster.apply(&Change::Node(Changed::added(node("a"))));
        cluster.apply(&Change::Node(Changed::added(node("b"))));
        let mut labelled = node("a");
        labelled.labels.insert("zone".into(), "one".into());
        cluster.apply(&Change::Node(Changed::modified(node("a"), labelled.clone())));
        assert_eq!(cluster.nodes, [labelled.clone(), node("b")]);
        cluster.apply(&Change::Node(Changed::deleted(labelled)));
        assert_eq!(cluster.nodes, [node("b")]);
    }
}
