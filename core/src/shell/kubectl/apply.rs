//! `kubectl create` and `kubectl apply`, and `kubectl delete -f`.

use serde_json::{Map, Value, json};

use super::super::Status;
use super::super::call::Call;
use super::flags::Args;
use super::kind::Kind;
use super::{known_kinds, refused_yaml};
use crate::controllers::{Action, Refusal};
use crate::k8s::{self, NamespacedName, Resource};
use crate::lab::ActError;

/// Objects that somebody wrote, with what each is.
struct Manifest {
    resource: Resource,
    name: NamespacedName,
    object: Value,
}

pub(super) fn apply(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    each(call, args, |call, manifest, source| {
        let title = title(&manifest);
        if !is_there(call, &manifest) {
            act_on_file(call, "creating", source, &Action::Create { manifest: manifest.object.to_string() })?;
            call.out(&format!("{title} created\n"));
            return Ok(());
        }
        let Manifest { resource, name, object } = manifest;
        // It is not known which fields an earlier manifest had, so that none is taken away.
        match call.lab.act(&Action::Patch { resource, name, patch: object.to_string() }) {
            Ok(path) => {
                super::note(call, path);
                call.out(&format!("{title} configured\n"));
                Ok(())
            }
            Err(ActError::Refused(Refusal::NothingToDo { .. })) => {
                call.out(&format!("{title} unchanged\n"));
                Ok(())
            }
            Err(ActError::Refused(refusal)) => Err(super::refuse(call, &refusal)),
            Err(error) => {
                call.remark(error.tell());
                Err(1)
            }
        }
    })
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
    each(call, args, |call, manifest, source| {
        let title = title(&manifest);
        act_on_file(call, "creating", source, &Action::Create { manifest: manifest.object.to_string() })?;
        call.out(&format!("{title} created\n"));
        Ok(())
    })
}

/// `AddSourceToErr`: the server's refusals are told with where the object came from, but for what is invalid.
fn act_on_file(call: &mut Call<'_>, verb: &str, source: &str, action: &Action) -> Result<(), Status> {
    match call.lab.act(action) {
        Err(ActError::Refused(Refusal::AlreadyExists { kind, name })) => {
            let said = super::already_exists(kind, &name);
            call.err(&format!("Error from server (AlreadyExists): error when {verb} \"{source}\": {said}\n"));
            Err(1)
        }
        done => super::done(call, done),
    }
}

/// `kubectl delete -f`
pub(super) fn delete(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    each(call, args, |call, manifest, source| {
        if is_there(call, &manifest) {
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

/// The one name that `kubectl create KIND` takes.
fn name<'w>(call: &mut Call<'_>, args: &Args<'w>, command: &str) -> Result<&'w str, Status> {
    match args.words()[..] {
        [name] => Ok(name),
        ref words => {
            let count = words.len();
            call.err(&format!(
                "error: exactly one NAME is required, got {count}\nSee 'kubectl create {command} -h' for help and \
                 examples\n"
            ));
            Err(1)
        }
    }
}

/// Creates an object of flags; what the server refuses is told behind `what`.
fn make(call: &mut Call<'_>, args: &Args<'_>, object: Value, what: &str) -> Status {
    let Some(manifest) = read(object, args) else {
        return 1;
    };
    match call.lab.act(&Action::Create { manifest: manifest.object.to_string() }) {
        Err(ActError::Refused(Refusal::AlreadyExists { kind, name })) => {
            let said = super::already_exists(kind, &name);
            call.err(&format!("error: failed to create {what}: {said}\n"));
            1
        }
        Err(ActError::Refused(Refusal::Invalid { said })) => {
            for sentence in said {
                call.err(&format!("error: failed to create {what}: {sentence}\n"));
            }
            1
        }
        done => match super::done(call, done) {
            Ok(()) => {
                call.out(&format!("{} created\n", title(&manifest)));
                0
            }
            Err(status) => status,
        },
    }
}

fn title(manifest: &Manifest) -> String {
    format!("{}/{}", Kind::Object(manifest.resource).grouped(), manifest.name.name)
}

fn is_there(call: &Call<'_>, Manifest { resource, name, .. }: &Manifest) -> bool {
    super::rows::rows(call.lab, Kind::Object(*resource), false).iter().any(|row| row.name == *name)
}

/// Does the same with every object of the text behind `-f`; the first that fails does not stop the others.
fn each(
    call: &mut Call<'_>,
    args: &Args<'_>,
    mut go: impl FnMut(&mut Call<'_>, Manifest, &str) -> Result<(), Status>,
) -> Status {
    let (source, text) = match args.value("filename") {
        Some("-") => ("STDIN", call.input.map(str::to_owned)),
        Some(file) => (file, call.file(file)),
        None => {
            call.err("error: must specify one of -f and -k\n");
            return 1;
        }
    };
    let Some(text) = text else {
        match source {
            "STDIN" => call.remark(crate::message!("shell-needs-input")),
            file => call.no_file(file, &format!("error: the path \"{file}\" does not exist\n")),
        }
        return 1;
    };
    let documents = match k8s::documents(&text) {
        Ok(documents) => documents,
        Err(faults) => {
            for fault in &faults {
                let said = refused_yaml::said(&text, fault);
                call.err(&format!("error: error parsing {source}: error converting YAML to JSON: {said}\n"));
                call.advise(fault);
            }
            return 1;
        }
    };
    if documents.is_empty() {
        call.err("error: no objects passed to apply\n");
        return 1;
    }
    let mut status = 0;
    for (position, object) in documents {
        let (kind, version) = (text_at(&object, "/kind"), text_at(&object, "/apiVersion"));
        let (is_named, is_known) = (!kind.is_empty() && !version.is_empty(), known_kinds::has(&version, &kind));
        let done = match read(object.clone(), args) {
            _ if is_named && !is_known => {
                let (name, namespace) = (text_at(&object, "/metadata/name"), text_at(&object, "/metadata/namespace"));
                call.err(&format!(
                    "error: resource mapping not found for name: \"{name}\" namespace: \"{namespace}\" from \"{source}\": no \
                     matches for kind \"{kind}\" in version \"{version}\"\nensure CRDs are installed first\n"
                ));
                Err(1)
            }
            Some(manifest) if is_named => go(call, manifest, source),
            _ if !is_named => {
                let what = invalid(&object);
                call.err(&format!(
                    "error: error validating \"{source}\": error validating data: {what}; if you choose to ignore these errors, \
                     turn validation off with --validate=false\n"
                ));
                Err(1)
            }
            None if kind == "ConfigMap" && text_at(&object, "/metadata/name") == "kube-proxy" => {
                super::change::configure(call, &object).map(|is_changed| {
                    let done = if is_changed { "configured" } else { "unchanged" };
                    call.out(&format!("configmap/kube-proxy {done}\n"));
                })
            }
            _ => {
                call.remark(crate::message!("shell-other-kind", kind = kind, place = position.to_string()));
                Err(1)
            }
        };
        if let Err(failed) = done {
            status = failed;
        }
    }
    status
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

pub(super) fn cluster_ip(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    service(call, args, "clusterip", "ClusterIP")
}

pub(super) fn node_port(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    service(call, args, "nodeport", "NodePort")
}

pub(super) fn load_balancer(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    service(call, args, "loadbalancer", "LoadBalancer")
}

/// staging/src/k8s.io/kubectl/pkg/cmd/create/create_service.go
fn service(call: &mut Call<'_>, args: &Args<'_>, command: &str, kind: &str) -> Status {
    let name = match name(call, args, &format!("service {command}")) {
        Ok(name) => name,
        Err(status) => return status,
    };
    let mut spec = Map::new();
    spec.insert("type".to_owned(), json!(kind));
    spec.insert("selector".to_owned(), json!({ "app": name }));
    let mut ports = Vec::new();
    for pair in args.value("tcp").into_iter().flat_map(|pairs| pairs.split(',')) {
        match port(pair) {
            Ok(mut fields) => {
                if let (Some(node_port), Some(fields)) =
                    (args.value("node-port").and_then(|text| text.parse::<u16>().ok()), fields.as_object_mut())
                {
                    fields.insert("nodePort".to_owned(), json!(node_port));
                }
                ports.push(fields);
            }
            Err(said) => {
                call.err(&format!("error: {said}\n"));
                return 1;
            }
        }
    }
    match args.value("clusterip") {
        None if ports.is_empty() => {
            call.err("error: at least one tcp port specifier must be provided\n");
            return 1;
        }
        None => {}
        Some("None") if !ports.is_empty() => {
            call.err("error: can not map ports with clusterip=None\n");
            return 1;
        }
        Some(address) => drop(spec.insert("clusterIP".to_owned(), json!(address))),
    }
    spec.insert("ports".to_owned(), json!(ports));
    let object = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "name": name, "labels": { "app": name } },
        "spec": spec,
    });
    make(call, args, object, &format!("{kind} service"))
}

/// `parsePorts`: `80`, `80:8080` or `80:http`.
fn port(pair: &str) -> Result<Value, String> {
    const RANGE: &str = "must be between 1 and 65535, inclusive";
    let (port, target) = pair.split_once(':').unwrap_or((pair, pair));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: u16 = port.parse().map_err(|_| {
        let why = if is_number(port) { "value out of range" } else { "invalid syntax" };
        format!("strconv.ParseUint: parsing \"{port}\": {why}")
    })?;
    let target = match target.parse::<i64>() {
        Ok(number) if (1..=65535).contains(&number) => json!(number),
        Ok(_) => return Err(RANGE.to_owned()),
        Err(_) => json!(target),
    };
    Ok(json!({ "name": pair.replace(':', "-"), "port": number, "protocol": "TCP", "targetPort": target }))
}

/// staging/src/k8s.io/kubectl/pkg/cmd/create/create_deployment.go
pub(super) fn deployment(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let Some(image) = args.value("image") else {
        call.err("error: required flag(s) \"image\" not set\n");
        return 1;
    };
    let name = match name(call, args, "deployment") {
        Ok(name) => name,
        Err(status) => return status,
    };
    let replicas: i64 = args.value("replicas").and_then(|text| text.parse().ok()).unwrap_or(1);
    let container_name = image.rsplit('/').next().unwrap_or(image).split([':', '@']).next().unwrap_or(image);
    let mut container = json!({ "name": container_name, "image": image });
    let port = args.value("port").and_then(|text| text.parse::<u16>().ok());
    if let (Some(port), Some(fields)) = (port, container.as_object_mut()) {
        fields.insert("ports".to_owned(), json!([{ "containerPort": port }]));
    }
    let labels = json!({ "app": name });
    let object = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name, "labels": labels },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": labels },
            "template": { "metadata": { "labels": labels }, "spec": { "containers": [container] } },
        },
    });
    make(call, args, object, "deployment")
}
