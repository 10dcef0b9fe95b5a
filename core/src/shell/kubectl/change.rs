//! Commands on objects that there are.

use serde_json::{Map, Value, json};

use super::super::Status;
use super::super::call::Call;
use super::kind::{Kind, targets};
use super::rows::{Row, has_labels, rows};
use super::{ALL, Args, EXTERNAL_IP, NAME, OVERWRITE, PORT, PROTOCOL, REPLICAS, TARGET_PORT, TYPE, act, not_found};
use crate::controllers::{Action, Refusal};
use crate::k8s::{NamespacedName, ProxyMode, Resource, WorkloadKind};
use crate::lab::{ActError, ControlPath};

/// The objects that a command names, by name, by label or all.
fn objects(call: &mut Call<'_>, args: &Args<'_>, words: &[&str]) -> Result<Vec<(Resource, Row)>, Status> {
    let mut found = Vec::new();
    for (kind, name) in targets(call, words)? {
        let Some(resource) = kind.resource() else {
            return Err(call.not_modelled(&format!("a change of {}", kind.plural())));
        };
        if name.is_none() && !args.has('l') && !args.has(ALL) {
            call.err("error: resource(s) were provided, but no name was specified\n");
            return Err(1);
        }
        let is_meant = |row: &Row| {
            (!kind.is_namespaced() || args.has('A') || *row.name.namespace == *args.namespace())
                && name.is_none_or(|name| *row.name.name == *name)
                && args.value('l').is_none_or(|selector| has_labels(&row.labels, selector))
        };
        let before = found.len();
        found.extend(rows(&call.lab.cluster, kind, false).into_iter().filter(is_meant).map(|row| (resource, row)));
        if let Some(name) = name.filter(|_| found.len() == before) {
            not_found(call, &kind.plural(), name);
            return Err(1);
        }
    }
    Ok(found)
}

/// Does the same with every object. What is done says the sentence behind its name.
fn each(
    call: &mut Call<'_>,
    args: &Args<'_>,
    words: &[&str],
    mut go: impl FnMut(&mut Call<'_>, Resource, &Row) -> Result<String, Status>,
) -> Status {
    let objects = match objects(call, args, words) {
        Ok(objects) => objects,
        Err(status) => return status,
    };
    let mut status = 0;
    for (resource, row) in &objects {
        match go(call, *resource, row) {
            Ok(done) => {
                let text = format!("{}/{} {done}\n", Kind::Object(*resource).grouped(), row.name.name);
                call.out(&text);
            }
            Err(failed) => status = failed,
        }
    }
    status
}

pub(super) fn delete(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    if args.has('f') {
        return call.not_modelled("delete -f");
    }
    let words = args.words();
    // kube-proxy's own Pods are none of the lab's objects: it starts anew.
    if args.value('l') == Some("k8s-app=kube-proxy") && matches!(words.as_slice(), ["pod" | "pods" | "po"]) {
        return restart_proxies(call);
    }
    let objects = match objects(call, args, &words) {
        Ok(objects) => objects,
        Err(status) => return status,
    };
    if objects.is_empty() {
        call.out("No resources found\n");
    }
    for (resource, row) in objects {
        if let Err(status) = act(call, &Action::Delete { resource, name: row.name.clone() }) {
            return status;
        }
        let from =
            if resource == Resource::Node { String::new() } else { format!(" from {} namespace", row.name.namespace) };
        call.out(&format!("{} \"{}\" deleted{from}\n", Kind::Object(resource).grouped(), row.name.name));
    }
    0
}

fn restart_proxies(call: &mut Call<'_>) -> Status {
    match call.lab.restart_proxies() {
        Ok(()) => {
            call.changed = true;
            call.remark(crate::message!("shell-proxies-restarted"));
            0
        }
        Err(error) => {
            call.remark(error.tell());
            1
        }
    }
}

pub(super) fn scale(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let Some(replicas) = args.value(REPLICAS) else {
        call.err("error: required flag(s) \"replicas\" not set\n");
        return 1;
    };
    let Ok(replicas) = replicas.parse::<u32>() else {
        call.err(&format!(
            "error: invalid argument \"{replicas}\" for \"--replicas\" flag: strconv.ParseInt: parsing \"{replicas}\": \
             invalid syntax\nSee 'kubectl scale --help' for usage.\n"
        ));
        return 1;
    };
    each(call, args, &args.words(), |call, resource, row| {
        let Resource::Workload(kind) = resource else {
            let kind = Kind::Object(resource).plural();
            call.err(&format!("error: the server could not find the requested resource ({kind} have no scale)\n"));
            return Err(1);
        };
        let action = Action::Scale { kind, name: row.name.clone(), replicas };
        unless_so_already(call, &action).map(|_| "scaled".to_owned())
    })
}

/// What is so already is no error for kubectl. True where something changed.
fn unless_so_already(call: &mut Call<'_>, action: &Action) -> Result<bool, Status> {
    let done = call.lab.act(action);
    unless_so(call, done)
}

fn unless_so(call: &mut Call<'_>, done: Result<ControlPath, ActError>) -> Result<bool, Status> {
    match done {
        Ok(path) => {
            super::note(call, path);
            Ok(true)
        }
        Err(ActError::Refused(Refusal::NothingToDo { .. })) => Ok(false),
        Err(ActError::Refused(refusal)) => Err(super::refuse(call, &refusal)),
        Err(error) => {
            call.remark(error.tell());
            Err(1)
        }
    }
}

pub(super) fn rollout(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let words = args.words();
    if let Some(("status", rest)) = words.split_first().map(|(verb, rest)| (*verb, rest)) {
        return rollout_status(call, args, rest);
    }
    let Some(("restart", rest)) = words.split_first().map(|(verb, rest)| (*verb, rest)) else {
        return call.not_modelled(&format!("rollout {}", words.first().copied().unwrap_or_default()));
    };
    if is_proxy(rest) {
        let status = restart_proxies(call);
        if status == 0 {
            call.out("daemonset.apps/kube-proxy restarted\n");
        }
        return status;
    }
    each(call, args, rest, |call, resource, row| {
        if resource != Resource::Workload(WorkloadKind::Deployment) {
            return Err(call.not_modelled(&format!("rollout restart of a {}", resource.name())));
        }
        act(call, &Action::Restart { deployment: row.name.clone() }).map(|()| "restarted".to_owned())
    })
}

/// `DeploymentStatusViewer`, `DaemonSetStatusViewer` of staging/src/k8s.io/kubectl/pkg/polymorphichelpers.
fn rollout_status(call: &mut Call<'_>, args: &Args<'_>, words: &[&str]) -> Status {
    if is_proxy(words) {
        call.out("daemon set \"kube-proxy\" successfully rolled out\n");
        return 0;
    }
    let objects = match objects(call, args, words) {
        Ok(objects) => objects,
        Err(status) => return status,
    };
    for (resource, row) in objects {
        let name = &row.name.name;
        let number = |at: usize| row.cells.get(at).and_then(|cell| cell.parse::<u32>().ok()).unwrap_or(0);
        let text = match resource {
            Resource::Workload(WorkloadKind::Deployment) => {
                let desired = row.cells.first().and_then(|cell| cell.split_once('/')?.1.parse().ok()).unwrap_or(0);
                let (updated, available) = (number(1), number(2));
                let waiting = format!("Waiting for deployment \"{name}\" rollout to finish:");
                if updated < desired {
                    format!("{waiting} {updated} out of {desired} new replicas have been updated...\n")
                } else if available < updated {
                    format!("{waiting} {available} of {updated} updated replicas are available...\n")
                } else {
                    format!("deployment \"{name}\" successfully rolled out\n")
                }
            }
            Resource::Workload(WorkloadKind::DaemonSet) => {
                let (desired, updated, available) = (number(0), number(3), number(4));
                let waiting = format!("Waiting for daemon set \"{name}\" rollout to finish:");
                if updated < desired {
                    format!("{waiting} {updated} out of {desired} new pods have been updated...\n")
                } else if available < desired {
                    format!("{waiting} {available} of {desired} updated pods are available...\n")
                } else {
                    format!("daemon set \"{name}\" successfully rolled out\n")
                }
            }
            other => return call.not_modelled(&format!("rollout status of a {}", other.name())),
        };
        call.out(&text);
        if text.starts_with("Waiting") {
            call.remark(crate::message!("shell-interrupted-rollout"));
            return 1;
        }
    }
    0
}

fn is_proxy(words: &[&str]) -> bool {
    matches!(words, ["ds" | "daemonset" | "daemonsets", "kube-proxy"] | ["ds/kube-proxy" | "daemonset/kube-proxy"])
}

pub(super) fn annotate(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let (changes, words): (Vec<&str>, Vec<&str>) =
        args.words().into_iter().partition(|word| word.contains('=') || (word.ends_with('-') && word.len() > 1));
    if changes.is_empty() {
        call.err("error: at least one annotation update is required\n");
        return 1;
    }
    each(call, args, &words, |call, resource, row| {
        let known = row.json.pointer("/metadata/annotations").and_then(Value::as_object);
        let mut patch = Map::new();
        for change in &changes {
            let (key, value) = match change.split_once('=') {
                Some((key, value)) => (key, json!(value)),
                None => (change.trim_end_matches('-'), Value::Null),
            };
            let old = known.and_then(|known| known.get(key)).and_then(Value::as_str);
            if let Some(old) = old.filter(|old| !value.is_null() && value != json!(old) && !args.has(OVERWRITE)) {
                call.err(&format!("error: --overwrite is false but found the following declared annotation(s): '{key}' already has a value ({old})\n"));
                return Err(1);
            }
            patch.insert(key.to_owned(), value);
        }
        let patch = json!({ "metadata": { "annotations": patch } }).to_string();
        let action = Action::Patch { resource, name: row.name.clone(), patch };
        unless_so_already(call, &action).map(|_| "annotated".to_owned())
    })
}

pub(super) fn label(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let (labels, words): (Vec<&str>, Vec<&str>) =
        args.words().into_iter().partition(|word| word.contains('=') || (word.ends_with('-') && word.len() > 1));
    if labels.is_empty() {
        call.err("error: at least one label update is required\n");
        return 1;
    }
    each(call, args, &words, |call, resource, row| {
        let mut patch = Map::new();
        let (mut added, mut removed) = (false, false);
        for label in &labels {
            match label.split_once('=') {
                Some((key, value)) => {
                    let known = row.labels.get(key);
                    if known.is_some_and(|known| known != value) && !args.has(OVERWRITE) {
                        let known = known.map(String::as_str).unwrap_or_default();
                        call.err(&format!("error: '{key}' already has a value ({known}), and --overwrite is false\n"));
                        return Err(1);
                    }
                    added |= known.is_none_or(|known| known != value);
                    patch.insert(key.to_owned(), json!(value));
                }
                None => {
                    let key = label.trim_end_matches('-');
                    if row.labels.contains_key(key) {
                        removed = true;
                        patch.insert(key.to_owned(), Value::Null);
                    } else {
                        call.out(&format!("label \"{key}\" not found.\n"));
                    }
                }
            }
        }
        let done = match (added, removed) {
            (false, true) => "unlabeled",
            (false, false) => return Ok("not labeled".to_owned()),
            _ => "labeled",
        };
        let patch = json!({ "metadata": { "labels": patch } }).to_string();
        unless_so_already(call, &Action::Patch { resource, name: row.name.clone(), patch }).map(|_| done.to_owned())
    })
}

pub(super) fn patch(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let Some(text) = args.value('p') else {
        call.err("error: must specify --patch or --patch-file containing the contents of the patch\n");
        return 1;
    };
    match args.value(TYPE) {
        None | Some("merge" | "strategic") => {}
        Some(other) => return call.not_modelled(&format!("--type {other}")),
    }
    let patch = match crate::k8s::documents(text).map(|documents| documents.into_iter().next()) {
        Ok(Some((_, patch))) if patch.is_object() => patch.to_string(),
        _ => {
            call.err(&format!("error: unable to parse \"{text}\": yaml: it is no object\n"));
            return 1;
        }
    };
    let words = args.words();
    if matches!(
        words.as_slice(),
        ["cm" | "configmap" | "configmaps", "kube-proxy"] | ["cm/kube-proxy" | "configmap/kube-proxy"]
    ) {
        let patch = serde_json::from_str(&patch).unwrap_or_default();
        return match configure(call, &patch) {
            Ok(is_changed) => {
                let done = if is_changed { "patched" } else { "patched (no change)" };
                call.out(&format!("configmap/kube-proxy {done}\n"));
                0
            }
            Err(status) => status,
        };
    }
    each(call, args, &words, |call, resource, row| {
        let has_list = args.value(TYPE) != Some("merge") && patch.contains('[');
        let action = Action::Patch { resource, name: row.name.clone(), patch: patch.clone() };
        let is_changed = unless_so_already(call, &action)?;
        if has_list {
            call.remark(crate::message!("shell-merge-patch"));
        }
        Ok(if is_changed { "patched".to_owned() } else { "patched (no change)".to_owned() })
    })
}

/// Takes over kube-proxy's ConfigMap, or a patch of it. True where it is another one then. Each kube-proxy reads it when it
/// starts: `runLoop` of cmd/kube-proxy/app/options.go goes on where the kubelet puts a new file in place of the old.
pub(super) fn configure(call: &mut Call<'_>, config_map: &Value) -> Result<bool, Status> {
    let text = config_map.pointer("/data/config.conf").and_then(Value::as_str).unwrap_or_default();
    let Ok(Some((_, configuration))) = crate::k8s::documents(text).map(|documents| documents.into_iter().next()) else {
        return Err(call.not_modelled("a ConfigMap without a config.conf that is YAML"));
    };
    let mode =
        |call: &Call<'_>| call.lab.cluster.proxy_configuration.as_ref().map_or(ProxyMode::Iptables, |given| given.mode);
    let before = mode(call);
    let edited = call.lab.edit_proxy_configuration(&configuration.to_string());
    let is_changed = unless_so(call, edited)?;
    if is_changed {
        call.remark(crate::message!("shell-edited-configuration"));
        if mode(call) != before {
            call.remark(crate::message!("shell-edited-mode"));
        }
    }
    Ok(is_changed)
}

/// A Service for what a workload or another Service selects.
pub(super) fn expose(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let objects = match objects(call, args, &args.words()) {
        Ok(objects) => objects,
        Err(status) => return status,
    };
    for (resource, row) in objects {
        let pointer = match resource {
            Resource::Workload(_) => "/spec/selector/matchLabels",
            Resource::Service => "/spec/selector",
            Resource::Pod => "/metadata/labels",
            Resource::Node | Resource::EndpointSlice => {
                call.err(&format!("error: cannot expose a {}\n", resource.kind()));
                return 1;
            }
        };
        let selector = row.json.pointer(pointer).cloned().unwrap_or_else(|| json!({}));
        let ports = match ports(call, args, resource, &row.json) {
            Ok(ports) => ports,
            Err(status) => return status,
        };
        let name = args.value(NAME).unwrap_or(&row.name.name);
        let mut spec = json!({ "selector": selector, "ports": ports });
        if let (Some(kind), Some(spec)) = (args.value(TYPE), spec.as_object_mut()) {
            spec.insert("type".to_owned(), json!(kind));
        }
        if let (Some(address), Some(spec)) = (args.value(EXTERNAL_IP), spec.as_object_mut()) {
            spec.insert("externalIPs".to_owned(), json!([address]));
        }
        let manifest = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": { "name": name, "namespace": &*row.name.namespace, "labels": row.labels },
            "spec": spec,
        });
        if let Err(status) = act(call, &Action::Create { manifest: manifest.to_string() }) {
            return status;
        }
        call.out(&format!("service/{name} exposed\n"));
    }
    0
}

fn ports(call: &mut Call<'_>, args: &Args<'_>, resource: Resource, object: &Value) -> Result<Value, Status> {
    let target = |port: u16| match args.value(TARGET_PORT) {
        None => json!(port),
        Some(text) => text.parse::<u16>().map_or_else(|_| json!(text), |number| json!(number)),
    };
    let protocol = args.value(PROTOCOL).unwrap_or("TCP").to_ascii_uppercase();
    if let Some(text) = args.value(PORT) {
        let Ok(port) = text.parse::<u16>() else {
            call.err(&format!("error: invalid port '{text}'\n"));
            return Err(1);
        };
        return Ok(json!([{ "port": port, "protocol": protocol, "targetPort": target(port) }]));
    }
    let pointer = match resource {
        Resource::Workload(_) => "/spec/template/spec/containers/0/ports",
        Resource::Service => "/spec/ports",
        _ => "/spec/containers/0/ports",
    };
    let found = object.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    let numbers: Vec<u16> = found
        .iter()
        .filter_map(|port| port.get("containerPort").or_else(|| port.get("port"))?.as_u64())
        .filter_map(|port| u16::try_from(port).ok())
        .collect();
    if numbers.is_empty() {
        call.err("error: couldn't find port via --port flag or introspection\nSee 'kubectl expose -h' for help and examples\n");
        return Err(1);
    }
    let several = numbers.len() > 1;
    let port = |(number, port): (usize, &u16)| {
        let mut fields = json!({ "port": port, "protocol": protocol, "targetPort": target(*port) });
        if let (true, Some(fields)) = (several, fields.as_object_mut()) {
            fields.insert("name".to_owned(), json!(format!("port-{}", number + 1)));
        }
        fields
    };
    Ok(numbers.iter().enumerate().map(port).collect())
}

pub(super) fn cordon(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    each_node(call, args, "cordoned", |name| Action::Patch {
        resource: Resource::Node,
        name: NamespacedName { namespace: "".into(), name: name.into() },
        patch: json!({ "spec": { "unschedulable": true } }).to_string(),
    })
}

pub(super) fn uncordon(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    each_node(call, args, "uncordoned", |name| Action::UncordonNode { node: name.into() })
}

pub(super) fn drain(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    each_node(call, args, "drained", |name| Action::DrainNode { node: name.into() })
}

fn each_node(call: &mut Call<'_>, args: &Args<'_>, done: &str, action: impl Fn(&str) -> Action) -> Status {
    let words = args.words();
    if words.is_empty() {
        call.err("error: one of node name or --selector must be specified\n");
        return 1;
    }
    for name in words {
        let name = name.strip_prefix("node/").or_else(|| name.strip_prefix("nodes/")).unwrap_or(name);
        match unless_so_already(call, &action(name)) {
            Ok(true) => call.out(&format!("node/{name} {done}\n")),
            Ok(false) => call.out(&format!("node/{name} already {done}\n")),
            Err(status) => return status,
        }
    }
    0
}
