//! What a command prints of an object that it made: `PrintFlags` of staging/src/k8s.io/cli-runtime, and `--dry-run`.

use serde_json::Value;

use super::super::Status;
use super::super::call::Call;
use super::api;
use super::flags::Args;
use super::kind::Kind;
use super::output::{self, Format};
use super::rows::{Row, rows};

/// `DryRunStrategy`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DryRun {
    None,
    Client,
    Server,
}

/// How it is printed.
pub(super) struct Printing {
    pub dry_run: DryRun,
    format: Format,
}

/// Whether kubectl has a Go type for what it prints, whose order of fields it keeps in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Printed {
    Typed,
    Untyped,
}

impl Printing {
    pub fn read(call: &mut Call<'_>, args: &Args<'_>) -> Result<Self, Status> {
        let dry_run = match args.value("dry-run") {
            None | Some("none") => DryRun::None,
            Some("client") => DryRun::Client,
            Some("server") => DryRun::Server,
            Some("" | "true") => {
                call.remark(crate::message!("shell-bare-dry-run"));
                DryRun::Client
            }
            Some(other) => {
                call.err(&format!(
                    "error: Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\".\n"
                ));
                return Err(1);
            }
        };
        match Format::of_made(args.value("output").unwrap_or_default()) {
            Ok(format) => Ok(Self { dry_run, format }),
            Err(output::Bad::Said(said)) => {
                call.err(&format!("error: {said}\n"));
                Err(1)
            }
            Err(output::Bad::NotModelled) => Err(call.not_modelled("-o")),
        }
    }

    /// `service/web created (dry run)`, or the object: what was sent, or what the server made of it.
    pub fn print(&self, call: &mut Call<'_>, done: &str, sent: &Value, printed: Printed) -> Status {
        let text = |path: &str| sent.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let (kind, name, namespace) = (text("/kind"), text("/metadata/name"), text("/metadata/namespace"));
        let of = Kind::of_kind(kind);
        let grouped = of.map_or_else(|| kind.to_lowercase(), Kind::grouped);
        let namespace = if namespace.is_empty() { "default" } else { namespace };
        let is_it = |row: &Row| *row.name.name == *name && (*row.name.namespace == *namespace || kind == "Node");
        let stored = match (&self.format, self.dry_run, of) {
            (Format::Table | Format::Name, ..) | (_, DryRun::Client | DryRun::Server, _) | (.., None) => None,
            (.., Some(of)) => rows(call.lab, of, false).into_iter().find(is_it).map(|row| row.json),
        };
        let object = stored.as_ref().unwrap_or(sent);
        let text = match &self.format {
            Format::Table => {
                let how = match self.dry_run {
                    DryRun::None => "",
                    DryRun::Client => " (dry run)",
                    DryRun::Server => " (server dry run)",
                };
                format!("{grouped}/{name} {done}{how}\n")
            }
            Format::Name => format!("{grouped}/{name}\n"),
            Format::Json if printed == Printed::Typed => output::json(&api::ordered(object)),
            Format::Json => output::json(&output::sorted(object.clone())),
            Format::Yaml => output::yaml(&output::sorted(object.clone())),
            Format::JsonPath { text, template, as_json } => {
                match output::by_template(text, template, *as_json, object) {
                    Ok(text) => text,
                    Err(said) => {
                        call.err(&format!("error: {said}\n"));
                        return 1;
                    }
                }
            }
            Format::Columns(_) => String::new(),
        };
        call.out(&text);
        0
    }
}
