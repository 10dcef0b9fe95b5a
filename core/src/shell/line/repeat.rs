use super::{Flaw, Lexer, Piece, Script, Token, Word, read};

/// What a shell does again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::shell) enum Loop {
    For {
        name: String,
        words: Vec<Word>,
        body: Script,
    },
    While {
        condition: Script,
        /// False for `until`.
        goes_on_if: bool,
        body: Script,
    },
}

/// Each is read inside of the one around it, for which there is so much room on the stack.
const DEEPEST: u8 = 20;

impl Loop {
    pub const fn body(&self) -> &Script {
        match self {
            Self::For { body, .. } | Self::While { body, .. } => body,
        }
    }

    /// The rest of a loop, behind its first word.
    pub(super) fn read(word: &str, lexer: &mut Lexer<'_>) -> Result<Self, Flaw> {
        if lexer.depth == DEEPEST {
            return Err(Flaw::Syntax(format!("more than {DEEPEST} loops in each other")));
        }
        lexer.depth += 1;
        let read = Self::read_kind(word, lexer)?;
        lexer.depth -= 1;
        Ok(read)
    }

    fn read_kind(word: &str, lexer: &mut Lexer<'_>) -> Result<Self, Flaw> {
        match word {
            "for" => Self::read_for(lexer),
            "while" | "until" => {
                let condition = read(lexer, Some("do"))?;
                let body = read(lexer, Some("done"))?;
                Ok(Self::While { condition, goes_on_if: word == "while", body })
            }
            "do" | "done" => Err(unexpected(word)),
            other => Err(Flaw::Syntax(format!("`{other}`"))),
        }
    }

    /// `NAME in WORD…; do BODY; done`
    fn read_for(lexer: &mut Lexer<'_>) -> Result<Self, Flaw> {
        let name = match lexer.next()? {
            Some(Token::Word(name)) => name.text(),
            None => return Err(Flaw::Incomplete),
            Some(token) => return Err(unexpected(&written(&token))),
        };
        let is_name = name.chars().all(|sign| sign == '_' || sign.is_ascii_alphanumeric())
            && !name.starts_with(|first: char| first.is_ascii_digit());
        if !is_name {
            return Err(Flaw::Syntax(format!("`{name}\': not a valid identifier")));
        }
        match lexer.next()? {
            Some(Token::Word(word)) if word.text() == "in" => {}
            Some(Token::Word(word)) => return Err(unexpected(&word.text())),
            Some(_) => return Err(Flaw::Syntax("`for` without `in`".to_owned())),
            None => return Err(Flaw::Incomplete),
        }
        let mut words = Vec::new();
        loop {
            match lexer.next()? {
                Some(Token::Word(word)) => words.extend(numbers(&word).unwrap_or_else(|| vec![word])),
                Some(Token::Newline | Token::Operator(";")) => break,
                Some(token) => return Err(unexpected(&written(&token))),
                None => return Err(Flaw::Incomplete),
            }
        }
        loop {
            match lexer.next()? {
                Some(Token::Newline) => {}
                Some(Token::Word(word)) if word.text() == "do" => break,
                Some(token) => return Err(unexpected(&written(&token))),
                None => return Err(Flaw::Incomplete),
            }
        }
        Ok(Self::For { name, words, body: read(lexer, Some("done"))? })
    }
}

/// `{1..5}`: the numbers from one to the other.
fn numbers(word: &Word) -> Option<Vec<Word>> {
    /// More than a loop of the lab has rounds.
    const MOST: i64 = 10_000;
    let [Piece::Text(text)] = &*word.0 else {
        return None;
    };
    let (first, last) = text.strip_prefix('{')?.strip_suffix('}')?.split_once("..")?;
    let (first, last) = (first.parse::<i64>().ok()?, last.parse::<i64>().ok()?);
    let count = last.checked_sub(first)?.checked_abs()?.min(MOST);
    let step = if last < first { -1 } else { 1 };
    Some((0..=count).map(|number| Word::of_text((first + number * step).to_string())).collect())
}

fn unexpected(word: &str) -> Flaw {
    Flaw::Syntax(format!("syntax error near unexpected token `{word}'"))
}

fn written(token: &Token) -> String {
    match token {
        Token::Word(word) => word.text(),
        Token::Operator(text) | Token::Redirect(text) => (*text).to_owned(),
        Token::Newline => "newline".to_owned(),
    }
}
