//! `kubectl edit`: staging/src/k8s.io/kubectl/pkg/cmd/util/editor/editoptions.go.
//!
//! The editor is the page's, if it has one: it gets an [`Edit`], and gives the text back as a line in which the editor is
//! `cp /dev/stdin`, as one could type it on a machine. Of other editors the lab has `sed -i` with an `s` command, and
//! `true`.

use serde_json::{Map, Value};

use super::super::Status;
use super::super::call::Call;
use super::super::sed::Substitution;
use super::api::{self, Directive, Failure, Patch};
use super::flags::Args;
use super::kind::{Kind, targets};
use super::printing::DryRun;
use super::rows::rows;
use super::{change, failed, not_found, output, refused_yaml};
use crate::controllers::Refusal;
use crate::k8s::{self, NamespacedName, write::yaml::Yaml};
use crate::lab::ActError;

/// A text that waits for its editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What was typed.
    pub line: String,
    pub text: String,
}

impl Edit {
    /// The line that ends it with another text.
    pub fn saved(&self, text: &str) -> String {
        let tags = ["EOF", "END", "END_OF_FILE"];
        let tag = tags.into_iter().find(|tag| text.lines().all(|line| line != *tag)).unwrap_or("END_OF_THE_FILE");
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        format!("KUBE_EDITOR='cp /dev/stdin' {} <<'{tag}'\n{text}{end}{tag}", self.line)
    }
}

const HEADER: &str = "# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
";

/// What is edited.
struct Subject {
    kind: Kind,
    name: NamespacedName,
    json: Value,
}

impl Subject {
    fn title(&self) -> String {
        format!("{}/{}", self.kind.grouped(), self.name.name)
    }
}

/// Why the editor is opened again: a head, and what stands below it.
struct Reason {
    head: String,
    other: Vec<String>,
}

pub(super) fn run(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let subject = match subject(call, args) {
        Ok(subject) => subject,
        Err(status) => return status,
    };
    let mut yaml = Yaml::default();
    yaml.fields(&subject.json);
    let original = yaml.into_text();
    let (edited, is_page) = match (call.editor.as_deref(), call.input) {
        (None | Some(""), None) => {
            open(call, format!("{HEADER}{original}"));
            call.remark(crate::message!("shell-editing", what = subject.title()));
            return 0;
        }
        (Some("cp /dev/stdin"), Some(text)) => (text.to_owned(), true),
        (Some("true" | ":"), _) => (original.clone(), false),
        (Some(editor), _) => match substitute(editor, &original) {
            Some(edited) => (edited, false),
            None => {
                let editor = editor.to_owned();
                return call.not_modelled(&format!("KUBE_EDITOR={editor}"));
            }
        },
        (None, Some(_)) => return call.not_modelled("edit with an input and no KUBE_EDITOR='cp /dev/stdin'"),
    };
    match save(call, &subject, &edited) {
        Ok(status) => status,
        Err(Reason { head, other }) => {
            if !is_page {
                call.err("error: Edit cancelled, no valid changes were saved.\n");
                return 1;
            }
            let colon = if other.is_empty() { "" } else { ":" };
            let head = head.replace('\n', "\n# ");
            let other: String = other.iter().map(|line| format!("# * {}\n", line.replace('\n', "\n# "))).collect();
            open(call, format!("{HEADER}# {head}{colon}\n{other}#\n{}", without_comments(&edited)));
            1
        }
    }
}

/// The one object that the words name.
fn subject(call: &mut Call<'_>, args: &Args<'_>) -> Result<Subject, Status> {
    let words = args.words();
    let targets = targets(call, &words)?;
    let [(kind, Some(name))] = targets[..] else {
        return Err(call.not_modelled("edit of more than one object"));
    };
    let row = rows(call.lab, kind, false)
        .into_iter()
        .find(|row| *row.name.name == *name && (!kind.is_namespaced() || *row.name.namespace == *args.namespace()));
    match row {
        Some(_) if kind == Kind::Endpoints => Err(call.not_modelled(&format!("edit of {}", kind.plural()))),
        Some(row) => Ok(Subject { kind, name: row.name, json: output::sorted(row.json) }),
        None => {
            not_found(call, &kind.plural(), name);
            Err(1)
        }
    }
}

/// Hands a text to the page.
fn open(call: &mut Call<'_>, text: String) {
    let words = call.words.iter().map(|word| shlex::try_quote(word).map_or_else(|_| word.clone(), Into::into));
    let line = [call.name.to_owned()].into_iter().chain(words).collect::<Vec<String>>().join(" ");
    call.edit = Some(Edit { line, text });
}

/// `sed -i`, with an `s` command.
fn substitute(editor: &str, text: &str) -> Option<String> {
    let words = shlex::split(editor)?;
    let script = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["sed", "-i" | "-i.bak", script] | ["sed", "-i", "-e", script] => script.to_owned(),
        _ => return None,
    };
    Substitution::read(&script, false).map(|substitution| substitution.of(text))
}

/// `ManualStrip`
fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(|line| [line, "\n"]).collect()
}

/// What came of a text that was saved; a reason where the editor opens again.
fn save(call: &mut Call<'_>, subject: &Subject, edited: &str) -> Result<Status, Reason> {
    let text = without_comments(edited);
    if text.trim().is_empty() {
        call.err("Edit cancelled, saved file was empty.\n");
        return Ok(0);
    }
    let syntax = |why: &str| Reason { head: format!("The edited file had a syntax error: {why}"), other: Vec::new() };
    let documents = k8s::documents(&text).map_err(|errors| {
        let said = errors.first().map(|fault| refused_yaml::parsing(&text, fault)).unwrap_or_default();
        syntax(&format!("error parsing edited-file: {said}"))
    })?;
    let Some((_, object)) = documents.into_iter().next().filter(|(_, object)| object.is_object()) else {
        return Err(syntax("error parsing edited-file: error converting YAML to JSON: it is no object"));
    };
    if object == subject.json {
        call.err("Edit cancelled, no changes made.\n");
        return Ok(0);
    }
    let is_other = |pointer: &str| object.pointer(pointer) != subject.json.pointer(pointer);
    if is_other("/apiVersion") || is_other("/kind") || is_other("/metadata/name") {
        call.err("error: At least one of apiVersion, kind and name was changed\n");
        return Ok(1);
    }
    if is_other("/metadata/namespace") {
        let given = object.pointer("/metadata/namespace").and_then(Value::as_str).unwrap_or_default();
        let namespace = &subject.name.namespace;
        call.err(&format!(
            "error: the namespace from the provided object \"{given}\" does not match the namespace \"{namespace}\". You \
             must pass '--namespace={given}' to perform this operation.\n"
        ));
        return Ok(1);
    }
    apply(call, subject, &object)
}

fn apply(call: &mut Call<'_>, subject: &Subject, object: &Value) -> Result<Status, Reason> {
    let Some(resource) = subject.kind.resource() else {
        return Ok(match change::configure(call, object) {
            Ok(_) => edited(call, subject),
            Err(status) => status,
        });
    };
    let merge = difference(&subject.json, object).unwrap_or_default();
    let strategic = api::difference(resource.kind(), &subject.json, object, true);
    let name = &subject.name;
    let patch = Patch { resource, name, before: &subject.json, merge: &merge, strategic: strategic.as_ref() };
    let field = |said: &String| said.split_once(" is invalid: ").map_or(said.clone(), |(_, rest)| rest.to_owned());
    let other = match api::patch(call, &patch, (Directive::Strict, DryRun::None)) {
        Ok(()) | Err(Failure::Act(ActError::Refused(Refusal::NothingToDo { .. }))) => return Ok(edited(call, subject)),
        Err(Failure::Act(ActError::Refused(Refusal::Invalid { said }))) => said.iter().map(field).collect(),
        Err(Failure::Request(why)) => vec![why],
        Err(failure) => return Ok(failed(call, failure, "")),
    };
    let plural = subject.kind.plural();
    call.err(&format!("error: {plural} \"{}\" is invalid\n", name.name));
    Err(Reason { head: format!("{plural} \"{}\" was not valid", name.name), other })
}

fn edited(call: &mut Call<'_>, subject: &Subject) -> Status {
    call.out(&format!("{} edited\n", subject.title()));
    0
}

/// The merge patch that makes one of the other (RFC 7396); None if they are the same.
pub(super) fn difference(from: &Value, to: &Value) -> Option<Value> {
    if from == to {
        return None;
    }
    let (Some(old), Some(new)) = (from.as_object(), to.as_object()) else {
        return Some(to.clone());
    };
    let mut patch = Map::new();
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    for (key, value) in new {
        match old.get(key) {
            Some(known) => patch.extend(difference(known, value).map(|change| (key.clone(), change))),
            None => {
                patch.insert(key.clone(), value.clone());
            }
        }
    }
    Some(Value::Object(patch))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Edit, difference, substitute};

    #[test]
    fn a_patch_has_what_is_other() {
        let from = json!({ "a": 1, "b": { "c": 2, "d": [1, 2] }, "e": 3 });
        let to = json!({ "a": 1, "b": { "c": 2, "d": [1] }, "f": 4 });
        assert_eq!(difference(&from, &to), Some(json!({ "b": { "d": [1] }, "e": null, "f": 4 })));
        assert_eq!(difference(&from, &from), None);
    }

    #[test]
    fn sed_substitutes_in_each_line() {
        assert_eq!(substitute("sed -i s/a/b/", "aa\nca\n").as_deref(), Some("ba\ncb\n"));
        assert_eq!(substitute("sed -i 's|a|b|g'", "aa\n").as_deref(), Some("bb\n"));
        assert_eq!(substitute("sed -i s/a/b", "aa\n"), None);
        assert_eq!(substitute("vi", "aa\n"), None);
    }

    #[test]
    fn the_text_may_have_the_tag() {
        let edit = Edit { line: "kubectl edit svc web".to_owned(), text: String::new() };
        assert_eq!(edit.saved("EOF"), "KUBE_EDITOR='cp /dev/stdin' kubectl edit svc web <<'END'\nEOF\nEND");
    }
}
