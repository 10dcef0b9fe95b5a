use super::prose::{Span, spans};

/// A part of the list of lessons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    pub title: String,
    /// The files' names without their ending, in order.
    pub names: Vec<String>,
}

/// Something that people believe of Services, and what is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belief {
    /// By which lessons name it.
    pub number: u32,
    pub belief: Vec<Span>,
    pub fact: Vec<Span>,
}

/// Reads the list of lessons: a name in each line, and before a chapter its title behind `# `.
pub fn chapters(text: &str) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (line.strip_prefix('#'), chapters.last_mut()) {
            (Some(title), _) => chapters.push(Chapter { title: title.trim().to_owned(), names: Vec::new() }),
            (None, Some(chapter)) => chapter.names.push(line.to_owned()),
            (None, None) => chapters.push(Chapter { title: String::new(), names: vec![line.to_owned()] }),
        }
    }
    chapters
}

/// Reads the list of beliefs: in each line a number, a belief and what is so, with ` | ` between them.
pub fn beliefs(text: &str) -> Vec<Belief> {
    let belief = |line: &str| {
        let (number, rest) = line.split_once(" | ")?;
        let (belief, fact) = rest.split_once(" | ")?;
        Some(Belief { number: number.trim().parse().ok()?, belief: spans(belief.trim()), fact: spans(fact.trim()) })
    };
    text.lines().filter_map(belief).collect()
}
