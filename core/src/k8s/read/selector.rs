//! `spec.selector` of workloads.

use super::cursor::Cursor;
use super::labels;
use super::report::{Remedy, Report};
use super::text;
use crate::k8s::{LabelSelector, Operator, Requirement, WorkloadKind};
use crate::message;

fn selector_remedy() -> Remedy {
    Remedy::new(message!("expected-match-labels"), message!("advice-template-labels"))
}

/// None where it is absent, empty or faulty.
pub(super) fn read(spec: &Cursor<'_>, kind: WorkloadKind, report: &mut Report) -> Option<LabelSelector> {
    let Some(at) = spec.mapping("selector", report) else {
        report.required(spec, "selector", "", selector_remedy());
        return None;
    };
    let match_labels = labels::read(&at, "matchLabels", report);
    let match_expressions = at.each("matchExpressions", report, requirement);
    let selector = LabelSelector { match_labels, match_expressions };
    if selector.is_empty() {
        // The API server says "deployment" for ReplicaSets too.
        let kind = match kind {
            WorkloadKind::Deployment | WorkloadKind::ReplicaSet => "deployment",
            WorkloadKind::StatefulSet => "statefulset",
            WorkloadKind::DaemonSet => "daemonset",
        };
        report.invalid(&at, "{}", &format!("empty selector is invalid for {kind}"), selector_remedy());
        return None;
    }
    Some(selector)
}

fn requirement(entry: &Cursor<'_>, report: &mut Report) -> Option<Requirement> {
    let remedy = || Remedy::new(message!("expected-requirement"), message!("advice-compare"));
    let Some(key) = entry.string("key", report) else {
        report.required(entry, "key", "", remedy());
        return None;
    };
    let Some(at) = entry.field("operator") else {
        report.required(entry, "operator", "", remedy());
        return None;
    };
    let values = entry.each("values", report, |at, report| at.text(report).map(str::to_owned));
    let operator = match at.text(report)? {
        "In" => Operator::In(values.clone()),
        "NotIn" => Operator::NotIn(values.clone()),
        "Exists" => Operator::Exists,
        "DoesNotExist" => Operator::DoesNotExist,
        other => {
            report.invalid(&at, text::quote(other), "not a valid selector operator", remedy());
            return None;
        }
    };
    let needs_values = matches!(operator, Operator::In(_) | Operator::NotIn(_));
    if needs_values && values.is_empty() {
        report.required(entry, "values", "must be specified when `operator` is 'In' or 'NotIn'", remedy());
    } else if let Some(at) = entry.field("values").filter(|_| !needs_values && !values.is_empty()) {
        report.forbidden(
            &at,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            message!("advice-delete-field"),
        );
    }
    Some(Requirement { key: key.to_owned(), operator })
}
