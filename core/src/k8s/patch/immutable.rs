use serde_json::Value;

use crate::k8s::Resource;

/// What makes an object this one, and cannot be patched.
pub(super) fn check_immutable(resource: Resource, before: &Value, after: &Value) -> Result<(), Vec<String>> {
    let differs = |path: &&str| before.pointer(path) != after.pointer(path);
    let mut refused = Vec::new();
    let of_kind: &[&str] = match resource {
        Resource::Workload(_) => &["/spec/selector"],
        Resource::EndpointSlice => &["/addressType"],
        Resource::Service | Resource::Pod | Resource::Node => &[],
    };
    let of_all = ["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace"];
    for path in of_all.iter().chain(of_kind).filter(|path| differs(path)) {
        refused.push(format!("{}: Invalid value: field is immutable", dotted(path)));
    }
    match resource {
        // `ValidateNodeUpdate`
        Resource::Node => {
            if before.pointer("/spec/podCIDRs").is_some() && differs(&"/spec/podCIDRs") {
                refused.push(
                    "spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid"
                        .to_owned(),
                );
            }
        }
        // `ValidatePodUpdate`
        Resource::Pod => {
            if differs(&"/spec") {
                let rule = "pod updates may not change fields other than `spec.containers[*].image`, \
                            `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.tolerations` (only \
                            additions to existing tolerations), `spec.terminationGracePeriodSeconds`";
                refused.push(format!("spec: Forbidden: {rule}"));
            }
        }
        // A Service's: [`super::service`].
        Resource::Service | Resource::Workload(_) | Resource::EndpointSlice => {}
    }
    if refused.is_empty() { Ok(()) } else { Err(refused) }
}

fn dotted(path: &str) -> String {
    path.trim_start_matches('/').replace('/', ".")
}
