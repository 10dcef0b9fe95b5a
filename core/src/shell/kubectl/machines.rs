//! `kubectl cordon`, `uncordon` and `drain`: staging/src/k8s.io/kubectl/pkg/cmd/drain.

use serde_json::json;

use super::super::Status;
use super::super::call::Call;
use super::change::unless_so_already;
use super::flags::Args;
use super::kind::Kind;
use super::rows::{has_labels, rows};
use crate::controllers::Action;
use crate::k8s::{NamespacedName, Resource};

pub(super) fn cordon(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    each_node(call, args, "cordoned", |name| Action::Patch {
        resource: Resource::Node,
        name: NamespacedName { namespace: "".into(), name: name.into() },
        patch: json!({ "spec": { "unschedulable": true } }).to_string(),
    })
}

pub(super) fn uncordon(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    each_node(call, args, "uncordoned", |name| Action::UncordonNode { node: name.into() })
}

pub(super) fn drain(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    each_node(call, args, "drained", |name| Action::DrainNode { node: name.into() })
}

fn each_node(call: &mut Call<'_>, args: &Args<'_>, done: &str, action: impl Fn(&str) -> Action) -> Status {
    let (words, verb) = (args.words(), done.strip_suffix("ed").unwrap_or(done));
    let selector = args.value("selector");
    let usage = match (words.is_empty(), selector.is_some()) {
        (true, false) => Some(format!("USAGE: {verb} NODE [flags]")),
        (false, true) => Some("error: cannot specify both a node name and a --selector option".to_owned()),
        _ => None,
    };
    if let Some(usage) = usage {
        let usage = usage.strip_prefix("error: ").unwrap_or(&usage);
        call.err(&format!("error: {usage}\nSee 'kubectl {verb} -h' for help and examples\n"));
        return 1;
    }
    let labelled = rows(call.lab, Kind::Object(Resource::Node), false)
        .into_iter()
        .filter(|row| selector.is_some_and(|selector| has_labels(&row.labels, selector)));
    let labelled: Vec<String> = labelled.map(|row| row.name.name.to_string()).collect();
    let named =
        words.into_iter().map(|name| name.strip_prefix("node/").or(name.strip_prefix("nodes/")).unwrap_or(name));
    let names: Vec<String> = named.map(str::to_owned).chain(labelled).collect();
    for name in names {
        match unless_so_already(call, &action(&name)) {
            Ok(true) => call.out(&format!("node/{name} {done}\n")),
            Ok(false) => call.out(&format!("node/{name} already {done}\n")),
            Err(status) => return status,
        }
    }
    0
}
