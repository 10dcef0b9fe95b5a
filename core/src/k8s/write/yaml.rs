//! Block-style YAML as kubectl prints it, written in one pass.
//!
//! kubectl reads YAML 1.1, where `yes`, `012` and `1:30` are no strings; writers for YAML 1.2 leave them
//! bare. Here a string is only bare where no version reads it as anything else.

use std::fmt::{Display, Write as _};

use serde_json::Value;

/// What YAML 1.1 reads as something other than a string.
const RESERVED: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"];

#[derive(Default)]
pub(crate) struct Yaml {
    text: String,
    depth: usize,
    /// Whether the next line begins an item of a list.
    item: bool,
}

impl Yaml {
    pub fn into_text(self) -> String {
        self.text
    }

    pub fn comment(&mut self, line: &str) {
        self.text.push_str("# ");
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub fn document(&mut self) {
        self.text.push_str("---\n");
    }

    /// A document with the fields of an object.
    pub fn object(&mut self, object: &Value) {
        self.document();
        self.fields(object);
    }

    /// The fields of an object; nothing for anything else.
    pub fn fields(&mut self, object: &Value) {
        let fields = object.as_object().into_iter().flatten();
        fields.for_each(|(key, value)| self.entry(key, value));
    }

    pub fn string(&mut self, key: &str, value: &str) {
        self.key(key);
        self.text.push(' ');
        write_string(&mut self.text, value);
        self.text.push('\n');
    }

    /// A number or a boolean.
    pub fn bare(&mut self, key: &str, value: impl Display) {
        self.key(key);
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, " {value}");
    }

    /// A mapping; nothing where `entries` writes none.
    pub fn mapping(&mut self, key: &str, entries: impl FnOnce(&mut Self)) {
        let (before, item) = (self.text.len(), self.item);
        self.key(key);
        self.text.push('\n');
        let empty = self.text.len();
        self.depth += 1;
        entries(self);
        self.depth -= 1;
        if self.text.len() == empty {
            self.text.truncate(before);
            self.item = item;
        }
    }

    /// A list of strings; nothing where there are none.
    pub fn strings(&mut self, key: &str, items: impl IntoIterator<Item = impl Display>) {
        for (index, item) in items.into_iter().enumerate() {
            if index == 0 {
                self.key(key);
                self.text.push('\n');
            }
            self.depth += 1;
            self.item = true;
            self.indent();
            write_string(&mut self.text, &item.to_string());
            self.text.push('\n');
            self.depth -= 1;
        }
    }

    /// A text of several lines, as it is: `|`, or `|-` where no line feed ends it. It must begin without blanks.
    pub fn block(&mut self, key: &str, text: &str) {
        self.key(key);
        self.text.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
        self.depth += 1;
        for line in text.lines() {
            self.indent();
            self.text.push_str(line);
            self.text.push('\n');
        }
        self.depth -= 1;
    }

    /// A field with whatever is in it.
    pub fn entry(&mut self, key: &str, value: &Value) {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                self.mapping(key, |yaml| fields.iter().for_each(|(key, value)| yaml.entry(key, value)));
            }
            Value::Array(items) if !items.is_empty() => {
                self.key(key);
                self.text.push('\n');
                items.iter().for_each(|item| self.item(item));
            }
            Value::String(text) if is_block(text) => self.block(key, text),
            Value::String(text) => self.string(key, text),
            value => self.bare(key, value),
        }
    }

    fn item(&mut self, item: &Value) {
        self.depth += 1;
        self.item = true;
        match item {
            Value::Object(fields) if !fields.is_empty() => {
                fields.iter().for_each(|(key, value)| self.entry(key, value));
            }
            Value::String(text) => {
                self.indent();
                write_string(&mut self.text, text);
                self.text.push('\n');
            }
            // JSON is YAML.
            value => {
                self.indent();
                // Writing to a string cannot fail.
                let _ = writeln!(self.text, "{value}");
            }
        }
        self.depth -= 1;
    }

    fn key(&mut self, key: &str) {
        self.indent();
        write_string(&mut self.text, key);
        self.text.push(':');
    }

    fn indent(&mut self) {
        let item = std::mem::take(&mut self.item);
        for _ in usize::from(item)..self.depth {
            self.text.push_str("  ");
        }
        if item {
            self.text.push_str("- ");
        }
    }
}

/// Whether a text of several lines may stand as it is.
fn is_block(text: &str) -> bool {
    let is_plain =
        |sign: char| sign == '\n' || !(sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}' | '\u{feff}'));
    let lines = text.lines().count();
    lines > 1 && !text.ends_with("\n\n") && !text.starts_with([' ', '\n']) && text.chars().all(is_plain)
}

/// What YAML reads as this text.
pub(crate) fn scalar(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::String(text) => write_string(&mut out, text),
        value => out = value.to_string(),
    }
    out
}

fn write_string(out: &mut String, text: &str) {
    if is_bare(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // What YAML takes for a line break or does not print.
            character
                if character.is_control()
                    || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') =>
            {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            character => out.push(character),
        }
    }
    out.push('"');
}

/// Whether every YAML reader takes the text for this very string.
fn is_bare(text: &str) -> bool {
    let allowed = |sign: char| sign.is_ascii_alphanumeric() || "._/-:%@+=,() ".contains(sign);
    let begins = text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '/');
    let is_no_key = !text.contains(": ") && !text.ends_with([':', ' ']);
    let is_word = !RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text)) && !is_number(text) && !is_date(text);
    // kubectl prints it bare, and it says so in capitals only.
    begins && is_no_key && text.chars().all(allowed) && is_word || text == "None"
}

/// Numbers, also in parts of sixty: `1:30`.
fn is_number(text: &str) -> bool {
    let digits = text.replace('_', "");
    let is_part = |part: &str| matches!(part.as_bytes(), [b'0'..=b'9', ..] if part.len() < 3 || part.contains('.'));
    let is_of_sixty = digits
        .split_once(':')
        .is_some_and(|(whole, parts)| whole.bytes().all(|byte| byte.is_ascii_digit()) && parts.split(':').all(is_part));
    let has_base = ["0x", "0o", "0b"].iter().any(|base| digits.starts_with(base));
    has_base || is_of_sixty || digits.parse::<f64>().is_ok()
}

/// `2024-01-01`, and what may follow it.
fn is_date(text: &str) -> bool {
    let digits = |part: Option<&str>| part.is_some_and(|part| part.starts_with(|sign: char| sign.is_ascii_digit()));
    let mut parts = text.splitn(3, '-');
    parts.next().is_some_and(|year| year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()))
        && digits(parts.next())
        && digits(parts.next())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Yaml, is_bare};

    #[test]
    fn what_yaml_1_1_reads_as_no_string_is_quoted() {
        for text in [
            "yes",
            "No",
            "on",
            "true",
            "null",
            "~",
            "012",
            "0x1f",
            "1_000",
            "1e3",
            "1.5",
            ".inf",
            "1:30",
            "2024-01-01",
            "",
            "a: b",
            "a #b",
            "- a",
            "-1",
            "25 %: 1",
            "a:",
            "2024-1-1 10:00",
            "@a",
            "`a",
            "%a",
            "!a",
            "&a",
            "*a",
        ] {
            assert!(!is_bare(text), "{text}");
        }
        for text in [
            "web",
            "kubernetes.io/service-name",
            "10.0.0.1",
            "10.0.0.0/8",
            "None",
            "v1",
            "e3",
            "/var/lib/x.conf",
            "1m0.5s",
            // As kubectl prints them.
            "80-8080",
            "80:8080",
            "25%",
            "fd00::1",
            "nginx:1.2",
            "Debian GNU/Linux 12 (bookworm)",
        ] {
            assert!(is_bare(text), "{text}");
        }
    }

    #[test]
    fn empty_mappings_and_lists_leave_no_trace() {
        let mut yaml = Yaml::default();
        yaml.mapping("a", |yaml| yaml.mapping("b", |_| ()));
        yaml.strings("c", [] as [&str; 0]);
        assert_eq!(yaml.into_text(), "");
    }

    #[test]
    fn values_of_any_shape_are_read_as_they_were() {
        let value = json!({
            "d": [{}, { "e": { "f": 2 } }, [1, "x"], "yes", 3],
            "block": "first: 1\n\n  second\n",
            "open": "first\nsecond",
            "odd": " first\nsecond",
            "none": null,
            "empty": { "list": [], "mapping": {} },
        });
        let mut yaml = Yaml::default();
        yaml.fields(&value);
        let text = yaml.into_text();
        let expected = "d:\n- {}\n- e:\n    f: 2\n- [1,\"x\"]\n- \"yes\"\n- 3\nblock: |\n  first: 1\n  \n    second\n\
            open: |-\n  first\n  second\nodd: \" first\\nsecond\"\n\"none\": null\nempty:\n  list: []\n  mapping: {}\n";
        assert_eq!(text, expected);
    }
}
