//! Pods, nodes and what makes Pods: the lines about what the lab has of them.

use super::super::super::clock::rfc1123z;
use super::{Lines, NONE, line, pairs};
use crate::k8s::{Cluster, Controller, Node, Pod, PodPhase, StatefulSetUpdate, Strategy, Workload};
use crate::lab::Lab;
use crate::shell::kubectl::kind::Kind;
use crate::shell::kubectl::rows::{labels_text, roles, rows};

/// `describePod`
pub fn pod(cluster: &Cluster, pod: &Pod) -> Lines {
    let mut lines = vec![line(&["Name:", &pod.name.name]), line(&["Namespace:", &pod.name.namespace])];
    let node = pod.spec.node_name.as_deref().map(|name| {
        let node = cluster.nodes.iter().find(|node| *node.name == *name);
        let address = node.and_then(|node| node.internal_ips.first()).map(ToString::to_string);
        format!("{name}/{}", address.unwrap_or_default())
    });
    lines.push(line(&["Node:", node.as_deref().unwrap_or(NONE)]));
    lines.extend(pairs("Labels", &pod.labels));
    lines.push(line(&["Annotations:", NONE]));
    let phase = match pod.status.phase {
        PodPhase::Pending => "Pending",
        PodPhase::Running => "Running",
        PodPhase::Succeeded => "Succeeded",
        PodPhase::Failed => "Failed",
    };
    lines.push(line(&["Status:", phase]));
    let addresses: Vec<_> = pod.status.pod_ips.iter().map(ToString::to_string).collect();
    lines.push(line(&["IP:", addresses.first().map_or("", String::as_str)]));
    if addresses.is_empty() {
        lines.push(line(&["IPs:", NONE]));
    } else {
        lines.push(line(&["IPs:"]));
        lines.extend(addresses.iter().map(|address| line(&["  IP:", address])));
    }
    if let Some(owner) = &pod.owner {
        lines.push(line(&["Controlled By:", &format!("{}/{}", owner.kind, owner.name)]));
    }
    lines.extend([line(&["Conditions:"]), line(&["  Type", "Status"])]);
    let truth = |is: bool| if is { "True " } else { "False " };
    lines.push(line(&["  Ready ", truth(pod.status.is_ready)]));
    lines.extend(pairs("Node-Selectors", &pod.spec.node_selector));
    lines.push(line(&["Events:", NONE]));
    lines
}

/// `describeNode`
pub fn node(lab: &Lab, cluster: &Cluster, node: &Node) -> Lines {
    let mut lines = vec![line(&["Name:", &node.name]), line(&["Roles:", &roles(node)])];
    lines.extend(pairs("Labels", &node.labels));
    lines.push(line(&["Annotations:", NONE]));
    lines.push(line(&["CreationTimestamp:", &rfc1123z(lab.born("Node", &node.name))]));
    let taints: Vec<_> = node.taints.iter().map(ToString::to_string).collect();
    lines.push(line(&["Taints:", taints.first().map_or(NONE, String::as_str)]));
    lines.extend(taints.iter().skip(1).map(|taint| line(&["", taint])));
    lines.push(line(&["Unschedulable:", &node.is_unschedulable.to_string()]));
    lines.push(line(&["Addresses:"]));
    lines.extend(node.internal_ips.iter().map(|address| line(&["  InternalIP:", &address.to_string()])));
    let cidrs: Vec<_> = node.pod_cidrs.iter().map(ToString::to_string).collect();
    if let Some(first) = cidrs.first() {
        lines.extend([line(&["PodCIDR:", first]), line(&["PodCIDRs:", &cidrs.join(",")])]);
    }
    let pods: Vec<&Pod> = cluster
        .pods
        .iter()
        .filter(|pod| pod.spec.node_name.as_deref() == Some(&*node.name) && !pod.is_terminal())
        .collect();
    lines.push(line(&["Non-terminated Pods:", &format!("({} in total)", pods.len())]));
    lines.extend([line(&["  Namespace", "Name"]), line(&["  ---------", "----"])]);
    lines.extend(pods.iter().map(|pod| line(&[&format!("  {}", pod.name.namespace), &pod.name.name])));
    lines.push(line(&["Events:", NONE]));
    lines
}

/// `describeDeployment`, `describeReplicaSet`, `describeStatefulSet`, `describeDaemonSet`
pub fn workload(lab: &Lab, workload: &Workload) -> Lines {
    let kind = Kind::of_kind(&workload.kind().to_string());
    let row = kind.and_then(|kind| rows(lab, kind, false).into_iter().find(|row| row.name == workload.name));
    let total = row.as_ref().map_or(0, |row| row.json["status"]["replicas"].as_u64().unwrap_or(0));
    let cells = row.map(|row| row.cells).unwrap_or_default();
    let cell = |at: usize| cells.get(at).map_or("0", String::as_str);
    let mut lines = vec![line(&["Name:", &workload.name.name]), line(&["Namespace:", &workload.name.namespace])];
    if !matches!(workload.controller, Controller::ReplicaSet { .. } | Controller::DaemonSet { .. }) {
        let born = lab.born(&workload.kind().to_string(), &workload.name.to_string());
        lines.push(line(&["CreationTimestamp:", &rfc1123z(born)]));
    }
    let selector = line(&["Selector:", &labels_text(&workload.selector.match_labels)]);
    if !matches!(workload.controller, Controller::Deployment { .. }) {
        lines.push(selector.clone());
    }
    lines.extend(pairs("Labels", &workload.labels));
    lines.push(line(&["Annotations:", NONE]));
    match &workload.controller {
        Controller::Deployment { replicas, strategy } => {
            let (updated, available) = (cell(1), cell(2).parse::<u32>().unwrap_or_default());
            let counts = format!(
                "{replicas} desired | {updated} updated | {replicas} total | {available} available | {} unavailable",
                replicas.saturating_sub(available)
            );
            lines.extend([selector, line(&["Replicas:", &counts])]);
            say_strategy(&mut lines, *strategy);
        }
        Controller::ReplicaSet { replicas } => {
            if let Some(owner) = &workload.owner {
                lines.push(line(&["Controlled By:", &format!("{}/{}", owner.kind, owner.name)]));
            }
            lines.push(line(&["Replicas:", &format!("{} current / {replicas} desired", cell(1))]));
        }
        Controller::StatefulSet { replicas, update, .. } => {
            lines.push(line(&["Replicas:", &format!("{replicas} desired | {total} total")]));
            say_update(&mut lines, *update);
        }
        Controller::DaemonSet { .. } => {
            lines.push(vec![format!("Desired Number of Nodes Scheduled: {}", cell(0))]);
            lines.push(vec![format!("Current Number of Nodes Scheduled: {}", cell(1))]);
            lines.push(vec![format!("Number of Nodes Scheduled with Up-to-date Pods: {}", cell(3))]);
            lines.push(vec![format!("Number of Nodes Scheduled with Available Pods: {}", cell(4))]);
            lines.push(vec!["Number of Nodes Misscheduled: 0".to_owned()]);
        }
    }
    lines.push(line(&["Events:", NONE]));
    lines
}

fn say_strategy(lines: &mut Lines, strategy: Strategy) {
    match strategy {
        Strategy::Recreate => lines.push(line(&["StrategyType:", "Recreate"])),
        Strategy::RollingUpdate { .. } => lines.push(line(&["StrategyType:", "RollingUpdate"])),
    }
    lines.push(line(&["MinReadySeconds:", "0"]));
    if let Strategy::RollingUpdate { max_surge, max_unavailable } = strategy {
        let limits = format!("{max_unavailable} max unavailable, {max_surge} max surge");
        lines.push(line(&["RollingUpdateStrategy:", &limits]));
    }
}

fn say_update(lines: &mut Lines, update: StatefulSetUpdate) {
    match update {
        StatefulSetUpdate::OnDelete => lines.push(line(&["Update Strategy:", "OnDelete"])),
        StatefulSetUpdate::RollingUpdate { partition } => {
            lines.push(line(&["Update Strategy:", "RollingUpdate"]));
            lines.extend(partition.map(|partition| line(&["  Partition:", &partition.to_string()])));
        }
    }
}
