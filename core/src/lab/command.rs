//! Actions as commands: what a user would type, and what a saved lab keeps.

use crate::controllers::Action;
use crate::k8s::{NamespacedName, WorkloadKind};

/// An action as a command line: kubectl's where it has one, else one that begins with `lab`.
pub fn command(action: &Action) -> String {
    match action {
        Action::Scale { kind, name, replicas } => {
            format!("kubectl scale {}/{} -n {} --replicas={replicas}", resource(*kind), name.name, name.namespace)
        }
        Action::Restart { deployment } => {
            format!("kubectl rollout restart deployment/{} -n {}", deployment.name, deployment.namespace)
        }
        Action::FailReadiness { pod } => format!("lab fail-readiness pod/{} -n {}", pod.name, pod.namespace),
        Action::RecoverReadiness { pod } => format!("lab recover-readiness pod/{} -n {}", pod.name, pod.namespace),
        Action::DeletePod { pod } => format!("kubectl delete pod/{} -n {}", pod.name, pod.namespace),
        Action::FailNode { node } => format!("lab fail-node {node}"),
        Action::RecoverNode { node } => format!("lab recover-node {node}"),
        Action::DrainNode { node } => format!("kubectl drain {node} --ignore-daemonsets --force"),
        Action::UncordonNode { node } => format!("kubectl uncordon {node}"),
        Action::PutService(service) => {
            format!("kubectl apply service/{} -n {}", service.name.name, service.name.namespace)
        }
        Action::PatchService { name, patch } => {
            // A quote ends the shell's string, stands by itself, and begins the next.
            let patch = patch.replace('\'', r"'\''");
            format!("kubectl patch service/{} -n {} --type merge -p '{patch}'", name.name, name.namespace)
        }
        Action::DeleteService { name } => format!("kubectl delete service/{} -n {}", name.name, name.namespace),
    }
}

const PATCH: &str = "kubectl patch ";

fn parse_patch(line: &str) -> Option<Action> {
    let words = shlex::split(line)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ["kubectl", "patch", what, "-n", namespace, "--type", "merge", "-p", patch] = words.as_slice() else {
        return None;
    };
    Some(Action::PatchService { name: named(what, "service", namespace)?, patch: (*patch).to_owned() })
}

/// The action of a command line that [`command`] wrote. None for others, and for `kubectl apply`, whose object is
/// not in its line.
pub fn parse(line: &str) -> Option<Action> {
    if line.starts_with(PATCH) {
        return parse_patch(line);
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    Some(match words.as_slice() {
        ["kubectl", "scale", what, "-n", namespace, replicas] => {
            let (kind, name) = what.split_once('/')?;
            Action::Scale {
                kind: KINDS.into_iter().find(|known| resource(*known) == kind)?,
                name: NamespacedName::new(namespace, name),
                replicas: replicas.strip_prefix("--replicas=")?.parse().ok()?,
            }
        }
        ["kubectl", "rollout", "restart", what, "-n", namespace] => {
            Action::Restart { deployment: named(what, "deployment", namespace)? }
        }
        ["lab", "fail-readiness", what, "-n", namespace] => {
            Action::FailReadiness { pod: named(what, "pod", namespace)? }
        }
        ["lab", "recover-readiness", what, "-n", namespace] => {
            Action::RecoverReadiness { pod: named(what, "pod", namespace)? }
        }
        ["kubectl", "delete", what, "-n", namespace] => match named(what, "pod", namespace) {
            Some(pod) => Action::DeletePod { pod },
            None => Action::DeleteService { name: named(what, "service", namespace)? },
        },
        ["lab", "fail-node", node] => Action::FailNode { node: (*node).into() },
        ["lab", "recover-node", node] => Action::RecoverNode { node: (*node).into() },
        ["kubectl", "drain", node, "--ignore-daemonsets", "--force"] => Action::DrainNode { node: (*node).into() },
        ["kubectl", "uncordon", node] => Action::UncordonNode { node: (*node).into() },
        _ => return None,
    })
}

const KINDS: [WorkloadKind; 4] =
    [WorkloadKind::Deployment, WorkloadKind::ReplicaSet, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet];

const fn resource(kind: WorkloadKind) -> &'static str {
    match kind {
        WorkloadKind::Deployment => "deployment",
        WorkloadKind::ReplicaSet => "replicaset",
        WorkloadKind::StatefulSet => "statefulset",
        WorkloadKind::DaemonSet => "daemonset",
    }
}

fn named(what: &str, resource: &str, namespace: &str) -> Option<NamespacedName> {
    let (kind, name) = what.split_once('/')?;
    (kind == resource).then(|| NamespacedName::new(namespace, name))
}

#[cfg(test)]
mod tests {
    use super::{command, parse};
    use crate::controllers::Action;
    use crate::k8s::{NamespacedName, WorkloadKind};

    #[test]
    fn commands_lead_back_to_their_actions() {
        let name = || NamespacedName::new("shop", "web");
        let actions = [
            Action::Scale { kind: WorkloadKind::StatefulSet, name: name(), replicas: 7 },
            Action::Restart { deployment: name() },
            Action::FailReadiness { pod: name() },
            Action::RecoverReadiness { pod: name() },
            Action::DeletePod { pod: name() },
            Action::FailNode { node: "node1".into() },
            Action::RecoverNode { node: "node1".into() },
            Action::DrainNode { node: "node1".into() },
            Action::UncordonNode { node: "node1".into() },
            Action::DeleteService { name: name() },
        ];
        for action in actions {
            assert_eq!(parse(&command(&action)), Some(action));
        }
        for other in ["", "kubectl", "kubectl delete node/n -n x", "kubectl scale web -n shop --replicas=1"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
