//! staging/src/k8s.io/client-go/util/jsonpath/parser.go

use serde_json::Value;

use super::{Node, Slice, To};

pub fn parse(text: &str) -> Result<Vec<Node>, String> {
    let mut parser = Parser { signs: text.chars().collect(), at: 0, start: 0 };
    let mut nodes = Vec::new();
    while parser.at < parser.signs.len() {
        if parser.accept("{") {
            let mut list = Vec::new();
            parser.action(&mut list)?;
            nodes.push(Node::List(list));
        } else {
            while parser.peek().is_some_and(|sign| sign != '{') {
                parser.at += 1;
            }
            nodes.push(Node::Constant(Value::String(parser.take())));
        }
    }
    Ok(nodes)
}

/// The nodes of one action.
fn action(text: &str) -> Result<Vec<Node>, String> {
    match parse(&format!("{{{text}}}"))?.into_iter().next() {
        Some(Node::List(nodes)) => Ok(nodes),
        _ => Ok(Vec::new()),
    }
}

struct Parser {
    signs: Vec<char>,
    at: usize,
    /// Where what was not taken yet begins.
    start: usize,
}

const fn ends_name(sign: char) -> bool {
    matches!(sign, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}')
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.signs.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let sign = self.peek();
        self.at += usize::from(sign.is_some());
        sign
    }

    fn take(&mut self) -> String {
        let text = self.signs[self.start..self.at].iter().collect();
        self.start = self.at;
        text
    }

    fn accept(&mut self, text: &str) -> bool {
        let is_here = text.chars().enumerate().all(|(at, sign)| self.signs.get(self.at + at) == Some(&sign));
        if is_here {
            self.at += text.chars().count();
            self.start = self.at;
        }
        is_here
    }

    /// What stands behind `{`, up to its `}`.
    fn action(&mut self, nodes: &mut Vec<Node>) -> Result<(), String> {
        loop {
            if self.accept("}") {
                return Ok(());
            }
            if self.accept("[?(") {
                nodes.push(self.filter()?);
                continue;
            }
            if self.accept("..") {
                if nodes.last() == Some(&Node::Recursive) {
                    return Err("invalid multiple recursive descent".to_owned());
                }
                nodes.push(Node::Recursive);
                if self.peek().is_some_and(|sign| sign == '_' || sign.is_alphanumeric()) {
                    nodes.push(self.field());
                }
                continue;
            }
            match self.next() {
                None | Some('\r' | '\n') => return Err("unclosed action".to_owned()),
                // The object that is at hand.
                Some(' ' | '@' | '$') => self.start = self.at,
                Some('[') => self.array(nodes)?,
                Some(quote @ ('"' | '\'')) => nodes.push(self.quoted(quote)?),
                Some('.') => nodes.push(self.field()),
                Some(sign) if sign.is_ascii_digit() || matches!(sign, '+' | '-') => nodes.push(self.number()?),
                Some(sign) if sign == '_' || sign.is_alphanumeric() => nodes.push(self.identifier()),
                Some(sign) => {
                    return Err(format!("unrecognized character in action: U+{:04X} '{sign}'", u32::from(sign)));
                }
            }
        }
    }

    fn identifier(&mut self) -> Node {
        while self.peek().is_some_and(|sign| !ends_name(sign)) {
            self.at += 1;
        }
        match self.take().as_str() {
            "true" => Node::Constant(Value::Bool(true)),
            "false" => Node::Constant(Value::Bool(false)),
            name => Node::Identifier(name.to_owned()),
        }
    }

    fn field(&mut self) -> Node {
        self.start = self.at;
        while let Some(sign) = self.peek().filter(|sign| !ends_name(*sign)) {
            self.at = (self.at + if sign == '\\' { 2 } else { 1 }).min(self.signs.len());
        }
        match self.take() {
            name if name == "*" => Node::Wildcard,
            name => Node::Field(name.replace('\\', "")),
        }
    }

    fn number(&mut self) -> Result<Node, String> {
        while self.peek().is_some_and(|sign| sign == '.' || sign.is_ascii_digit()) {
            self.at += 1;
        }
        let text = self.take();
        let whole = text.strip_prefix('+').unwrap_or(&text).parse::<i64>().map(Value::from);
        let number = whole.or_else(|_| text.parse::<f64>().map(Value::from));
        number.map(Node::Constant).map_err(|_| format!("cannot parse number {text}"))
    }

    fn quoted(&mut self, quote: char) -> Result<Node, String> {
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated quoted string".to_owned()),
                Some(sign) if sign == quote && self.signs.get(self.at.wrapping_sub(2)) != Some(&'\\') => break,
                Some(_) => {}
            }
        }
        let text = self.take();
        let inner: String = text.chars().skip(1).take(text.chars().count().saturating_sub(2)).collect();
        unquoted(&inner)
            .map(Value::String)
            .map(Node::Constant)
            .ok_or_else(|| format!("unquote string {text} error invalid syntax"))
    }

    fn array(&mut self, nodes: &mut Vec<Node>) -> Result<(), String> {
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated array".to_owned()),
                Some(']') => break,
                Some(_) => {}
            }
        }
        let text = self.take();
        let text = &text[1..text.len() - 1];
        let text = if text == "*" { ":" } else { text };
        if text.contains(',') {
            let parts = text.split(',').map(|part| action(&format!("[{}]", part.trim_matches(' '))));
            nodes.push(Node::Union(parts.collect::<Result<_, _>>()?));
            return Ok(());
        }
        let key = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|key| !key.contains('\''));
        if let Some(key) = key {
            nodes.extend(action(&format!(".{key}"))?);
            return Ok(());
        }
        nodes.push(Node::Slice(slice(text).ok_or_else(|| format!("invalid array index {text}"))?));
        Ok(())
    }

    fn filter(&mut self) -> Result<Node, String> {
        let mut quote: Option<char> = None;
        let mut is_closed = false;
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated filter".to_owned()),
                Some(sign @ ('"' | '\'')) => match quote {
                    None => quote = Some(sign),
                    Some(open) => {
                        is_closed |= open == sign && self.signs.get(self.at.wrapping_sub(2)) != Some(&'\\');
                    }
                },
                Some(')') if quote.is_some() == is_closed => break,
                Some(_) => {}
            }
        }
        if self.next() != Some(']') {
            return Err("unclosed array expect ]".to_owned());
        }
        let text = self.take();
        let text = &text[..text.len() - 2];
        let is_operator = |sign: char| matches!(sign, '!' | '<' | '>' | '=');
        let split = text.find(is_operator).filter(|at| *at > 0).and_then(|at| {
            let length = text[at..].find(|sign| !is_operator(sign))?;
            Some((&text[..at], &text[at..at + length], &text[at + length..]))
        });
        Ok(match split {
            Some((left, operator, right)) => {
                Node::Filter { left: action(left)?, operator: operator.to_owned(), right: action(right)? }
            }
            None => Node::Filter { left: action(text)?, operator: "exists".to_owned(), right: Vec::new() },
        })
    }
}

/// `from:to:step`
fn slice(text: &str) -> Option<Slice> {
    let parts: Vec<&str> = text.split(':').collect();
    let number = |part: &&str| if part.is_empty() { Some(None) } else { part.parse::<i64>().ok().map(Some) };
    let numbers: Vec<Option<i64>> = parts.iter().map(number).collect::<Option<_>>()?;
    let is_plain = text.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ':' | '-'));
    if !is_plain || numbers.len() > 3 {
        return None;
    }
    let to = match numbers.get(1) {
        None => To::One,
        Some(None) => To::End,
        Some(Some(number)) => To::Before(*number),
    };
    Some(Slice { from: numbers[0], to, step: numbers.get(2).copied().flatten() })
}

/// The escapes of `strconv.UnquoteChar` that people write.
fn unquoted(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        if sign != '\\' {
            out.push(sign);
            continue;
        }
        out.push(match signs.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            '\\' => '\\',
            quote @ ('"' | '\'') => quote,
            length @ ('x' | 'u' | 'U') => {
                let digits = match length {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let number: String = signs.by_ref().take(digits).collect();
                char::from_u32(u32::from_str_radix(&number, 16).ok().filter(|_| number.len() == digits)?)?
            }
            _ => return None,
        });
    }
    Some(out)
}
