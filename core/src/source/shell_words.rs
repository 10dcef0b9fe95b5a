/// The words of a line as a shell splits them, each with the byte at which it begins.
///
/// # Errors
/// The byte of a quotation mark that has no other.
pub fn shell_words(line: &str) -> Result<Vec<(usize, String)>, usize> {
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut is_inside = false;
    let mut signs = line.char_indices();
    while let Some((at, sign)) = signs.next() {
        if sign.is_ascii_whitespace() {
            is_inside = false;
            continue;
        }
        if !is_inside {
            words.push((at, String::new()));
            is_inside = true;
        }
        let Some((_, word)) = words.last_mut() else { continue };
        match sign {
            '\'' => loop {
                match signs.next().ok_or(at)?.1 {
                    '\'' => break,
                    quoted => word.push(quoted),
                }
            },
            '"' => loop {
                match signs.next().ok_or(at)?.1 {
                    '"' => break,
                    '\\' => match signs.next().ok_or(at)?.1 {
                        escaped @ ('$' | '`' | '"' | '\\') => word.push(escaped),
                        other => word.extend(['\\', other]),
                    },
                    quoted => word.push(quoted),
                }
            },
            '\\' => word.extend(signs.next().map(|(_, escaped)| escaped)),
            sign => word.push(sign),
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::shell_words;

    #[test]
    fn words_are_those_of_shlex_with_their_places() {
        for line in ["", "  a  b ", "a 'b  c'd", r#"-p '{"a": 1}' x"#, r#""a \" \x" b\ c"#, "ä 'ö' ü", r"'it'\''s' so"]
        {
            let words = shell_words(line).expect(line);
            let texts: Vec<_> = words.iter().map(|(_, word)| word.clone()).collect();
            assert_eq!(Some(texts), shlex::split(line), "{line}");
            for (at, _) in words {
                assert!(line[..at].chars().next_back().is_none_or(char::is_whitespace), "{line} at {at}");
            }
        }
        assert_eq!(shell_words("lists \"-j"), Err(6));
        assert_eq!(shell_words("a 'b"), Err(2));
    }
}
