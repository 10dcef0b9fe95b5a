//! `kubectl` v1.36 with the API server behind it.
//!
//! Columns are those of pkg/printers/internalversion, sentences those of staging/src/k8s.io/kubectl. Ages are
//! by the lab's clock, which began with the objects of the text.

mod age;
mod apply;
mod change;
mod describe;
mod edit;
mod exec;
mod get;
mod kind;
mod rows;
mod table;

use super::Status;
use super::call::Call;
use super::getopt::{Argument, Bad, Given, Options, parse};
use crate::controllers::{Action, Refusal};
use crate::lab::{ActError, ControlPath};

pub use edit::Edit;

/// The flags of all commands; each command says which of them it has.
const FLAGS: &Options = &[
    ('n', "namespace", Argument::Required),
    ('A', "all-namespaces", Argument::None),
    ('o', "output", Argument::Required),
    ('l', "selector", Argument::Required),
    ('f', "filename", Argument::Required),
    ('p', "patch", Argument::Required),
    ('i', "stdin", Argument::None),
    ('t', "tty", Argument::None),
    ('c', "container", Argument::Required),
    ('w', "watch", Argument::None),
    ('\u{1}', "replicas", Argument::Required),
    ('\u{2}', "port", Argument::Required),
    ('\u{3}', "target-port", Argument::Required),
    ('\u{4}', "type", Argument::Required),
    ('\u{5}', "name", Argument::Required),
    ('\u{6}', "overwrite", Argument::Glued),
    ('\u{7}', "all", Argument::Glued),
    ('\u{8}', "force", Argument::Glued),
    ('\u{9}', "ignore-daemonsets", Argument::Glued),
    ('\u{a}', "tcp", Argument::Required),
    ('\u{b}', "protocol", Argument::Required),
    ('\u{c}', "external-ip", Argument::Required),
    ('\u{d}', "clusterip", Argument::Required),
    ('\u{e}', "node-port", Argument::Required),
    ('\u{f}', "image", Argument::Required),
    ('\u{10}', "show-labels", Argument::Glued),
    ('\u{11}', "no-headers", Argument::Glued),
    ('\u{12}', "grace-period", Argument::Required),
    ('\u{13}', "delete-emptydir-data", Argument::Glued),
    ('\u{14}', "now", Argument::Glued),
];
const REPLICAS: char = '\u{1}';
const PORT: char = '\u{2}';
const TARGET_PORT: char = '\u{3}';
const TYPE: char = '\u{4}';
const NAME: char = '\u{5}';
const OVERWRITE: char = '\u{6}';
const ALL: char = '\u{7}';
const TCP: char = '\u{a}';
const PROTOCOL: char = '\u{b}';
const EXTERNAL_IP: char = '\u{c}';
const CLUSTER_IP: char = '\u{d}';
const NODE_PORT: char = '\u{e}';
const IMAGE: char = '\u{f}';
const SHOW_LABELS: char = '\u{10}';
const NO_HEADERS: char = '\u{11}';

/// The flags and the words of a command.
struct Args<'w> {
    given: Vec<Given<'w>>,
}

impl<'w> Args<'w> {
    fn value(&self, flag: char) -> Option<&'w str> {
        self.given.iter().rev().find_map(|given| match given {
            Given::Option(letter, value) if *letter == flag => *value,
            _ => None,
        })
    }

    fn has(&self, flag: char) -> bool {
        self.given
            .iter()
            .any(|given| matches!(given, Given::Option(letter, value) if *letter == flag && *value != Some("false")))
    }

    fn words(&self) -> Vec<&'w str> {
        self.given.iter().filter_map(|given| if let Given::Word(word) = given { Some(*word) } else { None }).collect()
    }

    fn namespace(&self) -> &'w str {
        self.value('n').unwrap_or("default")
    }
}

type Run = fn(&mut Call<'_>, &Args<'_>) -> Status;

const COMMANDS: &[(&str, Run)] = &[
    ("annotate", change::annotate),
    ("apply", apply::apply),
    ("cordon", change::cordon),
    ("create", apply::create),
    ("delete", change::delete),
    ("describe", describe::run),
    ("drain", change::drain),
    ("edit", edit::run),
    ("expose", change::expose),
    ("get", get::run),
    ("label", change::label),
    ("patch", change::patch),
    ("rollout", change::rollout),
    ("scale", change::scale),
    ("uncordon", change::uncordon),
    ("version", version),
];

pub(super) fn run(call: &mut Call<'_>) -> Status {
    if call.lab.is_copied() {
        call.remark(crate::message!("shell-no-cluster"));
        return 1;
    }
    let words: Vec<String> = call.words.to_vec();
    if words.iter().any(|word| word == "exec")
        && words.iter().position(|word| word == "exec")
            < words.iter().position(|word| word == "--").or(Some(usize::MAX))
    {
        return exec::run(call, &words);
    }
    let given = match parse(&words, FLAGS) {
        Ok(given) => given,
        Err(Bad::NoArgument(flag)) => {
            call.err(&format!("error: flag needs an argument: {flag}\nSee 'kubectl --help' for usage.\n"));
            return 1;
        }
        Err(Bad::Unknown(flag)) => return call.not_modelled(&flag),
    };
    let mut args = Args { given };
    let Some(at) = args.given.iter().position(|given| matches!(given, Given::Word(_))) else {
        return call.not_modelled("the usage");
    };
    let Given::Word(command) = args.given.remove(at) else {
        return 1;
    };
    match COMMANDS.iter().find(|(name, _)| *name == command) {
        Some((_, run)) => run(call, &args),
        None if matches!(
            command,
            "logs"
                | "run"
                | "set"
                | "taint"
                | "top"
                | "explain"
                | "config"
                | "replace"
                | "wait"
                | "events"
                | "debug"
                | "cp"
                | "proxy"
                | "port-forward"
                | "attach"
                | "auth"
                | "autoscale"
                | "cluster-info"
                | "api-resources"
                | "api-versions"
                | "diff"
                | "help"
                | "completion"
                | "kustomize"
                | "options"
                | "plugin"
                | "certificate"
                | "alpha"
                | "kuberc"
        ) =>
        {
            call.not_modelled(command)
        }
        None => {
            call.err(&format!("error: unknown command \"{command}\" for \"kubectl\"\n"));
            1
        }
    }
}

fn version(call: &mut Call<'_>, _: &Args<'_>) -> Status {
    call.remark(crate::message!("shell-kubectl-version"));
    0
}

/// Does something to the cluster, or says what the API server says.
fn act(call: &mut Call<'_>, action: &Action) -> Result<(), Status> {
    match call.lab.act(action) {
        Ok(path) => {
            note(call, path);
            Ok(())
        }
        Err(ActError::Refused(refusal)) => Err(refuse(call, &refusal)),
        Err(error @ ActError::Load(_)) => {
            call.remark(error.tell());
            Err(1)
        }
    }
}

fn note(call: &mut Call<'_>, path: ControlPath) {
    call.changed = true;
    call.path = Some(path);
}

fn refuse(call: &mut Call<'_>, refusal: &Refusal) -> Status {
    match refusal {
        Refusal::Invalid { said } => {
            for sentence in said {
                call.err(&format!("Error from server (Invalid): {sentence}\n"));
            }
        }
        Refusal::AlreadyExists { kind, name } => {
            let resource = kind::Kind::of_kind(kind).map_or_else(|| kind.to_ascii_lowercase(), kind::Kind::plural);
            let name = name.rsplit('/').next().unwrap_or(name);
            call.err(&format!("Error from server (AlreadyExists): {resource} \"{name}\" already exists\n"));
        }
        Refusal::NotFound { kind, name } => {
            let resource = kind::Kind::of_kind(kind).map_or_else(|| kind.to_ascii_lowercase(), kind::Kind::plural);
            let name = name.rsplit('/').next().unwrap_or(name);
            not_found(call, &resource, name);
        }
        other => call.remark(other.tell()),
    }
    1
}

fn not_found(call: &mut Call<'_>, resource: &str, name: &str) {
    call.err(&format!("Error from server (NotFound): {resource} \"{name}\" not found\n"));
}
