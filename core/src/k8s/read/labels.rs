//! Labels and selectors of labels: string maps whose keys and values obey rules of their own (`ValidateLabels`).

use std::collections::BTreeMap;

use super::cursor::Cursor;
use super::metadata::is_subdomain;
use super::report::{Remedy, Report};
use super::text;
use crate::message;

const KEY_RULE: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
     alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc')";
const SLASHES_RULE: &str = "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end \
     with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc') with an optional DNS subdomain prefix and \
     '/' (e.g. 'example.com/MyName')";
const PREFIX_RULE: &str = "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
     '.', and must start and end with an alphanumeric character (e.g. 'example.com')";
const VALUE_RULE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
     start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345')";
const TOO_LONG: &str = "must be no more than 63 bytes";

fn label_remedy() -> Remedy {
    Remedy::new(message!("expected-label-signs"), message!("advice-label"))
}

/// The labels in the field `name`. Those that are faulty are reported and left out.
pub(super) fn read(object: &Cursor<'_>, name: &str, report: &mut Report) -> BTreeMap<String, String> {
    let Some(field) = object.mapping(name, report) else {
        return BTreeMap::new();
    };
    let mut labels = BTreeMap::new();
    for (key, at) in field.fields() {
        let value = if at.is_null() { Some("") } else { at.text(report) };
        let Some(value) = value else {
            continue;
        };
        let found = [broken_key_rule(key).map(|rule| (key, rule)), broken_value_rule(value).map(|rule| (value, rule))];
        if found == [None, None] {
            labels.insert(key.to_owned(), value.to_owned());
        }
        // The API server names the field as a whole, not the label.
        for (found, rule) in found.into_iter().flatten() {
            let message = format!("{field}: Invalid value: {}: {rule}", text::quote(found));
            report.error(at.position(), message, label_remedy());
        }
    }
    labels
}

/// `IsLabelKey`
fn broken_key_rule(key: &str) -> Option<&'static str> {
    let (prefix, name) = match key.split_once('/') {
        Some((_, name)) if name.contains('/') => return Some(SLASHES_RULE),
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    match prefix {
        Some("") => Some("prefix part must be non-empty"),
        Some(prefix) if !is_subdomain(prefix) => Some(PREFIX_RULE),
        _ if name.is_empty() => Some("name part must be non-empty"),
        _ if name.len() > 63 => Some("name part must be no more than 63 bytes"),
        _ => (!is_name(name)).then_some(KEY_RULE),
    }
}

/// `IsLabelValue`
fn broken_value_rule(value: &str) -> Option<&'static str> {
    if value.len() > 63 {
        return Some(TOO_LONG);
    }
    (!value.is_empty() && !is_name(value)).then_some(VALUE_RULE)
}

fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    bytes.iter().copied().all(inner) && ends.into_iter().all(|end| end.is_some_and(u8::is_ascii_alphanumeric))
}
