//! What words stand for: variables and the output of commands, as bash puts them in.

use std::collections::BTreeMap;

use super::history::History;
use super::line::{Command, Piece, Redirect, Script, Word, parse};
use super::run::{Ran, refuse, run_script};
use super::{Chunk, Status, Stream};
use crate::lab::Lab;

/// What a shell remembers from line to line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    pub(super) variables: BTreeMap<String, String>,
    pub(super) status: Status,
    /// What was typed, the line that runs included.
    pub(super) history: History,
}

impl Environment {
    /// A line that does the same in a shell that remembers nothing.
    pub fn with_values(&self, line: &str) -> String {
        let is_used = |name: &str| line.contains(&format!("${name}")) || line.contains(&format!("${{{name}}}"));
        let used = self.variables.iter().filter(|(name, _)| is_used(name));
        let given = used.map(|(name, value)| format!("{name}='{}'; ", value.replace('\'', r"'\''")));
        given.chain([line.to_owned()]).collect()
    }

    fn value(&self, name: &str) -> String {
        match name {
            "?" => self.status.to_string(),
            name => self.variables.get(name).cloned().unwrap_or_default(),
        }
    }
}

/// `NAME=value`
pub(super) fn assignment(word: &Word) -> Option<(&str, Word)> {
    let Some((Piece::Text(first), rest)) = word.0.split_first() else {
        return None;
    };
    let (name, value) = first.split_once('=')?;
    let is_name = !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|sign| sign == '_' || sign.is_ascii_alphanumeric());
    let pieces = [Piece::Text(value.to_owned())].into_iter().chain(rest.iter().cloned());
    is_name.then(|| (name, Word(pieces.collect())))
}

/// The words that there are then: what stands in no quotes is taken apart at its blanks.
pub(super) fn words(lab: &mut Lab, ran: &mut Ran, words: &[Word]) -> Vec<String> {
    let mut all = Vec::new();
    for word in words {
        let mut open: Option<String> = None;
        for piece in &word.0 {
            let (text, is_whole) = put_in(lab, ran, piece);
            if is_whole {
                open.get_or_insert_default().push_str(&text);
                continue;
            }
            if text.starts_with(char::is_whitespace) {
                all.extend(open.take());
            }
            let mut parts = text.split_whitespace().peekable();
            while let Some(part) = parts.next() {
                open.get_or_insert_default().push_str(part);
                if parts.peek().is_some() || text.ends_with(char::is_whitespace) {
                    all.extend(open.take());
                }
            }
        }
        all.extend(open);
    }
    all
}

/// A value, which stays in one piece.
pub(super) fn value(lab: &mut Lab, ran: &mut Ran, word: &Word) -> String {
    word.0.iter().map(|piece| put_in(lab, ran, piece).0).collect()
}

/// What a piece stands for, and whether it stays whole.
fn put_in(lab: &mut Lab, ran: &mut Ran, piece: &Piece) -> (String, bool) {
    match piece {
        Piece::Text(text) => (text.clone(), true),
        Piece::Variable { name, is_quoted } => (ran.environment.value(name), *is_quoted),
        Piece::Output { script, is_quoted } => (output(lab, ran, script), *is_quoted),
    }
}

/// `$(< file)` is the text of the file.
fn read_alone(mut script: Script) -> Script {
    if let [(_, pipeline)] = script.as_mut_slice()
        && let [Command { words, repeats: None, redirects }] = pipeline.as_mut_slice()
        && words.is_empty()
        && matches!(redirects.as_slice(), [Redirect::From(_)])
    {
        words.push(Word(vec![Piece::Text("cat".to_owned())]));
    }
    script
}

/// What commands print, without the ends of lines behind it; the rest goes where it would.
fn output(lab: &mut Lab, ran: &mut Ran, script: &str) -> String {
    let mut inner = Ran { environment: ran.environment.clone(), rounds: ran.rounds, ..Ran::at(ran.at.clone()) };
    match parse(script) {
        Ok(script) => run_script(lab, &mut inner, read_alone(script)),
        Err(flaw) => refuse(&mut inner.output, flaw),
    }
    let text = inner.output.take_out();
    for chunk in std::mem::take(&mut inner.output.chunks) {
        match chunk {
            Chunk::Text { text, .. } => ran.output.write(Stream::Err, &text),
            remark => ran.output.chunks.push(remark),
        }
    }
    ran.output.status = inner.output.status;
    ran.rounds = inner.rounds;
    ran.changed |= inner.changed;
    ran.actions += inner.actions;
    ran.path = inner.path.or(ran.path.take());
    text.trim_end_matches('\n').to_owned()
}
