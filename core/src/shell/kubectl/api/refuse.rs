//! What kubectl sends, as the API server takes it or refuses it: staging/src/k8s.io/apiserver/pkg/endpoints/handlers.

use serde_json::{Value, json};

use super::super::super::Status;
use super::super::super::call::Call;
use super::super::edit::difference;
use super::super::flags::Args;
use super::super::jsonpath::go;
use super::super::kind::Kind;
use super::super::output;
use super::super::printing::DryRun;
use super::super::rows::{Row, rows};
use super::decode::{self, Flaw};
use super::service;
use crate::controllers::{Action, Refusal};
use crate::k8s::{self, NamespacedName, Resource};
use crate::lab::ActError;

/// What is done about fields that there are none of (`fieldValidation`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shell::kubectl) enum Directive {
    Strict,
    Warn,
    Ignore,
}

impl Directive {
    /// `GetValidationDirective`
    pub fn read(call: &mut Call<'_>, args: &Args<'_>) -> Result<Self, Status> {
        match args.value("validate") {
            None | Some("" | "true" | "strict") => Ok(Self::Strict),
            Some("warn") => Ok(Self::Warn),
            Some("false" | "ignore") => Ok(Self::Ignore),
            Some(other) => {
                call.err(&format!("error: invalid - validate option {other:?}; must be one of: strict (or true), warn, ignore (or false)\n"));
                Err(1)
            }
        }
    }
}

/// Why something was not done.
pub(in crate::shell::kubectl) enum Failure {
    BadRequest(String),
    /// An invalid request, which is about no object.
    Request(String),
    Internal(String),
    Act(ActError),
}

fn invalid(said: Vec<String>) -> Failure {
    Failure::Act(ActError::Refused(Refusal::Invalid { said }))
}

/// Creates an object, or only says which one it would be.
pub(in crate::shell::kubectl) fn create(
    call: &mut Call<'_>,
    manifest: &Value,
    directive: Directive,
    dry_run: DryRun,
) -> Result<Value, Failure> {
    let manifest = checked(call, manifest, directive)?;
    let text = manifest.to_string();
    let place = |field: &str| manifest["metadata"].get(field).and_then(Value::as_str);
    let name = NamespacedName::new(place("namespace").unwrap_or("default"), place("name").unwrap_or_default());
    if kind(&manifest) == "Service" {
        let read = k8s::created(&k8s::Cluster::default(), &text).err().unwrap_or_default();
        let said = service::invalid(&manifest, read);
        if !said.is_empty() {
            return Err(invalid(said));
        }
        if let Some(said) = service::unallocated(&call.lab.cluster, &name.name, &manifest, None) {
            return Err(invalid(vec![said]));
        }
        if let Some(said) = k8s::health_check_refused(&call.lab.cluster, None, &manifest) {
            return Err(Failure::Internal(said));
        }
    }
    if dry_run == DryRun::None {
        act(call, &Action::Create { manifest: text })?;
        return Ok(manifest);
    }
    let created = k8s::created(&call.lab.cluster, &text).map_err(invalid)?;
    let of = created.resource();
    let is_it = |known: &Row| known.name.name == name.name && (of == Resource::Node || known.name == name);
    if rows(call.lab, Kind::Object(of), false).iter().any(is_it) {
        let refusal = Refusal::AlreadyExists { kind: of.kind(), name: name.to_string() };
        return Err(Failure::Act(ActError::Refused(refusal)));
    }
    Ok(created.written())
}

/// What is sent in place of a whole object (`create.go`, `update.go`): decoded strictly, as kubectl asks.
fn checked(call: &mut Call<'_>, object: &Value, directive: Directive) -> Result<Value, Failure> {
    let object = output::sorted(object.clone());
    let kind = kind(&object).to_owned();
    let flaw = decode::object(&kind, &object).err();
    if let Some(flaw) = flaw.filter(|flaw| !is_passed_over(call, flaw, directive)) {
        let version = object.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
        let version = version.rsplit('/').next().unwrap_or_default();
        let why = flaw.said();
        return Err(Failure::BadRequest(format!(
            "{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"
        )));
    }
    Ok(if kind == "Service" { service::filled_in(object) } else { object })
}

/// Whether there is nothing but fields too many, which are dropped: with a warning, if one is asked for.
fn is_passed_over(call: &mut Call<'_>, flaw: &Flaw, directive: Directive) -> bool {
    let Flaw::Unknown(paths) = flaw else {
        return false;
    };
    if directive == Directive::Warn {
        for said in decode::unknown(paths) {
            call.err(&format!("Warning: {said}\n"));
        }
    }
    directive != Directive::Strict
}

fn kind(object: &Value) -> &str {
    object.get("kind").and_then(Value::as_str).unwrap_or_default()
}

fn act(call: &mut Call<'_>, action: &Action) -> Result<(), Failure> {
    let path = call.lab.act(action).map_err(Failure::Act)?;
    super::super::note(call, path);
    Ok(())
}

/// Puts an object in place of another (`update.go`), whose status stays.
pub(in crate::shell::kubectl) fn replace(
    call: &mut Call<'_>,
    (resource, name): (Resource, &NamespacedName),
    before: &Value,
    object: &Value,
    (directive, dry_run): (Directive, DryRun),
) -> Result<Value, Failure> {
    let mut object = checked(call, object, directive)?;
    if resource == Resource::Service {
        service::keep_allocated(&mut object, before);
    }
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
        fields.extend(before.get("status").map(|status| ("status".to_owned(), status.clone())));
    }
    let patch = difference(before, &object).unwrap_or_else(|| json!({}));
    merge(call, (resource, name), before, &patch, dry_run)?;
    Ok(object)
}

/// A patch of an object.
pub(in crate::shell::kubectl) struct Patch<'p> {
    pub resource: Resource,
    pub name: &'p NamespacedName,
    pub before: &'p Value,
    /// What is merged into it.
    pub merge: &'p Value,
    /// What was sent if it is a strategic merge patch, which the server repeats; else it repeats the whole object.
    pub strategic: Option<&'p Value>,
}

/// Patches an object (`patch.go`).
pub(in crate::shell::kubectl) fn patch(
    call: &mut Call<'_>,
    patch: &Patch<'_>,
    (directive, dry_run): (Directive, DryRun),
) -> Result<(), Failure> {
    let after = k8s::merged(patch.before, patch.merge);
    let flaw = decode::object(kind(patch.before), &output::sorted(after.clone())).err();
    if let Some(flaw) = flaw.filter(|flaw| !is_passed_over(call, flaw, directive)) {
        let (sent, why) = match patch.strategic {
            Some(strategic) => (go::print(&output::sorted(strategic.clone())), flaw.converting()),
            None => (after.to_string(), flaw.said()),
        };
        return Err(Failure::Request(format!("patch: Invalid value: {sent:?}: {why}")));
    }
    merge(call, (patch.resource, patch.name), patch.before, patch.merge, dry_run)
}

fn merge(
    call: &mut Call<'_>,
    (resource, name): (Resource, &NamespacedName),
    before: &Value,
    merged: &Value,
    dry_run: DryRun,
) -> Result<(), Failure> {
    let merged = service::filled_in(merged.clone());
    let before_it = call.lab.cluster.services.iter().find(|service| service.name == *name);
    if let (Resource::Service, Some(old)) = (resource, before_it) {
        let after = k8s::merged(before, &merged);
        let read = k8s::patched(&service::alone(&call.lab.cluster, name), resource, name, &merged);
        let said = service::invalid(&after, read.err().unwrap_or_default());
        if !said.is_empty() {
            return Err(invalid(said));
        }
        if let Some(said) = service::unallocated(&call.lab.cluster, &name.name, &after, Some(old)) {
            return Err(invalid(vec![said]));
        }
        if let Some(said) = k8s::health_check_refused(&call.lab.cluster, Some(before), &after) {
            return Err(Failure::Internal(said));
        }
    }
    if dry_run != DryRun::None {
        return k8s::patched(&call.lab.cluster, resource, name, &merged).map(drop).map_err(invalid);
    }
    act(call, &Action::Patch { resource, name: name.clone(), patch: merged.to_string() })
}
