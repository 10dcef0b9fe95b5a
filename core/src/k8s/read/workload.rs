//! `apps/v1`: Deployment, ReplicaSet, StatefulSet and DaemonSet.

use std::sync::Arc;

use super::cursor::{Cursor, Scalar};
use super::metadata::{self, NameRule};
use super::report::{Remedy, Report};
use super::{pod, selector, text, value};
use crate::k8s::{
    Controller, CountOrPercent, DaemonSetUpdate, LabelSelector, PodTemplate, StatefulSetUpdate, Strategy, Workload,
    WorkloadKind,
};
use crate::message;

pub(super) fn read(object: &Cursor<'_>, kind: WorkloadKind, report: &mut Report) -> Option<Workload> {
    let metadata = metadata::read(object, NameRule::Subdomain, report)?;
    let Some(spec) = object.mapping("spec", report) else {
        let remedy = Remedy::new(message!("expected-spec"), message!("advice-object-as-printed"));
        report.required(object, "spec", "", remedy);
        return None;
    };
    let replicas = value::count(&spec, "replicas", report).unwrap_or(1);
    let selector = selector::read(&spec, kind, report);
    let template = pod::template(&spec, report);
    let controller = match kind {
        WorkloadKind::Deployment => Controller::Deployment { replicas, strategy: strategy(&spec, report)? },
        WorkloadKind::ReplicaSet => Controller::ReplicaSet { replicas },
        WorkloadKind::StatefulSet => stateful_set(&spec, replicas, report)?,
        WorkloadKind::DaemonSet => Controller::DaemonSet { update: daemon_set_update(&spec, report)? },
    };
    let (selector, template) = (selector?, template?);
    check_template(&spec, &selector, &template, report);
    Some(Workload {
        name: metadata.name,
        labels: metadata.labels,
        owner: metadata::owner(object, report),
        selector,
        template,
        controller,
    })
}

fn check_template(spec: &Cursor<'_>, selector: &LabelSelector, template: &PodTemplate, report: &mut Report) {
    if selector.matches(&template.labels) {
        return;
    }
    let labels: Vec<String> = template
        .labels
        .iter()
        .take(3)
        .map(|(key, value)| format!("{}:{}", text::quote(key), text::quote(value)))
        .collect();
    let at = spec.field("template");
    let metadata = at.as_ref().and_then(|at| at.field("metadata"));
    let place = metadata.as_ref().and_then(|metadata| metadata.field("labels"));
    let remedy = Remedy::new(message!("expected-selected-labels"), message!("advice-agree"));
    let rule = "`selector` does not match template `labels`";
    let found = format!("{{{}}}", labels.join(","));
    report.invalid(place.as_ref().or(metadata.as_ref()).or(at.as_ref()).unwrap_or(spec), found, rule, remedy);
}

fn stateful_set(spec: &Cursor<'_>, replicas: u32, report: &mut Report) -> Option<Controller> {
    let is_parallel = match spec.string("podManagementPolicy", report) {
        None | Some("" | "OrderedReady") => false,
        Some("Parallel") => true,
        Some(other) => {
            let at = spec.field("podManagementPolicy");
            either(at.as_ref().unwrap_or(spec), &text::quote(other), "OrderedReady", "Parallel", report);
            return None;
        }
    };
    let ordinals = spec.mapping("ordinals", report);
    let first_ordinal = ordinals.and_then(|ordinals| value::count(&ordinals, "start", report)).unwrap_or(0);
    let service_name = spec.string("serviceName", report).map(Arc::from);
    let update = stateful_set_update(spec, report)?;
    Some(Controller::StatefulSet { replicas, service_name, is_parallel, first_ordinal, update })
}

/// As `ValidateStatefulSetSpec` says it.
fn either(at: &Cursor<'_>, found: &str, one: &str, other: &str, report: &mut Report) {
    let expected = message!("expected-one-of", list = format!("{one}, {other}"));
    let remedy = Remedy::new(expected, message!("advice-one-of-these"));
    report.invalid(at, found, &format!("must be '{one}' or '{other}'"), remedy);
}

/// Without a type, `rollingUpdate` is filled in; with one, it stays away. `maxUnavailable` is dropped, unless somebody
/// opens its feature gate (`dropStatefulSetDisabledFields`).
fn stateful_set_update(spec: &Cursor<'_>, report: &mut Report) -> Option<StatefulSetUpdate> {
    let Some(at) = spec.mapping("updateStrategy", report) else {
        return Some(StatefulSetUpdate::default());
    };
    let rolling = at.mapping("rollingUpdate", report);
    let before = report.errors();
    let partition = rolling.as_ref().map(|rolling| value::count(rolling, "partition", report).unwrap_or(0));
    if report.errors() > before {
        return None;
    }
    let given =
        partition.map_or_else(|| "null".to_owned(), |to| format!(r#"{{"Partition":{to},"MaxUnavailable":null}}"#));
    match at.string("type", report).unwrap_or_default() {
        "" => Some(StatefulSetUpdate::RollingUpdate { partition: Some(partition.unwrap_or(0)) }),
        "RollingUpdate" => Some(StatefulSetUpdate::RollingUpdate { partition }),
        "OnDelete" => {
            if let Some(rolling) = rolling {
                let rule = "only allowed for updateStrategy 'RollingUpdate'";
                let remedy = Remedy::new(message!("expected-absent"), message!("advice-delete-field"));
                report.invalid(&rolling, given, rule, remedy);
            }
            Some(StatefulSetUpdate::OnDelete)
        }
        other => {
            let found = format!(r#"{{"Type":{},"RollingUpdate":{given}}}"#, text::quote(other));
            either(&at, &found, "RollingUpdate", "OnDelete", report);
            None
        }
    }
}

/// `ValidateDaemonSetUpdateStrategy`
fn daemon_set_update(spec: &Cursor<'_>, report: &mut Report) -> Option<DaemonSetUpdate> {
    let Some(at) = spec.mapping("updateStrategy", report) else {
        return Some(DaemonSetUpdate::default());
    };
    let rolling = at.mapping("rollingUpdate", report);
    match at.string("type", report).unwrap_or_default() {
        "" | "RollingUpdate" => {}
        "OnDelete" => return Some(DaemonSetUpdate::OnDelete),
        other => {
            let given = rolling.map_or_else(
                || "null".to_owned(),
                |rolling| {
                    let number = |field| rolling.field(field).map_or_else(|| "0".to_owned(), |at| at.found());
                    format!(r#"{{"MaxUnavailable":{},"MaxSurge":{}}}"#, number("maxUnavailable"), number("maxSurge"))
                },
            );
            let found = format!(r#"{{"Type":{},"RollingUpdate":{given}}}"#, text::quote(other));
            report.unsupported(&at, &found, &["RollingUpdate", "OnDelete"]);
            return None;
        }
    }
    let Some(rolling) = rolling else {
        return Some(DaemonSetUpdate::default());
    };
    let max_unavailable = count_or_percent(&rolling, "maxUnavailable", CountOrPercent::Count(1), report)?;
    let max_surge = count_or_percent(&rolling, "maxSurge", CountOrPercent::Count(0), report)?;
    for (field, share) in [("maxUnavailable", max_unavailable), ("maxSurge", max_surge)] {
        if let (CountOrPercent::Percent(101..), Some(at)) = (share, rolling.field(field)) {
            let remedy = Remedy::new(message!("expected-rollout"), message!("advice-rollout"));
            report.invalid(&at, at.found(), "must not be greater than 100%", remedy);
        }
    }
    match (max_unavailable.is_zero(), max_surge.is_zero()) {
        (false, true) => Some(DaemonSetUpdate::Replace { max_unavailable }),
        (true, false) => Some(DaemonSetUpdate::Surge { max_surge }),
        (false, false) => {
            let at = rolling.field("maxSurge");
            let at = at.as_ref().unwrap_or(&rolling);
            let remedy = Remedy::new(message!("expected-rollout"), message!("advice-correct"));
            report.invalid(at, at.found(), "may not be set when maxUnavailable is non-zero", remedy);
            None
        }
        (true, true) => {
            let remedy = Remedy::new(message!("expected-rollout"), message!("advice-rollout"));
            report.required(&rolling, "maxUnavailable", "cannot be 0 when maxSurge is 0", remedy);
            None
        }
    }
}

fn strategy(spec: &Cursor<'_>, report: &mut Report) -> Option<Strategy> {
    let Some(at) = spec.mapping("strategy", report) else {
        return Some(Strategy::default());
    };
    let types = [("Recreate", true), ("RollingUpdate", false)];
    let recreate = value::choice(&at, "type", &types, false, report)?;
    let rolling = at.mapping("rollingUpdate", report);
    if recreate {
        if let Some(rolling) = rolling {
            let rule = "may not be specified when strategy `type` is 'Recreate'";
            report.forbidden(&rolling, rule, message!("advice-delete-field"));
        }
        return Some(Strategy::Recreate);
    }
    let quarter = CountOrPercent::Percent(25);
    let Some(rolling) = rolling else {
        return Some(Strategy::default());
    };
    let max_surge = count_or_percent(&rolling, "maxSurge", quarter, report)?;
    let max_unavailable = count_or_percent(&rolling, "maxUnavailable", quarter, report)?;
    let at = rolling.field("maxUnavailable");
    let at = at.as_ref().unwrap_or(&rolling);
    let remedy = || Remedy::new(message!("expected-rollout"), message!("advice-rollout"));
    if max_surge.is_zero() && max_unavailable.is_zero() {
        report.invalid(at, at.found(), "may not be 0 when `maxSurge` is 0", remedy());
    }
    if matches!(max_unavailable, CountOrPercent::Percent(101..)) {
        report.invalid(at, at.found(), "must not be greater than 100%", remedy());
    }
    Some(Strategy::RollingUpdate { max_surge, max_unavailable })
}

/// A number, or a percentage in a string.
fn count_or_percent(
    object: &Cursor<'_>,
    field: &str,
    default: CountOrPercent,
    report: &mut Report,
) -> Option<CountOrPercent> {
    let Some(at) = object.field(field) else {
        return Some(default);
    };
    let Some(Scalar::Text(written)) = at.scalar() else {
        return value::count(object, field, report).map(CountOrPercent::Count);
    };
    let digits = written.strip_suffix('%').filter(|digits| digits.bytes().all(|sign| sign.is_ascii_digit()));
    let share = digits.and_then(|digits| digits.parse().ok()).map(CountOrPercent::Percent);
    if share.is_none() {
        let remedy = Remedy::new(message!("expected-number-or-percentage"), message!("advice-correct"));
        // `IsValidPercent`, by way of `RegexError`, which puts two blanks before the "or".
        let rule = "a valid percent string must be a numeric string followed by an ending '%' \
                    (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
        report.invalid(&at, at.found(), rule, remedy);
    }
    share
}
