//! Recordings of every tool, damaged in the ways in which pasted texts are: none may make the lab panic, whether it opens
//! them or not, nor may a packet that goes through what it did open.

use std::fs;
use std::path::{Path, PathBuf};

use datapath_core::chance::Chance;
use datapath_core::lab::Lab;

/// Longer ones take their time in an unoptimised build, and have nothing that the shorter ones lack.
const LONGEST: u64 = 40_000;
/// How often each recording is damaged.
const TIMES: u64 = 6;
/// What has a meaning in one of the formats.
const SIGNS: [char; 26] = [
    '{', '}', '[', ']', '(', ')', '"', '\'', '\\', '/', ':', ',', ';', '!', '-', '*', '#', '0', '9', '\t', '\r', '\n',
    '\0', '\u{e9}', '.', '@',
];

fn recordings() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_text =
                name.starts_with("expected.") || path.to_string_lossy().contains("tools/") || name == "cluster.yaml";
            if path.is_dir() {
                folders.push(path);
            } else if is_text && !name.ends_with(".sh") && fs::metadata(&path).is_ok_and(|file| file.len() < LONGEST) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn pick(chance: &mut Chance, count: usize) -> usize {
    chance.below(u32::try_from(count).unwrap_or(u32::MAX)) as usize
}

/// The nearest place at or before `at` where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn damage(text: &str, other: &str, chance: &mut Chance) -> String {
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

#[test]
fn damaged_texts_are_answered() {
    let texts: Vec<(PathBuf, String)> = recordings()
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, text)
        })
        .collect();
    let (mut opened, mut refused) = (0, 0);
    for (place, (path, text)) in (0..).zip(&texts) {
        for time in 0..TIMES {
            let mut chance = Chance::seeded(place * TIMES + time);
            let other = &texts[pick(&mut chance, texts.len())].1;
            let damaged = damage(text, other, &mut chance);
            match Lab::open(&damaged, 1) {
                Ok(mut lab) => {
                    opened += 1;
                    let (clients, targets) = (lab.clients(), lab.targets());
                    if let (Some(client), Some(target)) = (clients.first(), targets.first()) {
                        lab.send(client, target);
                    }
                }
                Err(said) => {
                    refused += 1;
                    assert!(!said.diagnostics.is_empty(), "{}: {time}: refused without a word", path.display());
                }
            }
        }
    }
    assert!(opened > 100 && refused > 100, "{opened} opened, {refused} refused");
}
