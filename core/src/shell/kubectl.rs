//! `kubectl` v1.36 with the API server behind it.
//!
//! Columns are those of pkg/printers/internalversion, sentences those of staging/src/k8s.io/kubectl. Ages are
//! by the lab's clock, which began with the objects of the text.

mod age;
mod api;
mod apply;
mod change;
mod command;
mod describe;
mod edit;
mod exec;
mod expose;
mod flags;
mod follow;
mod get;
mod help;
mod json_patch;
mod jsonpath;
mod kind;
mod known_kinds;
mod machines;
mod make;
mod names;
mod namespaces;
mod output;
mod pods;
mod printing;
mod proxies;
mod refused_yaml;
mod rollout;
mod rows;
mod select;
mod stored;
mod table;

use super::Status;
use super::call::Call;
use crate::controllers::{Action, Refusal};
use crate::lab::{ActError, ControlPath};
use api::Failure;
use command::{Does, find, suggestions};

pub use edit::Edit;
pub(super) use follow::Following;
pub(super) use names::complete;

pub(super) fn run(call: &mut Call<'_>) -> Status {
    if call.lab.is_copied() {
        call.remark(crate::message!("shell-no-cluster"));
        return 1;
    }
    let words: Vec<String> = call.words.to_vec();
    let (command, left) = find(&words);
    let path = command.map_or("", |command| command.path);
    if let Some(Does::Nothing) = command.map(|command| &command.does) {
        return call.not_modelled(path);
    }
    if command.is_none()
        && let Some(typed) = command::first_word(&left, None).and_then(|at| left.get(at))
    {
        // It is looked for among the plugins first: `HandlePluginCommand`.
        if let Some(flag) = words.first().filter(|word| word.starts_with('-')) {
            call.err(&format!("Error: flags cannot be placed before plugin name: {flag}\n"));
            return 1;
        }
        return unknown(call, typed);
    }
    let args = match flags::parse(&left, &flags::flags(command)) {
        Ok(args) => args,
        Err(said) => {
            let space = if path.is_empty() { "" } else { " " };
            call.err(&format!("error: {said}\nSee 'kubectl{space}{path} --help' for usage.\n"));
            return 1;
        }
    };
    if args.has("help") {
        return if path.is_empty() { help::of_kubectl(call) } else { help::of_command(call, path) };
    }
    match command.map(|command| &command.does) {
        None => help::of_kubectl(call),
        Some(Does::Nothing) => call.not_modelled(path),
        Some(Does::Group) => match args.words().join(" ").as_str() {
            "" => help::of_command(call, path).max(1),
            typed => {
                call.err(&format!(
                    "error: unknown command \"{typed}\"\nSee 'kubectl {path} -h' for help and examples\n"
                ));
                1
            }
        },
        Some(Does::Work { run, heeds, .. }) => match args.unheeded(heeds) {
            Some(flag) => call.not_modelled(&format!("{path} --{flag}")),
            None => run(call, &args),
        },
    }
}

fn unknown(call: &mut Call<'_>, typed: &str) -> Status {
    let mut said = format!("error: unknown command \"{typed}\" for \"kubectl\"\n");
    let near = suggestions(typed);
    if !near.is_empty() {
        said.push_str("\nDid you mean this?\n");
        said.extend(near.iter().map(|name| format!("\t{name}\n")));
    }
    call.err(&said);
    1
}

/// Does something to the cluster, or says what the API server says.
fn act(call: &mut Call<'_>, action: &Action) -> Result<(), Status> {
    let result = call.lab.act(action);
    done(call, result)
}

fn done(call: &mut Call<'_>, result: Result<ControlPath, ActError>) -> Result<(), Status> {
    match result {
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

/// Tells why the API server did not do something; `when` is what kubectl puts before it (`AddSourceToErr`), but for what
/// is invalid.
fn failed(call: &mut Call<'_>, failure: Failure, when: &str) -> Status {
    match failure {
        Failure::BadRequest(why) => call.err(&format!("Error from server (BadRequest): {when}{why}\n")),
        Failure::Request(why) => call.err(&format!("The request is invalid: {why}\n")),
        Failure::Internal(why) => call.err(&format!("Error from server (InternalError): {when}{why}\n")),
        Failure::Act(ActError::Refused(Refusal::AlreadyExists { kind, name })) => {
            let said = already_exists(kind, &name);
            call.err(&format!("Error from server (AlreadyExists): {when}{said}\n"));
        }
        Failure::Act(ActError::Refused(refusal)) => return refuse(call, &refusal),
        Failure::Act(error @ ActError::Load(_)) => call.remark(error.tell()),
    }
    1
}

fn note(call: &mut Call<'_>, path: ControlPath) {
    call.changed = true;
    call.path = Some(path);
}

fn refuse(call: &mut Call<'_>, refusal: &Refusal) -> Status {
    match refusal {
        Refusal::Invalid { said } => {
            let text = invalid(said);
            call.err(&text);
        }
        Refusal::AlreadyExists { kind, name } => {
            let said = already_exists(kind, name);
            call.err(&format!("Error from server (AlreadyExists): {said}\n"));
        }
        Refusal::NotFound { kind, name } if proxies::is_own(call.lab, kind, name) => {
            call.remark(crate::message!("shell-own-proxy", name = name.as_str()));
        }
        Refusal::NotFound { kind, name } => {
            let resource = resource(kind);
            let name = name.rsplit('/').next().unwrap_or(name);
            not_found(call, &resource, name);
        }
        other => call.remark(other.tell()),
    }
    1
}

/// `checkErr`: the object once, and what is wrong with it below, if it is more than one thing.
fn invalid(said: &[String]) -> String {
    const IS: &str = " is invalid: ";
    let head = said.first().and_then(|sentence| Some(&sentence[..sentence.find(IS)? + IS.len()]));
    let causes: Option<Vec<&str>> =
        head.and_then(|head| said.iter().map(|sentence| sentence.strip_prefix(head)).collect());
    // What has no name is told of with an empty one.
    let title =
        head.map(|head| if head.contains('"') { head.to_owned() } else { head.replacen(IS, " \"\" is invalid: ", 1) });
    match (title, causes.as_deref()) {
        (Some(title), Some([cause])) => format!("The {title}{cause}\n"),
        (Some(title), Some(causes)) => {
            let causes: String = causes.iter().map(|cause| format!("* {cause}\n")).collect();
            format!("The {title}\n{causes}")
        }
        _ => said.iter().map(|sentence| format!("Error from server (BadRequest): {sentence}\n")).collect(),
    }
}

fn resource(kind: &str) -> String {
    kind::Kind::of_kind(kind).map_or_else(|| kind.to_ascii_lowercase(), kind::Kind::plural)
}

fn already_exists(kind: &str, name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    format!("{} \"{name}\" already exists", resource(kind))
}

fn not_found(call: &mut Call<'_>, resource: &str, name: &str) {
    call.err(&format!("Error from server (NotFound): {resource} \"{name}\" not found\n"));
}
