//! The commands of kubectl v1.36 in its own order (`NewKubectlCommand`), and how it finds the one that is meant (cobra's
//! `Find`).

use super::flags::{Args, Flag, Kind, flags};
use super::{apply, change, describe, edit, exec, expose, get, help, machines, make, pods, rollout};
use crate::shell::Status;
use crate::shell::call::Call;

pub(super) struct Command {
    /// The words behind `kubectl`.
    pub path: &'static str,
    /// What the list of commands says of it.
    pub about: &'static str,
    pub does: Does,
}

pub(super) enum Does {
    Work {
        run: fn(&mut Call<'_>, &Args<'_>) -> Status,
        /// As its `-h` lists them, with the values that they have if nobody gives them.
        flags: &'static [&'static str],
        /// Those that the lab heeds.
        heeds: &'static [&'static str],
    },
    /// There are only commands below it.
    Group,
    /// The lab does not have it.
    Nothing,
}

const PRINT: &str = "--allow-missing-template-keys=true; -o, --output=''; --show-managed-fields=false; --template=''";
const FILES: &str = "-f, --filename=[]; -k, --kustomize=''; -R, --recursive=false";
const SELECT: &str = "-l, --selector=''";
const EVERYWHERE: &str = "--all=false; -A, --all-namespaces=false; --field-selector=''; --list=false; --local=false; \
                          --overwrite=false; --resource-version=''; --dry-run='none'; --field-manager=''";
const MAKE: &str = "--dry-run='none'; --field-manager='kubectl-create'; --save-config=false; --validate='strict'";

const fn nothing(path: &'static str, about: &'static str) -> Command {
    Command { path, about, does: Does::Nothing }
}

const fn group(path: &'static str, about: &'static str) -> Command {
    Command { path, about, does: Does::Group }
}

const fn work(
    path: &'static str,
    about: &'static str,
    run: fn(&mut Call<'_>, &Args<'_>) -> Status,
    flags: &'static [&'static str],
    heeds: &'static [&'static str],
) -> Command {
    Command { path, about, does: Does::Work { run, flags, heeds } }
}

pub(super) const COMMANDS: &[Command] = &[
    work(
        "create",
        "Create a resource from a file or from stdin",
        apply::create,
        &[PRINT, FILES, SELECT, MAKE, "--edit=false; --raw=''; --windows-line-endings=false"],
        &["dry-run", "filename", "namespace", "output", "validate"],
    ),
    group("create service", "Create a service using a specified subcommand"),
    work(
        "create service clusterip",
        "Create a ClusterIP service",
        make::cluster_ip,
        &[PRINT, MAKE, "--clusterip=''; --tcp=[]"],
        &["clusterip", "dry-run", "namespace", "output", "tcp", "validate"],
    ),
    work(
        "create service externalname",
        "Create an ExternalName service",
        make::external_name,
        &[PRINT, MAKE, "--external-name=''; --tcp=[]"],
        &["dry-run", "external-name", "namespace", "output", "tcp", "validate"],
    ),
    work(
        "create service loadbalancer",
        "Create a LoadBalancer service",
        make::load_balancer,
        &[PRINT, MAKE, "--tcp=[]"],
        &["dry-run", "namespace", "output", "tcp", "validate"],
    ),
    work(
        "create service nodeport",
        "Create a NodePort service",
        make::node_port,
        &[PRINT, MAKE, "--node-port=0; --tcp=[]"],
        &["dry-run", "namespace", "node-port", "output", "tcp", "validate"],
    ),
    work(
        "create deployment",
        "Create a deployment with the specified name",
        make::deployment,
        &[PRINT, MAKE, "--image=[]; --port=-1; -r, --replicas=1"],
        &["dry-run", "image", "namespace", "output", "port", "replicas", "validate"],
    ),
    nothing("create clusterrole", "Create a cluster role"),
    nothing("create clusterrolebinding", "Create a cluster role binding for a particular cluster role"),
    nothing("create configmap", "Create a config map from a local file, directory or literal value"),
    nothing("create cronjob", "Create a cron job with the specified name"),
    nothing("create ingress", "Create an ingress with the specified name"),
    nothing("create job", "Create a job with the specified name"),
    nothing("create namespace", "Create a namespace with the specified name"),
    nothing("create poddisruptionbudget", "Create a pod disruption budget with the specified name"),
    nothing("create priorityclass", "Create a priority class with the specified name"),
    nothing("create quota", "Create a quota with the specified name"),
    nothing("create role", "Create a role with single rule"),
    nothing("create rolebinding", "Create a role binding for a particular role or cluster role"),
    nothing("create secret", "Create a secret using a specified subcommand"),
    nothing("create serviceaccount", "Create a service account with the specified name"),
    nothing("create token", "Request a service account token"),
    work(
        "expose",
        "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
        expose::run,
        &[
            PRINT,
            FILES,
            "--cluster-ip=''; --dry-run='none'; --external-ip=''; --field-manager=''; -l, --labels=''; \
             --load-balancer-ip=''; --name=''; --override-type=''; --overrides=''; --port=''; --protocol=''; \
             --save-config=false; --selector=''; --session-affinity=''; --target-port=''; --type=''",
        ],
        &[
            "cluster-ip",
            "dry-run",
            "external-ip",
            "name",
            "namespace",
            "output",
            "port",
            "protocol",
            "session-affinity",
            "target-port",
            "type",
        ],
    ),
    work(
        "run",
        "Run a particular image on the cluster",
        pods::run,
        &[
            PRINT,
            FILES,
            "--annotations=[]; --attach=false; --cascade='background'; --command=false; --dry-run='none'; --env=[]; \
             --expose=false; --field-manager=''; --force=false; --grace-period=-1; --image=''; \
             --image-pull-policy=''; -l, --labels=''; --leave-stdin-open=false; --override-type=''; --overrides=''; \
             --pod-running-timeout=1m0s; --port=''; --privileged=false; -q, --quiet=false; --restart='Always'; \
             --rm=false; --save-config=false; -i, --stdin=false; --timeout=0s; -t, --tty=false; --wait=false",
        ],
        &["dry-run", "image", "labels", "namespace", "output", "port", "restart"],
    ),
    group("set", "Set specific features on objects"),
    nothing("set env", "Update environment variables on a pod template"),
    work(
        "set image",
        "Update the image of a pod template",
        rollout::set_image,
        &[PRINT, FILES, SELECT, "--all=false; --dry-run='none'; --field-manager=''; --local=false"],
        &["namespace"],
    ),
    nothing("set resources", "Update resource requests/limits on objects with pod templates"),
    nothing("set selector", "Set the selector on a resource"),
    nothing("set serviceaccount", "Update the service account of a resource"),
    nothing("set subject", "Update the user, group, or service account in a role binding or cluster role binding"),
    nothing("explain", "Get documentation for a resource"),
    work(
        "get",
        "Display one or many resources",
        get::run,
        &[
            PRINT,
            FILES,
            SELECT,
            "-A, --all-namespaces=false; --chunk-size=500; --field-selector=''; --ignore-not-found=false; \
             -L, --label-columns=[]; --no-headers=false; --output-watch-events=false; --raw=''; \
             --server-print=true; --show-kind=false; --show-labels=false; --sort-by=''; --subresource=''; \
             -w, --watch=false; --watch-only=false",
        ],
        &[
            "all-namespaces",
            "field-selector",
            "ignore-not-found",
            "label-columns",
            "namespace",
            "no-headers",
            "output",
            "output-watch-events",
            "selector",
            "show-kind",
            "show-labels",
            "sort-by",
            "watch",
        ],
    ),
    work(
        "edit",
        "Edit a resource on the server",
        edit::run,
        &[
            PRINT,
            FILES,
            "--field-manager=''; --output-patch=false; --save-config=false; --subresource=''; --validate='strict'; \
             --windows-line-endings=false",
        ],
        &["namespace"],
    ),
    work(
        "delete",
        "Delete resources by file names, stdin, resources and names, or by resources and label selector",
        change::delete,
        &[
            FILES,
            SELECT,
            "--all=false; -A, --all-namespaces=false; --cascade='background'; --dry-run='none'; \
             --field-selector=''; --force=false; --grace-period=-1; --ignore-not-found=false; \
             -i, --interactive=false; --now=false; -o, --output=''; --raw=''; --timeout=0s; --wait=true",
        ],
        &[
            "all",
            "all-namespaces",
            "filename",
            "force",
            "grace-period",
            "ignore-not-found",
            "namespace",
            "now",
            "selector",
            "wait",
        ],
    ),
    group("rollout", "Manage the rollout of a resource"),
    nothing("rollout history", "View rollout history"),
    nothing("rollout pause", "Mark the provided resource as paused"),
    work(
        "rollout restart",
        "Restart a resource",
        rollout::restart,
        &[PRINT, FILES, SELECT, "--field-manager=''"],
        &["namespace", "selector"],
    ),
    nothing("rollout resume", "Resume a paused resource"),
    work(
        "rollout status",
        "Show the status of the rollout",
        rollout::status,
        &[FILES, SELECT, "--revision=0; --timeout=0s; -w, --watch=true"],
        &["namespace", "selector", "timeout", "watch"],
    ),
    nothing("rollout undo", "Undo a previous rollout"),
    work(
        "scale",
        "Set a new size for a deployment, replica set, or replication controller",
        change::scale,
        &[
            PRINT,
            FILES,
            SELECT,
            "--all=false; --current-replicas=-1; --dry-run='none'; --replicas=0; --resource-version=''; --timeout=0s",
        ],
        &["all", "namespace", "replicas", "selector"],
    ),
    nothing("autoscale", "Auto-scale a deployment, replica set, stateful set, or replication controller"),
    nothing("certificate", "Modify certificate resources"),
    nothing("cluster-info", "Display cluster information"),
    nothing("top", "Display resource (CPU/memory) usage"),
    work("cordon", "Mark node as unschedulable", machines::cordon, &[SELECT, "--dry-run='none'"], &["selector"]),
    work("uncordon", "Mark node as schedulable", machines::uncordon, &[SELECT, "--dry-run='none'"], &["selector"]),
    work(
        "drain",
        "Drain node in preparation for maintenance",
        machines::drain,
        &[
            SELECT,
            "--chunk-size=500; --delete-emptydir-data=false; --disable-eviction=false; --dry-run='none'; \
             --force=false; --grace-period=-1; --ignore-daemonsets=false; --pod-selector=''; \
             --skip-wait-for-delete-timeout=0; --timeout=0s",
        ],
        &["delete-emptydir-data", "force", "grace-period", "ignore-daemonsets", "selector", "timeout"],
    ),
    nothing("taint", "Update the taints on one or more nodes"),
    work(
        "describe",
        "Show details of a specific resource or group of resources",
        describe::run,
        &[FILES, SELECT, "-A, --all-namespaces=false; --chunk-size=500; --show-events=true"],
        &["all-namespaces", "namespace", "selector"],
    ),
    work(
        "logs",
        "Print the logs for a container in a pod",
        pods::logs,
        &[
            SELECT,
            "--all-containers=false; --all-pods=false; -c, --container=''; -f, --follow=false; \
             --ignore-errors=false; --insecure-skip-tls-verify-backend=false; --limit-bytes=0; \
             --max-log-requests=5; --pod-running-timeout=20s; --prefix=false; -p, --previous=false; --since=0s; \
             --since-time=''; --tail=-1; --timestamps=false",
        ],
        &["all-containers", "container", "follow", "namespace", "prefix", "selector", "since", "tail", "timestamps"],
    ),
    nothing("attach", "Attach to a running container"),
    work(
        "exec",
        "Execute a command in a container",
        exec::run,
        &["-c, --container=''; -f, --filename=[]; --pod-running-timeout=1m0s; -q, --quiet=false; \
             -i, --stdin=false; -t, --tty=false"],
        &["container", "namespace", "quiet", "stdin", "tty"],
    ),
    nothing("port-forward", "Forward one or more local ports to a pod"),
    nothing("proxy", "Run a proxy to the Kubernetes API server"),
    nothing("cp", "Copy files and directories to and from containers"),
    nothing("auth", "Inspect authorization"),
    nothing("debug", "Create debugging sessions for troubleshooting workloads and nodes"),
    nothing("events", "List events"),
    nothing("diff", "Diff the live version against a would-be applied version"),
    work(
        "apply",
        "Apply a configuration to a resource by file name or stdin",
        apply::apply,
        &[
            PRINT,
            FILES,
            SELECT,
            "--all=false; --cascade='background'; --dry-run='none'; --field-manager=''; --force=false; \
             --force-conflicts=false; --grace-period=-1; --openapi-patch=true; --overwrite=true; --prune=false; \
             --prune-allowlist=[]; --server-side=false; --subresource=''; --timeout=0s; --validate='strict'; \
             --wait=false",
        ],
        &["dry-run", "filename", "namespace", "output", "validate"],
    ),
    work(
        "patch",
        "Update fields of a resource",
        change::patch,
        &[
            PRINT,
            FILES,
            "--dry-run='none'; --field-manager=''; --local=false; -p, --patch=''; --patch-file=''; \
             --subresource=''; --type='strategic'",
        ],
        &["namespace", "patch", "type"],
    ),
    work(
        "replace",
        "Replace a resource by file name or stdin",
        apply::replace,
        &[
            PRINT,
            FILES,
            "--cascade='background'; --dry-run='none'; --field-manager='kubectl-replace'; --force=false; \
             --grace-period=-1; --raw=''; --save-config=false; --subresource=''; --timeout=0s; --validate='strict'; \
             --wait=false",
        ],
        &["dry-run", "filename", "namespace", "output", "validate"],
    ),
    nothing("wait", "Experimental: Wait for a specific condition on one or many resources"),
    nothing("kustomize", "Build a kustomization target from a directory or URL"),
    work(
        "label",
        "Update the labels on a resource",
        change::label,
        &[PRINT, FILES, SELECT, EVERYWHERE],
        &["all", "all-namespaces", "namespace", "overwrite", "selector"],
    ),
    work(
        "annotate",
        "Update the annotations on a resource",
        change::annotate,
        &[PRINT, FILES, SELECT, EVERYWHERE],
        &["all", "all-namespaces", "namespace", "overwrite", "selector"],
    ),
    nothing("completion", "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)"),
    nothing("alpha", "Commands for features in alpha"),
    nothing("config", "Modify kubeconfig files"),
    nothing("plugin", "Provides utilities for interacting with plugins"),
    work(
        "version",
        "Print the client and server version information",
        help::version,
        &["--client=false; -o, --output=''"],
        &["client", "output"],
    ),
    nothing("api-versions", "Print the supported API versions on the server, in the form of \"group/version\""),
    nothing("api-resources", "Print the supported API resources on the server"),
    nothing("options", "Print the list of flags inherited by all commands"),
    nothing("kuberc", "Manage kuberc configuration files"),
    work("help", "Help about any command", help::run, &[], &[]),
];

impl Command {
    /// The commands below one, by its path; those of kubectl itself below "".
    pub fn below(path: &str) -> impl Iterator<Item = (&'static str, &'static Self)> {
        COMMANDS.iter().filter_map(move |command| {
            let rest =
                if path.is_empty() { command.path } else { command.path.strip_prefix(path)?.strip_prefix(' ')? };
            (!rest.contains(' ')).then_some((rest, command))
        })
    }

    pub fn at(path: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.path == path)
    }
}

/// The command that the words mean, and the words without its name. None where it is kubectl itself.
pub(super) fn find(words: &[String]) -> (Option<&'static Command>, Vec<&str>) {
    let mut left: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut found: Option<&'static Command> = None;
    while let Some(place) = first_word(&left, found) {
        let path = found.map_or("", |command| command.path);
        let name = alias(path, left[place]);
        let Some((_, next)) = Command::below(path).find(|(known, _)| *known == name) else {
            break;
        };
        left.remove(place);
        found = Some(next);
    }
    (found, left)
}

/// `Aliases` of the commands.
fn alias<'w>(path: &str, word: &'w str) -> &'w str {
    match (path, word) {
        ("create", "svc") => "service",
        ("create", "deploy") => "deployment",
        ("create", "cm") => "configmap",
        ("create", "cj") => "cronjob",
        ("create", "ing") => "ingress",
        ("create", "ns") => "namespace",
        ("create", "pdb") => "poddisruptionbudget",
        ("create", "pc") => "priorityclass",
        ("create", "resourcequota") => "quota",
        ("create", "sa") => "serviceaccount",
        ("set", "sa") => "serviceaccount",
        _ => word,
    }
}

/// The first word that is neither a flag of the command nor the value of one, as far as it is known before the flags are
/// read: `stripFlags` takes every flag that it does not know for one with a value.
pub(super) fn first_word(words: &[&str], command: Option<&Command>) -> Option<usize> {
    let known = flags(command);
    let takes_no_value = |flag: Option<&Flag>| flag.is_some_and(|flag| matches!(flag.kind, Kind::Switch | Kind::Maybe));
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let is_value_next = match word.strip_prefix("--") {
            Some("") => return None,
            Some(name) => !name.contains('=') && !takes_no_value(known.iter().find(|flag| flag.name == name)),
            None => match word.strip_prefix('-').map(|letters| letters.chars().collect::<Vec<_>>()) {
                Some(letters) if !letters.is_empty() => {
                    letters.len() == 1 && !takes_no_value(known.iter().find(|flag| flag.letter == Some(letters[0])))
                }
                _ => return Some(at),
            },
        };
        at += if is_value_next { 2 } else { 1 };
    }
    None
}

/// `SuggestionsFor`: names at most two edits away, and those that begin so.
pub(super) fn suggestions(typed: &str) -> Vec<&'static str> {
    const MOST_EDITS: usize = 2;
    let typed = typed.to_lowercase();
    let is_near = |name: &str| edits(&typed, name) <= MOST_EDITS || name.starts_with(&typed);
    // One whose work is hidden is not suggested.
    Command::below("")
        .map(|(name, _)| name)
        .filter(|name| !matches!(*name, "alpha" | "options") && is_near(name))
        .collect()
}

/// The distance of Levenshtein.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, sign) in one.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], line + 1);
        for (column, wanted) in other.iter().enumerate() {
            let replaced = corner + usize::from(sign != *wanted);
            corner = row[column + 1];
            row[column + 1] = replaced.min(corner + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
