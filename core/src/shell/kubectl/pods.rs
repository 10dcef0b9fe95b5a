//! `kubectl run` and `kubectl logs`.

use serde_json::{Map, Value, json};

use super::super::Status;
use super::super::call::Call;
use super::api::{self, Directive};
use super::failed;
use super::flags::Args;
use super::kind::Kind;
use super::printing::{DryRun, Printed, Printing};
use super::rows::rows;
use crate::k8s::Resource;

/// A Pod by itself: `BasicPod` of staging/src/k8s.io/kubectl/pkg/generate/versioned/run.go.
pub(super) fn run(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let Some(image) = args.value("image") else {
        call.err("error: required flag(s) \"image\" not set\n");
        return 1;
    };
    let words = args.words();
    let Some(name) = words.first().filter(|_| args.dash != Some(0)) else {
        call.err("error: NAME is required for run\nSee 'kubectl run -h' for help and examples\n");
        return 1;
    };
    let labels = match args.value("labels").map(labels).transpose() {
        Ok(given) => given.unwrap_or_else(|| json!({ "run": name })),
        Err(said) => {
            call.err(&format!("error: {said}\n"));
            return 1;
        }
    };
    let mut container = json!({ "name": name, "image": image, "resources": {} });
    if let (Some(port), Some(fields)) = (args.value("port"), container.as_object_mut()) {
        let Ok(port) = port.parse::<u16>() else {
            call.err(&format!("error: strconv.Atoi: parsing \"{port}\": invalid syntax\n"));
            return 1;
        };
        fields.insert("ports".to_owned(), json!([{ "containerPort": port }]));
    }
    let policy = args.value("restart").unwrap_or("Always");
    if !matches!(policy, "Always" | "OnFailure" | "Never") {
        call.err(&format!("error: invalid restart policy: {policy}\nSee 'kubectl run -h' for help and examples\n"));
        return 1;
    }
    let printing = match Printing::read(call, args) {
        Ok(printing) => printing,
        Err(status) => return status,
    };
    let mut pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": { "name": name, "labels": labels },
        "spec": { "containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": policy },
        "status": {},
    });
    if let Some(namespace) = args.value("namespace") {
        pod["metadata"]["namespace"] = json!(namespace);
    }
    let made = match printing.dry_run {
        DryRun::Client => Ok(pod),
        dry_run => {
            pod["metadata"]["namespace"] = json!(args.namespace());
            api::create(call, &pod, Directive::Strict, dry_run)
        }
    };
    match made {
        Ok(pod) => printing.print(call, "created", &pod, Printed::Typed),
        Err(failure) => failed(call, failure, ""),
    }
}

/// `ParseLabels`: `a=b,c=d`
fn labels(text: &str) -> Result<Value, String> {
    let label = |part: &str| match part.split('=').collect::<Vec<_>>()[..] {
        ["", _] => Err("unexpected empty label key".to_owned()),
        [key, value] => Ok((key.to_owned(), json!(value))),
        _ => Err(format!("unexpected label spec: {part}")),
    };
    text.split(',').map(label).collect::<Result<Map<_, _>, _>>().map(Value::Object)
}

/// No program runs in the lab's Pods, so that none has written anything.
pub(super) fn logs(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let words = args.words();
    if words.is_empty() && args.value("selector").is_none() {
        call.err(
            "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for \
             the logs command\nSee 'kubectl logs -h' for help and examples\n",
        );
        return 1;
    }
    if let Some(name) = words.first().filter(|name| !name.contains('/') || name.starts_with("pod")) {
        let name = name.rsplit('/').next().unwrap_or(name);
        let namespace = args.namespace();
        let pods = rows(call.lab, Kind::Object(Resource::Pod), false);
        if !pods.iter().any(|pod| *pod.name.name == *name && *pod.name.namespace == *namespace) {
            call.err(&format!(
                "error: error from server (NotFound): pods \"{name}\" not found in namespace \"{namespace}\"\n"
            ));
            return 1;
        }
    }
    call.remark(crate::message!("shell-no-logs"));
    0
}
