//! Fields that the API does not have, which the API server drops with a warning.

use super::cursor::Cursor;
use super::report::{Remedy, Report};
use crate::message;

/// Letters by which a field may differ from the one that was meant.
const MAX_DISTANCE: usize = 2;

/// No field of the API is longer; longer names are not compared.
const MAX_LENGTH: usize = 40;

/// Warns of the fields of `object` that are not `known`, in the words that kubectl prints.
pub(super) fn check(object: &Cursor<'_>, known: &[&str], report: &mut Report) {
    for (name, field) in object.fields().filter(|(name, _)| !known.contains(name)) {
        let written = field.to_string();
        let (title, path) = written.split_once(" is invalid: ").unwrap_or(("", &written));
        let message = format!("{title}: unknown field \"{path}\"");
        match nearest(name, known) {
            Some(meant) => {
                let advice = message!("advice-meant", meant = meant);
                report.warning(field.position(), message, Remedy::new(meant, advice));
            }
            None => {
                let advice = message!("advice-unknown-field");
                report.warning(field.position(), message, Remedy::new(message!("expected-field-of-api"), advice));
            }
        }
    }
}

/// [`check`] of the field `name`, where it is an object.
pub(super) fn check_field(object: &Cursor<'_>, name: &str, known: &[&str], report: &mut Report) {
    if let Some(field) = object.field(name) {
        check(&field, known, report);
    }
}

fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let name = name.to_lowercase();
    let distances = known.iter().map(|field| (distance(&name, &field.to_lowercase()), *field));
    let is_near = |(distance, field): &(usize, &str)| *distance <= MAX_DISTANCE && *distance * 3 <= field.len();
    distances.filter(is_near).min().map(|(_, field)| field)
}

/// Characters to insert, delete or replace (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (line, left) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, right) in to.chars().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::k8s::parse;

    /// What an API server with `fieldValidation` says: `unknown field "metadata.spec"`.
    #[test]
    fn what_is_indented_too_far_is_told_of_for_every_kind() {
        const NODE: &str = "apiVersion: v1\nkind: Node\nmetadata:\n  name: a\n  spec:\n    podCIDR: 10.1.0.0/24\n\
            spec:\n  podCIDRS: []\nstatus:\n  addresses: [{type: InternalIP, address: 192.168.0.1}]\nSpec: {}\n";
        const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  spec: {}\n\
            spec: {clusterIP: 10.96.0.7, ports: [{port: 80}]}\n";
        let told = |text: &str| -> Vec<String> {
            let parsed = parse(text);
            assert!(parsed.is_usable(), "{:?}", parsed.diagnostics);
            parsed.diagnostics.iter().map(|one| format!("{}: {}", one.position, one.message)).collect()
        };
        let of_node = told(NODE);
        for (line, path) in [(6, "metadata.spec"), (8, "spec.podCIDRS"), (11, "Spec")] {
            let words = format!("Node \"a\": unknown field \"{path}\"");
            let is_it = |one: &&String| one.starts_with(&format!("{line}:")) && one.ends_with(&words);
            assert!(of_node.iter().any(|one| is_it(&one)), "{path}: {of_node:?}");
        }
        assert!(told(SERVICE).iter().any(|one| one.ends_with("Service \"web\": unknown field \"metadata.spec\"")));
    }
}
