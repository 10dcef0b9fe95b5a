use serde_json::{Value, json};

use super::{Fields, metadata, object, owner_references, pod};
use crate::k8s::{
    Controller, CountOrPercent, DaemonSetUpdate, LabelSelector, Operator, Requirement, StatefulSetUpdate, Strategy,
    Workload,
};

pub(crate) fn workload(workload: &Workload) -> Value {
    let mut metadata = metadata(&workload.name, &workload.labels);
    metadata.put("ownerReferences", owner_references(workload.owner.as_ref()));
    let mut object = object("apps/v1", workload.kind().name(), metadata);
    let mut spec = Fields::default();
    spec.put("replicas", json!(workload.replicas()));
    spec.keep("selector", selector(&workload.selector));
    match &workload.controller {
        Controller::Deployment { strategy, .. } => spec.keep("strategy", self::strategy(*strategy)),
        Controller::StatefulSet { service_name, is_parallel, first_ordinal, update, .. } => {
            spec.put("serviceName", json!(service_name.as_deref()));
            spec.keep("podManagementPolicy", json!(if *is_parallel { "Parallel" } else { "OrderedReady" }));
            if *first_ordinal > 0 {
                spec.keep("ordinals", json!({ "start": first_ordinal }));
            }
            spec.keep("updateStrategy", stateful_set_update(*update));
        }
        Controller::DaemonSet { update } => spec.keep("updateStrategy", daemon_set_update(*update)),
        Controller::ReplicaSet { .. } => {}
    }
    spec.keep("template", pod::template(&workload.template));
    object.keep("spec", spec.into());
    object.into()
}

fn selector(selector: &LabelSelector) -> Value {
    let mut fields = Fields::default();
    fields.put("matchLabels", json!(selector.match_labels));
    fields.put("matchExpressions", selector.match_expressions.iter().map(requirement).collect());
    fields.into()
}

fn requirement(Requirement { key, operator }: &Requirement) -> Value {
    let (name, values) = match operator {
        Operator::In(values) => ("In", Some(values)),
        Operator::NotIn(values) => ("NotIn", Some(values)),
        Operator::Exists => ("Exists", None),
        Operator::DoesNotExist => ("DoesNotExist", None),
    };
    let mut fields = Fields::default();
    fields.keep("key", json!(key));
    fields.keep("operator", json!(name));
    fields.put("values", json!(values));
    fields.into()
}

fn strategy(strategy: Strategy) -> Value {
    match strategy {
        Strategy::Recreate => json!({ "type": "Recreate" }),
        Strategy::RollingUpdate { max_surge, max_unavailable } => json!({
            "type": "RollingUpdate",
            "rollingUpdate": { "maxSurge": share(max_surge), "maxUnavailable": share(max_unavailable) },
        }),
    }
}

fn stateful_set_update(update: StatefulSetUpdate) -> Value {
    match update {
        StatefulSetUpdate::OnDelete => json!({ "type": "OnDelete" }),
        StatefulSetUpdate::RollingUpdate { partition: None } => json!({ "type": "RollingUpdate" }),
        StatefulSetUpdate::RollingUpdate { partition } => {
            json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": partition } })
        }
    }
}

fn daemon_set_update(update: DaemonSetUpdate) -> Value {
    let (surge, unavailable) = match update {
        DaemonSetUpdate::OnDelete => return json!({ "type": "OnDelete" }),
        DaemonSetUpdate::Replace { max_unavailable } => (json!(0), share(max_unavailable)),
        DaemonSetUpdate::Surge { max_surge } => (share(max_surge), json!(0)),
    };
    json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": surge, "maxUnavailable": unavailable } })
}

fn share(share: CountOrPercent) -> Value {
    match share {
        CountOrPercent::Count(count) => json!(count),
        CountOrPercent::Percent(_) => json!(share.to_string()),
    }
}
