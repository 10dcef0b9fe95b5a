//! `kubectl expose`: staging/src/k8s.io/kubectl/pkg/cmd/expose/expose.go.

use serde_json::{Value, json};

use super::super::Status;
use super::super::call::Call;
use super::api::{self, Directive};
use super::change::{Needs, objects};
use super::failed;
use super::flags::Args;
use super::printing::{DryRun, Printed, Printing};
use crate::k8s::Resource;

/// A Service for what a workload or another Service selects.
pub(super) fn run(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let objects = match objects(call, args, &args.words(), Needs::Kind) {
        Ok(objects) => objects,
        Err(status) => return status,
    };
    let printing = match Printing::read(call, args) {
        Ok(printing) => printing,
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
        let name = args.value("name").unwrap_or(&row.name.name);
        let mut spec = json!({ "selector": selector, "ports": ports });
        if let (Some(kind), Some(spec)) = (args.value("type"), spec.as_object_mut()) {
            spec.insert("type".to_owned(), json!(kind));
        }
        let texts = [("cluster-ip", "clusterIP"), ("session-affinity", "sessionAffinity")];
        if let Some(spec) = spec.as_object_mut() {
            spec.extend(args.value("external-ip").map(|address| ("externalIPs".to_owned(), json!([address]))));
            spec.extend(texts.iter().filter_map(|(flag, field)| Some(((*field).to_owned(), json!(args.value(flag)?)))));
        }
        let manifest = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": { "name": name, "namespace": &*row.name.namespace, "labels": row.labels },
            "spec": spec,
            "status": { "loadBalancer": {} },
        });
        let made = match printing.dry_run {
            DryRun::Client => Ok(manifest),
            dry_run => api::create(call, &manifest, Directive::Strict, dry_run),
        };
        let status = match made {
            Ok(service) => printing.print(call, "exposed", &service, Printed::Typed),
            Err(failure) => failed(call, failure, ""),
        };
        if status != 0 {
            return status;
        }
    }
    0
}

fn ports(call: &mut Call<'_>, args: &Args<'_>, resource: Resource, object: &Value) -> Result<Value, Status> {
    let target = |port: u16| match args.value("target-port") {
        None => json!(port),
        Some(text) => text.parse::<u16>().map_or_else(|_| json!(text), |number| json!(number)),
    };
    let protocol = args.value("protocol").unwrap_or("TCP").to_ascii_uppercase();
    if let Some(text) = args.value("port") {
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
        call.err("error: couldn't find port via --port flag or introspection\n");
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
