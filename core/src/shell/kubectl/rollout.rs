//! `kubectl rollout`, and `kubectl set image`, which is rolled out.

use super::super::Status;
use super::super::call::Call;
use super::act;
use super::change::{Needs, each, objects, restart_proxies};
use super::flags::Args;
use super::kind::Kind;
use super::proxies;
use super::rows::Row;
use crate::controllers::Action;
use crate::k8s::{Resource, WorkloadKind};

/// True after it said that nothing is named.
fn lacks_words(call: &mut Call<'_>, args: &Args<'_>) -> bool {
    let lacks = args.words().is_empty();
    if lacks {
        call.err("error: required resource not specified\n");
    }
    lacks
}

pub(super) fn restart(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    if lacks_words(call, args) {
        return 1;
    }
    each(call, args, &args.words(), Needs::Kind, |call, resource, row| {
        let kind = Kind::Object(resource);
        match resource {
            Resource::Workload(WorkloadKind::DaemonSet) if proxies::is_set(&row.name) => match restart_proxies(call) {
                0 => Ok("restarted".to_owned()),
                status => Err(status),
            },
            Resource::Workload(kind) if kind != WorkloadKind::ReplicaSet => {
                act(call, &Action::Restart { kind, name: row.name.clone() }).map(|()| "restarted".to_owned())
            }
            _ => {
                let (plural, name) = (kind.plural(), &row.name.name);
                call.err(&format!("error: {plural} \"{name}\" restarting is not supported\n"));
                Err(1)
            }
        }
    })
}

/// The lab keeps no images, so that another one changes nothing.
pub(super) fn set_image(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let words: Vec<&str> = args.words().into_iter().filter(|word| !word.contains('=')).collect();
    match objects(call, args, &words, Needs::Kind) {
        Ok(_) => {
            call.remark(crate::message!("shell-set-image"));
            1
        }
        Err(status) => status,
    }
}

pub(super) fn status(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    if lacks_words(call, args) {
        return 1;
    }
    let words = args.words();
    let objects = match objects(call, args, &words, Needs::Kind) {
        Ok(objects) => objects,
        Err(status) => return status,
    };
    for (resource, row) in objects {
        match progress(resource, &row) {
            Ok(Progress::Done(text)) => call.out(&text),
            Ok(Progress::Waits(text)) => {
                call.out(&text);
                if args.value("watch") != Some("false") {
                    call.remark(crate::message!("shell-interrupted-rollout"));
                    return 1;
                }
            }
            Err(said) => {
                call.err(&said);
                return 1;
            }
        }
    }
    0
}

enum Progress {
    Done(String),
    Waits(String),
}

/// `DeploymentStatusViewer`, `DaemonSetStatusViewer` and `StatefulSetStatusViewer` of
/// staging/src/k8s.io/kubectl/pkg/polymorphichelpers.
fn progress(resource: Resource, row: &Row) -> Result<Progress, String> {
    let is_rolling = row.json["spec"]["updateStrategy"]["type"] == "RollingUpdate";
    match resource {
        Resource::Workload(WorkloadKind::StatefulSet | WorkloadKind::DaemonSet) if !is_rolling => {
            Err("error: rollout status is only available for RollingUpdate strategy type\n".to_owned())
        }
        Resource::Workload(WorkloadKind::Deployment) => Ok(deployment_progress(row)),
        Resource::Workload(WorkloadKind::StatefulSet) => Ok(stateful_progress(row)),
        Resource::Workload(WorkloadKind::DaemonSet) => Ok(daemon_progress(row)),
        _ => {
            let grouped = Kind::Object(resource).grouped();
            let group = grouped.find('.').map_or("", |at| &grouped[at..]);
            Err(format!("error: no status viewer has been implemented for {}{group}\n", resource.kind()))
        }
    }
}

/// A number of the object's status; Go leaves out what is 0.
fn count(row: &Row, field: &str) -> u64 {
    row.json["status"][field].as_u64().unwrap_or(0)
}

fn deployment_progress(row: &Row) -> Progress {
    let name = &row.name.name;
    let waits =
        |what: String| Progress::Waits(format!("Waiting for deployment \"{name}\" rollout to finish: {what}...\n"));
    let desired = row.json["spec"]["replicas"].as_u64().unwrap_or(0);
    let (updated, available) = (count(row, "updatedReplicas"), count(row, "availableReplicas"));
    let old = count(row, "replicas").saturating_sub(updated);
    if updated < desired {
        waits(format!("{updated} out of {desired} new replicas have been updated"))
    } else if old > 0 {
        waits(format!("{old} old replicas are pending termination"))
    } else if available < updated {
        waits(format!("{available} of {updated} updated replicas are available"))
    } else {
        Progress::Done(format!("deployment \"{name}\" successfully rolled out\n"))
    }
}

fn daemon_progress(row: &Row) -> Progress {
    let name = &row.name.name;
    let waits =
        |what: String| Progress::Waits(format!("Waiting for daemon set \"{name}\" rollout to finish: {what}...\n"));
    let desired = count(row, "desiredNumberScheduled");
    let (updated, available) = (count(row, "updatedNumberScheduled"), count(row, "numberAvailable"));
    if updated < desired {
        waits(format!("{updated} out of {desired} new pods have been updated"))
    } else if available < desired {
        waits(format!("{available} of {desired} updated pods are available"))
    } else {
        Progress::Done(format!("daemon set \"{name}\" successfully rolled out\n"))
    }
}

fn stateful_progress(row: &Row) -> Progress {
    let (spec, status) = (&row.json["spec"], &row.json["status"]);
    let (desired, updated) = (spec["replicas"].as_u64().unwrap_or(0), count(row, "updatedReplicas"));
    let missing = desired.saturating_sub(count(row, "readyReplicas"));
    let revision = |field: &str| status[field].as_str().unwrap_or_default();
    let partition = spec["updateStrategy"]["rollingUpdate"]["partition"].as_u64();
    if missing > 0 {
        return Progress::Waits(format!("Waiting for {missing} pods to be ready...\n"));
    }
    match partition.map(|partition| desired.saturating_sub(partition)) {
        Some(new) if updated < new => Progress::Waits(format!(
            "Waiting for partitioned roll out to finish: {updated} out of {new} new pods have been updated...\n"
        )),
        Some(_) => Progress::Done(format!("partitioned roll out complete: {updated} new pods have been updated...\n")),
        None if revision("updateRevision") != revision("currentRevision") => Progress::Waits(format!(
            "waiting for statefulset rolling update to complete {updated} pods at revision {}...\n",
            revision("updateRevision")
        )),
        None => Progress::Done(format!(
            "statefulset rolling update complete {} pods at revision {}...\n",
            count(row, "currentReplicas"),
            revision("currentRevision")
        )),
    }
}
