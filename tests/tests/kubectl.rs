//! What kubectl shows of a cluster beyond the recorded sessions, by the sources of Kubernetes v1.36.2.

use datapath_core::lab::{Lab, WEB_SHOP};
use datapath_core::shell::run;
use datapath_tests::typed::open;
use serde_json::{Value, json};

fn object(lab: &mut Lab, line: &str) -> Value {
    let (_, at) = open(WEB_SHOP);
    let ran = run(lab, &at, line);
    let text = ran.output.text();
    let text = text.split_once("\n{").map_or(text.clone(), |(_, object)| format!("{{{object}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error}\n{text}"))
}

/// `syncService` of pkg/controller/endpoint/endpoints_controller.go.
#[test]
fn endpoints_are_those_of_the_endpoints_controller() {
    let (mut lab, at) = open(WEB_SHOP);
    let endpoints = object(&mut lab, "kubectl get ep web -n shop -o json");
    let pods = object(&mut lab, "kubectl get pods -n shop -l app=web -o json");
    let mut addresses: Vec<Value> = pods["items"]
        .as_array()
        .expect("Pods")
        .iter()
        .map(|pod| {
            let target = json!({ "kind": "Pod", "name": pod["metadata"]["name"], "namespace": "shop" });
            json!({ "ip": pod["status"]["podIPs"][0]["ip"], "nodeName": pod["spec"]["nodeName"], "targetRef": target })
        })
        .collect();
    addresses.sort_by_key(|address| address["ip"].as_str().map(str::to_owned));
    assert_eq!(endpoints["subsets"][0]["addresses"], Value::Array(addresses));
    assert_eq!(endpoints["metadata"]["labels"]["endpoints.kubernetes.io/managed-by"], "endpoint-controller");
    let port = &endpoints["subsets"][0]["ports"][0];
    assert_eq!((&port["port"], &port["protocol"]), (&json!(8080), &json!("TCP")));
    let yaml = run(&mut lab, &at, "kubectl get endpoints web -n shop -o yaml").output.text();
    assert!(yaml.contains("\nsubsets:\n- addresses:\n  - ip: 10.244."), "{yaml}");
    // Pods that are not ready are no addresses any more, and the column is empty then: `formatEndpoints`.
    let table = run(&mut lab, &at, "kubectl get ep web -n shop").output.text();
    let described = run(&mut lab, &at, "kubectl describe ep web -n shop").output.text();
    assert!(table.contains(":8080,") && described.contains("NotReadyAddresses:  <none>"), "{table}{described}");
}

/// The DaemonSet and Pods of cmd/kubeadm/app/phases/addons/proxy/manifests.go, and the ConfigMap with every field that
/// staging/src/k8s.io/kube-proxy/config/v1alpha1/types.go has without `omitempty`.
#[test]
fn kube_proxys_objects_are_kubeadms() {
    let (mut lab, at) = open(WEB_SHOP);
    let map = object(&mut lab, "kubectl get cm kube-proxy -n kube-system -o json");
    let text = map["data"]["config.conf"].as_str().expect("a configuration");
    for line in [
        "mode: \"\"",
        "configSyncPeriod: 0s",
        "  scheduler: \"\"",
        "  strictARP: false",
        "clusterCIDR: 10.244.0.0/16",
        "bindAddress: 0.0.0.0",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}: {text}");
    }
    let mut says = |line: &str| run(&mut lab, &at, line).output.text();
    let nodes = says("kubectl get nodes -o name").lines().count();
    let set = says("kubectl get ds -A");
    let cells: Vec<&str> = set.lines().nth(1).expect("a DaemonSet").split_whitespace().collect();
    let count = nodes.to_string();
    assert_eq!(cells[..2], ["kube-system", "kube-proxy"]);
    assert_eq!(cells[2..7], [&*count; 5]);
    assert_eq!(cells[7], "kubernetes.io/os=linux");
    let pods = says("kubectl get pods -n kube-system -l k8s-app=kube-proxy -o wide --no-headers");
    assert_eq!(pods.lines().filter(|line| line.starts_with("kube-proxy-") && line.contains("1/1")).count(), nodes);
    assert!(says("kubectl get ep,endpointslices -A").lines().all(|line| !line.contains("kube-proxy")));
    let deleted = says("kubectl delete pod -n kube-system -l k8s-app=kube-proxy");
    assert_eq!(deleted.lines().count(), nodes);
    assert!(deleted.lines().all(|line| line.ends_with("\" deleted from kube-system namespace")), "{deleted}");
    let after = says("kubectl get pods -n kube-system -l k8s-app=kube-proxy -o wide --no-headers");
    assert!(after.lines().count() == nodes && after.lines().all(|line| !pods.contains(&line[..16])), "{after}");
    assert_eq!(
        says("kubectl rollout status ds/kube-proxy -n kube-system"),
        "daemon set \"kube-proxy\" successfully rolled out\n"
    );
    assert_eq!(
        says("kubectl rollout status ds/kube-proxy"),
        "Error from server (NotFound): daemonsets.apps \"kube-proxy\" not found\n"
    );
    let refused = run(&mut lab, &at, "kubectl label ds kube-proxy -n kube-system a=b").output;
    assert_eq!(refused.remarks().map(|remark| remark.id()).collect::<Vec<_>>(), ["shell-own-proxy"]);
}

const SETS: &str = "kubectl apply -f - <<'EOF'
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  replicas: 3
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: db, readinessProbe: {tcpSocket: {port: 1}}}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: agent, readinessProbe: {tcpSocket: {port: 1}}}]}
EOF";

/// In the words of staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go and pkg/cmd/rollout.
#[test]
fn sets_are_rolled_out() {
    let (mut lab, at) = open(WEB_SHOP);
    let mut says = |line: &str| run(&mut lab, &at, line).output.text();
    assert_eq!(says(SETS), "statefulset.apps/db created\ndaemonset.apps/agent created\n");
    let mut expect =
        |line: &str, printed: &str| assert_eq!(says(&format!("kubectl {line} -n shop")), printed, "{line}");
    expect("rollout status sts/db", "partitioned roll out complete: 3 new pods have been updated...\n");
    expect("rollout status ds agent", "daemon set \"agent\" successfully rolled out\n");
    expect("rollout restart sts db", "statefulset.apps/db restarted\n");
    expect("rollout restart ds/agent", "daemonset.apps/agent restarted\n");
    expect("rollout status sts/db", "partitioned roll out complete: 3 new pods have been updated...\n");
    let strategy = "{\"spec\":{\"updateStrategy\":";
    expect(
        &format!("patch sts db --type merge -p '{strategy}{{\"rollingUpdate\":{{\"partition\":2}}}}}}}}'"),
        "statefulset.apps/db patched\n",
    );
    expect("rollout restart sts db", "statefulset.apps/db restarted\n");
    expect("rollout status sts/db", "partitioned roll out complete: 1 new pods have been updated...\n");
    let set = |says: &mut dyn FnMut(&str) -> String, line: &str| {
        says(&format!("kubectl get sts db -n shop -o jsonpath='{{.status.{line}}}'"))
    };
    let [current, update] = ["currentRevision", "updateRevision"].map(|field| set(&mut says, field));
    assert_ne!(current, update);
    let hash = "-o jsonpath='{.metadata.labels.controller-revision-hash}'";
    let pods: Vec<String> = (0..3).map(|pod| says(&format!("kubectl get pod db-{pod} -n shop {hash}"))).collect();
    assert_eq!(pods, [current.clone(), current, update.clone()]);
    assert_eq!(
        (set(&mut says, "currentReplicas"), set(&mut says, "updatedReplicas")),
        ("2".to_owned(), "1".to_owned())
    );
    let described = says("kubectl describe sts db -n shop");
    assert!(described.contains("\nUpdate Strategy:    RollingUpdate\n  Partition:        2\n"), "{described}");
    let mut expect =
        |line: &str, printed: &str| assert_eq!(says(&format!("kubectl {line} -n shop")), printed, "{line}");
    expect(
        &format!("patch sts db --type merge -p '{strategy}{{\"rollingUpdate\":null}}}}}}'"),
        "statefulset.apps/db patched\n",
    );
    expect("rollout status sts/db", &format!("statefulset rolling update complete 3 pods at revision {update}...\n"));
    for (set, name) in [("sts", "statefulset.apps/db"), ("ds", "daemonset.apps/agent")] {
        let patch = format!("{strategy}{{\"type\":\"OnDelete\",\"rollingUpdate\":null}}}}}}");
        let (_, own) = name.split_once('/').expect("a name");
        expect(&format!("patch {set} {own} --type merge -p '{patch}'"), &format!("{name} patched\n"));
        expect(
            &format!("rollout status {name}"),
            "error: rollout status is only available for RollingUpdate strategy type\n",
        );
    }
    expect("rollout restart ds agent", "daemonset.apps/agent restarted\n");
    let cells = says("kubectl get ds agent -n shop --no-headers");
    assert_eq!(cells.split_whitespace().collect::<Vec<_>>()[1..6], ["3", "3", "3", "0", "3"], "{cells}");
    let refused = says("kubectl rollout status svc/web -n shop");
    assert_eq!(refused, "error: no status viewer has been implemented for Service\n");
}

/// What is saved is the whole file, and only what is other than shown is taken over.
#[test]
fn a_mode_is_named_in_the_config_map() {
    let (mut lab, at) = open(WEB_SHOP);
    let before = lab.assumptions.cluster_cidrs.clone();
    let edit = run(&mut lab, &at, "kubectl edit cm kube-proxy -n kube-system").edit.expect("an editor");
    let ran = run(&mut lab, &at, &edit.saved(&edit.text.replace("mode: \"\"", "mode: ipvs")));
    let remarks: Vec<String> = ran.output.remarks().map(ToString::to_string).collect();
    assert!(remarks.iter().any(|remark| remark.contains("is ipvs now")), "{remarks:?}");
    run(&mut lab, &at, "kubectl rollout restart ds kube-proxy -n kube-system");
    assert_eq!(lab.assumptions.configured(), ["mode", "clusterCIDR"]);
    assert_eq!(lab.assumptions.cluster_cidrs, before);
    assert!(
        run(&mut lab, &at, "kubectl get cm kube-proxy -n kube-system -o yaml").output.text().contains("mode: ipvs\n")
    );
}

/// `strategicPatchObject` and `applyJSPatch` of staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go, with what
/// Go's encoding/json says.
#[test]
fn patches_that_are_no_json_go_to_the_server() {
    let (mut lab, at) = open(WEB_SHOP);
    let mut says = |line: &str| run(&mut lab, &at, line).output.text();
    let why = "invalid character 'b' looking for beginning of object key string\n";
    assert_eq!(says("kubectl patch svc web -n shop -p '{bad'"), format!("Error from server (BadRequest): {why}"));
    assert_eq!(
        says("kubectl patch svc web -n shop --type merge -p '{bad'"),
        format!("Error from server (BadRequest): error decoding patch: {why}")
    );
    let operation = r#"[{"op": "replace", "path": "/spec/ports/0/port", "value": 81}]"#;
    assert_eq!(says(&format!("kubectl patch svc web -n shop --type json -p '{operation}'")), "service/web patched\n");
    assert!(says("kubectl get svc web -n shop").contains(" 81:"));
}

/// As MetalLB's and many other instructions have it.
#[test]
fn the_config_map_goes_through_sed() {
    let (mut lab, at) = open(WEB_SHOP);
    let line = "kubectl get cm kube-proxy -n kube-system -o yaml | sed -e 's/strictARP: false/strictARP: true/' | \
                kubectl apply -f - -n kube-system";
    assert_eq!(run(&mut lab, &at, line).output.text(), "configmap/kube-proxy configured\n");
    run(&mut lab, &at, "kubectl rollout restart ds kube-proxy -n kube-system");
    assert!(lab.assumptions.configured().contains(&"ipvs.strictARP".to_owned()));
}

fn service(spec: &str) -> String {
    format!("kubectl create -f - <<'EOF'\napiVersion: v1\nkind: Service\nmetadata: {{name: z}}\nspec: {spec}\nEOF")
}

/// `initNodePorts` and `allocIPs` of pkg/registry/core/service/storage/alloc.go, with the words of portallocator and
/// ipallocator; they follow validation, and the first of them ends it.
#[test]
fn addresses_and_node_ports_are_allocated() {
    let (mut lab, at) = open(WEB_SHOP);
    let mut says = |line: &str| run(&mut lab, &at, line).output.text();
    let invalid = |why: &str| format!("The Service \"z\" is invalid: {why}\n");
    let range = "provided port is not in the valid range. The range of valid ports is 30000-32767";
    let port = "spec.ports[0].nodePort: Invalid value:";
    assert_eq!(
        says(&service("{type: NodePort, ports: [{port: 80, nodePort: 1}]}")),
        invalid(&format!("{port} 1: {range}"))
    );
    assert_eq!(
        says(&service("{type: NodePort, ports: [{port: 80, nodePort: 30080}]}")),
        invalid(&format!("{port} 30080: provided port is already allocated"))
    );
    assert_eq!(
        says(&service("{clusterIP: 10.96.0.10, ports: [{port: 80}]}")),
        invalid(
            "spec.clusterIPs: Invalid value: [\"10.96.0.10\"]: failed to allocate IP 10.96.0.10: provided IP is already \
             allocated"
        )
    );
    assert_eq!(
        says(&service(
            "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 1, ports: [{port: 80}]}"
        )),
        format!(
            "Error from server (InternalError): error when creating \"STDIN\": Internal error occurred: failed to allocate \
             requested HealthCheck NodePort 1: {range}\n"
        )
    );
    assert_eq!(
        says("kubectl create svc nodeport z --tcp=80 --node-port=80000"),
        format!("error: failed to create NodePort service: Service \"z\" is invalid: {port} 80000: {range}\n")
    );
    assert_eq!(
        says("kubectl patch svc web -n shop --type merge -p '{\"spec\":{\"ports\":[{\"port\":80,\"nodePort\":1}]}}'"),
        format!("The Service \"web\" is invalid: {port} 1: {range}\n")
    );
    // What it has, it keeps.
    let replaced = says("kubectl get svc web -n shop -o yaml | sed 's/port: 80$/port: 81/' | kubectl replace -f -");
    assert_eq!(replaced, "service/web replaced\n");
    assert!(says("kubectl get svc web -n shop").contains(" 81:30080/TCP "));
    // A cluster whose text has other node ports has another range.
    let (mut lab, at) = open(&WEB_SHOP.replace("nodePort: 30080", "nodePort: 20080"));
    let ran = run(&mut lab, &at, &service("{type: NodePort, ports: [{port: 80, nodePort: 20081}]}"));
    assert_eq!(ran.output.text(), "service/z created\n");
}

/// `validateService` tells all that is wrong, a sentence each where kubectl prints the causes (`checkErr`), and in brackets
/// where it prints the message (`ErrorList.ToAggregate`).
#[test]
fn all_that_is_wrong_is_told() {
    let (mut lab, at) = open(WEB_SHOP);
    let mut says = |line: &str| run(&mut lab, &at, line).output.text();
    let kinds = "supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"";
    let range = "must be between 1 and 65535, inclusive";
    assert_eq!(
        says(&service("{type: Foo, ports: [{targetPort: http}]}")),
        format!(
            "The Service \"z\" is invalid: \n* spec.ports[0].port: Invalid value: 0: {range}\n* spec.type: Unsupported value: \
             \"Foo\": {kinds}\n"
        )
    );
    let said = says("kubectl create svc clusterip Z_1 --tcp=80,80");
    let head = "error: failed to create ClusterIP service: Service \"Z_1\" is invalid: ";
    assert!(said.starts_with(head), "{said}");
    let nameless = says("kubectl create -f - <<'EOF'\napiVersion: v1\nkind: Service\nspec: {ports: [{port: 80}]}\nEOF");
    assert_eq!(
        nameless,
        "The Service \"\" is invalid: metadata.name: Required value: name or generateName is required\n"
    );
}

/// `transformDecodeError` of the API server, and `applyPatchToObject` with what `FromUnstructured` says.
#[test]
fn what_is_of_another_type_is_no_object() {
    let (mut lab, at) = open(WEB_SHOP);
    let mut says = |line: &str| run(&mut lab, &at, line).output.text();
    assert_eq!(
        says(&service("{ports: [{port: '80'}]}")),
        "Error from server (BadRequest): error when creating \"STDIN\": Service in version \"v1\" cannot be handled as a \
         Service: json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32\n"
    );
    assert_eq!(
        says("kubectl patch svc web -n shop -p '{\"spec\":{\"ports\":[{\"port\":\"80\"}]}}'"),
        "The request is invalid: patch: Invalid value: \"map[spec:map[ports:[map[port:80]]]]\": unrecognized type: int32\n"
    );
    let applied =
        says("kubectl get svc cart -n shop -o yaml | sed 's/sessionAffinity: None/foo: 1/' | kubectl apply -f -");
    assert!(
        applied.starts_with("The request is invalid: patch: Invalid value: \"map[metadata:map[annotations:map["),
        "{applied}"
    );
    assert!(applied.ends_with("spec:map[foo:1]]\": strict decoding error: unknown field \"spec.foo\"\n"), "{applied}");
    let edited =
        run(&mut lab, &at, "KUBE_EDITOR='sed -i s/targetPort:/targetport:/' kubectl edit svc cart -n shop").output;
    assert!(edited.text().starts_with("error: services \"cart\" is invalid\n"), "{}", edited.text());
}

/// Namespaces are those of `systemNamespaces`, and those of objects; a Pod is looked for in one of them.
#[test]
fn namespaces_are_listed_and_kept_apart() {
    let (mut lab, at) = open(WEB_SHOP);
    let mut says = |line: &str| run(&mut lab, &at, line).output.text();
    assert_eq!(
        says("kubectl get ns -o name"),
        "namespace/default\nnamespace/kube-node-lease\nnamespace/kube-public\nnamespace/kube-system\nnamespace/shop\n"
    );
    assert!(says("kubectl get ns").starts_with("NAME              STATUS   AGE\ndefault           Active   "));
    assert_eq!(
        says("kubectl describe ns shop"),
        "Name:         shop\nLabels:       kubernetes.io/metadata.name=shop\nAnnotations:  <none>\nStatus:       Active\n\nNo \
         resource quota.\n\nNo LimitRange resource.\n"
    );
    let pod = says("kubectl get pods -n shop -l app=web -o jsonpath='{.items[0].metadata.name}'");
    let pod = pod.trim();
    assert_eq!(
        says(&format!("kubectl exec {pod} -- hostname")),
        format!("Error from server (NotFound): pods \"{pod}\" not found\n")
    );
    assert_eq!(says(&format!("kubectl exec -n shop {pod} -- hostname")), format!("{pod}\n"));
}

/// What a dry run of the server shows has what the server would give it, and nothing comes of it.
#[test]
fn a_dry_run_changes_nothing() {
    let (mut lab, at) = open(WEB_SHOP);
    let before = lab.cluster.clone();
    let mut says = |line: &str| run(&mut lab, &at, line).output.text();
    let shown = says("kubectl create svc nodeport dry --tcp=80 --dry-run=server -o yaml");
    assert!(shown.contains("\n  clusterIP: 10.96.") && shown.contains("\n    nodePort: 3"), "{shown}");
    assert_eq!(says("kubectl run dry --image=x --dry-run=server"), "pod/dry created (server dry run)\n");
    assert_eq!(
        says("kubectl create svc nodeport web -n shop --tcp=80 --dry-run=server"),
        "error: failed to create NodePort service: services \"web\" already exists\n"
    );
    assert_eq!(
        says(
            "kubectl get svc web -n shop -o yaml | sed 's/port: 80$/port: 81/' | kubectl replace --dry-run=server -f -"
        ),
        "service/web replaced (server dry run)\n"
    );
    assert_eq!(lab.cluster, before);
}

/// What the API server and the controllers write into objects, as far as the lab can tell it: times are those of AGE, an
/// identity is another one for an object that is made anew, and counts are those of the table.
#[test]
fn objects_have_times_identities_and_counts() {
    let (mut lab, at) = open(WEB_SHOP);
    let mut says = |line: &str| run(&mut lab, &at, line).output.text().trim().to_owned();
    let time = "kubectl get svc cart -n shop -o jsonpath='{.metadata.creationTimestamp}'";
    let uid = "kubectl get svc cart -n shop -o jsonpath='{.metadata.uid}'";
    assert_eq!(says(time), "1970-01-01T00:00:00Z");
    let before = says(uid);
    let parts: Vec<usize> = before.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12], "{before}");
    assert_eq!(says(uid), before);
    says("kubectl get svc cart -n shop -o yaml > cart.yaml; kubectl delete -f cart.yaml; kubectl create -f cart.yaml");
    assert!(says(time).as_str() > "1970-01-01T00:00:00Z");
    assert_ne!(says(uid), before);
    assert_eq!(
        says("kubectl get deploy web -n shop -o jsonpath='{.status.readyReplicas}/{.status.replicas}'"),
        says("kubectl get deploy web -n shop --no-headers").split_whitespace().nth(1).unwrap_or_default()
    );
    assert_eq!(says("kubectl get svc cart -n shop -o jsonpath='{.status}'"), "{\"loadBalancer\":{}}");
    assert_eq!(says("kubectl get node node1 -o jsonpath='{.status.nodeInfo.kubeletVersion}'"), "v1.36.2");
}

/// A node shows the version that the text gives; one without shows that of the lab's control plane.
#[test]
fn nodes_have_the_version_of_their_kubelet() {
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: old}\nstatus:\n  addresses: [{type: InternalIP, address: \
        192.168.7.7}]\n  nodeInfo: {kubeletVersion: v1.35.0, osImage: Debian GNU/Linux 12 (bookworm), architecture: amd64, \
        kernelVersion: 6.1.0-18-amd64, containerRuntimeVersion: 'containerd://1.7.1'}\n";
    let (mut lab, at) = open(&format!("{WEB_SHOP}\n---\n{node}"));
    let mut says = |line: &str| run(&mut lab, &at, line).output.text();
    assert!(says("kubectl get node old --no-headers").ends_with("v1.35.0\n"));
    assert!(says("kubectl get node node1 --no-headers").ends_with(" v1.36.2\n"));
    assert!(says("kubectl version").ends_with("Server Version: v1.36.2\n"));
    let wide = says("kubectl get node old -o wide --no-headers");
    let info = "192.168.7.7   <none>   Debian GNU/Linux 12 (bookworm)   6.1.0-18-amd64 (amd64)   containerd://1.7.1\n";
    assert!(wide.ends_with(info), "{wide}");
    assert!(says("kubectl get node old -o jsonpath='{.status.nodeInfo.kubeletVersion}'").starts_with("v1.35.0"));
    assert!(says("kubectl get nodes --field-selector metadata.name=old -o name").starts_with("node/old\n"));
}
