//! `kubectl rollout`, and `kubectl set image`, which is rolled out.

use super::super::Status;
use super::super::call::Call;
use super::act;
use super::change::{Needs, each, objects, restart_proxies};
use super::flags::Args;
use super::kind::Kind;
use super::proxies;
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
            Resource::Workload(WorkloadKind::Deployment) => {
                act(call, &Action::Restart { deployment: row.name.clone() }).map(|()| "restarted".to_owned())
            }
            Resource::Workload(WorkloadKind::DaemonSet) if proxies::is_set(&row.name) => match restart_proxies(call) {
                0 => Ok("restarted".to_owned()),
                status => Err(status),
            },
            Resource::Workload(WorkloadKind::DaemonSet | WorkloadKind::StatefulSet) => {
                Err(call.not_modelled(&format!("rollout restart of a {}", resource.name())))
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

/// `DeploymentStatusViewer`, `DaemonSetStatusViewer` of staging/src/k8s.io/kubectl/pkg/polymorphichelpers.
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
        let name = &row.name.name;
        let number = |at: usize| row.cells.get(at).and_then(|cell| cell.parse::<u32>().ok()).unwrap_or(0);
        let text = match resource {
            Resource::Workload(WorkloadKind::Deployment) => {
                let desired = row.cells.first().and_then(|cell| cell.split_once('/')?.1.parse().ok()).unwrap_or(0);
                let (updated, available) = (number(1), number(2));
                let waiting = format!("Waiting for deployment \"{name}\" rollout to finish:");
                if updated < desired {
                    format!("{waiting} {updated} out of {desired} new replicas have been updated...\n")
                } else if available < updated {
                    format!("{waiting} {available} of {updated} updated replicas are available...\n")
                } else {
                    format!("deployment \"{name}\" successfully rolled out\n")
                }
            }
            Resource::Workload(WorkloadKind::DaemonSet) => {
                let (desired, updated, available) = (number(0), number(3), number(4));
                let waiting = format!("Waiting for daemon set \"{name}\" rollout to finish:");
                if updated < desired {
                    format!("{waiting} {updated} out of {desired} new pods have been updated...\n")
                } else if available < desired {
                    format!("{waiting} {available} of {desired} updated pods are available...\n")
                } else {
                    format!("daemon set \"{name}\" successfully rolled out\n")
                }
            }
            other => return call.not_modelled(&format!("rollout status of a {}", other.name())),
        };
        call.out(&text);
        if text.starts_with("Waiting") && args.value("watch") != Some("false") {
            call.remark(crate::message!("shell-interrupted-rollout"));
            return 1;
        }
    }
    0
}
