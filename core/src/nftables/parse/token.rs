//! The words of nft scripts, as `src/scanner.l` tells them apart.

/// A token of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// The byte at which it begins.
    pub offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Keywords, names, numbers, addresses, times.
    Word,
    /// Between quotation marks, which are not part of the text.
    Quoted,
    /// A mark or operator.
    Mark,
    Newline,
    End,
}

impl Token<'_> {
    pub fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    /// The end of a statement of a script.
    pub fn ends_command(&self) -> bool {
        matches!(self.kind, Kind::Newline | Kind::End) || self.is(";") || self.is("}")
    }

    /// What a message calls it.
    pub fn describe(&self) -> String {
        match self.kind {
            Kind::Newline => "the end of the line".to_owned(),
            Kind::End => "the end of the text".to_owned(),
            Kind::Quoted => format!("the string \"{}\"", self.text),
            Kind::Word | Kind::Mark => format!("`{}`", self.text),
        }
    }
}

/// Longest first, so that `<=` is not read as `<`.
const MARKS: [&str; 26] = [
    "==", "!=", "<=", ">=", "<<", ">>", "{", "}", "(", ")", "[", "]", ",", ";", ":", ".", "-", "/", "=", "<", ">", "&",
    "|", "^", "!", "@",
];

/// Reads the token at `offset`; blanks before it are gone already.
pub fn scan(text: &str, offset: usize) -> Token<'_> {
    let rest = &text[offset..];
    let token = |kind, length: usize| Token { kind, text: &rest[..length], offset };
    let Some(first) = rest.chars().next() else {
        return token(Kind::End, 0);
    };
    if first == '\n' {
        return token(Kind::Newline, 1);
    }
    if first == '"' {
        let body = &rest[1..];
        return match body.find('"') {
            Some(end) => Token { kind: Kind::Quoted, text: &body[..end], offset },
            None => token(Kind::Mark, 1),
        };
    }
    if let Some(length) = address(rest).or_else(|| word(rest, first)) {
        return token(Kind::Word, length);
    }
    let mark = MARKS.iter().find(|mark| rest.starts_with(**mark));
    token(Kind::Mark, mark.map_or(first.len_utf8(), |mark| mark.len()))
}

/// An Ethernet or IPv6 address, which may begin like a name or like a mark.
fn address(rest: &str) -> Option<usize> {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.';
    // No address is longer; the bound keeps scanning linear.
    let run = rest.bytes().take(46).take_while(|byte| is_part(*byte)).count();
    let candidate = &rest[..run];
    if candidate.bytes().filter(|byte| *byte == b':').count() < 2 {
        return None;
    }
    let mut end = run;
    while end > 1 {
        let candidate = &rest[..end];
        if candidate.parse::<std::net::Ipv6Addr>().is_ok() || is_ethernet(candidate) {
            return Some(end);
        }
        end = candidate[..end - 1].rfind(':').map_or(0, |colon| colon + 1);
        if rest[..end].ends_with(':') && !rest[..end].ends_with("::") {
            end -= 1;
        }
    }
    None
}

fn is_ethernet(text: &str) -> bool {
    text.split(':').count() == 6 && text.split(':').all(|byte| matches!(byte.len(), 1 | 2) && !byte.contains('.'))
}

fn word(rest: &str, first: char) -> Option<usize> {
    let bytes = rest.as_bytes();
    if first.is_ascii_digit() {
        let mut length =
            bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')).count();
        while rest[..length].ends_with('.') {
            length -= 1;
        }
        return Some(length);
    }
    if !(first.is_ascii_alphabetic() || first == '_' || first == '*' || first == '\\' || first == '.') {
        return None;
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-' | b'*' | b'\\');
    let length = bytes.iter().take_while(|byte| is_part(byte)).count();
    // A lone dot joins a concatenation.
    (&rest[..length] != "." && &rest[..length] != "\\").then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let mut offset = 0;
        let mut found = Vec::new();
        loop {
            offset += text[offset..].len() - text[offset..].trim_start_matches(' ').len();
            let token = scan(text, offset);
            if token.kind == Kind::End {
                break;
            }
            offset += token.text.len() + if token.kind == Kind::Quoted { 2 } else { 0 };
            found.push(token.text);
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn words_and_marks() {
        check("ip saddr 10.0.0.0/8 . tcp", &["ip", "saddr", "10.0.0.0", "/", "8", ".", "tcp"]);
        check("1.2.3.4-1.2.3.9:80-90", &["1.2.3.4", "-", "1.2.3.9", ":", "80", "-", "90"]);
        check("endpoint-A/web__10.1.1.1/80 }", &["endpoint-A/web__10.1.1.1/80", "}"]);
        check("fd00::1 . tcp [fd00::2]:80", &["fd00::1", ".", "tcp", "[", "fd00::2", "]", ":", "80"]);
        check("::/0 ::1 fe80::/10,::", &["::", "/", "0", "::1", "fe80::", "/", "10", ",", "::"]);
        check("00:11:22:33:44:55 0x4000 1h30m eth*", &["00:11:22:33:44:55", "0x4000", "1h30m", "eth*"]);
        check("!=5 \"a b\" @set{", &["!=", "5", "a b", "@", "set", "{"]);
        check("\u{e4} * .", &["\u{e4}", "*", "."]);
    }
}
