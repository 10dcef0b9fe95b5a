//! `kubectl create KIND`: objects that are made of flags.

use serde_json::{Map, Value, json};

use super::super::Status;
use super::super::call::Call;
use super::api::{self, Directive, Failure};
use super::flags::Args;
use super::printing::{DryRun, Printed, Printing};
use crate::controllers::Refusal;
use crate::lab::ActError;

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

/// Creates an object of flags, or only prints it; what the server refuses is told behind `what`.
fn make(call: &mut Call<'_>, args: &Args<'_>, mut object: Value, what: &str) -> Status {
    let printing = match Printing::read(call, args) {
        Ok(printing) => printing,
        Err(status) => return status,
    };
    if let Some(namespace) = args.value("namespace") {
        object["metadata"]["namespace"] = json!(namespace);
    }
    let made = match printing.dry_run {
        DryRun::Client => Ok(object),
        dry_run => {
            let mut placed = object;
            placed["metadata"]["namespace"] = json!(args.namespace());
            api::create(call, &placed, Directive::Strict, dry_run)
        }
    };
    let why = match made {
        Ok(object) => return printing.print(call, "created", &object, Printed::Typed),
        Err(Failure::BadRequest(why)) => why,
        Err(Failure::Act(ActError::Refused(Refusal::AlreadyExists { kind, name }))) => {
            super::already_exists(kind, &name)
        }
        Err(Failure::Act(ActError::Refused(Refusal::Invalid { said }))) => aggregate(&said),
        Err(failure) => return super::failed(call, failure, ""),
    };
    call.err(&format!("error: failed to create {what}: {why}\n"));
    1
}

/// The message of `NewInvalid`: what is wrong in brackets if it is more than one thing (`ErrorList.ToAggregate`).
fn aggregate(said: &[String]) -> String {
    let split: Option<Vec<(&str, &str)>> = said.iter().map(|sentence| sentence.split_once(" is invalid: ")).collect();
    match split.as_deref() {
        Some([(head, _), _, ..]) => {
            let causes: Vec<&str> = split.iter().flatten().map(|(_, why)| *why).collect();
            format!("{head} is invalid: [{}]", causes.join(", "))
        }
        _ => said.join(", "),
    }
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

pub(super) fn external_name(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    if args.value("external-name").is_none() {
        call.err("error: required flag(s) \"external-name\" not set\n");
        return 1;
    }
    service(call, args, "externalname", "ExternalName")
}

/// staging/src/k8s.io/kubectl/pkg/cmd/create/create_service.go
fn service(call: &mut Call<'_>, args: &Args<'_>, command: &str, kind: &str) -> Status {
    let name = match name(call, args, &format!("service {command}")) {
        Ok(name) => name,
        Err(status) => return status,
    };
    let spec = match service_spec(args, kind, name) {
        Ok(spec) => spec,
        Err(said) => {
            call.err(&format!("error: {said}\n"));
            return 1;
        }
    };
    let object = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "name": name, "labels": { "app": name } },
        "spec": spec,
        "status": { "loadBalancer": {} },
    });
    make(call, args, object, &format!("{kind} service"))
}

fn service_spec(args: &Args<'_>, kind: &str, name: &str) -> Result<Map<String, Value>, String> {
    let mut spec = Map::new();
    spec.insert("type".to_owned(), json!(kind));
    spec.insert("selector".to_owned(), json!({ "app": name }));
    let pairs: Vec<&str> = args.values("tcp").flat_map(|pairs| pairs.split(',')).collect();
    let address = args.value("clusterip").filter(|address| !address.is_empty());
    if pairs.is_empty() && address != Some("None") && kind != "ExternalName" {
        return Err("at least one tcp port specifier must be provided".to_owned());
    }
    if let Some(host) = args.value("external-name") {
        if !crate::k8s::is_subdomain(host) {
            return Err(format!("invalid service external name {host}"));
        }
        spec.insert("externalName".to_owned(), json!(host));
    }
    let mut ports = pairs.into_iter().map(port).collect::<Result<Vec<Value>, String>>()?;
    let node_port = args.value("node-port").and_then(|text| text.parse::<i32>().ok()).filter(|port| *port != 0);
    if let Some(node_port) = node_port {
        ports.iter_mut().for_each(|port| port["nodePort"] = json!(node_port));
    }
    spec.extend(address.map(|address| ("clusterIP".to_owned(), json!(address))));
    if !ports.is_empty() {
        spec.insert("ports".to_owned(), json!(ports));
    }
    Ok(spec)
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
    let images: Vec<&str> = args.values("image").flat_map(|images| images.split(',')).collect();
    if images.is_empty() {
        call.err("error: required flag(s) \"image\" not set\n");
        return 1;
    }
    let name = match name(call, args, "deployment") {
        Ok(name) => name,
        Err(status) => return status,
    };
    let replicas: i64 = args.value("replicas").and_then(|text| text.parse().ok()).unwrap_or(1);
    let container = |image: &&str| {
        let of = image.rsplit('/').next().unwrap_or(image).split([':', '@']).next().unwrap_or(image);
        json!({ "name": of, "image": image, "resources": {} })
    };
    let mut containers: Vec<Value> = images.iter().map(container).collect();
    let port = args.value("port").and_then(|text| text.parse::<u16>().ok());
    if let (Some(port), Some(first)) = (port, containers.first_mut()) {
        first["ports"] = json!([{ "containerPort": port }]);
    }
    let labels = json!({ "app": name });
    let object = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name, "labels": labels },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": labels },
            "strategy": {},
            "template": { "metadata": { "labels": labels }, "spec": { "containers": containers } },
        },
        "status": {},
    });
    make(call, args, object, "deployment")
}
