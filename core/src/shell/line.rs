//! What bash makes of a text: pipelines of words, with here-documents.

mod repeat;

use std::iter::Peekable;
use std::str::Chars;

use super::Stream;
pub(super) use repeat::Loop;

/// Pipelines, each with when it runs.
pub(super) type Script = Vec<(When, Vec<Command>)>;

/// Depending on how the pipeline before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// `&&`
    Success,
    /// `||`
    Failure,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub words: Vec<Word>,
    /// What is done again and again, in place of words.
    pub repeats: Option<Box<Loop>>,
    /// In the order in which they are written and take effect.
    pub redirects: Vec<Redirect>,
}

/// A word as it is written, before what it stands for is put into it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word(pub Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Stands for itself.
    Text(String),
    /// `$name`, `${name}`, and `$?` by its sign.
    Variable { name: String, is_quoted: bool },
    /// `$(…)`: what commands print.
    Output { script: String, is_quoted: bool },
}

impl Word {
    fn of_text(text: String) -> Self {
        Self(vec![Piece::Text(text)])
    }

    /// What of it stands for itself.
    pub fn text(&self) -> String {
        self.0.iter().map(|piece| if let Piece::Text(text) = piece { text.as_str() } else { "" }).collect()
    }

    /// As it is written, but for quotes and braces.
    pub fn written(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable { name, .. } => format!("${name}"),
            Piece::Output { script, .. } => format!("$({script})"),
        };
        self.0.iter().map(piece).collect()
    }

    fn with_end_of_line(mut self) -> Self {
        self.push('\n');
        self
    }

    fn push(&mut self, character: char) {
        match self.0.last_mut() {
            Some(Piece::Text(text)) => text.push(character),
            _ => self.0.push(Piece::Text(character.into())),
        }
    }

    /// Begins a text, which may stay empty: `''` is a word.
    fn open(&mut self) {
        if !matches!(self.0.last(), Some(Piece::Text(_))) {
            self.0.push(Piece::Text(String::new()));
        }
    }
}

impl Command {
    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.repeats.is_none() && self.redirects.is_empty()
    }

    /// What of its words stands for itself.
    pub fn texts(&self) -> Vec<String> {
        self.words.iter().map(Word::text).collect()
    }
}

/// Where a command reads from or writes to, if not the terminal or the pipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Redirect {
    /// `<`
    From(Word),
    /// A here-document or here-string.
    Text(Word),
    /// `>`, `2>`, `&>`, and with one sign more `>>`, which keeps what the file has.
    To { streams: &'static [Stream], file: Word, appends: bool },
    /// `2>&1`: the one goes where the other goes at this point.
    As { from: Stream, to: Stream },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// More lines must come: a shell asks for them.
    Incomplete,
    /// What bash says, without its name before it.
    Syntax(String),
}

/// Whether a shell would run the text, and not ask for another line.
pub fn is_complete(text: &str) -> bool {
    parse(text) != Err(Flaw::Incomplete)
}

pub(super) fn parse(text: &str) -> Result<Script, Flaw> {
    read(&mut Lexer::of(text), None)
}

/// Up to a word that ends a part of a loop, or to the end.
fn read(lexer: &mut Lexer<'_>, end: Option<&str>) -> Result<Script, Flaw> {
    let mut reader = Reader::default();
    while let Some(token) = lexer.next()? {
        if end.is_some_and(|end| reader.is_ended_by(&token, end)) {
            return reader.finish_part(end.unwrap_or_default());
        }
        if token == Token::Newline {
            // Here-documents begin on the line behind the one that names them.
            for Pending { tag, strips_tabs, is_literal } in std::mem::take(&mut lexer.pending) {
                let body = lexer.body(&tag, strips_tabs)?;
                reader.fill(if is_literal { Word::of_text(body) } else { Lexer::of(&body).here_document()? });
            }
        }
        reader.take(token, lexer)?;
    }
    if !lexer.pending.is_empty() || end.is_some() {
        return Err(Flaw::Incomplete);
    }
    reader.finish()
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(Word),
    /// `|`, `||`, `&&`, `;`
    Operator(&'static str),
    Newline,
    Redirect(&'static str),
}

struct Lexer<'t> {
    left: Peekable<Chars<'t>>,
    /// The here-documents of this line.
    pending: Vec<Pending>,
    /// In how many loops this is.
    depth: u8,
}

struct Pending {
    /// The line that ends it.
    tag: String,
    strips_tabs: bool,
    /// Whether the tag has quotes, so that nothing is put in.
    is_literal: bool,
}

/// Longest first.
const REDIRECTS: [(&str, &str); 12] = [
    ("2>&1", "2>&1"),
    ("1>&2", "1>&2"),
    (">&2", "1>&2"),
    ("2>>", "2>>"),
    ("2>", "2>"),
    ("&>>", "&>>"),
    ("&>", "&>"),
    ("1>>", ">>"),
    ("1>", ">"),
    (">>", ">>"),
    (">|", ">"),
    (">", ">"),
];

impl<'t> Lexer<'t> {
    fn of(text: &'t str) -> Self {
        Self { left: text.chars().peekable(), pending: Vec::new(), depth: 0 }
    }

    /// A here-document whose tag has no quotes; those in it stand for themselves.
    fn here_document(mut self) -> Result<Word, Flaw> {
        let mut word = Word::default();
        word.open();
        while let Some(character) = self.left.next() {
            match character {
                '$' => self.dollar(&mut word, true)?,
                '\\' => match self.left.next_if(|next| matches!(next, '\\' | '$' | '`' | '\n')) {
                    Some('\n') => {}
                    special => word.push(special.unwrap_or('\\')),
                },
                other => word.push(other),
            }
        }
        Ok(word)
    }

    fn next(&mut self) -> Result<Option<Token>, Flaw> {
        self.skip_blanks();
        let Some(first) = self.left.peek().copied() else {
            return Ok(None);
        };
        for (written, redirect) in REDIRECTS {
            if self.accept(written) {
                return Ok(Some(Token::Redirect(redirect)));
            }
        }
        for redirect in ["<<<", "<<-", "<<", "<"] {
            if self.accept(redirect) {
                return Ok(Some(Token::Redirect(redirect)));
            }
        }
        for operator in ["||", "&&", "|", ";", "&"] {
            if self.accept(operator) {
                return Ok(Some(Token::Operator(operator)));
            }
        }
        if first == '\n' {
            self.left.next();
            return Ok(Some(Token::Newline));
        }
        self.word().map(|word| Some(Token::Word(word)))
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.left.peek().copied() {
                Some(' ' | '\t' | '\r') => {
                    self.left.next();
                }
                Some('#') => while self.left.next_if(|character| *character != '\n').is_some() {},
                Some('\\') if self.accept("\\\n") => {}
                _ => return,
            }
        }
    }

    fn accept(&mut self, text: &str) -> bool {
        let mut ahead = self.left.clone();
        let found = text.chars().all(|character| ahead.next() == Some(character));
        if found {
            self.left = ahead;
        }
        found
    }

    fn word(&mut self) -> Result<Word, Flaw> {
        let mut word = Word::default();
        while let Some(character) = self.left.peek().copied() {
            match character {
                ' ' | '\t' | '\r' | '\n' | '|' | ';' | '&' | '<' | '>' => break,
                '$' => {
                    self.left.next();
                    self.dollar(&mut word, false)?;
                }
                '\'' => {
                    self.left.next();
                    self.until('\'', &mut word, false)?;
                }
                '"' => {
                    self.left.next();
                    self.until('"', &mut word, true)?;
                }
                '\\' => {
                    self.left.next();
                    match self.left.next() {
                        None => return Err(Flaw::Incomplete),
                        Some('\n') => {}
                        Some(other) => word.push(other),
                    }
                }
                other => {
                    self.left.next();
                    word.push(other);
                }
            }
        }
        Ok(word)
    }

    /// What stands behind `$`.
    fn dollar(&mut self, word: &mut Word, is_quoted: bool) -> Result<(), Flaw> {
        let is_name = |character: &char| *character == '_' || character.is_ascii_alphanumeric();
        if self.left.next_if_eq(&'(').is_some() {
            let script = self.substitution()?;
            word.0.push(Piece::Output { script, is_quoted });
            return Ok(());
        }
        let is_braced = self.accept("{");
        let mut name = String::new();
        if let Some(sign) = self.left.next_if_eq(&'?') {
            name.push(sign);
        } else if is_braced || self.left.peek().is_some_and(|first| is_name(first) && !first.is_ascii_digit()) {
            name.extend(std::iter::from_fn(|| self.left.next_if(is_name)));
        }
        match (is_braced, self.left.peek()) {
            (true, Some('}')) => drop(self.left.next()),
            (true, None) => return Err(Flaw::Incomplete),
            (true, Some(_)) => return Err(Flaw::Syntax(format!("${{{name}…}}"))),
            (false, _) if name.is_empty() => {
                word.push('$');
                return Ok(());
            }
            (false, _) => {}
        }
        word.0.push(Piece::Variable { name, is_quoted });
        Ok(())
    }

    /// Up to the parenthesis that closes; those in quotes do not count.
    fn substitution(&mut self) -> Result<String, Flaw> {
        let mut script = String::new();
        let (mut depth, mut quote) = (1_u32, None);
        while let Some(character) = self.left.next() {
            match (character, quote) {
                ('\\', open) if open != Some('\'') => {
                    script.push(character);
                    script.extend(self.left.next());
                    continue;
                }
                (sign @ ('\'' | '"'), None) => quote = Some(sign),
                (sign, Some(open)) if sign == open => quote = None,
                ('(', None) => depth += 1,
                (')', None) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(script);
            }
            script.push(character);
        }
        Err(Flaw::Incomplete)
    }

    fn until(&mut self, quote: char, word: &mut Word, escapes: bool) -> Result<(), Flaw> {
        word.open();
        while let Some(character) = self.left.next() {
            match character {
                _ if character == quote => return Ok(()),
                '\\' if escapes => match self.left.next() {
                    None => return Err(Flaw::Incomplete),
                    Some(special @ ('"' | '\\' | '$' | '`')) => word.push(special),
                    Some('\n') => {}
                    Some(other) => {
                        word.push('\\');
                        word.push(other);
                    }
                },
                '$' if escapes => self.dollar(word, true)?,
                other => word.push(other),
            }
        }
        Err(Flaw::Incomplete)
    }

    /// The lines up to the one that is the tag.
    fn body(&mut self, tag: &str, strip: bool) -> Result<String, Flaw> {
        let mut body = String::new();
        loop {
            let mut line = String::new();
            let mut is_ended = false;
            for character in self.left.by_ref() {
                if character == '\n' {
                    is_ended = true;
                    break;
                }
                line.push(character);
            }
            let line = line.strip_suffix('\r').unwrap_or(&line);
            let line = if strip { line.trim_start_matches('\t') } else { line };
            if line == tag {
                return Ok(body);
            }
            if !is_ended {
                return Err(Flaw::Incomplete);
            }
            body.push_str(line);
            body.push('\n');
        }
    }
}

/// Whether a command is one of a program that waits for what happens.
pub(super) fn listens(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).skip_while(|word| *word == "sudo").collect();
    match words.as_slice() {
        ["nft", "monitor", ..] | ["conntrack", "-E" | "--event", ..] | ["watch", ..] => true,
        ["kubectl", words @ ..] => words.contains(&"get") && words.iter().any(|word| matches!(*word, "-w" | "--watch")),
        _ => false,
    }
}

#[derive(Default)]
struct Reader {
    script: Script,
    pipeline: Vec<Command>,
    command: Command,
    when: Option<When>,
    /// The operator before what is read now, if something must follow it.
    waiting: bool,
    /// Places that a here-document is for, in order: pipeline or script index, command in it, and which of its redirects.
    awaiting: Vec<(usize, usize, usize)>,
}

impl Reader {
    fn take(&mut self, token: Token, lexer: &mut Lexer<'_>) -> Result<(), Flaw> {
        match token {
            Token::Word(word) if self.command.repeats.is_some() => {
                Err(Flaw::Syntax(format!("syntax error near unexpected token `{}'", word.text())))
            }
            Token::Word(word) if self.begins_compound(&word) => {
                self.command.repeats = Some(Box::new(Loop::read(&word.text(), lexer)?));
                self.waiting = false;
                Ok(())
            }
            Token::Word(word) => {
                self.command.words.push(word);
                self.waiting = false;
                Ok(())
            }
            Token::Redirect(kind) => self.redirect(kind, lexer),
            Token::Newline if self.waiting => Ok(()),
            Token::Newline => {
                if !self.command.is_empty() {
                    self.end_pipeline(When::Always);
                }
                Ok(())
            }
            // A program that listens does so beside the next line, with this sign or without.
            Token::Operator("&") if self.pipeline.is_empty() && listens(&self.command.texts()) => {
                self.end_pipeline(When::Always);
                Ok(())
            }
            Token::Operator("&") => Err(Flaw::Syntax("jobs in the background".to_owned())),
            Token::Operator(operator) => {
                if self.command.is_empty() {
                    return Err(Flaw::Syntax(format!("syntax error near unexpected token `{operator}'")));
                }
                match operator {
                    "|" => {
                        self.pipeline.push(std::mem::take(&mut self.command));
                        self.waiting = true;
                    }
                    "&&" => self.end_pipeline_before(When::Success),
                    "||" => self.end_pipeline_before(When::Failure),
                    _ => self.end_pipeline(When::Always),
                }
                Ok(())
            }
        }
    }

    /// Loops and conditions begin with a word of their own, where a command would.
    fn begins_compound(&self, word: &Word) -> bool {
        let is_word = |text: &str| {
            matches!(text, "for" | "while" | "until" | "if" | "case" | "function" | "select" | "do" | "done")
        };
        self.command.words.is_empty() && matches!(&*word.0, [Piece::Text(text)] if is_word(text))
    }

    /// Whether a word is the one that ends what is read: only where a command would begin.
    fn is_ended_by(&self, token: &Token, end: &str) -> bool {
        let is_it = matches!(token, Token::Word(word) if matches!(&*word.0, [Piece::Text(text)] if text == end));
        is_it && self.command.is_empty() && self.pipeline.is_empty() && !self.waiting
    }

    fn finish_part(self, end: &str) -> Result<Script, Flaw> {
        let script = self.finish()?;
        if script.is_empty() {
            return Err(Flaw::Syntax(format!("syntax error near unexpected token `{end}'")));
        }
        Ok(script)
    }

    fn redirect(&mut self, kind: &'static str, lexer: &mut Lexer<'_>) -> Result<(), Flaw> {
        match kind {
            "2>&1" => {
                self.command.redirects.push(Redirect::As { from: Stream::Err, to: Stream::Out });
                return Ok(());
            }
            "1>&2" => {
                self.command.redirects.push(Redirect::As { from: Stream::Out, to: Stream::Err });
                return Ok(());
            }
            _ => {}
        }
        lexer.skip_blanks();
        let before = lexer.left.clone();
        let word = match lexer.next()? {
            Some(Token::Word(word)) if kind == "<<<" => {
                self.command.redirects.push(Redirect::Text(word.with_end_of_line()));
                return Ok(());
            }
            Some(Token::Word(word)) => word,
            Some(Token::Newline) | None => {
                return Err(Flaw::Syntax("syntax error near unexpected token `newline'".to_owned()));
            }
            Some(Token::Operator(token) | Token::Redirect(token)) => {
                return Err(Flaw::Syntax(format!("syntax error near unexpected token `{token}'")));
            }
        };
        let redirect = match kind {
            "<<" | "<<-" => {
                if word.0.iter().any(|piece| !matches!(piece, Piece::Text(_))) {
                    return Err(Flaw::Syntax(format!("`$` behind {kind}")));
                }
                let tag = word.text();
                let written: String = before.take(tag.chars().count() + 1).collect();
                let is_literal = !written.starts_with(&tag) || written.ends_with(['\'', '"', '\\']);
                lexer.pending.push(Pending { tag, strips_tabs: kind == "<<-", is_literal });
                self.awaiting.push((self.script.len(), self.pipeline.len(), self.command.redirects.len()));
                Redirect::Text(Word::default())
            }
            "<" => Redirect::From(word),
            kind => {
                let (streams, appends): (&[Stream], _) = match kind {
                    "2>" | "2>>" => (&[Stream::Err], kind == "2>>"),
                    "&>" | "&>>" => (&[Stream::Out, Stream::Err], kind == "&>>"),
                    _ => (&[Stream::Out], kind == ">>"),
                };
                Redirect::To { streams, file: word, appends }
            }
        };
        self.command.redirects.push(redirect);
        self.waiting = false;
        Ok(())
    }

    /// Gives the next here-document to the command that named it.
    fn fill(&mut self, body: Word) {
        if self.awaiting.is_empty() {
            return;
        }
        let (pipeline, place, redirect) = self.awaiting.remove(0);
        let command = match self.script.get_mut(pipeline) {
            Some((_, commands)) => commands.get_mut(place),
            None if place < self.pipeline.len() => self.pipeline.get_mut(place),
            None => Some(&mut self.command),
        };
        if let Some(redirect) = command.and_then(|command| command.redirects.get_mut(redirect)) {
            *redirect = Redirect::Text(body);
        }
    }

    fn end_pipeline_before(&mut self, next: When) {
        self.end_pipeline(next);
        self.waiting = true;
    }

    fn end_pipeline(&mut self, next: When) {
        self.pipeline.push(std::mem::take(&mut self.command));
        let when = self.when.replace(next).unwrap_or(When::Always);
        self.script.push((when, std::mem::take(&mut self.pipeline)));
    }

    fn finish(mut self) -> Result<Script, Flaw> {
        if self.waiting {
            return Err(Flaw::Incomplete);
        }
        if !self.command.is_empty() {
            self.end_pipeline(When::Always);
        }
        Ok(self.script)
    }
}

#[cfg(test)]
mod tests;
