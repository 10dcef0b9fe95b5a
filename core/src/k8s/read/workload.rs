//! `apps/v1`: Deployment, ReplicaSet, StatefulSet and DaemonSet.

use std::sync::Arc;

use super::cursor::Cursor;
use super::metadata::{self, NameRule};
use super::report::{Remedy, Report};
use super::{pod, selector, text, value};
use crate::k8s::{Controller, CountOrPercent, LabelSelector, PodTemplate, Strategy, Workload, WorkloadKind};
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
        WorkloadKind::DaemonSet => Controller::DaemonSet,
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
    let policies = [("OrderedReady", false), ("Parallel", true)];
    let is_parallel = value::choice(spec, "podManagementPolicy", &policies, false, report)?;
    let ordinals = spec.mapping("ordinals", report);
    let first_ordinal = ordinals.and_then(|ordinals| value::count(&ordinals, "start", report)).unwrap_or(0);
    let service_name = spec.string("serviceName", report).map(Arc::from);
    Some(Controller::StatefulSet { replicas, service_name, is_parallel, first_ordinal })
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
    let Some(percent) = at.plain().and_then(|written| written.strip_suffix('%')) else {
        return value::count(object, field, report).map(CountOrPercent::Count);
    };
    let share = percent.parse().ok().map(CountOrPercent::Percent);
    if share.is_none() {
        let remedy = Remedy::new(message!("expected-number-or-percentage"), message!("advice-correct"));
        let rule = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%', or '93%')";
        report.invalid(&at, at.found(), rule, remedy);
    }
    share
}
