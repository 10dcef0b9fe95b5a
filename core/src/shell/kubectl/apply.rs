//! `kubectl create` and `kubectl apply`.

use serde_json::{Map, Value, json};

use super::super::Status;
use super::super::call::Call;
use super::kind::Kind;
use super::{Args, CLUSTER_IP, EXTERNAL_IP, IMAGE, NODE_PORT, PORT, REPLICAS, TCP, act};
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
    each(call, args, |call, manifest| {
        let title = title(&manifest);
        if !is_there(call, &manifest) {
            act(call, &Action::Create { manifest: manifest.object.to_string() })?;
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

pub(super) fn create(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let object = match args.words().as_slice() {
        [] => {
            return each(call, args, |call, manifest| {
                let title = title(&manifest);
                act(call, &Action::Create { manifest: manifest.object.to_string() })?;
                call.out(&format!("{title} created\n"));
                Ok(())
            });
        }
        ["service" | "svc", kind, name] => match service(call, args, kind, name) {
            Ok(object) => object,
            Err(status) => return status,
        },
        ["deployment" | "deploy", name] => {
            if args.value(IMAGE).is_none() {
                call.err("error: required flag(s) \"image\" not set\n");
                return 1;
            }
            deployment(args, name)
        }
        [other, ..] => return call.not_modelled(&format!("create {other}")),
    };
    let Some(manifest) = read(object, args) else {
        return 1;
    };
    match act(call, &Action::Create { manifest: manifest.object.to_string() }) {
        Ok(()) => {
            call.out(&format!("{} created\n", title(&manifest)));
            0
        }
        Err(status) => status,
    }
}

fn title(manifest: &Manifest) -> String {
    format!("{}/{}", Kind::Object(manifest.resource).grouped(), manifest.name.name)
}

fn is_there(call: &Call<'_>, Manifest { resource, name, .. }: &Manifest) -> bool {
    super::rows::rows(&call.lab.cluster, Kind::Object(*resource), false).iter().any(|row| row.name == *name)
}

/// Does the same with every object of the text behind `-f -`; the first that fails does not stop the others.
fn each(
    call: &mut Call<'_>,
    args: &Args<'_>,
    mut go: impl FnMut(&mut Call<'_>, Manifest) -> Result<(), Status>,
) -> Status {
    match args.value('f') {
        Some("-") => {}
        Some(file) => {
            call.err(&format!("error: the path \"{file}\" does not exist\n"));
            call.remark(crate::message!("shell-no-files", name = file));
            return 1;
        }
        None => {
            call.err("error: must specify one of -f and -k\n");
            return 1;
        }
    }
    let Some(text) = call.input.map(str::to_owned) else {
        call.remark(crate::message!("shell-needs-input"));
        return 1;
    };
    let documents = match k8s::documents(&text) {
        Ok(documents) => documents,
        Err(faults) => {
            for fault in &faults {
                let (line, message) = (fault.position.line, &fault.message);
                call.err(&format!(
                    "error: error parsing STDIN: error converting YAML to JSON: yaml: line {line}: {message}\n"
                ));
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
        let done = match read(object.clone(), args) {
            Some(manifest) => go(call, manifest),
            None if kind == "ConfigMap" && text_at(&object, "/metadata/name") == "kube-proxy" => {
                super::change::configure(call, &object).map(|is_changed| {
                    let done = if is_changed { "configured" } else { "unchanged" };
                    call.out(&format!("configmap/kube-proxy {done}\n"));
                })
            }
            None => {
                if kind.is_empty() || version.is_empty() {
                    let what = if version.is_empty() { "apiVersion not set" } else { "kind not set" };
                    call.err(&format!("error: error validating \"STDIN\": error validating data: {what}\n"));
                } else {
                    call.remark(crate::message!("shell-other-kind", kind = kind, place = position.to_string()));
                }
                Err(1)
            }
        };
        if let Err(failed) = done {
            status = failed;
        }
    }
    status
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

/// `kubectl create service clusterip|nodeport|loadbalancer|externalname NAME --tcp=80:8080`
fn service(call: &mut Call<'_>, args: &Args<'_>, kind: &str, name: &str) -> Result<Value, Status> {
    let mut spec = Map::new();
    let kind = match kind {
        "clusterip" => "ClusterIP",
        "nodeport" => "NodePort",
        "loadbalancer" => "LoadBalancer",
        "externalname" => "ExternalName",
        other => {
            call.err(&format!(
                "error: unknown command \"{other} {name}\"\nSee 'kubectl create service -h' for help and examples\n"
            ));
            return Err(1);
        }
    };
    spec.insert("type".to_owned(), json!(kind));
    spec.insert("selector".to_owned(), json!({ "app": name }));
    let mut ports = Vec::new();
    for pair in args.value(TCP).into_iter().flat_map(|pairs| pairs.split(',')) {
        let (port, target) = pair.split_once(':').unwrap_or((pair, pair));
        let Ok(number) = port.parse::<u16>() else {
            call.err(&format!("error: invalid port '{port}', expected integer, got unquoted string\n"));
            return Err(1);
        };
        let target = target.parse::<u16>().map_or_else(|_| json!(target), |target| json!(target));
        let mut fields =
            json!({ "name": pair.replace(':', "-"), "port": number, "protocol": "TCP", "targetPort": target });
        if let (Some(node_port), Some(fields)) =
            (args.value(NODE_PORT).and_then(|text| text.parse::<u16>().ok()), fields.as_object_mut())
        {
            fields.insert("nodePort".to_owned(), json!(node_port));
        }
        ports.push(fields);
    }
    if args.value(CLUSTER_IP) == Some("None") {
        spec.insert("clusterIP".to_owned(), json!("None"));
    } else if ports.is_empty() && kind != "ExternalName" {
        call.err("error: at least one tcp port specifier must be provided\n");
        return Err(1);
    }
    if kind == "ExternalName" {
        return Err(call.not_modelled("create service externalname"));
    }
    spec.insert("ports".to_owned(), json!(ports));
    if let Some(address) = args.value(EXTERNAL_IP) {
        spec.insert("externalIPs".to_owned(), json!([address]));
    }
    Ok(
        json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": name, "labels": { "app": name } }, "spec": spec }),
    )
}

/// `kubectl create deployment NAME --image=IMAGE --replicas=N --port=P`
fn deployment(args: &Args<'_>, name: &str) -> Value {
    let replicas: u32 = args.value(REPLICAS).and_then(|text| text.parse().ok()).unwrap_or(1);
    let image = args.value(IMAGE).unwrap_or_default();
    let container_name = image.rsplit('/').next().unwrap_or(image).split([':', '@']).next().unwrap_or(image);
    let mut container = json!({ "name": container_name, "image": image });
    if let (Some(port), Some(fields)) =
        (args.value(PORT).and_then(|text| text.parse::<u16>().ok()), container.as_object_mut())
    {
        fields.insert("ports".to_owned(), json!([{ "containerPort": port }]));
    }
    let labels = json!({ "app": name });
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name, "labels": labels },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": labels },
            "template": { "metadata": { "labels": labels }, "spec": { "containers": [container] } },
        },
    })
}
