//! How a line of kubectl may go on: commands, flags, kinds and the names of objects.

use std::collections::BTreeSet;

use super::command::{Command, find};
use super::flags::{Flag, Kind as Value, flags};
use super::kind::Kind;
use super::rows::rows;
use crate::k8s::Resource;
use crate::lab::Lab;

/// Words in place of what is typed behind `kubectl` and some words.
pub(in crate::shell) fn complete(lab: &Lab, words: &[&str], typed: &str) -> Vec<String> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let (command, left) = find(&words);
    let known = flags(command);
    let named = |word: &str| known.iter().find(|flag| is_named(flag, word));
    let path = command.map_or("", |command| command.path);
    if let Some(flag) = left.last().and_then(|word| named(word)).filter(|flag| has_value(flag)) {
        return values(lab, flag.name);
    }
    if typed.starts_with('-') {
        // Those that are there already are left out (`getFlagNameCompletions` of cobra).
        let is_given = |flag: &&Flag| {
            words.iter().any(|word| is_named(flag, word.split('=').next().unwrap_or_default())) && !flag.is_list
        };
        return known.iter().filter(|flag| !is_given(flag)).map(|flag| format!("--{}", flag.name)).collect();
    }
    let below: Vec<String> = Command::below(path).map(|(name, _)| name.to_owned()).collect();
    if !below.is_empty() && path != "create" {
        return below;
    }
    let mut given = Vec::new();
    let mut left = left.iter().copied();
    let mut namespace = "default";
    while let Some(word) = left.next() {
        match named(word) {
            Some(flag) if has_value(flag) => {
                let value = left.next().unwrap_or_default();
                namespace = if flag.name == "namespace" { value } else { namespace };
            }
            _ => namespace = namespace_in(word).unwrap_or(namespace),
        }
        if !word.starts_with('-') {
            given.push(word);
        }
    }
    match path {
        "create" => below,
        "cordon" | "uncordon" | "drain" => objects(lab, Kind::Object(Resource::Node), namespace),
        "exec" | "logs" if given.is_empty() => objects(lab, Kind::Object(Resource::Pod), namespace),
        "get" | "describe" | "delete" | "edit" | "label" | "annotate" | "patch" | "scale" | "expose" | "set image"
        | "rollout restart" | "rollout status" => targets(lab, &given, namespace, typed),
        _ => Vec::new(),
    }
}

fn is_named(flag: &Flag, word: &str) -> bool {
    match word.strip_prefix("--") {
        Some(name) => flag.name == name,
        None => {
            word.strip_prefix('-').is_some_and(|letter| flag.letter.is_some_and(|known| letter == known.to_string()))
        }
    }
}

const fn has_value(flag: &Flag) -> bool {
    !matches!(flag.kind, Value::Switch | Value::Maybe)
}

/// `-nshop`, `-n=shop`, `--namespace=shop`
fn namespace_in(word: &str) -> Option<&str> {
    let short = word.strip_prefix("-n").map(|rest| rest.strip_prefix('=').unwrap_or(rest));
    word.strip_prefix("--namespace=").or(short)
}

fn values(lab: &Lab, flag: &str) -> Vec<String> {
    let words: &[&str] = match flag {
        "namespace" => {
            let cluster = &lab.cluster;
            let services = cluster.services.iter().map(|service| &service.name);
            let names = services.chain(cluster.pods.iter().map(|pod| &pod.name));
            let found: BTreeSet<String> = names.map(|name| name.namespace.to_string()).collect();
            return found.into_iter().chain(["default", "kube-system"].map(str::to_owned)).collect();
        }
        "output" => &["custom-columns=", "json", "jsonpath=", "name", "wide", "yaml"],
        "type" => &["ClusterIP", "LoadBalancer", "NodePort", "json", "merge", "strategic"],
        "session-affinity" => &["ClientIP", "None"],
        "protocol" => &["SCTP", "TCP", "UDP"],
        _ => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn objects(lab: &Lab, kind: Kind, namespace: &str) -> Vec<String> {
    let is_here = |of: &str| !kind.is_namespaced() || of == namespace;
    let rows = rows(lab, kind, false).into_iter().filter(|row| is_here(&row.name.namespace));
    rows.map(|row| row.name.name.to_string()).collect()
}

/// A kind and then names, or both with a slash between. What is there already is not offered again (`subtractSlice` of
/// staging/src/k8s.io/kubectl/pkg/util/completion).
fn targets(lab: &Lab, given: &[&str], namespace: &str, typed: &str) -> Vec<String> {
    let named = |kind: &str| Kind::find(kind).map(|kind| objects(lab, kind, namespace)).unwrap_or_default();
    let mut found: Vec<String> = match (typed.split_once('/'), given.first()) {
        (Some((kind, _)), _) => named(kind).into_iter().map(|name| format!("{kind}/{name}")).collect(),
        (None, None) => Kind::words(),
        (None, Some(kind)) => named(kind),
    };
    found.retain(|name| !given.iter().any(|given| given == name));
    found
}
