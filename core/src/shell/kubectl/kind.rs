use super::super::Status;
use super::super::call::Call;
use super::known_kinds;
use crate::k8s::{Resource, WorkloadKind};

/// What a word such as `svc` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Object(Resource),
    /// What the control plane keeps for programs of before EndpointSlices.
    Endpoints,
    /// Only kube-proxy's own.
    ConfigMap,
    /// Those that every cluster has, and those of its objects.
    Namespace,
}

/// Kind, plural, short name, group.
const NAMES: [(Kind, &str, &str, &str); 11] = [
    (Kind::Object(Resource::Service), "services", "svc", ""),
    (Kind::Object(Resource::EndpointSlice), "endpointslices", "", "discovery.k8s.io"),
    (Kind::Object(Resource::Workload(WorkloadKind::Deployment)), "deployments", "deploy", "apps"),
    (Kind::Object(Resource::Workload(WorkloadKind::ReplicaSet)), "replicasets", "rs", "apps"),
    (Kind::Object(Resource::Workload(WorkloadKind::StatefulSet)), "statefulsets", "sts", "apps"),
    (Kind::Object(Resource::Workload(WorkloadKind::DaemonSet)), "daemonsets", "ds", "apps"),
    (Kind::Object(Resource::Pod), "pods", "po", ""),
    (Kind::Object(Resource::Node), "nodes", "no", ""),
    (Kind::Endpoints, "endpoints", "ep", ""),
    (Kind::ConfigMap, "configmaps", "cm", ""),
    (Kind::Namespace, "namespaces", "ns", ""),
];

/// `kubectl get all` of what the lab has.
const ALL: [Kind; 6] = [
    Kind::Object(Resource::Pod),
    Kind::Object(Resource::Service),
    Kind::Object(Resource::Workload(WorkloadKind::DaemonSet)),
    Kind::Object(Resource::Workload(WorkloadKind::Deployment)),
    Kind::Object(Resource::Workload(WorkloadKind::ReplicaSet)),
    Kind::Object(Resource::Workload(WorkloadKind::StatefulSet)),
];

impl Kind {
    fn entry(self) -> &'static (Self, &'static str, &'static str, &'static str) {
        NAMES.iter().find(|(kind, ..)| *kind == self).unwrap_or(&NAMES[0])
    }

    /// What kinds are called, without their short names.
    pub fn words() -> Vec<String> {
        NAMES.iter().map(|(_, plural, ..)| (*plural).to_owned()).collect()
    }

    pub fn find(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        let named = |(kind, plural, short, group): &&(Self, &str, &str, &str)| {
            let singular = kind.singular();
            let full = |name: &str| !group.is_empty() && word == format!("{name}.{group}");
            word == *plural
                || word == singular
                || (!short.is_empty() && word == *short)
                || full(plural)
                || full(&singular)
        };
        NAMES.iter().find(named).map(|(kind, ..)| *kind)
    }

    pub fn of_kind(kind: &str) -> Option<Self> {
        Resource::ALL.into_iter().find(|resource| resource.kind() == kind).map(Self::Object)
    }

    pub fn singular(self) -> String {
        match self {
            Self::Object(resource) => resource.name(),
            Self::Endpoints => "endpoints".to_owned(),
            Self::ConfigMap => "configmap".to_owned(),
            Self::Namespace => "namespace".to_owned(),
        }
    }

    /// With its group: `deployments.apps`.
    pub fn plural(self) -> String {
        let (_, plural, _, group) = self.entry();
        if group.is_empty() { (*plural).to_owned() } else { format!("{plural}.{group}") }
    }

    /// `deployment.apps`
    pub fn grouped(self) -> String {
        let (.., group) = self.entry();
        if group.is_empty() { self.singular() } else { format!("{}.{group}", self.singular()) }
    }

    /// `apps/v1, Resource=deployments`
    pub fn group_version_resource(self) -> String {
        let (_, plural, _, group) = self.entry();
        format!("{group}/v1, Resource={plural}")
    }

    pub const fn is_namespaced(self) -> bool {
        !matches!(self, Self::Object(Resource::Node) | Self::Namespace)
    }

    pub const fn resource(self) -> Option<Resource> {
        match self {
            Self::Object(resource) => Some(resource),
            Self::Endpoints | Self::ConfigMap | Self::Namespace => None,
        }
    }
}

/// `missingResourceError`
const NO_RESOURCE: &str = "You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'";

/// What the words of a command are about: kinds, and the names of objects where there are any.
pub(super) fn targets<'w>(call: &mut Call<'_>, words: &[&'w str]) -> Result<Vec<(Kind, Option<&'w str>)>, Status> {
    let known = |call: &mut Call<'_>, word: &str| {
        Kind::find(word).ok_or_else(|| {
            if let Some(kind) = known_kinds::named(word) {
                call.remark(crate::message!("shell-kind-not-kept", kind = kind));
                return 1;
            }
            call.err(&format!("error: the server doesn't have a resource type \"{word}\"\n"));
            1
        })
    };
    let mut targets = Vec::new();
    if words.iter().any(|word| word.contains('/')) {
        for word in words {
            let Some((kind, name)) = word.split_once('/') else {
                call.err("error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'\n");
                return Err(1);
            };
            let flaw = match (kind, name) {
                _ if name.contains('/') => "arguments in resource/name form may not have more than one slash",
                ("", _) | (_, "") => "arguments in resource/name form must have a single resource and name",
                _ if kind.contains(',') => "arguments in resource/name form must have a single resource and name",
                _ => {
                    targets.push((known(call, kind)?, Some(name)));
                    continue;
                }
            };
            call.err(&format!("error: {flaw}\n"));
            return Err(1);
        }
        return Ok(targets);
    }
    let Some((kinds, names)) = words.split_first() else {
        call.err(&format!("error: {NO_RESOURCE}\n"));
        return Err(1);
    };
    for word in kinds.split(',') {
        let kinds = if word == "all" { ALL.to_vec() } else { vec![known(call, word)?] };
        for kind in kinds {
            if names.is_empty() {
                targets.push((kind, None));
            }
            targets.extend(names.iter().map(|name| (kind, Some(*name))));
        }
    }
    Ok(targets)
}
