//! Which objects a command is about: by name, place, labels (`-l`) and fields (`--field-selector`).

use super::super::Status;
use super::super::call::Call;
use super::flags::Args;
use super::kind::Kind;
use super::rows::{Row, has_labels};
use crate::k8s::Resource;

pub(super) struct Selection<'w> {
    /// None for all of them.
    namespace: Option<&'w str>,
    labels: Option<&'w str>,
    fields: Vec<Field<'w>>,
}

struct Field<'w> {
    pointer: String,
    value: &'w str,
    is_wanted: bool,
}

impl<'w> Selection<'w> {
    /// What kubectl and the API server say where it makes no sense.
    pub fn read(call: &mut Call<'_>, args: &Args<'w>, targets: &[(Kind, Option<&str>)]) -> Result<Self, Status> {
        let is_named = targets.iter().any(|(_, name)| name.is_some());
        let everywhere = args.has("all-namespaces");
        let chosen = args.value("selector").is_some() || args.value("field-selector").is_some() || args.has("all");
        if is_named && chosen {
            call.err("error: name cannot be provided when a selector is specified\n");
            return Err(1);
        }
        if everywhere && targets.iter().any(|(kind, name)| name.is_some() && kind.is_namespaced()) {
            call.err("error: a resource cannot be retrieved by name across all namespaces\n");
            return Err(1);
        }
        let labels = args.value("selector");
        let mut fields = Vec::new();
        if let Some(text) = args.value("field-selector") {
            for (kind, _) in targets {
                fields = text
                    .split(',')
                    .map(|part| field(call, *kind, (labels.unwrap_or_default(), text), part))
                    .collect::<Result<_, _>>()?;
            }
        }
        let namespace = (!everywhere).then(|| args.namespace());
        Ok(Self { namespace, labels, fields })
    }

    pub fn has(&self, kind: Kind, name: Option<&str>, row: &Row) -> bool {
        let is_here = !kind.is_namespaced() || self.namespace.is_none_or(|namespace| *row.name.namespace == *namespace);
        let has_field = |field: &Field<'_>| {
            let found = row.json.pointer(&field.pointer);
            // What is not written is false, or empty.
            let absent = if matches!(field.value, "true" | "false") { "false" } else { "" };
            let text = found.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            (text.as_deref().unwrap_or(absent) == field.value) == field.is_wanted
        };
        is_here
            && name.is_none_or(|name| *row.name.name == *name)
            && self.labels.is_none_or(|selector| has_labels(&row.labels, selector))
            && self.fields.iter().all(has_field)
    }
}

/// `status.phase=Running`
fn field<'w>(call: &mut Call<'_>, kind: Kind, (labels, all): (&str, &str), part: &'w str) -> Result<Field<'w>, Status> {
    let (is_wanted, split) = match part.split_once("!=") {
        Some(split) => (false, Some(split)),
        None => (true, part.split_once("==").or_else(|| part.split_once('='))),
    };
    let Some((name, value)) = split else {
        let what = format!("--field-selector {part}");
        return Err(call.not_modelled(&what));
    };
    if !known_fields(kind).unwrap_or(&ALWAYS).contains(&name) {
        let why = match known_fields(kind) {
            Some(_) => format!("field label not supported: {name}"),
            None => format!("\"{name}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""),
        };
        call.err(&format!(
            "Error from server (BadRequest): Unable to find \"{}\" that match label selector \"{labels}\", field selector \
             \"{all}\": {why}\n",
            kind.group_version_resource()
        ));
        return Err(1);
    }
    Ok(Field { pointer: format!("/{}", name.replace('.', "/")), value, is_wanted })
}

/// What every kind has: `DefaultMetaV1FieldSelectorConversion`.
const ALWAYS: [&str; 2] = ["metadata.name", "metadata.namespace"];

/// Those of kinds that say it themselves, as far as the lab has them: `addConversionFuncs` of pkg/apis/core/v1 and
/// pkg/apis/apps/v1.
const fn known_fields(kind: Kind) -> Option<&'static [&'static str]> {
    match kind {
        Kind::Object(Resource::Pod) => Some(&[
            "metadata.name",
            "metadata.namespace",
            "spec.nodeName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
        ]),
        Kind::Object(Resource::Node) => Some(&["metadata.name", "spec.unschedulable"]),
        Kind::Object(Resource::Service) => {
            Some(&["metadata.name", "metadata.namespace", "spec.clusterIP", "spec.type"])
        }
        Kind::Namespace => Some(&["metadata.name", "status.phase"]),
        _ => None,
    }
}
