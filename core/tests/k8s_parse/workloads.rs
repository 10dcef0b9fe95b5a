//! Pods, what makes them, and Endpoints.

use expect_test::expect;

use super::check;

fn deployment(spec: &str) -> String {
    format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  {spec}\n")
}

const SELECTOR: &str = "selector: {matchLabels: {app: web}}";
const TEMPLATE: &str = "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a}]}}";

fn with(more: &str) -> String {
    deployment(&format!("{SELECTOR}\n  {TEMPLATE}\n  {more}"))
}

#[test]
fn kinds_and_replicas() {
    let kind = |kind: &str, more: &str| with(more).replace("kind: Deployment", &format!("kind: {kind}"));
    let cases = [
        ("a Deployment", with("replicas: 3")),
        ("a ReplicaSet", kind("ReplicaSet", "")),
        ("a StatefulSet", kind("StatefulSet", "podManagementPolicy: Sometimes")),
        ("a DaemonSet", kind("DaemonSet", "")),
        ("less than none", with("replicas: -1")),
        ("too many to count", with("replicas: 3000000000")),
        ("no spec", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n".to_owned()),
        ("an API that is gone", with("").replace("apps/v1", "extensions/v1beta1")),
        ("twice", with("") + "---\n" + &with("")),
    ];
    check(
        cases,
        &expect![[r#"
        a Deployment
          kept: Deployment default/web
        a ReplicaSet
          kept: ReplicaSet default/web
        a StatefulSet
          7:24: error: StatefulSet "web" is invalid: spec.podManagementPolicy: Invalid value: "Sometimes": must be 'OrderedReady' or 'Parallel'; expected one of OrderedReady, Parallel; write one of these, or leave the field out
          kept: nothing
        a DaemonSet
          kept: DaemonSet default/web
        less than none
          7:13: error: Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0; expected a number from 0 to 2147483647; correct the number
          kept: nothing
        too many to count
          7:13: error: Deployment "web" is invalid: spec.replicas: Invalid value: 3000000000: must be greater than or equal to 0; expected a number from 0 to 2147483647; correct the number
          kept: nothing
        no spec
          1:1: error: Deployment "web" is invalid: spec: Required value; expected a spec; paste the whole object as kubectl prints it
          kept: nothing
        an API that is gone
          1:13: error: Deployment "web" is invalid: apiVersion: Invalid value: "extensions/v1beta1": is not read here; expected apps/v1; write the apiVersion that kubectl prints
          kept: nothing
        twice
          9:1: error: deployments "web" already exists: it is also at line 1; expected every object once; delete one of the two
          kept: Deployment default/web
    "#]],
    );
}

#[test]
fn selectors_and_templates() {
    let expressions = "{key: app, operator: Is, values: [web]}, {key: a, operator: In}, \
                       {key: b, operator: Exists, values: [c]}";
    let cases = [
        ("no selector", deployment(TEMPLATE)),
        ("an empty selector", deployment(&format!("selector: {{}}\n  {TEMPLATE}"))),
        ("no template", deployment(SELECTOR)),
        ("another selector", deployment(&format!("selector: {{matchLabels: {{app: cart}}}}\n  {TEMPLATE}"))),
        ("expressions", deployment(&format!("selector: {{matchExpressions: [{expressions}]}}\n  {TEMPLATE}"))),
    ];
    check(
        cases,
        &expect![[r#"
        no selector
          5:3: error: Deployment "web" is invalid: spec.selector: Required value; expected matchLabels that the template's labels have; write the labels of the template
          kept: nothing
        an empty selector
          5:13: error: Deployment "web" is invalid: spec.selector: Invalid value: {}: empty selector is invalid for deployment; expected matchLabels that the template's labels have; write the labels of the template
          kept: nothing
        no template
          5:3: error: Deployment "web" is invalid: spec.template: Required value; expected a Pod template with metadata and spec; paste the whole object
          kept: nothing
        another selector
          6:33: error: Deployment "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`; expected labels that the selector asks for; make the two agree
          kept: nothing
        expressions
          5:54: error: Deployment "web" is invalid: spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator; expected a key, an operator and values; compare with what kubectl prints
          5:74: error: Deployment "web" is invalid: spec.selector.matchExpressions[1].values: Required value: must be specified when `operator` is 'In' or 'NotIn'; expected a key, an operator and values; compare with what kubectl prints
          5:133: error: Deployment "web" is invalid: spec.selector.matchExpressions[2].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'; expected the field to be absent; delete the field
          6:33: error: Deployment "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`; expected labels that the selector asks for; make the two agree
          kept: nothing
    "#]],
    );
}

#[test]
fn strategies() {
    let cases = [
        ("a standstill", with("strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}")),
        ("more than all", with("strategy: {rollingUpdate: {maxUnavailable: 120%}}")),
        ("half a Pod", with("strategy: {rollingUpdate: {maxSurge: 1.5%}}")),
        ("a word", with("strategy: {rollingUpdate: {maxSurge: abc}}")),
        ("a quoted number", with("strategy: {rollingUpdate: {maxSurge: \"1\"}}")),
        ("two strategies", with("strategy: {type: Recreate, rollingUpdate: {}}")),
        ("Pods and a share", with("strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 50%}}")),
    ];
    check(
        cases,
        &expect![[r#"
        a standstill
          7:59: error: Deployment "web" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0; expected one of the two above 0, 100% at most; let the rollout change a Pod
          kept: nothing
        more than all
          7:46: error: Deployment "web" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "120%": must not be greater than 100%; expected one of the two above 0, 100% at most; let the rollout change a Pod
          kept: nothing
        half a Pod
          7:40: error: Deployment "web" is invalid: spec.strategy.rollingUpdate.maxSurge: Invalid value: "1.5%": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%'); expected a number or a percentage; correct it
          kept: nothing
        a word
          7:40: error: Deployment "web" is invalid: spec.strategy.rollingUpdate.maxSurge: Invalid value: "abc": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%'); expected a number or a percentage; correct it
          kept: nothing
        a quoted number
          7:40: error: Deployment "web" is invalid: spec.strategy.rollingUpdate.maxSurge: Invalid value: "1": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%'); expected a number or a percentage; correct it
          kept: nothing
        two strategies
          7:45: error: Deployment "web" is invalid: spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'; expected the field to be absent; delete the field
          kept: nothing
        Pods and a share
          kept: Deployment default/web
    "#]],
    );
}

/// In the words of pkg/apis/apps/validation.
#[test]
fn update_strategies() {
    let of = |kind: &str, strategy: &str| {
        with(&format!("updateStrategy: {strategy}")).replace("kind: Deployment", &format!("kind: {kind}"))
    };
    let cases = [
        ("StatefulSet", "{type: Sometimes}"),
        ("StatefulSet", "{type: OnDelete, rollingUpdate: {partition: 1}}"),
        ("StatefulSet", "{rollingUpdate: {partition: -1}}"),
        ("StatefulSet", "{type: RollingUpdate, rollingUpdate: {maxUnavailable: 0}}"),
        ("DaemonSet", "{type: Recreate, rollingUpdate: {maxUnavailable: 10%}}"),
        ("DaemonSet", "{type: OnDelete, rollingUpdate: {maxSurge: 1}}"),
        ("DaemonSet", "{rollingUpdate: {maxSurge: 1}}"),
        ("DaemonSet", "{rollingUpdate: {maxUnavailable: 0%}}"),
        ("DaemonSet", "{rollingUpdate: {maxUnavailable: 0, maxSurge: 101%}}"),
        ("DaemonSet", "{rollingUpdate: {maxUnavailable: 0, maxSurge: 30%}}"),
    ];
    check(
        cases.map(|(kind, strategy)| (strategy, of(kind, strategy))),
        &expect![[r#"
        {type: Sometimes}
          7:19: error: StatefulSet "web" is invalid: spec.updateStrategy: Invalid value: {"Type":"Sometimes","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'; expected one of RollingUpdate, OnDelete; write one of these, or leave the field out
          kept: nothing
        {type: OnDelete, rollingUpdate: {partition: 1}}
          7:51: error: StatefulSet "web" is invalid: spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'; expected the field to be absent; delete the field
          kept: nothing
        {rollingUpdate: {partition: -1}}
          7:47: error: StatefulSet "web" is invalid: spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0; expected a number from 0 to 2147483647; correct the number
          kept: nothing
        {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0}}
          kept: StatefulSet default/web
        {type: Recreate, rollingUpdate: {maxUnavailable: 10%}}
          7:19: error: DaemonSet "web" is invalid: spec.updateStrategy: Unsupported value: {"Type":"Recreate","RollingUpdate":{"MaxUnavailable":"10%","MaxSurge":0}}: supported values: "RollingUpdate", "OnDelete"; expected one of RollingUpdate, OnDelete; write one of these, or leave the field out
          kept: nothing
        {type: OnDelete, rollingUpdate: {maxSurge: 1}}
          kept: DaemonSet default/web
        {rollingUpdate: {maxSurge: 1}}
          7:46: error: DaemonSet "web" is invalid: spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero; expected one of the two above 0, 100% at most; correct it
          kept: nothing
        {rollingUpdate: {maxUnavailable: 0%}}
          7:35: error: DaemonSet "web" is invalid: spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0; expected one of the two above 0, 100% at most; let the rollout change a Pod
          kept: nothing
        {rollingUpdate: {maxUnavailable: 0, maxSurge: 101%}}
          7:65: error: DaemonSet "web" is invalid: spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: "101%": must not be greater than 100%; expected one of the two above 0, 100% at most; let the rollout change a Pod
          kept: nothing
        {rollingUpdate: {maxUnavailable: 0, maxSurge: 30%}}
          kept: DaemonSet default/web
    "#]],
    );
}

#[test]
fn pods() {
    let pod = |rest: &str| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: web-0}}\n{rest}\n");
    let cases = [
        "spec: {containers: [{ports: [{name: http, containerPort: 80}, {name: http, containerPort: 81}]}]}",
        "spec: {containers: [{ports: [{name: HTTP, containerPort: 0}, {containerPort: 70000, protocol: ICMP}]}]}",
        "spec: {containers: []}",
        "spec: {containers: [5]}",
        "status: {podIPs: [{ip: 10.0.0.300}], phase: Sleeping}",
        "spec: {containers: [{}], hostname: Web_0, tolerations: [{effect: Never}]}",
        "spec: {containers: [{}]}\nstatus: {podIP: ''}",
    ];
    check(
        cases.map(|case| (case, pod(case))),
        &expect![[r#"
        spec: {containers: [{ports: [{name: http, containerPort: 80}, {name: http, containerPort: 81}]}]}
          4:70: error: Pod "web-0" is invalid: spec.containers[0].ports[1].name: Duplicate value: "http"; expected a name of its own for every port; rename the port
          kept: nothing
        spec: {containers: [{ports: [{name: HTTP, containerPort: 0}, {containerPort: 70000, protocol: ICMP}]}]}
          4:37: error: Pod "web-0" is invalid: spec.containers[0].ports[0].name: Invalid value: "HTTP": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-); expected a port number without quotes, or the name of a container port; correct it
          4:78: error: Pod "web-0" is invalid: spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number
          kept: nothing
        spec: {containers: []}
          4:7: error: Pod "web-0" is invalid: spec.containers: Required value; expected at least one container; paste the whole Pod
          kept: nothing
        spec: {containers: [5]}
          4:21: error: Pod "web-0" is invalid: spec.containers[0]: Invalid value: 5: must be an object; expected a container; compare with what kubectl prints
          kept: nothing
        status: {podIPs: [{ip: 10.0.0.300}], phase: Sleeping}
          1:1: error: Pod "web-0" is invalid: spec: Required value; expected a spec with containers; paste the whole Pod
          4:45: error: Pod "web-0" is invalid: status.phase: Unsupported value: "Sleeping": supported values: "Failed", "Pending", "Running", "Succeeded", "Unknown"; expected one of Failed, Pending, Running, Succeeded, Unknown; write one of these, or leave the field out
          kept: nothing
        spec: {containers: [{}], hostname: Web_0, tolerations: [{effect: Never}]}
          4:36: error: Pod "web-0" is invalid: spec.hostname: Invalid value: "Web_0": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc'); expected a name in lower case; write the name as kubectl prints it
          4:57: error: Pod "web-0" is invalid: spec.tolerations[0]: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"; expected operator: Exists; add it, or name a key
          4:66: error: Pod "web-0" is invalid: spec.tolerations[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"; expected one of NoSchedule, PreferNoSchedule, NoExecute; write one of these, or leave the field out
          kept: nothing
        spec: {containers: [{}]} ⏎ status: {podIP: ''}
          kept: Pod default/web-0
    "#]],
    );
}

#[test]
fn endpoints() {
    let endpoints =
        |subset: &str| format!("apiVersion: v1\nkind: Endpoints\nmetadata: {{name: web}}\nsubsets:\n- {subset}\n");
    let cases = [
        "{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}",
        "{}",
        "{addresses: [{ip: 127.0.0.1}, {ip: nowhere}, {}]}",
        "{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}, {name: b, port: 0}]}",
        "5",
    ];
    check(
        cases.map(|case| (case, endpoints(case))),
        &expect![[r#"
            {addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}
              1:1: warning: Endpoints "web" belongs to Service "default/web", which is not in the input; expected the Service beside its endpoints; paste services and endpointslices of the same namespaces; endpoints have no effect alone
              kept: Endpoints default/web
            {}
              1:1: warning: Endpoints "web" belongs to Service "default/web", which is not in the input; expected the Service beside its endpoints; paste services and endpointslices of the same namespaces; endpoints have no effect alone
              5:3: error: Endpoints "web" is invalid: subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`; expected a list of addresses; add one, or delete the subset
              kept: nothing
            {addresses: [{ip: 127.0.0.1}, {ip: nowhere}, {}]}
              1:1: warning: Endpoints "web" belongs to Service "default/web", which is not in the input; expected the Service beside its endpoints; paste services and endpointslices of the same namespaces; endpoints have no effect alone
              5:21: error: Endpoints "web" is invalid: subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128); expected an address that is reachable from other nodes; write such an address
              5:38: error: Endpoints "web" is invalid: subsets[0].addresses[1].ip: Invalid value: "nowhere": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff); expected an IPv4 or IPv6 address; correct the address
              5:48: error: Endpoints "web" is invalid: subsets[0].addresses[2].ip: Required value; expected an IP address; add it
              kept: nothing
            {addresses: [{ip: 10.0.0.1}], ports: [{port: 80}, {name: b, port: 0}]}
              1:1: warning: Endpoints "web" belongs to Service "default/web", which is not in the input; expected the Service beside its endpoints; paste services and endpointslices of the same namespaces; endpoints have no effect alone
              5:41: error: Endpoints "web" is invalid: subsets[0].ports[0].name: Required value; expected a name of its own for every port; name the ports
              5:69: error: Endpoints "web" is invalid: subsets[0].ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive; expected a port number from 1 to 65535; correct the number
              kept: nothing
            5
              1:1: warning: Endpoints "web" belongs to Service "default/web", which is not in the input; expected the Service beside its endpoints; paste services and endpointslices of the same namespaces; endpoints have no effect alone
              5:3: error: Endpoints "web" is invalid: subsets[0]: Invalid value: 5: must be an object; expected a subset with addresses and ports; compare with kubectl's output
              kept: nothing
        "#]],
    );
}
