//! Commands on objects that there are.

use serde_json::{Map, Value, json};

use super::super::Status;
use super::super::call::Call;
use super::api::{self, Directive, Failure, Patch};
use super::apply;
use super::edit::difference;
use super::flags::Args;
use super::kind::{Kind, targets};
use super::printing::DryRun;
use super::rows::{Row, rows};
use super::select::Selection;
use super::{act, failed, json_patch, not_found, proxies, refused_yaml};
use crate::controllers::{Action, Refusal};
use crate::k8s::{NamespacedName, Resource};
use crate::lab::{ActError, ControlPath};
use crate::proxy::Mode;

/// What a command must be told of its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Their names, or that all are meant.
    Names,
    /// Their kind: all are meant where there are no names.
    Kind,
}

/// The objects that a command names, by name, by label or all.
pub(super) fn objects(
    call: &mut Call<'_>,
    args: &Args<'_>,
    words: &[&str],
    needs: Needs,
) -> Result<Vec<(Resource, Row)>, Status> {
    let mut found = Vec::new();
    let targets = targets(call, words)?;
    let selection = Selection::read(call, args, &targets)?;
    for (kind, name) in targets {
        let Some(resource) = kind.resource() else {
            return Err(call.not_modelled(&format!("a change of {}", kind.plural())));
        };
        if needs == Needs::Names && name.is_none() && args.value("selector").is_none() && !args.has("all") {
            call.err("error: resource(s) were provided, but no name was specified\n");
            return Err(1);
        }
        let before = found.len();
        let of_kind = rows(call.lab, kind, false).into_iter().filter(|row| selection.has(kind, name, row));
        found.extend(of_kind.map(|row| (resource, row)));
        if let Some(name) = name.filter(|_| found.len() == before && !args.has("ignore-not-found")) {
            not_found(call, &kind.plural(), name);
            return Err(1);
        }
    }
    Ok(found)
}

/// Does the same with every object. What is done says the sentence behind its name.
pub(super) fn each(
    call: &mut Call<'_>,
    args: &Args<'_>,
    words: &[&str],
    needs: Needs,
    mut go: impl FnMut(&mut Call<'_>, Resource, &Row) -> Result<String, Status>,
) -> Status {
    let objects = match objects(call, args, words, needs) {
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
    if args.value("filename").is_some() {
        return apply::delete(call, args);
    }
    let objects = match objects(call, args, &args.words(), Needs::Names) {
        Ok(objects) => objects,
        Err(status) => return status,
    };
    if objects.is_empty() && !args.has("ignore-not-found") {
        call.out("No resources found\n");
    }
    let how = if args.has("force") { "force deleted" } else { "deleted" };
    if args.has("force") && !objects.is_empty() {
        call.err(
            "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The \
             resource may continue to run on the cluster indefinitely.\n",
        );
    }
    let mut restarts = false;
    for (resource, row) in objects {
        let is_proxy = resource == Resource::Pod && proxies::is_pod(&row);
        restarts |= is_proxy;
        if is_proxy && proxies::is_own(call.lab, resource.kind(), &row.name.to_string()) {
            say_deleted(call, resource, &row.name, how);
        } else if let Err(status) = delete_one(call, resource, &row.name, how) {
            return status;
        }
    }
    if restarts { restart_proxies(call) } else { 0 }
}

pub(super) fn delete_one(
    call: &mut Call<'_>,
    resource: Resource,
    name: &NamespacedName,
    how: &str,
) -> Result<(), Status> {
    act(call, &Action::Delete { resource, name: name.clone() })?;
    say_deleted(call, resource, name, how);
    Ok(())
}

fn say_deleted(call: &mut Call<'_>, resource: Resource, name: &NamespacedName, how: &str) {
    let from = if resource == Resource::Node { String::new() } else { format!(" from {} namespace", name.namespace) };
    call.out(&format!("{} \"{}\" {how}{from}\n", Kind::Object(resource).grouped(), name.name));
}

pub(super) fn restart_proxies(call: &mut Call<'_>) -> Status {
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
    let Some(replicas) = args.value("replicas") else {
        call.err("error: required flag(s) \"replicas\" not set\n");
        return 1;
    };
    let Ok(replicas) = replicas.parse::<u32>() else {
        call.err("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n");
        return 1;
    };
    each(call, args, &args.words(), Needs::Names, |call, resource, row| {
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
pub(super) fn unless_so_already(call: &mut Call<'_>, action: &Action) -> Result<bool, Status> {
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

/// `GetResourcesAndPairs`: what a command is about, and `key=value` or `key-` behind it.
fn pairs<'w>(call: &mut Call<'_>, args: &Args<'w>, what: &str) -> Result<(Vec<&'w str>, Vec<&'w str>), Status> {
    let is_pair = |word: &str| word.find('=').is_some_and(|at| at > 0) || (word.ends_with('-') && word.len() > 1);
    let (mut words, mut pairs) = (Vec::new(), Vec::new());
    for word in args.words() {
        if is_pair(word) {
            pairs.push(word);
        } else if pairs.is_empty() {
            words.push(word);
        } else {
            call.err(&format!("error: all resources must be specified before {what} changes: {word}\n"));
            return Err(1);
        }
    }
    if words.is_empty() {
        call.err("error: one or more resources must be specified as <resource> <name> or <resource>/<name>\n");
        return Err(1);
    }
    if pairs.is_empty() {
        call.err(&format!("error: at least one {what} update is required\n"));
        return Err(1);
    }
    Ok((words, pairs))
}

pub(super) fn annotate(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let (words, changes) = match pairs(call, args, "annotation") {
        Ok(pairs) => pairs,
        Err(status) => return status,
    };
    each(call, args, &words, Needs::Names, |call, resource, row| {
        let known = row.json.pointer("/metadata/annotations").and_then(Value::as_object);
        let mut patch = Map::new();
        for change in &changes {
            let (key, value) = match change.split_once('=') {
                Some((key, value)) => (key, json!(value)),
                None => (change.trim_end_matches('-'), Value::Null),
            };
            let old = known.and_then(|known| known.get(key)).and_then(Value::as_str);
            if let Some(old) = old.filter(|old| !value.is_null() && value != json!(old) && !args.has("overwrite")) {
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
    let (words, labels) = match pairs(call, args, "label") {
        Ok(pairs) => pairs,
        Err(status) => return status,
    };
    each(call, args, &words, Needs::Names, |call, resource, row| {
        let mut patch = Map::new();
        let (mut added, mut removed) = (false, false);
        for label in &labels {
            match label.split_once('=') {
                Some((key, value)) => {
                    let known = row.labels.get(key);
                    if known.is_some_and(|known| known != value) && !args.has("overwrite") {
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
            (true, true) => "modified",
            (true, false) => "labeled",
        };
        let patch = json!({ "metadata": { "labels": patch } }).to_string();
        unless_so_already(call, &Action::Patch { resource, name: row.name.clone(), patch }).map(|_| done.to_owned())
    })
}

pub(super) fn patch(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let Some(text) = args.value("patch") else {
        call.err("error: must specify --patch or --patch-file containing the contents of the patch\n");
        return 1;
    };
    let kind = args.value("type").unwrap_or("strategic");
    if !matches!(kind, "json" | "merge" | "strategic") {
        call.err(&format!("error: --type must be one of [json merge strategic], not \"{kind}\"\n"));
        return 1;
    }
    let patch = match document(call, text, kind) {
        Ok(patch) => patch,
        Err(status) => return status,
    };
    let words = args.words();
    if matches!(
        words.as_slice(),
        ["cm" | "configmap" | "configmaps", "kube-proxy"] | ["cm/kube-proxy" | "configmap/kube-proxy"]
    ) {
        return match configure(call, &patch) {
            Ok(is_changed) => {
                let done = if is_changed { "patched" } else { "patched (no change)" };
                call.out(&format!("configmap/kube-proxy {done}\n"));
                0
            }
            Err(status) => status,
        };
    }
    each(call, args, &words, Needs::Names, |call, resource, row| {
        let has_list = kind == "strategic" && patch.to_string().contains('[');
        let merged = if kind == "json" {
            let after = json_patch::apply(&row.json, &patch)
                .map_err(|operation| call.not_modelled(&format!("--type json -p {operation}")))?;
            difference(&row.json, &after).unwrap_or_else(|| json!({}))
        } else {
            patch.clone()
        };
        let strategic = (kind == "strategic").then_some(&patch);
        let sent = Patch { resource, name: &row.name, before: &row.json, merge: &merged, strategic };
        let is_changed = match api::patch(call, &sent, (Directive::Warn, DryRun::None)) {
            Ok(()) => true,
            Err(Failure::Act(ActError::Refused(Refusal::NothingToDo { .. }))) => false,
            Err(failure) => return Err(failed(call, failure, "")),
        };
        if has_list {
            call.remark(crate::message!("shell-merge-patch"));
        }
        Ok(if is_changed { "patched".to_owned() } else { "patched (no change)".to_owned() })
    })
}

/// `yaml.ToJSON`: what begins as an object goes to the API server as it is, whatever else only if it is YAML.
fn document(call: &mut Call<'_>, text: &str, kind: &str) -> Result<Value, Status> {
    let read = crate::k8s::documents(text);
    let document = read.as_ref().ok().and_then(|documents| documents.first()).map(|(_, document)| document.clone());
    match (document, read) {
        (Some(patch), _) if if kind == "json" { patch.is_array() } else { patch.is_object() } => Ok(patch),
        (_, Err(faults)) if !text.trim_start().starts_with('{') => {
            for fault in faults.iter().take(1) {
                let said = refused_yaml::said(text, fault);
                call.err(&format!("error: unable to parse \"{text}\": {said}\n"));
                call.advise(fault);
            }
            Err(1)
        }
        _ => match no_key(text) {
            Some(sign) => {
                // `strategicPatchObject` says it alone, `applyJSPatch` behind what it was about.
                let about = if kind == "strategic" { "" } else { "error decoding patch: " };
                call.err(&format!(
                    "Error from server (BadRequest): {about}invalid character '{sign}' looking for beginning of object key \
                     string\n"
                ));
                Err(1)
            }
            None => Err(call.not_modelled(&format!("-p {text}"))),
        },
    }
}

/// What stands in an object in place of its first key (`stateBeginStringOrEmpty` of encoding/json).
fn no_key(text: &str) -> Option<char> {
    let sign = text.trim_start().strip_prefix('{')?.trim_start().chars().next()?;
    (!matches!(sign, '"' | '}' | '\'')).then_some(sign)
}

/// Takes over kube-proxy's ConfigMap. True where it is another one then. Each kube-proxy reads it when it starts: `runLoop`
/// of cmd/kube-proxy/app/options.go goes on where the kubelet puts a new file in place of the old.
pub(super) fn configure(call: &mut Call<'_>, config_map: &Value) -> Result<bool, Status> {
    let text = config_map.pointer("/data/config.conf").and_then(Value::as_str).unwrap_or_default();
    let document = crate::k8s::documents(text).ok().and_then(|documents| documents.into_iter().next());
    let is_configuration = |wanted: &Value| wanted.get("kind").is_some_and(|kind| kind == "KubeProxyConfiguration");
    let Some(wanted) = document.map(|(_, wanted)| wanted).filter(is_configuration) else {
        return Err(call.not_modelled("a config.conf that is no KubeProxyConfiguration"));
    };
    let shown = proxies::configuration(call.lab);
    let Some(mut patch) = difference(&shown, &wanted) else {
        return Ok(false);
    };
    if call.lab.cluster.proxy_configuration.is_none() && patch.get("clusterCIDR").is_none() {
        patch["clusterCIDR"] = shown["clusterCIDR"].clone();
    }
    let mode = |call: &Call<'_>| {
        call.lab.cluster.proxy_configuration.as_ref().map_or(Mode::Iptables, |given| given.mode.into())
    };
    let before = mode(call);
    let edited = call.lab.edit_proxy_configuration(&patch.to_string());
    let is_changed = unless_so(call, edited)?;
    if is_changed {
        call.remark(crate::message!("shell-edited-configuration"));
        if mode(call) != before {
            call.remark(crate::message!("shell-edited-mode", mode = mode(call).to_string()));
        }
    }
    Ok(is_changed)
}
