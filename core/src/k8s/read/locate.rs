use super::CONFIGURATION;
use super::nested::Origin;
use super::tree::{NodeId, Shape, Tree};
use crate::k8s::NamespacedName;
use crate::source::Position;

/// Where a field of an object stands in a text, by a path as in `spec.ports[0].nodePort`. Where the path ends
/// early, because a default is not written down, the last part that is there.
pub fn locate(text: &str, kind: &str, name: &NamespacedName, path: &str) -> Option<Position> {
    let (tree, _) = Tree::parse(text);
    let object = tree.roots().iter().find_map(|root| find(&tree, *root, kind, name))?;
    Some(tree.position(descend(&tree, object, path)))
}

/// Where a setting of kube-proxy stands in a text that has its configuration, by itself or in a ConfigMap.
pub fn locate_setting(text: &str, path: &str) -> Option<Position> {
    let (tree, _) = Tree::parse(text);
    tree.roots().iter().find_map(|root| find_setting(&tree, *root, text, path))
}

fn find_setting(tree: &Tree, node: NodeId, text: &str, path: &str) -> Option<Position> {
    if let Some(items) = tree.entry(node, "items") {
        return tree.elements(items).iter().find_map(|item| find_setting(tree, *item, text, path));
    }
    match text_of(tree, node, "kind")? {
        CONFIGURATION => Some(tree.position(descend(tree, node, path))),
        "ConfigMap" => tree.entries(tree.entry(node, "data")?).find_map(|(_, value)| {
            let Shape::Scalar { text: held, .. } = tree.shape(value) else {
                return None;
            };
            let inner = held.contains(CONFIGURATION).then(|| in_config_map(held, path))??;
            Some(Origin::of(text, tree.position(value), held).place(inner))
        }),
        _ => None,
    }
}

fn in_config_map(held: &str, path: &str) -> Option<Position> {
    let (tree, _) = Tree::parse(held);
    let root = tree.roots().iter().find(|root| text_of(&tree, **root, "kind") == Some(CONFIGURATION))?;
    Some(tree.position(descend(&tree, *root, path)))
}

/// The deepest part of the path that is there.
fn descend(tree: &Tree, object: NodeId, path: &str) -> NodeId {
    let mut place = object;
    for step in path.split(['.', '[']) {
        let next = match step.strip_suffix(']') {
            Some(index) => index.parse::<usize>().ok().and_then(|index| tree.elements(place).get(index).copied()),
            None => tree.entry(place, step),
        };
        match next {
            Some(next) => place = next,
            None => break,
        }
    }
    place
}

/// The object itself or, in a list, the last with this name, which is the one that counts.
fn find(tree: &Tree, node: NodeId, kind: &str, name: &NamespacedName) -> Option<NodeId> {
    if let Some(items) = tree.entry(node, "items") {
        return tree.elements(items).iter().rev().find_map(|item| find(tree, *item, kind, name));
    }
    let metadata = tree.entry(node, "metadata")?;
    let is = |node: NodeId, key: &str, wanted: &str| text_of(tree, node, key) == Some(wanted);
    let namespace = text_of(tree, metadata, "namespace").unwrap_or("default");
    let found = is(node, "kind", kind) && is(metadata, "name", &name.name) && namespace == &*name.namespace;
    found.then_some(node)
}

fn text_of<'t>(tree: &'t Tree, node: NodeId, key: &str) -> Option<&'t str> {
    match tree.shape(tree.entry(node, key)?) {
        Shape::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{locate, locate_setting};
    use crate::k8s::NamespacedName;
    use crate::source::Position;

    const TEXT: &str = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: shop}
  spec:
    ports:
    - port: 80
      nodePort: 30080
";

    const CONFIG_MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data:
  config.conf: |-
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    ipvs:
      scheduler: wrr
";

    #[test]
    fn a_setting_is_found_in_its_config_map() {
        assert_eq!(locate_setting(CONFIG_MAP, "ipvs.scheduler"), Some(Position::new(9, 18)));
        let itself = "apiVersion: v1\nkind: KubeProxyConfiguration\nmode: ipvs\n";
        assert_eq!(locate_setting(itself, "mode"), Some(Position::new(3, 7)));
        assert_eq!(locate_setting(TEXT, "mode"), None);
    }

    #[test]
    fn the_position_is_that_of_the_deepest_part_that_is_written() {
        let at = |path| locate(TEXT, "Service", &NamespacedName::new("shop", "web"), path);
        assert_eq!(at("spec.ports[0].nodePort"), Some(Position::new(10, 17)));
        assert_eq!(at("spec.ports[0]"), Some(Position::new(9, 7)));
        assert_eq!(at("spec.sessionAffinity"), Some(Position::new(8, 5)));
        assert_eq!(locate(TEXT, "Service", &NamespacedName::new("shop", "api"), "spec"), None);
    }
}
