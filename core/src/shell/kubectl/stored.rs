//! What the API server and the controllers write into an object that the lab can tell: when it was made, an identity, and
//! counts. Left out is what it cannot: `resourceVersion`, `generation`, `managedFields`, and most conditions.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::super::clock::rfc3339;
use super::age::born;
use super::kind::Kind;
use super::rows::Row;
use crate::controllers::{Revision, Revisions};
use crate::k8s::{Pod, Resource};
use crate::lab::Lab;

/// Of nodes that the text says nothing else of: that of the lab's control plane.
pub(super) const VERSION: &str = "v1.36.2";

pub(super) fn complete(lab: &Lab, kind: Kind, row: &mut Row) {
    let born = born(lab, kind, &row.name);
    let uid = uid(&format!("{} {} {born}", kind.plural(), row.name));
    let Some(object) = row.json.as_object_mut() else { return };
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.insert("creationTimestamp".to_owned(), json!(rfc3339(born)));
        metadata.insert("uid".to_owned(), json!(uid));
    }
    match kind {
        Kind::Object(Resource::Service) => {
            object.entry("status").or_insert_with(|| json!({ "loadBalancer": {} }));
        }
        Kind::Object(Resource::Node) => {
            let status = object.entry("status").or_insert_with(|| json!({}));
            if status.pointer("/nodeInfo/kubeletVersion").is_none() {
                status["nodeInfo"]["kubeletVersion"] = json!(VERSION);
            }
        }
        _ => {}
    }
}

/// As a random one looks, but the same for the same object in every lab.
fn uid(object: &str) -> String {
    let digest = Sha256::digest(object);
    let text: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let variant = ['8', '9', 'a', 'b'][usize::from(digest[8] >> 6)];
    format!("{}-{}-4{}-{variant}{}-{}", &text[..8], &text[8..12], &text[13..16], &text[17..20], &text[20..])
}

/// Go leaves out what is 0, but for the names that are `always` there.
fn counts(always: &[&str], counts: &[(&str, usize)]) -> Value {
    let kept = counts.iter().filter(|(name, count)| *count > 0 || always.contains(name));
    Value::Object(kept.map(|(name, count)| ((*name).to_owned(), json!(count))).collect::<Map<_, _>>())
}

pub(super) fn deployment(all: usize, ready: usize, updated: usize) -> Value {
    let own = [("availableReplicas", ready), ("readyReplicas", ready), ("replicas", all), ("updatedReplicas", updated)];
    counts(&[], &own)
}

/// Of a ReplicaSet.
pub(super) fn replicas(all: usize, ready: usize) -> Value {
    counts(&["replicas"], &[("availableReplicas", ready), ("readyReplicas", ready), ("replicas", all)])
}

pub(super) fn stateful(pods: &[&Pod], ready: usize, revisions: &Revisions) -> Value {
    let (current, update) = (revisions.current(), revisions.update());
    let of = |revision: &Revision| pods.iter().filter(|pod| revision.has_made(pod)).count();
    let own = [
        ("availableReplicas", ready),
        ("currentReplicas", of(current)),
        ("readyReplicas", ready),
        ("replicas", pods.len()),
        ("updatedReplicas", of(update)),
    ];
    let mut status = counts(&["availableReplicas", "replicas"], &own);
    status["collisionCount"] = json!(0);
    status["currentRevision"] = json!(current.hash());
    status["updateRevision"] = json!(update.hash());
    status
}

pub(super) fn daemons(all: usize, ready: usize, updated: usize) -> Value {
    let always = ["currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady"];
    let own = [
        ("currentNumberScheduled", all),
        ("desiredNumberScheduled", all),
        ("numberAvailable", ready),
        ("numberMisscheduled", 0),
        ("numberReady", ready),
        ("updatedNumberScheduled", updated),
    ];
    counts(&always, &own)
}
