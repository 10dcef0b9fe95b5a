//! The ways in which pasted texts are damaged.

use datapath_core::chance::Chance;

/// What has a meaning in one of the formats.
pub const SIGNS: [char; 26] = [
    '{', '}', '[', ']', '(', ')', '"', '\'', '\\', '/', ':', ',', ';', '!', '-', '*', '#', '0', '9', '\t', '\r', '\n',
    '\0', '\u{e9}', '.', '@',
];

fn pick(chance: &mut Chance, count: usize) -> usize {
    chance.below(u32::try_from(count).unwrap_or(u32::MAX)) as usize
}

/// The nearest place at or before `at` where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The text with one damage: cut, doubled, shuffled, with other line ends, or with a part of `other` behind it.
pub fn damage(text: &str, other: &str, chance: &mut Chance) -> String {
    let (one, two) = (pick(chance, text.len() + 1), pick(chance, text.len() + 1));
    let (start, end) = (boundary(text, one.min(two)), boundary(text, one.max(two)));
    let mut lines: Vec<&str> = text.lines().collect();
    match pick(chance, 8) {
        0 => text[..end].to_owned(),
        1 => [&text[..start], &text[end..]].concat(),
        2 => text.replace('\n', "\r\n"),
        3 => [text, other].concat(),
        4 if lines.len() > 1 => {
            let (from, to) = (pick(chance, lines.len()), pick(chance, lines.len()));
            lines.insert(to, lines[from]);
            lines.join("\n")
        }
        5 if lines.len() > 1 => {
            let (from, to) = (pick(chance, lines.len()), pick(chance, lines.len()));
            lines.swap(from, to);
            lines.join("\n")
        }
        6 => {
            let mut words: Vec<&str> = text.split(' ').collect();
            let (from, to) = (pick(chance, words.len()), pick(chance, words.len()));
            words.swap(from, to);
            words.join(" ")
        }
        _ => {
            let sign = SIGNS[pick(chance, SIGNS.len())];
            let next = boundary(text, start + 4).max(start);
            [&text[..start], &sign.to_string(), &text[next..]].concat()
        }
    }
}
