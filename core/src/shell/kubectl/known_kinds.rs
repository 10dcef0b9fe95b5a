/// The kinds of Kubernetes v1.36 that a cluster has by itself, by their versions.
#[rustfmt::skip]
const KINDS: [(&str, &str); 20] = [
    (
        "v1",
        "Binding ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount",
    ),
    (
        "admissionregistration.k8s.io/v1",
        "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration",
    ),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("apiregistration.k8s.io/v1", "APIService"),
    ("apps/v1", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet"),
    ("autoscaling/v1", "HorizontalPodAutoscaler"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("batch/v1", "CronJob Job"),
    ("certificates.k8s.io/v1", "CertificateSigningRequest"),
    ("coordination.k8s.io/v1", "Lease"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
    ("events.k8s.io/v1", "Event"),
    ("flowcontrol.apiserver.k8s.io/v1", "FlowSchema PriorityLevelConfiguration"),
    ("networking.k8s.io/v1", "IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR"),
    ("node.k8s.io/v1", "RuntimeClass"),
    ("policy/v1", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole ClusterRoleBinding Role RoleBinding"),
    ("resource.k8s.io/v1", "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice"),
    ("scheduling.k8s.io/v1", "PriorityClass"),
    ("storage.k8s.io/v1", "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass"),
];

/// Whether an API server has a kind before somebody brings its definition.
pub(super) fn has(version: &str, kind: &str) -> bool {
    KINDS.iter().any(|(known, kinds)| *known == version && kinds.split(' ').any(|known| known == kind))
}

/// Short names of kinds that the lab does not have.
const SHORT: [(&str, &str); 19] = [
    ("cj", "CronJob"),
    ("crd", "CustomResourceDefinition"),
    ("crds", "CustomResourceDefinition"),
    ("csr", "CertificateSigningRequest"),
    ("ev", "Event"),
    ("hpa", "HorizontalPodAutoscaler"),
    ("ing", "Ingress"),
    ("limits", "LimitRange"),
    ("netpol", "NetworkPolicy"),
    ("ns", "Namespace"),
    ("pc", "PriorityClass"),
    ("pdb", "PodDisruptionBudget"),
    ("pv", "PersistentVolume"),
    ("pvc", "PersistentVolumeClaim"),
    ("quota", "ResourceQuota"),
    ("rc", "ReplicationController"),
    ("sa", "ServiceAccount"),
    ("sc", "StorageClass"),
    ("ip", "IPAddress"),
];

/// The kind that a word such as `ns` or `ingresses` means.
pub(super) fn named(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let is_it = |kind: &&str| {
        let singular = kind.to_ascii_lowercase();
        let plural = match singular.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None if singular.ends_with('s') => format!("{singular}es"),
            None => format!("{singular}s"),
        };
        word == singular || word == plural
    };
    let short = SHORT.iter().find(|(short, _)| *short == word).map(|(_, kind)| *kind);
    short.or_else(|| KINDS.iter().flat_map(|(_, kinds)| kinds.split(' ')).find(is_it))
}
