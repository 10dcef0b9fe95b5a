//! Commands for a POSIX shell.

use std::borrow::Cow;

/// The script's first lines: it stops at the first command that fails.
pub(super) fn begin(head: &str) -> String {
    ["#!/bin/sh\n", head, "set -e\n"].concat()
}

/// Appends a command whose words are taken as they are.
pub(super) fn push_command<'w>(script: &mut String, words: impl IntoIterator<Item = &'w str>) {
    for (index, word) in words.into_iter().enumerate() {
        if index > 0 {
            script.push(' ');
        }
        script.push_str(&quote(word));
    }
    script.push('\n');
}

/// No word of a rule holds a NUL, which no shell could hand on.
fn quote(word: &str) -> Cow<'_, str> {
    shlex::try_quote(word).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::push_command;

    #[test]
    fn words_come_back_from_the_shell() {
        let words = ["iptables", "--comment", "a b", "it's", "$HOME `x` \"y\" \\", "!", "", "*", "é"];
        let mut script = String::new();
        push_command(&mut script, words);
        assert_eq!(shlex::split(script.trim_end()).expect("a command"), words);
    }
}
