//! Commands with `-f`: `kubectl create`, `apply`, `replace` and `delete`.

use serde_json::{Value, json};

use super::super::Status;
use super::super::call::Call;
use super::api::{self, Directive, Failure, Patch};
use super::flags::Args;
use super::jsonpath::go;
use super::kind::Kind;
use super::printing::{DryRun, Printed, Printing};
use super::rows::rows;
use super::{known_kinds, output, refused_yaml};
use crate::controllers::Refusal;
use crate::k8s::{self, NamespacedName, Resource};
use crate::lab::ActError;
use crate::source::Position;

/// Objects that somebody wrote, with what each is.
struct Manifest {
    resource: Resource,
    name: NamespacedName,
    object: Value,
}

/// How objects of a file are sent, and what is printed of them.
struct Sending {
    printing: Printing,
    directive: Directive,
}

impl Sending {
    fn read(call: &mut Call<'_>, args: &Args<'_>) -> Result<Self, Status> {
        Ok(Self { printing: Printing::read(call, args)?, directive: Directive::read(call, args)? })
    }

    /// Creates an object of a file; what the server refuses is told with where it came from (`AddSourceToErr`).
    fn create(&self, call: &mut Call<'_>, object: &Value, source: &str) -> Result<Value, Status> {
        match self.printing.dry_run {
            DryRun::Client => Ok(object.clone()),
            dry_run => api::create(call, object, self.directive, dry_run)
                .map_err(|failure| super::failed(call, failure, &format!("error when creating \"{source}\": "))),
        }
    }

    fn print(&self, call: &mut Call<'_>, done: &str, object: &Value) -> Result<(), Status> {
        match self.printing.print(call, done, object, Printed::Untyped) {
            0 => Ok(()),
            status => Err(status),
        }
    }
}

fn stored(call: &Call<'_>, Manifest { resource, name, .. }: &Manifest) -> Option<Value> {
    let rows = rows(call.lab, Kind::Object(*resource), false);
    rows.into_iter().find(|row| row.name == *name).map(|row| row.json)
}

pub(super) fn apply(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let sending = match Sending::read(call, args) {
        Ok(sending) => sending,
        Err(status) => return status,
    };
    each(call, args, "apply", |call, manifest, source| {
        if manifest.name.name.is_empty() {
            let said = unretrieved(&manifest);
            call.err(&format!("error: error when {said}\nfrom server for: \"{source}\": {NO_NAME}\n"));
            return Err(1);
        }
        let annotated = with_last_applied(&manifest.object);
        let Some(before) = stored(call, &manifest) else {
            let dry_run = sending.printing.dry_run;
            let sent = if dry_run == DryRun::None { &manifest.object } else { &annotated };
            let created = sending.create(call, sent, source)?;
            return sending.print(call, "created", &created);
        };
        let Manifest { resource, name, object } = manifest;
        // It is not known which fields an earlier manifest had, so that none is taken away.
        let strategic = api::difference(resource.kind(), &before, &annotated, false);
        let patch = Patch { resource, name: &name, before: &before, merge: &object, strategic: strategic.as_ref() };
        let after = k8s::merged(&before, &object);
        let done = match sending.printing.dry_run {
            DryRun::Client => Ok(()),
            dry_run => api::patch(call, &patch, (sending.directive, dry_run)),
        };
        let done = match done {
            Ok(()) if sending.printing.dry_run != DryRun::None && after == before => "unchanged",
            Ok(()) => "configured",
            Err(Failure::Act(ActError::Refused(Refusal::NothingToDo { .. }))) => "unchanged",
            Err(failure) => return Err(super::failed(call, failure, "")),
        };
        sending.print(call, done, &k8s::merged(&before, &annotated))
    })
}

/// What a request needs that is about one object (`resource.Helper`).
const NO_NAME: &str = "resource name may not be empty";

/// `Info.String`
fn unretrieved(Manifest { resource, name, object }: &Manifest) -> String {
    let (of, kind) = (Kind::Object(*resource).group_version_resource(), resource.kind());
    let version = text_at(object, "/apiVersion");
    let group_version = if version.contains('/') { version } else { format!("/{version}") };
    format!(
        "retrieving current configuration of:\nResource: \"{of}\", GroupVersionKind: \"{group_version}, Kind={kind}\"\n\
         Name: \"{}\", Namespace: \"{}\"",
        name.name, name.namespace
    )
}

/// `GetModifiedConfiguration`
fn with_last_applied(object: &Value) -> Value {
    let mut annotated = output::sorted(k8s::merged(object, &json!({ "metadata": { "annotations": {} } })));
    let text = go::escaped(&output::sorted(annotated.clone()).to_string());
    annotated["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] = json!(text + "\n");
    annotated
}

/// `kubectl create -f`. The kinds that it makes of flags are commands below it.
pub(super) fn create(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let words = args.words();
    if !words.is_empty() {
        let words = words.join(" ");
        call.err(&format!("error: Unexpected args: [{words}]\nSee 'kubectl create -h' for help and examples\n"));
        return 1;
    }
    if args.value("filename").is_none() {
        call.err("error: must specify one of -f and -k\n\n");
        return super::help::of_command(call, "create").max(1);
    }
    let sending = match Sending::read(call, args) {
        Ok(sending) => sending,
        Err(status) => return status,
    };
    each(call, args, "create", |call, manifest, source| {
        let created = sending.create(call, &manifest.object, source)?;
        sending.print(call, "created", &created)
    })
}

/// `kubectl replace -f`
pub(super) fn replace(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let sending = match Sending::read(call, args) {
        Ok(sending) => sending,
        Err(status) => return status,
    };
    each(call, args, "replace", |call, manifest, source| {
        let when = format!("error when replacing \"{source}\": ");
        let Manifest { resource, name, object } = &manifest;
        if sending.printing.dry_run == DryRun::Client {
            return sending.print(call, "replaced", object);
        }
        if name.name.is_empty() {
            call.err(&format!("error: {when}{NO_NAME}\n"));
            return Err(1);
        }
        let Some(before) = stored(call, &manifest) else {
            let plural = Kind::Object(*resource).plural();
            call.err(&format!("Error from server (NotFound): {when}{plural} \"{}\" not found\n", name.name));
            return Err(1);
        };
        let asked = (sending.directive, sending.printing.dry_run);
        match api::replace(call, (*resource, name), &before, object, asked) {
            Ok(replaced) => sending.print(call, "replaced", &replaced),
            Err(Failure::Act(ActError::Refused(Refusal::NothingToDo { .. }))) => {
                sending.print(call, "replaced", &before)
            }
            Err(failure) => Err(super::failed(call, failure, &when)),
        }
    })
}

/// `kubectl delete -f`
pub(super) fn delete(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    each(call, args, "delete", |call, manifest, source| {
        if manifest.name.name.is_empty() {
            call.err(&format!("error: error when deleting \"{source}\": {NO_NAME}\n"));
            return Err(1);
        }
        if stored(call, &manifest).is_some() {
            return super::change::delete_one(call, manifest.resource, &manifest.name, "deleted");
        }
        if args.has("ignore-not-found") {
            return Ok(());
        }
        let resource = Kind::Object(manifest.resource).plural();
        let name = &manifest.name.name;
        call.err(&format!(
            "Error from server (NotFound): error when deleting \"{source}\": {resource} \"{name}\" not found\n"
        ));
        Err(1)
    })
}

/// Does the same with every object of the text behind `-f`; the first that fails does not stop the others.
fn each(
    call: &mut Call<'_>,
    args: &Args<'_>,
    command: &str,
    mut go: impl FnMut(&mut Call<'_>, Manifest, &str) -> Result<(), Status>,
) -> Status {
    let (source, documents) = match documents(call, args) {
        Ok(documents) => documents,
        Err(status) => return status,
    };
    if documents.is_empty() {
        return nothing(call, command);
    }
    let mut status = 0;
    for (position, object) in documents {
        if let Err(failed) = one(call, args, (source, position), object, &mut go) {
            status = failed;
        }
    }
    status
}

/// What a command says of a text without objects.
fn nothing(call: &mut Call<'_>, command: &str) -> Status {
    match command {
        "apply" | "create" => {
            call.err(&format!("error: no objects passed to {command}\n"));
            1
        }
        "delete" => {
            call.out("No resources found\n");
            0
        }
        _ => 0,
    }
}

/// Where a text came from, and the objects in it with their places.
type Documents<'w> = (&'w str, Vec<(Position, Value)>);

/// What is behind `-f`.
fn documents<'w>(call: &mut Call<'_>, args: &Args<'w>) -> Result<Documents<'w>, Status> {
    let (source, text) = match args.value("filename") {
        Some("-") => ("STDIN", call.input.map(str::to_owned)),
        Some(file) => (file, call.file(file)),
        None => {
            call.err("error: must specify one of -f and -k\n");
            return Err(1);
        }
    };
    let Some(text) = text else {
        match source {
            "STDIN" => call.remark(crate::message!("shell-needs-input")),
            file => call.no_file(file, &format!("error: the path \"{file}\" does not exist\n")),
        }
        return Err(1);
    };
    match k8s::documents(&text) {
        Ok(documents) => Ok((source, documents)),
        Err(faults) => {
            for fault in &faults {
                let said = refused_yaml::parsing(&text, fault);
                call.err(&format!("error: error parsing {source}: {said}\n"));
                call.advise(fault);
            }
            Err(1)
        }
    }
}

/// Does it with one of them, or says why kubectl sends it to no server.
fn one(
    call: &mut Call<'_>,
    args: &Args<'_>,
    (source, position): (&str, Position),
    object: Value,
    go: &mut impl FnMut(&mut Call<'_>, Manifest, &str) -> Result<(), Status>,
) -> Result<(), Status> {
    let (kind, version) = (text_at(&object, "/kind"), text_at(&object, "/apiVersion"));
    let said = if kind.is_empty() || version.is_empty() {
        let what = invalid(&object);
        format!(
            "error validating \"{source}\": error validating data: {what}; if you choose to ignore these errors, turn \
             validation off with --validate=false"
        )
    } else if let Some(said) = unfit(&object, source, args) {
        said
    } else if !known_kinds::has(&version, &kind) {
        let (name, namespace) = (text_at(&object, "/metadata/name"), text_at(&object, "/metadata/namespace"));
        format!(
            "resource mapping not found for name: \"{name}\" namespace: \"{namespace}\" from \"{source}\": no matches for \
             kind \"{kind}\" in version \"{version}\"\nensure CRDs are installed first"
        )
    } else {
        return match read(object.clone(), args) {
            Some(manifest) => go(call, manifest, source),
            None if kind == "ConfigMap" && text_at(&object, "/metadata/name") == "kube-proxy" => {
                super::change::configure(call, &object).map(|is_changed| {
                    let done = if is_changed { "configured" } else { "unchanged" };
                    call.out(&format!("configmap/kube-proxy {done}\n"));
                })
            }
            None => {
                call.remark(crate::message!("shell-other-kind", kind = kind, place = position.to_string()));
                Err(1)
            }
        };
    };
    call.err(&format!("error: {said}\n"));
    Err(1)
}

/// Why kubectl sends an object to no server: its metadata is none (`infoForData`), or it belongs elsewhere
/// (`RequireNamespace`).
fn unfit(object: &Value, source: &str, args: &Args<'_>) -> Option<String> {
    if let Err(why) = api::metadata(object) {
        return Some(format!("unable to decode \"{source}\": {why}"));
    }
    let namespace = text_at(object, "/metadata/namespace");
    let asked = args.value("namespace").filter(|asked| !namespace.is_empty() && *asked != namespace)?;
    let is_somewhere = text_at(object, "/kind") != Resource::Node.kind();
    is_somewhere.then(|| {
        format!(
            "the namespace from the provided object \"{namespace}\" does not match the namespace \"{asked}\". You must pass \
             '--namespace={namespace}' to perform this operation."
        )
    })
}

/// What `schemaValidation` says of an object that does not tell what it is.
fn invalid(object: &Value) -> &'static str {
    match (object.is_object(), text_at(object, "/apiVersion").is_empty(), text_at(object, "/kind").is_empty()) {
        (false, ..) => "invalid object to validate",
        (_, true, true) => "[apiVersion not set, kind not set]",
        (_, true, false) => "apiVersion not set",
        (_, false, _) => "kind not set",
    }
}

fn text_at(object: &Value, path: &str) -> String {
    object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// None for a kind that the lab does not have.
fn read(mut object: Value, args: &Args<'_>) -> Option<Manifest> {
    let kind = text_at(&object, "/kind");
    let resource = Resource::ALL.into_iter().find(|resource| resource.kind() == kind)?;
    let name = text_at(&object, "/metadata/name");
    if let Some(fields) = object.as_object_mut() {
        fields.entry("metadata").or_insert_with(|| json!({}));
    }
    let metadata = object.get_mut("metadata").and_then(Value::as_object_mut);
    let name = if resource == Resource::Node {
        NamespacedName { namespace: "".into(), name: name.as_str().into() }
    } else {
        let namespace = match metadata {
            Some(metadata) => {
                metadata.entry("namespace").or_insert_with(|| json!(args.namespace())).as_str().map(str::to_owned)
            }
            None => None,
        };
        NamespacedName::new(&namespace.unwrap_or_else(|| args.namespace().to_owned()), &name)
    };
    Some(Manifest { resource, name, object })
}
