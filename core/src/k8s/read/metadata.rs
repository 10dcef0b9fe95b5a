//! `metadata`: what every object has.

use std::collections::BTreeMap;

use super::cursor::Cursor;
use super::labels;
use super::report::{Remedy, Report};
use super::text;
use crate::k8s::{NamespacedName, Owner, WorkloadKind};
use crate::message;

const LABEL_RULE: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', \
     and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc')";
const SUBDOMAIN_RULE: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', \
     and must start and end with an alphanumeric character (e.g. 'example.com')";

/// Of `ObjectMeta`.
pub(super) const FIELDS: [&str; 15] = [
    "annotations",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generateName",
    "generation",
    "labels",
    "managedFields",
    "name",
    "namespace",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];

fn name_remedy() -> Remedy {
    Remedy::new(message!("expected-lower-case-name"), message!("advice-name-as-printed"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NameRule {
    /// RFC 1123 label, 63 bytes: Services (whose names may begin with a digit by now), namespaces, ports.
    Label,
    /// RFC 1123 subdomain, 253 bytes: nodes, slices, external names.
    Subdomain,
}

pub(super) struct Metadata {
    pub(super) name: NamespacedName,
    pub(super) labels: BTreeMap<String, String>,
}

/// `None` where there is no usable name; labels that are faulty are reported and left out.
pub(super) fn read(object: &Cursor<'_>, rule: NameRule, report: &mut Report) -> Option<Metadata> {
    if object.field("metadata").is_none() {
        report.required(
            object,
            "metadata",
            "",
            Remedy { expected: message!("expected-metadata").into(), ..name_remedy() },
        );
    }
    let metadata = object.mapping("metadata", report)?;
    let Some(at) = metadata.field("name") else {
        report.required(&metadata, "name", "name or generateName is required", name_remedy());
        return None;
    };
    let name = at.text(report)?;
    let is_valid = check_name(&at, name, rule, report);
    let namespace = match metadata.field("namespace") {
        None => "default",
        Some(at) => {
            let namespace = at.text(report)?;
            if !check_name(&at, namespace, NameRule::Label, report) {
                return None;
            }
            namespace
        }
    };
    let labels = labels::read(&metadata, "labels", report);
    is_valid.then(|| Metadata { name: NamespacedName::new(namespace, name), labels })
}

/// `metadata.annotations`.
pub(super) fn annotations(object: &Cursor<'_>, report: &mut Report) -> BTreeMap<String, String> {
    let metadata = object.mapping("metadata", report);
    metadata.map(|metadata| metadata.string_map("annotations", report)).unwrap_or_default()
}

/// Whether `metadata.deletionTimestamp` is set.
pub(super) fn is_deleting(object: &Cursor<'_>) -> bool {
    object.field("metadata").is_some_and(|metadata| metadata.field("deletionTimestamp").is_some())
}

/// The entry of `metadata.ownerReferences` that is the object's controller, where that is a workload.
pub(super) fn owner(object: &Cursor<'_>, report: &mut Report) -> Option<Owner> {
    let metadata = object.mapping("metadata", report)?;
    let list = metadata.list("ownerReferences", report)?;
    let controller = list.elements().find(|entry| entry.boolean("controller", report) == Some(true))?;
    let kind = match controller.string("kind", report)? {
        "Deployment" => WorkloadKind::Deployment,
        "ReplicaSet" => WorkloadKind::ReplicaSet,
        "StatefulSet" => WorkloadKind::StatefulSet,
        "DaemonSet" => WorkloadKind::DaemonSet,
        _ => return None,
    };
    Some(Owner { kind, name: controller.string("name", report)?.into() })
}

/// Reports a name that `rule` does not allow.
pub(super) fn check_name(at: &Cursor<'_>, name: &str, rule: NameRule, report: &mut Report) -> bool {
    let (limit, broken_rule) = match rule {
        NameRule::Label => (63, LABEL_RULE),
        NameRule::Subdomain => (253, SUBDOMAIN_RULE),
    };
    if name.len() > limit {
        report.invalid(at, text::quote(name), &format!("must be no more than {limit} bytes"), name_remedy());
        return false;
    }
    let is_valid = match rule {
        NameRule::Label => is_label(name),
        NameRule::Subdomain => is_subdomain(name),
    };
    if !is_valid {
        report.invalid(at, text::quote(name), broken_rule, name_remedy());
    }
    is_valid
}

pub(crate) fn is_subdomain(name: &str) -> bool {
    name.split('.').all(is_label)
}

fn is_label(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && !name.starts_with('-') && !name.ends_with('-') && name.bytes().all(allowed)
}
