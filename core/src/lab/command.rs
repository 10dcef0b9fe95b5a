//! Actions as commands: what a user would type, and what a saved lab keeps.

use crate::controllers::Action;
use crate::k8s::{NamespacedName, Resource, WorkloadKind};

/// An action as a command line: kubectl's where it has one, else one that begins with `lab`.
pub fn command(action: &Action) -> String {
    match action {
        Action::Scale { kind, name, replicas } => {
            format!("kubectl scale {}/{} -n {} --replicas={replicas}", resource(*kind), name.name, name.namespace)
        }
        Action::Restart { kind, name } => {
            format!("kubectl rollout restart {}/{} -n {}", resource(*kind), name.name, name.namespace)
        }
        Action::FailReadiness { pod } => format!("lab fail-readiness pod/{} -n {}", pod.name, pod.namespace),
        Action::RecoverReadiness { pod } => format!("lab recover-readiness pod/{} -n {}", pod.name, pod.namespace),
        Action::Create { manifest } => format!("{CREATE}{}", quoted(manifest)),
        Action::Patch { resource, name, patch } => {
            format!("kubectl patch {} --type merge -p {}", place(*resource, name), quoted(patch))
        }
        Action::Delete { resource, name } => format!("kubectl delete {}", place(*resource, name)),
        Action::ConfigureProxy { patch } => format!("{CONFIGURE}{}", quoted(patch)),
        Action::FailNode { node } => format!("lab fail-node {node}"),
        Action::RecoverNode { node } => format!("lab recover-node {node}"),
        Action::DrainNode { node } => format!("kubectl drain {node} --ignore-daemonsets --force"),
        Action::UncordonNode { node } => format!("kubectl uncordon {node}"),
        Action::PutService(service) => {
            format!("kubectl apply service/{} -n {}", service.name.name, service.name.namespace)
        }
    }
}

const CREATE: &str = "kubectl create -f - <<< ";
const PATCH: &str = "kubectl patch ";
const CONFIGURE: &str = "lab configure kube-proxy -p ";

/// `service/web -n shop`, `node/node1`
fn place(resource: Resource, name: &NamespacedName) -> String {
    let namespace = if resource == Resource::Node { String::new() } else { format!(" -n {}", name.namespace) };
    format!("{}/{}{namespace}", resource.name(), name.name)
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    // A quote ends the string, stands by itself, and begins the next.
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// What stands between quotes behind the beginning of a command.
fn parse_quoted(line: &str) -> Option<Action> {
    let words = shlex::split(line)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Some(match words.as_slice() {
        ["kubectl", "create", "-f", "-", "<<<", manifest] => Action::Create { manifest: (*manifest).to_owned() },
        ["lab", "configure", "kube-proxy", "-p", patch] => Action::ConfigureProxy { patch: (*patch).to_owned() },
        ["kubectl", "patch", place @ .., "--type", "merge", "-p", patch] => {
            let (resource, name) = placed(place)?;
            Action::Patch { resource, name, patch: (*patch).to_owned() }
        }
        _ => return None,
    })
}

/// What [`place`] wrote.
fn placed(words: &[&str]) -> Option<(Resource, NamespacedName)> {
    let (what, namespace) = match words {
        [what] => (what, ""),
        [what, "-n", namespace] => (what, *namespace),
        _ => return None,
    };
    let (kind, name) = what.split_once('/')?;
    let resource = Resource::ALL.into_iter().find(|known| known.name() == kind)?;
    let is_placed = (resource == Resource::Node) == namespace.is_empty();
    is_placed.then(|| (resource, NamespacedName::new(namespace, name)))
}

/// The action of a command line that [`command`] wrote. None for others, and for `kubectl apply`, whose object is
/// not in its line.
pub fn parse(line: &str) -> Option<Action> {
    if [CREATE, PATCH, CONFIGURE].iter().any(|start| line.starts_with(start)) {
        return parse_quoted(line);
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    Some(match words.as_slice() {
        ["kubectl", "scale", what, "-n", namespace, replicas] => {
            let (kind, name) = workload(what, namespace)?;
            Action::Scale { kind, name, replicas: replicas.strip_prefix("--replicas=")?.parse().ok()? }
        }
        ["kubectl", "rollout", "restart", what, "-n", namespace] => {
            let (kind, name) = workload(what, namespace)?;
            Action::Restart { kind, name }
        }
        ["lab", "fail-readiness", what, "-n", namespace] => {
            Action::FailReadiness { pod: named(what, "pod", namespace)? }
        }
        ["lab", "recover-readiness", what, "-n", namespace] => {
            Action::RecoverReadiness { pod: named(what, "pod", namespace)? }
        }
        ["kubectl", "delete", place @ ..] => {
            let (resource, name) = placed(place)?;
            Action::Delete { resource, name }
        }
        ["lab", "fail-node", node] => Action::FailNode { node: (*node).into() },
        ["lab", "recover-node", node] => Action::RecoverNode { node: (*node).into() },
        ["kubectl", "drain", node, "--ignore-daemonsets", "--force"] => Action::DrainNode { node: (*node).into() },
        ["kubectl", "uncordon", node] => Action::UncordonNode { node: (*node).into() },
        _ => return None,
    })
}

const KINDS: [WorkloadKind; 4] =
    [WorkloadKind::Deployment, WorkloadKind::ReplicaSet, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet];

fn resource(kind: WorkloadKind) -> String {
    Resource::Workload(kind).name()
}

/// `statefulset/db`
fn workload(what: &str, namespace: &str) -> Option<(WorkloadKind, NamespacedName)> {
    let (kind, name) = what.split_once('/')?;
    let kind = KINDS.into_iter().find(|known| resource(*known) == kind)?;
    Some((kind, NamespacedName::new(namespace, name)))
}

fn named(what: &str, resource: &str, namespace: &str) -> Option<NamespacedName> {
    let (kind, name) = what.split_once('/')?;
    (kind == resource).then(|| NamespacedName::new(namespace, name))
}

#[cfg(test)]
mod tests {
    use super::{command, parse};
    use crate::controllers::Action;
    use crate::k8s::{NamespacedName, Resource, WorkloadKind};

    #[test]
    fn commands_lead_back_to_their_actions() {
        let name = || NamespacedName::new("shop", "web");
        let actions = [
            Action::Scale { kind: WorkloadKind::StatefulSet, name: name(), replicas: 7 },
            Action::Restart { kind: WorkloadKind::Deployment, name: name() },
            Action::Restart { kind: WorkloadKind::DaemonSet, name: name() },
            Action::FailReadiness { pod: name() },
            Action::RecoverReadiness { pod: name() },
            Action::Create { manifest: r#"{"kind":"Service","it's":"quoted"}"#.to_owned() },
            Action::Patch { resource: Resource::EndpointSlice, name: name(), patch: "{\"a\": 1}".to_owned() },
            Action::Patch { resource: Resource::Node, name: NamespacedName::new("", "n"), patch: "{}".to_owned() },
            Action::ConfigureProxy { patch: r#"{"mode":"ipvs"}"#.to_owned() },
            Action::FailNode { node: "node1".into() },
            Action::RecoverNode { node: "node1".into() },
            Action::DrainNode { node: "node1".into() },
            Action::UncordonNode { node: "node1".into() },
            Action::Delete { resource: Resource::Node, name: NamespacedName::new("", "n") },
        ]
        .into_iter()
        .chain(
            Resource::ALL
                .into_iter()
                .filter(|resource| *resource != Resource::Node)
                .map(|resource| Action::Delete { resource, name: name() }),
        );
        for action in actions {
            assert_eq!(parse(&command(&action)), Some(action));
        }
        for other in ["", "kubectl", "kubectl delete node/n -n x", "kubectl scale web -n shop --replicas=1"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
